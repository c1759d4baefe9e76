"""The queries that a stretch of a test sends to its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


@contextmanager
def counted(where: Session | Engine) -> Iterator[list[str]]:
    """Collect what is asked of a database meanwhile, but for how a transaction begins and ends."""
    engine = where if isinstance(where, Engine) else where.get_bind().engine
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
