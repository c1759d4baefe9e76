"""A colleague is found, given access, shown, and shut out again, without a line of JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import kinds
from formsvc.models import Account, Draft, Share
from tests import people, stored
from tests.people import Employee
from tests.samples import load
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY

LogIn = Callable[[Employee], Visitor]


@pytest.fixture
def draft_page(log_in: LogIn, session: Session) -> tuple[Visitor, str]:
    """Kari's browser, and the address at which she shares a draft."""
    kari = log_in(people.KARI)
    author = session.scalars(select(Account)).one()
    row = stored.begun(session, author)
    people.employ(session, people.AMIR)
    session.commit()
    return kari, f"/papers/drafts/{row.id}/share"


def offered(page: str) -> list[str]:
    return re.findall(r'name="to"\s+value="([0-9a-f-]{36})"', page)


def test_a_colleague_is_found_and_given_access_and_it_is_ended(
    draft_page: tuple[Visitor, str], log_in: LogIn, session: Session
) -> None:
    kari, address = draft_page
    assert "Bare du har tilgang." in kari.get(address).text
    found = kari.send(address, colleague="haddad")
    assert found.status_code == 200
    (amir,) = offered(found.text)
    assert "Amir Haddad, amir@eksempel.no" in found.text
    given = kari.send(address, to=amir, may_write="true")
    assert given.status_code == 303
    page = kari.get(given.location).text
    assert "Amir Haddad har fått tilgang." in page
    assert "amir@eksempel.no · kan skrive" in page
    ending = re.search(r'name="end"\s+value="([0-9a-f-]{36})"', page)
    assert ending
    kari.send(address, end=ending[1])
    page = kari.get(address).text
    assert "Tilgangen er avsluttet." in page
    assert "Bare du har tilgang." in page
    assert session.scalars(select(Share)).one().ended_at


def test_an_address_never_holds_the_name_that_was_searched_for(
    draft_page: tuple[Visitor, str],
) -> None:
    kari, address = draft_page
    forms = re.findall(r"<form[^>]*>", kari.get(address).text)
    assert [form for form in forms if "share" in form] == [
        f'<form class="stack" method="post" action="{address}" role="search">'
    ]
    assert "Amir" not in kari.get(f"{address}?colleague=amir").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"colleague": ""}, "Skriv navnet eller e-postadressen til kollegaen."),
        ({"colleague": "<b>nobody"}, "Ingen kollega har dette navnet"),
        ({"to": "x"}, "Velg en kollega å dele med."),
        ({}, "Velg en kollega å dele med."),
    ],
)
def test_what_leads_nowhere_is_told_at_the_field_and_kept(
    draft_page: tuple[Visitor, str], typed: dict[str, str], sentence: str
) -> None:
    kari, address = draft_page
    page = kari.send(address, **typed)
    assert page.status_code == 422
    assert "<title>Feil: " in page.text
    assert page.text.count(sentence) == 2
    assert 'href="#colleague"' in page.text
    if "<b>" in typed.get("colleague", ""):
        assert 'value="&lt;b&gt;nobody"' in page.text


def test_whoever_may_only_read_a_draft_sees_it_without_a_form(
    draft_page: tuple[Visitor, str], log_in: LogIn
) -> None:
    kari, address = draft_page
    draft = address.removesuffix("/share")
    (amir,) = offered(kari.send(address, colleague="amir").text)
    kari.send(address, to=amir)
    browser = log_in_again(log_in, people.AMIR)
    assert "Skrevet av Kari Nygård" in browser.get("/papers/drafts/").text
    page = browser.get(draft).text
    assert people.NORA.name in page
    assert "Du kan lese kladden, men ikke endre den." in page
    assert 'id="paper"' not in page
    kari.send(address, to=amir, may_write="true")
    page = browser.get(draft).text
    assert 'id="paper"' in page
    assert "Skrevet av Kari Nygård" in page
    assert "/share" not in page
    assert "/discard" not in page


def log_in_again(log_in: LogIn, employee: Employee) -> Visitor:
    """The browser of somebody who has an account already."""
    other = log_in(people.JONAS)
    other.send("/logout")
    assert other.send("/login", email=employee.email, password=people.PASSWORD).status_code == 303
    return other


def test_a_receipt_leads_its_author_to_sharing_and_nobody_else(
    log_in: LogIn, session: Session
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    author = session.scalars(select(Account).where(Account.email == people.KARI.email)).one()
    row = stored.issued(session, author, kind="ip_application")
    session.commit()
    assert f"/papers/{row.id}/share" in kari.get(f"/papers/{row.id}").text
    assert f"/papers/{row.id}/share" not in liv.get(f"/papers/{row.id}").text
    (livs,) = offered(kari.send(f"/papers/{row.id}/share", colleague="liv").text)
    kari.send(f"/papers/{row.id}/share", to=livs, may_write="true")
    page = kari.get(f"/papers/{row.id}/share").text
    assert "liv@eksempel.no" in page
    assert "kan skrive" not in page


def test_whoever_reads_a_draft_sees_nothing_private_and_the_writer_does(
    draft_page: tuple[Visitor, str],
    log_in: LogIn,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minutes = kinds.find("minutes").form
    monkeypatch.setitem(minutes.referent.kwargs, "private", True)  # type: ignore[attr-defined]
    kari, address = draft_page
    draft = address.removesuffix("/share")
    secret = {"referent": "Hemmelig Skriver", "referent_external": True, "place": "Møterom 7"}
    written = minutes.from_answers(load("minutes.nb") | secret).typed()
    session.scalars(select(Draft)).one().typed = written
    session.commit()
    (amir,) = offered(kari.send(address, colleague="amir").text)
    kari.send(address, to=amir)
    review = kari.get(f"{draft}/review").text
    assert "Ferdigstill" in review
    assert "Hemmelig Skriver" in review
    read = log_in_again(log_in, people.AMIR).get(draft).text
    assert "Møterom 7" in read
    assert "Hemmelig Skriver" not in read
