"""A draft becomes a paper: looked over, made as Word, numbered, kept, and what else it sets off.

The Word document takes some time and holds the paper's number. So it is made before the
transaction that gives out the number: with the number that comes next, and again when somebody
else was faster (``NumberTaken``). A number is thus given out only to a paper that is there, and
the numbers of a year have no holes. The edge goes from one step to the next::

    looked_over = finish.look_over(reading, draft_id, version, by)
    word = finish.word(looked_over)                        # in no transaction
    paper = finish.issue_draft(session, draft_id, version, by, word)

Whatever a finished paper sets off, it does in the transaction that keeps the paper: ``EFFECTS``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from formsvc import clock, kinds, profile
from formsvc.errors import BadTemplate, Conflict, DocumentFailed, FormsvcError
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.models import Account, Document, Draft, Paper
from formsvc.services import actor, audit, drafts, papers, printing, shares, work
from formsvc.services.actor import Actor, Employee
from formsvc.services.references import coming_reference, next_reference

log = logging.getLogger(__name__)

#: what the finishing of a kind does beside keeping the paper, with its answers and for whoever
#: finishes it, in the same transaction: where it fails, the paper is not there either
Effect = Callable[[Session, Paper, DocumentForm, Actor], None]
#: a kind that is not named here sets off nothing
EFFECTS: Final[Mapping[str, Effect]] = {}


class NotFinished(FormsvcError):
    """The Word document could not be made, so there is no paper; the draft stays."""

    status = 503


class NumberTaken(Conflict):
    """The Word document is of yesterday, or somebody else got its number: make it again."""


class LookedOver(NamedTuple):
    """A valid draft, and the number that its paper will get unless somebody is faster."""

    kind: Kind
    form: DocumentForm
    reference: str


class Word(NamedTuple):
    """A Word document that waits for its paper to be issued, and the number that stands in it."""

    #: when it was begun: the paper is issued at that moment, with the words of that day
    at: datetime
    reference: str
    printed: printing.Printed


def look_over(session: Session, draft_id: UUID, version: int, by: Actor) -> LookedOver | None:
    """The form of a draft; None where it is not what was looked over, or not valid.

    :raises NotFound: when the draft is no more, or nothing that they may know of.
    :raises NotAllowed: when they may only read it.
    """
    seen = drafts.find(session, draft_id, by, "write")
    form = _looked_over(seen, version)
    if form is None:
        return None
    kind = kinds.find(seen.kind)
    return LookedOver(kind, form, propose(session, kind))


def propose(session: Session, kind: Kind) -> str:
    """The reference that the next paper of that kind will get, unless somebody is faster."""
    return coming_reference(session, kind.prefix, clock.today().year)


def word(of: LookedOver) -> Word:
    """The Word document of a validated form, made before the paper is issued.

    :raises NotFinished: when an answer is not found again in it.
    :raises BadTemplate: when the municipality's template cannot be filled.
    """
    at = clock.now()
    try:
        return Word(at, of.reference, printing.render(of.kind, of.form, "docx", of.reference))
    except DocumentFailed as error:
        log.error(  # noqa: TRY400 - its words may quote the paper
            "no Word document of a %s in %s: %s. `formsvc doctor` looks at the templates.",
            *(of.kind.slug, of.form.paper_language, type(error).__name__),
        )
        if isinstance(error, BadTemplate):
            raise  # it is told in words of its own wherever it happens
        raise NotFinished(
            _(
                "Skjemaet er ikke ferdigstilt, for Word-dokumentet kunne ikke lages. Kladden er"
                " lagret. Gi beskjed til den som drifter tjenesten."
            )
        ) from error


def issue_draft(
    session: Session, draft_id: UUID, version: int, by: Actor, document: Word | None
) -> Paper | None:
    """Issue a draft, and end it: its paper; None where it is not the version that was looked over.

    :param document: its Word document; without one it is made here, while others wait to write.
    :raises NotFound: when the draft is no more, or nothing that they may know of.
    :raises NumberTaken: when the document holds another number than the paper gets.
    :raises NotFinished: as :func:`word` does.
    """
    held = drafts.hold(session, draft_id, by)
    form = _looked_over(held, version)
    if form is None:
        return None
    paper = issue(
        session,
        kinds.find(held.kind),
        form,
        held.author,
        document,
        draft_id=draft_id,
        changed_by=held.changed_by,
        by=by,
    )
    drafts.discard(session, held)
    return paper


def _looked_over(stored: Draft, version: int) -> DocumentForm | None:
    form = kinds.find(stored.kind).form.from_typed(stored.typed)
    return form if version == stored.version and form.validate() else None


def issue(
    session: Session,
    kind: Kind,
    form: DocumentForm,
    author: Account,
    document: Word | None = None,
    *,
    draft_id: UUID | None = None,
    changed_by: Account | None = None,
    by: Actor | None = None,
) -> Paper:
    """Give a validated form its number and its documents; what is not made yet becomes a job.

    Asked twice for the same draft, as by a double click, it gives the same paper. Whoever the
    draft was shared with has access to the paper.

    :param document: its Word document; without one it is made here, while others wait to write.
    :param changed_by: who saved the draft last; the author where it is not said.
    :param by: who finishes it; the author where it is not said.
    :raises NumberTaken: when that holds another number than the paper gets; nothing is kept.
    :raises NotFinished: as :func:`word` does.
    """
    by = by or Employee(author)
    if draft_id and (already := papers.made_from(session, draft_id, Employee(author))):
        return already
    reference = next_reference(session, kind.prefix, clock.today().year)
    document = document or word(LookedOver(kind, form, reference))
    if document.reference != reference or clock.day_of(document.at) != clock.today():
        raise NumberTaken
    paper = _paper(kind, form, document)
    paper.author, paper.changed_by_id = author, (changed_by or author).id
    paper.issued_by_id, paper.draft_id = actor.account(by).id, draft_id
    session.add(paper)
    _add_documents(session, paper, kind, document.printed)
    if draft_id:
        shares.follow(session, draft_id, paper)
    if effect := EFFECTS.get(kind.slug):
        effect(session, paper, form, by)
    audit.record(
        session, "paper_issued", by=by, subject="paper", subject_id=paper.id, kind=kind.slug
    )
    return paper


def _paper(kind: Kind, form: DocumentForm, document: Word) -> Paper:
    """The row of a paper, but for the people."""
    return Paper(
        kind=kind.slug,
        language=form.paper_language,
        reference=document.reference,
        answers=form.answers(),
        issued_at=document.at,
        rules_version=profile.current().rules_on(form.ruled_on).version,
        form_version=form.version(),
    )


def _add_documents(
    session: Session, paper: Paper, kind: Kind, printed_word: printing.Printed
) -> None:
    """The Word document is there; each of the others is a job."""
    for wanted in kind.kept:
        document = Document(format=wanted)
        paper.documents.append(document)
        if wanted == "docx":
            papers.fill(document, printed_word)
    session.flush()
    for document in paper.documents:
        if document.state == "pending":
            work.add(session, "print", document.id)
