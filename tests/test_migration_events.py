"""Papers that were there before the trail go on, finished by whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, Table, insert, select

from formsvc import clock, db
from formsvc.config import Settings
from formsvc.models import Document, Paper
from tests.test_keys import OLD, first_sealed


@pytest.fixture
def first_tables(bare_database: str) -> Iterator[Engine]:
    """A database as the first revision left it."""
    engine = db.engine(Settings(secret_key=OLD, database_url=bare_database))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(db.MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    yield engine
    engine.dispose()


def test_papers_and_their_documents_survive_and_say_who_finished_them(
    first_tables: Engine, bare_database: str
) -> None:
    engine = first_tables
    tables = MetaData()
    tables.reflect(engine)
    author, paper, now = uuid4(), uuid4(), clock.now()
    account: Table = tables.tables["account"]

    def stored(value: object) -> object:
        # a reflected table knows no UUID on SQLite: it is kept as its 32 digits there
        if isinstance(value, UUID) and engine.dialect.name == "sqlite":
            return value.hex
        return value

    def add(table: Table, **values: object) -> None:
        with engine.begin() as connection:
            plain = {name: stored(value) for name, value in values.items()}
            connection.execute(insert(table).values(**plain))

    add(
        account,
        id=author,
        email="kari@eksempel.no",
        name="Kari Nygård",
        role="referent",
        password_hash="-",
        active=True,
        created_at=now,
    )
    add(
        tables.tables["paper"],
        id=paper,
        kind="minutes",
        language="nb",
        reference="R-2026-0001",
        answers=first_sealed(b"{}", "paper.answers"),
        author_id=author,
        issued_at=now,
        rules_version="1",
    )
    add(
        tables.tables["document"],
        id=uuid4(),
        paper_id=paper,
        format="docx",
        state="pending",
    )
    db.migrate(Settings(secret_key=OLD, database_url=bare_database))
    with db.session_factory(engine)() as session:
        kept = session.execute(select(Paper.id, Paper.author_id, Paper.issued_by_id)).one()
        assert tuple(kept) == (paper, author, author)
        assert session.scalar(select(Document.paper_id)) == paper
