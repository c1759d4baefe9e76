"""Papers from the first keystroke to the download, as a browser without JavaScript sends them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from formsvc import clock
from formsvc.forms.fields import Typed
from formsvc.forms.minutes import MinutesForm
from formsvc.kinds import KINDS, Kind, find
from formsvc.models import Account, Draft, EvaluationAnswer, Paper
from formsvc.services import retention
from formsvc.web import conflict, worker
from formsvc.web.drafts import located
from tests import people
from tests.people import Employee
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY

Row = TypeVar("Row", Draft, Paper, EvaluationAnswer)

PAPERS = [kind for kind in KINDS if kind.formats]
each_paper = pytest.mark.parametrize("kind", PAPERS, ids=lambda kind: kind.slug)


def typed(slug: str, **changed: Any) -> Typed:
    """A sample of a kind as its page sends it."""
    form = find(slug).form
    return form.from_answers(form.sample() | changed).typed()


def send(visitor: Visitor, address: str, form: Typed, **own: str) -> TestResponse:
    """Press a button of a paper's page."""
    return visitor.send(address, **form, **{f"_{name}": value for name, value in own.items()})


def begin(visitor: Visitor, slug: str = "minutes", **changed: Any) -> str:
    """Begin a paper with a sample; its address."""
    answer = send(visitor, f"/papers/{slug}/new", typed(slug, **changed), action="save")
    assert answer.status_code == 303, answer.text
    return answer.location.partition("?")[0]


def finish(visitor: Visitor, address: str, version: int = 1) -> TestResponse:
    """Press «Ferdigstill»."""
    return send(visitor, f"{address}/issue", {}, version=str(version))


def stored(session: Session, kind: type[Row]) -> list[Row]:
    """What is stored of a kind, read without keeping others from writing."""
    found = list(session.scalars(select(kind)))
    session.expunge_all()
    session.rollback()
    return found


@each_paper
def test_a_paper_is_filled_in_looked_over_finished_and_downloaded(
    app: Flask, as_kari: Visitor, kind: Kind
) -> None:
    address = begin(as_kari, kind.slug)
    sent = send(as_kari, address, typed(kind.slug), action="review", version="1")
    review = as_kari.get(sent.location)
    assert review.status_code == 200, review.text
    issued = finish(as_kari, address).location
    worker.of(app).once()
    receipt = as_kari.get(issued)
    assert re.search(rf"{kind.prefix}-\d{{4}}-0001", receipt.text)
    for wanted in kind.kept:
        link = re.search(rf'href="(/papers/[^"]+/{wanted})"', receipt.text)
        assert link, wanted
        document = as_kari.get(link[1])
        assert document.status_code == 200, document.text
        assert hashlib.sha256(document.data).hexdigest() in receipt.text
        name = document.headers["Content-Disposition"]
        assert re.fullmatch(rf"attachment; filename={kind.prefix}-\d{{4}}-0001[-.a-z]*", name)


@each_paper
def test_an_empty_paper_tells_all_that_is_missing_and_leads_to_it(
    as_kari: Visitor, kind: Kind
) -> None:
    sent = send(as_kari, f"/papers/{kind.slug}/new", {"language": ["nb"]}, action="review")
    page = as_kari.get(sent.location)
    assert page.status_code == 422
    assert "<title>Feil: " in page.text
    summary = page.text[
        page.text.index("<ds-error-summary") : page.text.index("</ds-error-summary")
    ]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets
    for target in targets:
        assert f' id="{target}"' in page.text


def test_a_refused_paper_keeps_what_was_typed(as_kari: Visitor) -> None:
    address = begin(as_kari, chair="Solveig & <Nygård>", referent="")
    page = as_kari.get(f"{address}/review")
    assert page.status_code == 422
    assert "Skriv navnet på referenten." in page.text
    assert "Solveig &amp; &lt;Nygård&gt;" in page.text


def test_an_identity_number_is_whole_in_its_field_and_masked_where_it_is_looked_over(
    as_kari: Visitor,
) -> None:
    person = find("ip_application").form.sample()["person"]
    person |= {"has_national_id": True, "national_id": "03851598730"}
    address = begin(as_kari, "ip_application", person=person)
    assert "03851598730" in as_kari.get(address).text
    review = as_kari.get(f"{address}/review").text
    assert "038515 *****" in review
    assert "98730" not in review


