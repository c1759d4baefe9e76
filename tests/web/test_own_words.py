"""A municipality with words and titles of its own meets nobody else's on any page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import config, profile
from formsvc.config import Settings
from formsvc.kinds import KINDS
from formsvc.language import LANGUAGES
from formsvc.models import Account
from formsvc.profile.parts import FORMS, INFLECTED
from formsvc.services import finish
from tests import people, stored
from tests.people import Employee
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY

PRINTED: Final = [kind for kind in KINDS if kind.formats]
#: what the shipped words begin with, however they go on; of decisions, others are made by courts
SHIPPED: Final = {
    "nb": r"forfall|søknad|ansvarsgruppe",
    "nn": r"forfall|søknad|ansvarsgruppe",
    "en": r"\babsences\b|\bapplications?\b|responsibility group",
}


def _own() -> str:
    """A profile in which each form of a word, and each title, is told from all others."""
    lines = []
    for word in INFLECTED:
        forms = ", ".join(f'{form} = "xx{word[:3]}{form[:3]}"' for form in FORMS)
        lines += [f"[words.{word}]", *(f"{language} = {{{forms}}}" for language in LANGUAGES)]
    lines.append("[titles]")
    lines += [f'{kind.slug} = "Tittel på {kind.slug}"' for kind in KINDS]
    return "\n".join(lines)


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An installation of a municipality that has words of its own."""
    own = tmp_path / "own.toml"
    own.write_text(_own(), "utf-8")
    given = replace(settings, profile=own)
    with config.using(given):
        yield given


def _addresses(app: Flask, session: Session, author: Account) -> Iterator[str]:
    """Every page that can be asked for, of each kind where it is a paper's."""
    ids: dict[str, list[object]] = {"slug": [kind.slug for kind in PRINTED]}
    ids["draft_id"] = [stored.begun(session, author, kind=kind.slug).id for kind in PRINTED]
    ids["paper_id"] = [
        finish.issue(session, kind, kind.form.from_answers(kind.form.sample()), author).id
        for kind in PRINTED
    ]
    session.commit()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/api", "/healthz")):
            continue
        if not rule.arguments:
            yield adapter.build(rule.endpoint)
        elif len(rule.arguments) == 1:
            (name,) = rule.arguments
            yield from (adapter.build(rule.endpoint, {name: each}) for each in ids.get(name, ()))


def _words(page: str) -> str:
    """What can be read or heard of a page, and not what its parts are called in code."""
    said = re.findall(r'(?:alt|title|aria-label|placeholder|content)="([^"]*)"', page)
    bare = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", page)
    return "\n".join((bare, *said))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("employee", [people.LIV, people.TORBJORN], ids=lambda who: who.role)
def test_no_page_says_a_shipped_word_or_title(
    app: Flask,
    session: Session,
    log_in: Callable[[Employee], Visitor],
    employee: Employee,
    language: str,
) -> None:
    visitor = log_in(employee)
    author = session.scalars(select(Account).where(Account.email == employee.email)).one()
    shipped = profile.load()
    titles = [shipped.title(kind.slug, language) for kind in KINDS]
    titles = [title for title in titles if title.count(" ") > 1]  # shorter ones are words too
    wrong = re.compile("|".join((SHIPPED[language], *map(re.escape, titles))), re.IGNORECASE)
    own_words = 0
    said: dict[str, list[str]] = {}
    visitor.get(f"/?lang={language}")
    for address in _addresses(app, session, author):
        answer = visitor.get(address)
        words = _words(answer.text)
        own_words += len(re.findall("xx(abs|app|res|dec)|Tittel på", words, re.IGNORECASE))
        if found := [each[0] for each in wrong.finditer(words)]:
            said[address] = found
    assert own_words > len(PRINTED)
    assert said == {}
