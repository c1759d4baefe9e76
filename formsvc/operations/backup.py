"""A copy of everything that is stored, in one file, taken while the service runs; and back again.

The file is an SQLite database with the tables of this version, whichever database it was taken
from, so that it can be brought back into either: a municipality that grows moves to PostgreSQL by
a backup and a restore. What is sealed in the database is sealed in the file. The secret key is not
in it, and without that key nobody can read it, the municipality included.

After the database, which says itself how long it is, stands the SHA-256 of it: not every byte of
a database is in use, and not every one in use is sealed, so reading it through does not tell of
each that a disk has changed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from formsvc import db
from formsvc.config import Settings
from formsvc.db import Base, Unreadable
from formsvc.errors import FormsvcError
from formsvc.models import Account, Document, Draft, EvaluationAnswer, Paper
from formsvc.outages import Damaged
from formsvc.sealing import Sealed
from formsvc.services import audit

#: rows in memory at once; that of a document may be a third of a megabyte
AT_ONCE: Final = 100

#: what the last line of a backup begins with
_DIGEST: Final = b"\nformsvc backup sha256 "
_ENDING_BYTES: Final = len(_DIGEST) + 64 + len(b"\n")
#: a database is so many bytes long, or several times as many: a backup without an ending is of a
#: version that wrote none
_SMALLEST_PAGE: Final = 512

CHANGED: Final = (
    "the file is not, byte for byte, what was written. Take another backup, or a copy of this one"
    " from elsewhere, if there is one: what is changed need not be among what cannot be read."
)


class NotEmpty(FormsvcError):
    """Something is stored where a backup was to be brought back."""

    status = 409


class BadBackup(FormsvcError):
    """The file is no backup of formsvc, or not a whole one, or of another secret key."""

    status = 422


class Contents(NamedTuple):
    """What there is in a backup: every row was opened, every document compared with its hash."""

    accounts: int
    drafts: int
    papers: int
    documents: int
    evaluations: int
    #: a sentence for each row that cannot be read; it is copied as it lies there
    faults: tuple[str, ...]


def write(settings: Settings, file: Path) -> Contents:
    """Copy all that is stored at this moment into a new file, and read the copy through.

    Others may write meanwhile: the copy is of one moment, before or after each of their acts.

    :raises BadBackup: when the file is there already or cannot be written; none is left then.
    """
    if file.exists():
        raise BadBackup(f"{file} is there already. Give the name of a new file.")
    db.migrate(settings)  # as every command does
    with _written_whole(file) as part:
        copy = _settings_of(settings, part)
        db.migrate(copy)
        _copy(settings, copy)
        contents = _look_through(copy)
        _close_file(part)
        _end(part)
    return contents


def verify(settings: Settings, file: Path) -> Contents:
    """Read a backup through: no byte is changed, every row opens, every document is as issued.

    Nothing is changed, neither the file nor the database of the installation.

    :raises BadBackup: when it is no backup of formsvc, or not a whole one.
    """
    with _at_hand(settings, file) as (_copy, contents, changes):
        return contents._replace(faults=changes + contents.faults)


def restore(settings: Settings, file: Path) -> Contents:
    """Bring a backup, also one of an older version, back into an empty database.

    Rows that cannot be read are brought back too, as they lie there, and so is what can be read of
    a file of which a byte was changed: there may be no other.

    :raises BadBackup: when the file is no backup; then nothing is brought back.
    :raises NotEmpty: when somebody has an account in the database, or papers are in it.
    """
    with _at_hand(settings, file) as (copy, contents, changes):
        db.migrate(settings)
        _copy(copy, settings)
    if _look_through(settings) != contents:
        raise BadBackup("Not all of the backup is in the database. Empty it and try again.")
    return contents._replace(faults=changes + contents.faults)


@contextmanager
def _written_whole(file: Path) -> Iterator[Path]:
    """A name to write under, for a file that is to be there whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    except OSError as error:
        raise BadBackup(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        for left in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm"))):
            left.unlink(missing_ok=True)


@contextmanager
def _at_hand(
    settings: Settings, file: Path
) -> Iterator[tuple[Settings, Contents, tuple[str, ...]]]:
    """A backup as an installation of its own, of today's version; the file stays as it is.

    :returns: with what there is in it, and what is to be said of its bytes.
    """
    with TemporaryDirectory(prefix="formsvc-restore-") as folder:
        place = Path(folder) / "backup.sqlite3"
        copy = _settings_of(settings, place)
        try:
            shutil.copyfile(file, place)
            changes = () if _cut_ending(place) else (f"{file}: {CHANGED}",)
            _demand_backup(copy, file)
            db.migrate(copy)
            contents = _look_through(copy)
        # the last three: a row that no version ever wrote
        except (Damaged, OSError, SQLAlchemyError, ValueError, LookupError) as error:
            raise BadBackup(f"{file} is no whole backup ({type(error).__name__}).") from None
        yield copy, contents, changes


def _demand_backup(copy: Settings, file: Path) -> None:
    """Refuse another kind of file before the tables of this version are made in it."""
    with _connected(copy, reading=True) as source:
        damage = source.exec_driver_sql("PRAGMA integrity_check").scalar()
        tables = source.dialect.get_table_names(source)
        if damage != "ok" or not {"alembic_version", "account", "paper"} <= set(tables):
            raise BadBackup(f"{file} is no whole backup of formsvc.")


def _end(part: Path) -> None:
    """Write the SHA-256 of a database after it."""
    with part.open("rb+") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
        opened.seek(0, os.SEEK_END)
        opened.write(_DIGEST + digest.encode() + b"\n")


def _cut_ending(place: Path) -> bool:
    """Leave the database alone in a copied backup; whether it is the one that was written."""
    size = place.stat().st_size
    if size % _SMALLEST_PAGE == 0:
        return True
    with place.open("rb+") as opened:
        opened.seek(max(0, size - _ENDING_BYTES))
        ending = opened.read()
        opened.truncate(max(0, size - _ENDING_BYTES))
        opened.seek(0)
        digest = file_digest(opened, "sha256").hexdigest()
    return ending == _DIGEST + digest.encode() + b"\n"


def _settings_of(settings: Settings, file: Path) -> Settings:
    return replace(settings, database_url=f"sqlite:///{file.absolute()}")


# What is copied


def _copy(source: Settings, target: Settings) -> None:
    """Every row of one moment, as it lies there: what is sealed is not opened."""
    tables = Base.metadata.sorted_tables  # those that others point at come first
    with _connected(source, reading=True) as reading, _connected(target) as writing:
        if writing.execute(select(Account.id).limit(1)).first() or (
            writing.execute(select(Paper.id).limit(1)).first()
        ):
            raise NotEmpty(
                "There are accounts or forms in the database already. A backup is brought back"
                " into an empty one: point FORMSVC_DATA at a new folder, or FORMSVC_DATABASE_URL"
                " at a new database."
            )
        for table in reversed(tables):
            writing.execute(table.delete())
        for table in tables:
            rows = reading.execution_options(yield_per=AT_ONCE).execute(select(table))
            for some in rows.mappings().partitions():
                writing.execute(table.insert(), [dict(row) for row in some])


@contextmanager
def _connected(settings: Settings, *, reading: bool = False) -> Iterator[Connection]:
    engine = db.engine(settings)
    try:
        if reading:
            # one snapshot for all tables: on SQLite every transaction is one
            engine = engine.execution_options(
                reading=True, postgresql_readonly=True, **_snapshot(engine)
            )
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _snapshot(engine: Engine) -> dict[str, str]:
    on_postgresql = engine.dialect.name == "postgresql"
    return {"isolation_level": "REPEATABLE READ"} if on_postgresql else {}


def _close_file(part: Path) -> None:
    """Bring all of an SQLite database into its one file, out of the log beside it."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


# What is read through


def _look_through(settings: Settings) -> Contents:
    engine = db.engine(settings)
    faults: list[str] = []
    numbers: Counter[type[Base]] = Counter()
    try:
        with db.session_factory(engine, reading=True)() as session:
            for mapper in Base.registry.mappers:
                if "id" in mapper.columns:
                    numbers[mapper.class_] = _opened(session, mapper.class_, faults)
            faults += (f"the trail: {finding}" for finding in audit.verify(session))
    finally:
        engine.dispose()
    return Contents(
        accounts=numbers[Account],
        drafts=numbers[Draft],
        papers=numbers[Paper],
        documents=numbers[Document],
        evaluations=numbers[EvaluationAnswer],
        faults=tuple(faults),
    )


def _opened(session: Session, model: type[Any], faults: list[str]) -> int:
    """Open every row of a table, going on past those that cannot be; how many rows there are."""
    sealed = [name for name, value in vars(model).items() if isinstance(value, Sealed)]
    number = 0
    for row in session.scalars(select(model).execution_options(yield_per=AT_ONCE)):
        number += 1
        try:
            texts = {name: getattr(row, name) for name in sealed}
        except Unreadable as fault:
            faults.append(f"{model.__tablename__} {row.id}: {fault}")
        else:
            if isinstance(row, Document) and not _is_whole(row, texts["data"]):
                faults.append(f"document {row.id}: it is not the one that was issued")
    return number


def _is_whole(document: Document, data: bytes | None) -> bool:
    return document.state != "issued" or sha256(data or b"").hexdigest() == document.sha256
