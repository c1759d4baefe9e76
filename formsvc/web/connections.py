"""The connections of the server: how many, for how long, and how they end; waitress does the rest.

Waitress by itself stops listening at its limit of connections until some are closed, so whoever
holds that many open, idle or a byte at a time, makes the service deaf; twenty browsers are enough.
Here whoever comes may always come in: the one that has been silent longest makes room.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from re import Pattern
from typing import TYPE_CHECKING, Any, Final

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import Error

from formsvc import origin
from formsvc.config import OPEN_FILES, Settings
from formsvc.web import security

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

THREADS: Final = 8
#: how many of one household may wait for threads that do one thing only; a town hall at eight
#: o'clock is fewer
MOST_IN_LANE: Final = 200
#: and how many of all together, so that there are connections left for everybody else
MOST_TOGETHER: Final = 600
#: what is said when as many wait as may
FULL: Final = "Svært mange gjør dette akkurat nå. Vent et halvt minutt og prøv igjen."
#: connections that one process holds open; a browser keeps up to six
MOST: Final = 900
#: connections that wait until they are let in
BACKLOG: Final = 1024
#: open files that are not for connections: database, logs, documents being made
RESERVED: Final = 100
# Seconds. A form of a hundred rows is 100 kB: two seconds on a poor mobile line; the largest body
# that is accepted comes through in 120 s at 35 kB/s, the largest paper goes out in 300 s at 2 kB/s.
IDLE: Final = 30
HEADERS_WITHIN: Final = 20
BODY_WITHIN: Final = 120
TAKEN_WITHIN: Final = 300
CLEAN_EVERY: Final = 5
#: seconds that those who are being served get when the service is told to stop
GRACE: Final = 10


def raise_open_files() -> int:
    """Raise the limit of open files as far as needed and allowed; for so many connections it is.

    systemd and many shells begin a process with 1024, and let it have more when it asks.
    """
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return MOST
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < OPEN_FILES:
        soft = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MOST
    # a large body is put by in a file while it is received
    return max(THREADS, min(MOST, (soft - RESERVED) // 2))


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The answer to bytes that are no request, with the headers that every answer has."""

    def execute(self) -> None:
        self.response_headers.extend(self.channel.server.refusal_headers)
        super().execute()


class TooManyAtOnce(Error):  # type: ignore[misc]
    """The answer to a request that would have to wait too long in its lane."""

    code = 503
    reason = "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Say when to try again."""
        status, headers, body = super().to_response(ident)
        return status, [*headers, ("Retry-After", "30")], body


class Answer(WSGITask):  # type: ignore[misc]
    """The answer to a request; the connection ends with it where more have been sent already.

    Ten connections that send a hundred requests at once and read none of the answers would hold
    every thread for ever, since each waits until there is room to write. No browser does so.
    """

    def finish(self) -> None:
        super().finish()
        if len(self.channel.requests) > 1:
            self.close_on_finish = True


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request; an address such as ``http://[::1/`` is one that cannot be read, no fault."""

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError:
            raise ParsingError("Bad URI") from None


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, which knows when the request began that it is sent, or answers."""

    task_class = Answer
    error_task_class = Refusal
    parser_class = Parser
    began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def waits(self) -> bool:
        """Whether no request of it is being answered."""
        return not (self.requests or self.will_close)

    def idle(self) -> bool:
        """Whether nothing has come that is not answered."""
        return self.waits() and self.request is None and not self.total_outbufs_len

    def overdue(self, now: float) -> bool:
        """Whether it is silent, or sends its request or takes its answer, for too long."""
        if not self.waits():
            return False
        if self.total_outbufs_len and now - self.began > TAKEN_WITHIN:
            return True
        if self.request is None:
            return bool(now - self.last_activity > IDLE)
        return now - self.began > (BODY_WITHIN if self.request.headers_finished else HEADERS_WITHIN)

    def asks(self) -> str:
        """What the request that waits to be answered does, and to which address."""
        # of what is no request, waitress has not set all
        request = vars(self.requests[0])
        return f"{request.get('command', '')} {request.get('path', '')}"

    def whence(self, proxies: int) -> str:
        """The household that asks, as the nearest proxy that is believed has written it."""
        told = vars(self.requests[0]).get("headers", {}).get("X_FORWARDED_FOR", "").split(",")
        known = told[-proxies].strip() if 0 < proxies <= len(told) else ""
        return origin.household(known or str(self.addr[0]))

    def cut(self) -> None:
        """Close it at the loop's next turn, also where the other end takes nothing more."""
        self.will_close = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Listener(TcpWSGIServer):  # type: ignore[misc]
    """One address that is listened on."""

    channel_class = Channel
    #: how many connections there is room for, on all addresses together
    room = MOST
    refusal_headers: tuple[tuple[str, str], ...] = ()
    _cut_for_room = 0

    def handle_accept(self) -> None:
        if len(self._map) >= self.room:
            self._make_room()
        super().handle_accept()

    def _make_room(self) -> None:
        waiting = [channel for channel in channels(self._map) if channel.waits()]
        if waiting:
            min(waiting, key=lambda channel: float(channel.last_activity)).cut()
            self._cut_for_room += 1

    def maintenance(self, now: float) -> None:
        """Cut what is overdue; waitress itself is fooled by one byte now and then."""
        for channel in self.active_channels.values():
            if channel.overdue(now):
                channel.cut()
        if self._cut_for_room:
            log.warning(
                "all %d connections were taken: %d silent ones made room for others",
                self.room,
                self._cut_for_room,
            )
            self._cut_for_room = 0


