"""Within the jail: a warm process that forks a child for every piece of work.

It is started by ``jail``, through ``__main__``, and ends with the service. What is ``kept`` is done
in this process itself, so that its children find it done: only templates that a child has looked
through and found harmless are read here.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NoReturn

from formsvc.documents.jail import sandbox
from formsvc.errors import FormsvcError
from formsvc.language import LANGUAGES, speaking
from formsvc.language import gettext as _

#: the first word of a child, before its answer
TAKEN: Final = b"+"
#: how a piece of work begins: with its length
LENGTH: Final = struct.Struct("<Q")

Result = bytes | str | list[Any] | dict[str, Any] | None


def serve(line: socket.socket) -> None:
    """Take one piece of work after the other, until the service is gone."""
    _warm()
    sandbox.leave_the_world()
    while True:
        head, replies, _flags, _address = socket.recv_fds(line, LENGTH.size, 1)
        if not head:
            return
        work = _exactly(line, LENGTH.unpack(head)[0])
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

    from formsvc.documents import docx, pdf_form  # noqa: PLC0415 - only the process within

    for language in LANGUAGES:
        with speaking(language):
            _("Ja")
    docx.warm()
    pdf_form.warm()


def _prepare(kept: Callable[[], object] | None) -> None:
    if kept is None:
        return
    signal.alarm(sandbox.PROCESSOR)  # a file that is never read to its end ends this process
    try:
        kept()
    except Exception:  # noqa: S110 - the work meets it again, and tells
        pass
    finally:
        signal.alarm(0)


def _do(reply: socket.socket, task: Callable[[], Any], language: str, processor: int) -> NoReturn:
    """Do a piece of work, answer, and end."""
    reply.sendall(TAKEN)
    try:
        sandbox.limit(processor)
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


def _bury() -> None:
    """Let the children that have ended go."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
