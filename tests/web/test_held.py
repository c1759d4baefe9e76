"""A database that is held: who saves waits or is told, and other people's pages go on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update

from formsvc.clock import now
from formsvc.models import LoginSession
from formsvc.operations import demo
from formsvc.web.connections import THREADS
from tests.web.running import PATIENCE, Running, running

#: nobody is refused because of the time alone
PATIENT = "from formsvc import db, turns; turns.PATIENCE = db.PATIENCE = 600.0; "
KARI = demo.LOG_INS[0]


@contextmanager
def held(database: str) -> Iterator[None]:
    """Another program keeps the place of the writer; whoever reads may go on."""
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as other:
        if engine.dialect.name == "sqlite":
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql("BEGIN")
            other.exec_driver_sql("LOCK TABLE event_head IN EXCLUSIVE MODE")
        yield
        other.exec_driver_sql("ROLLBACK")
    engine.dispose()


def unseen(database: str) -> None:
    """Let it be long since a browser was noted: its next page notes it again."""
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(update(LoginSession).values(last_seen_at=now() - timedelta(minutes=5)))
    engine.dispose()


def logged_in(service: Running) -> str:
    """The cookies of Kari's browser."""
    answer, _page = service.form_of("/login").send({"email": KARI.email, "password": KARI.password})
    cookies = answer.headers.get_all("Set-Cookie") or []
    return "; ".join(each.partition(";")[0] for each in cookies)


@pytest.mark.parametrize(
    ("typed", "address", "answered"),
    [
        ({"place": "Skolen", "_action": "save"}, "/papers/minutes/new", 303),
        # a page that is written down before it is shown, or here refused
        (None, "/trail/", 403),
    ],
)
def test_while_eight_wait_other_peoples_pages_go_on(
    database: str,
    tmp_path: Path,
    typed: dict[str, str | list[str]] | None,
    address: str,
    answered: int,
) -> None:
    with running(tmp_path, "--no-worker", before=PATIENT, DATABASE_URL=database) as started:
        cookie = logged_in(started)
        form = started.form_of("/papers/minutes/new", Cookie=cookie)

        def act() -> int:
            if typed is not None:
                return form.send(typed)[0].status
            return started.ask(address, Cookie=cookie)[0].status

        with ThreadPoolExecutor(THREADS) as people, held(database):
            asked = [people.submit(act) for _ in range(THREADS)]
            told = list(islice(as_completed(asked, PATIENCE), THREADS // 2))
            assert [each.result() for each in told] == [503] * (THREADS // 2)
            assert started.ask("/healthz")[0].status == 204
            assert started.ask("/", Cookie=cookie)[0].status == 200
            assert started.ask("/papers/minutes/new", Cookie=cookie)[0].status == 200
            assert act() == 503, "whoever comes now is told at once"
            waiting = [each for each in asked if each not in told]
            assert not any(each.done() for each in waiting)
        assert [each.result(PATIENCE) for each in waiting] == [answered] * (THREADS // 2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_page_waits_to_note_that_its_reader_was_there(database: str, tmp_path: Path) -> None:
    with running(tmp_path, "--no-worker", before=PATIENT, DATABASE_URL=database) as started:
        cookie = logged_in(started)
        unseen(database)
        with held(database):
            assert started.ask("/", Cookie=cookie)[0].status == 200
