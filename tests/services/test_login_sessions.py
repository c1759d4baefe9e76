"""Browsers that are logged in: for a working day, while they are used, until they are ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import clock, profile
from formsvc.models import Account, LoginSession
from formsvc.services import api_tokens, login_sessions


def found(session: Session, token: str) -> Account | None:
    login = login_sessions.find(session, token)
    return login.account if login else None


def use(session: Session, token: str) -> None:
    login = login_sessions.find(session, token)
    assert login
    login_sessions.see(session, login.token_hash)
    session.expire_all()


def test_a_log_in_knows_who_it_is(session: Session, kari: Account, amir: Account) -> None:
    tokens = {login_sessions.open_(session, somebody): somebody for somebody in (kari, amir)}
    for token, somebody in tokens.items():
        assert found(session, token) is somebody


def test_a_log_in_that_nobody_made_is_nobodys(session: Session, kari: Account) -> None:
    token = login_sessions.open_(session, kari)
    for invented in ("", token[:-1], token.swapcase(), "x"):
        assert found(session, invented) is None
        assert api_tokens.find(session, invented) is None


def test_a_log_in_in_use_lasts_a_working_day_and_no_longer(session: Session, kari: Account) -> None:
    token = login_sessions.open_(session, kari)
    for half_hour in range(1, 16):
        with clock.moved(timedelta(minutes=30 * half_hour)):
            use(session, token)
    with clock.moved(timedelta(hours=7, minutes=59)):
        use(session, token)
    with clock.moved(timedelta(hours=8)):
        assert found(session, token) is None


def test_a_browser_that_nobody_uses_is_logged_out(session: Session, kari: Account) -> None:
    token = login_sessions.open_(session, kari)
    idle = timedelta(minutes=profile.current().accounts.idle_minutes)
    with clock.moved(idle - timedelta(seconds=5)):
        assert found(session, token) is kari
        assert login_sessions.listed(session, kari)
    with clock.moved(idle):
        assert found(session, token) is None
        assert login_sessions.listed(session, kari) == []


def test_a_log_in_of_a_clock_that_ran_ahead_is_over_when_it_is_right_again(
    session: Session, kari: Account
) -> None:
    with clock.moved(timedelta(days=35)):
        token = login_sessions.open_(session, kari)
        assert found(session, token) is kari
    assert found(session, token) is None
    assert login_sessions.listed(session, kari) == []


def test_that_a_browser_is_used_is_noted_once_a_minute(session: Session, kari: Account) -> None:
    token = login_sessions.open_(session, kari)
    login = login_sessions.find(session, token)
    assert login
    opened = login.last_seen_at
    for seconds, noted in ((59, False), (60, True)):
        with clock.moved(timedelta(seconds=seconds)):
            assert login_sessions.is_seen(login) is not noted
            use(session, token)
        assert (login.last_seen_at > opened) is noted


def test_half_a_log_in_opens_nothing_and_is_soon_over(session: Session, kari: Account) -> None:
    token = login_sessions.open_(session, kari, complete=False)
    assert found(session, token) is None
    assert login_sessions.find(session, token, complete=False)
    assert login_sessions.listed(session, kari) == []
    with clock.moved(login_sessions.HALFWAY):
        assert login_sessions.find(session, token, complete=False) is None


def test_after_the_log_out_the_cookie_is_worth_nothing(
    session: Session, kari: Account, amir: Account
) -> None:
    token, other = login_sessions.open_(session, kari), login_sessions.open_(session, amir)
    login_sessions.close(session, token)
    assert found(session, token) is None
    assert found(session, other) is amir


def test_one_ends_ones_own_log_ins_and_nobody_elses(
    session: Session, kari: Account, amir: Account
) -> None:
    here, there = login_sessions.open_(session, kari), login_sessions.open_(session, kari)
    rows = {each.token_hash for each in login_sessions.listed(session, kari)}
    for row in rows:
        login_sessions.end(session, row, amir)
    assert len(login_sessions.listed(session, kari)) == 2
    current = login_sessions.find(session, here)
    assert current
    login_sessions.end_all(session, kari, but=current.token_hash)
    assert found(session, here) is kari
    assert found(session, there) is None


@pytest.mark.parametrize("device", ["Chrome/Windows", "", "x" * 500])
def test_a_log_in_says_which_browser_it_is(session: Session, kari: Account, device: str) -> None:
    login_sessions.open_(session, kari, device=device)
    assert [each.device for each in login_sessions.listed(session, kari)] == [device[:60]]


def test_what_is_over_is_forgotten(session: Session, kari: Account) -> None:
    login_sessions.open_(session, kari)
    with clock.moved(timedelta(hours=9)):
        lasting = login_sessions.open_(session, kari)
        login_sessions.forget(session)
        assert len(session.scalars(select(LoginSession)).all()) == 1
        assert found(session, lasting) is kari


def test_a_log_in_that_came_while_its_account_was_closed_opens_nothing(
    session: Session, kari: Account
) -> None:
    kari.active = False
    assert found(session, login_sessions.open_(session, kari)) is None
    kari.active = True
    assert found(session, login_sessions.open_(session, kari)) is kari
