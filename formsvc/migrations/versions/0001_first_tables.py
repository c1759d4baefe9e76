"""The first tables: accounts, drafts, papers with their documents, and evaluations."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Plain types, not those of formsvc.db: history stays as it was when the code moves on.
MOMENT: Final = sa.DateTime(timezone=True)
SEALED: Final = sa.LargeBinary()


def upgrade() -> None:
    """Make the tables; those that others point at come first."""
    _accounts()
    _papers()
    _evaluations()


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_account_id"), "login_session", ["account_id"])
    op.create_index(op.f("ix_login_session_expires_at"), "login_session", ["expires_at"])
    op.create_table(
        "login_attempt",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_attempt")),
    )
    op.create_index(op.f("ix_login_attempt_until"), "login_attempt", ["until"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_account_id"), "api_token", ["account_id"])


def _papers() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("typed", SEALED, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_draft_author_id")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_draft_changed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_author_id_changed_at"), "draft", ["author_id", "changed_at"])
    op.create_index(op.f("ix_draft_changed_at"), "draft", ["changed_at"])
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("answers", SEALED, nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.Column("rules_version", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_paper_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_paper_draft_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_paper_reference")),
    )
    op.create_index(op.f("ix_paper_author_id_issued_at"), "paper", ["author_id", "issued_at"])
    op.create_index(op.f("ix_paper_issued_at"), "paper", ["issued_at"])
    op.create_index(op.f("ix_paper_kind"), "paper", ["kind"])
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("data", SEALED, nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("template_sha256", sa.String(64), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state <> 'issued' OR"
            " (data IS NOT NULL AND sha256 IS NOT NULL AND made_at IS NOT NULL)",
            name=op.f("ck_document_issued_is_whole"),
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_document_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("paper_id", "format", name=op.f("uq_document_paper_id_format")),
    )
    op.create_table(
        "reference_counter",
        sa.Column("prefix", sa.String(10), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_reference_counter")),
    )


def _evaluations() -> None:
    op.create_table(
        "evaluation_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", SEALED, nullable=False),
        sa.Column("period", sa.String(6), nullable=False),
        sa.Column("arena", sa.String(60), nullable=False),
        sa.Column("child_doing_now", sa.Integer(), nullable=True),
        sa.Column("worries_changed", sa.Integer(), nullable=True),
        sa.Column("right_people", sa.Integer(), nullable=True),
        sa.Column("cooperation", sa.Integer(), nullable=True),
        sa.Column("heard", sa.Integer(), nullable=True),
        sa.Column("texts", SEALED, nullable=False),
        sa.CheckConstraint(
            "child_doing_now BETWEEN 1 AND 5", name=op.f("ck_evaluation_answer_child_doing_now")
        ),
        sa.CheckConstraint(
            "cooperation BETWEEN 1 AND 5", name=op.f("ck_evaluation_answer_cooperation")
        ),
        sa.CheckConstraint("heard BETWEEN 1 AND 5", name=op.f("ck_evaluation_answer_heard")),
        sa.CheckConstraint(
            "right_people BETWEEN 1 AND 5", name=op.f("ck_evaluation_answer_right_people")
        ),
        sa.CheckConstraint(
            "worries_changed BETWEEN 1 AND 5", name=op.f("ck_evaluation_answer_worries_changed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_answer")),
        sqlite_with_rowid=False,
    )
