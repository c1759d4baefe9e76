"""Where rows are kept, SQLite or PostgreSQL, and what is encrypted before it reaches either.

An installation opens one engine and, from it, two kinds of sessions::

    engine = db.engine(settings)
    reading = db.session_factory(engine, reading=True)  # a page that only shows
    writing = db.session_factory(engine)                # everything else; the edge commits once
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast, get_args
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    LargeBinary,
    MetaData,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from formsvc.config import PACKAGE, Settings
from formsvc.errors import FormsvcError, MissingLibrary, MissingSetting

MIGRATIONS: Final = PACKAGE / "migrations"

#: how long a connection waits for another one's transaction, in milliseconds
PATIENCE: Final = 10_000


class Unreadable(FormsvcError):
    """A stored text cannot be decrypted: another secret key wrote it, or it has been changed."""


class Unreachable(FormsvcError):
    """The database does not answer."""

    status = 503


# --- what is encrypted ---------------------------------------------------------------------------


class Keyring:
    """The keys of an installation, all made from its secret keys by HKDF (RFC 5869).

    A stored text is ``version (1) | key id (4) | nonce (12) | AES-256-GCM ciphertext and tag``.
    The key id is derived from the secret, so a text tells which secret it needs and a further,
    older one can be handed in when keys are rotated; the newest, given first, is written with.
    """

    _VERSION = b"\x01"
    _HEAD = 1 + 4 + 12

    def __init__(self, newest: str, *older: str) -> None:
        """:param newest: the secret key to write with; with the older ones it can still read."""
        self._ciphers = {
            _derived(secret, "key id", 4): AESGCM(_derived(secret, "stored texts", 32))
            for secret in (newest, *older)
        }
        self._newest = next(iter(self._ciphers))
        self._blinding = _derived(newest, "hidden keys", 32)
        self._secret = newest

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt what belongs in a place (``table.column``); it opens only as from there."""
        nonce = os.urandom(12)
        cipher = self._ciphers[self._newest]
        return self._VERSION + self._newest + nonce + cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what stood in a place.

        :raises Unreadable: when the secret is another one, or a single bit has been changed.
        """
        cipher = self._ciphers.get(sealed[1:5])
        if sealed[:1] != self._VERSION or cipher is None:
            raise Unreadable(
                f"{place} was written with another secret key. Start the service with the"
                " FORMSVC_SECRET_KEY that the database was filled with."
            )
        try:
            return cipher.decrypt(sealed[5 : self._HEAD], sealed[self._HEAD :], place.encode())
        except InvalidTag:
            raise Unreadable(
                f"{place} has been changed outside the service, or is damaged."
                " Take the row from the last backup."
            ) from None

    def hide(self, value: str, purpose: str) -> str:
        """Make a key by which a value is found again, and which does not give it away."""
        message = f"{purpose}\0{value}".encode()
        return hmac.new(self._blinding, message, hashlib.sha256).hexdigest()

    def mac(self, purpose: str, message: bytes) -> bytes:
        """Vouch for a message (HMAC-SHA256), with a key of its own for each purpose."""
        key = _derived(self._secret, f"mac {purpose}", 32)
        return hmac.new(key, message, hashlib.sha256).digest()


def _derived(secret: str, purpose: str, length: int) -> bytes:
    info = f"formsvc: {purpose}".encode()
    return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(secret.encode())


#: a column type meets only its engine's dialect, so that is where it finds the keys
_keyrings: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def keyring(session: Session) -> Keyring:
    """Find the keys of the database that a session talks to."""
    return _keyrings[session.get_bind().dialect]


class EncryptedBytes(TypeDecorator[bytes]):
    """Bytes that the database never sees in the clear."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        """:param place: ``table.column``; a text moved to another column cannot be opened."""
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        return None if value is None else _keyrings[dialect].seal(value, self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypt on the way out."""
        return None if value is None else _keyrings[dialect].open(value, self.place)


