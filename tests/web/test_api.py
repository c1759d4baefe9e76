"""The API, asked as programs ask: rightly, wrongly and maliciously."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from formsvc.formats import MEDIA_TYPES
from formsvc.kinds import KINDS, Kind, find
from formsvc.models import Account, Draft
from formsvc.services import api_tokens, blanks, drafts, on_demand
from formsvc.web import access, body, caller, openapi, security, transaction
from tests.web.conftest import SQLITE_ONLY, Visitor
from tests.web.test_body import json_values

pytestmark = SQLITE_ONLY
SAMPLES = Path(__file__).parents[1] / "samples"
PRINTED = [kind for kind in KINDS if kind.formats]


class Program:
    """A program that calls in Kari's name."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def render(self, kind: str, answers: Any, query: str = "", **headers: str) -> TestResponse:
        data = answers if isinstance(answers, bytes) else json.dumps(answers)
        return self.client.post(
            f"/api/v1/render/{kind}{query}",
            data=data,
            content_type=headers.pop("content_type", "application/json"),
            headers={**self.headers, **headers},
        )


@pytest.fixture
def program(visitor: Visitor, session: Session, kari: Account) -> Program:
    token = api_tokens.issue(session, kari, "Fagsystemet")
    session.commit()
    return Program(visitor, token)


def sample(name: str) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    return answers


def told(answer: TestResponse) -> dict[str, Any]:
    """The problem in an answer, which has the shape that the description promises."""
    assert answer.mimetype == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.text)
    components = openapi.document()["components"]["schemas"]
    jsonschema.validate(problem, components["Problem"])
    assert problem["status"] == answer.status_code
    return problem


def test_the_papers_are_listed_in_the_order_of_the_menu(visitor: Visitor) -> None:
    listed = visitor.get("/api/v1/kinds").json
    assert listed
    assert [each["kind"] for each in listed] == [kind.slug for kind in KINDS]
    assert listed[0]["title"]["nn"].startswith("Samtykke til samarbeid og utveksling av oppl")
    for each in listed:
        jsonschema.validate(each, openapi.document()["components"]["schemas"]["Kind"])
        assert visitor.get(each["schema"]).status_code == 200


@pytest.mark.parametrize("kind", KINDS, ids=[kind.slug for kind in KINDS])
def test_a_schema_is_one_and_takes_the_forms_own_sample(visitor: Visitor, kind: Kind) -> None:
    schema = json.loads(visitor.get(f"/api/v1/kinds/{kind.slug}/schema").text)
    jsonschema.Draft202012Validator.check_schema(schema)
    for language in ("nb", "nn"):
        jsonschema.validate(kind.form.sample(language), schema)


def test_an_unknown_paper_is_answered_with_those_there_are(visitor: Visitor) -> None:
    answer = visitor.get("/api/v1/kinds/concent/schema")
    assert answer.status_code == 404
    assert "consent" in told(answer)["detail"]


