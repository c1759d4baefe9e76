"""The migrations make exactly the tables of the models, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text

from formsvc import db
from formsvc.config import Settings
from formsvc.db import Base


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_migrations_make_every_check_of_the_models(engine: Engine) -> None:
    # compare_metadata does not look at these
    for table in Base.metadata.sorted_tables:
        made = {found["name"] for found in inspect(engine).get_check_constraints(table.name)}
        checks = (c for c in table.constraints if isinstance(c, CheckConstraint))
        assert made == {str(check.name) for check in checks}, table.name


def test_migrating_again_changes_nothing(bare_database: str) -> None:
    settings = Settings(demo=True, database_url=bare_database)
    db.migrate(settings)
    db.migrate(settings)
    assert "paper" in _tables(settings)


def test_two_servers_that_start_together_migrate_once(bare_database: str) -> None:
    settings = Settings(demo=True, database_url=bare_database)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(db.migrate, [settings, settings]))
    assert _tables(settings) == {*Base.metadata.tables, "alembic_version"}


def test_answers_to_the_evaluation_lie_by_their_random_id(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            find = text("SELECT sql FROM sqlite_master WHERE name = 'evaluation_answer'")
            assert "WITHOUT ROWID" in str(connection.scalar(find))


def _tables(settings: Settings) -> set[str]:
    engine = db.engine(settings)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    return tables
