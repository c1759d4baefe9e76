"""Papers from the first keystroke to what was sent: drafts, issued papers, their documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from formsvc.clock import now
from formsvc.db import Base, one_of
from formsvc.formats import Format
from formsvc.models.account import Account
from formsvc.sealing import SealedBytes, SealedJSON

#: what hinders one that is pending, its job says
State = Literal["pending", "issued"]


class Draft(Base):
    """A form that somebody has begun: what was typed, field by field, valid or not."""

    __tablename__ = "draft"
    __table_args__ = (Index(None, "author_id", "changed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    author: Mapped[Account] = relationship(foreign_keys=author_id)
    typed = SealedJSON[dict[str, list[str]]]()
    #: the form that it was last saved in (``DocumentForm.version``); "" where that is not known
    form_version: Mapped[str] = mapped_column(String(12), default="")
    #: counts the savings; a save that was made from an older one is refused
    version: Mapped[int] = mapped_column(default=1)
    changed_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_by: Mapped[Account] = relationship(foreign_keys=changed_by_id)
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: when its author began to be told that it will be deleted; a save takes it back
    announced_at: Mapped[datetime | None]


class Paper(Base):
    """A paper as it was issued: the validated answers, never changed afterwards."""

    __tablename__ = "paper"
    # both hold all that a list asks before it opens the papers of its page
    __table_args__ = (
        Index(None, "author_id", "issued_at", "id"),
        Index(None, "kind", "issued_at", "id", "author_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    #: what people call it by, such as ``S-2026-0042``
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    #: the draft it was made from, gone by now; unique, so that two clicks make one paper
    draft_id: Mapped[UUID | None] = mapped_column(unique=True)
    answers = SealedJSON[dict[str, Any]]()
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    author: Mapped[Account] = relationship(foreign_keys=author_id)
    #: who saved the draft last, where that is known; of older papers it is not
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    changed_by: Mapped[Account | None] = relationship(foreign_keys=changed_by_id)
    #: who finished it: its author, or somebody whom it was shared with
    issued_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    issued_by: Mapped[Account | None] = relationship(foreign_keys=issued_by_id)
    issued_at: Mapped[datetime] = mapped_column(default=now, index=True)
    #: the version of the profile's rules and texts that it was issued under; nothing reads this and
    #: the next: they are evidence for whoever has to prove what was asked, and by which rules
    rules_version: Mapped[str] = mapped_column(String(40))
    #: the form that the answers are those of (``DocumentForm.version``); "" where that is not known
    form_version: Mapped[str] = mapped_column(String(12), default="")
    documents: Mapped[list[Document]] = relationship(
        back_populates="paper", order_by="Document.format"
    )


class Document(Base):
    """One file of a paper, kept to the byte as it was handed out."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("paper_id", "format"),
        CheckConstraint(
            "state <> 'issued' OR"
            " (data IS NOT NULL AND sha256 IS NOT NULL AND made_at IS NOT NULL)",
            name="issued_is_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    paper: Mapped[Paper] = relationship(back_populates="documents")
    format: Mapped[Format] = mapped_column(one_of(Format))
    state: Mapped[State] = mapped_column(one_of(State), default="pending")
    #: loaded only when it is asked for: a list of papers doesn't read their files
    data = SealedBytes(nullable=True, deferred=True, bound=("paper_id", "format"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    template_sha256: Mapped[str | None] = mapped_column(String(64))
    made_at: Mapped[datetime | None]


class ReferenceCounter(Base):
    """The last running number given out for a prefix in a year."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
