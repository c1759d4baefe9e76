"""The fonts that other people's forms name: which letters each has, by which byte, how wide.

A form that somebody else made names a font that every reader has (Helvetica, Arial …) or carries
one, and says in an encoding of its own which byte is which letter.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from formsvc.documents.pdf_form.layout import Font
from formsvc.documents.pdf_form.objects import core_metrics

#: stands for no letter in a table of 256 (as in Python's own tables)
_NONE: Final = "\ufffe"
#: the mark of a font of which only some letters were kept
_CUT: Final = re.compile(r"/[A-Z]{6}\+")
_SPECIAL: Final = re.compile(rb"[()\\\r\n]")
_ESCAPED: Final = {b"\r": b"\\r", b"\n": b"\\n", b"(": b"\\(", b")": b"\\)", b"\\": b"\\\\"}
_CODECS: Final = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
#: the measures of a font that tells none
_ASCENT, _CAP_HEIGHT = 720, 700


@dataclass(frozen=True)
class StandardFont:
    """A font of one byte a letter."""

    codes: Any
    #: how far each letter moves on; all measures are in thousandths of the size
    advances: Mapping[str, int]
    ascent: int
    cap_height: int

    def draws(self, text: str) -> bool:
        return self.advances.keys() >= set(text)

    def width(self, text: str) -> float:
        return sum(map(self.advances.__getitem__, text)) / 1000

    def shown(self, text: str) -> bytes:
        """The text as a PDF text operator takes it."""
        return b"(%s)" % escaped(codecs.charmap_encode(text, "strict", self.codes)[0])


def escaped(text: bytes) -> bytes:
    r"""What stands between the brackets of a PDF string.

    >>> escaped(b"a (b) \\")
    b'a \\(b\\) \\\\'
    """
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], text) if _SPECIAL.search(text) else text


def read(font: Any) -> Font | None:
    """The font of a form; None for one that it cannot be told of what it draws."""
    if font.get("/Subtype") not in ("/Type1", "/TrueType", "/MMType1"):
        return None
    descriptor = font.get("/FontDescriptor", {})
    carried = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    if carried and (_CUT.match(font["/BaseFont"]) or "/Encoding" not in font):
        return None
    letters = dict(_letters(font.get("/Encoding")))
    metrics = core_metrics(str(font.get("/BaseFont", "")).removeprefix("/"))
    widths = dict(_by_code(font)) or {
        code: metrics.widths[letter] for code, letter in letters.items() if letter in metrics.widths
    }
    codes: dict[str, int] = {}
    for code, letter in letters.items():
        if widths.get(code):
            codes.setdefault(letter, code)
    if not codes.keys() >= set("abcABC123 "):
        return None
    letter_of = {code: letter for letter, code in codes.items()}
    return StandardFont(
        codes=codecs.charmap_build("".join(letter_of.get(code, _NONE) for code in range(256))),
        advances={letter: widths[code] for letter, code in codes.items()},
        ascent=int(descriptor.get("/Ascent") or metrics.ascent or _ASCENT),
        cap_height=int(descriptor.get("/CapHeight") or metrics.cap_height or _CAP_HEIGHT),
    )


def _letters(encoding: Any) -> Iterator[tuple[int, str]]:
    """Which letter each byte is (ISO 32000-1, 9.6.6)."""
    from fontTools import agl  # 60 ms, and only PDF forms need it
    from fontTools.encodings.StandardEncoding import StandardEncoding  # the same

    base = encoding.get("/BaseEncoding") if hasattr(encoding, "get") else encoding
    names = {code: name for code, name in enumerate(StandardEncoding) if name != ".notdef"}
    letters = {code: agl.toUnicode(name) for code, name in names.items()}
    if base in _CODECS:
        named = ((code, bytes([code]).decode(_CODECS[base], "ignore")) for code in range(32, 256))
        letters = {code: letter for code, letter in named if letter}
    code = 0
    for item in encoding.get("/Differences", ()) if hasattr(encoding, "get") else ():
        if isinstance(item, str):
            letters[code] = agl.toUnicode(item.removeprefix("/"))
            code += 1
        else:
            code = int(item)
    return (
        (code, letter)
        for code, letter in letters.items()
        if len(letter) == 1 and (letter.isprintable() or letter == "\N{NO-BREAK SPACE}")
    )


def _by_code(font: Any) -> Iterator[tuple[int, int]]:
    """The widths that the font itself tells."""
    first = int(font.get("/FirstChar", 0))
    for code, width in enumerate(font.get("/Widths", ()), start=first):
        yield code, round(width.get_object())
