"""Who else may see a draft or a paper: shared by its author with one colleague at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from formsvc.clock import now
from formsvc.db import Base
from formsvc.models.account import Account


class Share(Base):
    """One colleague's access to one draft or one paper; ended, never deleted, while that lives."""

    __tablename__ = "share"
    __table_args__ = (
        CheckConstraint("(draft_id IS NULL) <> (paper_id IS NULL)", name="of_one_thing"),
        # every list asks what a colleague may see, so it is found by the colleague; to share the
        # same thing twice, as by a double click, is to share it once
        *(
            Index(
                None,
                "account_id",
                what,
                unique=True,
                sqlite_where=text("ended_at IS NULL"),
                postgresql_where=text("ended_at IS NULL"),
            )
            for what in ("draft_id", "paper_id")
        ),
        Index(None, "draft_id"),
        Index(None, "paper_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    #: becomes ``paper_id`` when the draft becomes a paper
    draft_id: Mapped[UUID | None] = mapped_column(ForeignKey("draft.id", ondelete="CASCADE"))
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(foreign_keys=account_id)
    #: whether the colleague may write in the draft and finish it, and not only read
    may_write: Mapped[bool]
    by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