def test_answers_become_a_word_document(program: Program) -> None:
    answer = program.render("minutes", sample("minutes.nb"))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == MEDIA_TYPES["docx"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="minutes.docx"'
    assert answer.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as document:
        assert "Heidal skole" in document.read("word/document.xml").decode()


@pytest.mark.parametrize("wanted", ["pdf", "fillable", "flattened"])
def test_answers_become_a_pdf(program: Program, wanted: str) -> None:
    answer = program.render("consent", sample("consent.nn"), f"?format={wanted}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


def test_where_others_have_their_pdfs_made_one_is_told_when_to_try_again(program: Program) -> None:
    answers = sample("consent.nn")
    with on_demand._places, on_demand._places:  # noqa: SLF001 - as two that are being made
        refused = program.render("consent", answers, "?format=pdf")
        assert program.render("consent", answers, "?format=docx").status_code == 200
        assert program.render("consent", {}, "?format=pdf").status_code == 422
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "10"
    assert "Send det samme på nytt" in told(refused)["detail"]
    assert program.render("consent", answers, "?format=fillable").status_code == 200


def test_a_pdf_that_takes_too_long_is_refused_in_words(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_demand, "WALL", 0.01)
    answer = program.render("consent", sample("consent.nn"), "?format=pdf")
    assert answer.status_code == 422
    assert "Kort ned teksten" in told(answer)["detail"]


def test_without_a_format_the_accept_header_decides(program: Program) -> None:
    answers = sample("ke_ip_declined.nb")
    assert program.render("ke_ip_declined", answers, Accept="application/pdf").mimetype == (
        "application/pdf"
    )
    assert program.render("ke_ip_declined", answers, Accept="*/*").mimetype == (MEDIA_TYPES["docx"])
    refused = program.render("ke_ip_declined", answers, Accept="image/png")
    assert refused.status_code == 406
    told(refused)


@pytest.mark.parametrize("query", ["?format=odt", "?format=", "?format=pdf&format=docx"])
def test_a_format_that_no_paper_has_is_not_understood(program: Program, query: str) -> None:
    answer = program.render("minutes", sample("minutes.nb"), query)
    assert answer.status_code == 400
    assert "docx, pdf" in told(answer)["detail"]


@pytest.mark.parametrize("query", ["?language=nn", "?language=nn&format=docx"])
def test_a_blank_paper_needs_no_answers(program: Program, query: str) -> None:
    answer = program.client.get(f"/api/v1/render/minutes{query}", headers=program.headers)
    assert answer.data == blanks.make(find("minutes"), "nn", "docx")
    assert answer.mimetype == MEDIA_TYPES["docx"]
    assert 'filename="minutes-nn.docx"' in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("minutes?language=en", 400),
        ("minutes?format=fillable", 400),
        ("minutes?format=pdf&format=docx", 400),
        ("evaluation", 404),
        ("letter", 404),
    ],
)
def test_a_blank_paper_that_there_is_not_is_refused_in_words(
    program: Program, address: str, status: int
) -> None:
    answer = program.client.get(f"/api/v1/render/{address}", headers=program.headers)
    assert answer.status_code == status
    assert told(answer)["detail"]


@pytest.mark.parametrize(("kind", "query"), [("minutes", "?format=fillable"), ("evaluation", "")])
def test_a_format_that_this_paper_has_not_is_not_found(
    program: Program, kind: str, query: str
) -> None:
    answer = program.render(kind, {}, query)
    assert answer.status_code == 404
    assert told(answer)["detail"]


@pytest.mark.parametrize("kind", PRINTED, ids=[kind.slug for kind in PRINTED])
def test_every_refusal_names_every_field(program: Program, kind: Kind) -> None:
    answer = program.render(kind.slug, {})
    assert answer.status_code == 422
    form = find(kind.slug).form.from_answers({})
    form.validate()
    problems = [{"field": p.field, "message": p.message} for p in form.problems()]
    assert problems
    assert told(answer)["problems"] == problems


