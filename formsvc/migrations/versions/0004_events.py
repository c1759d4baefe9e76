"""The trail: events and the ends of their chains; papers say who finished them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let whoever wrote a paper so far have finished it as well."""
    op.create_table(
        "event",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(20), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(60), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_event_account_id")),
        sa.PrimaryKeyConstraint("chain", "seq", name=op.f("pk_event")),
    )
    for columns in (["account_id", "seq"], ["subject_id", "seq"], ["what", "seq"], ["at"]):
        name = "_".join(["ix_event_chain", *columns])
        op.create_index(op.f(name), "event", ["chain", *columns])
    op.create_table(
        "event_head",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_event_head")),
    )
    _issued_by()


def _issued_by() -> None:
    # SQLite cannot make a table anew that others point at while keys are checked, which they are:
    # so the column is added, with its key in the line, and stays without NOT NULL
    issued_by = sa.Column("issued_by_id", sa.Uuid(), sa.ForeignKey("account.id"), nullable=True)
    op.add_column("paper", issued_by, inline_references=True)
    op.execute("UPDATE paper SET issued_by_id = author_id")
