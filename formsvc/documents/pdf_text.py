"""Reads back the text of a PDF, from nothing but the bytes of the file.

A witness that what was printed can be read: it knows nothing of how the file was made. It goes the
way of every reader, from the cross-references to the pages, their contents and the letters of each
glyph, but it only knows what WeasyPrint writes, and is many times as fast for it. Where it meets
anything else, pypdf reads the file, which knows all of PDF.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

_Matrix = tuple[float, float, float, float, float, float]
#: glyph → letters
_Letters = Mapping[int, str]

_START: Final = re.compile(rb"startxref\n(\d+)\n%%EOF\n")
_STREAM: Final = re.compile(rb"(\d+) 0 obj\n(<<[^\n]{,1000}>>)\nstream\n")
_REFERENCE: Final = re.compile(rb"(\d+) 0 R")
_NAMED: Final = re.compile(rb"/([\w.-]+) (\d+) 0 R")
_MAPPED: Final = re.compile(rb"<([0-9a-fA-F]{4})> <((?:[0-9a-fA-F]{4})*)>\n")
_GLYPHS: Final = re.compile(rb"<([0-9a-f]*)>")

_IN_THE_FILE: Final = 1  # ISO 32000-1, table 18: where an object stands
_IN_A_STREAM: Final = 2

#: what contents hold besides text and where it stands: shapes, colours, and marks
_SILENT: Final = frozenset(
    b"re W W* n f f* B B* b b* S s m l c v y h w d J j M i rg RG g G k K cs CS sc SC scn SCN gs sh"
    b" BMC BDC EMC BT ET Ts".split()
)
#: the tag of a marked content, or its number, on a line before the operator
_MARK: Final = re.compile(rb"/\w+|<</MCID \d+>>|")


class _UnfamiliarError(Exception):
    """The file holds something that this reader does not know."""


def text(data: bytes) -> str:
    """All that a reader finds in a PDF: the text of every page, and what stands in its fields."""
    own = printed(data)
    if own is not None:
        return own
    from pypdf import PdfReader

    whole = PdfReader(io.BytesIO(data))
    values = [str(field.get("/V", "")) for field in (whole.get_fields() or {}).values()]
    # a form feed between pages tells where a long text may have been parted
    pages = "\f".join(page.extract_text() for page in whole.pages)
    return "\n".join([pages, *values])


def printed(data: bytes) -> str | None:
    """All text on the pages of a file that WeasyPrint wrote, as it is drawn; None of any other.

    Between pages stands a form feed. Text that begins outside of its page is left out, since nobody
    can read it there.
    """
    try:
        return "\f".join(_Hand(page).text() for page in _File(data).pages())
    except (_UnfamiliarError, ValueError, LookupError, struct.error, zlib.error):
        return None


class _Page(NamedTuple):
    contents: bytes
    width: float
    height: float
    fonts: Mapping[bytes, _Letters]
    #: the names of those that are pictures, and hold no text
    pictures: frozenset[bytes]


class _File:
    """The objects of a file, found by its cross-references."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._packed: dict[int, list[bytes]] = {}
        self._fonts: dict[int, Mapping[bytes, _Letters]] = {}
        start = _START.fullmatch(data, max(0, data.rfind(b"startxref")))
        if not start:
            raise _UnfamiliarError
        self._trailer, self._entries = self._stream_at(int(start[1]))
        self._widths = [int(width) for width in _array(self._trailer, b"W")]
        if b"/Prev" in self._trailer or b"/Index [0 " not in self._trailer:
            raise _UnfamiliarError

    def pages(self) -> Iterator[_Page]:
        """The pages that the catalogue leads to, in their order."""
        made_by = self._object(_referred(self._trailer, b"Info"))
        root = self._object(_referred(self._trailer, b"Root"))
        if b"/Producer (WeasyPrint " not in made_by or b"/AcroForm" in root:
            raise _UnfamiliarError
        kids = _array(self._object(_referred(root, b"Pages")), b"Kids")
        for number in kids[::3]:
            yield self._page(self._object(int(number)))

    def _page(self, page: bytes) -> _Page:
        if b"/Type /Page/" not in page or b"/Rotate" in page:
            raise _UnfamiliarError
        self._demand_links(page)
        left, bottom, width, height = map(float, _array(page, b"MediaBox"))
        if left or bottom:
            raise _UnfamiliarError
        resources = self._object(_referred(page, b"Resources"))
        contents = self._stream(_referred(page, b"Contents"))[1]
        fonts = self._lettered(_referred(resources, b"Font"))
        return _Page(contents, width, height, fonts, self._pictures(resources))

    def _demand_links(self, page: bytes) -> None:
        """Make sure that the notes on a page are links, which draw nothing of their own."""
        notes = _array(page, b"Annots")[::3] if b"/Annots" in page else ()
        for note in (self._object(int(number)) for number in notes):
            if b"/Subtype /Link" not in note or b"/AP" in note:
                raise _UnfamiliarError

    def _lettered(self, number: int) -> Mapping[bytes, _Letters]:
        """The fonts of a page, by their names."""
        if number not in self._fonts:
            named = _NAMED.findall(self._object(number))
            self._fonts[number] = {name: self._letters(int(font)) for name, font in named}
        return self._fonts[number]

    def _letters(self, number: int) -> _Letters:
        font = self._object(number)
        if b"/Encoding /Identity-H" not in font:
            raise _UnfamiliarError
        table = self._stream(_referred(font, b"ToUnicode"))[1]
        return {
            int(glyph, 16): bytes.fromhex(letters.decode()).decode("utf-16-be")
            for glyph, letters in _MAPPED.findall(table)
        }

    def _pictures(self, resources: bytes) -> frozenset[bytes]:
        found = re.search(rb"/XObject <<([^<>]*)>>", resources)
        named = _NAMED.findall(found[1]) if found else ()
        return frozenset(
            name for name, number in named if b"/Subtype /Image" in self._stream(int(number))[0]
        )

    def _object(self, number: int) -> bytes:
        """An object that is not a stream, as it is written."""
        kind, holder, index = self._place(number)
        if kind != _IN_A_STREAM:
            raise _UnfamiliarError
        if holder not in self._packed:
            self._packed[holder] = list(self._unpacked(holder))
        return self._packed[holder][index]

    def _unpacked(self, number: int) -> Iterator[bytes]:
        """All objects of an object stream, one after the other."""
        head, content = self._stream(number)
        found = re.search(rb"/First (\d+)", head)
        if not found:
            raise _UnfamiliarError
        first = int(found[1])
        starts = [first + int(start) for start in content[:first].split()[1::2]]
        for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
            yield content[start:end]

    def _place(self, number: int) -> tuple[int, int, int]:
        """What the cross-references say of an object: what it is, and two numbers for where."""
        kind, place, index = self._widths
        start = number * (kind + place + index)
        entry = self._entries[start : start + kind + place + index]
        return (
            int.from_bytes(entry[:kind]),
            int.from_bytes(entry[kind : kind + place]),
            int.from_bytes(entry[kind + place :]),
        )

    def _stream(self, number: int) -> tuple[bytes, bytes]:
        kind, place, _ = self._place(number)
        if kind != _IN_THE_FILE or not self._data.startswith(b"%d 0 obj\n" % number, place):
            raise _UnfamiliarError
        return self._stream_at(place)

    def _stream_at(self, place: int) -> tuple[bytes, bytes]:
        """The dictionary and the contents of the stream that stands there."""
        begun = _STREAM.match(self._data, place)
        length = re.search(rb"/Length (\d+)", begun[2]) if begun else None
        if not begun or not length or b"/DecodeParms" in begun[2]:
            raise _UnfamiliarError
        end = begun.end() + int(length[1])
        if self._data[end : end + 10] != b"\nendstream":
            raise _UnfamiliarError
        content = self._data[begun.end() : end]
        packed = b"/Filter /FlateDecode" in begun[2]
        return begun[2], zlib.decompress(content) if packed else content


