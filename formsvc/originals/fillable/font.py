"""The font that a fillable paper carries: the bundled one, cut down to the letters of Europe."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from typing import Final

from formsvc.documents.pdf_form import typeface

#: the letters of Europe, and what stands for a letter that no font has
LETTERS: Final = (*typeface.LETTERS, 0xFFFD)


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
    font = typeface.subset(typeface.bundled().program, letters)
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()
