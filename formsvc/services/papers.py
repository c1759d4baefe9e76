"""Papers that are issued: found, listed, and handed out as they were kept; their PDFs made after.

The PDFs take their time: each is a job, and ``order`` and ``keep`` are its two ends.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from formsvc import clock
from formsvc.db import Unreadable
from formsvc.errors import FormsvcError, NoSuchFormat
from formsvc.language import gettext as _
from formsvc.models import Document, Job, Paper
from formsvc.services import access, paging, press, printing, work
from formsvc.services.actor import Actor
from formsvc.services.paging import Page, Turn

log = logging.getLogger(__name__)

#: which of the papers that one may see; "" for all of them
Whose = Literal["", "own", "shared", "received"]


class NotReady(FormsvcError):
    """The document is being made, or will be tried again."""

    status = 503
    #: when to ask again
    seconds = 5


class CouldNotBeMade(FormsvcError):
    """The document could not be made; whatever else there is of the paper stands."""

    status = 503


class CannotBeOpened(FormsvcError):
    """What is stored of a paper cannot be opened, or is not what was kept; others are whole."""

    status = 503

    def __init__(self, told: str = "") -> None:
        super().__init__(told or _("Dette skjemaet kan ikke åpnes. Si fra til administratoren."))


class Listed(NamedTuple):
    """A page of a list of papers."""

    papers: list[Paper]
    page: Page


def made_from(session: Session, draft_id: UUID, by: Actor) -> Paper | None:
    """The paper that a draft has become, where there is one that they may know of."""
    visible = access.visible(Paper, by)
    return session.scalar(select(Paper).where(Paper.draft_id == draft_id, visible))


def opened(session: Session, paper_id: UUID, by: Actor) -> Paper:
    """The paper of that id.

    :raises NotFound: when there is none, or none that they may know of.
    """
    return access.demand(session, Paper, paper_id, by)


def listed(session: Session, by: Actor, turn: Turn, *, kind: str = "", whose: Whose = "") -> Listed:
    """A page of the papers that somebody may see, the newest first.

    :param kind: only those of one kind.
    :param whose: only those that one wrote, that are shared with one, or that one received.
    """
    where = [Paper.kind == kind] if kind else []
    page = paging.page(session, Paper.issued_at, Paper.id, _ways(by, whose), turn, where)
    statement = select(Paper).where(Paper.id.in_(page.ids)).options(joinedload(Paper.author))
    rows = {row.id: row for row in session.scalars(statement)}
    return Listed([rows[row_id] for row_id in page.ids], page)


def _ways(by: Actor, whose: Whose) -> list[ColumnElement[bool]]:
    if whose == "own":
        return [access.own(Paper, by)]
    if whose == "shared":
        return [access.shared(Paper, by)]
    if whose == "received":
        return [and_(access.received(), access.visible(Paper, by))]
    return access.ways(Paper, by)


def document(session: Session, paper: Paper, wanted: str) -> Document:
    """A paper's document with its bytes, proved to be those that were kept.

    :raises NoSuchFormat: when the paper does not come in that format.
    :raises NotReady: while it is being made.
    :raises CouldNotBeMade: when it was tried in vain.
    :raises CannotBeOpened: when the stored bytes are others.
    """
    document = session.scalar(
        select(Document).where(Document.paper_id == paper.id, Document.format == wanted)
    )
    if document is None:
        raise NoSuchFormat(_("Dokumentet finnes ikke i dette formatet."))
    if document.state == "pending":
        raise _missing(jobs(session, [document]).get(document.id))
    try:
        data = document.data
    except Unreadable:
        data = None
    if data is None or hashlib.sha256(data).hexdigest() != document.sha256:
        log.error("document %s is damaged: take it from the last backup", document.id)
        raise CannotBeOpened(
            _(
                "Dokumentet er skadet der det er lagret, og blir ikke levert ut. Bruk et annet"
                " format, og gi beskjed til den som drifter tjenesten."
            )
        )
    return document


def _missing(job: Job | None) -> FormsvcError:
    if job and work.state(job) == "given up":
        return CouldNotBeMade(
            _(
                "Dette dokumentet kunne ikke lages. Bruk Word-dokumentet, og gi beskjed til den"
                " som drifter tjenesten."
            )
        )
    return NotReady(_("På kvitteringen ser du når det kan lastes ned."))


def jobs(session: Session, documents: Iterable[Document]) -> dict[UUID, Job]:
    """What is being done for those documents that are not there yet."""
    pending = [document.id for document in documents if document.state == "pending"]
    return work.about(session, "print", pending) if pending else {}


# -- what is made afterwards ----------------------------------------------------------------------


def order(session: Session, document_id: UUID) -> press.Order | None:
    """All that it takes to make a document; None where it is there, or gone.

    :raises Unreadable: when the paper is damaged, or another secret key wrote it.
    """
    document = session.get(Document, document_id)
    if document is None or document.state == "issued":
        return None
    paper = document.paper
    at = paper.issued_at.isoformat()
    return press.Order(paper.kind, paper.answers, document.format, paper.reference, at)


def keep(session: Session, document_id: UUID, printed: printing.Printed) -> None:
    """Keep a document that was made; one that is there already stays as it was handed out."""
    document = session.get(Document, document_id, with_for_update=True)
    if document is not None and document.state == "pending":
        fill(document, printed)


def document_names(session: Session, documents: Iterable[UUID]) -> dict[UUID, str]:
    """What documents are called by, such as «R-2026-0042 pdf»."""
    statement = (
        select(Document.id, Paper.reference, Document.format)
        .join(Paper, Document.paper_id == Paper.id)
        .where(Document.id.in_(list(documents)))
    )
    return {
        document_id: f"{reference} {made}"
        for document_id, reference, made in session.execute(statement)
    }


def fill(document: Document, printed: printing.Printed) -> None:
    """Put what was made into a document that waits for it."""
    document.data = printed.data
    document.sha256 = hashlib.sha256(printed.data).hexdigest()
    document.template_sha256 = printed.template_sha256
    document.made_at, document.state = clock.now(), "issued"
