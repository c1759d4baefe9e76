"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Column, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, sealing
from formsvc.db import Base
from formsvc.models import Account, Document, Draft, Paper
from formsvc.sealing import Sealed, SealedText


def paper(author: Account, **changes: Any) -> Paper:
    given: dict[str, Any] = {
        "kind": "minutes",
        "language": "nb",
        "reference": "R-2026-0001",
        "answers": {},
        "author": author,
        "rules_version": "1",
    }
    return Paper(**given | changes)


def issued(**changes: Any) -> Document:
    given: dict[str, Any] = {
        "format": "pdf",
        "state": "issued",
        "data": b"%PDF",
        "sha256": "0" * 64,
        "made_at": clock.now(),
    }
    return Document(**given | changes)


def refuse(session: Session, *rows: Base, because: str) -> None:
    session.add_all(rows)
    with pytest.raises(IntegrityError, match=because):
        session.flush()


def test_every_sealed_column_is_bound_to_its_own_place() -> None:
    places = {str(column): declared(column).column for column in sealing.columns()}
    assert {"draft.typed", "paper.answers", "document.data"} <= places.keys()
    assert all(column == place for column, place in places.items())


def declared(column: Column[Any]) -> Sealed[Any]:
    assert isinstance(column.type, SealedText)
    return column.type.declared


def test_a_row_points_at_somebody_who_is_there(session: Session, kari: Account) -> None:
    stray = Draft(kind="minutes", language="nb", typed={}, author_id=uuid4(), changed_by=kari)
    refuse(session, stray, because=r"(?i)foreign key")


def test_two_papers_never_have_one_reference(session: Session, kari: Account) -> None:
    refuse(session, paper(kari), paper(kari), because=r"(?i)unique.*reference")


def test_a_draft_becomes_one_paper(session: Session, kari: Account) -> None:
    page = uuid4()
    papers = [paper(kari, reference=reference, draft_id=page) for reference in ("R-1", "R-2")]
    refuse(session, *papers, because=r"(?i)unique.*draft_id")


def test_a_paper_without_a_draft_does_not_stand_in_the_way_of_the_next(
    session: Session, kari: Account
) -> None:
    session.add_all([paper(kari, reference=reference) for reference in ("R-1", "R-2")])
    session.flush()


def test_a_paper_has_one_document_of_a_format(session: Session, kari: Account) -> None:
    documents = [issued(), issued()]
    refuse(session, paper(kari, documents=documents), because=r"(?i)unique.*paper_id")


@pytest.mark.parametrize("missing", ["data", "sha256", "made_at"])
def test_a_document_is_issued_whole_or_not_at_all(
    session: Session, kari: Account, missing: str
) -> None:
    part = issued(**{missing: None})
    refuse(session, paper(kari, documents=[part]), because="ck_document_issued_is_whole")


def test_an_email_is_kept_in_small_letters(session: Session) -> None:
    loud = Account(email="KARI@eksempel.no", name="Kari", role="referent", password_hash="")
    refuse(session, loud, because="ck_account_email_lower_case")


def test_a_list_of_papers_does_not_read_their_files(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    session.add(paper(kari, documents=[issued()]))
    session.commit()
    with sessions() as later:
        document = later.scalars(select(Paper)).one().documents[0]
        assert "sealed_data" in inspect(document).unloaded
        assert document.data == b"%PDF"
