"""Work of its own table: what is due, claimed, done and given up; a document says no error."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)
OPEN: Final = sa.text("done_at IS NULL AND given_up_at IS NULL")

JOB: Final = sa.table(
    "job",
    sa.column("id", sa.Uuid()),
    sa.column("what", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("due_at", MOMENT),
    sa.column("attempts", sa.Integer()),
)
PAPER: Final = sa.table("paper", sa.column("id", sa.Uuid()), sa.column("issued_at", MOMENT))
DOCUMENT: Final = sa.table(
    "document",
    sa.column("id", sa.Uuid()),
    sa.column("paper_id", sa.Uuid()),
    sa.column("state", sa.String()),
    sa.column("made_at", MOMENT),
)


def upgrade() -> None:
    """Make the table, and a job for every document that is not there yet."""
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(80), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("given_up_at", MOMENT, nullable=True),
        sa.Column("once", sa.String(120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("once", name=op.f("uq_job_once")),
    )
    op.create_index(
        op.f("ix_job_due_at"), "job", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index(op.f("ix_job_subject_id"), "job", ["subject_id"])
    _take_up_what_is_missing()
    # not as a batch: SQLite would copy every document to leave out one column
    op.drop_column("document", "error")


def _take_up_what_is_missing() -> None:
    """What was pending, and what had failed for good before there was a second attempt."""
    connection = op.get_bind()
    missing = (
        sa.select(DOCUMENT.c.id, PAPER.c.issued_at)
        .join_from(DOCUMENT, PAPER, DOCUMENT.c.paper_id == PAPER.c.id)
        .where(DOCUMENT.c.state != "issued")
    )
    jobs = [
        {"id": uuid4(), "what": "print", "subject_id": document, "due_at": issued, "attempts": 0}
        for document, issued in connection.execute(missing)
    ]
    if jobs:
        connection.execute(sa.insert(JOB), jobs)
    connection.execute(
        sa.update(DOCUMENT)
        .where(DOCUMENT.c.state == "failed")
        .values(state="pending", made_at=None)
    )
