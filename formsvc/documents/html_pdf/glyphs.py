"""Which letters a glyph stands for, read from the font itself."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING
from unicodedata import bidirectional

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont


def letters(font: bytes, seen: Mapping[int, str]) -> dict[int, str]:
    """Glyph number → text for the glyphs seen, corrected by what the font says of them.

    A typesetter notes the text of the *cluster* in which it met a glyph first: nothing for all
    glyphs of the cluster but one, and the whole cluster for that one. Both are wrong when the
    glyph comes again elsewhere, and a letter with no text is lost to a screen reader.

    :param font: the whole font file
    :param seen: what the typesetter noted; a glyph that the font knows nothing of keeps it
    """
    known = _alphabet(font)
    return {glyph: _better(text, known.get(glyph, "")) for glyph, text in seen.items()}


def doubtful(seen: Mapping[int, str]) -> bool:
    """Whether a glyph was noted with anything but one letter, or may be a mirrored bracket."""
    return any(len(text) != 1 or bidirectional(text) in ("R", "AL") for text in seen.values())


def _better(noted: str, known: str) -> str:
    """The text of one glyph: a ligature of several origins keeps the one that it was met as."""
    cluster, alone = (unicodedata.normalize("NFKC", text) for text in (noted, known))
    if not alone or sorted(cluster) == sorted(alone):
        return noted
    # a bracket within text from right to left is drawn, and read, as its mirror image
    met_mirrored = len(cluster) == 1 and unicodedata.mirrored(cluster)
    part_of_cluster = not cluster or set(alone) <= set(cluster)
    return known if met_mirrored or part_of_cluster else noted


@lru_cache(maxsize=16)
def _alphabet(data: bytes) -> dict[int, str]:
    from fontTools.ttLib import TTFont

    with TTFont(BytesIO(data), lazy=True) as font:
        text = {glyph: chr(point) for point, glyph in reversed(font.getBestCmap().items())}
        for _ in range(4):  # a form of a form of a ligature; no font here goes deeper
            for made, parts in _substitutions(font):
                if made not in text and all(part in text for part in parts):
                    text[made] = "".join(text[part] for part in parts)
        return {font.getGlyphID(glyph): word for glyph, word in text.items()}


def _substitutions(font: TTFont) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Each glyph that another one, or several, are replaced with, and which."""
    lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font else ()
    for lookup in lookups:
        for table in lookup.SubTable:
            inner = getattr(table, "ExtSubTable", table)
            if inner.LookupType == 1:
                yield from ((made, (one,)) for one, made in inner.mapping.items())
            elif inner.LookupType == 4:
                for first, ligatures in inner.ligatures.items():
                    yield from ((lig.LigGlyph, (first, *lig.Component)) for lig in ligatures)
