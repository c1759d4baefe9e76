"""Works on files that came from outside where they can do no harm: in a child without rights.

A warm process waits beside the service. It has left the network, knows no secret, and forks a
child for every piece of work, which may use a few seconds of the processor, open no file and no
connection, and start nothing. What a piece of work does to its child is gone with it. A child of
root's is nobody; any other still has the user of the service.

What is ``kept`` is done in the warm process itself, so that its children find it done: only
templates that a child has looked through and found harmless are read there.
"""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import pickle
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, NoReturn

from formsvc.config import PACKAGE
from formsvc.errors import AnswersLost, BadTemplate, DocumentFailed, FormsvcError
from formsvc.language import LANGUAGES, speaking, spoken
from formsvc.language import gettext as _

#: seconds by the clock, and of the processor, for one piece of work
WALL: Final = 20
PROCESSOR: Final = 10
#: bytes that a child may address
MEMORY: Final = 1024 * 1024 * 1024
MOST_ANSWERED: Final = 256 * 1024 * 1024

#: the first word of a child, before its answer
_TAKEN: Final = b"+"
_LENGTH: Final = struct.Struct("<Q")
_NEW_USER, _NEW_NETWORK, _NO_NEW_RIGHTS = 0x1000_0000, 0x4000_0000, 38
_NOBODY: Final = 65534
#: of the environment, which holds secrets too
_NEEDED: Final = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH")
#: what a child may say went wrong, by name; anything else is told as a template that failed
_ERRORS: Final = {error.__name__: error for error in (AnswersLost, BadTemplate, DocumentFailed)}

Result = bytes | str | list[Any] | dict[str, Any] | None


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
        _("Malen tok for lang tid eller for mye plass, og ble stoppet. Gjør den enklere.")
    )


class _Warden:
    """The way to the warm process, which is started when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0

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
                return answer[len(_TAKEN) :]
            # the process was stopped for another piece of work before it came to this one
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
            self._replace(process)
        return b""

    def _hand_over(self, work: bytes, reply: socket.socket) -> subprocess.Popen[bytes]:
        for last in (False, True):
            process, line = self._running()
            try:
                socket.send_fds(line, [_LENGTH.pack(len(work))], [reply.fileno()])
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
                self._process = subprocess.Popen(  # noqa: S603 - this very module
                    [sys.executable, "-m", __name__, str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    cwd=PACKAGE.parent,
                    env={name: os.environ[name] for name in _NEEDED if name in os.environ},
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
            self._line, self._owner = ours, os.getpid()
            atexit.register(self._stop)
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


# -- within -----------------------------------------------------------------------------------


def _serve(line: socket.socket) -> None:
    """Take one piece of work after the other, until the service is gone."""
    _warm()
    _leave_network()
    while True:
        head, replies, _flags, _address = socket.recv_fds(line, _LENGTH.size, 1)
        if not head:
            return
        work = _exactly(line, _LENGTH.unpack(head)[0])
        with socket.socket(fileno=replies[0]) as reply:
            task, given, kept, language, processor = pickle.loads(work)  # noqa: S301 - from our own parent
            _prepare(kept)
            if os.fork() == 0:
                line.close()
                _do(reply, partial(task, *given), language, processor)
        _bury()


def _exactly(line: socket.socket, size: int) -> bytes:
    pieces = bytearray()
    while len(pieces) < size:
        piece = line.recv(min(1 << 20, size - len(pieces)))
        if not piece:
            sys.exit()
        pieces += piece
    return bytes(pieces)


def _warm() -> None:
    """Load all that a piece of work may need, since it can open no file."""
    import jinja2.debug  # noqa: F401, PLC0415 - Jinja does so at the first error

    from formsvc.documents import official  # noqa: PLC0415 - only the process within needs it

    for language in LANGUAGES:
        with speaking(language):
            _("Ja")
    official.warm()


def _prepare(kept: Callable[[], object] | None) -> None:
    if kept is None:
        return
    signal.alarm(PROCESSOR)  # a file that is never read to its end ends this process
    try:
        kept()
    except Exception:  # noqa: S110 - the work meets it again, and tells
        pass
    finally:
        signal.alarm(0)


def _do(reply: socket.socket, task: Callable[[], Any], language: str, processor: int) -> NoReturn:
    """Do a piece of work, answer, and end."""
    reply.sendall(_TAKEN)
    try:
        _limit(processor)
        with speaking(language):
            answer = _packed(task())
    except FormsvcError as error:
        answer = b"e" + json.dumps([type(error).__name__, str(error)]).encode()
    except MemoryError:
        answer = b""
    except BaseException as error:  # whatever a file from outside has led to
        answer = b"e" + json.dumps(["", _unexpected(error)]).encode()
    try:
        reply.sendall(answer)
    finally:
        os._exit(0)


def _unexpected(error: BaseException) -> str:
    return _(
        "Malen kan ikke brukes (%(what)s). Åpne den i programmet som den er laget i, og lagre den"
        " på nytt.",
        what=type(error).__name__,
    )


def _packed(result: Result) -> bytes:
    return b"b" + result if isinstance(result, bytes) else b"j" + json.dumps(result).encode()


def _leave_network() -> None:
    """Leave the network, and what the process will not need, for good."""
    import resource  # noqa: PLC0415 - Windows has none

    if sys.platform == "linux":
        system = ctypes.CDLL(None, use_errno=True)
        # where a container forbids it, a child still cannot open a connection (``_limit``)
        system.unshare(_NEW_NETWORK | (0 if os.getuid() == 0 else _NEW_USER))
        system.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))  # macOS knows no such limit
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit(processor: int) -> None:
    """What a child can do without: root's rights, files, connections, processes, time."""
    import resource  # noqa: PLC0415 - Windows has none

    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    signal.alarm(WALL)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _bury() -> None:
    """Let the children that have ended go."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
