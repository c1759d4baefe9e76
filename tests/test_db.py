"""What is stored can be read by this installation only, and is there when it says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, db, turns
from formsvc.config import Settings
from formsvc.db import Base
from formsvc.errors import MissingSetting
from formsvc.keys import WrongKey
from formsvc.models import Account, Document, Draft, EvaluationText, Paper
from formsvc.services import api_tokens, drafts, evaluations, login_sessions
from tests import people

#: what a family tells, and what nobody who holds the database may read
CANARIES = (
    people.NORA.name,
    people.NORA.identity_number,
    "Fjelltoppen barnehage",
    "redd for hunder",
)


def fill(session: Session, kari: Account) -> None:
    name, number, unit, worry = CANARIES
    typed = {"child-name": [name], "national_id": [number], "unit": [unit], "need": [worry]}
    drafts.begin(session, "ip_application", typed, kari)
    answers = {"child": {"name": name}, "national_id": number, "unit": unit, "need": worry}
    paper = Paper(
        kind="ip_application",
        language="nb",
        reference="P-2026-0001",
        answers=answers,
        author=kari,
        rules_version="1",
    )
    data = "\n".join(CANARIES).encode()
    paper.documents.append(
        Document(format="pdf", state="issued", data=data, sha256="0" * 64, made_at=clock.now())
    )
    session.add(paper)
    told = {"arena": "samba", "period": "2026-2", "unit": unit, "good": name, "better": worry}
    evaluations.keep(session, {**told, "missing": number})
    session.commit()


def dump(session: Session) -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for row in session.execute(text(f"SELECT * FROM {table.name}")):  # noqa: S608 our names
            yield from (bytes(v).decode("latin-1") if isinstance(v, bytes) else str(v) for v in row)


def test_a_dump_of_the_database_holds_nothing_that_a_family_told(
    session: Session, kari: Account
) -> None:
    fill(session, kari)
    told = "\n".join(dump(session))
    assert kari.email in told, "the dump shows what is not encrypted"
    for canary in CANARIES:
        assert canary not in told
        assert canary.encode().decode("latin-1") not in told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_files_of_sqlite_hold_nothing_that_a_family_told(
    session: Session, kari: Account, tmp_path: Path
) -> None:
    fill(session, kari)
    files = b"".join(file.read_bytes() for file in tmp_path.glob("formsvc.sqlite3*"))
    assert kari.email.encode() in files
    for canary in CANARIES:
        assert canary.encode() not in files


def test_what_was_stored_comes_back_to_the_letter(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    fill(session, kari)
    with sessions() as later:
        paper = later.query(Paper).one()
        assert paper.answers["child"] == {"name": people.NORA.name}
        assert paper.documents[0].data == "\n".join(CANARIES).encode()
        assert (
            later.query(EvaluationText).filter_by(question="better").one().text == "redd for hunder"
        )


def test_no_database_is_opened_without_a_secret(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_SECRET_KEY"):
        db.engine(Settings(data=tmp_path))


def test_moments_come_back_in_utc(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    oslo = timezone(timedelta(hours=2))
    kari.created_at = datetime(2026, 7, 1, 1, 30, 0, 123456, tzinfo=oslo)
    session.commit()
    with sessions() as later:
        stored = later.get_one(Account, kari.id).created_at
    assert stored == datetime(2026, 6, 30, 23, 30, 0, 123456, tzinfo=UTC)
    assert stored.tzinfo == UTC


def test_a_moment_without_a_zone_is_refused(session: Session, kari: Account) -> None:
    kari.created_at = datetime(2026, 7, 1, 1, 30)  # noqa: DTZ001 that is the point
    with pytest.raises(StatementError, match="time zone"):
        session.flush()


def test_a_session_for_reading_cannot_write(
    session: Session, engine: Engine, kari: Account
) -> None:
    session.commit()
    with db.session_factory(engine, reading=True)() as reading:
        reading.get_one(Account, kari.id).name = "Kari Lien"
        with pytest.raises(DBAPIError, match=r"read-?only"):
            reading.flush()
    with db.session_factory(engine)() as writing:
        writing.get_one(Account, kari.id).name = "Kari Lien"
        writing.commit()


def test_one_reads_on_while_another_writes(session: Session, engine: Engine, kari: Account) -> None:
    session.commit()
    session.get_one(Account, kari.id).name = "Kari Lien"
    session.flush()
    with db.session_factory(engine, reading=True)() as reading:
        assert reading.get_one(Account, kari.id).name == "Kari Nygård"


def test_two_who_read_and_then_write_both_succeed(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    session.commit()
    errors: list[Exception] = []
    start = threading.Barrier(2)

    def work(name: str) -> None:
        start.wait()
        try:
            for number in range(20):
                with sessions.begin() as own:
                    found = own.get_one(Account, kari.id)
                    found.name = f"{name} {number}"
        except DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("Kari", "Jonas")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_on_postgresql_few_wait_for_a_lock_for_long_and_the_next_ones_do_not(
    engine: Engine,
) -> None:
    def longest_wait(opened: Session) -> str:
        return str(opened.scalar(text("SHOW lock_timeout")))

    with ExitStack() as stack:
        reading, hurried, noting, *writing = [
            stack.enter_context(made())
            for made in (
                db.session_factory(engine, reading=True),
                db.session_factory(engine, held=turns.HELD),
                db.session_factory(engine, held=turns.BRIEF),
                *[db.session_factory(engine)] * (turns.WAITING + 3),
            )
        ]
        assert longest_wait(reading) == "10s"
        assert [longest_wait(hurried), longest_wait(noting)] == ["2s", "100ms"]
        hurried.rollback()
        noting.rollback()
        waits = [longest_wait(each) for each in writing]
        assert waits == ["10s"] * (turns.WAITING + 1) + ["2s"] * 2
        for each in writing[:3]:
            each.rollback()
        assert longest_wait(writing[0]) == "10s"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_has_a_commit_on_the_disk_before_it_says_so(engine: Engine) -> None:
    def pragma(name: str) -> Any:
        with engine.connect() as connection:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2, "FULL"
    assert pragma("foreign_keys") == 1
    assert pragma("secure_delete") == 1


def test_the_data_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(demo=True, data=tmp_path / "new" / "data")
    db.migrate(settings)
    assert settings.data.stat().st_mode & 0o077 == 0
    assert (settings.data / "formsvc.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_are_taken_as_people_write_them(scheme: str) -> None:
    settings = Settings(demo=True, database_url=f"{scheme}://formsvc@localhost/formsvc")
    assert db.engine(settings).dialect.driver == "psycopg"


@pytest.mark.parametrize("scheme", ["mysql", "mysql+pymysql", "postgresql+asyncpg", "x"])
def test_a_database_of_another_make_is_told_which_there_are(scheme: str) -> None:
    with pytest.raises(MissingSetting, match=r"FORMSVC_DATABASE_URL.* PostgreSQL.* SQLite"):
        db.engine(Settings(demo=True, database_url=f"{scheme}://formsvc@localhost/formsvc"))


def test_an_error_of_the_database_does_not_repeat_what_was_typed(
    session: Session, kari: Account
) -> None:
    faulty: Any = {"child-name": people.NORA.name, "no plain data": object()}
    session.add(Draft(kind="minutes", language="nb", typed=faulty, author=kari, changed_by=kari))
    with pytest.raises(TypeError) as caught:
        session.flush()
    assert people.NORA.name not in str(caught.value)


def test_a_demo_lets_nobody_into_a_real_service_on_the_same_database(
    session: Session, kari: Account, database: str
) -> None:
    token = login_sessions.open_(session, kari)
    program = api_tokens.issue(session, kari, "fagsystem")
    session.commit()
    settings = Settings(secret_key="x" * 40, database_url=database)
    with pytest.raises(WrongKey):
        db.migrate(settings)
    real = db.engine(settings)
    with db.session_factory(real)() as other:
        for ask in (
            lambda: login_sessions.find(other, token),
            lambda: api_tokens.find(other, program),
            lambda: people.log_in(other, kari.email, people.PASSWORD),
        ):
            with pytest.raises(WrongKey):
                ask()
    real.dispose()
