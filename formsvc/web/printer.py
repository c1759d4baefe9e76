"""The printer: makes the PDFs of issued papers right after the answer has been sent.

One daemon thread a process, begun with the first paper. What a crash leaves undone is made when
the next one wakes; two processes may make the same document, with equal bytes, and the first one
kept stands.
"""

from __future__ import annotations

import logging
from threading import Event, Lock, Thread

from flask import Flask, Response, after_this_request, current_app

from formsvc.errors import MissingLibrary
from formsvc.services import paper
from formsvc.web import session

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Give an application its printer."""
    app.extensions["formsvc.printer"] = Printer(session.makers(app))


def of(app: Flask) -> Printer:
    """The application's printer."""
    found: Printer = app.extensions["formsvc.printer"]
    return found


def wake_after_this_request() -> None:
    """Print what this request issues, once it is committed and answered."""
    printer = of(current_app)

    @after_this_request
    def _wake(response: Response) -> Response:
        printer.wake()
        return response


class Printer:
    """Sleeps until it is woken, then makes everything that is pending."""

    def __init__(self, makers: session.Makers) -> None:
        self._makers = makers
        self._wanted = Event()
        self._thread: Thread | None = None
        self._starting = Lock()

    def wake(self) -> None:
        """There is something to make."""
        self._wanted.set()
        with self._starting:
            # Begun here and not with the application: a thread does not survive a fork.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._work, name="printer", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self.print_pending()
            except MissingLibrary:
                log.warning("PDFs cannot be made on this machine: run `formsvc doctor`")
            except Exception as error:
                # the kind of error and nothing of what it says, which may quote a paper
                log.error("a document was not made: %s", type(error).__name__)  # noqa: TRY400

    def print_pending(self) -> int:
        """Make every pending document; how many there were."""
        with self._makers.reading() as reading:
            waiting = paper.pending(reading)
        for document_id in waiting:
            with self._makers.reading() as reading:
                attempt = paper.printed(reading, document_id)
            with self._makers.writing.begin() as writing:
                paper.keep(writing, attempt)
        return len(waiting)
