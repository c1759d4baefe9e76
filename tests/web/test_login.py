"""Logging in and out."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.config import Settings
from formsvc.models import LoginAttempt
from formsvc.operations import demo
from formsvc.services.attempts import MOST
from formsvc.web import create_app, transaction
from tests import people
from tests.web.conftest import Visitor

WRONG = "E-postadressen eller passordet er feil"


@pytest.fixture(autouse=True)
def _kari_has_an_account(session: Session) -> None:
    people.employ(session, people.KARI)
    session.commit()


def main_of(page: str) -> str:
    """What stands between the head and the foot, without what differs every time."""
    inside = page[page.index("<main") : page.index("</main")]
    return re.sub(r'name="csrf_token" value="[^"]*"', "", inside)


def test_the_right_password_lets_in_and_log_out_lets_out(visitor: Visitor) -> None:
    page = visitor.get("/login?next=/account").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = visitor.post(
        "/login",
        data={
            "csrf_token": token[1],
            "email": people.KARI.email,
            "password": people.PASSWORD,
            "next": "/account",
        },
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert people.KARI.name in visitor.get("/account").text
    assert visitor.send("/logout").headers["Location"] == "/login"
    assert "Du er logget ut." in visitor.get("/login").text
    assert visitor.get("/account").status_code == 303


def test_the_e_mail_is_the_same_in_capitals(visitor: Visitor) -> None:
    answer = visitor.send("/login", email=" KARI@Eksempel.no ", password=people.PASSWORD)
    assert answer.status_code == 303


def test_an_unknown_e_mail_and_a_wrong_password_are_answered_alike(visitor: Visitor) -> None:
    known = visitor.send("/login", email=people.KARI.email, password="feil passord")
    unknown = visitor.send("/login", email=people.JONAS.email, password="feil passord")
    assert known.status_code == unknown.status_code == 422
    assert WRONG in known.text
    assert main_of(known.text).replace(people.KARI.email, "") == main_of(unknown.text).replace(
        people.JONAS.email, ""
    )


def test_a_refused_log_in_keeps_the_e_mail_and_forgets_the_password(visitor: Visitor) -> None:
    answer = visitor.send("/login", email=people.KARI.email, password="feil passord")
    assert f'value="{people.KARI.email}"' in answer.text
    assert "feil passord" not in answer.text
    assert "<title>Feil: " in answer.text
    assert 'href="#email"' in answer.text


def test_both_answers_are_asked_for(visitor: Visitor) -> None:
    answer = visitor.send("/login", email="", password="")
    assert answer.status_code == 422
    assert "Skriv e-postadressen din." in answer.text
    assert "Skriv passordet ditt." in answer.text


def test_the_session_is_a_new_one_after_the_log_in(visitor: Visitor) -> None:
    with visitor.session_transaction() as planted:
        planted["token"] = planted["planted"] = "by an attacker"
    before = visitor.csrf_token()
    visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)
    with visitor.session_transaction() as kept:
        assert "planted" not in kept
        assert kept["token"] != "by an attacker"
    assert visitor.post("/logout", data={"csrf_token": before}).status_code == 400


def test_a_copied_cookie_is_worth_nothing_after_the_log_out(app: Flask, karis: Visitor) -> None:
    cookie = karis.get_cookie("session")
    assert cookie
    thief = app.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/account").status_code == 200
    karis.send("/logout")
    assert thief.get("/account").status_code == 303


@pytest.fixture
def karis(visitor: Visitor) -> Visitor:
    visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)
    return visitor


@pytest.mark.parametrize(
    "address",
    [
        "https://ond.eksempel.no/",
        "//ond.eksempel.no",
        "/\\ond.eksempel.no",
        "/\t/ond.eksempel.no",
        "\n//ond.eksempel.no",
        "///ond.eksempel.no",
        "javascript:alert(1)",
        "ond.eksempel.no",
        "/no-such-page",
        "/logout",
        "",
    ],
)
def test_the_log_in_leads_on_only_to_pages_of_this_service(visitor: Visitor, address: str) -> None:
    answer = visitor.send("/login", email=people.KARI.email, password=people.PASSWORD, next=address)
    assert answer.headers["Location"] == "/"
    assert visitor.get("/login", query_string={"next": address}).headers["Location"] == "/"


def test_after_five_wrong_passwords_the_next_has_to_wait_a_little(visitor: Visitor) -> None:
    statuses = [
        visitor.send("/login", email=people.KARI.email, password=f"gjetning {n}").status_code
        for n in range(6)
    ]
    assert statuses == [422] * 5 + [429]
    answer = visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert "Vent ett sekund og prøv igjen." in answer.text
    assert f'value="{people.KARI.email}"' in answer.text
    with clock.moved(timedelta(seconds=1)):
        answer = visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)
        assert answer.status_code == 303


def test_a_class_that_logs_in_as_one_account_at_once_is_let_in(app: Flask) -> None:
    statuses: list[int] = []

    def log_in() -> None:
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        right = {"email": people.KARI.email, "password": people.PASSWORD}
        statuses.append(browser.send("/login", **right).status_code)

    threads = [threading.Thread(target=log_in) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 16


def test_a_stranger_who_guesses_holds_the_owner_out_of_no_browser_that_she_has_used(
    app: Flask, karis: Visitor
) -> None:
    karis.send("/logout")
    stranger = app.test_client()
    assert isinstance(stranger, Visitor)
    for n in range(MOST["e-mail"]):
        answer = stranger.post(
            "/login",
            data={
                "csrf_token": stranger.csrf_token(),
                "email": people.KARI.email,
                "password": f"gjetning {n}",
            },
            environ_base={"REMOTE_ADDR": f"192.0.2.{n}"},
        )
        assert answer.status_code == 422
    right = {"email": people.KARI.email, "password": people.PASSWORD}
    refused = stranger.send("/login", **right)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert karis.send("/login", **right).status_code == 303


@pytest.mark.parametrize("odd", ["\0", "a\0@eksempel.no", "x" * 100_000, "æ\u0301@", "🇳🇴", "%_'\\"])
def test_whatever_is_typed_into_the_log_in_is_only_wrong(visitor: Visitor, odd: str) -> None:
    assert visitor.send("/login", email=odd, password=odd).status_code == 422


def test_what_is_over_is_forgotten_at_the_next_log_in(visitor: Visitor, session: Session) -> None:
    over = LoginAttempt(key="x", failures=3, until=clock.now() - timedelta(minutes=1))
    session.add(over)
    session.commit()
    visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)
    assert session.scalar(select(LoginAttempt.key).where(LoginAttempt.key == "x")) is None


def test_the_demo_shows_its_log_ins(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    assert all(log_in.email in page for log_in in demo.LOG_INS)


def test_outside_the_demo_nobody_is_shown_a_log_in(settings: Settings) -> None:
    real = create_app(
        Settings(demo=False, secret_key="x" * 40, database_url=settings.database, https=False)
    )
    page = real.test_client().get("/login").text
    assert not any(log_in.email in page for log_in in demo.LOG_INS)
    assert "demo" not in page.lower()
    transaction.dispose(real)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_browsers_with_yesterdays_log_in_are_let_in_together(app: Flask) -> None:
    browsers = []
    for _ in range(8):
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        browser.send("/login", email=people.KARI.email, password=people.PASSWORD)
        browsers.append(browser)
    statuses: list[int] = []
    start = threading.Barrier(len(browsers))

    def again(browser: Visitor) -> None:
        start.wait()
        right = {"email": people.KARI.email, "password": people.PASSWORD}
        statuses.append(browser.send("/login", **right).status_code)

    with clock.moved(timedelta(days=1)):
        threads = [threading.Thread(target=again, args=(browser,)) for browser in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert statuses == [303] * 8, "none has waited for the turn that another one held"


def test_a_browser_that_colleagues_share_remembers_each_of_them(
    session: Session, visitor: Visitor
) -> None:
    people.employ(session, people.LIV)
    session.commit()
    shared = visitor
    for employee in (people.LIV, *[people.KARI] * 6):
        shared.send("/logout")
        shared.send("/login", email=employee.email, password=people.PASSWORD)
    cookie = shared.get_cookie("device")
    assert cookie
    assert len(cookie.value.split("_")) == 2
