"""The second factor in the pages: turned on, asked for, demanded, turned off."""

from __future__ import annotations

import base64
import re

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.models import Account, Event, RecoveryCode, SecondFactor
from formsvc.services import attempts, second_factor, trail
from formsvc.services.second_factor import STEP, totp
from formsvc.services.trail import Wanted
from tests import people
from tests.services.test_second_factor import demand, later
from tests.web.conftest import Visitor

RIGHT = {"email": people.KARI.email, "password": people.PASSWORD}


def shown(secret: str) -> str:
    """What the app shows now."""
    return totp(base64.b32decode(secret), int(clock.now().timestamp()) // STEP)


def turn_on(visitor: Visitor) -> tuple[str, list[str]]:
    """Turn it on; the answer is the secret and the recovery codes."""
    visitor.send("/second-factor/begin")
    page = visitor.get("/second-factor").text
    assert "<svg" in page
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", page)
    assert secret
    page = visitor.send("/second-factor/confirm", code=shown(secret[1])).text
    codes = re.findall(r"<code>([\w-]{14})</code>", page)
    assert len(codes) == 10
    return secret[1], codes


@pytest.fixture
def secret(as_kari: Visitor) -> str:
    """The secret in the phone of Kari, who is logged out again."""
    made, _codes = turn_on(as_kari)
    as_kari.send("/logout")
    return made


def test_after_the_password_a_code_is_asked_for(as_kari: Visitor, secret: str) -> None:
    answer = as_kari.send("/login", **RIGHT, next="/account")
    assert answer.headers["Location"] == "/login/code?next=/account"
    assert as_kari.get("/account").status_code == 303, "half a log-in opens nothing"
    assert as_kari.get("/second-factor").headers["Location"] == "/login/code"
    assert as_kari.send("/login/code", code="000000").status_code == 422
    with later(1):
        answer = as_kari.send("/login/code", code=shown(secret), next="/account")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
        assert as_kari.get("/account").status_code == 200


def test_a_code_is_good_once_also_for_another_browser(
    as_kari: Visitor, visitor: Visitor, secret: str
) -> None:
    with later(1):
        for browser, status in ((as_kari, 303), (visitor, 422)):
            browser.send("/login", **RIGHT)
            assert browser.send("/login/code", code=shown(secret)).status_code == status


def test_a_copied_half_log_in_is_worth_nothing_after_the_code(
    as_kari: Visitor, visitor: Visitor, secret: str
) -> None:
    as_kari.send("/login", **RIGHT)
    cookie = as_kari.get_cookie("session")
    assert cookie
    visitor.set_cookie("session", cookie.value)
    assert visitor.get("/login/code").status_code == 200
    with later(1):
        as_kari.send("/login/code", code=shown(secret))
    assert visitor.get("/login/code").status_code == 303


def test_half_a_log_in_turns_nothing_off(as_kari: Visitor, secret: str, session: Session) -> None:
    as_kari.send("/login", **RIGHT)
    with later(1):
        answer = as_kari.send("/second-factor/off", code=shown(secret))
    assert answer.headers["Location"].startswith("/login")
    assert session.scalars(select(SecondFactor)).all()


def test_a_recovery_code_lets_in_once(as_kari: Visitor) -> None:
    _secret, codes = turn_on(as_kari)
    for status in (303, 422):
        as_kari.send("/logout")
        as_kari.send("/login", **RIGHT)
        assert as_kari.send("/login/code", code=codes[0]).status_code == status


def test_codes_are_guessed_no_faster_than_passwords(
    as_kari: Visitor, secret: str, session: Session
) -> None:
    as_kari.send("/login", **RIGHT)
    answers = [as_kari.send("/login/code", code=f"00000{n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    wrong = trail.find(session, Wanted(what="log_in_failed"), most=10)
    assert [event.keys for event in wrong] == [{"factor": "code"}] * 5
    session.rollback()
    with later(1):
        assert as_kari.send("/login/code", code=shown(secret)).status_code == 303


def guessed(session: Session, *, times: int) -> None:
    """Let somebody guess at Kari's codes, each time from another place."""
    account = session.scalars(select(Account).where(Account.email == people.KARI.email)).one()
    for n in range(times):
        attempts.count(session, str(account.id), address=f"198.51.100.{n}", code=True)
    session.commit()


@pytest.mark.parametrize(("wrong", "looked_at"), [(29, True), (30, False), (31, False)])
def test_after_30_wrong_codes_a_recovery_code_still_lets_in(
    as_kari: Visitor, session: Session, wrong: int, looked_at: bool
) -> None:
    secret, recovery = turn_on(as_kari)
    as_kari.send("/logout")
    guessed(session, times=min(wrong, 30))
    as_kari.send("/login", **RIGHT)
    with later(1):
        for _ in range(wrong - 30):
            assert as_kari.send("/login/code", code="000000").status_code == 429
        answer = as_kari.send("/login/code", code=shown(secret))
        assert answer.status_code == (303 if looked_at else 429)
        if looked_at:
            return
        assert "Vent 24 timer og prøv igjen. En reservekode på tolv tegn" in answer.text
        assert as_kari.send("/login/code", code=recovery[0]).status_code == 303
        as_kari.send("/logout")
        as_kari.send("/login", **RIGHT)
        answer = as_kari.send("/login/code", code=shown(secret))
        assert answer.status_code == 303, "a right code ends the row of wrong ones"


def test_without_recovery_codes_none_are_spoken_of(as_kari: Visitor, session: Session) -> None:
    turn_on(as_kari)
    as_kari.send("/logout")
    session.execute(delete(RecoveryCode))
    guessed(session, times=30)
    as_kari.send("/login", **RIGHT)
    answer = as_kari.send("/login/code", code="000000")
    assert answer.status_code == 429
    assert "En reservekode på tolv tegn" not in answer.text


def test_recovery_codes_are_guessed_no_faster_than_passwords(
    as_kari: Visitor, session: Session
) -> None:
    _secret, recovery = turn_on(as_kari)
    as_kari.send("/logout")
    guessed(session, times=30)
    as_kari.send("/login", **RIGHT)
    wrong = [as_kari.send("/login/code", code=f"aaaa-aaaa-aaa{n}") for n in range(2, 8)]
    assert [answer.status_code for answer in wrong] == [422] * 5 + [429]
    assert "Vent ett sekund" in wrong[-1].text
    assert "En reservekode på tolv tegn" not in wrong[-1].text, "it would have to wait as well"
    with later(1):
        assert as_kari.send("/login/code", code=recovery[0]).status_code == 303


def test_to_turn_it_off_a_recovery_code_is_looked_at_after_30_wrong_codes(
    as_kari: Visitor, session: Session
) -> None:
    _secret, recovery = turn_on(as_kari)
    guessed(session, times=30)
    answer = as_kari.send("/second-factor/off", code="000000")
    assert answer.status_code == 429
    assert "En reservekode på tolv tegn" in answer.text
    assert as_kari.send("/second-factor/off", code=recovery[0]).status_code == 303


def test_a_new_password_does_not_turn_it_off(as_kari: Visitor, secret: str) -> None:
    as_kari.send("/login", **RIGHT)
    with later(1):
        as_kari.send("/login/code", code=shown(secret))
    new = "Seks røde hester i fjæra"
    as_kari.send("/account/password", old=people.PASSWORD, password=new, again=new)
    as_kari.send("/logout")
    answer = as_kari.send("/login", email=people.KARI.email, password=new)
    assert answer.headers["Location"].startswith("/login/code")


def test_the_code_page_is_for_those_who_have_shown_a_password(visitor: Visitor) -> None:
    assert visitor.get("/login/code").headers["Location"].startswith("/login")
    assert visitor.send("/login/code", code="000000").status_code == 303
    for page in ("begin", "confirm"):
        assert visitor.send(f"/second-factor/{page}").headers["Location"] == "/login"


def test_it_is_turned_off_by_a_code_and_nothing_less(as_kari: Visitor, session: Session) -> None:
    secret, _codes = turn_on(as_kari)
    assert as_kari.send("/second-factor/off", code="").status_code == 422
    assert as_kari.send("/second-factor/off", code="000000").status_code == 422
    assert session.scalars(select(SecondFactor)).all()
    session.rollback()
    with later(1):
        assert as_kari.send("/second-factor/off", code=shown(secret)).status_code == 303
    assert session.scalars(select(SecondFactor)).all() == []


def test_to_turn_it_on_logs_ones_other_browsers_out(as_kari: Visitor, visitor: Visitor) -> None:
    visitor.send("/login", **RIGHT)
    assert visitor.get("/account").status_code == 200
    turn_on(as_kari)
    assert visitor.get("/account").status_code == 303
    assert as_kari.get("/account").status_code == 200


def test_nobody_is_logged_out_by_the_code_that_completes_a_log_in(
    as_kari: Visitor, secret: str, session: Session
) -> None:
    as_kari.send("/login", **RIGHT)
    with later(1):
        as_kari.send("/login/code", code=shown(secret))
    acts = session.scalars(select(Event.what).order_by(Event.seq)).all()
    assert acts == ["logged_in", "second_factor_added", "logged_out", "logged_in"]


def test_a_wrong_first_code_does_not_turn_it_on(as_kari: Visitor) -> None:
    as_kari.send("/second-factor/begin")
    answer = as_kari.send("/second-factor/confirm", code="000000")
    assert answer.status_code == 422
    assert "Koden er feil eller brukt." in answer.text
    assert "<svg" in answer.text, "the square is still there to be read"
    as_kari.send("/logout")
    assert as_kari.send("/login", **RIGHT).headers["Location"] == "/"


# Demanded


@pytest.fixture
def _demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    demand(monkeypatch, "referent")


@pytest.mark.usefixtures("_demanded")
def test_whoever_gave_30_wrong_codes_begins_anew_when_an_administrator_has_helped(
    visitor: Visitor, kari: Account, session: Session
) -> None:
    session.commit()
    visitor.send("/login", **RIGHT)
    turn_on(visitor)
    visitor.send("/logout")
    visitor.send("/login", **RIGHT)
    guessed(session, times=attempts.MOST["code"])
    assert visitor.send("/login/code", code="000000").status_code == 429
    second_factor.reset(session, kari)
    session.commit()
    visitor.send("/login", **RIGHT)
    turn_on(visitor)
    assert visitor.get("/account").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_where_it_is_demanded_the_next_log_in_turns_it_on(
    visitor: Visitor, kari: Account, session: Session
) -> None:
    session.commit()
    answer = visitor.send("/login", **RIGHT, next="/account")
    assert answer.headers["Location"] == "/second-factor?next=/account"
    assert "Kommunen krever totrinns innlogging" in visitor.get("/second-factor").text
    assert visitor.get("/account").status_code == 303
    secret, _codes = turn_on(visitor)
    acts = session.scalars(select(Event.what).order_by(Event.seq)).all()
    assert acts == ["second_factor_added", "logged_in"]
    session.rollback()
    assert visitor.get("/account").status_code == 200
    assert "kan ikke slås av" in visitor.get("/second-factor").text
    with later(1):
        assert visitor.send("/second-factor/off", code=shown(secret)).status_code == 422
    visitor.send("/logout")
    assert visitor.send("/login", **RIGHT).headers["Location"] == "/login/code"


@pytest.mark.usefixtures("_demanded")
def test_other_roles_are_asked_for_nothing(
    visitor: Visitor, amir: Account, session: Session
) -> None:
    session.commit()
    answer = visitor.send("/login", email=people.AMIR.email, password=people.PASSWORD)
    assert answer.headers["Location"] == "/"
