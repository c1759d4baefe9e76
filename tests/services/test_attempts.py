"""Tries at guessing: slowed in one place, limited in all, and nobody held out of their browser."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock
from formsvc.models import Account, LoginAttempt
from formsvc.services import attempts, login, password
from formsvc.services.attempts import FREE, MOST, STRETCH, TooManyAttempts
from tests import people
from tests.people import PASSWORD

HERE = "192.0.2.7"
ELSEWHERE = "192.0.2.8"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check passwords quickly: these tests make many tries."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(password, "_HASHER", quick)
    password._nobody.cache_clear()  # noqa: SLF001 made with the other one


def fail(session: Session, email: str, *, times: int, address: str = HERE) -> None:
    for _ in range(times):
        assert people.log_in(session, email, "feil passord her", address) is None


def fail_slowly(session: Session, email: str, *, times: int, address: str = HERE) -> None:
    """Fail as somebody who waits as long as is asked for."""
    with ExitStack() as waiting:
        for _ in range(times):
            fail(session, email, times=1, address=address)
            waiting.enter_context(clock.moved(timedelta(seconds=61)))


def test_four_failures_cost_nothing(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=FREE - 1)
    assert people.log_in(session, kari.email, PASSWORD, HERE) is kari


def test_after_five_failures_even_the_right_password_waits_a_second(
    session: Session, kari: Account
) -> None:
    fail(session, kari.email, times=FREE)
    with pytest.raises(TooManyAttempts, match="Vent ett sekund") as refused:
        people.log_in(session, kari.email, PASSWORD, HERE)
    assert (refused.value.status, refused.value.seconds) == (429, 1)
    with clock.moved(timedelta(seconds=1)):
        assert people.log_in(session, kari.email, PASSWORD, HERE) is kari


def test_the_wait_doubles_up_to_a_minute(session: Session) -> None:
    fail(session, "ukjent@eksempel.no", times=FREE - 1)
    waits = []
    with ExitStack() as waiting:
        for _ in range(8):
            fail(session, "ukjent@eksempel.no", times=1)
            with pytest.raises(TooManyAttempts) as refused:
                fail(session, "ukjent@eksempel.no", times=1)
            waits.append(refused.value.seconds)
            waiting.enter_context(clock.moved(timedelta(seconds=refused.value.seconds)))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_refused_try_is_not_counted(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=FREE)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            fail(session, kari.email, times=1)
    with clock.moved(timedelta(seconds=1)):
        assert people.log_in(session, kari.email, PASSWORD, HERE) is kari


def test_who_fails_in_one_place_is_not_slowed_in_another(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=FREE)
    assert people.log_in(session, kari.email, PASSWORD, ELSEWHERE) is kari


def test_writing_an_email_differently_does_not_help(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=FREE)
    with pytest.raises(TooManyAttempts):
        people.log_in(session, f" {kari.email.upper()}", PASSWORD, HERE)


def test_an_email_that_is_guessed_at_from_many_places_has_to_wait(
    session: Session, kari: Account
) -> None:
    for number in range(MOST["e-mail"] - 1):
        fail(session, kari.email, times=1, address=f"192.0.2.{number}")
    assert people.log_in(session, kari.email, PASSWORD, "198.51.100.1") is kari
    fail(session, kari.email, times=1, address="198.51.100.2")
    with pytest.raises(TooManyAttempts, match="Vent 15 minutter") as refused:
        people.log_in(session, kari.email, PASSWORD, "198.51.100.3")
    assert 14 * 60 < refused.value.seconds <= 15 * 60


def test_unknown_emails_are_limited_like_known_ones(session: Session) -> None:
    for number in range(MOST["e-mail"]):
        fail(session, "ukjent@eksempel.no", times=1, address=f"192.0.2.{number}")
    with pytest.raises(TooManyAttempts):
        fail(session, "ukjent@eksempel.no", times=1, address="198.51.100.2")


def test_a_browser_that_has_let_its_owner_in_is_never_held_out_by_others(
    session: Session, kari: Account
) -> None:
    device = login.device(session, kari)
    for number in range(MOST["e-mail"]):
        fail(session, kari.email, times=1, address=f"203.0.113.{number}")
    for number in range(MOST["address"]):
        fail(session, f"ansatt{number}@eksempel.no", times=1)
    claim = login.claim(session, kari.email, PASSWORD, address=HERE, devices=["x.y", device])
    assert login.admit(session, claim, password.verdict(claim.question)) is kari


def test_such_a_browser_is_slowed_by_its_own_failures(session: Session, kari: Account) -> None:
    device = login.device(session, kari)
    for _ in range(FREE):
        login.claim(session, kari.email, "feil passord her", address=HERE, devices=[device])
    with pytest.raises(TooManyAttempts):
        login.claim(session, kari.email, PASSWORD, address=ELSEWHERE, devices=[device])


def test_the_browser_of_one_account_is_a_strangers_to_another(
    session: Session, kari: Account, amir: Account
) -> None:
    device = login.device(session, amir)
    assert login.knows(session, amir, device)
    for shown in (device, "", ".", device[:-1], device.replace(".", ""), f"0{device}"):
        assert not login.knows(session, kari, shown)


def test_one_address_cannot_try_everybody(session: Session, kari: Account) -> None:
    for number in range(MOST["address"]):
        fail(session, f"ansatt{number}@eksempel.no", times=1)
    with pytest.raises(TooManyAttempts):
        people.log_in(session, kari.email, PASSWORD, HERE)
    assert people.log_in(session, kari.email, PASSWORD, ELSEWHERE) is kari


def test_after_the_wait_counting_starts_anew(session: Session, kari: Account) -> None:
    fail_slowly(session, kari.email, times=12)
    with clock.moved(timedelta(seconds=61 * 12) + STRETCH):
        fail(session, kari.email, times=FREE - 1)
        assert people.log_in(session, kari.email, PASSWORD, HERE) is kari


def test_the_right_password_forgives_the_wrong_ones(session: Session, kari: Account) -> None:
    for _ in range(3):
        fail(session, kari.email, times=FREE - 1)
        assert people.log_in(session, kari.email, PASSWORD, HERE) is kari


def test_a_town_hall_behind_one_address_logs_in_all_day(session: Session, kari: Account) -> None:
    for _ in range(MOST["address"] + 5):
        assert people.log_in(session, kari.email, PASSWORD, HERE) is kari


def test_a_town_hall_that_mistypes_all_day_is_never_held_out(session: Session) -> None:
    with ExitStack() as waiting:
        for number in range(MOST["address"] + 5):
            fail(session, f"ansatt{number}@eksempel.no", times=1)
            waiting.enter_context(clock.moved(timedelta(seconds=30)))


def test_ones_own_account_does_not_buy_more_tries_at_others(
    session: Session, kari: Account
) -> None:
    for number in range(MOST["address"]):
        fail(session, f"ansatt{number}@eksempel.no", times=1)
        if number % 10 == 0:
            people.log_in(session, kari.email, PASSWORD, HERE)
    with pytest.raises(TooManyAttempts):
        fail(session, "ansatt@eksempel.no", times=1)


def test_tries_made_at_once_are_all_counted(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    session.commit()
    looked_at: list[int] = []
    email = kari.email

    def guess() -> None:
        for _ in range(5):
            try:
                with sessions.begin() as own:
                    claim = login.claim(own, email, "feil passord her", address=HERE)
            except TooManyAttempts:
                continue
            looked_at.append(len(claim.counted))

    # the clock stands still, so that no wait is over before the last try
    with pytest.MonkeyPatch.context() as patch:
        moment = clock.now()
        patch.setattr(clock, "now", lambda: moment)
        together(guess, 4)
    assert len(looked_at) == FREE


def together(work: Callable[[], None], threads: int) -> None:
    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_what_counts_the_tries_does_not_tell_whose_they_were(
    session: Session, kari: Account
) -> None:
    fail(session, kari.email, times=1)
    rows = session.execute(text("SELECT * FROM login_attempt")).all()
    assert len(rows) == 3
    assert kari.email not in str(rows)
    assert HERE not in str(rows)


def test_counts_that_are_over_are_forgotten_and_others_are_not(
    session: Session, kari: Account
) -> None:
    fail(session, kari.email, times=1)
    attempts.forget(session)
    assert len(session.scalars(select(LoginAttempt)).all()) == 3
    with clock.moved(STRETCH):
        attempts.forget(session)
    assert session.scalars(select(LoginAttempt)).all() == []


def test_a_clock_that_was_wrong_for_a_while_holds_nobody_out(
    session: Session, kari: Account
) -> None:
    with clock.moved(timedelta(days=35)):
        assert people.log_in(session, kari.email, PASSWORD, HERE) == kari
        fail(session, kari.email, times=FREE)
    assert people.log_in(session, kari.email, PASSWORD, HERE) == kari


@pytest.mark.parametrize(("wrong", "waits"), [(29, False), (30, True), (31, True)])
def test_so_many_wrong_codes_in_a_row_are_enough_for_a_day(
    session: Session, wrong: int, waits: bool
) -> None:
    for n in range(min(wrong, MOST["code"])):  # each from another place
        attempts.count(session, "en konto", address=f"192.0.2.{n}", code=True)
    if waits:
        with clock.moved(timedelta(hours=23)), pytest.raises(TooManyAttempts):
            attempts.count(session, "en konto", address=HERE, code=True)
    else:
        tries = attempts.count(session, "en konto", address=HERE, code=True)
        attempts.forgive(session, tries)
    with clock.moved(timedelta(hours=25)):
        attempts.count(session, "en konto", address=HERE, code=True)


def test_a_right_code_ends_the_row_of_wrong_ones(session: Session) -> None:
    def try_a_code(number: int) -> list[attempts.Counted]:
        return attempts.count(session, "en konto", address=f"192.0.2.{number}", code=True)

    for number in range(MOST["code"] - 1):
        try_a_code(number)
    attempts.forgive(session, try_a_code(100))
    for number in range(MOST["code"] - 1):
        try_a_code(101 + number)


def test_a_try_that_is_taken_back_when_its_stretch_is_over_buys_no_other(session: Session) -> None:
    first = attempts.count(session, "en konto", address=HERE)
    with clock.moved(STRETCH + timedelta(seconds=1)):
        second = attempts.count(session, "en konto", address=HERE)
        attempts.forgive(session, second)
        attempts.forgive(session, first)
    left = session.scalars(select(LoginAttempt.failures)).all()
    assert left == [0, 0]


def test_all_addresses_of_a_household_are_one(session: Session) -> None:
    for n in range(FREE):
        fail(session, "ingen@eksempel.no", times=1, address=f"2001:db8:1:2::{n:x}")
    with pytest.raises(TooManyAttempts):
        people.log_in(session, "ingen@eksempel.no", PASSWORD, "2001:db8:1:2:3:4:5:6")
    assert people.log_in(session, "ingen@eksempel.no", PASSWORD, "2001:db8:1:3::1") is None