def channels(sockets: dict[int, Any]) -> list[Channel]:
    """The connections among a loop's sockets."""
    return [each for each in sockets.values() if isinstance(each, Channel)]


class Lanes:
    """The threads that answer: most for everything, some for what would take them all.

    Eighty people who log in within a minute, each of whom takes a twentieth of a second of the
    processor on purpose, would otherwise let every page and every saved draft wait behind them.
    """

    def __init__(self, own: Mapping[Pattern[str], int], proxies: int) -> None:
        """:param own: what has so many threads of its own, as ``Channel.asks`` puts it"""
        self._proxies = proxies
        self._own = {pattern: self._threads(number) for pattern, number in own.items()}
        self._open = self._threads(THREADS)

    @staticmethod
    def _threads(number: int) -> ThreadedTaskDispatcher:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(number)
        return dispatcher

    def add_task(self, channel: Channel) -> None:
        """Have a request answered; waitress calls it."""
        lane = self._lane(channel.asks())
        if lane is not self._open and self._is_full(lane, channel):
            lane, channel.requests[0].error = self._open, TooManyAtOnce(FULL)
        lane.add_task(channel)

    def _is_full(self, lane: ThreadedTaskDispatcher, channel: Channel) -> bool:
        if len(lane.queue) < MOST_IN_LANE:
            return False
        whence = channel.whence(self._proxies)
        alike = sum(each.whence(self._proxies) == whence for each in tuple(lane.queue))
        return alike >= MOST_IN_LANE or len(lane.queue) >= MOST_TOGETHER

    def _lane(self, asked: str) -> ThreadedTaskDispatcher:
        lanes = (lane for pattern, lane in self._own.items() if pattern.search(asked))
        return next(lanes, self._open)

    def shutdown(self, seconds: float) -> None:
        """End the threads, each lane's within so many seconds."""
        for lane in (*self._own.values(), self._open):
            lane.shutdown(timeout=seconds)


class Loop:
    """The application served on some listening sockets, until it is told to stop."""

    def __init__(
        self,
        app: WSGIApplication,
        listening: Iterable[socket.socket],
        settings: Settings,
        lanes: Mapping[Pattern[str], int],
    ) -> None:
        """:param lanes: what has so many threads of its own, such as ``POST /login``"""
        room = raise_open_files()
        adjustments = Adjustments(
            sockets=list(listening),
            ident=None,
            # above the room, so that it is reached only when that many are being answered at once
            connection_limit=room + THREADS + sum(lanes.values()),
            cleanup_interval=CLEAN_EVERY,
            # the application refuses long bodies in words; this keeps the disk from being filled
            max_request_body_size=2 * security.LONGEST,
            max_request_header_size=64 * 1024,
            inbuf_overflow=128 * 1024,
            # the application believes as many proxies as it is told of, and no more; by itself
            # waitress takes away what they say
            clear_untrusted_proxy_headers=not settings.proxies,
            log_socket_errors=False,  # somebody who went away is no fault
        )
        self._sockets: dict[int, Any] = {}
        self._lanes = Lanes(lanes, settings.proxies)
        self._listeners = [
            self._listener(app, each, adjustments, room, settings) for each in adjustments.sockets
        ]
        self._stopping = False
        # a line for every request that has to wait would hide what matters
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)

    def _listener(
        self,
        app: WSGIApplication,
        listening: socket.socket,
        adjustments: Adjustments,
        room: int,
        settings: Settings,
    ) -> Listener:
        listener = Listener(
            app,
            map=self._sockets,
            _sock=listening,
            dispatcher=self._lanes,
            adj=adjustments,
            sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
            bind_socket=False,
        )
        listener.room = room
        listener.refusal_headers = tuple(security.bare_headers(https=settings.https).items())
        return listener

    def stop(self) -> None:
        """Stop soon; may be called by a signal or from another thread."""
        self._stopping = True

    def run(self) -> None:
        """Serve until :meth:`stop`, then let those who are being served finish."""
        while not self._stopping:
            self._turn(0.5)
        self._leave()
        self._finish(time.monotonic() + GRACE)
        self._lanes.shutdown(1)

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, map=self._sockets, use_poll=True, count=1)

    def _leave(self) -> None:
        """Listen no more, and turn nobody away who has knocked already."""
        for listener in self._listeners:
            before = -1
            while before < len(self._sockets) < listener.room:  # nobody is pushed out any more
                before = len(self._sockets)
                listener.handle_accept()
            wasyncore.dispatcher.close(listener)  # its trigger stays: answers need it

    def _finish(self, until: float) -> None:
        self._turn(0.2)  # what has been sent to us is read before any connection counts as idle
        while (left := channels(self._sockets)) and time.monotonic() < until:
            for channel in left:
                if channel.idle():
                    channel.cut()
            self._turn(0.1)
        if left:
            log.warning("stopped before %d connections had their answer", len(left))
