"""The press: a process beside the service that makes documents, so that it can be stopped.

What makes a PDF cannot be interrupted from within, and no length of text tells how long it takes.
So documents are made in a warm process of their own, one after the other; one that takes too long
or too much ends with its process, and the next one gets a new process. It is no jail: the
templates that came from outside are read in theirs, which the press has as the service has.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from typing import IO, Any, Final, NamedTuple

from formsvc import clock, config, errors
from formsvc.config import PACKAGE
from formsvc.errors import DocumentFailed
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.services import blanks, printing
from formsvc.services.printing import Printed

#: seconds by the clock for one document: the largest sample takes 2, on a busy machine 10
WALL: Final = 60
#: bytes that the process may address: it needs 300 MB with all fonts open
MEMORY: Final = 1024 * 1024 * 1024
#: after so many documents a new process begins: what leaked is given back
MOST_DOCUMENTS: Final = 500

#: what opens the database; the press is given what it prints
_SECRET: Final = ("FORMSVC_SECRET_KEY", "FORMSVC_DATABASE_URL")


class Stopped(DocumentFailed):
    """The document took too long or too much memory, and was stopped."""


class Order(NamedTuple):
    """A document to be made: plain data, all that it depends on."""

    kind: str
    answers: dict[str, Any]
    format: Format
    reference: str
    #: the moment, in ISO 8601, whose texts and rules it is printed with
    at: str
    #: whether it is to be written on by hand: of the answers, the language alone is read
    blank: bool = False


class Failed(DocumentFailed):
    """The document could not be made; ``kind`` is the kind of error."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class NotHandedIn(OSError):
    """The process was dead before it had the whole order, so it did not die over that."""


def make(order: Order) -> Printed:
    """The document that an order for a stored paper becomes.

    :raises Stopped: when it was not done in time, or the process died over it.
    :raises Failed: with the kind of what went wrong within.
    """
    return _press.make(order, WALL)


def warm() -> None:
    """Start the stored papers' press before a document needs it; it loads what it needs itself."""
    _press.start()


def stop() -> None:
    """End the stored papers' press, also in the middle of a document."""
    _press.stop()


class Press:
    """The way to a process, which is started when it is first needed."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._made = 0
        self._told: dict[str, str] = {}
        atexit.register(self.stop)

    def make(self, order: Order, seconds: float) -> Printed:
        """The document that an order becomes, unless it takes longer.

        :raises Stopped: when it was not done in time, or the process died over it.
        :raises Failed: with the kind of what went wrong within.
        """
        head, data = self._ask(json.dumps(order), seconds)
        if head["error"]:
            raise Failed(head["error"])
        return Printed(data, head["template_sha256"])

    def _ask(self, order: str, seconds: float) -> tuple[dict[str, Any], bytes]:
        with self._turn:
            try:
                try:
                    answer = self._watched(order, seconds)
                except NotHandedIn:  # it died of something else; the next one may live
                    self._end()
                    answer = self._watched(order, seconds)
            except (OSError, ValueError):
                self._end()
                raise Stopped("stopped") from None
            self._made += 1
            if self._made >= MOST_DOCUMENTS or answer[0]["error"] == MemoryError.__name__:
                self._end()
            return answer

    def _watched(self, order: str, seconds: float) -> tuple[dict[str, Any], bytes]:
        """What becomes of an order in that time; ``OSError`` or ``ValueError`` where nothing."""
        process = self._running()
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        watch = threading.Timer(seconds, stop)
        watch.start()
        try:
            _hand_in(process, order)
            answer = _take_out(process)
        except OSError:
            if late.is_set():
                raise ValueError("too late") from None
            raise
        finally:
            watch.cancel()
            watch.join()  # it may be killing just now: then the process is not for the next order
        if late.is_set():
            self._end()
        return answer

    def start(self) -> None:
        """Start the process, unless it runs."""
        with self._turn:
            self._running()

    def stop(self) -> None:
        """End the process, also in the middle of a document."""
        process = self._process
        if process and self._owner == os.getpid():
            process.kill()
            # whoever waits for a document clears up, as soon as the process is gone
            if self._turn.acquire(blocking=False):
                try:
                    self._end()
                finally:
                    self._turn.release()

    def _running(self) -> subprocess.Popen[bytes]:
        told = config.current().environment()
        # after a fork, the parent's process answers the parent only
        if (
            self._process is None
            or self._owner != os.getpid()
            or self._process.poll() is not None
            or self._told != told
        ):
            if self._process is not None and self._owner == os.getpid():
                self._end()
            self._process = subprocess.Popen(  # noqa: S603 - this very module
                [sys.executable, "-m", __name__, str(WALL), str(MEMORY)],
                cwd=PACKAGE.parent,
                env={key: text for key, text in os.environ.items() if not _secret(key)} | told,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # what a library complains of may quote a paper
                start_new_session=True,  # Ctrl+C is for the service
            )
            self._owner, self._made, self._told = os.getpid(), 0, told
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


_press = Press()


def _secret(variable: str) -> bool:
    return variable.startswith(_SECRET)


def _hand_in(process: subprocess.Popen[bytes], order: str) -> None:
    assert process.stdin  # noqa: S101 - it was started with pipes
    try:
        process.stdin.write(order.encode() + b"\n")
        process.stdin.flush()
    except OSError:
        raise NotHandedIn from None


def _take_out(process: subprocess.Popen[bytes]) -> tuple[dict[str, Any], bytes]:
    """What came of an order; ``ValueError`` when the process died over it."""
    assert process.stdout  # noqa: S101 - it was started with pipes
    head: dict[str, Any] = json.loads(process.stdout.readline())
    data = process.stdout.read(head["size"])
    if len(data) != head["size"]:
        raise ValueError("cut off")
    return head, data


# -- within ---------------------------------------------------------------------------------------


def _serve(orders: IO[bytes], answers: IO[bytes], seconds: int, memory: int) -> None:
    """Make one document after the other, until the service is gone."""
    _limit(memory)
    _load()
    for line in orders:
        # also where nobody is left who would stop it
        _alarm(seconds + 10)
        head, data = _made(Order(*json.loads(line)))
        _alarm(0)
        answers.write(json.dumps({**head, "size": len(data)}).encode() + b"\n" + data)
        answers.flush()


def _made(order: Order) -> tuple[dict[str, str], bytes]:
    try:
        with clock.stopped(datetime.fromisoformat(order.at)):
            printed = _blank(order) if order.blank else _answered(order)
    except Exception as error:  # whatever it is: its kind is told, its words stay here
        return {"error": type(error).__name__, "template_sha256": ""}, b""
    return {"error": "", "template_sha256": printed.template_sha256}, printed.data


def _answered(order: Order) -> Printed:
    kind = find(order.kind)
    form = kind.form.from_stored(order.answers)
    return printing.render(kind, form, order.format, order.reference)


def _blank(order: Order) -> Printed:
    return Printed(blanks.make(find(order.kind), order.answers["language"], "pdf"), "")


def _load() -> None:
    from formsvc.documents import docx, html_pdf, pdf_form  # noqa: PLC0415 - only the press prints

    docx.warm()
    pdf_form.warm()
    with suppress(errors.MissingLibrary):  # told of each document that needs it
        html_pdf.warm_up()


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - Windows has none

    os.nice(5)  # pages are waited for, documents fetched
    if sys.platform == "linux":  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


if __name__ == "__main__":
    # whatever a library prints goes the way of its complaints, not into an answer
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)
        _serve(sys.stdin.buffer, out, int(sys.argv[1]), int(sys.argv[2]))
