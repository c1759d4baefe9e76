"""What was stored before papers were shared is there afterwards, and in its place."""

from __future__ import annotations

from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from formsvc import clock, db
from formsvc.config import Settings
from formsvc.models import EvaluationAnswer, Paper
from tests.test_keys import OLD, first_sealed

BEFORE = "0001"


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_papers_documents_and_evaluations_survive(bare_database: str) -> None:
    settings = Settings(secret_key=OLD, database_url=bare_database)
    engine = db.engine(settings)
    account, paper = (uuid4() for _ in range(2))
    now = clock.now().isoformat(" ")
    hexed = engine.dialect.name == "sqlite"
    ids = {"account": account.hex if hexed else account, "paper": paper.hex if hexed else paper}
    sealed = {
        "answers": first_sealed(b'{"chair":"Solveig"}', "paper.answers"),
        "unit": first_sealed(b'"Heidal skule"', "evaluation_answer.unit"),
        "texts": first_sealed(b'{"good":"Alt"}', "evaluation_answer.texts"),
    }
    with engine.begin() as connection:
        upgrade(connection, BEFORE)
        for statement in (
            (
                "INSERT INTO account VALUES (:account, 'kari@eksempel.no', 'Kari', 'referent', 'x',"
                " true, :now)"
            ),
            (
                "INSERT INTO paper VALUES (:paper, 'minutes', 'nb', 'R-2026-0001', NULL, :answers,"
                " :account, :now, '1')"
            ),
            (
                "INSERT INTO document (id, paper_id, format, state)"
                " VALUES (:account, :paper, 'pdf', 'pending')"
            ),
            (
                "INSERT INTO evaluation_answer (id, unit, period, arena, heard, texts)"
                " VALUES (:account, :unit, '2026-1', 'other', 4, :texts)"
            ),
        ):
            connection.execute(text(statement), {**ids, **sealed, "now": now})
    db.migrate(settings)
    with Session(engine) as session:
        kept = session.scalars(select(Paper)).one()
        assert kept.answers == {"chair": "Solveig"}
        assert (kept.author.name, kept.issued_by, kept.changed_by) == ("Kari", kept.author, None)
        assert [made.format for made in kept.documents] == ["pdf"]
        answer = session.scalars(select(EvaluationAnswer)).one()
        assert (answer.unit, answer.texts, answer.unit_id) == (
            "Heidal skule",
            {"good": "Alt"},
            None,
        )
    engine.dispose()
