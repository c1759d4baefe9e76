"""Whatever people write, in whatever scripts, stands on the papers, or is refused before them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from formsvc import letters
from formsvc.cleaning import is_blank
from formsvc.documents import checks, html_pdf, pdf_text
from formsvc.documents.words import printable
from formsvc.errors import AnswersLost
from formsvc.formats import Format
from formsvc.forms.base import DocumentForm
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

JOINER, AS_EMOJI = "\u200d", "\ufe0f"

#: texts that were called lost although they stood there
DIRECTIONS = [
    "محمد 12 år",
    "محمد, 12 år",
    "سارة 10 Otta ungdomsskole",
    "Far skrev «شكرا» 2 ganger.",
    "محمد 2011-05-03 Otta",
    "شكرا 100 ganger",
    "روژاڤا 12 kurdisk",
    "שלום 12 abc",
    "مُحَمَّدٌ 12 år",
    "Ring محمد på +47 90 90 90 90 (etter kl. 16.30)",
    "محمد 12 34 år, 5678 kr",
    "(שלום) [abc] 45%",
    "Møte med محمد أحمد og שרה, 3 ganger i uka, se https://eksempel.no/سارة?id=4711",
]
PEOPLE = "\U0001f469\U0001f468\U0001f9d1"
WORK = [
    "⚕️",
    "⚖️",
    "✈️",
    "🌾",
    "🍳",
    "🎓",
    "🎤",
    "🎨",
    "🏫",
    "💻",
    "🔧",
    "🔬",
    "🚀",
    "🚒",
    "🦯",
    "🦰",
    "🎄",
]
EMOJI = [
    *(one + JOINER + work for work in WORK for one in PEOPLE),
    *(
        f"{one}{JOINER}{sign}{AS_EMOJI}"
        for one in "🤷🙋🤦🏃🙇💁👮🚶🏊🚴🧘🙍🙎🙅🙆👷🧙"
        for sign in "♀♂"
    ),
    *[
        "🏳️‍🌈",
        "🏳️‍⚧️",
        "🏴‍☠️",
        "❤️‍🔥",
        "👩‍❤️‍👨",
        "👨‍👩‍👧‍👦",
        "🧑🏻‍🤝‍🧑🏿",
        "👩🏽‍⚕️",
        "🤷🏿‍♂️",
        "🏃‍♀️‍➡️",
        "👁️‍🗨️",
        "😮‍💨",
    ],
    *["🙂‍↔️", "🐻‍❄️", "👍🏿", "❤️", "🇳🇴", "1️⃣", "♀ og ♂"],
]
MARKS = ["a" + "\u0301\u0316" * 10, "x" + "\u0301" * 30, "กี้้้", "ḿ̆ n̂", "שָּׁ", "क्षि"]


def _minutes(texts: list[str]) -> DocumentForm:
    """Minutes with each of these texts as a conclusion."""
    items = [{"title": f"Sak {number}", "conclusion": text} for number, text in enumerate(texts)]
    return printing.check(find("minutes"), {**load("minutes.nb"), "items": items})


def _read(form: DocumentForm) -> str:
    words = printing.context(find("minutes"), form)
    return pdf_text.text(html_pdf.render("minutes", words))


@pytest.mark.parametrize("texts", [DIRECTIONS, EMOJI, MARKS], ids=["directions", "emoji", "marks"])
def test_what_people_write_is_found_again_on_the_minutes(texts: list[str]) -> None:
    printing.render(find("minutes"), _minutes(texts), "pdf")


@pytest.mark.parametrize("text", DIRECTIONS)
def test_each_mixed_text_is_found_again_when_it_stands_alone(text: str) -> None:
    """Beside others the letters of one may stand in for those of another."""
    printing.render(find("minutes"), _minutes([text]), "pdf")


@pytest.mark.parametrize("wanted", ["pdf", "fillable", "flattened"])
def test_what_people_write_is_found_again_on_the_official_form(wanted: Format) -> None:
    for exclusions in ("\n".join(DIRECTIONS), " ".join(EMOJI), " ".join(MARKS), DIRECTIONS[3]):
        printing.make(find("consent"), {**load("consent.nb"), "exclusions": exclusions}, wanted)


#: the same minutes, printed by a template that does something wrong
_CONCLUSION = "Far skrev «شكرا» 4711 ganger."


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "Far skrev «شكرا»",
        "Far skrev «شكر» 4711 ganger.",
        "Far skrev 4711 ganger.",
        "Far skrev «شكرا» ganger.",
        "Far skrev «شكرا» 471 ganger.",
        "Far skreiv «شكرا» 4711 ganger.",
    ],
)
def test_a_mixed_text_that_is_left_out_cut_or_changed_is_lost(printed: str) -> None:
    form = _minutes([_CONCLUSION])
    wrong = _read(_minutes([printed or "Annet."]))
    with pytest.raises(AnswersLost, match=r"items\.0\.conclusion"):
        checks.nothing_lost(printable(form.words()), wrong)


def test_two_mixed_texts_are_not_found_in_one() -> None:
    twice = _minutes([_CONCLUSION, _CONCLUSION])
    once = _read(_minutes([_CONCLUSION]))
    with pytest.raises(AnswersLost):
        checks.nothing_lost(printable(twice.words()), once)


def test_a_number_elsewhere_on_the_page_is_not_the_one_beside_the_name() -> None:
    form = _minutes(["محمد 2026 år"])
    wrong = _read(_minutes(["محمد år"]))
    assert wrong.count("2026") > 3
    with pytest.raises(AnswersLost):
        checks.nothing_lost(printable(form.words()), wrong)


#: scripts that the fonts have, mixed as people mix them
SCRIPTS = [
    *(
        "abcæøå ÆØÅ ",
        "čđŋšŧž ",
        "абвгґїщ ",
        "αβγάώ ",
        "ابتثجحخ محمد ",
        "پژگچڤ ",
        "אבגדהו ",
        "กขคงจ ี่้ ",
    ),
    *(
        "தமிழ்வண ",
        "क्षिमुह ",
        "ሰላምል ",
        "აბგ ",
        "աբգ ",
        "0123456789 ",
        "0123456789-.,:/ ",
        "()[]«»\"'!?% ",
    ),
    "\u0301\u0308\u0316\u030c",
]
SOME_TEXT = (
    st.lists(
        st.sampled_from(SCRIPTS).flatmap(lambda script: st.text(script, min_size=1, max_size=12)),
        min_size=1,
        max_size=8,
    )
    .map("".join)
    .filter(lambda text: not is_blank(text))
)


#: a document is printed for each try, so a failure is shown as it was met
UNSHRUNK = [phase for phase in Phase if phase is not Phase.shrink]


@settings(max_examples=10, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        SOME_TEXT,
        min_size=30,
        max_size=30,
    )
)
def test_texts_of_any_scripts_are_found_again(texts: list[str]) -> None:
    assert not any(map(letters.missing, texts))
    printing.render(find("minutes"), _minutes(texts), "pdf")


@settings(max_examples=8, phases=UNSHRUNK, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=60), min_size=20, max_size=20
    )
)
def test_any_text_at_all_is_printed_or_refused(texts: list[str]) -> None:
    answers: dict[str, Any] = {**load("minutes.nb")}
    answers["items"] = [{"title": "Sak", "conclusion": f"Vi ble enige. {text}"} for text in texts]
    form = find("minutes").form.from_answers(answers)
    form.validate()
    refused = {problem.field for problem in form.problems()}
    sound = [
        item for at, item in enumerate(answers["items"]) if f"items.{at}.conclusion" not in refused
    ]
    answers["items"] = sound or load("minutes.nb")["items"]
    printing.make(find("minutes"), answers, "pdf")
