"""Every text that comes in can stand in every document that goes out, and changes are counted."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.cleaning import REPLACEMENT, clean, is_blank

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@given(ANY_TEXT)
def test_a_cleaned_text_can_stand_in_utf8_and_in_xml(text: str) -> None:
    cleaned = clean(text).text
    cleaned.encode("utf-8")
    element = ET.Element("t")
    element.text = cleaned
    assert ET.fromstring(ET.tostring(element, "unicode")).text == (cleaned or None)  # noqa: S314  own XML


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text).text
    assert clean(once) == (once, 0)


@given(ANY_TEXT)
def test_what_is_counted_is_what_can_be_seen(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.text.count(REPLACEMENT) == cleaned.replaced + text.count(REPLACEMENT)


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S", "Zs")), max_size=200))
def test_letters_marks_numbers_signs_and_emoji_are_never_touched(text: str) -> None:
    assert clean(text) == (unicodedata.normalize("NFC", text), 0)


@given(ANY_TEXT)
def test_the_text_holds_no_line_break_but_newline(text: str) -> None:
    assert not set("\r\v\f\x85\u2028\u2029") & set(clean(text).text)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_break_becomes_one_newline(line_break: str) -> None:
    assert clean(f"en{line_break}to") == ("en\nto", 0)


@pytest.mark.parametrize(
    "forbidden",
    [
        *("\x00", "\x08", "\x1b", "\x7f", "\x9f"),
        *("\ud800", "\udfff"),
        *("\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u206f"),
        *("\ufdd0", "\ufffe", "\uffff", "\U0001ffff", "\U0010ffff"),
        *("\ue000", "\uf8ff", "\U000f0000", "\U00100000"),
        *("\ufeff", "\ufff9", "\U000e0001", "\U000e007f"),
    ],
)
def test_a_forbidden_character_becomes_visible_and_is_counted(forbidden: str) -> None:
    assert clean(f"Kari{forbidden}Nordmann") == (f"Kari{REPLACEMENT}Nordmann", 1)


@pytest.mark.parametrize(
    "kept",
    [
        "Ådne Sæbø Øvrelid",
        "Máret Čáhci-Bakken, áčđŋšŧž",
        "familien 👩‍👩‍👧‍👦 ❤️ 🧑🏽‍🚒",
        "tabell\tmed\ttabulator\nog linje",
        "شکریہ می\u200cخواهم",
        "葛\U000e0100城",
        "Per & <Kari> ]]> {{ navn }}",
    ],
)
def test_what_people_write_is_kept_to_the_letter(kept: str) -> None:
    assert clean(kept) == (kept, 0)


def test_letters_typed_as_letter_and_mark_are_composed() -> None:
    assert clean("A\u030adne").text == "Ådne"


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\u00a0", "\u200b\u2060", "\u3000", "\u0301"])
def test_a_text_without_anything_to_see_is_blank(text: str) -> None:
    assert is_blank(text)


@given(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1))
def test_a_text_with_one_visible_sign_is_not_blank(text: str) -> None:
    assert not is_blank(f" {text}\n")
