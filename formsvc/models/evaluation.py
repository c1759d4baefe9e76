"""What families answered about the cooperation, with nothing that leads back to them."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from formsvc.db import Base
from formsvc.sealing import SealedJSON

#: the questions answered from 1 to 5, in the order of the form
SCALES = ("child_doing_now", "worries_changed", "right_people", "cooperation", "heard")
#: the questions answered in words
TEXTS = ("good", "better", "missing")


class EvaluationUnit(Base):
    """A kindergarten, school or service that families have answered about.

    They write its name themselves, so it is kept sealed, and found again by a keyed hash.
    """

    __tablename__ = "evaluation_unit"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    #: as the first family wrote it
    name = SealedJSON[str]()


class EvaluationAnswer(Base):
    """One anonymous answer: unit and half-year only.

    There is no name, account, address or time, and no number that counts up. On SQLite the row
    lies in the table by its random id (there is no hidden row number), so that not even the file
    tells which answer came first.
    """

    __tablename__ = "evaluation_answer"
    __table_args__ = (
        *(CheckConstraint(f"{scale} BETWEEN 1 AND 5", name=scale) for scale in SCALES),
        # the results are counted in its order
        Index(None, "period", "unit_id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: none only until ``services.evaluations.sort_in`` has sorted in what an older version kept
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("evaluation_unit.id"))
    #: the half-year, such as ``2027-1``
    period: Mapped[str] = mapped_column(String(6))
    arena: Mapped[str] = mapped_column(String(60))
    child_doing_now: Mapped[int | None]
    worries_changed: Mapped[int | None]
    right_people: Mapped[int | None]
    cooperation: Mapped[int | None]
    heard: Mapped[int | None]
    #: what an older version kept here, until it is sorted in: the unit's name and all texts
    unit = SealedJSON[str | None](nullable=True)
    texts = SealedJSON[dict[str, str] | None](nullable=True)


class EvaluationText(Base):
    """What a family wrote to one question, apart from what else it answered.

    A family may name people there, so it is encrypted like a paper. Its id is random, and the
    rows are shown in its order.
    """

    __tablename__ = "evaluation_text"
    __table_args__ = (
        Index(None, "unit_id", "period", "question", "id"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_unit.id"))
    period: Mapped[str] = mapped_column(String(6))
    #: one of TEXTS
    question: Mapped[str] = mapped_column(String(20))
    text = SealedJSON[str]()
