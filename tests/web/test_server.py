"""The server itself: real processes, asked through real sockets, by those who mean well or ill."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.web.running import PATIENCE, Running, running

#: far more than the 98 at which waitress by itself goes deaf
CROWD = 800
PAGE = b"GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that many tests ask."""
    with running(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that waits for nobody longer than a second."""
    shorter = (
        "import formsvc.web.connections as c;"
        "c.IDLE = c.HEADERS_WITHIN = c.BODY_WITHIN = c.CLEAN_EVERY = 1;"
    )
    with running(tmp_path_factory.mktemp("impatient"), before=shorter) as started:
        yield started


def token(page: bytes) -> str:
    """The token in the form of a page."""
    held = re.search(rb'name="csrf_token" value="([^"]+)"', page)
    assert held
    return held[1].decode()


def test_800_idle_connections_make_it_deaf_to_nobody(service: Running) -> None:
    with ExitStack() as crowd:
        for _each in range(CROWD):
            crowd.enter_context(service.connected())
        assert service.ask("/login")[0].status == 200


def test_800_half_open_ones_that_drip_make_it_deaf_to_nobody(service: Running) -> None:
    with ExitStack() as crowd:
        lines = [crowd.enter_context(service.connected()) for _each in range(CROWD)]
        for _round in range(3):
            for line in lines:
                line.send(b"G")
            assert service.ask("/login")[0].status == 200


def test_more_connections_than_there_is_room_for_push_out_the_silent_ones(
    service: Running,
) -> None:
    with ExitStack() as crowd:
        first = crowd.enter_context(service.connected())
        for _each in range(1000):
            crowd.enter_context(service.connected())
        assert service.ask("/login")[0].status == 200
        assert first.recv(1) == b""


@pytest.mark.parametrize(
    "begun", [b"GET / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\nContent-Length: 999\r\n\r\n"]
)
def test_a_request_that_never_ends_is_cut(impatient: Running, begun: bytes) -> None:
    with impatient.connected() as line:
        line.sendall(begun)
        ended = Event()
        dripping = Thread(target=drip, args=(line, ended))
        dripping.start()
        with suppress(ConnectionResetError):
            assert line.recv(1) == b""  # or the connection's patience ends
        ended.set()
        dripping.join()


def drip(line: socket.socket, ended: Event) -> None:
    """Send a byte now and then."""
    while not ended.wait(0.2):
        with suppress(OSError):
            line.send(b"a")


def test_silence_is_cut_and_so_is_a_connection_kept_open_for_nothing(impatient: Running) -> None:
    with impatient.connected() as silent, impatient.connected() as kept:
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 204")
        assert silent.recv(1) == kept.recv(1) == b""


def test_a_stopped_service_answers_what_it_has_begun_and_ends_well(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        body = b"email=nobody%40eksempel.no"
        with started.connected() as line, started.connected() as idle:
            line.sendall(
                b"POST /login HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)
            )
            line.sendall(body[:5])
            assert started.ask("/login")[0].status == 200  # the server has read what was sent
            started.process.terminate()
            assert idle.recv(1) == b""  # it has understood
            assert started.process.poll() is None
            line.sendall(body[5:])
            answer = line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 400 ")  # its page's token is missing
        assert started.process.wait(PATIENCE) == 0
        assert "Traceback" not in started.errors()


def test_whoever_has_knocked_is_let_in_before_it_stops(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        started.process.send_signal(signal.SIGSTOP)
        with ExitStack() as crowd:
            lines = [crowd.enter_context(started.connected()) for _each in range(20)]
            for line in lines:
                line.sendall(PAGE)
            started.process.terminate()
            started.process.send_signal(signal.SIGCONT)
            assert [line.recv(12) for line in lines] == [b"HTTP/1.1 200"] * 20
        assert started.process.wait(PATIENCE) == 0


def test_a_stopped_service_leaves_one_database_file_with_everything_in_it(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        assert (tmp_path / "formsvc.sqlite3-wal").exists()
        assert started.stopped() == 0
    assert not list(tmp_path.glob("formsvc.sqlite3-*"))
    with sqlite3.connect(tmp_path / "formsvc.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM account").fetchone()[0] > 0
    database.close()


def test_a_port_that_is_taken_is_told_in_a_sentence(service: Running, tmp_path: Path) -> None:
    taken = ("--port", str(service.port))
    with (
        pytest.raises(AssertionError, match="choose another with --port"),
        running(tmp_path, *taken),
    ):
        pass
