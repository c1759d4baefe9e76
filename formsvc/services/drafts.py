"""A form that is being filled in: begun, saved as one writes, resumed elsewhere, discarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session, joinedload

from formsvc import clock
from formsvc.errors import Conflict
from formsvc.kinds import find as find_kind
from formsvc.language import PAPER_LANGUAGES
from formsvc.language import gettext as _
from formsvc.models import Account, Draft, Event, Paper
from formsvc.sealing import sealed
from formsvc.services import access, audit, paging
from formsvc.services.access import Act
from formsvc.services.paging import Page, Turn

#: savings of one person after one another are one event for so long
SAVING: Final = timedelta(minutes=10)

Typed = Mapping[str, Sequence[str]]


class Listed(NamedTuple):
    """A page of a list of drafts."""

    drafts: list[Draft]
    page: Page


class StaleDraft(Conflict):
    """Somebody else has saved the draft since it was opened; nothing has been overwritten."""

    def __init__(self, stored: Draft) -> None:
        """:param stored: the draft as it was read again."""
        #: the draft as it is stored now, with its text, its version and who saved it when
        self.stored = stored
        super().__init__(
            _(
                "%(name)s har lagret kladden etter at du åpnet den. Se på begge tekstene og velg"
                " hva som skal stå.",
                name=stored.changed_by.name,
            )
        )


def begin(
    session: Session, kind: str, typed: Typed, by: Account, *, draft_id: UUID | None = None
) -> Draft:
    """Keep the first of what somebody writes.

    :param draft_id: chosen by the page, so that the same page sent twice gives one draft.
    :raises StaleDraft: when that page's draft has been saved from elsewhere meanwhile.
    :raises NotFound: when the id is that of somebody else's draft.
    """
    draft_id = _unused(session, draft_id)
    draft = _insert(session, draft_id, kind, typed, by)
    if draft is not None:
        _record(session, "draft_begun", draft, by)
        return draft
    known = find(session, draft_id, by, "write")
    if known.typed != _plain(typed):
        save(session, known, typed, by, version=1)
    return known


def _unused(session: Session, draft_id: UUID | None) -> UUID:
    """Make a new id where there is none, or where it is, or has been, that of something else.

    A paper may have come of that draft. And whoever gave a draft the id of somebody's paper would
    write in that paper's history with each saving.
    """
    if draft_id is None:
        return uuid4()
    of_a_paper = select(Paper.id).where(or_(Paper.draft_id == draft_id, Paper.id == draft_id))
    told_of = select(Event.seq).where(Event.chain == audit.SERVICE, Event.subject_id == draft_id)
    taken = session.scalar(select(or_(of_a_paper.exists(), told_of.exists())))
    # in this order: of two clicks at once the second sees the draft of which it sees the event
    return uuid4() if taken and session.get(Draft, draft_id) is None else draft_id


def _insert(session: Session, draft_id: UUID, kind: str, typed: Typed, by: Account) -> Draft | None:
    if session.get(Draft, draft_id) is not None:
        return None
    draft = Draft(
        id=draft_id,
        kind=kind,
        language=_language(typed),
        typed=_plain(typed),
        form_version=find_kind(kind).form.version(),
        author=by,
        changed_by=by,
    )
    try:
        # two clicks may arrive at the same moment, and neither sees the other's draft
        with session.begin_nested():
            session.add(draft)
    except IntegrityError:
        return None
    return draft


def find(session: Session, draft_id: UUID, by: Account, act: Act = "read") -> Draft:
    """Find a draft that this account may open: its author's, or one shared with the account.

    :param act: what the account wants to do with it.
    :raises NotFound: when there is none, or none that this account may know of.
    :raises NotAllowed: when the account may read it, and not do this.
    """
    return access.demand(session, Draft, draft_id, by, act)


def hold(session: Session, draft_id: UUID, by: Account) -> Draft:
    """Find a draft to make a paper of; nobody saves, sends or discards it meanwhile.

    Of two clicks that send it, the second waits for the first and then finds no draft.

    :raises NotFound: as :func:`find` does.
    :raises NotAllowed: when the account may only read it.
    """
    return access.demand(session, Draft, draft_id, by, "write", hold=True)


def listed(session: Session, account: Account, turn: Turn) -> Listed:
    """A page of the drafts that an account may open, the last saved first."""
    ways = access.ways(Draft, account)
    page = paging.page(session, Draft.changed_at, Draft.id, ways, turn)
    statement = select(Draft).where(Draft.id.in_(page.ids)).options(joinedload(Draft.author))
    rows = {row.id: row for row in session.scalars(statement)}
    return Listed([rows[row_id] for row_id in page.ids], page)


def save(session: Session, draft: Draft, typed: Typed, by: Account, *, version: int) -> None:
    """Keep what was written since a version of the draft, and make the next version of it.

    What is sent once more, because its answer was lost on the way, is kept already.

    :raises StaleDraft: when the stored version is another one; ``draft`` then holds it.
    :raises NotFound: when the draft has been sent or discarded meanwhile.
    """
    # one statement compares and writes, so that of two who save at once one is told
    statement = (
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == version)
        .values({Draft.typed: sealed(session, draft, Draft.typed, _plain(typed))})
        .values(
            language=_language(typed),
            version=version + 1,
            form_version=find_kind(draft.kind).form.version(),
            changed_by_id=by.id,
            changed_at=clock.now(),
            announced_at=None,
        )
        .returning(Draft.version)
        .execution_options(synchronize_session=False)
    )
    saved = session.scalar(statement)
    _read_again(session, draft)
    if saved and not audit.recently(session, "draft_saved", by, draft.id, SAVING):
        _record(session, "draft_saved", draft, by)
    if saved is None and not (draft.changed_by_id == by.id and draft.typed == _plain(typed)):
        raise StaleDraft(draft)


def _read_again(session: Session, draft: Draft) -> None:
    try:
        session.refresh(draft)
    except InvalidRequestError:
        raise access.missing(Draft) from None


def discard(
    session: Session, draft: Draft, *, version: int | None = None, by: Account | None = None
) -> None:
    """Delete a draft: nobody wants it, or a paper has come of it.

    :param version: what was seen by whoever no longer wants it; by itself as it was found.
    :param by: who no longer wants it; nobody where a paper has come of it.
    :raises StaleDraft: when it has been saved since; ``draft`` then holds it.
    :raises NotFound: when somebody else has deleted it.
    """
    seen = draft.version if version is None else version
    statement = (
        delete(Draft)
        .where(Draft.id == draft.id, Draft.version == seen)
        .returning(Draft.id)
        .execution_options(synchronize_session="fetch")
    )
    if session.scalar(statement) is None:
        _read_again(session, draft)
        raise StaleDraft(draft)
    if by is not None:
        _record(session, "draft_discarded", draft, by)


def _record(session: Session, what: str, draft: Draft, by: Account) -> None:
    audit.record(session, what, account=by, subject="draft", subject_id=draft.id, kind=draft.kind)


def _plain(typed: Typed) -> dict[str, list[str]]:
    return {name: list(texts) for name, texts in typed.items()}


def _language(typed: Typed) -> str:
    """Read the paper's language from the form; bokmål until one is chosen."""
    chosen = next(iter(typed.get("language", ())), "")
    return chosen if chosen in PAPER_LANGUAGES else PAPER_LANGUAGES[0]
