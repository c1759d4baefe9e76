"""Which language a page speaks, and how a reader changes it."""

from __future__ import annotations

import re

import pytest

from formsvc.language import LANGUAGES, spoken
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY


def spoken_on(visitor: Visitor, address: str = "/login", accept: str = "") -> str:
    answer = visitor.get(address, headers={"Accept-Language": accept} if accept else {})
    found = re.search(r'<html lang="(..)"', answer.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "nb"),
        ("nn-NO,nn;q=0.9,nb;q=0.8", "nn"),
        ("no", "nb"),
        ("no-NO,en;q=0.5", "nb"),
        ("en-GB,en;q=0.9", "en"),
        ("se,de;q=0.9", "nb"),
        ("de,en;q=0.3,nn;q=0.4", "nn"),
        ("en;q=0", "nb"),
    ],
)
def test_a_new_reader_is_met_in_the_language_of_the_browser(
    visitor: Visitor, accept: str, language: str
) -> None:
    assert spoken_on(visitor, accept=accept) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chosen_language_is_remembered_over_the_browsers(visitor: Visitor, language: str) -> None:
    assert spoken_on(visitor, f"/login?lang={language}", accept="en") == language
    assert spoken_on(visitor, "/privacy", accept="en") == language


def test_an_unknown_language_changes_nothing(visitor: Visitor) -> None:
    visitor.get("/login?lang=nn")
    assert spoken_on(visitor, "/login?lang=../etc") == "nn"


def test_the_switch_leads_to_the_same_page_with_the_same_question(visitor: Visitor) -> None:
    page = visitor.get("/login?next=/account&lang=nb").text
    assert 'href="/login?next=%2Faccount&amp;lang=nn"' in page
    assert page.count('aria-current="true"') == 1


def test_the_switch_of_an_unknown_page_leads_to_the_start(visitor: Visitor) -> None:
    assert 'href="/?lang=nn"' in visitor.get("/no-such-page").text


def test_the_language_is_over_when_the_request_is(visitor: Visitor) -> None:
    visitor.get("/login?lang=en")
    assert spoken() == "nb"
