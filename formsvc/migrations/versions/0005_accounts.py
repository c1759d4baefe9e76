"""Accounts live: who they are at work, links to a password, seen log-ins, a second factor."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT: Final = sa.DateTime(timezone=True)
SEALED: Final = sa.LargeBinary()


def upgrade() -> None:
    """Add to the tables that are there, then make the new ones."""
    _accounts()
    _log_ins()
    _password_links()
    _second_factors()


def _accounts() -> None:
    with op.batch_alter_table("account") as table:
        for name, length in (("title", 200), ("service", 200), ("unit", 200), ("phone", 40)):
            table.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        table.add_column(sa.Column("invited_at", MOMENT, nullable=True))
        table.add_column(sa.Column("last_login_at", MOMENT, nullable=True))


def _log_ins() -> None:
    with op.batch_alter_table("login_session") as table:
        table.add_column(sa.Column("last_seen_at", MOMENT, nullable=True))
        table.add_column(sa.Column("device", sa.String(60), nullable=False, server_default=""))
        table.add_column(
            sa.Column("complete", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.execute("UPDATE login_session SET last_seen_at = created_at")
    with op.batch_alter_table("login_session") as table:
        table.alter_column("last_seen_at", existing_type=MOMENT, nullable=False)
    # failures are counted for a quarter of an hour: none is worth carrying over
    op.execute("DELETE FROM login_attempt")
    with op.batch_alter_table("login_attempt") as table:
        table.add_column(sa.Column("next_at", MOMENT, nullable=False))
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("last_used_on", sa.Date(), nullable=True))


def _password_links() -> None:
    op.create_table(
        "password_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_password_link_account_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_link")),
    )
    op.create_index(op.f("ix_password_link_account_id"), "password_link", ["account_id"])
    op.create_index(op.f("ix_password_link_expires_at"), "password_link", ["expires_at"])


def _second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("secret", SEALED, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["account.id"], name=op.f("fk_second_factor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])
