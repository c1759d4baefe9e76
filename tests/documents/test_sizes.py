"""What must be understood is printed in 10.5 points at least, and nothing on a paper under 9."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from math import hypot
from typing import Any, Final

import pypdfium2
import pytest
from lxml import etree
from pypdfium2 import raw

from formsvc import kinds
from formsvc.documents import html_pdf
from formsvc.formats import Format
from formsvc.kinds import KINDS, Kind
from formsvc.originals import word
from formsvc.originals.fillable import draw
from formsvc.originals.word import styles
from formsvc.services import printing

PRINTED: Final = [kind for kind in KINDS if "pdf" in kind.formats]
#: those whose Word template is written by the service, and not in Word by somebody
WRITTEN: Final = [kind for kind in PRINTED if kind.slug in word.PAPERS]
SMALLEST: Final = 9.0
UNDERSTOOD: Final = 10.5
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: what a cell says beside its answer, and the heads of tables
_BESIDE: Final = {"TableNote"}


def _letters_by_size(pdf: bytes) -> dict[float, str]:
    """The letters of a document by their size in points, without white space."""
    letters: dict[float, list[str]] = defaultdict(list)
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                letter = chr(raw.FPDFText_GetUnicode(text, index))
                if letter.isprintable() and not letter.isspace():
                    letters[_points(text, index)].append(letter)
    return {size: "".join(found) for size, found in letters.items()}


def _points(text: Any, index: int) -> float:
    """The size of a letter: that of its font, as it is scaled on the page."""
    matrix = raw.FS_MATRIX()
    assert raw.FPDFText_GetMatrix(text, index, matrix)
    size: float = raw.FPDFText_GetFontSize(text, index) * hypot(matrix.c, matrix.d)
    return round(size, 1)


def _bare(words: str) -> str:
    return "".join(words.split())


def _made(kind: Kind, wanted: Format) -> bytes:
    return printing.make(kind, kind.form.sample(), wanted)


PAPERS: Final = [
    pytest.param(kind, wanted, id=f"{kind.slug}.{wanted}")
    for kind in PRINTED
    for wanted in kind.formats
    if wanted in ("pdf", "flattened")
]


@pytest.mark.parametrize(("kind", "wanted"), PAPERS)
def test_what_must_be_understood_is_large_enough_to_read(kind: Kind, wanted: Format) -> None:
    letters = _letters_by_size(_made(kind, wanted))
    paper = printing.context(kind, kind.form.from_answers(kind.form.sample()))["paper"]

    assert min(letters) >= SMALLEST
    small = "".join(found for size, found in letters.items() if size < UNDERSTOOD)
    texts = [words for text in paper["texts"].values() for words in text] + paper["legal"]
    texts += [*paper["headings"].values(), *paper["sections"].values()]
    texts += [paper["phrases"]["declaration"]] * bool(kind.form.declaration)
    assert [words for words in texts if len(words) > 12 and _bare(words) in small] == []


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.slug)
def test_word_is_large_enough_too(kind: Kind) -> None:
    with zipfile.ZipFile(io.BytesIO(_made(kind, "docx"))) as package:
        looks, body = (
            etree.fromstring(package.read(f"word/{n}.xml")) for n in ("styles", "document")
        )
    sizes = {
        style.get(f"{_W}styleId"): int(size.get(f"{_W}val", "0")) / 2
        for style in looks.iter(f"{_W}style")
        for size in style.findall(f"{_W}rPr/{_W}sz")
    }
    used = {style.get(f"{_W}val") for style in body.iter(f"{_W}pStyle")}
    assert min(sizes.values()) >= SMALLEST
    assert {style for style in used - _BESIDE if sizes.get(style, 11) < UNDERSTOOD} == set()


# -- contrast --------------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_all_that_is_written_stands_out_from_what_it_stands_on() -> None:
    sheets = [html_pdf.TEMPLATES / "_letter.css", draw.HERE / "style.css"]
    css = "".join(sheet.read_text("utf-8") for sheet in sheets)
    inks = {
        "".join(2 * c for c in ink) if len(ink) == 3 else ink
        for ink in re.findall(r"(?<![-\w])color: #([0-9a-f]{3,6})", css)
    }
    inks |= {styles.INK, styles.GREY, styles.BLUE}
    grounds = ["ffffff", "e6edf4", styles.TINT]
    assert len(inks) > 4
    assert [(i, g) for i in inks for g in grounds if _contrast(i, g) < 4.5] == []


def test_too_small_a_text_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = html_pdf.page

    def with_small_texts(*given: object) -> str:
        page = whole(*given)  # type: ignore[arg-type]
        return page.replace('class="text"', 'class="text" style="font-size: 8.7pt"')

    monkeypatch.setattr(html_pdf, "page", with_small_texts)
    with pytest.raises(AssertionError):
        test_what_must_be_understood_is_large_enough_to_read(kinds.find("consent"), "pdf")
