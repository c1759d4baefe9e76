"""The database as a command opens it: brought up to date, to write in or to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker


@contextmanager
def writing() -> Iterator[Session]:
    """A database session that is committed when the command has done its work."""
    with sessions() as maker, maker() as session:
        yield session
        session.commit()  # a command that writes much has committed in between


@contextmanager
def sessions() -> Iterator[sessionmaker[Session]]:
    """The maker of sessions for writing, on a database that is up to date."""
    from formsvc import db
    from formsvc.config import settings

    db.migrate(settings())
    engine = db.engine(settings())
    try:
        yield db.session_factory(engine)
    finally:
        engine.dispose()


@contextmanager
def reading() -> Iterator[Session]:
    """A database session of one moment, whatever others write meanwhile."""
    from formsvc import db
    from formsvc.config import settings

    db.migrate(settings())
    engine = db.engine(settings())
    try:
        opened = engine
        if engine.dialect.name == "postgresql":  # SQLite's reading transactions are of one moment
            opened = engine.execution_options(isolation_level="REPEATABLE READ")
        with db.session_factory(opened, reading=True)() as session:
            yield session
    finally:
        engine.dispose()
