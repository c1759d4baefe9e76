"""The headings and labels that stand on a paper, read from what was made of it, in order."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any, Final

from lxml import etree, html

from tests.forms.marked import mark

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: a heading with its number and the answer it names: «Sak 1: …» is the label «Sak»
_NUMBERED: Final = re.compile(rf" \d+: {mark('[a-z_.]+')}$")

#: the number of a section before its heading, and of one who signs
_NUMBER: Final = re.compile(r"^\d+\. | \d+$")


def of_page(page: str) -> list[str]:
    """Of the HTML page that a PDF is printed from."""
    wanted = "//h2 | //h3 | //th | //p[@class='declaration']"
    return [_plain(_text(one)) for one in _found(page, wanted)]


def of_form(page: str) -> list[str]:
    """Of the HTML page that an official PDF form is drawn from."""
    wanted = (
        "//h2 | //h3 | //th | //p[@class='question'] | //p[@class='declaration']"
        " | //div[@class='pen']/p | //div[@class='choice' and not(ancestor::*[contains("
        "@class, 'choices')])]/p"
    )
    return [_NUMBER.sub("", _plain(one.text or "")) for one in _found(page, wanted)]


def _found(page: str, wanted: str) -> list[etree._Element]:
    """The elements of a page that are not words of the municipality's own."""
    ours: Any = html.fromstring(page.encode()).xpath(wanted)
    return [
        one
        for one in ours
        if not any(above.get("class") == "text" for above in one.iterancestors())
    ]


def of_word(document: bytes) -> list[str]:
    """Of a Word document that is made from one of our own templates."""
    with zipfile.ZipFile(io.BytesIO(document)) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    return [_plain(label) for one in root.iter(f"{_W}p") if (label := _label(one))]


def _label(paragraph: etree._Element) -> str:
    """The label that a paragraph of one of our styles holds; "" for any other."""
    named = paragraph.find(f"{_W}pPr/{_W}pStyle")
    style = "" if named is None else named.get(f"{_W}val", "")
    runs = [_text(run) for run in paragraph.findall(f"{_W}r")]
    if style in ("Fact", "FactBelow"):
        return runs[0]
    labels = ("Heading1", "Heading2", "TableHeading", "Declaration")
    return "".join(runs) if style in labels else ""


def _text(element: etree._Element) -> str:
    return "".join(str(words) for words in element.itertext())


def _plain(words: str) -> str:
    return _NUMBERED.sub("", " ".join(words.split()))
