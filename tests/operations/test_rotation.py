"""Keys are changed while people write, and afterwards the earlier ones are worth nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import db, sealing
from formsvc.config import Settings
from formsvc.db import Unreadable
from formsvc.keys import BOUND, DataKey, WrongKey
from formsvc.models import Account, Draft
from formsvc.operations import rotation
from formsvc.services import accounts, actor, drafts
from tests import people

OLD, NEW = "the first master key, long enough." * 2, "the-second-master-key-" * 3


@pytest.fixture
def before(bare_database: str) -> Settings:
    """An installation under the old key."""
    settings = Settings(secret_key=OLD, database_url=bare_database)
    db.migrate(settings)
    return settings


@contextmanager
def opened(settings: Settings) -> Iterator[sessionmaker[Session]]:
    engine = db.engine(settings)
    try:
        yield db.session_factory(engine)
    finally:
        engine.dispose()


def rotate(sessions: sessionmaker[Session]) -> tuple[int, int]:
    """What the command does, here in the process of the test."""
    with sessions.begin() as session:
        rotation.begin(session)
    for column in sealing.columns():
        last: UUID | None = None
        while True:
            with sessions.begin() as session:
                last = rotation.reseal(session, column, last).last
            if last is None:
                break
    with sessions.begin() as session:
        return rotation.finish(session)


def command(settings: Settings, old: str) -> subprocess.CompletedProcess[str]:
    """``formsvc rotate-keys`` in a process of its own."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("FORMSVC_")}
    env |= {
        "FORMSVC_SECRET_KEY": settings.secret_key,
        "FORMSVC_SECRET_KEY_OLD_FILE": old,
        "FORMSVC_DATABASE_URL": settings.database_url,
    }
    call = [sys.executable, "-c", "from formsvc.cli import main; main()", "rotate-keys"]
    return subprocess.run(call, env=env, capture_output=True, text=True, check=False)


def begun(sessions: sessionmaker[Session], count: int) -> list[UUID]:
    with sessions.begin() as session:
        kari = people.employ(session, people.KARI)
        return [
            drafts.begin(session, "minutes", {"n": [str(n)]}, actor.Employee(kari)).id
            for n in range(count)
        ]