def test_a_paper_in_nynorsk_is_refused_in_nynorsk_to_whoever_sends_it(program: Program) -> None:
    answers = sample("minutes.nn") | {"referent": ""}
    ways = [
        program.render("minutes", answers, **{"Accept-Language": "nb"}),
        program.render("minutes", answers, **{"Accept-Language": "en"}),
    ]
    assert len({answer.text for answer in ways}) == 1
    assert [problem["field"] for problem in told(ways[0])["problems"]] == ["referent"]
    assert ways[0].headers["Content-Language"] == "nn"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic a2FyaTp4",
        "bearer\tformsvc_x",
        "Bearer å\udc80",
    ],
)
def test_without_a_token_nothing_is_made(visitor: Visitor, header: str) -> None:
    headers = {"Authorization": header.encode("utf-8", "replace").decode("latin-1")}
    answer = visitor.post("/api/v1/render/minutes", json={}, headers=headers if header else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    told(answer)


def test_a_revoked_token_is_worth_nothing(program: Program, session: Session) -> None:
    assert program.render("minutes", {}).status_code == 422
    api_tokens.revoke(session, program.headers["Authorization"].removeprefix("Bearer "))
    session.commit()
    assert program.render("minutes", {}).status_code == 401


def test_a_render_leaves_the_database_to_others(program: Program, session: Session) -> None:
    session.connection()  # on SQLite this takes the one place for writers
    assert program.render("minutes", {}).status_code == 422


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"{'a': 1}", 400),
        (b"\xff\xfe{}", 400),
        (b'\xef\xbb\xbf{"a":1}', 400),
        (b'{"a": NaN}', 400),
        (b'{"a": -Infinity}', 400),
        (b'{"a": 1e999}', 400),
        (b'{"a": ' + b"9" * 10_000 + b"}", 400),
        (b'{"a": 1, "a": 2}', 400),
        (b'{"child": {"name": "Nora", "name": "Emma"}}', 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 20 + b"1" + b"}" * 20, 400),
        (b'{"a": [' + b"0," * body.MOST_VALUES + b"0]}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"minutes"', 422),
        (b'{"\\ud800": "\\udfff", "child": {"name": "\\ud800"}}', 422),
        (b'{"": {"": ""}, "__proto__": {}, "child-name": "x"}', 422),
        (b'{"meeting_number": 1.5, "date": 20270209, "items": {}, "child": []}', 422),
        (b'{"meeting_number": true, "participants": [[[]]], "arena": {"a": 1}}', 422),
    ],
)
def test_odd_bodies_are_refused_in_words(program: Program, data: bytes, status: int) -> None:
    answer = program.render("minutes", data)
    assert answer.status_code == status
    problem = told(answer)
    assert problem["detail"] or problem["problems"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_what_is_not_sent_as_json_is_not_read(program: Program, content_type: str) -> None:
    answer = program.render("minutes", b"{}", content_type=content_type)
    assert answer.status_code == 415
    told(answer)


def test_too_large_a_body_is_refused(program: Program) -> None:
    answer = program.render("minutes", b'"' + b"x" * (4 * 1024 * 1024) + b'"')
    assert answer.status_code == 413
    told(answer)


def test_odd_characters_are_replaced_and_the_paper_still_made(program: Program) -> None:
    answers = sample("minutes.nb") | {"place": "Rom\ud800 \u202e2\x00 & <b>"}
    answer = program.render("minutes", answers)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as document:
        assert (
            "Rom\ufffd \ufffd2\ufffd &amp; &lt;b&gt;" in document.read("word/document.xml").decode()
        )


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_answer_in_any_place_is_taken_or_refused_and_never_breaks(
    program: Program, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(PRINTED))
    answers = kind.form.sample("nb")
    name = data.draw(st.sampled_from(sorted(answers)))
    answer = program.render(kind.slug, answers | {name: data.draw(json_values)})
    assert answer.status_code in (200, 400, 422), answer.text


def test_a_program_may_store_where_its_endpoint_says_so(
    app: Flask, program: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store() -> str:
        drafts.begin(transaction.database(), "minutes", {}, caller.me())
        return ""

    app.add_url_rule("/api/v1/drafts", "store", security.csrf.exempt(store), methods=["POST"])
    monkeypatch.setitem(access.TABLE, "store", access.PROGRAMS)
    answer = program.client.post("/api/v1/drafts", headers=program.headers)
    assert answer.status_code == 200, answer.text
    assert len(session.scalars(select(Draft)).all()) == 1
    session.rollback()
    monkeypatch.setattr(access, "READING", frozenset({"store"}))
    assert program.client.post("/api/v1/drafts", headers=program.headers).status_code == 500
    assert len(session.scalars(select(Draft)).all()) == 1
