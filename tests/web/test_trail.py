"""What people do and see on the pages leaves its line in the trail, or is not shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.language import speaking
from formsvc.models import Account, Draft, Event, Paper
from formsvc.services import accounts, actor, api_tokens, audit, shares, trail
from formsvc.services.trail import Wanted
from formsvc.web import trail as page
from formsvc.web import transaction
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


def let_in(session: Session, address: str, *colleagues: Employee) -> None:
    """Let colleagues write in the draft of an address, as its author does."""
    row = session.get_one(Draft, UUID(address.rpartition("/")[2]))
    for colleague in colleagues:
        to = accounts.by_email(session, colleague.email).id
        shares.give(session, row, to, actor.Employee(row.author), may_write=True)
    session.commit()


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
    session: Session, log_in: LogIn, told: Told
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    told()
    address = begin(kari)
    assert told() == ["Kari draft_begun"]
    kari.get(address)
    assert told() == []
    let_in(session, address, people.LIV)
    assert told() == ["Kari draft_shared"]
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


def test_savings_of_one_person_after_one_another_are_one_line(
    session: Session, log_in: LogIn, told: Told
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    told()
    address = begin(kari)
    let_in(session, address, people.LIV)
    for version, who in enumerate((kari, kari, kari, liv, liv, kari), start=1):
        sent = send(
            who, address, typed("minutes", chair=f"S{version}"), action="save", version=str(version)
        )
        assert sent.status_code == 303
    assert told() == [
        "Kari draft_begun",
        "Kari draft_shared",
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
    kari_row = accounts.by_email(session, people.KARI.email)
    token = api_tokens.issue(session, kari_row, "Fagsystem")
    session.commit()
    told()
    headers = {"Authorization": f"Bearer {token}"}
    asked = app.test_client().post(
        "/api/v1/render/minutes", json=load("minutes.nb"), headers=headers
    )
    assert asked.status_code == 200, asked.text
    assert told() == ["Kari document_rendered"]
    assert trail.find(session, Wanted(), most=1)[0].keys["by"] == "program"
    assert "av et program" in log_in(people.TORBJORN).get("/trail/").text
    told()
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
    session.execute(text("ALTER TABLE event_head RENAME TO lost"))
    session.commit()
    try:
        for address in (receipt, f"{receipt}/docx"):
            answer = as_kari.get(address)
            assert answer.status_code == 503
            assert reference not in answer.text
            assert "hvem som så den" in answer.text
            assert "Content-Disposition" not in answer.headers
    finally:
        session.execute(text("ALTER TABLE lost RENAME TO event_head"))
        session.commit()
    assert as_kari.get(receipt).status_code == 200


def test_a_view_that_leaves_a_line_still_cannot_write(
    app: Flask, session: Session, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    kari = log_in(people.KARI)
    receipt = finish(kari, begin(kari)).location

    def hire(*_: object, **__: object) -> str:
        transaction.database().add(
            Account(name="A", email="a@eksempel.no", role="ke", password_hash="-")
        )
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


# The page


def rows(page: str) -> list[str]:
    """The events of the page, each in one line."""
    inside = page.partition('<ol class="events box">')[2].partition("</ol>")[0]
    return [" ".join(re.sub("<[^>]+>", " ", each).split()) for each in inside.split("</li>")[:-1]]


def test_every_declared_act_has_its_words() -> None:
    assert set(page.WORDS) == set(audit.DECLARED)
    for language in ("nn", "en"):
        with speaking("nb"):
            nb = {what: str(words) for what, words in page.WORDS.items()}
        with speaking(language):
            assert [what for what, words in page.WORDS.items() if not str(words)] == []
            assert sum(str(words) == nb[what] for what, words in page.WORDS.items()) == 0


def test_the_page_tells_who_what_when_and_where_and_no_content(log_in: LogIn) -> None:
    kari, torbjorn = log_in(people.KARI), log_in(people.TORBJORN)
    receipt = finish(kari, begin(kari, chair="Solveig Nygårdshaug")).location
    kari.get(f"{receipt}/docx")
    shown = torbjorn.get("/trail/").text
    told = rows(shown)
    assert re.fullmatch(
        r"Lastet ned et dokument R-\d{4}-0001 · Word · Referat"
        r" \d\d\.\d\d\.\d{4} kl\. \d\d\.\d\d · Kari Nygård · 127\.0\.0\.1",
        told[0],
    )
    assert [each.partition(" · ")[0][:22] for each in told[1:3]] == [
        "Ferdigstilte et skjema",
        "Begynte på en kladd Re",
    ]
    assert "Solveig" not in shown
    assert rows(torbjorn.get("/trail/").text)[0].startswith("Så på hendelsene")


def test_only_an_administrator_sees_it(log_in: LogIn) -> None:
    for employee in (people.KARI, people.AMIR, people.LIV):
        visitor = log_in(employee)
        assert visitor.get("/trail/").status_code == 403
        assert "/trail/" not in visitor.get("/").text
    assert "/trail/" in log_in(people.TORBJORN).get("/").text


def test_it_is_filtered_by_account_day_and_act(session: Session, log_in: LogIn) -> None:
    kari, torbjorn = log_in(people.KARI), log_in(people.TORBJORN)
    begin(kari)
    kari_id = accounts.by_email(session, people.KARI.email).id
    session.rollback()
    of_kari = rows(torbjorn.get(f"/trail/?account={kari_id}").text)
    assert [each.split(" ")[0] for each in of_kari] == ["Begynte", "Logget"]
    # whoever looked at it has left a line about her account as well
    again = rows(torbjorn.get(f"/trail/?account={kari_id}").text)
    assert again[0].startswith("Så på hendelsene Kari Nygård")
    begun = rows(torbjorn.get("/trail/?what=draft_begun").text)
    assert [each.split(" ")[0] for each in begun] == ["Begynte"]
    today = clock.today()
    assert rows(torbjorn.get(f"/trail/?day={today}&what=draft_begun").text) == begun
    for other in (today - timedelta(days=1), today + timedelta(days=1)):
        nothing = torbjorn.get(f"/trail/?day={other}").text
        assert rows(nothing) == []
        assert "Det er ingen slike hendelser." in nothing


@pytest.mark.parametrize("day", ["i dag", "2026-13-01", "0001-01-01", "9999-12-31", "<b>"])
def test_a_day_that_is_none_is_told_at_its_field(as_torbjorn: Visitor, day: str) -> None:
    answer = as_torbjorn.get("/trail/", query_string={"day": day})
    assert answer.status_code == 422
    assert "Skriv dagen som dag, måned og år" in answer.text
    assert 'aria-describedby="day-error"' in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "account=x",
        "what=eaten",
        "before=x",
        "before=-1",
        f"before={2**31}",
        f"before={10**30}",
        "lang=nn",
    ],
)
def test_what_cannot_be_asked_for_is_left_out(as_torbjorn: Visitor, query: str) -> None:
    assert as_torbjorn.get(f"/trail/?{query}").status_code == 200


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_older_events_are_on_the_next_page(
    session: Session, as_torbjorn: Visitor, extra: int
) -> None:
    for count in range(page.PAGE + extra - 1):  # and one log-in
        audit.record(session, "purged", what="drafts", count=count)
    session.commit()
    first = as_torbjorn.get("/trail/").text
    older = re.search(r'href="(/trail/\?[^"]*before=\d+)"', first)
    assert len(rows(first)) == min(page.PAGE, page.PAGE + extra)
    if extra < 1:
        assert older is None
        return
    assert older
    second = as_torbjorn.get(older[1].replace("&amp;", "&")).text
    assert [each.split(" ")[0] for each in rows(second)] == ["Logget"]
    assert "Nyeste hendelser" in second
    assert "Eldre hendelser" not in second


# What whoever wrote a paper is told


def test_whoever_wrote_a_paper_sees_who_else_has_been_there(
    session: Session, log_in: LogIn
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    address = begin(kari)
    let_in(session, address, people.LIV)
    assert "Hvem andre" not in kari.get(address).text
    liv.get(address)
    send(liv, address, typed("minutes", chair="S"), action="save", version="1")
    draft = kari.get(address).text
    assert "Liv Ødegård så på kladden" in draft
    assert "Liv Ødegård endret kladden" in draft
    assert "Hvem andre" not in liv.get(address).text
    receipt = finish(liv, address, 2).location
    liv.get(receipt)
    liv.get(receipt)
    liv.get(f"{receipt}/docx")
    shown = " ".join(kari.get(receipt).text.split())
    assert "Liv Ødegård lastet ned et dokument" in shown
    seen = r'Liv Ødegård så på skjemaet <span class="events__more">2 ganger, sist '
    assert re.search(seen, shown)
    assert "Hvem andre" not in liv.get(receipt).text


def test_who_wrote_who_changed_and_who_finished_are_told(log_in: LogIn, session: Session) -> None:
    kari, liv, torbjorn = log_in(people.KARI), log_in(people.LIV), log_in(people.TORBJORN)
    own = " ".join(kari.get(finish(kari, begin(kari)).location).text.split())
    assert "Ferdigstilt av Kari Nygård" in own
    assert "Skrevet av" not in own
    address = begin(kari)
    let_in(session, address, people.LIV, people.TORBJORN)
    send(torbjorn, address, typed("minutes", chair="S"), action="save", version="1")
    receipt = finish(liv, address, 2).location
    for reader in (kari, liv):
        told = " ".join(reader.get(receipt).text.split())
        for words in (
            "Skrevet av Kari Nygård",
            "Sist endret av Torbjørn Aas",
            "Ferdigstilt av Liv Ødegård",
        ):
            assert words in told, words
    assert "ferdigstilt av Liv Ødegård" in kari.get("/papers/").text
    assert "Kari Nygård, ferdigstilt av Liv Ødegård" in liv.get("/papers/").text
    finished_by = set(session.scalars(select(Paper.issued_by_id)))
    assert finished_by == {
        accounts.by_email(session, who.email).id for who in (people.KARI, people.LIV)
    }


def test_a_receipt_that_looks_again_by_itself_is_seen_once(
    session: Session, log_in: LogIn, told: Told
) -> None:
    kari, liv = log_in(people.KARI), log_in(people.LIV)
    address = begin(kari)
    let_in(session, address, people.LIV)
    receipt = finish(kari, address).location
    told()
    for look in range(3):
        liv.get(f"{receipt}?look={look}")
    assert told() == ["Liv paper_viewed"]
    liv.get(receipt)
    liv.get(receipt)
    assert told() == ["Liv paper_viewed"] * 2, "looked at by hand, it is counted"
    kari.get(f"{receipt}?look=9")
    assert told() == ["Kari paper_viewed"], "nobody gets past the trail by an address"
