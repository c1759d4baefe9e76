"""Everybody's accounts: whoever looks after the service lets people in and out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc.config import Settings
from formsvc.models import Account
from formsvc.services import accounts, api_tokens, login_sessions
from formsvc.web import create_app, transaction
from tests import people
from tests.people import Employee
from tests.services.test_second_factor import turn_on
from tests.web.conftest import Visitor

NEW = "Seks røde hester i fjæra"
NORA = {
    "email": "nora.lie@eksempel.no",
    "name": "Nora Lie",
    "role": "coordinator",
    "title": "Koordinator",
    "service": "PPT",
    "unit": "Heidal",
    "phone": "61 70 00 00",
}


def link_in(page: str) -> str:
    link = re.search(r"http://localhost(/password/[\w-]{43})", page)
    assert link, page
    return link[1]


def invite(admin: Visitor, **changes: str) -> str:
    return link_in(admin.send("/accounts/invite", **NORA | changes).text)


@pytest.mark.parametrize("address", ["", "https://skjema.eksempel.no"])
def test_a_link_begins_with_the_address_of_the_service_whatever_the_request_says(
    address: str, settings: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.employ(session, people.TORBJORN)
    session.commit()
    app = create_app(replace(settings, address=address))
    app.test_client_class = Visitor
    admin = app.test_client()
    assert isinstance(admin, Visitor)
    served, host = app.wsgi_app, {"HTTP_HOST": "angriper.eksempel.no"}
    monkeypatch.setattr(app, "wsgi_app", lambda environ, start: served(environ | host, start))
    admin.send("/login", email=people.TORBJORN.email, password=people.PASSWORD)
    page = admin.send("/accounts/invite", **NORA).text
    begin = re.escape(address or "http://angriper.eksempel.no")
    assert re.search(begin + r"/password/[\w-]{43}", page), page
    transaction.dispose(app)


def choose(visitor: Visitor, link: str, password: str = NEW) -> tuple[int, str]:
    answer = visitor.send(link, password=password, again=password)
    return answer.status_code, answer.text


def log_in(visitor: Visitor, email: str, password: str = NEW) -> int:
    return visitor.send("/login", email=email, password=password).status_code


def address_of(session: Session, email: str) -> str:
    session.rollback()
    found = accounts.by_email(session, email).id
    session.rollback()  # an open transaction would hold up the service
    return f"/accounts/{found}"


def test_somebody_is_invited_chooses_a_password_and_logs_in(
    as_torbjorn: Visitor, visitor: Visitor, session: Session
) -> None:
    link = invite(as_torbjorn)
    assert log_in(visitor, NORA["email"], "") == 422
    assert "Velg et passord" in visitor.get(link).text
    assert visitor.get(link).status_code == 200, "a GET never uses it up"
    assert choose(visitor, link)[0] == 303
    assert log_in(visitor, NORA["email"]) == 303
    assert visitor.get(link).status_code == 410
    page = as_torbjorn.get(address_of(session, NORA["email"])).text
    assert all(value in page for name, value in NORA.items() if name != "role")
    assert "aldri" not in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"email": "nora"}, "Skriv en e-postadresse"),
        ({"email": people.TORBJORN.email}, "har allerede en konto"),
        ({"name": " "}, "Skriv navnet på den ansatte."),
        ({"role": "boss"}, "Velg en av rollene"),
        ({"phone": "ring meg"}, "bare tall"),
        ({"title": "x" * 201}, "høyst 200 tegn"),
    ],
)
def test_an_invitation_that_is_not_whole_keeps_what_was_typed(
    as_torbjorn: Visitor, session: Session, changes: dict[str, str], told: str
) -> None:
    answer = as_torbjorn.send("/accounts/invite", **NORA | changes)
    assert answer.status_code == 422
    assert told in answer.text
    assert NORA["unit"] in answer.text
    session.rollback()
    assert session.scalar(select(Account).where(Account.email == NORA["email"])) is None


@pytest.mark.parametrize(("password", "told"), [("kort", "12 og 200"), ("NoraLie123456", "gjette")])
def test_a_refused_password_does_not_use_the_link_up(
    as_torbjorn: Visitor, visitor: Visitor, password: str, told: str
) -> None:
    link = invite(as_torbjorn)
    status, page = choose(visitor, link, password)
    assert status == 422
    assert told in page
    assert choose(visitor, link)[0] == 303


def test_a_new_link_takes_the_place_of_the_old_one(
    as_torbjorn: Visitor, visitor: Visitor, session: Session
) -> None:
    old = invite(as_torbjorn)
    new = link_in(as_torbjorn.send(address_of(session, NORA["email"]) + "/link").text)
    assert choose(visitor, old)[0] == 410
    assert choose(visitor, new)[0] == 303


def test_a_link_that_is_over_says_what_to_do(visitor: Visitor) -> None:
    answer = visitor.get("/password/unknown")
    assert answer.status_code == 410
    assert "Be om en ny lenke." in answer.text


def test_two_who_use_a_link_at_once_are_not_both_let_through(
    app: Flask, as_torbjorn: Visitor, session: Session
) -> None:
    link = invite(as_torbjorn)
    statuses: list[int] = []

    def use(password: str) -> None:
        browser = app.test_client()
        assert isinstance(browser, Visitor)
        statuses.append(choose(browser, link, password)[0])

    threads = [threading.Thread(target=use, args=[f"{NEW} nummer {n}"]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 410, 410, 410]


def test_a_forgotten_password_is_reset_by_a_link(
    as_torbjorn: Visitor, as_kari: Visitor, visitor: Visitor, session: Session
) -> None:
    assert "systemansvarlig@eksempel.no" in visitor.get("/login/forgotten").text
    link = link_in(as_torbjorn.send(address_of(session, people.KARI.email) + "/link").text)
    assert choose(visitor, link)[0] == 303
    assert as_kari.get("/account").status_code == 303, "logged out"
    assert log_in(visitor, people.KARI.email, people.PASSWORD) == 422
    assert log_in(visitor, people.KARI.email) == 303


def test_an_account_is_changed(as_torbjorn: Visitor, as_kari: Visitor, session: Session) -> None:
    address = address_of(session, people.KARI.email)
    changes = {"name": "Kari Nygård Moen", "role": "ke", "unit": "Oppvekst"}
    assert as_torbjorn.send(address, **changes).status_code == 303
    page = as_kari.get("/account").text
    assert all(words in page for words in ("Kari Nygård Moen", "Koordinerende enhet", "Oppvekst"))
    refused = as_torbjorn.send(address, **changes | {"name": ""})
    assert refused.status_code == 422
    assert "Skriv navnet på den ansatte." in refused.text


def test_whoever_has_left_is_logged_out_at_once_and_let_in_again_when_they_come_back(
    as_torbjorn: Visitor, as_kari: Visitor, session: Session
) -> None:
    address = address_of(session, people.KARI.email)
    as_torbjorn.send(f"{address}/close")
    assert as_kari.get("/account").status_code == 303
    assert log_in(as_kari, people.KARI.email, people.PASSWORD) == 422
    assert "Kontoen er avsluttet" in as_torbjorn.get(address).text
    as_torbjorn.send(f"{address}/reopen")
    assert log_in(as_kari, people.KARI.email, people.PASSWORD) == 303


def test_the_only_administrator_cannot_shut_everybody_out(
    as_torbjorn: Visitor, session: Session
) -> None:
    address = address_of(session, people.TORBJORN.email)
    assert as_torbjorn.send(f"{address}/close").status_code == 303
    assert "den eneste administratoren" in as_torbjorn.get(address).text
    demoted = as_torbjorn.send(address, name="Torbjørn Aas", role="ke")
    assert demoted.status_code == 409
    assert "den eneste administratoren" in demoted.text
    assert as_torbjorn.get("/accounts/").status_code == 200


def test_everything_of_an_account_is_ended(
    as_torbjorn: Visitor, as_kari: Visitor, session: Session
) -> None:
    token = api_tokens.issue(session, accounts.by_email(session, people.KARI.email), "Fagsystemet")
    session.commit()
    address = address_of(session, people.KARI.email)
    assert "Fagsystemet" in as_torbjorn.get(address).text
    as_torbjorn.send(f"{address}/sessions/end")
    assert as_kari.get("/account").status_code == 303
    session.rollback()
    assert api_tokens.find(session, token) is None


def test_somebody_who_has_lost_their_phone_is_asked_for_no_code(
    as_torbjorn: Visitor, as_kari: Visitor, session: Session
) -> None:
    turn_on(session, accounts.by_email(session, people.KARI.email))
    session.commit()
    address = address_of(session, people.KARI.email)
    as_torbjorn.send(f"{address}/second-factor/reset")
    assert as_kari.get("/account").status_code == 303, "logged out"
    assert (
        as_kari.send("/login", email=people.KARI.email, password=people.PASSWORD).headers[
            "Location"
        ]
        == "/"
    )


def test_the_list_is_searched_and_paged_without_a_name_in_the_address(
    as_torbjorn: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PAGE", 2)
    for employee in (people.KARI, people.AMIR, people.LIV):
        people.employ(session, employee)
    session.commit()
    page = as_torbjorn.get("/accounts/").text
    assert "Amir Haddad" in page
    assert people.TORBJORN.email not in page
    after = re.search(r'name="after" value="([^"]+)"', page)
    assert after
    assert people.TORBJORN.email in as_torbjorn.send("/accounts/", search="", after=after[1]).text
    assert as_torbjorn.send("/accounts/", after="x").status_code == 200
    only = as_torbjorn.send("/accounts/", search="ødegård").text
    assert "Liv Ødegård" in only
    assert "Amir Haddad" not in only
    assert "Ingen kontoer passer" in as_torbjorn.send("/accounts/", search="finnes ikke").text


def test_an_account_that_is_not_there_is_not_found(as_torbjorn: Visitor) -> None:
    nobody = "/accounts/00000000-0000-0000-0000-000000000000"
    for act in ("", "/link", "/close", "/reopen", "/sessions/end", "/second-factor/reset"):
        assert as_torbjorn.send(nobody + act).status_code == 404


@pytest.mark.parametrize("employee", [people.KARI, people.AMIR, people.LIV])
def test_nobody_but_an_administrator_changes_an_account(
    log_in: Callable[[Employee], Visitor], session: Session, employee: Employee
) -> None:
    visitor = log_in(employee)
    address = address_of(session, employee.email)
    for act in ("", "/link", "/close", "/reopen", "/sessions/end", "/second-factor/reset"):
        answer = visitor.send(address + act, name="X", role="admin")
        assert answer.status_code == 403, act
    assert visitor.send("/accounts/invite", **NORA).status_code == 403
    session.rollback()
    assert accounts.by_email(session, employee.email).role == employee.role
    assert login_sessions.listed(session, accounts.by_email(session, employee.email))


@pytest.mark.parametrize("odd", ["\0", "x" * 100_000, "æ\u0301", "%", "' OR 1=1 --", "🇳🇴", "\r\n"])
def test_whatever_is_typed_is_a_search_or_a_refusal_and_never_a_fault(
    as_torbjorn: Visitor, session: Session, odd: str
) -> None:
    address = address_of(session, people.TORBJORN.email)
    typed = dict.fromkeys(NORA, odd)
    assert as_torbjorn.send("/accounts/", search=odd, after=odd).status_code == 200
    assert as_torbjorn.send("/accounts/invite", **typed).status_code == 422
    assert as_torbjorn.send(address, **typed).status_code in (409, 422)
    assert as_torbjorn.send("/account/sessions/end", key=odd).status_code == 303
    assert as_torbjorn.send("/account/tokens", label=odd).status_code in (200, 422)
    assert as_torbjorn.send("/second-factor/confirm", code=odd).status_code == 422
    refused = (400,) if "\0" in odd else (404, 410)  # an address with a NUL is none
    assert as_torbjorn.get(f"/password/{odd.strip() or 'x'}"[:500]).status_code in refused
