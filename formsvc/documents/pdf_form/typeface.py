"""The one font that PDF forms are filled with: which letters it has, how wide, how read back."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unicodedata import bidirectional, category, normalize

from formsvc.documents.fonts import FOLDER
from formsvc.documents.to_unicode import to_unicode
from formsvc.errors import MissingResource

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

#: the bundled font, or the same family of the machine while the build has not made it yet
FILES: Final = (
    FOLDER / "inter-400-normal.ttf",
    Path("/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf"),
)
#: marks that need a place above another letter, and signs that draw nothing or steer the text
_NOT_BY_ITSELF: Final = frozenset({"Mn", "Mc", "Me", "Cf", "Cc", "Cn", "Co", "Cs", "Zl", "Zp"})
#: Latin with every Sámi letter, Greek, Cyrillic, punctuation, currency, signs
LETTERS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x300),
    *range(0x370, 0x530),
    *range(0x1E00, 0x2000),
    *range(0x2010, 0x2070),
    *range(0x20A0, 0x20C1),
    *range(0x2100, 0x2300),
)
#: phonetic letters, and letters that only alter others
_RARE: Final = range(0x250, 0x300)
_FROM_THE_RIGHT: Final = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True)
class FormFont:
    """A TrueType program and what drawing and embedding needs to know of it."""

    program: bytes
    #: PostScript name with a tag made from the program: equal names are equal glyph numbers
    name: str
    #: the letters that can be set one after another, each with its glyph
    glyphs: Mapping[str, int]
    #: the same by code point, in hexadecimal digits as a text operator takes it
    codes: Mapping[int, str]
    #: how far each moves on that is read back as itself; measures are in thousandths of the size
    advances: Mapping[str, int]
    #: the same by glyph number, of all glyphs
    widths: tuple[int, ...]
    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]

    def draws(self, text: str) -> bool:
        """Whether every character of the text can be drawn.

        Scripts that are shaped or run from the right cannot: those need a text engine.
        """
        return self.advances.keys() >= set(text)

    def width(self, text: str) -> float:
        """The width of a text at size 1."""
        return sum(map(self.advances.__getitem__, text)) / 1000

    def shown(self, text: str) -> bytes:
        """The text as a PDF text operator takes it: glyph numbers of two bytes."""
        return b"<%s>" % text.translate(self.codes).encode()

    def to_unicode(self) -> bytes:
        """The CMap that tells which letter a glyph is, so that the text can be read back."""
        return to_unicode(_letter_of(self.glyphs))


@cache
def bundled() -> FormFont:
    """The font for templates that bring none, read once in a process.

    :raises MissingResource: when the build has not made it.
    """
    file = next((file for file in FILES if file.is_file()), None)
    if file is None:
        raise MissingResource(
            f"The font {FILES[0].name} is missing in {FOLDER}. `python3 dev.py run` fetches the"
            " fonts and browser assets; an installed wheel holds them."
        )
    return read(file.read_bytes())


@cache
def fallback() -> FormFont:
    """The bundled font cut to the letters of Europe: for what the font of a form lacks.

    Cut once in a process, and only when a text first asks for it.

    :raises MissingResource: when the build has not made the bundled one.
    """
    return read(cut(bundled().program, LETTERS))


def cut(program: bytes, letters: Iterable[int]) -> bytes:
    """A TrueType file with these letters only, each with a glyph of its own.

    Where two letters share one (Greek ι and phonetic ɩ), what is drawn could not be told from it.
    """
    font = subset(program, letters)
    _one_glyph_a_letter(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def subset(program: bytes, letters: Iterable[int]) -> TTFont:
    """A font with these letters only, and nothing but what draws them."""
    from fontTools.subset import Options, Subsetter  # 60 ms, and few forms need it
    from fontTools.ttLib import TTFont  # the same

    font = TTFont(io.BytesIO(program), recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[6])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "DSIG", "STAT", "meta", "FFTM"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    return font


def _one_glyph_a_letter(font: Any) -> None:
    """Copy each glyph that two letters share."""
    glyphs, widths, order = font["glyf"], font["hmtx"], list(font.getGlyphOrder())
    taken: set[str] = set()
    for code, name in sorted(font.getBestCmap().items()):
        if name not in taken:
            taken.add(name)
            continue
        order.append(f"u{code:05X}.copy")
        font.setGlyphOrder(order)
        glyphs[order[-1]] = deepcopy(glyphs[name])
        widths[order[-1]] = widths[name]
        for table in font["cmap"].tables:
            if table.isUnicode() and code in table.cmap:
                table.cmap[code] = order[-1]


@lru_cache(maxsize=8)
def carried(program: bytes) -> FormFont:
    """The font that a template brings, read once in a process."""
    return read(program)


def read(program: bytes) -> FormFont:
    """A form font from a TrueType file; equal files give equal fonts."""
    from fontTools.ttLib import TTFont  # 60 ms, and only PDF forms need it

    font = TTFont(io.BytesIO(program), lazy=True)
    head, scale = font["head"], 1000 / font["head"].unitsPerEm

    def scaled(*measures: float) -> tuple[int, ...]:
        return tuple(round(measure * scale) for measure in measures)

    glyphs = {
        chr(code): font.getGlyphID(name)
        for code, name in font.getBestCmap().items()
        if _stands_by_itself(chr(code))
    }
    letter_of = _letter_of(glyphs)
    widths = scaled(*(font["hmtx"][name][0] for name in font.getGlyphOrder()))
    x_min, y_min, x_max, y_max = scaled(head.xMin, head.yMin, head.xMax, head.yMax)
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(program).digest()[:6])
    return FormFont(
        program=program,
        name=f"{tag}+{font['name'].getDebugName(6)}",
        glyphs=glyphs,
        codes={ord(letter): f"{glyph:04X}" for letter, glyph in glyphs.items()},
        advances={
            letter: widths[glyph]
            for letter, glyph in glyphs.items()
            if _same(letter, letter_of[glyph])
        },
        widths=widths,
        ascent=round(font["hhea"].ascent * scale),
        descent=round(font["hhea"].descent * scale),
        cap_height=round((getattr(font["OS/2"], "sCapHeight", 0) or head.yMax * 0.7) * scale),
        box=(x_min, y_min, x_max, y_max),
    )


def _letter_of(glyphs: Mapping[str, int]) -> dict[int, str]:
    """Which letter a glyph is read back as: of those that share it, the one that people write."""
    letter_of: dict[int, str] = {}
    for letter in sorted(glyphs, key=lambda letter: (ord(letter) in _RARE, ord(letter))):
        letter_of.setdefault(glyphs[letter], letter)
    return letter_of


def _same(letter: str, other: str) -> bool:
    """Whether two letters mean the same, such as a space and one that does not break."""
    return letter == other or normalize("NFKC", letter) == normalize("NFKC", other)


def _stands_by_itself(letter: str) -> bool:
    return category(letter) not in _NOT_BY_ITSELF and bidirectional(letter) not in _FROM_THE_RIGHT
