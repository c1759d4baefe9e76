"""The font that a fillable paper carries: the bundled one, cut down to the letters of Europe."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from formsvc.documents.pdf_form import typeface

#: Latin with every Sámi letter, phonetic letters, Greek, Cyrillic, punctuation, currency, signs
LETTERS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x300),
    *range(0x370, 0x530),
    *range(0x1E00, 0x2000),
    *range(0x2010, 0x2070),
    *range(0x20A0, 0x20C1),
    *range(0x2100, 0x2300),
    0xFFFD,
)


@cache
def carried() -> typeface.FormFont:
    """The font to embed; whoever types in the paper has it too, whatever the machine has."""
    return typeface.read(_cut(LETTERS))


@cache
def blank() -> bytes:
    """A font with nothing but the space, for the empty fields that WeasyPrint lays out.

    WeasyPrint embeds the font of a field whole, all its letters; the form has its own.
    """
    return _cut((0x20,))


def _cut(letters: Iterable[int]) -> bytes:
    font = TTFont(io.BytesIO(typeface.bundled().program), recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[6])
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "DSIG", "STAT", "meta", "FFTM"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=letters)
    subsetter.subset(font)
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()
