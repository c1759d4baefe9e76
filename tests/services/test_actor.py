"""Who acts: what each kind of actor sees, may, and leaves in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc.errors import NotAllowed, NotFound
from formsvc.models import Account, Draft, Paper
from formsvc.services import access, actor, audit, drafts, papers, shares, trail
from formsvc.services.access import Act
from formsvc.services.actor import Actor, Employee, Program, System
from formsvc.services.paging import Turn
from formsvc.services.trail import Wanted
from tests import queries, stored


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = actor.current()
    yield
    actor.set_current(before)


def events(session: Session) -> list[tuple[object, dict[str, object]]]:
    session.commit()
    return [(told.account_id, told.keys) for told in trail.find(session, Wanted(), most=10)]


def test_to_the_service_itself_nothing_is_shown(session: Session, kari: Account) -> None:
    rows: list[Draft | Paper] = [
        stored.begun(session, kari),
        stored.issued(session, kari, kind="ip_application"),
    ]
    for row in rows:
        model = type(row)
        assert session.scalars(select(model).where(access.visible(model, System()))).all() == []
        assert not access.may_do(session, row, System(), "own")
    with pytest.raises(NotFound):
        drafts.find(session, rows[0].id, System())
    with pytest.raises(NotFound):
        papers.opened(session, rows[1].id, System())
    assert drafts.listed(session, System(), Turn()).drafts == []
    assert papers.listed(session, System(), Turn()).papers == []
    assert not access.may(System(), "receive")


def test_the_service_itself_writes_in_nobodys_name(
    session: Session, kari: Account, liv: Account
) -> None:
    paper = stored.issued(session, kari)
    with pytest.raises(NotAllowed):
        drafts.begin(session, "minutes", stored.TYPED, System())
    with pytest.raises(NotAllowed):
        shares.give(session, paper, liv.id, System(), may_write=False)


def test_a_program_may_what_the_account_may_that_its_key_is_for(
    session: Session, kari: Account, amir: Account, liv: Account
) -> None:
    rows: list[Draft | Paper] = [
        stored.begun(session, kari),
        stored.begun(session, amir),
        stored.issued(session, kari),
        stored.issued(session, amir, 2, kind="ip_application"),
    ]
    shares.give(session, rows[1], kari.id, Employee(amir), may_write=True)
    for account in (kari, amir, liv):
        employee, program = Employee(account), Program(account)
        for row in rows:
            seen = access.visible(type(row), employee)
            assert str(seen) == str(access.visible(type(row), program))
            for act in get_args(Act):
                may = access.may_do(session, row, employee, act)
                assert may == access.may_do(session, row, program, act)
        assert access.may(employee, "receive") == access.may(program, "receive")
    assert access.may(Program(liv), "receive")


def test_an_act_is_the_programs_where_a_program_did_it(session: Session, kari: Account) -> None:
    drafts.begin(session, "minutes", stored.TYPED, Program(kari))
    drafts.begin(session, "minutes", stored.TYPED, Employee(kari))
    told = events(session)
    assert (kari.id, {"kind": "minutes", "by": "program"}) in told
    assert (kari.id, {"kind": "minutes"}) in told
    assert audit.verify(session) == []


@pytest.mark.parametrize("by", [System(), None])
def test_no_account_is_told_where_none_acted(session: Session, by: Actor | None) -> None:
    actor.set_current(by)
    audit.record(session, "purged", what="drafts", count=1)
    assert events(session) == [(None, {"what": "drafts", "count": 1})]


def test_whoever_acts_now_is_told_where_no_other_is_named(session: Session, kari: Account) -> None:
    actor.set_current(Employee(kari))
    audit.record(session, "trail_viewed")
    assert events(session) == [(kari.id, {})]


def test_an_actors_account_is_known_without_asking_after_a_rollback(
    session: Session, kari: Account
) -> None:
    session.commit()
    by = Employee(session.scalars(select(Account).where(Account.id == kari.id)).one())
    session.rollback()
    with queries.counted(session) as asked:
        account_id = actor.account_id(by)
    assert asked == []
    assert account_id == kari.id
