"""Drafts end in steps: told first, deleted later, and never because a clock was wrong."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, profile
from formsvc.models import Account, Draft, Event
from formsvc.services import actor, drafts, login_sessions, retention, work
from tests import stored

LIMITS = profile.current().limits
UNTOUCHED = timedelta(days=LIMITS.draft_days)
WARNING = timedelta(days=LIMITS.draft_warning_days)
MOMENT = timedelta(minutes=1)


def begin(session: Session, author: Account, *, untouched: timedelta = timedelta()) -> Draft:
    begun = drafts.begin(session, "minutes", {"note": ["noe"]}, actor.Employee(author))
    begun.changed_at -= untouched
    session.flush()
    return begun


def left(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Draft)) or 0


@pytest.mark.parametrize(
    ("untouched", "announced"),
    [(UNTOUCHED - WARNING - MOMENT, 0), (UNTOUCHED - WARNING + MOMENT, 1)],
)
def test_an_author_is_told_when_the_end_is_near(
    untouched: timedelta, announced: int, session: Session, kari: Account, amir: Account
) -> None:
    begin(session, kari, untouched=untouched)
    assert retention.purge(session).announced == announced
    assert retention.announced(session, kari) == announced
    assert retention.announced(session, amir) == 0


@pytest.mark.parametrize(("after", "number"), [(WARNING - MOMENT, 1), (WARNING + MOMENT, 0)])
def test_a_draft_is_deleted_when_it_has_stood_announced_long_enough(
    after: timedelta, number: int, session: Session, kari: Account
) -> None:
    begin(session, kari, untouched=UNTOUCHED - WARNING + MOMENT)
    retention.purge(session)
    with clock.moved(after):
        retention.purge(session)
    assert left(session) == number


def test_jobs_that_were_done_long_ago_end_too_but_not_while_the_clock_is_behind(
    session: Session, kari: Account
) -> None:
    work.add(session, "print", uuid4())
    lease = work.lease(session)
    assert lease
    work.done(session, lease)
    with clock.moved(2 * work.DONE_STAYS):
        begin(session, kari, untouched=-UNTOUCHED)
        assert (retention.plan(session).jobs, retention.purge(session).jobs) == (0, 0)
        session.execute(delete(Draft))
        assert (retention.plan(session).jobs, retention.purge(session).jobs) == (1, 1)
        assert (retention.plan(session).jobs, retention.purge(session).jobs) == (0, 0)


def test_a_draft_long_over_is_told_of_as_long_as_any_other(session: Session, kari: Account) -> None:
    begun = begin(session, kari, untouched=3 * UNTOUCHED)
    retention.purge(session)
    assert left(session) == 1
    assert retention.end_of(begun) == (clock.now() + WARNING).astimezone(clock.OSLO).date()


def test_a_save_takes_the_end_back(session: Session, kari: Account) -> None:
    begun = begin(session, kari, untouched=UNTOUCHED)
    retention.purge(session)
    session.refresh(begun)
    drafts.save(session, begun, {"note": ["mer"]}, actor.Employee(kari), version=begun.version)
    assert retention.announced(session, kari) == 0
    with clock.moved(WARNING + MOMENT):
        retention.purge(session)
    assert left(session) == 1
    assert retention.end_of(begun) == (clock.now() + UNTOUCHED).astimezone(clock.OSLO).date()


@pytest.mark.parametrize("days", [35, 400])
def test_a_clock_that_ran_ahead_for_a_while_deletes_nothing(
    days: int, session: Session, kari: Account
) -> None:
    for _ in range(4):
        begin(session, kari)
    with clock.moved(timedelta(days=days)):
        for _ in range(3):
            retention.purge(session)
    for _ in range(3):
        retention.purge(session)
    assert left(session) == 4
    assert retention.announced(session, kari) == 0, "what was said under the wrong clock stands"


def test_nothing_is_done_while_the_clock_stands_before_what_is_stored(
    session: Session, kari: Account
) -> None:
    begin(session, kari, untouched=2 * UNTOUCHED)
    begin(session, kari)
    with clock.moved(timedelta(days=-1)):
        assert retention.purge(session).clock_is_behind
    assert retention.announced(session, kari) == 0


@pytest.mark.parametrize("newest", ["draft", "paper", "log-in"])
@pytest.mark.parametrize(
    ("behind", "waits"),
    [(clock.SKEW - MOMENT / 2, False), (clock.SKEW, False), (clock.SKEW + MOMENT, True)],
)
def test_whatever_was_stored_last_tells_that_the_clock_is_behind(
    newest: str, behind: timedelta, session: Session, kari: Account, *, waits: bool
) -> None:
    begin(session, kari, untouched=2 * UNTOUCHED)
    with clock.moved(behind):
        if newest == "draft":
            begin(session, kari)
        elif newest == "paper":
            stored.issued(session, kari, issued_at=clock.now())
        else:
            login_sessions.open_(session, kari)
    assert retention.purge(session).clock_is_behind == waits


def test_where_there_are_many_drafts_a_step_is_a_share_of_them(
    session: Session, kari: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP", 1)
    monkeypatch.setattr(retention, "SHARE", 0.5)
    for _ in range(5):
        begin(session, kari, untouched=2 * UNTOUCHED)
    retention.purge(session)
    with clock.moved(WARNING + MOMENT):
        steps = [retention.purge(session).deleted for _run in range(4)]
    assert steps == [2, 1, 1, 1]


def test_a_run_takes_a_step_and_leaves_the_rest_to_later_ones(
    session: Session, kari: Account
) -> None:
    for _ in range(retention.STEP + 1):
        begin(session, kari, untouched=2 * UNTOUCHED)
    retention.purge(session)
    with clock.moved(WARNING + MOMENT):
        assert retention.plan(session) == retention.plan(session), "a plan changes nothing"
        assert left(session) == retention.STEP + 1
        first = retention.purge(session)
        assert (first.deleted, first.left) == (retention.STEP, 1)
        session.commit()
        told = session.scalars(select(Event).where(Event.what == "purged")).one()
        assert told.keys == {"what": "drafts", "count": retention.STEP}
        assert left(session) == 1
        assert retention.purge(session).deleted == 1
    assert left(session) == 0


def test_a_step_takes_those_that_have_lain_there_for_longest(
    session: Session, kari: Account
) -> None:
    for days in range(retention.STEP + 1):
        begin(session, kari, untouched=2 * UNTOUCHED + timedelta(days=days))
    newest = session.scalars(select(Draft.id).order_by(Draft.changed_at.desc())).first()
    retention.purge(session)
    with clock.moved(WARNING + MOMENT):
        retention.purge(session)
    assert session.scalars(select(Draft.id)).all() == [newest]


def test_a_draft_that_is_saved_as_its_time_is_over_stays(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    begun = begin(session, kari, untouched=2 * UNTOUCHED)
    begun.announced_at = clock.now() - 2 * WARNING
    session.commit()
    saved, plans = threading.Event(), []

    def purge() -> None:
        saved.wait()
        with sessions.begin() as own:
            plans.append(retention.purge(own))

    purging = threading.Thread(target=purge)
    purging.start()
    with sessions.begin() as own:
        row = own.get_one(Draft, begun.id)
        drafts.save(
            own, row, {"note": ["enda mer"]}, actor.Employee(row.author), version=row.version
        )
        saved.set()
        time.sleep(0.3)  # for the purge to come to the row, and wait
    purging.join()
    assert left(session) == 1
    assert plans[0].deleted == 0
