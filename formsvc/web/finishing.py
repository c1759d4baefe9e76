"""A draft becomes a paper: Word is made while others may write, and then all is kept at once."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import current_app

from formsvc import kinds
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind
from formsvc.models import Draft, Paper
from formsvc.services import draft, paper
from formsvc.web import session
from formsvc.web.session import database, me

#: how often Word is made beside the transaction that keeps it, before it is made within
TRIES: Final = 3


def finish(draft_id: UUID, version: int) -> Paper | None:
    """The paper that a draft becomes; None where it is not the version that was looked over.

    Where somebody else got the number that stands in the Word document, it is made again, at last
    within the transaction: then nobody can be faster.

    :raises NotFound: when the draft is no more, or nothing that this account may know of.
    :raises CouldNotBeMade: when there is no Word document to be had of it; the draft stays.
    """
    session.let_go()
    for _try in range(TRIES):
        word = _word(draft_id, version)
        if word is None:
            return None
        try:
            return _keep(draft_id, version, word)
        except paper.NumberTaken:
            session.let_go()
    return _keep(draft_id, version, None)


def _word(draft_id: UUID, version: int) -> paper.Word | None:
    """The Word document of a draft as it stands now, if that is what was looked over."""
    with session.makers(current_app).reading() as reading:
        seen = draft.find(reading, draft_id, me(), "write")
        kind = kinds.find(seen.kind)
        form = _looked_over(kind, seen, version)
        reference = paper.propose(reading, kind)
    return paper.word(kind, form, reference) if form else None


def _keep(draft_id: UUID, version: int, word: paper.Word | None) -> Paper | None:
    kept = draft.hold(database(), draft_id, me())
    kind = kinds.find(kept.kind)
    form = _looked_over(kind, kept, version)
    if form is None:
        return None
    issued = paper.issue(
        database(),
        kind,
        form,
        kept.author,
        draft_id,
        word,
        changed_by=kept.changed_by,
        issued_by=me(),
    )
    draft.discard(database(), kept)
    return issued


def _looked_over(kind: Kind, stored: Draft, version: int) -> DocumentForm | None:
    """The form of a draft, if it is the version that was looked over, and valid."""
    form = kind.form.from_typed(stored.typed)
    return form if version == stored.version and form.validate() else None
