"""One's own account: where one is logged in, keys for programs, another password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.models import Account, LoginSession
from formsvc.services import api_tokens
from formsvc.web import device, transaction
from tests import people
from tests.web.conftest import Visitor

NEW = "Seks røde hester i fjæra"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/143.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (CHROME, "Chrome/Windows"),
        (CHROME + " Edg/143.0.0.0", "Edge/Windows"),
        (IPHONE, "Safari/iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox/Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_coarsely(app: Flask, agent: str, kind: str) -> None:
    with app.test_request_context(headers={"User-Agent": agent}):
        assert device.family() == kind


def another_browser(app: Flask, agent: str = CHROME) -> Visitor:
    other = app.test_client()
    assert isinstance(other, Visitor)
    other.environ_base["HTTP_USER_AGENT"] = agent
    answer = other.send("/login", email=people.KARI.email, password=people.PASSWORD)
    assert answer.status_code == 303
    return other


def test_one_sees_where_one_is_logged_in_and_ends_one(app: Flask, as_kari: Visitor) -> None:
    other = another_browser(app)
    page = as_kari.get("/account").text
    assert "Chrome på Windows" in page
    assert page.count("Denne nettleseren") == 1
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    assert as_kari.send("/account/sessions/end", key=key[1]).status_code == 303
    assert other.get("/account").status_code == 303
    assert as_kari.get("/account").status_code == 200


def test_all_others_are_ended_at_once(app: Flask, as_kari: Visitor) -> None:
    others = [another_browser(app), another_browser(app)]
    as_kari.send("/account/sessions/end-others")
    assert [other.get("/account").status_code for other in others] == [303, 303]
    assert as_kari.get("/account").status_code == 200


def test_nobody_ends_anybody_elses_log_in(
    as_kari: Visitor, as_amir: Visitor, session: Session
) -> None:
    keys = session.scalars(select(LoginSession.token_hash)).all()
    session.rollback()
    for key in keys:
        as_amir.send("/account/sessions/end", key=key)
    assert as_kari.get("/account").status_code == 200
    assert as_amir.get("/account").status_code == 303


def test_a_browser_in_use_stays_logged_in_and_an_idle_one_does_not(as_kari: Visitor) -> None:
    for half_hours in range(1, 6):
        with clock.moved(timedelta(minutes=30 * half_hours)):
            assert as_kari.get("/account").status_code == 200
    with clock.moved(timedelta(minutes=30 * 5 + 59)):
        assert as_kari.get("/account").status_code == 200
    with clock.moved(timedelta(minutes=30 * 5 + 59 + 60)):
        assert as_kari.get("/account").status_code == 303


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the other locks rows, not files
def test_that_nothing_can_be_noted_stops_no_page(
    app: Flask, as_kari: Visitor, session: Session
) -> None:
    session.execute(update(Account).values(unit="PPT"))  # another one writes, and takes its time
    with clock.moved(timedelta(minutes=2)), pytest.MonkeyPatch.context() as patch:
        patch.setattr("formsvc.db.PATIENCE", 10)
        transaction.dispose(app)  # connections that are opened from now on wait no longer
        assert as_kari.get("/account").status_code == 200
    session.rollback()


# Keys for programs


def test_a_key_is_shown_once_and_lets_a_program_in_until_it_is_ended(
    as_kari: Visitor, visitor: Visitor
) -> None:
    page = as_kari.send("/account/tokens", label="Fagsystemet").text
    token = re.search(r"formsvc_[\w-]{43}", page)
    assert token
    call = {"Authorization": f"Bearer {token[0]}"}
    address = "/api/v1/render/consent"
    assert visitor.post(address, json={}, headers=call).status_code == 422
    page = as_kari.get("/account").text
    assert token[0] not in page
    assert "Fagsystemet" in page
    assert clock.today().strftime("sist brukt %d.%m.%Y") in page
    row = re.search(r"/account/tokens/([\w-]+)/end", page)
    assert row
    assert as_kari.send(row[0]).status_code == 303
    assert visitor.post(address, json={}, headers=call).status_code == 401


def test_a_key_says_what_it_is_for(as_kari: Visitor) -> None:
    answer = as_kari.send("/account/tokens", label=" ")
    assert answer.status_code == 422
    assert "Skriv kort hva nøkkelen skal brukes til." in answer.text


def test_nobody_ends_anybody_elses_key(as_kari: Visitor, session: Session, amir: Account) -> None:
    token = api_tokens.issue(session, amir, "Amirs")
    row = api_tokens.listed(session, amir)[0]
    session.commit()
    assert as_kari.send(f"/account/tokens/{row.id}/end").status_code == 404
    assert api_tokens.find(session, token)


# Another password


def change(visitor: Visitor, old: str, new: str, again: str | None = None) -> tuple[int, str]:
    typed = {"old": old, "password": new, "again": new if again is None else again}
    answer = visitor.send("/account/password", **typed)
    return answer.status_code, answer.text


def test_one_changes_ones_password_and_other_browsers_are_logged_out(
    app: Flask, as_kari: Visitor, visitor: Visitor
) -> None:
    other = another_browser(app)
    assert change(as_kari, people.PASSWORD, NEW)[0] == 303
    assert "Passordet er byttet." in as_kari.get("/account").text
    assert other.get("/account").status_code == 303
    right = {"email": people.KARI.email, "password": NEW}
    assert visitor.send("/login", **right).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        ("feil passord her", NEW, NEW, "Passordet er ikke det du har nå."),
        ("", NEW, NEW, "Skriv passordet du har nå."),
        (people.PASSWORD, "kort", "kort", "mellom 12 og 200 tegn"),
        (people.PASSWORD, "KariNygård2026", "KariNygård2026", "lett å gjette"),
        (people.PASSWORD, NEW, NEW + "!", "De to passordene er ikke like."),
        (people.PASSWORD, "", "", "Skriv et nytt passord."),
    ],
)
def test_a_password_is_not_changed_by_mistake(
    as_kari: Visitor, old: str, new: str, again: str, told: str
) -> None:
    status, page = change(as_kari, old, new, again)
    assert status == 422
    assert told in page
    assert "<title>Feil: " in page
    assert NEW not in page
    assert as_kari.get("/account").status_code == 200


def test_whoever_sits_down_at_an_open_browser_cannot_guess_the_old_password(
    as_kari: Visitor,
) -> None:
    statuses = [change(as_kari, f"gjetning nummer {n}", NEW)[0] for n in range(6)]
    assert statuses == [422] * 5 + [429]
    assert change(as_kari, people.PASSWORD, NEW)[0] == 429


def test_changing_is_for_those_who_are_logged_in(visitor: Visitor) -> None:
    assert visitor.get("/account/password").headers["Location"].startswith("/login")
