"""How papers fall into pages and lines: nothing that is read as one is torn, no page is wasted."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import pypdfium2
import pytest
from pypdf import PdfReader

from formsvc import kinds
from formsvc.documents import docx, html_pdf
from formsvc.kinds import KINDS, Kind
from formsvc.originals.word import template
from formsvc.originals.word.labels import SHORT
from formsvc.services import printing

PRINTED: Final = [kind for kind in KINDS if "pdf" in kind.formats]
every_kind = pytest.mark.parametrize("kind", PRINTED, ids=lambda kind: kind.slug)
#: the beginning of what is read as one, at the end of a line
TORN: Final = re.compile(
    r"§$|\bkl\.$|(?<![0-9])[0-9]{2}( [0-9]{2}){0,2}$\n^[0-9]{2}\b", re.MULTILINE
)


def _made(kind: Kind, language: str, **changed: Any) -> bytes:
    answers = {**kind.form.sample(language), **changed}
    return printing.render(kind, kind.form.from_answers(answers), "pdf", "R-2027-0001").data


def _lines(data: bytes) -> str:
    pages = PdfReader(io.BytesIO(data)).pages
    return "\n".join(line.rstrip() for p in pages for line in p.extract_text().splitlines())


@every_kind
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_sections_times_and_phones_are_not_torn(kind: Kind, language: str) -> None:
    assert TORN.findall(_lines(_made(kind, language))) == []


@pytest.mark.parametrize("filler", range(60, 80, 2))
def test_wherever_a_line_ends_a_section_keeps_its_number(filler: int) -> None:
    words = f"{'x' * filler} § 22 og 61 70 00 20 og kl. 13:00"
    text = _lines(_made(kinds.find("minutes"), "nb", family_view=words))
    assert TORN.findall(text) == []
    assert "§ 22" in text
    assert "61 70 00 20" in text


def test_what_is_kept_together_is_read_back_to_the_letter() -> None:
    page = html_pdf.unbroken(
        "<html><title>§ 2</title><body><p>Etter § 22 i loven</p></body></html>"
    )
    assert "<title>§ 2</title>" in page
    assert '<span class="whole">§ 22</span> i loven' in page


def test_in_word_the_municipality_s_texts_have_spaces_that_do_not_break() -> None:
    kind = kinds.find("consent")
    form = kind.form.from_answers({**kind.form.sample(), "exclusions": "Ikke § 22"})
    text = docx.text(printing.render(kind, form, "docx").data)
    assert "helsepersonelloven §\N{NO-BREAK SPACE}22" in text
    assert "Ikke § 22" in text  # what people wrote is kept to the letter


@pytest.mark.parametrize(("slug", "together"), [("minutes", True), ("consent", False)])
def test_short_texts_stay_together_on_a_page_of_word_as_in_the_pdf(
    slug: str, together: bool
) -> None:
    with zipfile.ZipFile(io.BytesIO(template(slug, "nb"))) as package:
        body = package.read("word/document.xml").decode()
    looks = re.findall(r'<w:pPr><w:pStyle w:val="(?:SmallPrint|SmallBullet)"/>(.*?)</w:pPr>', body)
    assert looks
    assert all((look == "<w:keepNext/>") is together for look in looks)
    parts = Path(printing.__file__).parents[1] / "templates" / "documents" / "_parts.html"
    assert f"letters.sum < {SHORT} %}}" in parts.read_text("utf-8")


def _fills(data: bytes) -> list[float]:
    """How much of the room for text each page uses, to its last line, also one to write on."""
    fills = []
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            shades = page.render(scale=2, grayscale=True).to_numpy()
            top, bottom = int(shades.shape[0] * 0.06), int(shades.shape[0] * 0.93)
            inked = (shades[top:bottom] < 225).any(axis=1).nonzero()[0]
            fills.append((inked[-1] + 1) / (bottom - top))
    return fills


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("consent", "exclusions"),
        ("consent", "child_heard_note"),
        ("ke_coordinator_changed", "wish"),
        ("ke_group_created", "reason"),
    ],
)
@pytest.mark.parametrize("lines", [15, 40, 70])
def test_a_long_answer_beside_its_label_leaves_no_page_half_empty(
    slug: str, name: str, lines: int
) -> None:
    long = " ".join(f"Linje {n} sier hva familien trenger hjelp til." for n in range(lines))
    fills = _fills(_made(kinds.find(slug), "nb", **{name: long}))
    assert all(fill > 0.6 for fill in fills[:-1]), fills


@every_kind
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_last_page_of_a_sample_is_not_nearly_empty(kind: Kind, language: str) -> None:
    fills = _fills(_made(kind, language))
    assert len(fills) == 1 or fills[-1] > 0.1, fills


@pytest.mark.parametrize("lines", range(0, 10, 2))
def test_a_short_answer_stands_on_the_page_of_its_label(lines: int) -> None:
    """Also where the label takes two lines and the answer one."""
    changed = {"need": "Skole\n" * lines + "Skole", "existing_plans": ["relay_log"]}
    data = _made(kinds.find("ip_application"), "nb", **changed)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    assert [p for p in pages if ("grupper finnes" in p) != ("Stafettlogg" in p)] == []
