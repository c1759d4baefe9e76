"""Wires: each test that touches the database runs on SQLite and on PostgreSQL, each time empty."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from formsvc import config, db
from formsvc.config import Settings
from formsvc.models import Account
from tests import people, postgres

DATABASES = ("sqlite", "postgresql")
#: the migrated database that each test's own is a copy of
TEMPLATE = "template"
NUMBERS = count(1)


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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file."""
    folder = tmp_path_factory.mktemp("template")
    settings = Settings(demo=True, data=folder)
    db.migrate(settings)
    return folder / "formsvc.sqlite3"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A throw-away PostgreSQL with an empty, migrated template database."""
    try:
        with postgres.server() as folder:
            _order(folder, f"CREATE DATABASE {TEMPLATE}")
            db.migrate(Settings(demo=True, database_url=postgres.url(folder, TEMPLATE)))
            yield folder
    except postgres.CannotStart as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(reason))


def _order(folder: str, sentence: str) -> None:
    with psycopg.connect(f"host={folder} user=formsvc dbname=postgres", autocommit=True) as server:
        server.execute(sentence)


@pytest.fixture
def copied_postgres(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Makes a copy of one of the server's databases, for as long as the test lasts."""
    folder: str = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def copy(template: str) -> str:
        made.append(f"test_{next(NUMBERS)}")
        _order(folder, f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return postgres.url(folder, made[-1])

    yield copy
    for name in made:
        _order(folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database of the test's own; one run on each kind.

    Where the kind of database cannot matter, as in a browser, a test asks for one only::

        @pytest.mark.parametrize("database", ["sqlite"], indirect=True)
    """
    if request.param == "postgresql":
        address: str = request.getfixturevalue("copied_postgres")(TEMPLATE)
        return address
    file = tmp_path / "formsvc.sqlite3"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
    return f"sqlite:///{file}"


@pytest.fixture(params=DATABASES)
def bare_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("copied_postgres")("template0")
        return address
    return f"sqlite:///{tmp_path / 'formsvc.sqlite3'}"


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
