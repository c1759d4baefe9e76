"""The server itself: real processes, asked through real sockets, by those who mean well or ill."""

from __future__ import annotations

import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.client import HTTPResponse
from pathlib import Path
from threading import Event, Thread

import pytest

from formsvc import profile
from formsvc.kinds import find
from formsvc.services import attempts
from formsvc.web import connections
from tests import samples
from tests.web.running import PATIENCE, Running, running

#: far more than the 98 at which waitress by itself goes deaf
CROWD = 800
#: what makes every patience of the server a second long
SHORTER = (
    "import formsvc.web.connections as c;"
    "c.IDLE = c.TAKEN_WITHIN = c.HEADERS_WITHIN = c.BODY_WITHIN = c.CLEAN_EVERY = 1;"
)
PAGE = b"GET /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that many tests ask."""
    with running(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that waits for nobody longer than a second."""
    with running(tmp_path_factory.mktemp("impatient"), before=SHORTER) as started:
        yield started


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


@pytest.mark.parametrize("most", ["256", "hard"])
def test_few_open_files_are_raised_or_lived_with(tmp_path: Path, most: str) -> None:
    few = (
        "import resource as r; soft, hard = r.getrlimit(r.RLIMIT_NOFILE);"
        f"r.setrlimit(r.RLIMIT_NOFILE, (256, {most}));"
    )
    with running(tmp_path, before=few) as started, ExitStack() as crowd:
        for _each in range(400):
            crowd.enter_context(started.connected())
        assert started.ask("/login")[0].status == 200
        held = len(list(Path(f"/proc/{started.process.pid}/fd").iterdir()))
        assert (held > 400) == (most == "hard")
        assert "Traceback" not in started.errors()


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


LARGE = "/static/vendor/docfonts/noto-sans-symbols-2-400-normal.ttf"


def test_many_requests_at_once_whose_answers_nobody_reads_hold_no_thread(
    service: Running,
) -> None:
    one = f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with ExitStack() as crowd:
        for _each in range(2 * connections.THREADS):
            crowd.enter_context(service.connected()).sendall(one * 80)
        assert service.ask("/login")[0].status == 200


def held_log_ins(release: Path) -> str:
    """What makes every check of a password last until there is that file."""
    wait = f"[time.sleep(.02) for _ in iter(lambda: os.path.exists({str(release)!r}), True)]"
    return (
        "import os, time, formsvc.services.password as p; verdict = p.verdict;"
        f"p.verdict = lambda question: ({wait}, verdict(question))[1];"
    )


def log_ins(
    service: Running, number: int, **headers: str
) -> tuple[list[Thread], list[HTTPResponse]]:
    """So many who log in at once, and where their answers come."""
    answered: list[HTTPResponse] = []
    form = service.form_of("/login")

    def one(each: int) -> None:
        typed = {"email": f"nobody{each}@eksempel.no", "password": "galt"}
        answered.append(form.send(typed, **headers)[0])

    crowd = [Thread(target=one, args=(each,)) for each in range(number)]
    for each in crowd:
        each.start()
    return crowd, answered


def test_a_heap_of_log_ins_holds_up_nobody_else(tmp_path: Path) -> None:
    release = tmp_path / "release"
    with running(tmp_path, before=held_log_ins(release)) as started:
        crowd, answered = log_ins(started, 2 * connections.THREADS)
        for _each in range(20):
            assert started.ask("/login")[0].status == 200
        assert answered == []
        release.touch()
        for each in crowd:
            each.join(PATIENCE)
        assert [each.status for each in answered] == [422] * len(crowd)


def test_more_log_ins_than_can_be_checked_soon_are_told_when_to_try_again(tmp_path: Path) -> None:
    release = tmp_path / "release"
    few = "import formsvc.web.connections as c; c.MOST_IN_LANE = 3;"
    with running(tmp_path, before=few + held_log_ins(release)) as started:
        crowd, answered = log_ins(started, 8)
        until = time.monotonic() + PATIENCE
        while len(answered) < 3:
            assert time.monotonic() < until
            time.sleep(0.02)
        refused = list(answered)
        release.touch()
        for each in crowd:
            each.join(PATIENCE)
        assert [each.status for each in refused] == [503] * len(refused)
        assert {each.headers["Retry-After"] for each in refused} == {"30"}
        assert all("Content-Security-Policy" in each.headers for each in refused)
        assert sum(each.status == 422 for each in answered) >= 3


def test_a_heap_of_one_household_leaves_room_for_the_others(tmp_path: Path) -> None:
    release = tmp_path / "release"
    few = "import formsvc.web.connections as c; c.MOST_IN_LANE = 3;"
    with running(tmp_path, before=few + held_log_ins(release), PROXIES="1") as started:
        crowd, answered = log_ins(started, 8, X_Forwarded_For="10.1.1.1, 10.2.2.2")
        until = time.monotonic() + PATIENCE
        while len(answered) < 3:
            assert time.monotonic() < until
            time.sleep(0.02)
        other, let_in = log_ins(started, 1, X_Forwarded_For="10.1.1.1, 10.3.3.3")
        release.touch()
        for each in (*crowd, *other):
            each.join(PATIENCE)
        assert 503 in [each.status for each in answered]
        assert [each.status for each in let_in] == [422]


def test_writers_who_wait_for_a_held_database_leave_threads_to_those_who_read(
    tmp_path: Path,
) -> None:
    patient = f"import formsvc.turns as t; t.PATIENCE = {10 * PATIENCE};"
    with running(tmp_path, before=patient) as started:
        other = sqlite3.connect(tmp_path / "formsvc.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answered: list[int] = []
        form = started.form_of("/evaluation/")
        typed = find("evaluation").form.from_answers(samples.load("evaluation.nn")).typed()

        def one() -> None:
            answered.append(form.send(dict(typed))[0].status)

        crowd = [Thread(target=one) for _each in range(connections.THREADS)]
        for each in crowd:
            each.start()
        for _each in range(3):
            assert started.ask("/healthz")[0].status == 204
        other.close()
        for each in crowd:
            each.join(PATIENCE)
        assert set(answered) == {303, 503}


def test_an_answer_that_is_taken_a_byte_at_a_time_is_cut(tmp_path: Path) -> None:
    with running(tmp_path, before=SHORTER) as impatient, socket.socket() as line:
        before = sockets(impatient)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(PATIENCE)
        line.connect(("127.0.0.1", impatient.port))
        line.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert line.recv(1)
        until = time.monotonic() + PATIENCE
        while sockets(impatient) > before:
            assert time.monotonic() < until
            line.recv(9000)
            time.sleep(0.1)


def sockets(service: Running) -> int:
    """How many sockets its process holds open."""
    held = 0
    for each in Path(f"/proc/{service.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed just now
            held += str(each.readlink()).startswith("socket:")
    return held


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


def test_a_stopped_service_leaves_everything_in_the_one_database_file(tmp_path: Path) -> None:
    with running(tmp_path) as started:
        assert wrong_log_ins(started, 1) == [422]  # which is counted, so written
        assert (tmp_path / "formsvc.sqlite3-wal").stat().st_size > 0
        assert started.stopped() == 0
    assert sum(file.stat().st_size for file in tmp_path.glob("*-wal")) == 0
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


# Proxies

#: passwords that are checked in no time: a hundred are typed, and only who is counted is looked at
QUICK = (
    "from argon2 import PasswordHasher; from formsvc.services import password;"
    "password._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1);"
)


def wrong_log_ins(service: Running, number: int, **forged: str) -> list[int]:
    """The answers to so many log-ins by different people that fail, each with its own headers."""
    form = service.form_of("/login")
    statuses = []
    for each in range(number):
        headers = {name: text.format(each) for name, text in forged.items()}
        typed = {"email": f"nobody{each}@eksempel.no", "password": "wrong-password"}
        statuses.append(form.send(typed, **headers)[0].status)
    return statuses


def test_behind_a_proxy_each_visitor_is_counted_as_what_the_proxy_says(tmp_path: Path) -> None:
    with running(tmp_path, before=QUICK, PROXIES="1") as started:
        more = attempts.MOST["address"] + 2  # than one address may try
        assert wrong_log_ins(started, more, X_Forwarded_For="10.1.{}.1") == [422] * more
        assert wrong_log_ins(started, 1, X_Forwarded_For="10.8.8.8") == [422]


@pytest.mark.parametrize("told", ["::ffff:10.1.{}.1", "10.1.{}.1:50312"])
def test_visitors_are_told_apart_however_the_proxy_writes_their_addresses(
    tmp_path: Path, told: str
) -> None:
    with running(tmp_path, PROXIES="1") as started:
        form = started.form_of("/evaluation/")
        for each in range(profile.current().limits.evaluations + 2):
            assert form.send({}, X_Forwarded_For=told.format(each))[0].status == 422


def test_what_a_visitor_writes_before_its_proxy_is_not_believed(tmp_path: Path) -> None:
    with running(tmp_path, PROXIES="1") as started:
        form = started.form_of("/evaluation/")
        most = profile.current().limits.evaluations
        statuses = [
            form.send({}, X_Forwarded_For=f"10.1.2.{each}, 10.9.9.9")[0].status
            for each in range(most + 1)
        ]
        assert statuses == [422] * most + [429]
        assert form.send({}, X_Forwarded_For="10.9.9.9, 10.8.8.8")[0].status == 422


def test_without_a_proxy_nobody_is_believed_to_be_one(tmp_path: Path) -> None:
    most = attempts.MOST["address"]
    with running(tmp_path, before=QUICK) as started:
        statuses = wrong_log_ins(
            started, most + 1, X_Forwarded_For="10.1.1.{}", Forwarded="for=10.2.2.{}"
        )
        assert statuses == [422] * most + [429]
        forged = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "ond.eksempel.no"}
        shown, page = started.ask("/login?lang=nn", **forged)
        assert "Secure" not in str(shown.headers["Set-Cookie"])
        assert b"ond.eksempel.no" not in page


def test_a_proxy_says_that_it_is_https_and_by_which_name(tmp_path: Path) -> None:
    told = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "skjema.eksempel.no"}
    with running(tmp_path, PROXIES="1", HTTPS="1") as started:
        cookies = started.ask("/login?lang=nn", **told)[0].headers.get_all("Set-Cookie") or []
        assert len(cookies) == 2
        assert all("Secure" in cookie for cookie in cookies)
        form = started.form_of("/login", **told)
        for origin, status in (("https://skjema.eksempel.no", 422), ("https://127.0.0.1", 403)):
            answer, _page = form.send({"email": "", "password": ""}, Origin=origin, **told)
            assert answer.status == status
