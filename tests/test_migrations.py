"""The migrations make exactly the tables of the models, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Engine, inspect, select, text

from formsvc import db
from formsvc.config import Settings
from formsvc.db import Base
from formsvc.models import Account, ApiToken, LoginSession


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


def test_accounts_and_log_ins_of_before_outlive_the_migration(bare_database: str) -> None:
    settings = Settings(demo=True, database_url=bare_database)
    to_revision(settings, "0001")
    engine = db.engine(settings)
    with engine.begin() as connection:
        for row in BEFORE.split(";"):
            connection.execute(text(row))
    db.migrate(settings)
    with db.session_factory(engine)() as session:
        kari = session.scalars(select(Account)).one()
        assert (kari.email, kari.title, kari.invited_at) == ("kari@eksempel.no", "", None)
        login = session.scalars(select(LoginSession)).one()
        assert (login.account, login.last_seen_at) == (kari, login.created_at)
        assert login.complete
        token = session.scalars(select(ApiToken)).one()
        assert (token.label, token.last_used_on) == ("fagsystem", None)
    engine.dispose()


#: somebody who is at work while the service is brought up to date
BEFORE = """
INSERT INTO account (id, email, name, role, password_hash, active, created_at)
    VALUES ('a0000000000000000000000000000000', 'kari@eksempel.no', 'Kari', 'referent', 'x', true,
        '2026-11-01 08:00:00+00:00');
INSERT INTO login_session (token_hash, account_id, created_at, expires_at, revoked)
    VALUES ('x', 'a0000000000000000000000000000000',
        '2026-11-01 08:00:00+00:00', '2026-11-01 16:00:00+00:00', false);
INSERT INTO api_token (id, token_hash, account_id, label, created_at, revoked)
    VALUES ('b0000000000000000000000000000000', 'x', 'a0000000000000000000000000000000',
        'fagsystem', '2026-11-01 08:00:00+00:00', false);
INSERT INTO login_attempt (key, failures, until) VALUES ('x', 3, '2026-11-01 08:00:00+00:00')
"""


def to_revision(settings: Settings, revision: str) -> None:
    """Bring the tables to where an older release left them."""
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = db.engine(settings)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


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


#: a paper with a Word document, a PDF that had failed and a form that was still to be made
BEFORE_JOBS = """
INSERT INTO account (id, email, name, role, password_hash, active, created_at)
    VALUES ('a0000000000000000000000000000000', 'kari@eksempel.no', 'Kari Nygård', 'referent',
    'x', true, '2026-01-01 00:00:00');
INSERT INTO paper (id, kind, language, reference, answers, author_id, issued_at, rules_version)
    VALUES ('b0000000000000000000000000000000', 'consent', 'nb', 'S-2026-0001', 'x',
    'a0000000000000000000000000000000', '2026-01-02 00:00:00', '1');
INSERT INTO document (id, paper_id, format, state, data, sha256, error, made_at) VALUES
    ('c0000000000000000000000000000000', 'b0000000000000000000000000000000', 'docx', 'issued',
    'x', 'x', NULL, '2026-01-02 00:00:00'),
    ('d0000000000000000000000000000000', 'b0000000000000000000000000000000', 'pdf', 'failed',
    NULL, NULL, 'MemoryError', '2026-01-02 00:00:00'),
    ('e0000000000000000000000000000000', 'b0000000000000000000000000000000', 'fillable', 'pending',
    NULL, NULL, NULL, NULL)
"""


def test_documents_that_were_not_there_get_jobs(bare_database: str) -> None:
    engine = db.engine(Settings(demo=True, database_url=bare_database))
    with engine.begin() as connection:
        _upgrade_to(connection, "0001")
        for statement in BEFORE_JOBS.split(";"):
            connection.execute(text(statement))
        _upgrade_to(connection, "0002")
        states = connection.execute(text("SELECT format, state FROM document ORDER BY format"))
        assert [tuple(row) for row in states] == [
            ("docx", "issued"),
            ("fillable", "pending"),
            ("pdf", "pending"),
        ]
        jobs = connection.execute(
            text(
                "SELECT format, what, attempts, due_at >= '2026-01-01' AND due_at < '2026-01-04'"
                " FROM job JOIN document ON document.id = job.subject_id ORDER BY format"
            )
        )
        assert [tuple(row) for row in jobs] == [
            ("fillable", "print", 0, True),
            ("pdf", "print", 0, True),
        ]
    engine.dispose()


def _upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
