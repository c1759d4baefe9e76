"""Makes the documents that take longer, after the answer has been sent: one thread a process.

A paper is committed with its PDFs pending. The commit wakes the printer; what a crash left behind
is found at the first request after it. Two processes may make the same document: what is kept
first stays.
"""

from __future__ import annotations

import logging
from threading import Event, Lock, Thread
from typing import Final
from uuid import UUID

from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, UOWTransaction

from formsvc.errors import MissingLibrary
from formsvc.models import Document
from formsvc.services import paper
from formsvc.web.session import Makers, makers

log = logging.getLogger(__name__)

#: the mark of a transaction after which there is something to print
WAITING: Final = "documents waiting"


def init_app(app: Flask) -> None:
    """Let every commit of a paper, and the first request, wake the application's printer."""
    printer = Printer(makers(app))
    app.extensions["formsvc.printer"] = printer
    app.before_request(printer.look_once)
    event.listen(makers(app).writing, "after_flush", _notice)
    event.listen(makers(app).writing, "after_commit", printer.look_after)


def _notice(session: Session, _flushed: UOWTransaction) -> None:
    if any(isinstance(row, Document) and row.state == "pending" for row in session.new):
        session.info[WAITING] = True


class Printer:
    """Prints whatever is pending, oldest paper first, each time it is woken."""

    def __init__(self, sessions: Makers) -> None:
        self._sessions = sessions
        self._woken = Event()
        self._starting = Lock()
        self._thread: Thread | None = None
        self._looked = False

    def look_once(self) -> None:
        """Wake at the first request of the process."""
        if not self._looked:
            self._looked = True
            self.wake()

    def look_after(self, session: Session) -> None:
        """Wake after a transaction that left something to print."""
        if session.info.pop(WAITING, False):
            self.wake()

    def wake(self) -> None:
        """Print what is pending, in the printer's own thread."""
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="printer", daemon=True)
                self._thread.start()
        self._woken.set()

    def _work(self) -> None:
        while self._woken.wait():
            self._woken.clear()
            self.print_pending()

    def print_pending(self) -> None:
        """Print what is pending, here and now; what cannot be printed now stays pending."""
        try:
            with self._sessions.reading() as session:
                waiting = paper.pending(session)
            for document_id in waiting:
                self._print(document_id)
        except (SQLAlchemyError, MissingLibrary) as error:
            # the Word documents are there, and doctor tells what is missing
            log.warning("documents stay pending: %s", type(error).__name__)

    def _print(self, document_id: UUID) -> None:
        with self._sessions.reading() as session:
            attempt = _tried(session, document_id)
        with self._sessions.writing() as session:
            paper.keep(session, attempt)
            session.commit()


def _tried(session: Session, document_id: UUID) -> paper.Attempt:
    try:
        return paper.printed(session, document_id)
    except (SQLAlchemyError, MissingLibrary):
        raise
    except Exception as error:  # one document's fault must not stop all later ones
        log.error("document %s could not be made: %s", document_id, type(error).__name__)  # noqa: TRY400
        return paper.Attempt(document_id, None, type(error).__name__)
