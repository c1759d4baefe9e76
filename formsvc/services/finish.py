"""A draft becomes a paper: looked over, made as Word, numbered, kept, and what else it sets off.

The Word document takes some time and holds the paper's number. So it is made before the
transaction that gives out the number: with the number that comes next, and again when somebody
else was faster (``NumberTaken``). A number is thus given out only to a paper that is there, and
the numbers of a year have no holes. The edge goes from one step to the next::

    looked_over = finish.look_over(reading, draft_id, version, by)
    word = finish.word(looked_over)                        # in no transaction
    paper = finish.finish(session, draft_id, version, by, word)

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
from formsvc.services import audit, drafts, papers, printing, shares, work
from formsvc.services.references import coming_reference, next_reference

log = logging.getLogger(__name__)

#: what the finishing of a kind does beside keeping the paper, with its answers, in the same
#: transaction: where it fails, the paper is not there either
Effect = Callable[[Session, Paper, DocumentForm], None]
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


def look_over(session: Session, draft_id: UUID, version: int, by: Account) -> LookedOver | None:
    """The form of a draft; None where it is not what was looked over, or not valid.

    :raises NotFound: when the draft is no more, or nothing that this account may know of.
    :raises NotAllowed: when the account may only read it.
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
                "Papiret er ikke ferdigstilt, for Word-dokumentet kunne ikke lages. Kladden er"
                " lagret. Gi beskjed til den som drifter tjenesten."
            )
        ) from error


def finish(
    session: Session, draft_id: UUID, version: int, by: Account, made: Word | None
) -> Paper | None:
    """The paper that a draft becomes; None where it is not the version that was looked over.

    :param made: its Word document; without one it is made here, while others wait to write.
    :raises NotFound: when the draft is no more, or nothing that this account may know of.
    :raises NumberTaken: when the document holds another number than the paper gets.
    :raises NotFinished: as :func:`word` does.
    """
    held = drafts.hold(session, draft_id, by)
    form = _looked_over(held, version)
    if form is None:
        return None
    issued = issue(
        session,
        kinds.find(held.kind),
        form,
        held.author,
        made,
        draft_id=draft_id,
        changed_by=held.changed_by,
        issued_by=by,
    )
    drafts.discard(session, held)
    return issued


def _looked_over(stored: Draft, version: int) -> DocumentForm | None:
    form = kinds.find(stored.kind).form.from_typed(stored.typed)
    return form if version == stored.version and form.validate() else None


def issue(
    session: Session,
    kind: Kind,
    form: DocumentForm,
    author: Account,
    made: Word | None = None,
    *,
    draft_id: UUID | None = None,
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
    :raises NotFinished: as :func:`word` does.
    """
    if draft_id and (already := papers.made_from(session, draft_id, author)):
        return already
    reference = next_reference(session, kind.prefix, clock.today().year)
    made = made or word(LookedOver(kind, form, reference))
    if made.reference != reference or clock.day_of(made.at) != clock.today():
        raise NumberTaken
    issued = Paper(
        kind=kind.slug,
        language=form.paper_language,
        reference=reference,
        draft_id=draft_id,
        answers=form.answers(),
        issued_at=made.at,
        author=author,
        changed_by_id=(changed_by or author).id,
        issued_by_id=(issued_by or author).id,
        rules_version=profile.current().rules_version,
        form_version=form.version(),
    )
    session.add(issued)
    _add_documents(session, issued, kind, made.printed)
    if draft_id:
        shares.follow(session, draft_id, issued)
    if effect := EFFECTS.get(kind.slug):
        effect(session, issued, form)
    by = issued_by or author
    audit.record(
        session, "paper_issued", account=by, subject="paper", subject_id=issued.id, kind=kind.slug
    )
    return issued


def _add_documents(
    session: Session, issued: Paper, kind: Kind, printed_word: printing.Printed
) -> None:
    """The Word document is there; each of the others is a job."""
    for wanted in kind.kept:
        document = Document(format=wanted)
        issued.documents.append(document)
        if wanted == "docx":
            papers.fill(document, printed_word)
    session.flush()
    for document in issued.documents:
        if document.state == "pending":
            work.add(session, "print", document.id)
