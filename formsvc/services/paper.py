"""Papers that are issued: numbered, kept with the answers that made them, and handed out.

The Word document is made and kept in the same transaction as the answers. The PDFs take longer,
so they are made right afterwards, outside any transaction: ``pending``, ``printed`` and ``keep``
are the three steps, and whoever runs them (the web's printer) opens the sessions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from formsvc import clock, profile
from formsvc.errors import FormsvcError, MissingLibrary, NoSuchFormat, NotFound
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind, find
from formsvc.language import gettext as _
from formsvc.models import Account, Document, Paper
from formsvc.services import audit, printing
from formsvc.services.reference import next_reference

#: those who see every paper; others see their own
SEE_ALL = frozenset({"ke", "admin"})


class NotReady(FormsvcError):
    """The document is being made."""

    status = 503


class CouldNotBeMade(FormsvcError):
    """The document could not be made; the paper and its other documents stand."""

    status = 500


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
    issued_by: Account | None = None,
) -> Paper:
    """Give a validated form its number and its documents.

    Asked twice for the same draft, as by a double click, it gives the same paper.

    :param issued_by: who finishes it, where that is not its author.
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
    by = issued_by or author
    audit.record(
        session, "paper_issued", account=by, subject="paper", subject_id=paper.id, kind=kind.slug
    )
    return paper


def made_from(session: Session, draft_id: UUID, reader: Account) -> Paper | None:
    """The paper that a draft has become, where there is one that this reader may know of."""
    paper = session.scalar(select(Paper).where(Paper.draft_id == draft_id))
    return paper if paper and may_see(paper, reader) else None


def may_see(paper: Paper, reader: Account) -> bool:
    """Whether somebody may read a paper: its author, the coordinating unit, an administrator."""
    return paper.author_id == reader.id or reader.role in SEE_ALL


def opened(session: Session, paper_id: UUID, reader: Account) -> Paper:
    """The paper of that id.

    :raises NotFound: when there is none, or none that this reader may know of.
    """
    paper = session.get(Paper, paper_id)
    if paper is None or not may_see(paper, reader):
        raise NotFound(_("Papiret finnes ikke, eller du har ikke tilgang til det."))
    return paper


def list_for(session: Session, reader: Account, most: int = 50) -> Sequence[Paper]:
    """The newest papers that somebody may see."""
    wanted = select(Paper).order_by(Paper.issued_at.desc()).limit(most)
    if reader.role not in SEE_ALL:
        wanted = wanted.where(Paper.author_id == reader.id)
    return session.scalars(wanted).all()


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
