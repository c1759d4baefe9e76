"""Where rows are kept, SQLite or PostgreSQL: engines, sessions and their tables brought up to date.

An installation opens one engine and, from it, two kinds of sessions::

    engine = db.engine(settings)
    reading = db.session_factory(engine, reading=True)  # a page that only shows
    writing = db.session_factory(engine)                # everything else; the edge commits once

What a sealed text is stands in ``formsvc.sealing``, with which keys in ``formsvc.keys``, and what
a database that cannot do its work raises in ``formsvc.outages``.
"""

from __future__ import annotations

import re
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Final, cast
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from formsvc import keys, outages, sealing, turns
from formsvc.columns import Base, UTCDateTime, one_of
from formsvc.config import PACKAGE, Settings
from formsvc.errors import MissingLibrary, MissingSetting
from formsvc.keys import Keyring, Masters, Unreadable
from formsvc.outages import Outage, Unreachable
from formsvc.sealing import keyring
from formsvc.turns import PATIENCE

__all__ = [
    "Base",
    "UTCDateTime",
    "Unreachable",
    "Unreadable",
    "engine",
    "insert_into",
    "keyring",
    "migrate",
    "one_of",
    "provide_keys",
    "session_factory",
]

MIGRATIONS: Final = PACKAGE / "migrations"


# --- engines and sessions ------------------------------------------------------------------------


def engine(settings: Settings) -> Engine:
    """Open the database of an installation; nothing is connected before the first use.

    :raises MissingSetting: outside demo mode without a secret key, for a database of another
        make, or where SQLite's folder cannot be made or written in.
    :raises MissingLibrary: when PostgreSQL is asked for and its driver is not installed.
    """
    masters = Masters(*settings.masters())
    url = _url(settings)
    opened = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    event.listen(opened, "handle_error", outages.translate)
    sealing.keyrings[opened.dialect] = Keyring(opened, masters)
    return opened


def _url(settings: Settings) -> URL:
    # psycopg is version 3; SQLAlchemy takes plain postgresql:// for version 2
    plain = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", settings.database)
    try:
        url = make_url(plain)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise MissingSetting(
            "FORMSVC_DATABASE_URL is no address of a database that papers can be kept in. Those are"
            " PostgreSQL, such as postgresql://user:password@localhost/formsvc, and SQLite, such as"
            " sqlite:////srv/formsvc.sqlite3, which is also used where it is left out."
        )
    return url


def _postgresql(url: URL) -> Engine:
    # neither a server that is gone nor a lock that is held may hold a page up for ever
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": f"{PATIENCE:.0f}"})
    try:
        opened = create_engine(url, pool_pre_ping=True, pool_timeout=PATIENCE, hide_parameters=True)
    except ModuleNotFoundError as missing:
        raise MissingLibrary(
            f"FORMSVC_DATABASE_URL needs the Python package {missing.name}."
            " Install it with `pip install 'psycopg[binary]'`."
        ) from missing
    event.listen(opened, "connect", _wait_no_longer)
    writing = WeakSet[Connection]()
    event.listen(opened, "begin", partial(_begin_postgresql, writing))
    event.listen(opened, "commit", writing.discard)
    event.listen(opened, "rollback", writing.discard)
    return opened


def _begin_postgresql(writing: WeakSet[Connection], connection: Connection) -> None:
    """Let few wait for a lock for long, as ``turns`` does on SQLite, so that others go on."""
    options = connection.get_execution_options()
    if options.get("reading", False):
        return
    writing.add(connection)
    held = options.get("held") or (turns.HELD if len(writing) > turns.WAITING + 1 else 0)
    if held:
        seconds = min(held, turns.PATIENCE)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{seconds * 1000:.0f}ms'")


