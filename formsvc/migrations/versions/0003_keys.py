"""Data keys of their own, wrapped under the master key; ``formsvc.keys`` fills them in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what is sealed already stays as it is until ``formsvc rotate-keys``."""
    op.create_table(
        "data_key",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    in_use = sa.text("retired_at IS NULL")
    op.create_index(
        "uq_data_key_in_use",
        "data_key",
        ["purpose"],
        unique=True,
        sqlite_where=in_use,
        postgresql_where=in_use,
    )
