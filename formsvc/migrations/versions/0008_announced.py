"""Drafts say when their author was told that they will be deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
