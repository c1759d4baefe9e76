"""Work that is done beside the requests: what is to be done, with what, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from formsvc.clock import now
from formsvc.db import Base, one_of

#: ``print`` makes a document of a finished paper; ``purge`` deletes what is over, once a day
What = Literal["print", "purge"]

_OPEN = text("done_at IS NULL AND given_up_at IS NULL")


class Job(Base):
    """One piece of work: open until it is done or given up."""

    __tablename__ = "job"
    __table_args__ = (
        # only what is open: looking for work costs the same after ten years
        Index("ix_job_due_at", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    what: Mapped[What] = mapped_column(one_of(What))
    #: the row that it is about; which table, ``what`` says
    subject_id: Mapped[UUID] = mapped_column(index=True)
    due_at: Mapped[datetime] = mapped_column(default=now)
    #: whoever does it has until then; afterwards it is taken to have died, and another may
    leased_until: Mapped[datetime | None]
    #: how often it was begun
    attempts: Mapped[int] = mapped_column(default=0)
    #: the kind of error, never its words: they may quote a paper
    last_error: Mapped[str | None] = mapped_column(String(80))
    done_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    #: what must not be done twice, such as ``remind:<signature>:2``
    once: Mapped[str | None] = mapped_column(String(120), unique=True)