def _wait_no_longer(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.autocommit = True  # or the setting would go with a transaction that is rolled back
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{PATIENCE:.0f}s'")
    cursor.close()
    connection.autocommit = False


def _sqlite(url: URL) -> Engine:
    # hidden, so that no error message, and no log, repeats what somebody typed
    opened = create_engine(
        url,
        connect_args={"timeout": PATIENCE, "factory": turns.Connection},
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        _prepare_file(file)
        event.listen(opened, "do_connect", partial(_refuse_new_file, file))
        event.listen(opened, "connect", partial(_remember_file, file))
    event.listen(opened, "connect", partial(_prepare_sqlite, turns.Turns()))
    event.listen(opened, "begin", _begin_sqlite)
    return opened


def _prepare_file(file: Path) -> None:
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise MissingSetting(
            f"The database {file} cannot be made or opened ({error.strerror})."
            " Give a folder that the service may write in as FORMSVC_DATA, and make room"
            " if its disk is full."
        ) from None


def _refuse_new_file(file: Path, *_called_with: object) -> None:
    # made once, above. One that is gone must not be made anew by the next connection: it would
    # be empty, and the service would go on as if nothing had been in it.
    if not file.exists():
        raise _gone(file)


def _remember_file(file: Path, _: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    entry.info["file"] = file, _identity(file)


def _identity(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return (0, 0)
    return status.st_dev, status.st_ino


def _gone(file: Path) -> Unreachable:
    return Unreachable(
        f"The database {file} has been moved, removed or replaced while the service was running."
        " Put it back and start the service again."
    )


def _prepare_sqlite(
    queue: turns.Turns, connection: DBAPIConnection, _: ConnectionPoolEntry
) -> None:
    assert isinstance(connection, turns.Connection)  # noqa: S101 made by its factory
    connection.turns = queue
    # the driver must not open transactions by itself: _begin_sqlite does
    connection.isolation_level = None
    cursor: DBAPICursor = cast("DBAPICursor", connection.cursor())
    for pragma in (
        # With NORMAL a commit in WAL mode is not yet on the disk when it returns, and a power cut
        # loses it. The page says «sendt» after the commit, so the commit has to be on the disk.
        "synchronous=FULL",
        "foreign_keys=ON",
        # what is deleted (a draft that was sent or discarded) is overwritten in the file as well
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: DBAPICursor) -> None:
    """Let readers and a writer work side by side; the file remembers it after the first time."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # two that open a new file together: this one lock SQLite does not wait for by itself
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and then writes fails at once when another one has written in
    # between, however long it would be willing to wait. So one that may write takes its turn from
    # the start; one that only reads never waits, and is held to it.
    file, identity = connection.info.get("file", (None, None))
    if file and _identity(file) != identity:
        raise _gone(file)
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
    if reading:
        connection.exec_driver_sql("BEGIN")
        return
    try:
        held = connection.get_execution_options().get("held")
        turns.connection_of(connection.connection).begin_writing(held)
    except sqlite3.Error as error:
        raise outages.meant(error) or error from None


def session_factory(
    opened: Engine, *, reading: bool = False, held: float | None = None
) -> sessionmaker[Session]:
    """Make the maker of sessions; those for reading cannot write, on either database.

    Rows stay readable after the commit, so a receipt can be shown from them.

    :param held: for what is in a hurry: how many seconds it waits while others hold the database.
    """
    if held is not None:
        opened = opened.execution_options(held=held)
    if reading:
        opened = opened.execution_options(reading=True, postgresql_readonly=True)
    return sessionmaker(opened, expire_on_commit=False)


def only_reads(session: Session) -> bool:
    """Whether a session was made for reading, and cannot write."""
    return bool(session.get_bind().get_execution_options().get("reading"))


def insert_into(session: Session, model: type[Base]) -> sqlite.Insert:
    """Begin an insert that may say what to do when the row is there already (ON CONFLICT)."""
    if session.get_bind().dialect.name == "postgresql":
        # the dialect brings all of its drivers, a tenth of a start, and few starts need it
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        # the same methods as SQLite's, by another class
        return cast("sqlite.Insert", postgresql.insert(model))
    return sqlite.insert(model)


def migrate(settings: Settings) -> None:
    """Bring the tables of an installation to the newest revision; two at once wait in turn.

    :raises WrongKey: when the database was filled under another master key.
    :raises Outage: when the database cannot be used.
    """
    opened = engine(settings)
    try:
        with opened.begin() as connection:
            _take_turn(connection)
            _upgrade(connection)
            provide_keys(connection)
    finally:
        opened.dispose()


def provide_keys(connection: Connection) -> None:
    """Make the data keys of a new database; see that those of another can be opened.

    :raises WrongKey: when the database was filled under another master key.
    """
    masters = sealing.keyrings[connection.dialect].masters
    keys.provide(connection, masters, partial(sealing.beginnings, connection))


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # However long another server's migration takes. SQLite's BEGIN IMMEDIATE has taken the
        # turn already; the number is any that is not in use.
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(4673001)"))


def _upgrade(connection: Connection) -> None:
    # Alembic takes as long to import as the rest of a command to run, and only this needs it
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise Outage(
            "This database was prepared by a newer version of formsvc. Install that one."
        ) from None
