"""Writes what a form had no room for on plain A4 pages of its own, to be appended to the form.

The pages are tagged, so that an archive and a screen reader get them as they get the form. A
letter that the font lacks is written as its number, such as [U+1F44B], so that nothing is lost.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from formsvc.documents.pdf_form import typeface
from formsvc.documents.pdf_form.layout import LEADING, TAB, wrapped
from formsvc.documents.pdf_form.look import FONT, number
from formsvc.documents.pdf_form.objects import add, embed, pdf_text, put, scratch, stream
from formsvc.documents.pdf_form.parts import Overflow
from formsvc.documents.pdf_form.typeface import FormFont
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from pypdf import PdfWriter

_WIDTH, _HEIGHT, _MARGIN = 595.28, 841.89, 57.0
_TITLE, _HEADING, _TEXT = 16.0, 12.0, 10.0


class _Block(NamedTuple):
    """Some lines that are one element of the structure tree."""

    kind: str
    size: float
    lines: Sequence[str]

    @property
    def height(self) -> float:
        return self.size * LEADING * (len(self.lines) + 0.5)


def sheets(overflow: Iterable[Overflow]) -> bytes:
    """The pages, each text under its number and what its field is called."""
    writer, font = scratch(), typeface.fallback()
    reference = embed(writer, font)
    tree: Any = writer.get_object(add(writer, {"/Type": "/StructTreeRoot"}))
    document: Any = writer.get_object(add(writer, {"/S": "/Document", "/P": _ref(tree)}))
    places: list[Any] = []
    elements: list[Any] = []
    for index, blocks in enumerate(_pages(_blocks(overflow, font))):
        page = _page(writer, reference, index, _drawn(blocks, font))
        on_page = [_element(writer, document, page, mark, b) for mark, b in enumerate(blocks)]
        places += [index, on_page]
        elements += on_page
    put(document, {"/K": elements})
    put(tree, {"/K": [_ref(document)], "/ParentTree": add(writer, {"/Nums": places})})
    put(writer.root_object, {"/StructTreeRoot": _ref(tree)})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _ref(thing: Any) -> Any:
    return thing.indirect_reference


def _blocks(overflow: Iterable[Overflow], font: FormFont) -> Iterator[_Block]:
    yield _Block("/H1", _TITLE, [_("Vedlegg")])
    for index, one in enumerate(overflow, start=1):
        yield _Block("/H2", _HEADING, list(_lines(f"{index}. {one.label}", _HEADING, font)))
        yield _Block("/P", _TEXT, list(_lines(one.text, _TEXT, font)))


def _lines(text: str, size: float, font: FormFont) -> Iterator[str]:
    known = font.advances
    drawable = "".join(
        letter if letter in known or letter == "\n" else f"[U+{ord(letter):04X}]"
        for letter in text.replace("\t", TAB)
    )
    return wrapped(drawable, (_WIDTH - 2 * _MARGIN) / size, font)


def _pages(blocks: Iterable[_Block]) -> Iterator[list[_Block]]:
    """The blocks, page by page; a long one goes on from page to page."""
    page: list[_Block] = []
    most = _HEIGHT - 2 * _MARGIN
    left = most
    for kind, size, all_lines in blocks:
        lines = iter(all_lines)
        while part := list(islice(lines, max(0, int(left / (size * LEADING) - 0.5)))) or None:
            page.append(_Block(kind, size, part))
            left -= page[-1].height
            if left < _HEADING * LEADING * 4:
                yield page
                page, left = [], most
    if page:
        yield page


def _drawn(blocks: Sequence[_Block], font: FormFont) -> bytes:
    drawn, y = [], _HEIGHT - _MARGIN
    for mark, block in enumerate(blocks):
        drawn.append(b"%s <</MCID %d>> BDC BT" % (block.kind.encode(), mark))
        drawn.append(b"%s %s Tf 0 g" % (FONT.encode(), number(block.size)))
        for line in block.lines:
            y -= block.size * LEADING
            place = (number(_MARGIN), number(y), font.shown(line))
            drawn.append(b"1 0 0 1 %s %s Tm %s Tj" % place)
        y -= block.size * LEADING * 0.5
        drawn.append(b"ET EMC")
    return b"\n".join(drawn)


def _page(writer: PdfWriter, font: Any, index: int, drawing: bytes) -> Any:
    page = writer.add_blank_page(_WIDTH, _HEIGHT)
    contents = stream(writer, {}, drawing, packed=True)
    resources = {"/Font": {FONT: font}}
    tagged = {"/StructParents": index, "/Tabs": "/S"}
    put(page, {"/Resources": resources, "/Contents": contents, **tagged})
    return page


def _element(writer: PdfWriter, document: Any, page: Any, mark: int, block: _Block) -> Any:
    text = pdf_text(" ".join(block.lines)) if block.kind != "/P" else None
    titled = {"/T": text} if text is not None else {}
    where = {"/Pg": page.indirect_reference, "/K": mark, "/P": document.indirect_reference}
    return add(writer, {"/Type": "/StructElem", "/S": block.kind, **where, **titled})
