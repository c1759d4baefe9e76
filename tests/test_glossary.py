"""One thing has one name in all that people read: the table in CONTRIBUTING says which."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg

from formsvc import profile
from formsvc.cli import main
from formsvc.config import PACKAGE
from formsvc.documents import docx, pdf_text
from formsvc.web import openapi
from tests.test_translations import forms, pairs

ROOT: Final = PACKAGE.parent
TEMPLATES: Final = ROOT / "docx_templates"


#: what is no word in a template
_CODE: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)


class Row(NamedTuple):
    """What is never said in a language, but for where it is right."""

    language: str
    never: re.Pattern[str]
    word: str


class Text(NamedTuple):
    """A text that somebody reads, and where it stands."""

    place: str
    language: str
    words: str


@cache
def glossary() -> tuple[Row, ...]:
    """What the table forbids."""
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    lines = guide.split("| thing |")[1].split("\n\n")[0].splitlines()[2:]
    return tuple(row for line in lines for row in _rows(line.split("|")[5]))


def _rows(cell: str) -> Iterator[Row]:
    never, _but, allowed = cell.partition(", but ")
    rights = "|".join(re.escape(each) for each in re.findall(r"`([^`]+)`", allowed))
    for languages, words in re.findall(r"((?:\b(?:nb|nn|en)\b ?)+)((?:`[^`]+` ?)+)", never):
        for word in re.findall(r"`([^`]+)`", words):
            pattern = re.escape(word).replace(r"\*", r"\w*")
            bound = rf"\b{pattern}\b" if word.strip("*").isalpha() else pattern
            # what is right is found first, and then not looked at again
            whole = rf"(?:{rights})|(?P<never>{bound})" if rights else rf"(?P<never>{bound})"
            for language in languages.split():
                yield Row(language, re.compile(whole, re.IGNORECASE), word)


def faults(texts: Iterable[Text]) -> list[str]:
    """Each word that is never said, with its place and the text around it."""
    return [
        f"{text.place} ({text.language}): «{found['never']}» in «{_around(found)}»"
        for text in texts
        for row in glossary()
        if row.language == text.language
        for found in row.never.finditer(text.words)
        if found["never"]
    ]


def _around(found: re.Match[str]) -> str:
    """The word with what stands beside it."""
    return " ".join(found.string[max(found.start() - 60, 0) : found.end() + 60].split())


def messages() -> Iterator[Text]:
    """What the code and the pages say."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    keywords = DEFAULT_KEYWORDS | parse_keywords(["_l", "ngettext:1,2"])
    for place, line, text, *_rest in extract_from_dir(PACKAGE, methods, options, keywords):
        for words in forms(text):
            yield Text(f"formsvc/{place}:{line}", "nb", words)


def catalogues() -> Iterator[Text]:
    """What it is in nynorsk and English."""
    places = {text.words: text.place for text in messages()}
    for language in ("nn", "en"):
        for text, words in pairs(language):
            yield Text(f"{places.get(text, '')} «{text}»", language, words)


def own_texts() -> Iterator[Text]:
    """What the profile says."""

    def within(value: Any, path: str) -> Iterator[Text]:
        if isinstance(value, dict):
            for key, each in value.items():
                if key in ("nb", "nn", "en"):
                    yield Text(f"profile.toml, {path}", key, str(each))
                else:
                    yield from within(each, f"{path}.{key}" if path else key)
        elif isinstance(value, list):
            for each in value:
                yield from within(each, path)

    yield from within(tomllib.loads(profile.SHIPPED.read_text("utf-8")), "")


def originals() -> Iterator[Text]:
    """What stands on the Word templates and the official forms."""
    for path in sorted(TEMPLATES.glob("*.docx")):
        place = f"{TEMPLATES.name}/{path.name}"
        yield Text(place, path.name.split(".")[1], docx.text(path.read_bytes()))
    for path in sorted(TEMPLATES.glob("*.pdf")):
        place = f"{TEMPLATES.name}/{path.name}"
        yield Text(place, path.name.split(".")[1], pdf_text.text(path.read_bytes()))


def commands() -> Iterator[Text]:
    """What the command line says of itself, in English."""
    for name, command in main.commands.items():
        helps = (getattr(each, "help", None) for each in (command, *command.params))
        for words in filter(None, helps):
            yield Text(f"formsvc {name} --help", "en", words)


def api() -> Iterator[Text]:
    """What the description of the API says, in English."""

    def within(value: Any) -> Iterator[Text]:
        if isinstance(value, dict):
            for key in ("description", "summary"):
                if isinstance(value.get(key), str):
                    yield Text("openapi", "en", value[key])
            for each in value.values():
                yield from within(each)
        elif isinstance(value, list):
            for each in value:
                yield from within(each)

    # the forms' own words come in the language that is spoken
    described = openapi.document()
    yield from within({"info": described["info"], "paths": described["paths"]})


def print_html() -> Iterator[Text]:
    """What the print HTML says of its own, which it says in every language."""
    for path in sorted((PACKAGE / "templates" / "documents").glob("*.html")):
        bare = re.sub(
            r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>",
            " ",
            path.read_text("utf-8"),
            flags=re.DOTALL,
        )
        for language in ("nb", "nn"):
            yield Text(path.name, language, bare)


SOURCES = (messages, catalogues, own_texts, originals, print_html, commands, api)


@pytest.mark.parametrize("source", SOURCES, ids=lambda each: each.__name__)
def test_one_thing_has_one_name(source: Any) -> None:
    read = list(source())
    assert len(read) > 10, "hardly anything was read"
    assert faults(read) == []


def test_the_table_is_read_whole() -> None:
    """A word in it that the test does not understand would forbid nothing."""
    rows = {(row.language, row.word) for row in glossary()}
    assert {
        ("nb", "papir*"),
        ("nn", "papir*"),
        ("en", "paper*"),
        ("nb", "“"),
        ("nn", "henne"),
    } <= rows


@pytest.mark.parametrize(
    ("language", "words", "wrong"),
    [
        ("nb", "Alle papirer", "papirer"),
        ("nb", "Skriv under på papir.", ""),
        ("nb", "Legg det på papir, og lever papiret.", "papiret"),
        ("en", "Finished papers", "papers"),
        ("nb", "Ansvarsgruppen er oppløst", "Ansvarsgruppen"),
        ("nb", "Filene er klare", ""),
        ("nn", "Opne henne", "henne"),
        ("en", "Choose ‘Save’", "‘"),
    ],
)
def test_a_word_that_is_never_said_is_found(language: str, words: str, wrong: str) -> None:
    found = faults(iter([Text("here", language, words)]))
    assert found == ([f"here ({language}): «{wrong}» in «{words}»"] if wrong else [])
