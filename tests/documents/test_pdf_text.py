"""What WeasyPrint printed is read back as others read it, and what is lost in a file is missed."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from formsvc.documents import checks, html_pdf, pdf_text
from formsvc.documents.checks import _bare as bare
from formsvc.documents.html_pdf import standards
from formsvc.documents.words import printable
from formsvc.errors import AnswersLost
from tests.documents.html_pdf.test_face import HOSTILE, context, find, printed
from tests.samples import PRINTED, Sample, load

#: read back by pypdf from right to left
TURNED = {"hebrew", "arabic", "persian", "kurdish", "urdu"}


def by_pypdf(pdf: bytes) -> list[str]:
    return [bare(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def by_poppler(pdf: bytes) -> list[str]:
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return [bare(page) for page in found.stdout.decode().split("\f")[:-1]]


def by_us(pdf: bytes) -> list[str]:
    found = pdf_text.printed(pdf)
    assert found is not None, "not read by the fast reader"
    return [bare(page) for page in found.split("\f")]


# -- the same as others read -----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_a_paper_is_read_as_others_read_it(sample: Sample, language: str) -> None:
    pdf = printed(sample, language=language)

    assert by_us(pdf) == by_pypdf(pdf)
    if shutil.which("pdftotext"):  # it reads lines in the order in which they stand on the page
        assert list(map(Counter, by_us(pdf))) == list(map(Counter, by_poppler(pdf)))


@pytest.mark.parametrize("name", HOSTILE)
def test_odd_text_is_read_as_others_read_it(name: str) -> None:
    pdf = printed(find("minutes"), family_view=HOSTILE[name], measures=[])

    ours, theirs = by_us(pdf), by_pypdf(pdf)

    assert list(map(Counter, ours)) == list(map(Counter, theirs))
    assert ours == theirs or name in TURNED


def test_a_text_over_many_pages_is_read_whole() -> None:
    row = load("minutes.nb")["measures"][0]
    rows = [{**row, "measure": f"Tiltak {n} av 300"} for n in range(300)]

    pdf = printed(find("minutes"), measures=rows, family_view="Hver uke. " * 3000)

    assert len(by_us(pdf)) > 10
    assert by_us(pdf) == by_pypdf(pdf)


@given(st.text())
@example("\u0301")
@settings(max_examples=40)
def test_any_text_at_all_comes_out_again_or_is_visibly_replaced(odd: str) -> None:
    words = context(find("minutes")) | {"title": "Vedlegg"}
    words["entries"] = [{"number": 1, "label": "Behov", "text": odd}]

    pdf = html_pdf.render("continuation", words)

    found = pdf_text.printed(pdf)
    assert found is not None
    checks.nothing_lost(printable({"entries": words["entries"]}), found)
    # the two may hand an accent and its letter out as one or as two
    ours, theirs = (normalize("NFD", bare(text)) for text in (found, "".join(by_pypdf(pdf))))
    assert Counter(ours) == Counter(theirs)


# -- what is lost is missed ------------------------------------------------------------------------


def seeded(monkeypatch: pytest.MonkeyPatch, damage: Callable[[Any], None]) -> str | None:
    """The text of minutes, with something done to the file before it was written."""
    finish = standards.finish  # the last moment before the file is packed

    def damaged(document: Any, pdf: Any) -> None:
        damage(pdf)
        finish(document, pdf)

    monkeypatch.setattr(standards, "finish", damaged)
    return pdf_text.printed(printed(find("minutes")))


def answers() -> dict[str, Any]:
    sample = find("minutes")
    words = sample.kind.form.from_answers(sample.answers).words()
    return {key: printable(answer) for key, answer in words.items()}


def contents(pdf: Any, page: int) -> Any:
    number = int(pdf.objects[int(pdf.pages["Kids"][page * 3])]["Contents"].split()[0])
    return pdf.objects[number]


def without_the_end_of_a_page(pdf: Any) -> None:
    stream = contents(pdf, 0)
    first_text = next(n for n, item in enumerate(stream.stream) if item == b"BT")
    del stream.stream[first_text + 40 :]


def without_a_page(pdf: Any) -> None:
    del pdf.pages["Kids"][3:6]


def with_some_lines_beside_the_page(pdf: Any) -> None:
    stream = contents(pdf, 1).stream
    places = [n for n, item in enumerate(stream) if isinstance(item, bytes) and b" Tm" in item]
    for place in places[3:9]:
        stream[place] = b"1 0 0 -1 5000 40 Tm"


def with_text_under_the_page(pdf: Any) -> None:
    contents(pdf, 1).stream.insert(0, b"1 0 0 1 0 -900 cm")


def with_a_wrong_letter(pdf: Any) -> None:
    for item in pdf.objects:
        if isinstance(item, dict) and "ToUnicode" in item:
            table = pdf.objects[int(item["ToUnicode"].split()[0])]
            table.stream = [
                line.replace(b"<0076>", b"<0077>") if isinstance(line, bytes) else line
                for line in table.stream
            ]


def without_a_letter(pdf: Any) -> None:
    for item in pdf.objects:
        if isinstance(item, dict) and "ToUnicode" in item:
            table = pdf.objects[int(item["ToUnicode"].split()[0])]
            table.stream = [
                line for line in table.stream if not (isinstance(line, bytes) and b"<0076>" in line)
            ]


@pytest.mark.parametrize(
    "damage",
    [
        without_the_end_of_a_page,
        without_a_page,
        with_some_lines_beside_the_page,
        with_text_under_the_page,
        with_a_wrong_letter,
        without_a_letter,
    ],
)
def test_what_a_file_has_lost_is_missed(
    monkeypatch: pytest.MonkeyPatch, damage: Callable[[Any], None]
) -> None:
    found = seeded(monkeypatch, damage)

    assert found is not None
    with pytest.raises(AnswersLost):
        checks.nothing_lost(answers(), found)


def test_a_file_that_nothing_was_done_to_has_lost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = seeded(monkeypatch, lambda pdf: None)

    assert found is not None
    checks.nothing_lost(answers(), found)


# -- what it does not know -------------------------------------------------------------------------


def test_a_file_of_another_maker_is_read_by_those_who_know_all_of_pdf() -> None:
    pdf = printed(find("minutes"))
    again = io.BytesIO()
    PdfWriter(clone_from=io.BytesIO(pdf)).write(again)

    assert pdf_text.printed(again.getvalue()) is None
    assert bare(pdf_text.text(again.getvalue())) == "".join(by_pypdf(pdf))


@pytest.mark.parametrize(
    "unknown", [b"(abc) Tj", b"1 0 Td", b"3 Tr", b"BI /W 1 ID x EI", b"/Form Do", b"(a\nBT"]
)
def test_an_operator_that_it_does_not_know_makes_a_file_unfamiliar(
    monkeypatch: pytest.MonkeyPatch, unknown: bytes
) -> None:
    assert seeded(monkeypatch, lambda pdf: contents(pdf, 0).stream.append(unknown)) is None


def test_a_damaged_file_is_unfamiliar_and_never_an_error() -> None:
    pdf = printed(find("consent"))
    chance = random.Random(7)  # noqa: S311 - the same damage each time
    whole = pdf_text.printed(pdf)
    assert whole is not None

    for place in chance.sample(range(len(pdf)), 400):
        damaged = bytearray(pdf)
        damaged[place] ^= 1 << chance.randrange(8)
        found = pdf_text.printed(bytes(damaged))
        assert found is None or isinstance(found, str)
    for end in range(0, len(pdf) - 1, 997):
        assert pdf_text.printed(pdf[:end]) is None
