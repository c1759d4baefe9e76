"""What a reader meets in a finished Word document, read back from its bytes.

It knows nothing of how the document was made, so that it can witness that nothing was lost. Most
parts need no tree: that they are well-formed is seen by expat, in C and without building
anything, and where the names are Word's usual ones, one pattern then finds all that is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from lxml import etree

from formsvc.documents.docx import package
from formsvc.documents.docx.package import STRICT_W, W

#: content types by their end: the body, and all parts that are read by people
BODY: Final = ("document.main+xml",)
READ: Final = (*BODY, "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")

#: a text with its words, or the name of another element that is read
_PIECE = re.compile(r"<w:(?:t(?: [^>]*)?(?<!/)>([^<]*)|(p|br|cr|tab)(?=[ />]))")
_REFERENCE = re.compile("&(?:#([0-9]+)|#x([0-9a-fA-F]+)|([a-z]+));")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_TAB_STOPS = re.compile(r"<w:tabs>.*?</w:tabs>", re.DOTALL)
_WORD = f'xmlns:w="{W[1:-1]}"'
_AS_READ: Final = {"p": "\n", "br": "\n", "cr": "\n", "tab": "\t"}


def text(data: bytes) -> str:
    """The words of a Word document as a reader meets them: body, headers, footers, notes.

    Paragraphs are joined by newline; line breaks and tabs are kept.

    :raises BadTemplate: the bytes are no Word document.
    """
    return "\n".join(
        line for name, part in package.parts(data, READ) if (line := _words(part, name)) is not None
    )


def _words(part: bytes, name: str) -> str | None:
    """The words of a part; None when it has no paragraph."""
    xml = _plainly_written(part)
    if xml is None:
        lines = list(_lines(package.parse(part, name)))
        return "\n".join(lines) if lines else None
    words = "".join([_AS_READ[kind] if kind else said for said, kind in _PIECE.findall(xml)])
    if not words:
        return None
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_referred, words).removeprefix("\n")


def _referred(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    return _ENTITIES[name] if name else chr(int(decimal or hexadecimal, 10 if decimal else 16))


def _plainly_written(part: bytes) -> str | None:
    """The XML if a pattern finds in it what a tree would show: no other names, nothing hidden."""
    try:
        expat.ParserCreate().Parse(part, True)
        xml = part.decode()
    except (expat.ExpatError, UnicodeDecodeError):
        return None
    if "<!" in xml or xml.count("xmlns:w=") != 1 or xml.count(W[1:-1]) != 1 or _WORD not in xml:
        return None
    return _TAB_STOPS.sub("", xml) if "<w:tabs>" in xml else xml


def _lines(root: etree._Element) -> Iterator[str]:
    """The text of each paragraph, in order."""
    line: list[str] | None = None
    w = STRICT_W if root.tag.startswith(STRICT_W) else W
    for element in root.iter(f"{w}p", f"{w}t", f"{w}tab", f"{w}br", f"{w}cr"):
        if element.tag == f"{w}p":
            if line is not None:
                yield "".join(line)
            line = []
        elif line is not None:
            line.append(_read_as(element, w))
    if line is not None:
        yield "".join(line)


def _read_as(element: etree._Element, w: str) -> str:
    if element.tag == f"{w}t":
        # comments may stand between its words
        return str(element.xpath("string()"))
    parent = element.getparent()
    if parent is None or parent.tag != f"{w}r":  # a tab stop, not a tab
        return ""
    return "\t" if element.tag == f"{w}tab" else "\n"
