"""What was done, by whom and from where: rows that are added and never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from formsvc.db import Base


class Event(Base):
    """One act, in ids and declared words: no names, no e-mail, nothing that somebody wrote."""

    __tablename__ = "event"
    __table_args__ = (
        # the chain first: it is always asked for, and an index without it loses to the key's
        Index(None, "chain", "account_id", "seq"),
        Index(None, "chain", "subject_id", "seq"),
        Index(None, "chain", "what", "seq"),
        Index(None, "chain", "at"),
    )

    #: events of one chain are numbered and hold together; a case can have a chain of its own
    chain: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    #: who did it; nobody where it was the command line, the service or somebody unknown
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    #: one of ``services.audit.DECLARED``
    what: Mapped[str] = mapped_column(String(40))
    #: the kind of thing it was done to, such as ``paper``
    subject: Mapped[str | None] = mapped_column(String(20))
    #: no foreign key: a draft that was discarded keeps its history
    subject_id: Mapped[UUID | None]
    #: a network address, ``command line`` or ``system``
    origin: Mapped[str] = mapped_column(String(60))
    keys: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: HMAC over this row and the hash of the one before it
    hash: Mapped[str] = mapped_column(String(64))


class EventHead(Base):
    """The end of a chain, locked by whoever adds to it; it tells when the last rows are cut off."""

    __tablename__ = "event_head"

    chain: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    #: that of the last event
    hash: Mapped[str] = mapped_column(String(64))
    #: HMAC over this row: an end cannot be set back to an earlier event by hand
    seal: Mapped[str] = mapped_column(String(64))
