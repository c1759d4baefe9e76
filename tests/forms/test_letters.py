"""A letter that papers cannot be printed with is told at its field, before a paper is made."""

from __future__ import annotations

import pytest

from formsvc.kinds import KINDS, Kind, find
from formsvc.language import speaking
from tests.samples import load
from tests.test_letters import NOT_PRINTED, PRINTED

WANG = (
    "Skriften vi bruker, har ikke tegn for «王小明»."
    " Skriv med latinske bokstaver, og navn slik de står i Folkeregisteret."
)


def _refused(kind: Kind, path: str, text: str) -> list[tuple[str, str]]:
    typed = kind.form.from_answers(kind.form.sample()).typed()
    form = kind.form.from_typed({**typed, path.replace(".", "-"): [text]})
    form.validate()
    return [(problem.field, problem.message) for problem in form.problems()]


@pytest.mark.parametrize("script", NOT_PRINTED)
def test_a_name_in_a_script_that_no_font_has_is_refused_at_its_field(script: str) -> None:
    answers = load("minutes.nb")
    answers["child"]["name"] = NOT_PRINTED[script]
    form = find("minutes").form.from_answers(answers)
    assert not form.validate()
    [problem] = form.problems()
    assert problem.field == "child.name"
    assert problem.message.startswith("Skriften vi bruker, har ikke tegn for «")


@pytest.mark.parametrize("script", PRINTED)
def test_a_text_that_the_fonts_have_is_no_less_welcome_than_before(script: str) -> None:
    assert _refused(find("minutes"), "evaluation", PRINTED[script]) == []


SAID = {
    "nb": WANG,
    "nn": (
        "Skrifta vi bruker, har ikkje teikn for «王小明»."
        " Skriv med latinske bokstavar, og namn slik dei står i Folkeregisteret."
    ),
    "en": (
        "The font we use has no characters for «王小明»."
        " Write with Latin letters, and names as they are in the National Population Register."
    ),
}


@pytest.mark.parametrize("language", SAID)
def test_the_sentence_names_each_letter_once(language: str) -> None:
    with speaking(language):
        said = _refused(find("minutes"), "place", "Wang 王小明 王")
        assert said == [("place", SAID[language])]


def test_a_mark_alone_is_named_so_that_it_can_be_seen() -> None:
    [(_path, message)] = _refused(find("minutes"), "place", "Rom \u0b3e")
    assert "«◌\u0b3e»" in message


def test_of_many_letters_the_first_are_named() -> None:
    [(_path, message)] = _refused(
        find("minutes"), "place", "".join(map(chr, range(0x4E00, 0x4E40)))
    )
    assert f"«{''.join(map(chr, range(0x4E00, 0x4E14)))}…»" in message


def test_what_was_typed_is_kept_to_be_written_otherwise() -> None:
    form = find("minutes").form.from_typed({"place": ["王小明"]})
    assert not form.validate()
    assert form.typed()["place"] == ["王小明"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_paper_that_is_printed_asks_for_letters_that_it_can_be_printed_with(
    kind: Kind,
) -> None:
    form = kind.form.from_answers(kind.form.sample())
    text = next(leaf for leaf in form.leaves() if leaf.kind == "text")
    refused = [path for path, said in _refused(kind, text.path, "王小明") if said == WANG]
    # what is only counted is printed nowhere
    assert refused == ([text.path] if kind.formats else [])
