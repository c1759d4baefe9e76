"""The second factor: codes of now, each once; recovery codes, each once."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, profile
from formsvc.errors import InvalidAnswers, NotFound
from formsvc.models import Account, SecondFactor
from formsvc.services import attempts, second_factor
from formsvc.services.attempts import TooManyCodes
from formsvc.services.second_factor import STEP, totp


def code(session: Session, account: Account, steps: int = 0) -> str:
    """What the account's app shows, so many steps from now."""
    factor = session.get(SecondFactor, account.id)
    assert factor
    return totp(factor.secret or b"", int(clock.now().timestamp()) // STEP + steps)


@contextmanager
def later(steps: int) -> Iterator[None]:
    with clock.moved(timedelta(seconds=STEP * steps)):
        yield


def turn_on(session: Session, account: Account) -> list[str]:
    second_factor.begin(session, account)
    return second_factor.confirm(session, account, code(session, account))


@pytest.mark.parametrize(
    ("moment", "expected"),
    # RFC 6238, appendix B, the last six digits
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(moment: int, expected: str) -> None:
    assert totp(b"12345678901234567890", moment // STEP) == expected


def test_nothing_is_asked_for_before_the_first_right_code(session: Session, kari: Account) -> None:
    assert not second_factor.active(session, kari)
    second_factor.begin(session, kari)
    assert not second_factor.active(session, kari)
    with pytest.raises(InvalidAnswers):
        second_factor.confirm(session, kari, "000000 000")
    assert not second_factor.active(session, kari)
    second_factor.confirm(session, kari, code(session, kari))
    assert second_factor.active(session, kari)


def test_a_code_lets_in_once(session: Session, kari: Account) -> None:
    turn_on(session, kari)
    assert not second_factor.accept(session, kari, code(session, kari)), "used to turn it on"
    with later(1):
        shown = code(session, kari)
        assert second_factor.accept(session, kari, f" {shown[:3]} {shown[3:]} ")
        assert not second_factor.accept(session, kari, shown)


@pytest.mark.parametrize(
    ("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off_and_no_more(
    session: Session, kari: Account, steps: int, right: bool
) -> None:
    turn_on(session, kari)
    with later(10):
        assert second_factor.accept(session, kari, code(session, kari, steps)) is right


def test_after_a_code_those_before_it_are_used_up(session: Session, kari: Account) -> None:
    turn_on(session, kari)
    with later(10):
        assert second_factor.accept(session, kari, code(session, kari, 1))
        assert not second_factor.accept(session, kari, code(session, kari, 0))
        assert not second_factor.accept(session, kari, code(session, kari, -1))


@pytest.mark.parametrize("odd", ["", "x", "12345", "1234567", "１２３４５６", "\0", "æøå" * 1000])
def test_an_odd_code_is_only_wrong(session: Session, kari: Account, odd: str) -> None:
    turn_on(session, kari)
    assert not second_factor.accept(session, kari, odd)


def test_a_recovery_code_lets_in_once(session: Session, kari: Account, amir: Account) -> None:
    codes = turn_on(session, kari)
    turn_on(session, amir)
    assert len(set(codes)) == 10
    assert not second_factor.accept(session, amir, codes[0])
    assert second_factor.accept(session, kari, f" {codes[0].upper().replace('-', ' ')} ")
    assert not second_factor.accept(session, kari, codes[0])
    assert second_factor.recovery_codes_left(session, kari) == 9


def test_of_two_who_show_the_same_code_at_once_one_gets_in(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    recovery = turn_on(session, kari)[0]
    session.commit()
    account_id = kari.id
    with later(1):
        for shown in (code(session, kari), recovery):
            session.rollback()
            accepted: list[bool] = []
            start = threading.Barrier(4)

            def show(shown: str = shown, start: threading.Barrier = start) -> None:
                start.wait()
                with sessions.begin() as own:
                    right = second_factor.accept(own, own.get_one(Account, account_id), shown)
                accepted.append(right)  # noqa: B023

            threads = [threading.Thread(target=show) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert accepted.count(True) == 1


def test_reset_asks_for_no_code_any_more(session: Session, kari: Account) -> None:
    codes = turn_on(session, kari)
    second_factor.reset(session, kari)
    assert not second_factor.active(session, kari)
    assert not second_factor.accept(session, kari, codes[0])
    turn_on(session, kari)
    assert not second_factor.accept(session, kari, codes[0])


def test_one_that_is_on_is_not_begun_anew(session: Session, kari: Account) -> None:
    turn_on(session, kari)
    with pytest.raises(NotFound):
        second_factor.begin(session, kari)


def test_the_square_code_is_what_apps_read(session: Session, kari: Account) -> None:
    second_factor.begin(session, kari)
    factor = second_factor.waiting(session, kari)
    assert factor
    parts = urlsplit(second_factor.address(factor, kari))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    asked = parse_qs(parts.query)
    assert asked["issuer"] == ["Eksempel kommune"]
    assert base64.b32decode(asked["secret"][0]) == factor.secret
    assert len(factor.secret) == 20


def test_the_secret_and_the_codes_are_not_in_the_database(session: Session, kari: Account) -> None:
    codes = turn_on(session, kari)
    factor = session.get(SecondFactor, kari.id)
    assert factor
    assert factor.secret
    sealed = session.execute(text("SELECT secret FROM second_factor")).scalar_one()
    assert factor.secret not in bytes(sealed)
    rows = str(session.execute(text("SELECT * FROM recovery_code")).all())
    assert codes[0].replace("-", "") not in rows


def test_the_profile_says_of_which_roles_it_is_demanded(
    kari: Account, torbjorn: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not second_factor.demanded(torbjorn)
    demand(monkeypatch, "admin", "ke")
    assert second_factor.demanded(torbjorn)
    assert not second_factor.demanded(kari)


def demand(patch: pytest.MonkeyPatch, *roles: str) -> None:
    """Let the profile demand a second factor of some roles."""
    here = profile.current()
    accounts = replace(here.accounts, second_factor=frozenset(roles))
    patch.setattr(profile, "current", lambda: replace(here, accounts=accounts))


def test_a_right_recovery_code_ends_the_row_of_wrong_codes(session: Session, kari: Account) -> None:
    recovery_code, *_others = turn_on(session, kari)

    def try_a_code() -> None:
        attempts.count(session, str(kari.id), address="", device="kari's", code=True)

    for _wrong in range(attempts.MOST["code"]):
        with clock.moved(timedelta(minutes=2 * _wrong)):
            try_a_code()
    with clock.moved(timedelta(hours=2)):
        with pytest.raises(TooManyCodes):
            try_a_code()
        assert second_factor.accept(session, kari, recovery_code)
        try_a_code()
