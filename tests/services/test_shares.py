"""Who sees what, and what sharing changes in it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, profile
from formsvc.errors import InvalidAnswers, NotAllowed, NotFound
from formsvc.kinds import KINDS
from formsvc.models import Account, Draft, Event, Paper, Share
from formsvc.services import access, drafts, finish, papers, retention, shares
from formsvc.services.access import Act
from formsvc.services.paging import Turn
from tests import people, stored

ACTS: tuple[Act, ...] = ("read", "write", "own")


def may(session: Session, row: Draft | Paper, account: Account) -> list[Act]:
    """What an account may do with a draft or a paper."""
    done: list[Act] = []
    for act in ACTS:
        try:
            if isinstance(row, Paper):
                access.demand(session, Paper, row.id, account, act)
            else:
                access.demand(session, Draft, row.id, account, act)
        except (NotFound, NotAllowed):
            continue
        done.append(act)
    return done


def seen(session: Session, account: Account) -> set[str]:
    """The kinds of the papers that an account finds in its list."""
    return {row.kind for row in papers.listed(session, account, Turn()).papers}


def test_the_coordinating_unit_gets_what_is_sent_to_it_and_nobody_else_more_than_their_own(
    session: Session, kari: Account, amir: Account, liv: Account, torbjorn: Account
) -> None:
    for number, kind in enumerate(kind for kind in KINDS if kind.formats):
        stored.issued(session, kari, number, kind=kind.slug)
    sent = {"ip_application", "ke_group_created", "ke_group_dissolved"}
    sent |= {"ke_coordinator_changed", "ke_ip_declined"}
    assert seen(session, liv) == sent == {kind.slug for kind in KINDS if kind.receiver == "ke"}
    assert seen(session, torbjorn) == seen(session, amir) == set()
    assert seen(session, kari) == {kind.slug for kind in KINDS if kind.formats}


def test_what_is_sent_to_the_coordinating_unit_is_for_it_to_read_and_no_more(
    session: Session, kari: Account, liv: Account
) -> None:
    assert may(session, stored.issued(session, kari, kind="ip_application"), liv) == ["read"]
    assert may(session, stored.begun(session, kari, kind="ip_application"), liv) == []


def test_the_list_and_the_single_paper_tell_the_same(
    session: Session, kari: Account, amir: Account, liv: Account, torbjorn: Account
) -> None:
    rows = [
        stored.issued(session, author, number, kind=kind)
        for number, (author, kind) in enumerate(
            (author, kind)
            for author in (kari, amir, liv, torbjorn)
            for kind in ("minutes", "consent", "ke_ip_declined")
        )
    ]
    for row in rows[::2]:
        shares.give(session, row, amir.id, row.author, may_write=False) if row.author != amir else 0
    for reader in (kari, amir, liv, torbjorn):
        listed = {row.id for row in papers.listed(session, reader, Turn()).papers}
        assert listed == {row.id for row in rows if "read" in may(session, row, reader)}


@pytest.mark.parametrize("may_write", [False, True])
def test_a_draft_is_shared_read_or_written_and_taken_back(
    session: Session, kari: Account, amir: Account, *, may_write: bool
) -> None:
    row = stored.begun(session, kari)
    assert may(session, row, amir) == []
    given = shares.give(session, row, amir.id, kari, may_write=may_write)
    assert may(session, row, amir) == (["read", "write"] if may_write else ["read"])
    assert drafts.listed(session, amir, Turn()).drafts == [row]
    assert [each.account for each in shares.of(session, row)] == [amir]
    shares.end(session, row, given.id, kari)
    assert may(session, row, amir) == []
    assert drafts.listed(session, amir, Turn()).drafts == []
    assert shares.of(session, row) == []
    assert session.get_one(Share, given.id, populate_existing=True).ended_at


def test_a_paper_is_shared_to_be_read(session: Session, kari: Account, amir: Account) -> None:
    row = stored.issued(session, kari)
    given = shares.give(session, row, amir.id, kari, may_write=True)
    assert not given.may_write
    assert may(session, row, amir) == ["read"]
    assert may(session, row, kari) == list(ACTS)
    session.commit()
    told = session.scalars(select(Event).where(Event.what == "paper_shared")).one()
    assert told.keys == {"to": str(amir.id), "may": "read"}


def test_shared_again_only_the_right_to_write_changes(
    session: Session, kari: Account, amir: Account
) -> None:
    row = stored.begun(session, kari)
    first = shares.give(session, row, amir.id, kari, may_write=True)
    again = shares.give(session, row, amir.id, kari, may_write=False)
    assert first.id == again.id
    assert may(session, row, amir) == ["read"]


def test_shared_by_two_clicks_at_once_it_is_shared_once(
    session: Session, sessions: sessionmaker[Session], kari: Account, amir: Account
) -> None:
    row_id, ours, theirs = stored.begun(session, kari).id, kari.id, amir.id
    session.commit()
    start = threading.Barrier(3)

    def click() -> None:
        with sessions() as own:
            row, me = own.get_one(Draft, row_id), own.get_one(Account, ours)
            own.rollback()
            start.wait()
            shares.give(own, row, theirs, me, may_write=True)
            own.commit()

    threads = [threading.Thread(target=click) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(session.scalars(select(Share)).all()) == 1


def test_what_was_taken_back_can_be_shared_again(
    session: Session, kari: Account, amir: Account
) -> None:
    row = stored.begun(session, kari)
    shares.end(session, row, shares.give(session, row, amir.id, kari, may_write=True).id, kari)
    shares.give(session, row, amir.id, kari, may_write=False)
    assert may(session, row, amir) == ["read"]


def test_access_to_one_thing_is_not_ended_from_another(
    session: Session, kari: Account, amir: Account
) -> None:
    mine, other = stored.begun(session, kari), stored.begun(session, kari)
    given = shares.give(session, mine, amir.id, kari, may_write=False)
    shares.end(session, other, given.id, kari)
    assert may(session, mine, amir) == ["read"]


def test_whoever_had_the_draft_has_the_paper(
    session: Session, kari: Account, amir: Account
) -> None:
    kind = next(kind for kind in KINDS if kind.slug == "minutes")
    form = kind.form.from_answers(kind.form.sample())
    row = drafts.begin(session, "minutes", form.typed(), kari)
    shares.give(session, row, amir.id, kari, may_write=True)
    made = finish.issue(session, kind, form, kari, draft_id=row.id, changed_by=amir, issued_by=amir)
    drafts.discard(session, row)
    session.commit()
    assert may(session, made, amir) == ["read"]
    assert (made.author, made.changed_by, made.issued_by) == (kari, amir, amir)
    assert [each.account for each in shares.of(session, made)] == [amir]


def test_a_draft_that_is_deleted_takes_its_sharing_along(
    session: Session, kari: Account, amir: Account
) -> None:
    for ending in ("discarded", "forgotten"):
        row = drafts.begin(session, "minutes", stored.TYPED, kari)
        shares.give(session, row, amir.id, kari, may_write=True)
        session.commit()
        if ending == "discarded":
            drafts.discard(session, row)
        else:
            limits = profile.current().limits
            with clock.moved(timedelta(days=limits.draft_days)):
                retention.purge(session)
            with clock.moved(timedelta(days=limits.draft_days + limits.draft_warning_days)):
                retention.purge(session)
        session.commit()
        assert session.scalars(select(Share)).all() == [], ending


def test_one_shares_with_a_colleague_who_is_here(
    session: Session, kari: Account, amir: Account, torbjorn: Account
) -> None:
    row = stored.begun(session, kari)
    amir.active = False
    session.flush()
    for to in (None, kari.id, amir.id, row.id):
        with pytest.raises(InvalidAnswers, match="Velg en kollega"):
            shares.give(session, row, to, kari, may_write=True)
    shares.give(session, row, torbjorn.id, kari, may_write=False)
    assert may(session, row, torbjorn) == ["read"], "as with any colleague"


@pytest.mark.parametrize(
    "words", ["li", "l i", "liv", "ØDEGÅRD", "liv@eksempel.no", "ødega\u030ard liv", "de liv"]
)
def test_a_colleague_is_known_by_part_of_name_or_email(
    session: Session, kari: Account, liv: Account, words: str
) -> None:
    assert [each.id for each in shares.colleagues(session, words, kari)] == [liv.id]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Skriv navnet"),
        (" a ", "Skriv navnet"),
        ("nobody", "Ingen kollega"),
        ("kari", "Ingen kollega"),
        ("liv %", "Ingen kollega"),
    ],
)
def test_a_search_that_finds_nobody_says_what_to_do(
    session: Session, kari: Account, liv: Account, words: str, sentence: str
) -> None:
    assert liv.active
    with pytest.raises(InvalidAnswers, match=sentence):
        shares.colleagues(session, words, kari)


def test_at_most_ten_are_offered_and_never_all(session: Session, kari: Account) -> None:
    for number in range(shares.MOST_OFFERED):
        people.employ(session, people.Employee(f"Nr. {number}", f"n{number}@a.no", "referent"))
    assert len(shares.colleagues(session, "nr.", kari)) == shares.MOST_OFFERED
    people.employ(session, people.Employee("Nr. 11", "n11@a.no", "referent"))
    with pytest.raises(InvalidAnswers, match="Skriv mer"):
        shares.colleagues(session, "nr.", kari)


def test_a_list_shows_what_it_is_asked_for(
    session: Session, kari: Account, amir: Account, liv: Account
) -> None:
    own = stored.issued(session, liv, 1, kind="minutes")
    received = stored.issued(session, kari, 2, kind="ip_application")
    shared = stored.issued(session, amir, 3, kind="consent")
    shares.give(session, shared, liv.id, amir, may_write=False)

    def listed(**wanted: str) -> list[Paper]:
        return papers.listed(session, liv, Turn(), **wanted).papers  # type: ignore[arg-type]

    assert listed() == [shared, received, own]
    assert listed(whose="own") == [own]
    assert listed(whose="shared") == [shared]
    assert listed(whose="received") == [received]
    assert listed(kind="consent") == [shared]
    assert listed(kind="consent", whose="own") == []
    assert papers.listed(session, amir, Turn(), whose="received").papers == []