def test_the_key_is_changed_while_people_write_and_nothing_is_lost(
    before: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with opened(before) as sessions:
        ids = begun(sessions, 3 * rotation.BATCH)
    both = replace(before, secret_key=NEW, older_keys=(OLD,))
    kept: dict[UUID, str] = {}
    done, errors = threading.Event(), list[Exception]()

    def write(mine: list[UUID], sessions: sessionmaker[Session]) -> None:
        number = 0
        try:
            while not done.is_set():
                number += 1
                with sessions.begin() as session:
                    kari = accounts.by_email(session, people.KARI.email)
                    row = drafts.find(session, mine[number % len(mine)], actor.Employee(kari))
                    assert row.typed["n"][0].isdigit()
                    drafts.save(
                        session,
                        row,
                        {"n": [str(number)]},
                        actor.Employee(kari),
                        version=row.version,
                    )
                kept[row.id] = str(number)
        except Exception as error:
            errors.append(error)

    old_keys = tmp_path_factory.mktemp("keys") / "old"
    old_keys.write_text(OLD + "\n")
    with opened(both) as sessions:
        threads = [threading.Thread(target=write, args=(ids[n::3], sessions)) for n in range(3)]
        for thread in threads:
            thread.start()
        try:
            told = command(both, str(old_keys))
        finally:
            done.set()
            for thread in threads:
                thread.join()
    assert errors == []
    assert told.returncode == 0, told.stderr
    assert "1 earlier keys are deleted, 0 are still needed" in told.stdout

    with opened(replace(before, secret_key=NEW)) as sessions, sessions() as session:
        stored = {row.id: row.typed["n"][0] for row in session.scalars(select(Draft))}
        assert len(stored) == len(ids)
        assert stored == {row_id: kept.get(row_id, stored[row_id]) for row_id in ids}
        assert people.log_in(session, people.KARI.email, people.PASSWORD)
    with pytest.raises(WrongKey, match="FORMSVC_SECRET_KEY_OLD"):
        db.migrate(before)


def test_a_text_that_is_being_written_as_the_key_is_retired_can_be_read_afterwards(
    before: Settings,
) -> None:
    with opened(before) as sessions:
        begun(sessions, 1)
        with sessions() as writing:
            kari = accounts.by_email(writing, people.KARI.email)
            drafts.begin(writing, "minutes", {"n": ["late"]}, actor.Employee(kari))
            writing.flush()
            rotating = threading.Thread(target=rotate, args=(sessions,))
            rotating.start()
            rotating.join(1)  # it waits for the writer; one that did not would be through by now
            writing.commit()
            rotating.join()
    with opened(before) as sessions, sessions() as session:
        assert {row.typed["n"][0] for row in session.scalars(select(Draft))} == {"0", "late"}
        assert len(session.scalars(select(DataKey)).all()) == 4


@pytest.fixture
def kari_has_drafts(session: Session, kari: Account) -> Callable[[int], list[Draft]]:
    """Gives Kari so many drafts, stored."""

    def make(count: int) -> list[Draft]:
        made = [
            drafts.begin(session, "minutes", {"n": [str(n)]}, actor.Employee(kari))
            for n in range(count)
        ]
        session.commit()
        return made

    return make


def heads(session: Session) -> set[bytes]:
    return sealing.beginnings(session.connection(), 9)


@pytest.mark.parametrize("count", [0, 1, rotation.BATCH, rotation.BATCH + 1])
def test_every_text_is_sealed_anew(
    session: Session,
    sessions: sessionmaker[Session],
    kari_has_drafts: Callable[[int], list[Draft]],
    count: int,
) -> None:
    kari_has_drafts(count)
    earlier = heads(session)
    session.rollback()
    assert rotate(sessions) == (1, 0)
    assert earlier.isdisjoint(heads(session))
    assert len(heads(session)) == min(count, 1)
    session.expire_all()
    drafts = session.scalars(select(Draft))
    assert sorted(int(row.typed["n"][0]) for row in drafts) == list(range(count))


def test_a_running_service_reads_and_writes_on_without_a_restart(
    session: Session,
    engine: Engine,
    settings: Settings,
    kari_has_drafts: Callable[[int], list[Draft]],
) -> None:
    (row,) = kari_has_drafts(1)
    with opened(settings) as elsewhere:
        rotate(elsewhere)
        rotate(elsewhere)
    with db.session_factory(engine)() as later:
        found = later.get_one(Draft, row.id)
        assert found.typed == {"n": ["0"]}
        found.typed = {"n": ["1"]}
        later.commit()
    with opened(settings) as elsewhere, elsewhere() as later:
        assert later.get_one(Draft, row.id).typed == {"n": ["1"]}


def test_a_service_that_was_started_without_the_new_key_writes_nothing_that_gets_lost(
    before: Settings,
) -> None:
    with opened(before) as left_running:
        begun(left_running, 1)
        with opened(replace(before, secret_key=NEW, older_keys=(OLD,))) as elsewhere:
            rotate(elsewhere)
        with left_running() as session:
            row = session.scalars(select(Draft)).one()
            with pytest.raises(WrongKey):
                _ = row.typed
            row.typed = {"n": ["lost?"]}
            with pytest.raises(WrongKey):
                session.flush()
    with opened(replace(before, secret_key=NEW)) as sessions, sessions() as session:
        assert session.scalars(select(Draft)).one().typed == {"n": ["0"]}


def test_what_was_stopped_half_way_is_started_again(
    session: Session,
    sessions: sessionmaker[Session],
    kari_has_drafts: Callable[[int], list[Draft]],
) -> None:
    kari_has_drafts(2 * rotation.BATCH)
    with sessions.begin() as stopped:
        rotation.begin(stopped)
        rotation.reseal(stopped, next(iter(sealing.columns())), None)
    assert rotate(sessions) == (2, 0)
    session.expire_all()
    assert len({row.typed["n"][0] for row in session.scalars(select(Draft))}) == 2 * rotation.BATCH


def test_a_text_that_cannot_be_opened_stays_as_it_is_and_so_does_its_key(
    session: Session,
    sessions: sessionmaker[Session],
    kari_has_drafts: Callable[[int], list[Draft]],
) -> None:
    damaged, whole = kari_has_drafts(2)
    stored = session.scalars(select(Draft.typed).where(Draft.id == damaged.id)).one()
    session.execute(
        text("UPDATE draft SET typed = :text WHERE typed = :stored"),
        {"text": bytes(stored)[:-1] + b"!", "stored": bytes(stored)},
    )
    session.commit()
    assert rotate(sessions) == (0, 1)
    session.expire_all()
    assert whole.typed == {"n": ["1"]}
    with pytest.raises(Unreadable):
        _ = damaged.typed
    assert (
        bytes(session.scalars(select(Draft.typed).where(Draft.id == damaged.id)).one())[:9]
        == BOUND + bytes(stored)[1:9]
    )
