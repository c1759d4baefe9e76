"""What somebody has begun to write is kept, and nobody's text is overwritten unseen."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock
from formsvc.errors import Conflict, NotAllowed, NotFound
from formsvc.models import Account, Draft, Event, Paper
from formsvc.services import drafts, shares
from formsvc.services.drafts import StaleDraft
from formsvc.services.paging import Turn
from tests import people

#: several values, an empty one, and one with every kind of letter
TYPED = {
    "language": ["nn"],
    "child-name": [people.NORA.name],
    "purposes": ["individual_plan", "relay_log"],
    "exclusions": [""],
    "note": ["linje én\nlinje to 👩‍👧 <b>&amp;"],
}


def test_a_draft_is_resumed_as_it_was_left(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = drafts.begin(session, "consent", TYPED, kari)
    session.commit()
    with sessions() as other_device:
        found = drafts.find(other_device, begun.id, kari)
        assert found.typed == TYPED
        assert (found.kind, found.language, found.version) == ("consent", "nn", 1)
        assert found.changed_by.name == kari.name


def test_a_save_makes_the_next_version(session: Session, kari: Account) -> None:
    kept = drafts.begin(session, "consent", TYPED, kari)
    drafts.save(session, kept, {**TYPED, "language": ["nb"]}, kari, version=1)
    drafts.save(session, kept, {"note": ["ny"]}, kari, version=2)
    assert (kept.version, kept.typed, kept.language) == (3, {"note": ["ny"]}, "nb")


def test_a_stale_save_is_refused_with_the_text_that_is_stored(
    session: Session, sessions: sessionmaker[Session], kari: Account, liv: Account
) -> None:
    begun = drafts.begin(session, "minutes", {"note": ["først"]}, kari)
    shares.give(session, begun, liv.id, kari, may_write=True)
    session.commit()
    with sessions.begin() as other:
        drafts.save(other, drafts.find(other, begun.id, liv), {"note": ["Livs"]}, liv, version=1)
    with pytest.raises(StaleDraft, match=f"{liv.name} har lagret") as refused:
        drafts.save(session, begun, {"note": ["Karis"]}, kari, version=1)
    stored = refused.value.stored
    assert isinstance(refused.value, Conflict)
    assert stored is begun
    assert (stored.typed, stored.version) == ({"note": ["Livs"]}, 2)
    assert stored.changed_by.name == liv.name
    drafts.save(session, begun, {"note": ["begges"]}, kari, version=stored.version)
    assert begun.typed == {"note": ["begges"]}


def test_of_many_who_save_at_once_one_is_kept_and_the_others_are_told(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = drafts.begin(session, "minutes", {"note": ["først"]}, kari)
    session.commit()
    start, outcomes = threading.Barrier(4), []

    def write(name: str) -> None:
        with sessions() as own:
            mine = own.get_one(Draft, begun.id)
            own.rollback()  # read, as a page is, before the others have written
            start.wait()
            try:
                drafts.save(own, mine, {"note": [name]}, kari, version=1)
            except StaleDraft as told:
                outcomes.append(("told of", told.stored.typed["note"][0]))
            else:
                own.commit()
                outcomes.append(("kept", name))

    threads = [threading.Thread(target=write, args=(f"skriver {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [name for outcome, name in outcomes if outcome == "kept"]
    assert len(kept) == 1
    assert sorted(outcomes) == sorted([("kept", kept[0]), *[("told of", kept[0])] * 3])


def test_a_draft_that_was_sent_meanwhile_cannot_be_saved(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    session.commit()
    with sessions.begin() as other:
        drafts.discard(other, drafts.find(other, begun.id, kari))
    with pytest.raises(NotFound, match="sendt eller slettet"):
        drafts.save(session, begun, TYPED, kari, version=1)


def test_a_draft_that_is_being_sent_is_sent_once(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    session.commit()
    start, outcomes = threading.Barrier(2), []

    def send() -> None:
        with sessions() as own:
            me = own.get_one(Account, kari.id)
            own.rollback()
            start.wait()
            try:
                held = drafts.hold(own, begun.id, me)
            except NotFound:
                outcomes.append("gone")
                return
            outcomes.append("held")
            drafts.discard(own, held)
            own.commit()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "held"]


def test_a_text_that_was_saved_meanwhile_is_not_discarded(
    session: Session, sessions: sessionmaker[Session], kari: Account, liv: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    shares.give(session, begun, liv.id, kari, may_write=True)
    session.commit()
    with sessions.begin() as other:
        drafts.save(other, drafts.find(other, begun.id, liv), {"note": ["Livs"]}, liv, version=1)
    with pytest.raises(StaleDraft):
        drafts.discard(session, begun)
    assert begun.typed == {"note": ["Livs"]}
    drafts.discard(session, begun)
    with pytest.raises(NotFound):
        drafts.find(session, begun.id, kari)


def test_a_draft_is_for_its_author_and_nobody_of_another_role(
    session: Session, kari: Account, amir: Account, liv: Account, torbjorn: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    assert drafts.find(session, begun.id, kari) is begun
    for somebody in (amir, liv, torbjorn):
        with pytest.raises(NotFound) as refused:
            drafts.find(session, begun.id, somebody)
        with pytest.raises(NotFound) as unknown:
            drafts.find(session, uuid4(), somebody)
        assert str(refused.value) == str(unknown.value), "it does not tell that there is something"


def test_the_list_holds_ones_own_drafts_the_last_saved_first(
    session: Session, kari: Account, liv: Account
) -> None:
    first = drafts.begin(session, "minutes", TYPED, kari)
    second = drafts.begin(session, "consent", TYPED, kari)
    drafts.begin(session, "invitation", TYPED, liv)
    assert drafts.listed(session, kari, Turn()).drafts == [second, first]
    drafts.save(session, first, {}, kari, version=1)
    assert drafts.listed(session, kari, Turn()).drafts == [first, second]


def test_the_same_page_sent_twice_gives_one_draft(session: Session, kari: Account) -> None:
    page = uuid4()
    first = drafts.begin(session, "minutes", TYPED, kari, draft_id=page)
    again = drafts.begin(session, "minutes", TYPED, kari, draft_id=page)
    assert again is first
    assert (first.id, first.version) == (page, 1)


def test_two_clicks_at_the_same_moment_give_one_draft(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    session.commit()
    page, start = uuid4(), threading.Barrier(3)

    def click() -> None:
        with sessions() as own:
            start.wait()
            drafts.begin(own, "minutes", TYPED, kari_there(own), draft_id=page)
            own.commit()

    def kari_there(own: Session) -> Account:
        return own.get_one(Account, kari.id)

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [kept.id for kept in session.scalars(select(Draft))] == [page]


def test_a_page_that_is_gone_back_to_and_changed_saves_over_its_own_draft(
    session: Session, kari: Account
) -> None:
    page = uuid4()
    drafts.begin(session, "minutes", TYPED, kari, draft_id=page)
    changed = drafts.begin(session, "minutes", {"note": ["endret"]}, kari, draft_id=page)
    assert (changed.typed, changed.version) == ({"note": ["endret"]}, 2)
    with pytest.raises(StaleDraft):
        drafts.begin(session, "minutes", {"note": ["en gang til"]}, kari, draft_id=page)


def test_a_page_that_a_paper_has_come_of_begins_a_new_draft(
    session: Session, kari: Account
) -> None:
    page = uuid4()
    session.add(
        Paper(
            kind="minutes",
            language="nb",
            reference="R-2026-0001",
            draft_id=page,
            answers={},
            author=kari,
            rules_version="1",
        )
    )
    session.flush()
    assert drafts.begin(session, "minutes", TYPED, kari, draft_id=page).id != page


def test_no_draft_takes_the_id_of_a_paper_or_of_anything_else_that_the_trail_tells_of(
    session: Session, kari: Account, amir: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    deleted = begun.id
    drafts.discard(session, begun, by=kari)
    session.commit()  # events are written with it
    paper = Paper(
        kind="minutes",
        language="nb",
        reference="R-2026-0001",
        answers={},
        author=kari,
        rules_version="1",
    )
    session.add(paper)
    session.flush()
    for taken in (paper.id, deleted):
        assert drafts.begin(session, "minutes", TYPED, amir, draft_id=taken).id != taken


def test_nobody_begins_where_somebody_else_has_begun(
    session: Session, kari: Account, amir: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    with pytest.raises(NotFound):
        drafts.begin(session, "minutes", {"note": ["Amirs"]}, amir, draft_id=begun.id)
    session.refresh(begun)
    assert begun.typed == TYPED


def test_whoever_may_only_read_a_draft_cannot_hold_it_to_make_a_paper_of_it(
    session: Session, kari: Account, amir: Account
) -> None:
    begun = drafts.begin(session, "minutes", TYPED, kari)
    shares.give(session, begun, amir.id, kari, may_write=False)
    with pytest.raises(NotAllowed):
        drafts.hold(session, begun.id, amir)
    assert drafts.hold(session, begun.id, kari) is begun


def test_what_one_person_saves_again_and_again_is_one_event_for_a_while(
    session: Session, kari: Account
) -> None:
    begun = drafts.begin(session, "minutes", {"note": ["0"]}, kari)
    session.commit()
    # the last of them is told of anew: the first one's time is over by then
    waits = (timedelta(), drafts.SAVING / 2, drafts.SAVING * 2)
    for version, wait in enumerate(waits, start=1):
        with clock.moved(wait):
            drafts.save(session, begun, {"note": [str(version)]}, kari, version=version)
            session.commit()
    saved = select(Event.seq).where(Event.what == "draft_saved", Event.subject_id == begun.id)
    assert len(session.scalars(saved).all()) == 2
