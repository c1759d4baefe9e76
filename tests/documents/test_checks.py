"""Whatever is missing in a document is found, and nothing else is called missing."""

from __future__ import annotations

import random
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from formsvc.documents import checks, fonts
from formsvc.errors import AnswersLost

MEASURES = [
    {"measure": "Lage friminuttsplan", "responsible": "Solveig Nygård", "deadline": "23.02.2027"},
    {"measure": "Sende henvisning", "responsible": "Solveig Nygård", "deadline": "01.03.2027"},
]


def printed(answers: Any) -> Iterator[str]:
    """Every answer on a line of its own, as a template would print them."""
    if isinstance(answers, dict):
        for answer in answers.values():
            yield from printed(answer)
    elif isinstance(answers, list):
        for answer in answers:
            yield from printed(answer)
    elif answers not in (None, ""):
        yield str(answers)


def lost(words: dict[str, Any], text: str) -> str:
    with pytest.raises(AnswersLost) as error:
        checks.nothing_lost(words, text)
    return str(error.value)


def test_a_document_with_every_answer_passes() -> None:
    checks.nothing_lost({"measures": MEASURES}, "\n".join(printed(MEASURES)))


def test_an_answer_that_is_not_there_is_named_by_its_field() -> None:
    text = "\n".join(printed(MEASURES)).replace("Sende henvisning", "Sende henvisnin")

    message = lost({"measures": MEASURES}, text)

    assert "measures.1.measure" in message
    assert "measures.0" not in message


def test_a_name_in_two_rows_must_stand_there_twice() -> None:
    text = "\n".join(printed(MEASURES)).replace("Solveig Nygård", "", 1)

    assert "measures.0.responsible" in lost({"measures": MEASURES}, text)


def test_a_name_within_another_does_not_stand_in_for_it() -> None:
    words = {"chair": "Per", "participants": [{"name": "Per Lund"}]}

    checks.nothing_lost(words, "Møteleder Per\nPer Lund")
    assert "chair" in lost(words, "Møteleder\nPer Lund")


def test_a_lost_accent_is_a_lost_answer() -> None:
    assert "name" in lost({"name": "Máret Čáhci"}, "Máret Cáhci")


def test_swapped_letters_are_a_lost_answer() -> None:
    assert "place" in lost({"place": "Otta"}, "Ottå taOt")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("et  langt\n\nsvar", "et langt svar"),
        ("sam\u00adarbeid", "samarbeid"),
        ("Aas\u200b, Torbjørn", "Aas, Torbjørn"),
        ("finne fler", "ﬁnne ﬂer"),
        ("A\u030as", "Ås"),
        ("D’Angelo", "DʼAngelo"),
        ("👍🏽 bra ❤️", "👍 bra ❤"),
        ("ord" * 50_000, "ord\n" * 50_000),
    ],
)
def test_what_layout_may_change_is_not_called_lost(written: str, read: str) -> None:
    checks.nothing_lost({"note": written}, read)
    checks.nothing_lost({"note": read}, written)


def test_numbers_are_answers_and_yes_and_no_are_not() -> None:
    checks.nothing_lost({"meeting_number": 2, "anonymous": False, "no_absences": True}, "2")
    assert "meeting_number" in lost({"meeting_number": 2}, "3")


def test_the_language_of_the_paper_need_not_stand_on_it() -> None:
    checks.nothing_lost({"language": "nb", "person": {"language": "norsk"}}, "norsk")
    assert "person.language" in lost({"person": {"language": "norsk"}}, "")


# -- page breaks -----------------------------------------------------------------------------------

LONG = " ".join(f"Setning nummer {n} om hva vi ble enige om." for n in range(40))
FURNITURE = "side 1 av 2\fEksempel kommune Unntatt offentlighet"


def broken(text: str) -> str:
    return f"{text[:700]}\n{FURNITURE}\n{text[700:]}"


def test_a_long_text_may_run_over_a_page_break() -> None:
    checks.nothing_lost({"need": LONG}, broken(LONG))


def test_a_name_torn_apart_within_a_long_text_still_stands_in_its_own_field() -> None:
    text = f"{LONG[:690]} Per Lund {LONG[700:]}"
    words = {"need": text, "chair": "Per Lund"}
    torn = f"{text[:694]}\n{FURNITURE}\n{text[694:]}"

    checks.nothing_lost(words, f"Per Lund\n{torn}")
    assert "chair" in lost(words, torn)


