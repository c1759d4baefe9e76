"""A sealed text opens in its own row only, and one that does not harms nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, sessionmaker, undefer

from formsvc import clock
from formsvc.keys import Unreadable
from formsvc.models import Account, Document, Draft, EvaluationUnit, Paper
from formsvc.sealing import sealed
from formsvc.services import drafts, evaluations
from tests import people

NORA, OMAR = people.NORA.name, people.OMAR.name


def paper(author: Account, reference: str, name: str) -> Paper:
    document = Document(
        format="docx", state="issued", data=name.encode(), sha256="0" * 64, made_at=clock.now()
    )
    return Paper(
        kind="consent",
        language="nb",
        reference=reference,
        answers={"child": {"name": name}},
        author=author,
        rules_version="1",
        documents=[document],
    )


@pytest.fixture
def two(session: Session, kari: Account) -> None:
    """Nora's paper, and Omar's."""
    session.add_all([paper(kari, "S-1", NORA), paper(kari, "S-2", OMAR)])
    session.commit()


def swap(session: Session, table: str, column: str) -> None:
    """Let two rows change texts, as somebody who can write to the database but has no key."""
    rows = session.execute(text(f"SELECT id, {column} FROM {table}")).all()  # noqa: S608 ours
    for row, other in zip(rows, reversed(rows), strict=True):
        statement = text(f"UPDATE {table} SET {column} = :text WHERE id = :id")  # noqa: S608 ours
        session.execute(statement, {"text": other[1], "id": row[0]})
    session.commit()


@pytest.mark.usefixtures("two")
def test_a_text_that_is_moved_to_another_row_is_not_read(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    swap(session, "paper", "answers")
    with sessions() as later:
        for found in later.scalars(select(Paper)):
            with pytest.raises(Unreadable, match=r"paper\.answers"):
                _ = found.answers


@pytest.mark.usefixtures("two")
def test_a_document_whose_bytes_are_anothers_is_not_handed_out(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    swap(session, "document", "data")
    with sessions() as later:
        for found in later.scalars(select(Document).options(undefer(Document.data))):
            with pytest.raises(Unreadable, match=r"document\.data"):
                _ = found.data


@pytest.mark.parametrize("column", ["paper_id", "format"])
def test_a_document_is_not_handed_out_as_that_of_another_paper_or_format(
    session: Session, sessions: sessionmaker[Session], kari: Account, column: str
) -> None:
    nora, omar = paper(kari, "S-1", NORA), paper(kari, "S-2", OMAR)
    omar.documents = []
    session.add_all([nora, omar])
    session.commit()
    moved: dict[str, Any] = {"paper_id": omar.id} if column == "paper_id" else {"format": "pdf"}
    session.execute(update(Document.__table__).values(moved))  # type: ignore[arg-type]
    session.commit()
    with sessions() as later, pytest.raises(Unreadable, match=r"document\.data"):
        _ = later.scalars(select(Document)).one().data


def test_a_text_that_is_moved_to_another_column_is_not_read(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = drafts.begin(session, "consent", {"child-name": [NORA]}, kari)
    made = paper(kari, "S-1", NORA)
    made.id = begun.id
    session.add(made)
    session.commit()
    session.execute(text("UPDATE paper SET answers = (SELECT typed FROM draft)"))
    session.commit()
    with sessions() as later, pytest.raises(Unreadable, match=r"paper\.answers"):
        _ = later.scalars(select(Paper)).one().answers


@pytest.mark.usefixtures("two")
def test_one_damaged_row_harms_only_itself(
    session: Session, sessions: sessionmaker[Session]
) -> None:
    session.execute(text("UPDATE paper SET answers = :x WHERE reference = 'S-1'"), {"x": b"\2abc"})
    session.commit()
    with sessions() as later:
        damaged, whole = later.scalars(select(Paper).order_by(Paper.reference))
        assert whole.answers == {"child": {"name": OMAR}}
        with pytest.raises(Unreadable):
            _ = damaged.answers
        assert damaged.documents[0].data == NORA.encode()


@pytest.mark.usefixtures("two")
def test_a_single_changed_bit_is_noticed(session: Session) -> None:
    found = session.scalars(select(Paper)).first()
    assert found is not None
    place, column = Paper.answers.type.declared.place(found), "paper.answers"
    stored = session.scalar(select(Paper.answers).where(Paper.id == found.id))
    assert stored is not None
    assert stored.keys.open(stored, place, column)
    for at in range(len(stored)):
        changed = bytearray(stored)
        changed[at] ^= 1
        with pytest.raises(Unreadable):
            stored.keys.open(bytes(changed), place, column)


def test_the_same_text_is_never_stored_the_same_way_twice(session: Session, kari: Account) -> None:
    row = drafts.begin(session, "consent", {}, kari)
    ways = {bytes(sealed(session, row, Draft.typed, NORA)) for _ in range(100)}
    assert len(ways) == 100


def test_what_is_not_sealed_gets_into_no_sealed_column(session: Session, kari: Account) -> None:
    begun = drafts.begin(session, "consent", {}, kari)
    in_the_clear: dict[Any, Any] = {Draft.typed: NORA.encode()}
    for statement in (update(Draft).values(in_the_clear), insert(Draft).values(in_the_clear)):
        with pytest.raises(StatementError, match=r"sealing\.sealed"):
            session.execute(statement.execution_options(synchronize_session=False))
    assert begun.typed == {}


def test_a_text_can_be_read_before_and_after_it_is_written(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = drafts.begin(session, "consent", {"a": ["1"]}, kari)
    begun.typed = {"a": ["2"]}
    assert begun.typed == {"a": ["2"]}
    session.flush()
    assert begun.typed == {"a": ["2"]}
    session.expire(begun)
    assert begun.typed == {"a": ["2"]}
    drafts.save(session, begun, {"a": ["3"]}, kari, version=1)
    assert begun.typed == {"a": ["3"]}
    session.commit()
    with sessions() as later:
        found = later.get_one(Draft, begun.id)
    assert found.typed == {"a": ["3"]}, "the session is closed, the row still has its text"


def test_a_document_that_is_not_made_has_no_bytes(session: Session, kari: Account) -> None:
    made = paper(kari, "S-1", NORA)
    made.documents = [Document(format="pdf")]
    session.add(made)
    session.commit()
    assert made.documents[0].data is None
    session.expire_all()
    assert made.documents[0].data is None
    assert "sealed_data" not in inspect(made.documents[0]).unloaded


def test_answers_of_families_are_bound_to_their_rows_as_well(session: Session) -> None:
    for unit in ("Furuly", "Granli"):
        told = {"arena": "samba", "period": "2026-2", "unit": unit}
        evaluations.keep(session, told)
    session.commit()
    swap(session, "evaluation_unit", "name")
    session.expire_all()
    for swapped in session.scalars(select(EvaluationUnit)).all():
        with pytest.raises(Unreadable, match=r"evaluation_unit\.name"):
            _ = swapped.name
