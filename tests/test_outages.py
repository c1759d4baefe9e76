"""A database that cannot do its work is told of in a sentence, by every command and the doctor."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg.errors
import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import config, db, outages
from formsvc.cli import main
from formsvc.config import Settings
from formsvc.operations import health
from formsvc.outages import Busy, Damaged, DiskFull, Outage, Unreachable
from tests import people

COMMANDS = [
    ["run", "--port", "1"],
    ["init-db"],
    ["create-user", "--email", "a@eksempel.no", "--name", "A", "--role", "ke"],
    ["create-token", "--email", people.KARI.email, "--label", "x"],
    ["demo-data"],
    ["rotate-keys"],
]

#: the newest revision of the tables
HEAD = ScriptDirectory(str(db.MIGRATIONS)).get_current_head()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets the process up as an installation."""

    def install(**environment: object) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(f"FORMSVC_{name.upper()}", str(value))
        config.settings.cache_clear()

    yield install
    monkeypatch.undo()
    config.settings.cache_clear()


def call(command: list[str]) -> Result:
    return CliRunner().invoke(main, command, env={"FORMSVC_PASSWORD": people.PASSWORD})


def told(result: Result) -> str:
    """What a command says as it gives up: one sentence or two, and no traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    return result.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_folder_that_cannot_be_made_is_a_sentence(
    installed: Callable[..., None], tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "file").touch()
    installed(data=tmp_path / "file" / "data")
    assert "FORMSVC_DATA" in told(call(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_file_that_is_no_database_is_a_sentence(
    installed: Callable[..., None], tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "formsvc.sqlite3").write_bytes(b"this is a letter, and no database. " * 100)
    installed(data=tmp_path)
    assert "damaged" in told(call(command))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_server_that_does_not_answer_is_a_sentence(
    installed: Callable[..., None], command: list[str]
) -> None:
    installed(database_url="postgresql://nobody@127.0.0.1:1/none")
    assert "FORMSVC_DATABASE_URL" in told(call(command))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_the_server_does_not_have_is_a_sentence(
    installed: Callable[..., None], database: str
) -> None:
    installed(database_url=database.replace("/formsvc?", "/another?"))
    assert "FORMSVC_DATABASE_URL" in told(call(["init-db"]))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_database_of_a_newer_version_is_a_sentence(
    installed: Callable[..., None], session: Session, database: str, command: list[str]
) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    session.commit()
    try:
        installed(database_url=database)
        assert "newer version" in told(call(command))
    finally:
        head = text("UPDATE alembic_version SET version_num = :head")
        session.execute(head, {"head": HEAD})
        session.commit()


@pytest.mark.parametrize("what", ["folder", "file", "server"])
def test_the_doctor_says_it_as_well(
    installed: Callable[..., None], tmp_path: Path, what: str
) -> None:
    (tmp_path / "formsvc.sqlite3").write_bytes(b"this is a letter, and no database. " * 100)
    installed(data=tmp_path / "formsvc.sqlite3" / "data" if what == "folder" else tmp_path)
    if what == "server":
        installed(database_url="postgresql://nobody@127.0.0.1:1/none")
    finding = next(found for found in health.findings() if found.what == "Database")
    assert not finding.ok
    assert ("FORMSVC_DATABASE_URL" if what == "server" else "FORMSVC_DATA") in finding.mend


@pytest.mark.parametrize(("needed", "ok"), [(0, True), (10**18, False)])
def test_the_doctor_says_how_much_room_there_is_and_when_it_is_too_little(
    installed: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    needed: int,
    *,
    ok: bool,
) -> None:
    installed(data=tmp_path)
    monkeypatch.setattr(health, "ENOUGH_ROOM", needed)
    finding = next(found for found in health.findings() if found.what.startswith("Data folder"))
    assert finding.ok is ok
    assert "MB free" in finding.what
    assert "Make room" in finding.mend


def test_the_doctor_tries_to_write_in_the_data_folder(
    installed: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    installed(data=tmp_path / "file")  # no folder; as root, which the tests may be, all is writable
    finding = next(found for found in health.findings() if found.what.startswith("Data folder"))
    assert not finding.ok
    assert "FORMSVC_DATA" in finding.mend


# --- while it runs -------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_loses_nothing_and_the_work_goes_on_when_there_is_room(
    settings: Settings,
) -> None:
    engine = db.engine(settings)
    room = [1]

    @event.listens_for(engine, "begin")
    def limit(connection: object) -> None:
        # SQLite itself says that the disk is full, by the code that it has for a real one
        connection.exec_driver_sql(f"PRAGMA max_page_count={room[0]}")  # type: ignore[attr-defined]

    sessions = db.session_factory(engine)
    with sessions() as session:
        people.employ(session, people.KARI)
        with pytest.raises(DiskFull):
            add_counters(session)
    room[0] = 1_000_000
    with sessions.begin() as session:
        assert session.scalar(text("SELECT count(*) FROM account")) == 0
        people.employ(session, people.KARI)
    engine.dispose()


def add_counters(session: Session) -> None:
    for number in range(1000):
        add_counter(session, number)
    session.commit()


def add_counter(session: Session, number: int) -> None:
    values = {"prefix": f"P{number}"}
    session.execute(text("INSERT INTO reference_counter VALUES (:prefix, 2026, 0)"), values)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("becomes", ["removed", "replaced"])
def test_a_database_that_is_removed_or_replaced_under_the_service_is_noticed(
    session: Session, sessions: sessionmaker[Session], tmp_path: Path, becomes: str
) -> None:
    people.employ(session, people.KARI)
    session.commit()
    file = tmp_path / "formsvc.sqlite3"
    file.rename(tmp_path / "elsewhere")
    if becomes == "replaced":
        file.write_bytes((tmp_path / "elsewhere").read_bytes())
    with sessions() as later, pytest.raises(Unreachable, match="start the service again"):
        people.employ(later, people.AMIR)
    assert file.exists() is (becomes == "replaced"), "no new, empty one is made"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_new_connection_makes_an_empty_database_where_one_was(
    settings: Settings, session: Session, tmp_path: Path
) -> None:
    session.commit()
    engine = db.engine(settings)
    (tmp_path / "formsvc.sqlite3").unlink()
    with pytest.raises(Unreachable), engine.connect():
        pass
    assert not (tmp_path / "formsvc.sqlite3").exists()
    engine.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_row_that_is_held_is_waited_for_no_longer_than_anybody_should(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    add_counter(session, 1)
    session.commit()
    session.execute(text("UPDATE reference_counter SET last = 1"))
    with sessions() as other:
        assert other.scalar(text("SHOW lock_timeout")) == "10s"
        other.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(Busy):
            other.execute(text("UPDATE reference_counter SET last = 2"))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_throws_everybody_out_is_reached_again(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    people.employ(session, people.KARI)
    session.commit()
    with sessions() as thrown_out:
        thrown_out.execute(text("SELECT 1"))
        out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        session.execute(text(f"{out} AND datname = current_database()"))
        with pytest.raises(Unreachable):
            thrown_out.execute(text("SELECT 1"))
    with sessions() as again:
        assert again.scalar(text("SELECT count(*) FROM account")) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_died_while_nobody_used_it_is_replaced_and_nobody_hears_of_it(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    session.execute(text("SELECT 1"))
    with sessions() as idle:
        pid = idle.scalar(text("SELECT pg_backend_pid()"))
    session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with sessions() as again:
        assert again.scalar(text("SELECT pg_backend_pid()")) != pid


# --- what a driver's error means -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, Busy),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Busy),
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_IOERR_SHMSIZE, DiskFull),
        (sqlite3.SQLITE_IOERR_READ, Unreachable),
        (sqlite3.SQLITE_CANTOPEN, Unreachable),
        (sqlite3.SQLITE_NOTADB, Damaged),
        (sqlite3.SQLITE_CONSTRAINT, None),
        (sqlite3.SQLITE_ERROR, None),
        (sqlite3.SQLITE_READONLY, None),
    ],
)
def test_what_sqlite_means(code: int, kind: type[Outage] | None) -> None:
    error = sqlite3.OperationalError("Nora")
    error.sqlite_errorcode = code
    assert type(outages.meant(error)) is (kind or type(None))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (psycopg.errors.LockNotAvailable, Busy),
        (psycopg.errors.DeadlockDetected, Busy),
        (psycopg.errors.TooManyConnections, Busy),
        (psycopg.errors.DiskFull, DiskFull),
        (psycopg.errors.AdminShutdown, Unreachable),
        (psycopg.errors.ConnectionFailure, Unreachable),
        (psycopg.errors.InvalidPassword, Unreachable),
        (psycopg.OperationalError, Unreachable),
        (psycopg.errors.UniqueViolation, None),
        (psycopg.errors.UndefinedTable, None),
        (psycopg.ProgrammingError, None),
    ],
)
def test_what_postgresql_means(error: type[Exception], kind: type[Outage] | None) -> None:
    assert type(outages.meant(error("Nora"))) is (kind or type(None))