@pytest.mark.parametrize(
    "text", ["ord " * 10_000 + "slutt", "Wang 王小明"], ids=["long", "letters"]
)
def test_a_draft_keeps_a_text_that_no_paper_can_hold_until_it_is_written_otherwise(
    as_kari: Visitor, session: Session, text: str
) -> None:
    new = "/papers/minutes/new"
    kept = send(as_kari, new, typed("minutes", family_view=text), action="autosave").json
    assert kept is not None
    [draft] = stored(session, Draft)
    assert draft.typed["family_view"] == [text]
    assert text in as_kari.get(kept["address"]).text
    page = as_kari.get(f"{kept['address']}/review")
    assert page.status_code == 422
    assert 'href="#family_view"' in page.text
    assert text in page.text
    sent = send(as_kari, f"{kept['address']}/issue", {}, version="1")
    assert sent.location == f"{kept['address']}/review"
    assert stored(session, Paper) == []


def test_a_problem_in_a_row_names_the_row_as_it_is_counted_on_the_page() -> None:
    measures = MinutesForm.sample()["measures"]
    form = MinutesForm.from_answers(
        MinutesForm.sample() | {"measures": [*measures, {**measures[0], "deadline": None}]}
    )
    form.validate()
    sentence, control = located(form)[0]
    assert sentence.startswith("Tiltak 2: ")
    assert control == "measures-1-deadline"


def test_a_get_begins_nothing(as_kari: Visitor, session: Session) -> None:
    assert as_kari.get("/papers/minutes/new").status_code == 200
    assert stored(session, Draft) == []


def test_the_same_page_sent_twice_begins_one_draft(as_kari: Visitor, session: Session) -> None:
    page = str(uuid4())
    for _click in range(2):
        send(as_kari, "/papers/minutes/new", typed("minutes"), draft=page, action="save")
    assert [str(found.id) for found in stored(session, Draft)] == [page]


def test_a_row_is_added_and_removed_and_the_page_opens_where_one_goes_on(
    as_kari: Visitor,
) -> None:
    address = begin(as_kari)
    added = send(as_kari, address, typed("minutes"), action="add:participants", version="1")
    page = as_kari.get(added.location).text
    assert re.search(r'id="participants-3-name"[^>]* autofocus', page)
    removed = send(as_kari, address, typed("minutes"), action="remove:participants-0", version="2")
    page = as_kari.get(removed.location).text
    assert re.search(r'id="add-participants"\s+autofocus', page)
    assert MinutesForm.sample()["participants"][0]["name"] not in page.partition("Deltakere")[2]


def test_an_unknown_row_is_neither_added_nor_removed(as_kari: Visitor) -> None:
    address = begin(as_kari)
    for action in ("add:nothing", "remove:participants-99", "remove:chair", "add:", "nonsense"):
        answer = send(as_kari, address, typed("minutes"), action=action, version="1")
        assert answer.status_code == 303, action


def test_autosave_answers_with_address_version_and_clock(as_kari: Visitor) -> None:
    first = send(as_kari, "/papers/minutes/new", typed("minutes"), action="autosave").json
    assert first
    assert first["version"] == 1
    changed = typed("minutes", chair="Amir Haddad")
    second = send(as_kari, first["address"], changed, action="autosave", version="1").json
    assert second
    assert second["version"] == 2
    assert re.fullmatch(r"Lagret kl\. \d\d\.\d\d", second["saved"])


def test_saving_an_older_text_shows_both_and_overwrites_nothing(as_kari: Visitor) -> None:
    address = begin(as_kari)
    mine, other = typed("minutes", chair="Anne Moen"), typed("minutes", chair="Amir Haddad")
    send(as_kari, address, other, action="save", version="1")
    page = send(as_kari, address, mine, action="save", version="1")
    assert page.status_code == 409
    assert "Teksten du skrev her" in page.text
    assert "Lagret på en annen side kl." in page.text
    assert "Kari Nygård lagret" not in page.text
    assert "Anne Moen" in page.text
    assert "Amir Haddad" in page.text
    assert "Amir Haddad" in as_kari.get(address).text


