"""Errors as they meet a reader, a program and the log."""

from __future__ import annotations

import json
import logging

import pytest
from flask import Flask, request

from formsvc.errors import AnswersLost, Conflict, FormsvcError, InvalidAnswers, Problem
from formsvc.web import access, errors
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY
SECRET = "Nora har det vanskelig hjemme"


def opened_to_all(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, *addresses: str
) -> None:
    """Give the application addresses that fail with an error."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise error

    for number, address in enumerate(addresses):
        app.add_url_rule(address, f"broken{number}", fail)
        monkeypatch.setitem(access.TABLE, f"broken{number}", access.ANYONE)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_an_unknown_address_says_what_to_do(visitor: Visitor, language: str) -> None:
    answer = visitor.get(f"/no-such-page?lang={language}")
    assert answer.status_code == 404
    assert f'<html lang="{language}"' in answer.text
    assert 'href="/"' in answer.text


def test_every_error_page_is_there_in_all_languages(visitor: Visitor) -> None:
    pages = {visitor.get(f"/no-such-page?lang={code}").text for code in ("nb", "nn", "en")}
    assert len({page[page.index("<h1") : page.index("</h1")] for page in pages}) == len(pages)


def test_a_wrong_method_says_which_are_right(visitor: Visitor) -> None:
    answer = visitor.get("/logout")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_fault_is_told_by_number_and_logged_without_a_word_of_content(
    app: Flask,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    opened_to_all(app, monkeypatch, ValueError(SECRET), "/broken")
    with caplog.at_level(logging.DEBUG):
        answer = visitor.get(f"/broken?child={SECRET}")
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert "ValueError" in caplog.text
    told = next(each for each in caplog.records if each.name == "formsvc.web.errors")
    number = told.args[0]  # type: ignore[index]
    assert str(number) in answer.text


def test_a_fault_in_the_error_page_itself_still_gets_an_answer(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_to_all(app, monkeypatch, ValueError(SECRET), "/broken")
    app.jinja_env.globals["languages"] = lambda: 1 / 0
    answer = visitor.get("/broken")
    assert answer.status_code == 500
    assert "Noe gikk galt hos oss" in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Conflict("Amir har lagret i mellomtiden."), 409),
        (AnswersLost("Feltet sted mangler i dokumentet."), 500),
        (InvalidAnswers([Problem("place", "Skriv stedet."), Problem("date", "Velg dato.")]), 422),
    ],
)
def test_our_own_errors_are_told_in_their_own_words(
    app: Flask,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    error: FormsvcError,
    status: int,
) -> None:
    opened_to_all(app, monkeypatch, error, "/broken", "/api/v1/broken")
    page, problem = visitor.get("/broken"), visitor.get("/api/v1/broken")
    assert page.status_code == problem.status_code == status
    assert problem.mimetype == "application/problem+json"
    told = json.loads(problem.text)
    assert told["status"] == status
    if isinstance(error, InvalidAnswers):
        assert told["problems"] == [
            {"field": "place", "message": "Skriv stedet."},
            {"field": "date", "message": "Velg dato."},
        ]
        assert all(f"<li>{problem.message}</li>" in page.text for problem in error.problems)
    else:
        assert told["detail"] == str(error)
        assert str(error) in page.text


@pytest.mark.parametrize(
    ("accept", "json_wanted"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("application/json", True),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_script_gets_json_and_a_reader_a_page(
    app: Flask, accept: str, *, json_wanted: bool
) -> None:
    with app.test_request_context("/papers", headers={"Accept": accept} if accept else {}):
        assert request.path == "/papers"
        assert errors.wants_json() is json_wanted
