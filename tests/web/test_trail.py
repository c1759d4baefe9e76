"""What people do and see on the pages leaves its line in the trail, or is not shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from formsvc.models import Account, Event, Paper
from formsvc.services import audit, trail
from formsvc.services.trail import Wanted
from formsvc.web import session as edge
from tests import people
from tests.people import Employee
from tests.samples import load
from tests.web.conftest import Visitor
from tests.web.test_papers import begin, finish, send, typed


@pytest.fixture
def told(session: Session) -> Callable[[], list[str]]:
    """Tells what has happened since it was last asked, as «who what»."""
    last = 0

    def tell() -> list[str]:
        nonlocal last
        session.rollback()
        events = [each for each in trail.find(session, Wanted(), most=100) if each.seq > last]
        last = max((each.seq for each in events), default=last)
        names = {each.id: each.name.partition(" ")[0] for each in session.scalars(select(Account))}
        lines = [
            f"{names[each.account_id] if each.account_id else '-'} {each.what}"
            for each in reversed(events)
        ]
        session.rollback()
        return lines

    return tell


Told = Callable[[], list[str]]
LogIn = Callable[[Employee], Visitor]


def test_log_ins_and_log_outs_leave_a_line(
    session: Session, visitor: Visitor, log_in: LogIn, told: Told
) -> None:
    kari = log_in(people.KARI)
    assert told() == ["Kari logged_in"]
    kari.send("/logout")
    kari.send("/logout")
    assert told() == ["Kari logged_out"]
    visitor.send("/login", email=people.KARI.email, password="feil passord")
    visitor.send("/login", email="ingen@eksempel.no", password="feil passord")
    assert told() == ["- log_in_failed", "- log_in_failed"]
    known, unknown = trail.find(session, Wanted(what="log_in_failed"), most=2)[::-1]
    assert known.subject_id == session.scalar(select(Account.id))
    assert unknown.subject_id is None
    assert {known.origin, unknown.origin} == {"127.0.0.1"}


def test_each_act_on_a_paper_leaves_a_line_and_reading_it_as_well(
    log_in: LogIn, told: Told
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    told()
    address = begin(kari)
    assert told() == ["Kari draft_begun"]
    kari.get(address)
    assert told() == []
    liv.get(address)
    liv.get(f"{address}/review")
    assert told() == ["Liv draft_viewed", "Liv draft_viewed"]
    send(liv, address, typed("minutes", chair="Solveig"), action="save", version="1")
    assert told() == ["Liv draft_saved"]
    receipt = finish(liv, address, 2).location
    assert told() == ["Liv paper_issued"]
    kari.get(receipt)
    assert kari.get(f"{receipt}/docx").status_code == 200
    assert told() == ["Kari paper_viewed", "Kari document_downloaded"]
    other = begin(kari)
    kari.send(f"{other}/discard", _version="1")
    assert told() == ["Kari draft_begun", "Kari draft_discarded"]


def test_savings_of_one_person_after_one_another_are_one_line(log_in: LogIn, told: Told) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    told()
    address = begin(kari)
    for version, who in enumerate((kari, kari, kari, liv, liv, kari), start=1):
        sent = send(
            who, address, typed("minutes", chair=f"S{version}"), action="save", version=str(version)
        )
        assert sent.status_code == 303
    assert told() == [
        "Kari draft_begun",
        *(f"{who} draft_saved" for who in ("Kari", "Liv", "Kari")),
    ]


def test_refusals_renders_and_results_leave_a_line(
    app: Flask, session: Session, log_in: LogIn, told: Told
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    told()
    assert kari.get("/evaluation/results").status_code == 403
    assert liv.get("/evaluation/results").status_code == 200
    assert told() == ["Kari refused", "Liv evaluation_viewed"]
    assert trail.find(session, Wanted(what="refused"), most=1)[0].keys == {
        "endpoint": "evaluation.results"
    }
    from formsvc.services import account  # noqa: PLC0415

    kari_row = account.by_email(session, people.KARI.email)
    token = account.issue_token(session, kari_row, "Fagsystem")
    session.commit()
    told()
    headers = {"Authorization": f"Bearer {token}"}
    asked = app.test_client().post(
        "/api/v1/render/minutes", json=load("minutes.nb"), headers=headers
    )
    assert asked.status_code == 200, asked.text
    assert told() == ["Kari document_rendered"]
    refused = app.test_client().post("/api/v1/render/minutes", json={}, headers=headers)
    assert refused.status_code == 422
    assert told() == []


def test_nobodys_answer_to_the_evaluation_leaves_a_line(visitor: Visitor, told: Told) -> None:
    sent = visitor.send("/evaluation/", **typed("evaluation"))
    assert sent.status_code == 303, sent.text
    visitor.get("/papers/")
    assert told() == []


def test_what_cannot_be_written_down_is_not_shown(
    app: Flask, session: Session, as_kari: Visitor
) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    reference = session.scalars(select(Paper.reference)).one()
    session.rollback()
    assert reference in as_kari.get(receipt).text
    session.execute(text("ALTER TABLE event RENAME TO lost"))
    session.commit()
    try:
        for address in (receipt, f"{receipt}/docx"):
            answer = as_kari.get(address)
            assert answer.status_code == 503
            assert reference not in answer.text
            assert "hvem som så den" in answer.text
            assert "Content-Disposition" not in answer.headers
    finally:
        session.execute(text("ALTER TABLE lost RENAME TO event"))
        session.commit()
    assert as_kari.get(receipt).status_code == 200


def test_a_view_that_leaves_a_line_still_cannot_write(
    app: Flask, session: Session, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    kari = log_in(people.KARI)
    receipt = finish(kari, begin(kari)).location

    def hire(*_: object, **__: object) -> str:
        edge.database().add(Account(name="A", email="a@eksempel.no", role="ke", password_hash="-"))
        return "shown"

    monkeypatch.setattr("formsvc.web.papers.render_template", hire)
    assert kari.get(receipt).status_code == 500
    session.rollback()
    assert [each.name for each in session.scalars(select(Account))] == [people.KARI.name]


def test_the_chain_of_all_this_is_whole(session: Session, log_in: LogIn) -> None:
    kari = log_in(people.KARI)
    kari.get(finish(kari, begin(kari)).location)
    session.rollback()
    assert audit.verify(session) == []
    assert len(session.scalars(select(Event)).all()) == 4
