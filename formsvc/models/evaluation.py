"""What families answered about the cooperation, with nothing that leads back to them."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from formsvc.db import Base
from formsvc.sealing import SealedJSON

#: the questions answered from 1 to 5, in the order of the form
SCALES = ("child_doing_now", "worries_changed", "right_people", "cooperation", "heard")
#: the questions answered in words
TEXTS = ("good", "better", "missing")


class EvaluationAnswer(Base):
    """One anonymous answer: unit and half-year only.

    There is no name, account, address or time, and no number that counts up. On SQLite the row
    lies in the table by its random id (there is no hidden row number), so that not even the file
    tells which answer came first.
    """

    __tablename__ = "evaluation_answer"
    __table_args__ = (
        *(CheckConstraint(f"{scale} BETWEEN 1 AND 5", name=scale) for scale in SCALES),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: as the family wrote it
    unit = SealedJSON[str]()
    #: the half-year, such as ``2027-1``
    period: Mapped[str] = mapped_column(String(6))
    arena: Mapped[str] = mapped_column(String(60))
    child_doing_now: Mapped[int | None]
    worries_changed: Mapped[int | None]
    right_people: Mapped[int | None]
    cooperation: Mapped[int | None]
    heard: Mapped[int | None]
    #: by the names in TEXTS; a family may name people there, so it is encrypted like a paper
    texts = SealedJSON[dict[str, str]]()