@pytest.mark.parametrize("at", [0, 300, 695, 705, 1000, len(LONG) - 9])
def test_what_is_missing_beside_a_page_break_is_found(at: int) -> None:
    text = broken(LONG)
    place = text.index(LONG[at : at + 5])

    assert "need" in lost({"need": LONG}, text[:place] + text[place + 5 :])


def test_a_short_text_is_not_put_together_from_pieces() -> None:
    words = {"role": "Helsesykepleier og koordinator"}

    assert "role" in lost(words, "Helsesykepleier\fog koordinator")


def test_the_same_long_text_in_two_fields_must_stand_there_twice() -> None:
    words = {"need": LONG, "important": LONG}

    checks.nothing_lost(words, f"{broken(LONG)}\f{broken(LONG)}")
    assert "need" in lost(words, broken(LONG))


LINES = [f"{day}: fri" for day in ("Mandag", "Tirsdag", "Onsdag", "Torsdag", "Fredag")] * 2


@pytest.mark.parametrize("at", range(1, len(LINES)))
def test_short_lines_may_run_over_a_page_break(at: int) -> None:
    torn = [*LINES[:at], FURNITURE.partition("\f")[0] + "\f" + LINES[at], *LINES[at + 1 :]]

    checks.nothing_lost({"conclusion": "\n".join(LINES)}, "\n".join(["Sak 1", *torn, "Sak 2"]))
    assert "conclusion" in lost({"conclusion": "\n".join(LINES)}, "\n".join(torn[:-1]))


@pytest.mark.parametrize("at", [1, 2, 35, 71])
def test_equal_lines_must_all_stand_there(at: int) -> None:
    words = {"conclusion": "\n".join(["ja"] * 72)}
    front, back = "ja\n" * at, "ja\n" * (72 - at)

    checks.nothing_lost(words, f"Sak 1\n{front}side 1\f{back}Sak 2\nside 2")
    assert "conclusion" in lost(words, f"Sak 1\n{front}side 1\f{back[3:]}Sak 2\nside 2")


def test_short_pieces_are_found_where_many_lines_are_blank() -> None:
    words = {"need": "Ro" + "\n\n\n" * 15 + "søvn"}

    checks.nothing_lost(words, "Behov\nRo\n\n\nEksempel\f\n\nsøvn\nside 2")
    assert "need" in lost(words, "Behov\nRo\n\n\nEksempel\f\n\nøvn\nside 2")


def test_cells_of_one_row_may_run_over_the_same_page_break() -> None:
    words = {"measure": "lese\n" * 60, "responsible": "Solveig\n" * 60}
    first = "lese\n" * 50 + "Solveig\n" * 50
    second = "lese\n" * 10 + "Solveig\n" * 10

    checks.nothing_lost(words, f"{first}side 1\fTiltak Ansvarlig\n{second}side 2")
    assert lost(words, f"{first}side 1\fTiltak Ansvarlig\n{second[1:]}side 2")


def test_an_answer_that_a_short_piece_could_be_taken_from_stays_whole() -> None:
    words = {"need": "Ro\n" + LONG, "chair": "Ronja Lund"}

    checks.nothing_lost(words, f"Ro\nMøteleder Ronja Lund\nside 1\f{LONG}\nside 2")
    checks.nothing_lost(words, f"Møteleder Ronja Lund\nRo\nside 1\f{LONG}\nside 2")


UNBROKEN = "Videreføresmedsammeansvarlige" * 5


@pytest.mark.parametrize("text", [LONG, UNBROKEN])
def test_a_long_text_within_a_longer_one_still_stands_there_too(text: str) -> None:
    words = {"before": text, "now": f"Videreføres: {text}", "later": f"{text} Vurderes i mai."}
    printed_words = list(printed(words))

    checks.nothing_lost(words, "\n".join(printed_words))
    checks.nothing_lost(words, "\f".join(broken(text) for text in printed_words))
    for left_out in range(3):
        rest = printed_words[:left_out] + printed_words[left_out + 1 :]
        assert "before" in lost(words, "\n".join(rest))


def test_texts_of_equal_sentences_over_many_pages_are_told_apart() -> None:
    sentence = "Læreren har en fast samtale med Ådne hver mandag før første time. "
    words = {"first": sentence * 60, "second": f"{sentence * 61} Slutt"}
    first, second = words.values()
    text = (
        f"{first[:2000]}1\f{first[2000:]}2 {second[:900]}3\f{second[900:3000]}4\f{second[3000:]}5"
    )

    checks.nothing_lost(words, text)
    assert "second" in lost(words, text.replace("Slutt", "Slut"))


