"""Alembic's door: walks the revisions on the connection that ``formsvc.db`` hands in."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from formsvc import models  # noqa: F401 the tables are known once their classes are
from formsvc.db import Base


def walk(connection: Connection) -> None:
    """Upgrade within the transaction that the caller has opened, and commits."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        # the tables change together or not at all, on SQLite as well
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


walk(context.config.attributes["connection"])