class EncryptedJSON(TypeDecorator[Any]):
    """Plain data (dict, list, str, bool, int, None) that the database never sees in the clear."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        """:param place: ``table.column``; a text moved to another column cannot be opened."""
        super().__init__()
        self.place = place

    def process_bind_param(self, value: object, dialect: Dialect) -> bytes | None:
        """Encrypt on the way in."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return _keyrings[dialect].seal(plain.encode(), self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> object:
        """Decrypt on the way out."""
        return None if value is None else json.loads(_keyrings[dialect].open(value, self.place))


# --- the other column types ----------------------------------------------------------------------


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC on both databases (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; keep the others in UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone: give a moment such as clock.now()")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back in UTC."""
        if value is not None and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value and value.astimezone(UTC)


def one_of(words: object) -> Enum:
    """Make the column type of a ``Literal``: one of its words, kept as text."""
    return Enum(*get_args(words), native_enum=False, length=20)


class Base(DeclarativeBase):
    """The root of the models; constraints are named by rule, so migrations can name them too."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UTCDateTime, UUID: Uuid()}


# --- engines and sessions ------------------------------------------------------------------------


def engine(settings: Settings) -> Engine:
    """Open the database of an installation; nothing is connected before the first use.

    :raises MissingSetting: outside demo mode without a secret key.
    :raises MissingLibrary: when PostgreSQL is asked for and its driver is not installed.
    """
    keys = Keyring(settings.secret())
    url = _url(settings)
    opened = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    _keyrings[opened.dialect] = keys
    return opened


def _url(settings: Settings) -> URL:
    # psycopg is version 3; SQLAlchemy takes plain postgresql:// for version 2
    plain = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", settings.database)
    try:
        return make_url(plain)
    except ArgumentError:
        raise MissingSetting(
            "FORMSVC_DATABASE_URL is no address of a database. Give one such as"
            " postgresql://user:password@localhost/formsvc, or leave it out for SQLite."
        ) from None


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as missing:
        raise MissingLibrary(
            f"FORMSVC_DATABASE_URL needs the Python package {missing.name}."
            " Install it with `pip install 'psycopg[binary]'`."
        ) from missing


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        file = Path(url.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
    # hidden, so that no error message, and no log, repeats what somebody typed
    opened = create_engine(url, connect_args={"timeout": PATIENCE / 1000}, hide_parameters=True)
    event.listen(opened, "connect", _prepare_sqlite)
    event.listen(opened, "begin", _begin_sqlite)
    return opened


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # the driver must not open transactions by itself: _begin_sqlite does
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={PATIENCE}",
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
    deadline = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            # two that open a new file together: this one lock SQLite does not wait for by itself
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and then writes fails at once when another one has written in
    # between, however long it would be willing to wait. So one that may write takes its turn from
    # the start; one that only reads never waits, and is held to it.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def session_factory(opened: Engine, *, reading: bool = False) -> sessionmaker[Session]:
    """Make the maker of sessions; those for reading cannot write, on either database.

    Rows stay readable after the commit, so a receipt can be shown from them.
    """
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
    """Bring the tables of an installation to the newest revision; two at once wait in turn."""
    opened = engine(settings)
    try:
        with opened.begin() as connection:
            _take_turn(connection)
            _upgrade(connection)
    except OperationalError as error:
        raise Unreachable(
            f"The database does not answer ({type(error.orig).__name__})."
            " Is the server running, and are FORMSVC_DATABASE_URL or FORMSVC_DATA right?"
        ) from None
    finally:
        opened.dispose()


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # SQLite's BEGIN IMMEDIATE has taken it already; the number is any that is not in use
        connection.execute(text("SELECT pg_advisory_xact_lock(4673001)"))


def _upgrade(connection: Connection) -> None:
    # Alembic takes as long to import as the rest of a command to run, and only this needs it
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
