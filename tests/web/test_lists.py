"""Lists of papers and drafts: reachable to the last, cheap however long, and never all broken."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc.models import Account, Paper
from formsvc.services import actor, shares
from tests import people, stored
from tests.people import Employee
from tests.queries import counted
from tests.web.conftest import Visitor

PAGES = ("/", "/papers/", "/papers/drafts/")
CANNOT = "Dette skjemaet kan ikke åpnes. Si fra til administratoren."

LogIn = Callable[[Employee], Visitor]


def account(session: Session, employee: Employee) -> Account:
    return session.scalars(select(Account).where(Account.email == employee.email)).one()


def links(page: str) -> list[str]:
    """The papers that a page leads to, in its order."""
    return re.findall(r'href="(/papers/[0-9a-f-]{36})"', page)


def older(page: str) -> str:
    found = re.search(r'href="([^"]+)"\s+rel="next"', page)
    return found[1].replace("&amp;", "&") if found else ""


@pytest.mark.parametrize("rows", [49, 50, 51, 101])
def test_every_paper_can_be_reached_page_by_page(
    log_in: LogIn, session: Session, rows: int
) -> None:
    visitor = log_in(people.KARI)
    kari = account(session, people.KARI)
    ids = [stored.issued(session, kari, number).id for number in range(rows)]
    session.commit()
    reached, sizes, address = [], [], "/papers/"
    while address:
        page = visitor.get(address).text
        sizes.append(len(links(page)))
        reached += links(page)
        address = older(page)
    assert reached == [f"/papers/{row_id}" for row_id in reversed(ids)]
    assert max(sizes) <= 50
    assert len(sizes) == -(-rows // 50)


def test_a_page_of_drafts_leads_to_the_older_ones(log_in: LogIn, session: Session) -> None:
    visitor = log_in(people.KARI)
    kari = account(session, people.KARI)
    oldest, *_newer = (stored.begun(session, kari, number).id for number in range(51))
    session.commit()
    first = visitor.get("/papers/drafts/").text
    assert str(oldest) not in first
    second = visitor.get(older(first)).text
    assert str(oldest) in second
    assert 'rel="prev"' in second


def test_a_filter_goes_along_to_the_next_page(log_in: LogIn, session: Session) -> None:
    visitor = log_in(people.KARI)
    kari = account(session, people.KARI)
    for number in range(60):
        stored.issued(session, kari, number, kind="consent" if number % 10 else "minutes")
    session.commit()
    page = visitor.get("/papers/?kind=consent&whose=own").text
    assert len(links(page)) == 50
    assert len(links(visitor.get(older(page)).text)) == 4
    assert visitor.get("/papers/?kind=nothing&whose=x&after=x&before=\0").status_code == 200
    assert "Ingen skjemaer passer" in visitor.get("/papers/?kind=action_plan").text


def test_a_page_asks_as_much_of_the_database_however_many_rows_there_are(
    app: Flask, log_in: LogIn, session: Session
) -> None:
    visitor = log_in(people.LIV)
    engine = app.extensions["formsvc.engine"]
    asked: dict[str, list[int]] = {page: [] for page in PAGES}
    before = 0
    for rows in (1, 10, 60):
        for number in range(before, rows):  # each of another author
            author = people.employ(
                session, Employee(f"Nr. {number}", f"n{number}@eksempel.no", "referent")
            )
            stored.issued(session, author, number, kind="ke_ip_declined")
            draft = stored.begun(session, author, number)
            shares.give(
                session,
                draft,
                account(session, people.LIV).id,
                actor.Employee(author),
                may_write=True,
            )
        before = rows
        session.commit()
        session.expunge_all()
        for page in PAGES:
            with counted(engine) as queries:
                answer = visitor.get(page)
            assert f"Nr. {rows - 1}" in answer.text, "the newest is shown, with its author"
            asked[page].append(len(queries))
    # who is logged in, which rows, the rows; on the start page for drafts and for papers, and
    # whether any draft is to be deleted soon
    assert asked == {"/": [6] * 3, "/papers/": [3] * 3, "/papers/drafts/": [3] * 3}


@pytest.mark.parametrize("employee", [people.KARI, people.LIV], ids=["author", "ke"])
def test_a_damaged_paper_harms_only_itself(
    log_in: LogIn, session: Session, employee: Employee
) -> None:
    visitor = log_in(employee)
    author = account(session, people.KARI) if employee is people.KARI else None
    author = author or people.employ(session, people.KARI)
    rows = [stored.issued(session, author, n, kind="ip_application") for n in range(3)]
    stored.spoil(session, rows[1])
    session.commit()
    spoilt = f"/papers/{rows[1].id}"
    for address in ("/", "/papers/"):
        page = visitor.get(address)
        assert page.status_code == 200
        assert links(page.text) == [f"/papers/{row.id}" for row in reversed(rows)]
        assert page.text.count(CANNOT) == 1
        assert page.text.count(people.NORA.name) == 2
    receipt = visitor.get(spoilt)
    assert receipt.status_code == 200
    assert CANNOT in receipt.text
    assert rows[1].reference in receipt.text
    document = visitor.get(f"{spoilt}/docx")
    assert (document.status_code, document.data) == (200, b"whole")
    assert CANNOT not in visitor.get(f"/papers/{rows[0].id}").text


def test_a_damaged_paper_on_the_next_page_is_not_opened_on_this_one(
    log_in: LogIn, session: Session
) -> None:
    visitor = log_in(people.KARI)
    kari = account(session, people.KARI)
    rows = [stored.issued(session, kari, number) for number in range(51)]
    stored.spoil(session, rows[0])
    session.commit()
    first = visitor.get("/papers/").text
    assert CANNOT not in first
    assert CANNOT in visitor.get(older(first)).text


def test_a_damaged_document_is_told_of_in_words(
    log_in: LogIn, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = log_in(people.KARI)
    row = stored.issued(session, account(session, people.KARI))
    stored.spoil(session, row.documents[0])
    session.commit()
    assert visitor.get(f"/papers/{row.id}").status_code == 200
    answer = visitor.get(f"/papers/{row.id}/docx")
    assert answer.status_code == 503
    assert "Dokumentet er skadet" in answer.text
    assert "backup" not in answer.text, "that is for whoever runs the service"


def test_a_damaged_draft_harms_only_itself(log_in: LogIn, session: Session) -> None:
    visitor = log_in(people.KARI)
    kari = account(session, people.KARI)
    rows = [stored.begun(session, kari, number) for number in range(3)]
    stored.spoil(session, rows[1])
    session.commit()
    for address in ("/", "/papers/drafts/"):
        page = visitor.get(address)
        assert page.status_code == 200
        assert page.text.count(CANNOT) == 1
        assert page.text.count(people.NORA.name) == 2
    answer = visitor.get(f"/papers/drafts/{rows[1].id}")
    assert answer.status_code == 500
    assert CANNOT in answer.text
    assert visitor.get(f"/papers/drafts/{rows[0].id}").status_code == 200


def test_the_administrator_finds_no_paper_that_is_not_their_own(
    log_in: LogIn, session: Session
) -> None:
    kari = people.employ(session, people.KARI)
    stored.issued(session, kari, kind="ip_application")
    stored.begun(session, kari)
    session.commit()
    visitor = log_in(people.TORBJORN)
    for address in PAGES:
        page = visitor.get(address).text
        assert people.NORA.name not in page
        assert links(page) == []
    assert session.scalar(select(Paper.id))
