"""Sharing, who finished a paper, keys of long lists, and evaluations that are counted by unit.

Answers that were kept before are sorted in by ``services.evaluations.sort_in`` at the start of the
service: their units and texts are sealed, and a migration holds no keys.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)
SEALED: Final = sa.LargeBinary()


def upgrade() -> None:
    _shares()
    _papers()
    _evaluations()


def _shares() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(draft_id IS NULL) <> (paper_id IS NULL)", name=op.f("ck_share_of_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_share_draft_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_share_paper_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_share_account_id")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_share_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
    )
    going_on = sa.text("ended_at IS NULL")
    for what in ("draft_id", "paper_id"):
        op.create_index(
            op.f(f"ix_share_account_id_{what}"),
            "share",
            ["account_id", what],
            unique=True,
            sqlite_where=going_on,
            postgresql_where=going_on,
        )
    op.create_index(op.f("ix_share_draft_id"), "share", ["draft_id"])
    op.create_index(op.f("ix_share_paper_id"), "share", ["paper_id"])


def _papers() -> None:
    # in place: SQLite would have to drop a table that documents refer to if it were copied
    account = sa.ForeignKey("account.id", name=op.f("fk_paper_changed_by_id"))
    changed_by = sa.Column("changed_by_id", sa.Uuid(), account, nullable=True)
    op.add_column("paper", changed_by, inline_references=True)
    op.drop_index(op.f("ix_paper_author_id_issued_at"), "paper")
    op.drop_index(op.f("ix_paper_kind"), "paper")
    for columns in (["author_id", "issued_at", "id"], ["kind", "issued_at", "id", "author_id"]):
        op.create_index(op.f(f"ix_paper_{'_'.join(columns)}"), "paper", columns)


def _evaluations() -> None:
    op.create_table(
        "evaluation_unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", SEALED, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_unit")),
        sa.UniqueConstraint("key", name=op.f("uq_evaluation_unit_key")),
    )
    op.create_table(
        "evaluation_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(6), nullable=False),
        sa.Column("question", sa.String(20), nullable=False),
        sa.Column("text", SEALED, nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["evaluation_unit.id"], name=op.f("fk_evaluation_text_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_text")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_evaluation_text_unit_id_period_question_id"),
        "evaluation_text",
        ["unit_id", "period", "question", "id"],
    )
    # a table that batch mode copies on SQLite forgets that it has no row numbers unless it is told
    with op.batch_alter_table(
        "evaluation_answer", table_kwargs={"sqlite_with_rowid": False}
    ) as answer:
        answer.add_column(sa.Column("unit_id", sa.Uuid(), nullable=True))
        answer.create_foreign_key(
            op.f("fk_evaluation_answer_unit_id"), "evaluation_unit", ["unit_id"], ["id"]
        )
        answer.alter_column("unit", existing_type=SEALED, nullable=True)
        answer.alter_column("texts", existing_type=SEALED, nullable=True)
        answer.create_index(op.f("ix_evaluation_answer_period_unit_id"), ["period", "unit_id"])