def test_a_pages_script_hears_409_of_an_older_text(as_kari: Visitor) -> None:
    address = begin(as_kari)
    send(as_kari, address, typed("minutes", chair="Amir Haddad"), action="save", version="1")
    answer = as_kari.post(
        address,
        data={**typed("minutes"), "_action": "autosave", "csrf_token": as_kari.csrf_token()},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 409
    assert answer.is_json


def test_a_text_whose_answer_was_lost_is_sent_again_without_a_conflict(as_kari: Visitor) -> None:
    address = begin(as_kari)
    for _time in range(2):
        answer = send(
            as_kari, address, typed("minutes", chair="Anne Moen"), action="autosave", version="1"
        )
        assert answer.json
        assert answer.json["version"] == 2


def test_the_choice_between_two_texts_is_kept(as_kari: Visitor) -> None:
    address = begin(as_kari, chair="Anne Moen", place="Rådhuset")
    saved = typed("minutes", chair="Amir Haddad", place="Heidal skole")
    send(as_kari, address, saved, action="save", version="1")
    mine = typed("minutes", chair="Anne Moen", place="Rådhuset")
    choices = {"choose-chair": "mine", "choose-place": "saved"}
    send(as_kari, address, mine, action="settle", version="2", **choices)
    page = as_kari.get(address).text
    assert 'value="Anne Moen"' in page
    assert 'value="Heidal skole"' in page


def test_rows_that_differ_in_number_are_chosen_as_a_whole() -> None:
    answers = MinutesForm.sample()
    mine = MinutesForm.from_answers(
        answers | {"items": [{"title": "Skolestart", "conclusion": "Ja"}]}
    )
    more = [
        {"title": "Skolestart", "conclusion": "Nei"},
        {"title": "PPT", "conclusion": "Henvises"},
    ]
    saved = MinutesForm.from_answers(answers | {"items": more})
    found = conflict.differences(mine, saved)
    assert [(difference.name, difference.mine) for difference in found] == [
        ("items", "1. Skolestart · Ja")
    ]
    chosen = MinutesForm.from_typed(conflict.settled(mine, saved, {"items": "mine"}))
    assert len(chosen.answers()["items"]) == 1
    kept = MinutesForm.from_typed(conflict.settled(mine, saved, {}))
    assert len(kept.answers()["items"]) == 2


def test_two_clicks_on_finish_make_one_paper(as_kari: Visitor, session: Session) -> None:
    address = begin(as_kari)
    first, second = finish(as_kari, address), finish(as_kari, address)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(stored(session, Paper)) == 1
    assert stored(session, Draft) == []


def test_a_draft_changed_after_it_was_looked_over_is_not_finished(
    as_kari: Visitor, session: Session
) -> None:
    address = begin(as_kari)
    send(as_kari, address, typed("minutes", chair="Amir Haddad"), action="save", version="1")
    answer = finish(as_kari, address, version=1)
    assert answer.location == f"{address}/review"
    assert stored(session, Paper) == []


def test_a_paper_that_breaks_a_rule_is_not_finished(as_kari: Visitor, session: Session) -> None:
    address = begin(as_kari, referent="")
    finish(as_kari, address)
    assert stored(session, Paper) == []


def test_advice_is_given_and_refuses_nothing(as_kari: Visitor) -> None:
    items = [{"title": "Skolestart", "conclusion": "Mor mente at det går bra."}]
    address = begin(as_kari, items=items)
    assert "Forslag før du ferdigstiller" in as_kari.get(f"{address}/review").text
    assert finish(as_kari, address).location.startswith("/papers/")


@each_paper
def test_another_language_begins_a_draft_only_of_what_is_typed(
    as_kari: Visitor, session: Session, kind: Kind
) -> None:
    new = f"/papers/{kind.slug}/new"
    answer = send(as_kari, f"{new}?lang=nn", kind.form().typed(), action="language")
    assert answer.location == new
    assert stored(session, Draft) == []
    send(as_kari, f"{new}?lang=en", typed(kind.slug), action="language")
    assert len(stored(session, Draft)) == 1


def test_characters_that_cannot_be_printed_are_told_of(as_kari: Visitor) -> None:
    form = typed("minutes") | {"chair": ["Solveig\u0000Nygård"]}
    answer = send(as_kari, "/papers/minutes/new", form, action="review")
    page = as_kari.get(answer.location).text
    assert "Ett tegn kunne ikke brukes og er byttet ut med �. Se over teksten." in page


def test_another_referent_finds_neither_draft_nor_paper(
    log_in: Callable[[Employee], Visitor],
) -> None:
    kari, jonas = log_in(people.KARI), log_in(people.JONAS)
    address = begin(kari)
    for page in (address, f"{address}/review", f"{address}/discard"):
        assert jonas.get(page).status_code == 404
    assert send(jonas, address, typed("minutes"), action="save", version="1").status_code == 404
    receipt = finish(kari, address).location
    assert jonas.get(receipt).status_code == 404
    assert jonas.get(f"{receipt}/docx").status_code == 404
    assert receipt not in jonas.get("/papers/").text
    assert receipt in kari.get("/papers/").text


def test_a_paper_that_a_colleague_finishes_stays_its_authors_and_says_who_did_what(
    log_in: Callable[[Employee], Visitor], session: Session
) -> None:
    kari, amir = log_in(people.KARI), log_in(people.AMIR)
    address = begin(kari)
    amirs = session.scalar(select(Account.id).where(Account.email == people.AMIR.email))
    session.rollback()
    kari.send(f"{address}/share", to=str(amirs), may_write="true")
    send(amir, address, typed("minutes", chair="Anne Moen"), action="save", version="1")
    receipt = finish(amir, address, version=2).location
    for reader in (kari, amir):
        page = reader.get(receipt).text
        assert "Skrevet av Kari Nygård" in page
        assert "Sist endret av Amir Haddad" in page
        assert "Ferdigstilt av Amir Haddad" in page


def test_a_draft_is_deleted_only_after_one_is_asked(as_kari: Visitor, session: Session) -> None:
    address = begin(as_kari)
    assert "Vil du slette kladden?" in as_kari.get(f"{address}/discard").text
    assert len(stored(session, Draft)) == 1
    assert send(as_kari, f"{address}/discard", {}, version="1").location == "/"
    assert stored(session, Draft) == []


def test_a_draft_saved_after_one_was_asked_is_asked_about_again(
    as_kari: Visitor, session: Session
) -> None:
    address = begin(as_kari)
    send(as_kari, address, typed("minutes", chair="Amir Haddad"), action="save", version="1")
    asked = send(as_kari, f"{address}/discard", {}, version="1")
    assert asked.location == f"{address}/discard"
    page = as_kari.get(asked.location).text
    assert "Kladden er lagret på nytt etter at du ble spurt." in page
    assert '<input type="hidden" name="_version" value="2">' in page
    assert len(stored(session, Draft)) == 1


@pytest.mark.parametrize("page", ["", "/review"])
def test_the_way_back_to_a_draft_that_was_finished_leads_to_its_receipt(
    log_in: Callable[[Employee], Visitor], page: str
) -> None:
    kari, amir = log_in(people.KARI), log_in(people.AMIR)
    address = begin(kari)
    receipt = finish(kari, address).location
    assert kari.get(f"{address}{page}").location == receipt
    assert amir.get(f"{address}{page}").status_code == 404


def test_the_start_page_shows_the_newest_drafts_and_leads_to_all(as_kari: Visitor) -> None:
    begun = [begin(as_kari) for _draft in range(6)]
    start = as_kari.get("/").text
    assert [address for address in begun if f'href="{address}"' not in start] == begun[:1]
    assert 'href="/papers/drafts/"' in start
    everything = as_kari.get("/papers/drafts/").text
    assert all(f'href="{address}"' in everything for address in begun)


def test_the_start_page_leads_to_every_kind_and_to_what_was_begun(as_kari: Visitor) -> None:
    address = begin(as_kari)
    page = as_kari.get("/").text
    for kind in PAPERS:
        assert f'href="/papers/{kind.slug}/new"' in page
    assert 'href="/evaluation/"' in page
    assert f'href="{address}"' in page


def test_nobody_sees_papers_on_the_start_page(visitor: Visitor) -> None:
    page = visitor.get("/").text
    assert "/papers/" not in page
    assert 'href="/evaluation/"' in page
    assert 'href="/login"' in page


def test_an_unknown_kind_and_one_without_a_paper_are_not_found(as_kari: Visitor) -> None:
    assert as_kari.get("/papers/nothing/new").status_code == 404
    assert as_kari.get("/papers/evaluation/new").status_code == 404


def test_an_evaluation_is_kept_without_a_draft_and_thanked_for(
    visitor: Visitor, session: Session
) -> None:
    answer = visitor.send("/evaluation/", **typed("evaluation"))
    assert answer.location == "/evaluation/thanks"
    assert len(stored(session, EvaluationAnswer)) == 1
    assert visitor.get(answer.location).status_code == 200


def test_an_evaluation_that_lacks_an_answer_keeps_the_others(
    visitor: Visitor, session: Session
) -> None:
    answer = visitor.send("/evaluation/", **typed("evaluation", unit="", good="Alle hørte på oss."))
    assert answer.status_code == 422
    assert "Alle hørte på oss." in answer.text
    assert stored(session, EvaluationAnswer) == []


def test_results_are_for_the_coordinating_unit(
    log_in: Callable[[Employee], Visitor], visitor: Visitor
) -> None:
    visitor.send("/evaluation/", **typed("evaluation"))
    page = log_in(people.LIV).get("/evaluation/results")
    assert "Det er ikke nok svar til å vise noe ennå." in page.text
    assert log_in(people.KARI).get("/evaluation/results").status_code == 403


def test_a_question_whose_counts_are_all_of_few_says_so_instead_of_showing_dashes(
    log_in: Callable[[Employee], Visitor], visitor: Visitor
) -> None:
    for heard in range(1, 6):
        visitor.send("/evaluation/", **typed("evaluation", heard=heard))
    page = log_in(people.LIV).get("/evaluation/results").text
    assert "5 svar" in page
    assert "For få svar til å vise fordelingen." in page
    assert "<strong>–</strong>" not in page


def test_an_author_is_told_that_a_draft_ends_and_keeps_it_by_saving_it_as_it_is(
    as_kari: Visitor, session: Session
) -> None:
    address = begin(as_kari)
    with clock.moved(timedelta(days=24)):
        retention.purge(session)
        session.commit()
        later = as_kari.application.test_client()
        assert isinstance(later, Visitor)
        later.send("/login", email=people.KARI.email, password=people.PASSWORD)
        assert "blir snart slettet" in later.get("/").text
        assert "Slettes " in later.get("/papers/drafts/").text
        send(later, address, typed("minutes"), action="save", version="1")
        assert "blir snart slettet" not in later.get("/").text


@pytest.mark.parametrize("number", ["9" * 30, str(2**31), str(2**63), "-1", "²"])
def test_a_version_that_is_no_number_of_ours_is_an_older_one(as_kari: Visitor, number: str) -> None:
    address = begin(as_kari)
    saved = send(as_kari, address, typed("minutes", place="Otta"), action="save", version=number)
    assert saved.status_code == 409
    assert "Otta" in saved.text
    assert send(as_kari, f"{address}/discard", {}, version=number).status_code == 303


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "i går"],
)
def test_a_page_key_that_was_not_given_out_gives_the_newest(as_kari: Visitor, moment: str) -> None:
    key = base64.urlsafe_b64encode(f"{moment} {'0' * 32}".encode()).decode()
    for list_of in ("/papers/", "/papers/drafts/"):
        assert as_kari.get(f"{list_of}?after={key}").status_code == 200
        assert as_kari.get(f"{list_of}?before={key}").status_code == 200


def test_a_nul_in_any_address_is_refused_in_words(app: Flask, as_liv: Visitor) -> None:
    keys = "&".join(f"{name}=%00.{'0' * 32}" for name in ("after", "before", "account", "day"))
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        address = re.sub("<uuid:[a-z_]+>", str(uuid4()), rule.rule)
        assert as_liv.get(f"{address}?{keys}").status_code == 400, rule
        if "<" in address:
            assert as_liv.get(re.sub("<[a-z_]+>", "%00", address)).status_code == 400, rule
