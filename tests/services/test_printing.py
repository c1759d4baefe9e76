"""Every sample becomes every document it can be, whole, valid and in its language."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formsvc import cleaning, config, letters
from formsvc.documents import docx, pdf_text
from formsvc.documents.docx.package import unpack
from formsvc.documents.filling import Template
from formsvc.errors import AnswersLost, BadTemplate, InvalidAnswers
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.originals.word import template as shipped
from formsvc.services import printing, templates
from tests import leaving_out
from tests.documents import validator
from tests.documents.docx.test_guard import packed
from tests.samples import FILLABLE, PRINTED, Sample, load

UNFILLED = re.compile(r"\bNone\b|\{\{|\}\}|\{%|%\}|\bTrue\b|\bFalse\b|Undefined")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _strings(answers: Any, key: str = "") -> Iterator[str]:
    """The texts of the answers that stand on paper as they are: no codes, dates or numbers."""
    if isinstance(answers, dict):
        for name, answer in answers.items():
            yield from _strings(answer, name)
    elif isinstance(answers, list):
        for answer in answers:
            yield from _strings(answer, key)
    elif isinstance(answers, str) and answers:
        yield answers


def _plain_texts(sample: Sample) -> set[str]:
    form = sample.kind.form.from_answers(sample.answers)
    assert form.validate()
    codes = set(_strings(form.answers()))
    words = set(_strings(form.words()))
    return codes & words - {sample.language}


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_a_sample_becomes_a_word_document_with_all_of_its_texts(sample: Sample) -> None:
    text = docx.text(printing.make(sample.kind, sample.answers, "docx"))
    assert not UNFILLED.search(text)
    assert not ISO_DATE.search(text)
    lost = [wanted for wanted in _plain_texts(sample) if _bare(wanted) not in _bare(text)]
    assert not lost


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_a_sample_becomes_a_pdf_for_archive_and_screen_reader(sample: Sample) -> None:
    data = printing.make(sample.kind, sample.answers, "pdf")
    _is_valid(data)
    text = pdf_text.text(data)
    assert not UNFILLED.search(text)
    lost = [wanted for wanted in _plain_texts(sample) if _bare(wanted) not in _bare(text)]
    assert not lost


@pytest.mark.parametrize("sample", FILLABLE, ids=str)
@pytest.mark.parametrize("wanted", ["fillable", "flattened"])
def test_a_sample_fills_the_official_form(sample: Sample, wanted: Format, tmp_path: Path) -> None:
    data = printing.make(sample.kind, sample.answers, wanted)
    _is_valid(data)
    _qpdf_finds_nothing(data, tmp_path)
    text = _bare(pdf_text.text(data))
    assert not [lost for lost in _plain_texts(sample) if _bare(lost) not in text]


def _is_valid(data: bytes) -> None:
    assert not validator.failures(data, "2a", "ua1")


def _qpdf_finds_nothing(data: bytes, folder: Path) -> None:
    qpdf = shutil.which("qpdf")
    if qpdf is None:
        pytest.skip("qpdf is not installed: apt install qpdf")
    file = folder / "form.pdf"
    file.write_bytes(data)
    checked = subprocess.run([qpdf, "--check", str(file)], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_equal_answers_give_equal_bytes(sample: Sample) -> None:
    for wanted in sample.kind.formats:
        first = printing.make(sample.kind, sample.answers, wanted)
        assert first == printing.make(sample.kind, sample.answers, wanted), wanted


ODD = [
    "R & D <b>fet</b> ]]> &amp; {{ referent }} {% if x %} {_{ 1 }_}",
    "fane\tog\nny linje\r\nog \x0b \x0c \x00 \x1b",
    "ensom \ud800 erstatter",
    "emoji 👨‍👩‍👧 🇳🇴 ½ € ™",
    "عربي ودارجة, עברית, ትግርኛ",
    "Čáhci Đđ Ŋŋ Šš Ŧŧ Žž, łódź, Київ, Ελλάδα",
    "x" * 3000,
    "ord " * 2000,
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("wanted", ["docx", "pdf"])
def test_odd_text_comes_out_again(odd: str, wanted: Format) -> None:
    answers = load("minutes.nb")
    answers["items"][0]["conclusion"] = odd
    answers["participants"][0]["name"] = odd[:200]
    answers["family_view"] = odd
    printing.make(find("minutes"), answers, wanted)  # raises AnswersLost when a part is missing


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("wanted", ["fillable", "flattened"])
def test_odd_text_comes_out_of_the_official_form_again(odd: str, wanted: Format) -> None:
    answers = load("consent.nb")
    answers["child_heard_note"] = answers["exclusions"] = odd
    answers["services"][0]["name"] = odd[:200]
    printing.make(find("consent"), answers, wanted)


WEEK = "Mandag: lekser\nTirsdag: fri\nOnsdag: tur\nTorsdag: fri\nFredag: SFO"


@pytest.mark.parametrize("items", [4, 8])
def test_short_lines_are_found_on_both_sides_of_a_page_break(items: int) -> None:
    answers = load("minutes.nb")
    answers["items"] = [{"title": f"Sak {n}", "conclusion": f"{WEEK} {n}"} for n in range(items)]
    printing.make(find("minutes"), answers, "pdf")


@pytest.mark.parametrize(
    "lines", ["ja\n" * 36, "ja\n" * 72, "ja\n\n\n" * 30, "ja" + "\n" * 140 + "nei"]
)
def test_many_short_or_blank_lines_are_found_over_pages(lines: str) -> None:
    answers = load("minutes.nb")
    answers["items"][0]["conclusion"] = lines
    answers["previous_measures"][0]["evaluation"] = lines
    printing.make(find("minutes"), answers, "pdf")


@pytest.mark.parametrize("wanted", ["pdf", "fillable", "flattened"])
def test_lines_and_tabs_are_found_in_an_application(wanted: Format) -> None:
    answers = load("ip_application.nb")
    answers["need"] = answers["important_to_person"] = "a\t\tb   c\n\n\n d\u00a0e\u00adf\n" * 12
    answers["person"]["language"] = "a\t\tb   c\n\n\n d"
    printing.make(find("ip_application"), answers, wanted)


@pytest.mark.parametrize("wanted", ["docx", "pdf"])
def test_a_text_that_is_carried_on_in_another_one_is_found_twice(wanted: Format) -> None:
    answers = load("minutes.nb")
    carried_on = "Fastsamtalehvermandagførførstetime" * 4
    answers["previous_measures"][0]["measure"] = carried_on
    answers["measures"][0]["measure"] = f"Videreføres: {carried_on}"
    answers["items"][0]["conclusion"] = carried_on
    answers["items"][1]["conclusion"] = f"{carried_on} Ordningen vurderes i neste møte."
    printing.make(find("minutes"), answers, wanted)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec=None), min_size=1, max_size=300))
def test_any_text_at_all_comes_out_of_word_again(text: str) -> None:
    text = cleaning.clean(text).text  # as a form reads it: «豈» is one letter, however it is coded
    missing = set(letters.missing(text))
    drawn = "".join("x" if one in missing else one for one in text)
    printing.make(find("minutes"), {**load("minutes.nb"), "evaluation": drawn}, "docx")
    if missing and not cleaning.is_blank(text):
        with pytest.raises(InvalidAnswers, match="Skriften vi bruker"):
            printing.make(find("minutes"), {**load("minutes.nb"), "evaluation": text}, "docx")


def test_a_template_that_leaves_out_an_answer_releases_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = shipped("minutes", "nb")
    members = unpack(whole)
    body = members["word/document.xml"]
    members["word/document.xml"] = body.replace(b"{{ referent }}", b"")
    assert members["word/document.xml"] != body
    faulty = Template(packed(members), outside=False)
    monkeypatch.setattr(templates, "find", lambda _kind, _name: faulty)
    with pytest.raises(AnswersLost, match="referent"):
        printing.make(find("minutes"), load("minutes.nb"), "docx")


# -- an answer that the template leaves out -------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "lost"),
    [
        ("minutes.html", '{{ parts.fact("place", place) }}', "place"),
        ("minutes.html", "{{ item.conclusion }}", "items.0.conclusion, items.1.conclusion"),
        ("minutes.html", '"name": ["w35", ["name"], ""],', "participants.0.name"),
        (
            "minutes.html",
            '"evaluation": ["", ["evaluation"], ""]',
            "previous_measures.0.evaluation",
        ),
        ("_parts.html", '{{ fact("child.birth_date", child.birth_date) }}', "child.birth_date"),
    ],
)
def test_print_html_that_leaves_out_an_answer_releases_nothing(
    name: str, words: str, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving_out.of_print_html(monkeypatch, name, words)
    with pytest.raises(AnswersLost, match=re.escape(lost)):
        printing.make(find("minutes"), load("minutes.nb"), "pdf")


def test_print_html_with_one_row_too_few_releases_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = 'parts.table("goals", goals,'
    fewer = 'parts.table("goals", goals[1:],'
    leaving_out.of_print_html(monkeypatch, "minutes.html", rows, fewer)
    with pytest.raises(AnswersLost, match=r"goals\.0\.goal"):
        printing.make(find("minutes"), load("minutes.nb"), "pdf")


#: more than the field has room for, so that the rest follows on a page of its own
NOTE = "Emma vil ha med helsesykepleieren. " * 60


@pytest.mark.parametrize("more", [{}, {"child_heard_note": NOTE}], ids=["one_file", "continued"])
@pytest.mark.parametrize("without", [leaving_out.hidden, leaving_out.off_its_page])
def test_an_official_form_that_does_not_show_an_answer_releases_nothing(
    without: Callable[[bytes, str], bytes],
    more: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = (config.SHIPPED / "consent.nb.pdf").read_bytes()
    answers = {**load("consent.nb"), **more}
    assert printing.make(find("consent"), answers, "flattened")
    faulty = Template(without(whole, "receiver.name"), outside=False)
    monkeypatch.setattr(templates, "find", lambda _kind, _name: faulty)
    with pytest.raises(AnswersLost, match=r"receiver\.name"):
        printing.make(find("consent"), answers, "flattened")


@pytest.mark.parametrize("wanted", ["fillable", "flattened"])
def test_an_official_form_without_a_field_for_an_answer_releases_nothing(
    wanted: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (config.SHIPPED / "consent.nb.pdf").read_bytes()
    faulty = Template(leaving_out.without_field(whole, "receiver.name"), outside=False)
    monkeypatch.setattr(templates, "find", lambda _kind, _name: faulty)
    with pytest.raises(BadTemplate, match=r"receiver\.name"):
        printing.make(find("consent"), load("consent.nb"), wanted)


def test_the_page_behind_an_official_form_that_leaves_out_its_text_releases_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leaving_out.of_print_html(monkeypatch, "continuation.html", "{{ entry.text }}")
    with pytest.raises(AnswersLost, match="child_heard_note"):
        printing.make(find("consent"), {**load("consent.nb"), "child_heard_note": NOTE}, "fillable")
