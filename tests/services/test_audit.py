"""The trail: an act and its event are one, and no row of it is touched without being told."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, db, origin
from formsvc.config import Settings
from formsvc.keys import DataKey, Row
from formsvc.models import Account, Event, EventHead
from formsvc.services import audit, trail
from formsvc.services.audit import Head
from formsvc.services.trail import Wanted
from tests import people

Sessions = sessionmaker[Session]


def three_acts(sessions: Sessions) -> None:
    for _act in range(3):
        with sessions.begin() as session:
            audit.record(session, "purged", what="drafts", count=2)


def findings(sessions: Sessions, expect: Head | None = None) -> list[str]:
    with sessions() as session:
        return audit.verify(session, expect)


def test_an_event_tells_who_what_when_and_from_where(session: Session, kari: Account) -> None:
    origin.set_current("192.0.2.7")
    paper_id = uuid4()
    before = clock.now()
    audit.record(
        session,
        "document_downloaded",
        account=kari,
        subject="paper",
        subject_id=paper_id,
        kind="minutes",
        format="pdf",
    )
    session.commit()
    (told,) = trail.find(session, Wanted(), most=10)
    assert (told.what, told.account_id, told.subject_id) == (
        "document_downloaded",
        kari.id,
        paper_id,
    )
    assert (told.origin, told.keys) == ("192.0.2.7", {"kind": "minutes", "format": "pdf"})
    assert before <= told.at <= clock.now()


def test_an_act_and_its_event_are_kept_together_or_not_at_all(sessions: Sessions) -> None:
    with sessions() as session:
        jonas = people.employ(session, people.JONAS)
        audit.record(session, "account_created", account=jonas, role="referent")
        session.rollback()
        audit.record(session, "logged_out")
        session.close()
        people.employ(session, people.KARI)
        session.commit()
        assert session.scalars(select(Account.name)).all() == [people.KARI.name]
        assert trail.find(session, Wanted(), most=10) == []
        audit.record(session, "logged_in")
        session.commit()
        assert [told.what for told in trail.find(session, Wanted(), most=10)] == ["logged_in"]


def test_an_event_that_cannot_be_written_undoes_its_act(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise OSError

    monkeypatch.setattr(audit, "_seal", fail)
    with sessions() as session:
        people.employ(session, people.JONAS)
        audit.record(session, "account_created", role="referent")
        with pytest.raises(OSError):  # noqa: PT011 - our own
            session.commit()
        session.rollback()
        assert session.scalars(select(Account)).all() == []


def test_four_threads_of_fifty_events_make_one_unbroken_chain(sessions: Sessions) -> None:
    def work(_thread: int) -> None:
        for count in range(50):
            with sessions.begin() as session:
                audit.record(session, "purged", what="drafts", count=count)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Event)) == 200
        assert audit.verify(session) == []
        assert audit.head(session).seq == 200


def test_a_chain_that_nobody_touched_is_whole_and_so_is_an_empty_one(sessions: Sessions) -> None:
    assert findings(sessions) == []
    three_acts(sessions)
    assert findings(sessions) == []


@pytest.mark.parametrize(
    "change",
    [
        "what = 'logged_in'",
        "account_id = (SELECT id FROM account)",
        "subject = 'paper'",
        "origin = '192.0.2.1'",
        "at = '2020-01-01 00:00:00'",
        'keys = \'{"what": "drafts", "count": 1}\'',
        "hash = replace(hash, substr(hash, 1, 1), 'g')",
        "chain = '11111111111111111111111111111111'",
    ],
)
def test_an_edited_row_is_found(sessions: Sessions, change: str) -> None:
    with sessions.begin() as session:
        people.employ(session, people.KARI)
    three_acts(sessions)
    with sessions.begin() as session:
        session.execute(text(f"UPDATE event SET {change} WHERE seq = 2"))  # noqa: S608
    assert any(re.search(r"\b2\b", finding) for finding in findings(sessions)), change


def cut_first(session: Session) -> None:
    session.execute(delete(Event).where(Event.seq == 1))


def cut_middle(session: Session) -> None:
    session.execute(delete(Event).where(Event.seq == 2))


def cut_last(session: Session) -> None:
    session.execute(delete(Event).where(Event.seq == 3))


def cut_all(session: Session) -> None:
    session.execute(delete(Event))


def cut_last_and_set_the_end_back(session: Session) -> None:
    cut_last(session)
    hash_2 = session.scalar(select(Event.hash).where(Event.seq == 2))
    session.execute(update(EventHead).values(seq=2, hash=hash_2))


def cut_the_end(session: Session) -> None:
    session.execute(delete(EventHead))


def reorder(session: Session) -> None:
    for old, new in ((1, 9), (2, 1), (9, 2)):
        session.execute(update(Event).where(Event.seq == old).values(seq=new))


def close_the_gap(session: Session) -> None:
    cut_middle(session)
    session.execute(update(Event).where(Event.seq == 3).values(seq=2))
    session.execute(update(EventHead).values(seq=2))


def forge_one_more(session: Session) -> None:
    values = {"chain": audit.SERVICE, "seq": 4, "at": clock.now(), "what": "logged_in"}
    session.execute(insert(Event).values(**values, origin="system", keys={}, hash="0" * 64))
    session.execute(update(EventHead).values(seq=4, hash="0" * 64))


TOUCHED = (
    cut_first,
    cut_middle,
    cut_last,
    cut_all,
    cut_last_and_set_the_end_back,
    cut_the_end,
    reorder,
    close_the_gap,
    forge_one_more,
)


@pytest.mark.parametrize("touch", TOUCHED, ids=[each.__name__ for each in TOUCHED])
def test_rows_that_are_cut_moved_or_forged_are_found(
    sessions: Sessions, touch: Callable[[Session], None]
) -> None:
    three_acts(sessions)
    with sessions.begin() as session:
        touch(session)
    assert findings(sessions) != []


@pytest.mark.parametrize("touch", TOUCHED, ids=[each.__name__ for each in TOUCHED])
def test_what_is_recorded_afterwards_goes_on_and_hides_nothing(
    sessions: Sessions, touch: Callable[[Session], None], caplog: pytest.LogCaptureFixture
) -> None:
    three_acts(sessions)
    with sessions() as session:
        kept_outside = audit.head(session)
    with sessions.begin() as session:
        touch(session)
    three_acts(sessions)
    assert findings(sessions, kept_outside) != []
    if touch not in (cut_first, cut_middle, reorder):  # the end is not touched by these
        assert "the trail was touched" in caplog.text
        assert findings(sessions) != []


def test_a_whole_database_set_back_is_told_by_what_was_kept_outside(sessions: Sessions) -> None:
    three_acts(sessions)
    with sessions.begin() as session:
        kept_outside = audit.head(session)
        session.execute(delete(Event))
        session.execute(delete(EventHead))
    assert findings(sessions) == []
    assert "no longer there" in findings(sessions, kept_outside)[0]
    three_acts(sessions)
    assert findings(sessions, kept_outside) != []


def test_a_row_of_another_history_is_found_though_it_was_true_once(sessions: Sessions) -> None:
    three_acts(sessions)
    with sessions.begin() as session:
        row = session.execute(select(*Event.__table__.columns).where(Event.seq == 2)).mappings()
        once_true = dict(row.one())
        session.execute(delete(Event))
        session.execute(delete(EventHead))
    three_acts(sessions)
    with sessions.begin() as session:
        session.execute(delete(Event).where(Event.seq == 2))
        session.execute(insert(Event).values(**once_true))
    assert any("event 2 was changed" in finding for finding in findings(sessions))


def test_the_end_that_was_kept_outside_is_found_again(sessions: Sessions) -> None:
    three_acts(sessions)
    with sessions() as session:
        kept_outside = audit.head(session)
    three_acts(sessions)
    assert findings(sessions, kept_outside) == []


def test_each_hash_is_in_the_log_so_that_it_can_be_kept_outside(
    sessions: Sessions, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "formsvc")
    three_acts(sessions)
    with sessions() as session:
        assert f"event {audit.head(session)} purged by nobody" in caplog.text


def test_another_key_cannot_vouch_for_the_chain(settings: Settings, sessions: Sessions) -> None:
    three_acts(sessions)
    with sessions.begin() as session:
        key = session.scalars(select(DataKey).where(DataKey.purpose == "audit")).one()
        other = Row(key.id, key.purpose, b"", None)
        key.wrapped = db.keyring(session).masters.wrap(bytes(32), other.name)
    stranger = db.engine(settings)
    assert len(findings(db.session_factory(stranger))) == 4  # three rows and the end
    stranger.dispose()


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("paper_eaten", {}),
        ("logged_in", {"email": "kari"}),
        ("document_downloaded", {"format": "Nora Bakken"}),
        ("document_downloaded", {"format": "Čáhci"}),
        ("document_downloaded", {"format": ""}),
        ("document_downloaded", {"format": "a" * 101}),
        ("account_changed", {"fields": ["name", "Nora Bakken"]}),
    ],
)
def test_what_is_not_declared_or_not_plain_is_an_error(
    session: Session, what: str, keys: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"declared|words"):
        audit.record(session, what, **keys)


def test_a_session_that_only_reads_and_a_savepoint_record_nothing(
    settings: Settings, engine: Engine, session: Session
) -> None:
    with db.session_factory(engine, reading=True)() as reading, pytest.raises(ValueError):  # noqa: PT011
        audit.record(reading, "logged_in")
    with pytest.raises(ValueError, match="savepoint"), session.begin_nested():
        audit.record(session, "logged_in")


def test_a_savepoint_within_does_not_write_the_event_early(
    session: Session, sessions: Sessions
) -> None:
    audit.record(session, "logged_in")
    with session.begin_nested():
        people.employ(session, people.KARI)
    assert session.scalars(select(Event)).all() == []
    session.commit()
    assert [told.what for told in session.scalars(select(Event))] == ["logged_in"]


def test_the_same_again_is_recent_until_another_has_been_there_or_time_has_passed(
    session: Session, kari: Account, amir: Account
) -> None:
    draft_id = uuid4()

    def save(account: Account) -> None:
        what = "draft_saved"
        audit.record(session, what, account=account, subject="draft", subject_id=draft_id)
        session.commit()

    def is_recent(account: Account) -> bool:
        return audit.recently(session, "draft_saved", account, draft_id, timedelta(minutes=10))

    assert not is_recent(kari)
    save(kari)
    assert is_recent(kari)
    assert not is_recent(amir)
    with clock.moved(timedelta(minutes=9)):
        assert is_recent(kari)
    with clock.moved(timedelta(minutes=11)):
        assert not is_recent(kari)
    save(amir)
    assert not is_recent(kari)


def test_events_are_found_by_who_what_subject_and_time_page_by_page(
    session: Session, kari: Account, amir: Account
) -> None:
    paper_id = uuid4()
    for account in (kari, amir, kari):
        audit.record(session, "paper_viewed", account=account, subject="paper", subject_id=paper_id)
    audit.record(session, "logged_out", account=kari)
    session.commit()

    def numbers(wanted: Wanted, before: int | None = None, most: int = 10) -> list[int]:
        return [told.seq for told in trail.find(session, wanted, before=before, most=most)]

    assert numbers(Wanted()) == [4, 3, 2, 1]
    assert numbers(Wanted(), most=2) == [4, 3]
    assert numbers(Wanted(), before=3, most=2) == [2, 1]
    assert numbers(Wanted(account_id=kari.id)) == [4, 3, 1]
    assert numbers(Wanted(what="logged_out")) == [4]
    assert numbers(Wanted(subject="paper", subject_ids=(paper_id,))) == [3, 2, 1]
    assert numbers(Wanted(since=clock.now() - timedelta(hours=1))) == [4, 3, 2, 1]
    assert numbers(Wanted(until=clock.now() - timedelta(hours=1))) == []
    third = trail.find(session, Wanted(), most=10)[1].at
    assert numbers(Wanted(since=third)) == [4, 3]
    assert numbers(Wanted(until=third)) == [2, 1], "a day ends where the next one begins"
