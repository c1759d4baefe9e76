"""Works on files that came from outside where they can do no harm: in a child without rights.

A warm process waits beside the service (``within``). It knows no secret, and has left what it can
of the machine (``sandbox``). It forks a child for every piece of work, which may use a few seconds
of the processor, open no file and no connection, reach no other process, and start nothing. What a
piece of work does to its child is gone with it.
"""

from __future__ import annotations

import atexit
import json
import os
import pickle
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from formsvc.config import PACKAGE
from formsvc.documents.jail import sandbox
from formsvc.documents.jail.sandbox import PROCESSOR, SECCOMP, WALL
from formsvc.documents.jail.within import LENGTH, TAKEN
from formsvc.errors import AnswersLost, BadTemplate, DocumentFailed
from formsvc.language import gettext as _
from formsvc.language import spoken

__all__ = ["SECCOMP", "in_force", "possible", "run"]

MOST_ANSWERED: Final = 256 * 1024 * 1024
#: of the environment, which holds secrets too
_NEEDED: Final = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH")
#: what a child may say went wrong, by name; anything else is told as a template that failed
_ERRORS: Final = {error.__name__: error for error in (AnswersLost, BadTemplate, DocumentFailed)}


def possible() -> bool:
    """Whether this system can lock work up: Linux and macOS can."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds")


def run(
    work: Callable[..., Any],
    *given: object,
    kept: Callable[[], object] | None = None,
    processor: int = PROCESSOR,
) -> Any:
    """What a function gives back that is run in a child without rights.

    :param work: a function of a module; it is given, and gives back, plain data.
    :param kept: done once beforehand, so that each child finds it done; errors in it are left to
        the work itself.
    :param processor: how many seconds of the processor it may use.
    :raises FormsvcError: what the work raises; ``BadTemplate`` when it takes too long or too much.
    """
    if not possible():
        raise DocumentFailed(
            _("Egne maler kan bare brukes på Linux og macOS, der de kan fylles ut innestengt.")
        )
    return _answered(_warden.ask(pickle.dumps((work, given, kept, spoken(), processor))))


def in_force() -> list[str]:
    """The measures that hold a piece of work on this machine, for this user.

    :raises FormsvcError: the jail cannot be used here.
    """
    measures: list[str] = run(sandbox.in_force)
    return measures


def _answered(answer: bytes) -> Any:
    kind, said = answer[:1], answer[1:]
    if kind == b"b":
        return said
    if kind == b"j":
        return json.loads(said)
    if kind == b"e":
        name, text = json.loads(said)
        raise _ERRORS.get(name, BadTemplate)(text)
    raise BadTemplate(
        _("Malen tok for lang tid eller for mye plass og ble stoppet. Gjør den enklere.")
    )


class _Warden:
    """The way to the warm process, which is started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0
        atexit.register(self._stop)

    def ask(self, work: bytes) -> bytes:
        """The answer to a piece of work; empty when it was stopped."""
        until = time.monotonic() + WALL
        for _try in range(2):
            mine, theirs = socket.socketpair()
            with mine:
                with theirs, self._lock:
                    process = self._hand_over(work, theirs)
                answer = _read(mine, until)
            if answer is None:
                self._replace(process)
                break
            if answer:
                return answer[len(TAKEN) :]
            # the process was stopped for another piece of work before it came to this one
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
            self._replace(process)
        return b""

    def _hand_over(self, work: bytes, reply: socket.socket) -> subprocess.Popen[bytes]:
        for last in (False, True):
            process, line = self._running()
            try:
                socket.send_fds(line, [LENGTH.pack(len(work))], [reply.fileno()])
                line.sendall(work)
            except OSError:  # it was stopped between two pieces of work
                self._stop()
                if last:
                    raise
            else:
                return process
        raise AssertionError

    def _running(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        # after a fork, the parent's process answers the parent only
        if self._process is None or self._line is None or self._owner != os.getpid():
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", __name__, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    cwd=PACKAGE.parent,
                    env={name: os.environ[name] for name in _NEEDED if name in os.environ},
                    # nothing of the service's, such as its log
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            self._line, self._owner = ours, os.getpid()
        return self._process, self._line

    def _replace(self, process: subprocess.Popen[bytes]) -> None:
        """Stop the process in which a piece of work was lost, unless that is done already."""
        with self._lock:
            if self._process is process:
                self._stop()

    def _stop(self) -> None:
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None


_warden = _Warden()


def _read(line: socket.socket, until: float) -> bytes | None:
    """All that is said until the line is closed; None when it says too much or takes too long."""
    pieces: list[bytes] = []
    size = 0
    while size <= MOST_ANSWERED:
        left = until - time.monotonic()
        if left <= 0 or not select.select([line], [], [], left)[0]:
            return None
        piece = line.recv(1 << 20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
    return None
