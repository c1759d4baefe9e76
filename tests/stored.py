"""Papers and drafts of the tests, stored without being printed: many of them cost little."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, Uuid, bindparam, text
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.kinds import find
from formsvc.models import Account, Document, Draft, Paper
from tests import people

TYPED = {"language": ["nb"], "child-name": [people.NORA.name]}


def issued(session: Session, author: Account, number: int = 1, **changes: Any) -> Paper:
    """A paper with a Word document; of two, the one with the higher number is newer."""
    given: dict[str, Any] = {
        "kind": "minutes",
        "language": "nb",
        "reference": f"R-2026-{number:04}",
        "answers": {find(changes.get("kind", "minutes")).form.whom: {"name": people.NORA.name}},
        "author": author,
        "rules_version": "1",
        "issued_at": _at(number),
    }
    data = b"whole"
    word = Document(
        format="docx",
        state="issued",
        data=data,
        sha256=hashlib.sha256(data).hexdigest(),
        made_at=clock.now(),
    )
    paper = Paper(**given | changes, documents=[word])
    session.add(paper)
    session.flush()
    return paper


def begun(session: Session, author: Account, number: int = 1, **changes: Any) -> Draft:
    """A draft; of two, the one with the higher number was saved later."""
    given: dict[str, Any] = {
        "kind": "minutes",
        "language": "nb",
        "typed": TYPED,
        "author": author,
        "changed_by": author,
        "changed_at": _at(number),
    }
    draft = Draft(**given | changes)
    session.add(draft)
    session.flush()
    return draft


def spoil(session: Session, row: Paper | Draft | Document) -> None:
    """Turn what is stored sealed of a row into what no key opens, as a fault of a disk does."""
    column = {Paper: "answers", Draft: "typed", Document: "data"}[type(row)]
    spoilt = text(f"UPDATE {row.__tablename__} SET {column} = :junk WHERE id = :id")  # noqa: S608
    junk = bindparam("junk", b"\x01" + b"?" * 60, type_=LargeBinary())
    session.execute(spoilt.bindparams(junk, bindparam("id", row.id, type_=Uuid())))


def _at(number: int) -> datetime:
    return clock.now() - timedelta(days=1) + timedelta(seconds=number)
