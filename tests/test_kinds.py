"""Every kind of paper is whole by being registered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from formsvc import originals
from formsvc.config import PACKAGE
from formsvc.documents import docx
from formsvc.errors import InvalidAnswers, NoSuchFormat, UnknownKind
from formsvc.kinds import GROUPS, KINDS, Kind, find
from formsvc.language import LANGUAGES, PAPER_LANGUAGES
from formsvc.services import printing

PRINTED = [kind for kind in KINDS if not kind.counted]


def _slug(kind: Kind) -> str:
    return kind.slug


@pytest.mark.parametrize("kind", KINDS, ids=_slug)
def test_a_kind_has_one_name_everywhere(kind: Kind) -> None:
    assert re.fullmatch("[a-z_]+", kind.slug)
    assert kind.form.__module__ == f"formsvc.forms.{kind.slug}"
    assert kind.group in GROUPS
    for language in LANGUAGES:
        assert kind.title(language) != kind.slug


@pytest.mark.parametrize("kind", PRINTED, ids=_slug)
@pytest.mark.parametrize("language", PAPER_LANGUAGES)
def test_a_kind_has_its_templates(kind: Kind, language: str) -> None:
    assert originals.exists(f"{kind.slug}.{language}.docx")
    assert originals.exists(f"{kind.slug}.{language}.pdf") == ("fillable" in kind.formats)
    assert (PACKAGE / "templates" / "documents" / f"{kind.slug}.html").is_file()


@pytest.mark.parametrize("kind", PRINTED, ids=_slug)
@pytest.mark.parametrize("language", PAPER_LANGUAGES)
def test_the_sample_of_a_kind_becomes_a_word_document(kind: Kind, language: str) -> None:
    text = docx.text(printing.make(kind, kind.form.sample(language), "docx"))
    assert kind.title(language) in " ".join(text.split())  # a long one goes on after its colon


def test_the_one_kind_that_is_counted_is_the_one_that_its_page_asks() -> None:
    assert [kind.slug for kind in KINDS if kind.counted] == ["evaluation"]


def test_no_code_asks_for_one_kind_by_its_name() -> None:
    slugs = "|".join(kind.slug for kind in KINDS)
    asking = re.compile(rf"""(slug|kind)\S*\s*(==|!=|in)\s.*["']({slugs})["']""")
    for path in Path(PACKAGE).rglob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            assert not asking.search(line), f"{path.name}: {line}"


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(UnknownKind, match="minutes"):
        find("referat")


def test_a_paper_that_is_only_counted_has_no_document() -> None:
    kind = find("evaluation")
    with pytest.raises(NoSuchFormat):
        printing.make(kind, kind.form.sample(), "pdf")


def test_answers_that_break_a_rule_make_no_document() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        printing.make(find("minutes"), {"language": "nb"}, "docx")
    assert {"referent", "participants", "items"} <= {p.field for p in refused.value.problems}
