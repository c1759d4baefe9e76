"""Drafts and papers say which version of their form they were written in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("draft", "paper"):
        op.add_column(
            table, sa.Column("form_version", sa.String(12), nullable=False, server_default="")
        )
