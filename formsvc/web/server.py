"""Serving on one machine: the database brought up to date, demo data at first, then the pages."""

from __future__ import annotations

import ctypes
import re
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from re import Pattern
from typing import Final

from formsvc import config, db, logs
from formsvc.config import Settings
from formsvc.errors import FormsvcError
from formsvc.operations import demo, installed
from formsvc.services import evaluations
from formsvc.web import connections, create_app, processes, transaction
from formsvc.web import worker as workers

#: of glibc's ``malloc.h``: from which size on each piece has pages of its own
_M_MMAP_THRESHOLD: Final = -3
#: what has threads of its own, so that pages and savings never wait behind it: passwords, which
#: two hands check; and papers that are finished, one at a time, for of two with the same coming
#: number in their Word document one would have to make it again
LANES: Final[dict[Pattern[str], int]] = {
    re.compile(r"^POST \S*/(login|password|password/[^/]+)$"): 2,
    re.compile(r"^POST \S*/papers/drafts/[^/]+/issue$"): 1,
}


class PortTaken(FormsvcError):
    """The port is in use, or may not be used."""


def run(settings: Settings, host: str, port: int, number: int = 1, *, worker: bool = True) -> None:
    """Serve by so many processes until stopped; whoever is being served may finish.

    :param worker: False where ``formsvc worker`` does the work beside the requests.
    :raises MissingSetting: outside demo mode without a secret key.
    :raises PortTaken: when something else is served there.
    :raises OneProcessOnly: when more are wanted and the machine cannot divide a process.
    """
    with config.using(settings):
        _run(settings, host, port, number, worker=worker)


def _run(settings: Settings, host: str, port: int, number: int, *, worker: bool) -> None:
    settings.secret()
    _give_memory_back()
    db.migrate(settings)
    lines = _demo_lines(settings) if settings.demo else _advice(settings)
    logs.configure()
    _notice_changes(settings)
    _sort_in(settings)
    listening = listen(host, port)
    several = [f"{number} processes."] if number > 1 else []
    _say(f"formsvc: http://{host}:{port}", *lines, *several, "Stop it with Ctrl+C.")
    serving = partial(serve, settings, listening, worker=worker)
    if number == 1:
        serving()
    else:
        processes.run(number, listening, serving)


def serve(settings: Settings, listening: list[socket.socket], *, worker: bool = True) -> None:
    """Serve on sockets that listen until SIGTERM or SIGINT; a second signal ends it at once."""
    app = create_app(settings)
    loop = connections.Loop(app, listening, settings, LANES)

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if worker:
        workers.of(app).start()
    try:
        loop.run()
    finally:
        # no request is left; whatever works beside them is stopped before the database is closed
        workers.of(app).stop()
    transaction.settle(app)


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on every address of a name.

    :raises PortTaken: when something else is served there.
    """
    listening: list[socket.socket] = []
    try:
        for family, kind, protocol, _name, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            opened = socket.socket(family, kind, protocol)
            listening.append(opened)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            opened.bind(address)
            opened.listen(connections.BACKLOG)
    except OSError as error:
        for opened in listening:
            opened.close()
        raise PortTaken(
            f"{host}:{port} cannot be served on ({error.strerror})."
            " Something else may be running there: choose another with --port."
        ) from None
    return listening


def _give_memory_back() -> None:
    """Have large pieces of memory given back to the system as soon as they are free.

    By itself glibc takes a piece of 19 MiB (a password's) as a sign that more such will be asked
    for, and keeps as much in each thread that ever checked one: 40 MB for good.
    """
    with suppress(AttributeError, OSError, TypeError):  # systems with another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1024 * 1024)


def _notice_changes(settings: Settings) -> None:
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        installed.notice(session)
    engine.dispose()


def _advice(settings: Settings) -> list[str]:
    if settings.proxies or not settings.https:
        return []
    return [
        "FORMSVC_PROXIES is 0: behind a proxy every visitor counts as one address, and one who",
        "guesses passwords locks everybody out. Set it to 1 behind nginx.",
    ]


def _sort_in(settings: Settings) -> None:
    """Sort in what an older version kept of evaluations, a little at a time."""
    engine = db.engine(settings)
    place, ended = None, False
    while not ended:
        with db.session_factory(engine).begin() as session:
            place = evaluations.sort_in(session, place)
        ended = place is None
    engine.dispose()


def _demo_lines(settings: Settings) -> list[str]:
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        lines = demo.load(session)
    engine.dispose()
    return ["", "Demo: invented people only. Log in with", *lines, ""]


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
