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
from formsvc.models import Account, Document, Job, Paper
from formsvc.services import access, paging, press, printing, work
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
        super().__init__(told or _("Dette papiret kan ikke åpnes. Si fra til administratoren."))


class Listed(NamedTuple):
    """A page of a list of papers."""

    papers: list[Paper]
    page: Page


def made_from(session: Session, draft_id: UUID, reader: Account) -> Paper | None:
    """The paper that a draft has become, where there is one that this reader may know of."""
    visible = access.visible(Paper, reader)
    return session.scalar(select(Paper).where(Paper.draft_id == draft_id, visible))


def opened(session: Session, paper_id: UUID, reader: Account) -> Paper:
    """The paper of that id.

    :raises NotFound: when there is none, or none that this reader may know of.
    """
    return access.demand(session, Paper, paper_id, reader)


def listed(
    session: Session, reader: Account, turn: Turn, *, kind: str = "", whose: Whose = ""
) -> Listed:
    """A page of the papers that somebody may see, the newest first.

    :param kind: only those of one kind.
    :param whose: only those that one wrote, that are shared with one, or that one received.
    """
    where = [Paper.kind == kind] if kind else []
    page = paging.page(session, Paper.issued_at, Paper.id, _ways(reader, whose), turn, where)
    statement = select(Paper).where(Paper.id.in_(page.ids)).options(joinedload(Paper.author))
    rows = {row.id: row for row in session.scalars(statement)}
    return Listed([rows[row_id] for row_id in page.ids], page)


def _ways(reader: Account, whose: Whose) -> list[ColumnElement[bool]]:
    if whose == "own":
        return [access.own(Paper, reader)]
    if whose == "shared":
        return [access.shared(Paper, reader)]
    if whose == "received":
        return [and_(access.received(), access.visible(Paper, reader))]
    return access.ways(Paper, reader)


def document(session: Session, paper: Paper, wanted: str) -> Document:
    """A paper's document with its bytes, proved to be those that were kept.

    :raises NoSuchFormat: when the paper does not come in that format.
    :raises NotReady: while it is being made.
    :raises CouldNotBeMade: when it was tried in vain.
    :raises CannotBeOpened: when the stored bytes are others.
    """
    found = session.scalar(
        select(Document).where(Document.paper_id == paper.id, Document.format == wanted)
    )
    if found is None:
        raise NoSuchFormat(_("Papiret finnes ikke i dette formatet."))
    if found.state == "pending":
        raise _missing(jobs(session, [found]).get(found.id))
    try:
        data = found.data
    except Unreadable:
        data = None
    if data is None or hashlib.sha256(data).hexdigest() != found.sha256:
        log.error("document %s is damaged: take it from the last backup", found.id)
        raise CannotBeOpened(
            _(
                "Dokumentet er skadet der det er lagret, og blir ikke levert ut. Bruk papiret i et"
                " annet format, og gi beskjed til den som drifter tjenesten."
            )
        )
    return found


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
    wanted = session.get(Document, document_id)
    if wanted is None or wanted.state == "issued":
        return None
    paper = wanted.paper
    at = paper.issued_at.isoformat()
    return press.Order(paper.kind, paper.answers, wanted.format, paper.reference, at)


def keep(session: Session, document_id: UUID, printed: printing.Printed) -> None:
    """Keep a document that was made; one that is there already stays as it was handed out."""
    wanted = session.get(Document, document_id, with_for_update=True)
    if wanted is not None and wanted.state == "pending":
        fill(wanted, printed)


def document_names(session: Session, documents: Iterable[UUID]) -> dict[UUID, str]:
    """What documents are called by, such as «R-2026-0042 pdf»."""
    wanted = (
        select(Document.id, Paper.reference, Document.format)
        .join(Paper, Document.paper_id == Paper.id)
        .where(Document.id.in_(list(documents)))
    )
    return {found: f"{reference} {made}" for found, reference, made in session.execute(wanted)}


def fill(wanted: Document, printed: printing.Printed) -> None:
    """Put what was made into a document that waits for it."""
    wanted.data = printed.data
    wanted.sha256 = hashlib.sha256(printed.data).hexdigest()
    wanted.template_sha256 = printed.template_sha256
    wanted.made_at, wanted.state = clock.now(), "issued"