@st.composite
def torn_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text of few letters, and its pieces on two to four pages."""
    text = draw(st.text("abæ", min_size=40, max_size=90))
    places = draw(st.sets(st.integers(1, len(text) - 1), min_size=1, max_size=3))
    cuts = [0, *sorted(places), len(text)]
    return text, [text[start:end] for start, end in pairwise(cuts)]


def pages_of(pieces: list[str]) -> str:
    """Pages as they are read back: what runs on first, running heads and page numbers last."""
    pages = [f"{piece} KOMMUNE · REFERAT {n}/9" for n, piece in enumerate(pieces)]
    return "INNLEDNING " + "\f".join(pages).replace(" KOMMUNE", " MERKNAD KOMMUNE")


@given(torn_texts())
def test_a_text_may_be_torn_anywhere(torn: tuple[str, list[str]]) -> None:
    text, pieces = torn

    checks.nothing_lost({"need": text}, pages_of(pieces))


@given(torn_texts(), st.data())
def test_a_torn_text_without_any_one_of_its_letters_is_lost(
    torn: tuple[str, list[str]], data: st.DataObject
) -> None:
    text, pieces = torn
    page = data.draw(st.integers(0, len(pieces) - 1))
    place = data.draw(st.integers(0, len(pieces[page]) - 1))
    pieces[page] = pieces[page][:place] + pieces[page][place + 1 :]

    assert "need" in lost({"need": text}, pages_of(pieces))


# -- scripts that are read back in another order ---------------------------------------------------


def test_right_to_left_text_is_compared_letter_by_letter() -> None:
    words = {"note": "مرحبا (اختبار) 123"}

    checks.nothing_lost(words, "123 (رابتخا) ابحرم")
    assert "note" in lost(words, "123 (رابتخا) ابحر")
    assert "note" in lost(words, "(رابتخا) ابحرم")


def test_each_field_in_such_a_script_needs_its_own_letters() -> None:
    words = {"a": "שלום", "b": "שלום"}

    checks.nothing_lost(words, "םולש םולש")
    assert "a, b" in lost(words, "םולש")


# -- at random -------------------------------------------------------------------------------------

ANSWERS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1)


@given(ANSWERS, st.randoms())
def test_documents_with_all_answers_in_any_order_pass(answers: list[str], chance: Any) -> None:
    text = [*answers, "Referat", "side 1 av 1"]
    chance.shuffle(text)

    checks.nothing_lost({"rows": answers}, "\x00".join(text))


@given(st.lists(st.text("abc", min_size=1, max_size=4), min_size=1), st.randoms())
def test_a_document_with_one_answer_fewer_never_passes(answers: list[str], chance: Any) -> None:
    text = list(answers)
    text.remove(chance.choice(answers))

    with pytest.raises(AnswersLost):
        checks.nothing_lost({"rows": answers}, "\x00".join(text))


def test_each_of_ten_seeded_losses_among_a_thousand_rows_is_found() -> None:
    chance = random.Random(7)  # noqa: S311 - the same rows each time
    rows = [
        {"measure": f"Tiltak {n} for {chance.choice(['ro', 'lek', 'søvn'])}", "service": "Skole"}
        for n in range(1000)
    ]
    lines = list(printed(rows))
    checks.nothing_lost({"rows": rows}, "\n".join(lines))

    for place in chance.sample(range(len(lines)), 10):
        assert "rows." in lost({"rows": rows}, "\n".join(lines[:place] + lines[place + 1 :]))


# -- the bundled fonts -----------------------------------------------------------------------------

#: no letters of any answer: symbols that look the same on purpose
SAME_SYMBOL = set("▶►▷▻◀◄◁◅∶\uee01") | {chr(point) for point in range(0x2460, 0x278A)}


def test_letters_that_share_a_glyph_are_compared_as_one() -> None:
    for font in fonts.bundled():
        sharing = defaultdict(set)
        with TTFont(fonts.FOLDER / font.file, lazy=True) as opened:
            for point, glyph in opened.getBestCmap().items():
                sharing[glyph].add(chr(point))
        for letters in sharing.values():
            kept = {c for c in letters - SAME_SYMBOL if unicodedata.category(c)[0] in "LP"}
            assert len({checks._bare(letter) for letter in kept}) <= 1, (font.file, letters)  # noqa: SLF001 - the table under test
