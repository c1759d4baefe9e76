"""Papers that are issued: numbered, kept with the answers that made them, and handed out.

The Word document takes some time and holds the paper's number, so it is made before the
transaction that gives out the number: with the number that comes next (``propose``), and again
when somebody else was faster (``NumberTaken``). A number is thus given out only to a paper that
is there, and the numbers of a year have no holes. The PDFs take longer: each is a job, and
``order`` and ``keep`` are its two ends.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from formsvc import clock, profile
from formsvc.db import Unreadable
from formsvc.errors import BadTemplate, Conflict, DocumentFailed, FormsvcError, NoSuchFormat
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.models import Account, Document, Job, Paper
from formsvc.services import access, audit, paging, press, printing, share, work
from formsvc.services.paging import Page, Turn
from formsvc.services.reference import coming_reference, next_reference

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


class NumberTaken(Conflict):
    """Somebody else got the number that the Word document was made with: make it again."""


class Listed(NamedTuple):
    """A page of a list of papers."""

    papers: list[Paper]
    page: Page


class Word(NamedTuple):
    """A Word document that waits for its paper to be issued, and the number that stands in it."""

    reference: str
    printed: printing.Printed


def propose(session: Session, kind: Kind) -> str:
    """The reference that the next paper of that kind will get, unless somebody is faster."""
    return coming_reference(session, kind.prefix, clock.today().year)


def word(kind: Kind, form: DocumentForm, reference: str) -> Word:
    """The Word document of a validated form, made before the paper is issued.

    :raises CouldNotBeMade: when an answer is not found again in it.
    :raises BadTemplate: when the municipality's template cannot be filled.
    """
    try:
        return Word(reference, printing.render(kind, form, "docx", reference))
    except DocumentFailed as error:
        log.error(  # noqa: TRY400 - its words may quote the paper
            "no Word document of a %s in %s: %s. `formsvc doctor` looks at the templates.",
            *(kind.slug, form.paper_language, type(error).__name__),
        )
        if isinstance(error, BadTemplate):
            raise  # it is told in words of its own wherever it happens
        raise CouldNotBeMade(
            _(
                "Papiret er ikke ferdigstilt, for Word-dokumentet kunne ikke lages. Kladden er"
                " lagret. Gi beskjed til den som drifter tjenesten."
            )
        ) from error


def issue(
    session: Session,
    kind: Kind,
    form: DocumentForm,
    author: Account,
    draft_id: UUID | None = None,
    made: Word | None = None,
    *,
    changed_by: Account | None = None,
    issued_by: Account | None = None,
) -> Paper:
    """Give a validated form its number and its documents; what is not made yet becomes a job.

    Asked twice for the same draft, as by a double click, it gives the same paper. Whoever the
    draft was shared with has access to the paper.

    :param made: its Word document; without one it is made here, while others wait to write.
    :param changed_by: who saved the draft last; the author where it is not said.
    :param issued_by: who finishes it; the author where it is not said.
    :raises NumberTaken: when that holds another number than the paper gets; nothing is kept.
    :raises CouldNotBeMade: as :func:`word` does.
    """
    if draft_id and (already := made_from(session, draft_id, author)):
        return already
    reference = next_reference(session, kind.prefix, clock.today().year)
    if made and made.reference != reference:
        raise NumberTaken
    made = made or word(kind, form, reference)
    paper = Paper(
        kind=kind.slug,
        language=form.paper_language,
        reference=reference,
        draft_id=draft_id,
        answers=form.answers(),
        author=author,
        changed_by_id=(changed_by or author).id,
        issued_by_id=(issued_by or author).id,
        rules_version=profile.current().rules_version,
    )
    session.add(paper)
    for wanted in kind.kept:
        document = Document(format=wanted)
        paper.documents.append(document)
        if wanted == "docx":
            _fill(document, made.printed)
    session.flush()
    for document in paper.documents:
        if document.state == "pending":
            work.add(session, "print", document.id)
    if draft_id:
        share.follow(session, draft_id, paper)
    by = issued_by or author
    audit.record(
        session, "paper_issued", account=by, subject="paper", subject_id=paper.id, kind=kind.slug
    )
    return paper


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
    day = paper.issued_at.astimezone(clock.OSLO).date()
    return press.Order(paper.kind, paper.answers, wanted.format, paper.reference, day.isoformat())


def keep(session: Session, document_id: UUID, printed: printing.Printed) -> None:
    """Keep a document that was made; one that is there already stays as it was handed out."""
    wanted = session.get(Document, document_id, with_for_update=True)
    if wanted is not None and wanted.state == "pending":
        _fill(wanted, printed)


def document_names(session: Session, documents: Iterable[UUID]) -> dict[UUID, str]:
    """What documents are called by, such as «R-2026-0042 pdf»."""
    wanted = (
        select(Document.id, Paper.reference, Document.format)
        .join(Paper, Document.paper_id == Paper.id)
        .where(Document.id.in_(list(documents)))
    )
    return {found: f"{reference} {made}" for found, reference, made in session.execute(wanted)}


def _fill(wanted: Document, printed: printing.Printed) -> None:
    wanted.data = printed.data
    wanted.sha256 = hashlib.sha256(printed.data).hexdigest()
    wanted.template_sha256 = printed.template_sha256
    wanted.made_at, wanted.state = clock.now(), "issued"
