"""A text has room for ten pages and a name for a line; more is refused at its field, and kept."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from formsvc.forms.fields import LONGEST_NAME, LONGEST_TEXT, Date, Number, Text
from formsvc.kinds import KINDS, Kind, find
from formsvc.language import speaking
from tests.samples import load


def _problems(answers: dict[str, Any]) -> list[tuple[str, str]]:
    form = find("minutes").form.from_answers(answers)
    form.validate()
    return [(problem.field, problem.message) for problem in form.problems()]


@pytest.mark.parametrize(("field", "most"), [("evaluation", LONGEST_TEXT), ("place", LONGEST_NAME)])
def test_a_text_takes_what_there_is_room_for_and_not_one_more(field: str, most: int) -> None:
    def refused(length: int) -> list[str]:
        return [path for path, _ in _problems({**load("minutes.nb"), field: "å" * length})]

    assert refused(most - 1) == refused(most) == []
    assert refused(most + 1) == [field]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nb", "Teksten kan ha høyst 20\u00a0000 tegn. Denne har 23\u00a0412."),
        ("nn", "Teksten kan ha høgst 20\u00a0000 teikn. Denne har 23\u00a0412."),
        ("en", "The text can have at most 20,000 characters. This one has 23,412."),
    ],
)
def test_the_sentence_says_how_much_there_is_room_for(language: str, sentence: str) -> None:
    with speaking(language):
        assert _problems({**load("minutes.nb"), "family_view": "x" * 23_412}) == [
            ("family_view", sentence)
        ]


def test_a_text_that_is_too_long_is_refused_and_stays_as_it_was_typed() -> None:
    typed = " ".join(["ord"] * 10_000)
    form: Any = find("minutes").form.from_typed({"family_view": [typed], "date": ["9" * 300]})
    assert not form.validate()
    assert form.family_view.value == form.typed()["family_view"][0] == typed
    assert form.date.value == form.typed()["date"][0] == "9" * 300
    assert form.answers()["family_view"] == typed
    again = find("minutes").form.from_typed(form.typed())
    assert again.typed() == form.typed()


def test_length_is_counted_as_the_text_is_kept() -> None:
    """A browser sends each line break as two characters, and å may be sent as a and a ring."""
    lines = "a\u030a\r\n" * (LONGEST_TEXT // 2)
    assert _problems({**load("minutes.nb"), "family_view": f"  {lines}  "}) == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_field_that_is_typed_in_has_an_end(kind: Kind) -> None:
    form = kind.form.from_answers(kind.form.sample())
    leaves = [leaf for leaf in form.leaves() if isinstance(leaf, Text)]
    for leaf in leaves:
        short = kind.form.from_typed({**form.typed(), leaf.name: ["x" * leaf.longest]})
        longer = kind.form.from_typed({**form.typed(), leaf.name: ["x" * (leaf.longest + 1)]})
        short.validate()
        longer.validate()
        said = [
            [p.message for p in each.problems() if p.field == leaf.path] for each in (short, longer)
        ]
        assert not any("Teksten kan ha høyst" in message for message in said[0]), leaf.path
        assert ["Teksten kan ha høyst" in message for message in said[1]] == [True], leaf.path


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_the_schema_says_how_long_a_text_may_be(kind: Kind) -> None:
    schema = jsonschema.Draft202012Validator(kind.form.schema())
    sample = kind.form.sample()
    for leaf in kind.form.from_answers(sample).leaves():
        if isinstance(leaf, Text) and not isinstance(leaf, (Date, Number)):
            said = [
                {fault.validator for fault in schema.iter_errors(_with(sample, leaf.path, text))}
                for text in ("1" * leaf.longest, "1" * (leaf.longest + 1))
            ]
            assert ["maxLength" in each for each in said] == [False, True], leaf.path


def _with(answers: Any, path: str, text: str) -> Any:
    """The answers with another text at a dotted path."""
    if not path:
        return text
    step, _dot, rest = path.partition(".")
    if isinstance(answers, list):
        return [_with(one, rest, text) if str(i) == step else one for i, one in enumerate(answers)]
    answers = answers or {}
    return {**answers, step: _with(answers.get(step), rest, text)}


def test_rules_wait_for_a_text_that_is_too_long() -> None:
    answers = {**load("minutes.nb"), "referent": "x" * (LONGEST_NAME + 1)}
    assert [path for path, _ in _problems(answers)] == ["referent"]


def test_a_code_that_nobody_can_choose_is_said_again_but_not_all_of_it() -> None:
    [(path, message)] = _problems({**load("minutes.nb"), "approval": "x" * 5_000})
    assert path == "approval"
    assert f"«{'x' * 80}…»" in message
    assert len(message) < 500


def test_a_paper_that_was_issued_before_there_was_a_limit_is_printed_with_all_of_it() -> None:
    form = find("minutes").form
    place = "Rom " * 10_000
    assert form.from_answers(form.sample() | {"place": place}).answers()["place"] == place.strip()
