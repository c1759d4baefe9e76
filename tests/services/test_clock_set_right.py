"""A clock that ran ahead and was set right holds nobody out and lets nobody in for longer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.models import Account, ApiToken, LoginAttempt, LoginSession, PasswordLink
from formsvc.services import api_tokens, attempts, login_sessions, password_links, second_factor
from formsvc.services.attempts import DAY, FREE, LONGEST_WAIT, MOST, STRETCH, TooManyAttempts
from formsvc.services.password_links import LinkOver
from tests.services.test_second_factor import code, turn_on

YEAR = timedelta(days=365)
STEP = timedelta(seconds=1)
#: how far ahead a clock ran, and whether what was done then still counts when it is set right
AHEAD = [
    (clock.SKEW - STEP, True),
    (clock.SKEW, True),
    (clock.SKEW + STEP, False),
    (YEAR, False),
]
HERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine's clock stand still, so that only ``clock.moved`` moves the service's."""
    moment = datetime(2026, 11, 24, 8, tzinfo=UTC)

    class Still(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Still:
            return cls.fromtimestamp(moment.timestamp(), tz)

    with monkeypatch.context() as patch:
        patch.setattr(clock, "datetime", Still)
        yield


def fail(session: Session, *, times: int, code: bool = False) -> None:
    """Fail at the door, each time from another place where it is a code that is wrong."""
    for n in range(times):
        address = f"198.51.100.{n}" if code else HERE
        attempts.count(session, "noen@eksempel.no", address=address, code=code)


@pytest.mark.parametrize(("ahead", "counts"), AHEAD)
def test_wrong_passwords_are_waited_for_no_longer_than_ever(
    session: Session, ahead: timedelta, counts: bool
) -> None:
    with clock.moved(ahead):
        fail(session, times=FREE)
    if counts:
        with pytest.raises(TooManyAttempts) as refused:
            fail(session, times=1)
        assert refused.value.seconds <= (clock.SKEW + LONGEST_WAIT).total_seconds()
    else:
        fail(session, times=FREE)
        with pytest.raises(TooManyAttempts):
            fail(session, times=1)


@pytest.mark.parametrize(("ahead", "counts"), AHEAD)
def test_wrong_codes_hold_nobody_out_for_longer_than_a_day(
    session: Session, ahead: timedelta, counts: bool
) -> None:
    with clock.moved(ahead):
        fail(session, times=MOST["code"], code=True)
    if counts:
        with pytest.raises(TooManyAttempts) as refused:
            fail(session, times=1, code=True)
        assert refused.value.seconds <= (clock.SKEW + DAY).total_seconds()
    else:
        fail(session, times=MOST["code"], code=True)
        with pytest.raises(TooManyAttempts):
            fail(session, times=1, code=True)


@pytest.mark.parametrize(("ahead", "counts"), AHEAD)
@pytest.mark.parametrize("complete", [True, False])
def test_a_log_in_of_a_clock_that_ran_ahead_is_over(
    session: Session, kari: Account, ahead: timedelta, counts: bool, complete: bool
) -> None:
    with clock.moved(ahead):
        token = login_sessions.open_(session, kari, complete=complete)
    assert bool(login_sessions.find(session, token, complete=complete)) is counts
    assert bool(login_sessions.listed(session, kari)) is (counts and complete)
    login_sessions.forget(session)
    assert bool(session.scalars(select(LoginSession)).all()) is counts
    with clock.moved(ahead):
        assert bool(login_sessions.find(session, token, complete=complete)) is counts


@pytest.mark.parametrize(("ahead", "counts"), AHEAD)
def test_a_log_in_that_was_used_while_the_clock_ran_ahead_does_not_lie_idle_for_longer(
    session: Session, kari: Account, ahead: timedelta, counts: bool
) -> None:
    token = login_sessions.open_(session, kari)
    with clock.moved(ahead):
        login_sessions.see(session, session.scalars(select(LoginSession.token_hash)).one())
    assert bool(login_sessions.find(session, token)) is counts


@pytest.mark.parametrize(("ahead", "counts"), AHEAD)
def test_a_link_of_a_clock_that_ran_ahead_opens_nothing(
    session: Session, kari: Account, ahead: timedelta, counts: bool
) -> None:
    with clock.moved(ahead):
        token = password_links.issue(session, kari)
    if counts:
        assert password_links.opened(session, token).account is kari
        assert password_links.redeem(session, token, "another") is kari
        return
    with pytest.raises(LinkOver):
        password_links.opened(session, token)
    with pytest.raises(LinkOver):
        password_links.redeem(session, token, "another")
    password_links.forget(session)
    assert session.scalars(select(PasswordLink)).all() == []


@pytest.mark.parametrize(("steps", "counts"), [(1, True), (3, True), (4, False), (5, False)])
def test_a_code_that_was_used_while_the_clock_ran_ahead_makes_those_of_today_no_old_ones(
    session: Session, kari: Account, steps: int, counts: bool
) -> None:
    with clock.moved(second_factor.STEP * steps * STEP):
        turn_on(session, kari)
    assert second_factor.accept(session, kari, code(session, kari)) is not counts


def test_that_a_token_was_used_is_noted_though_it_was_used_while_the_clock_ran_ahead(
    session: Session, kari: Account
) -> None:
    api_tokens.issue(session, kari, "fagsystem")
    token_id = session.scalars(select(ApiToken.id)).one()
    with clock.moved(YEAR):
        api_tokens.use(session, token_id)
    api_tokens.use(session, token_id)
    session.expire_all()
    assert api_tokens.is_used(session.get_one(ApiToken, token_id))


@pytest.mark.parametrize(("further", "counts"), [(-STEP, True), (0 * STEP, True), (STEP, False)])
def test_counts_of_a_clock_that_ran_ahead_are_forgotten(
    session: Session, further: timedelta, counts: bool
) -> None:
    with clock.moved(DAY - STRETCH + clock.SKEW + further):
        fail(session, times=1)
    attempts.forget(session)
    assert bool(session.scalars(select(LoginAttempt)).all()) is counts
