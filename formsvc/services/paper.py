"""Papers that are issued: numbered, kept with the answers that made them, and handed out.

The Word document is made and kept in the same transaction as the answers. The PDFs take longer,
so they are made right afterwards, outside any transaction: ``pending``, ``printed`` and ``keep``
are the three steps, and whoever runs them (the web's printer) opens the sessions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session, joinedload, undefer

from formsvc import clock, db, profile
from formsvc.errors import FormsvcError, MissingLibrary, NoSuchFormat
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind, find
from formsvc.language import gettext as _
from formsvc.models import Account, Document, Paper
from formsvc.services import access, paging, printing, share
from formsvc.services.paging import Page, Turn
from formsvc.services.reference import next_reference

#: which of the papers that one may see; "" for all of them
Whose = Literal["", "own", "shared", "received"]


class NotReady(FormsvcError):
    """The document is being made."""

    status = 503


class Damaged(FormsvcError):
    """What is stored of a paper cannot be opened; other papers are not touched by it."""

    status = 500

    def __init__(self) -> None:
        super().__init__(_("Dette papiret kan ikke åpnes. Si fra til administratoren."))


class CouldNotBeMade(FormsvcError):
    """The document could not be made; the paper and its other documents stand."""

    status = 500


class Listed(NamedTuple):
    """A page of a list of papers."""

    papers: list[Paper]
    page: Page


class Attempt(NamedTuple):
    """What came of making a document: its bytes, or the kind of error."""

    document_id: UUID
    printed: printing.Printed | None
    error: str


def issue(
    session: Session,
    kind: Kind,
    form: DocumentForm,
    author: Account,
    draft_id: UUID | None = None,
    *,
    changed_by: Account | None = None,
    issued_by: Account | None = None,
) -> Paper:
    """Give a validated form its number and its documents.

    Asked twice for the same draft, as by a double click, it gives the same paper. Whoever the
    draft was shared with has access to the paper.

    :param changed_by: who saved the draft last; the author where it is not said.
    :param issued_by: who finishes it; the author where it is not said.
    :raises AnswersLost: when an answer is not found again in the Word document.
    """
    if draft_id and (made := made_from(session, draft_id, author)):
        return made
    paper = Paper(
        kind=kind.slug,
        language=form.paper_language,
        reference=next_reference(session, kind.prefix, clock.today().year),
        draft_id=draft_id,
        answers=form.answers(),
        author=author,
        changed_by=changed_by or author,
        issued_by=issued_by or author,
        rules_version=profile.current().rules_version,
    )
    session.add(paper)
    for wanted in kind.kept:
        document = Document(format=wanted)
        paper.documents.append(document)
        if wanted == "docx":
            _fill(document, printing.render(kind, form, wanted, paper.reference))
    session.flush()
    if draft_id:
        share.follow(session, draft_id, paper)
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
    rows = {row.id: row for row in paging.rows(session, statement, Paper.answers)}
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
    """A paper's document with its bytes.

    :raises NoSuchFormat: when the paper does not come in that format.
    :raises NotReady: while it is being made.
    :raises CouldNotBeMade: when it was tried in vain.
    """
    found = session.scalar(
        select(Document)
        .where(Document.paper_id == paper.id, Document.format == wanted)
        .options(undefer(Document.data))
    )
    if found is None:
        raise NoSuchFormat(_("Papiret finnes ikke i dette formatet."))
    if found.state == "pending":
        raise NotReady(_("Dokumentet blir laget nå. Prøv igjen om et øyeblikk."))
    if found.state == "failed":
        raise CouldNotBeMade(_("Dette dokumentet kunne ikke lages. Last ned Word-dokumentet."))
    return _whole(found)


def _whole(found: Document) -> Document:
    """The document, opened; told in the words of the one who asks where it cannot be."""
    try:
        found.data  # noqa: B018 - it may be opened as it is read
    except db.Unreadable:
        raise Damaged from None
    return found


# -- what is made afterwards ----------------------------------------------------------------------


def pending(session: Session) -> Sequence[UUID]:
    """The documents that are still to be made, oldest paper first."""
    return session.scalars(
        select(Document.id).join(Paper).where(Document.state == "pending").order_by(Paper.issued_at)
    ).all()


def printed(session: Session, document_id: UUID) -> Attempt:
    """Make a document from the answers that are kept; nothing is written."""
    wanted = session.get_one(Document, document_id)
    paper = wanted.paper
    kind = find(paper.kind)
    form = kind.form.from_answers(paper.answers)
    try:
        made = printing.render(kind, form, wanted.format, paper.reference)
    except MissingLibrary:
        raise
    except Exception as error:
        return Attempt(document_id, None, type(error).__name__)
    return Attempt(document_id, made, "")


def keep(session: Session, attempt: Attempt) -> None:
    """Keep what came of it; a document that is there already stays as it was handed out."""
    made = attempt.printed
    values: dict[str, object] = {"state": "failed", "error": attempt.error, "made_at": clock.now()}
    if made is not None:
        values = {"state": "issued", "made_at": clock.now(), **_hashes(made), "data": made.data}
    session.execute(
        update(Document)
        .where(Document.id == attempt.document_id, Document.state == "pending")
        .values(**values)
    )


def _fill(wanted: Document, made: printing.Printed) -> None:
    wanted.data = made.data
    wanted.sha256, wanted.template_sha256 = _hashes(made).values()
    wanted.made_at, wanted.state = clock.now(), "issued"


def _hashes(made: printing.Printed) -> dict[str, str]:
    return {
        "sha256": hashlib.sha256(made.data).hexdigest(),
        "template_sha256": made.template_sha256,
    }
