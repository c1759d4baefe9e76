"""Wires: each test that touches the database runs on SQLite and on PostgreSQL, each time empty."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from formsvc import config, db, origin
from formsvc.config import Settings
from formsvc.db import Base
from formsvc.models import Account
from tests import people, postgres

DATABASES = ("sqlite", "postgresql")

# no timing decides a test: a busy machine may take as long as it needs over one example
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def demo_mode() -> Iterator[None]:
    """Let the whole process be a demo: only then are synthetic identity numbers accepted."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FORMSVC_")]:
            patch.delenv(name)  # what the developer's own installation is set to
        patch.setenv("FORMSVC_DEMO", "1")
        config.settings.cache_clear()
        yield
    config.settings.cache_clear()


@pytest.fixture(autouse=True)
def nobody_at_work() -> None:
    """Begin where no request and no command has been: the one before left its name behind."""
    origin.set_actor(None)
    origin.set_current(origin.SYSTEM)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file."""
    folder = tmp_path_factory.mktemp("template")
    settings = Settings(demo=True, data=folder)
    db.migrate(settings)
    return folder / "formsvc.sqlite3"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A throw-away PostgreSQL, by its folder of sockets."""
    try:
        with postgres.server() as folder:
            yield folder
    except postgres.CannotStart as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> str:
    """A migrated PostgreSQL database; the tests have it one after the other."""
    with _connected(postgres_server, "postgres") as server:
        server.execute("CREATE DATABASE formsvc")
    address = postgres.url(postgres_server, "formsvc")
    db.migrate(Settings(demo=True, database_url=address))
    return address


@pytest.fixture
def empty_postgres(postgres_server: str, postgres_database: str) -> str:
    """The migrated PostgreSQL database without a row in it.

    Rows are deleted: to copy or to truncate a database is many files' work, at every test.
    """
    with _connected(postgres_server, "formsvc") as own:
        # a test that failed may have left a transaction open, which would hold this one up
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for table in reversed(Base.metadata.sorted_tables):
            own.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
    opened = db.engine(Settings(demo=True, database_url=postgres_database))
    with opened.begin() as connection:
        db.provide_keys(connection)
    opened.dispose()
    return postgres_database


def _connected(folder: str, database: str) -> psycopg.Connection:
    return psycopg.connect(f"host={folder} user=formsvc dbname={database}", autocommit=True)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database; the test runs once on each kind.

    Where the kind of database cannot matter, as in a browser, a test asks for one only::

        @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    """
    if request.param == "postgresql":
        address: str = request.getfixturevalue("empty_postgres")
        return address
    file = tmp_path / "formsvc.sqlite3"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
    return f"sqlite:///{file}"


@pytest.fixture(params=DATABASES)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'formsvc.sqlite3'}"
        return
    folder: str = request.getfixturevalue("postgres_server")
    with postgres.database(folder, "bare") as address:
        yield address


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """An installation in demo mode, on the database of the test."""
    return Settings(demo=True, data=tmp_path, database_url=database, https=False)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The open database."""
    opened = db.engine(settings)
    yield opened
    opened.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Makes sessions, for tests in which several people are at work."""
    return db.session_factory(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session; what it did is undone unless the test commits."""
    with sessions() as opened:
        yield opened


@pytest.fixture
def kari(session: Session) -> Account:
    """Kari Nygård, who is referent."""
    return people.employ(session, people.KARI)


@pytest.fixture
def amir(session: Session) -> Account:
    """Amir Haddad, who is coordinator."""
    return people.employ(session, people.AMIR)


@pytest.fixture
def liv(session: Session) -> Account:
    """Liv Ødegård of the coordinating unit."""
    return people.employ(session, people.LIV)


@pytest.fixture
def torbjorn(session: Session) -> Account:
    """Torbjørn Aas, who looks after the service."""
    return people.employ(session, people.TORBJORN)