class _Hand:
    """Goes through the contents of a page as the hand of a printer does, and notes the letters."""

    def __init__(self, page: _Page) -> None:
        self._page = page
        self._matrix: _Matrix = (1, 0, 0, 1, 0, 0)
        self._letters: _Letters = {}
        self._kept: list[tuple[_Matrix, _Letters]] = []
        self._seen = False
        self._shown: list[str] = []
        self._acts: Mapping[bytes, Callable[[bytes], None]] = {
            b"q": self._keep,
            b"Q": self._return,
            b"cm": self._move,
            b"Tm": self._begin,
            b"Tf": self._take_font,
            b"TJ": self._show,
            b"Do": self._picture,
        }

    def text(self) -> str:
        """All letters that are drawn within the page, with a line break where a line may begin."""
        for line in self._page.contents.split(b"\n"):
            operands, _, operator = line.rpartition(b" ")
            act = self._acts.get(operator)
            if act:
                act(operands)
            elif operator not in _SILENT and not _MARK.fullmatch(line):
                raise _UnfamiliarError
        return "".join(self._shown)

    def _keep(self, _: bytes) -> None:
        self._kept.append((self._matrix, self._letters))

    def _return(self, _: bytes) -> None:
        self._matrix, self._letters = self._kept.pop()

    def _move(self, operands: bytes) -> None:
        self._matrix = _moved(self._matrix, operands)

    def _begin(self, operands: bytes) -> None:
        x, y = _moved(self._matrix, operands)[4:]
        self._seen = 0 <= x <= self._page.width and 0 <= y <= self._page.height
        self._shown.append("\n")

    def _take_font(self, operands: bytes) -> None:
        self._letters = self._page.fonts[operands.split(b" ")[0][1:]]

    def _show(self, operands: bytes) -> None:
        if self._seen:
            glyphs = bytes.fromhex(b"".join(_GLYPHS.findall(operands)).decode())
            numbers = struct.unpack(f">{len(glyphs) // 2}H", glyphs)
            # a glyph that stands for no letters says nothing
            self._shown += [self._letters.get(number, "") for number in numbers]

    def _picture(self, operands: bytes) -> None:
        if operands[1:] not in self._page.pictures:
            raise _UnfamiliarError


def _moved(by: _Matrix, operands: bytes) -> _Matrix:
    """The matrix of these operands, and another one after it (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = map(float, operands.split())
    xx, xy, yx, yy, x, y = by
    return (
        a * xx + b * yx,
        a * xy + b * yy,
        c * xx + d * yx,
        c * xy + d * yy,
        e * xx + f * yx + x,
        e * xy + f * yy + y,
    )


def _referred(dictionary: bytes, key: bytes) -> int:
    """The number of the object that a dictionary refers to."""
    found = re.search(rb"/%s (\d+) 0 R" % key, dictionary)
    if not found:
        raise _UnfamiliarError
    return int(found[1])


def _array(dictionary: bytes, key: bytes) -> list[bytes]:
    """The words of an array in a dictionary."""
    found = re.search(rb"/%s \[([^\[\]]*)\]" % key, dictionary)
    if not found:
        raise _UnfamiliarError
    return found[1].split()
