"""Which characters a paper can be printed with, known without opening a font.

``letters.txt`` lists the code points that the bundled fonts draw, a line for each run of them;
``python -m formsvc.documents.fonts`` makes it anew when assets.json names other fonts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from formsvc.cleaning import REPLACEMENT
from formsvc.config import PACKAGE

LIST: Final = PACKAGE / "letters.txt"

#: characters that leave no mark on paper (Unicode's Default_Ignorable_Code_Point), as a
#: character class of a regular expression
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
_LEAVES_NO_MARK: Final = re.compile(f"[\t\n {INVISIBLE}]")

#: invisible ones that Pango draws as missing glyphs, and ends of lines, as those it knows
_BETTER_KNOWN: Final = {
    **dict.fromkeys("\u115f\u1160\u180f\u3164\uffa0", "\u200b"),
    **dict.fromkeys("\r\x85\u2028\u2029", "\n"),
}
#: what nearly all texts are written with, and the fonts have
PLAIN: Final = "\t\n -~\u00a0-\u024f\u2010-\u201e\u2022\u2026\u20ac"
_ONLY_PLAIN: Final = re.compile(f"[{PLAIN}]*")


@cache
def _listed() -> frozenset[int]:
    points: set[int] = set()
    for line in LIST.read_text("ascii").split():
        first, _dash, last = line.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(points)


@cache
def _drawable(character: str) -> str:
    if character in _BETTER_KNOWN:
        return _BETTER_KNOWN[character]
    if _LEAVES_NO_MARK.match(character):
        return character
    if unicodedata.category(character) in ("Cc", "Cs"):
        return REPLACEMENT
    if ord(character) in _listed():
        return character
    if all(ord(part) in _listed() for part in unicodedata.normalize("NFD", character)):
        return character  # HarfBuzz puts it together from letter and mark
    alike = unicodedata.normalize("NFKC", character)
    return alike if all(ord(part) in _listed() for part in alike) else REPLACEMENT


def drawable(text: str) -> str:
    """The text with U+FFFD for each character that no bundled font draws.

    One that means the same as others is written with those («ﬁ» as «fi», «℃» as «°C»).

    >>> drawable("Čáhci Øvrelid")
    'Čáhci Øvrelid'
    """
    return text if _ONLY_PLAIN.fullmatch(text) else "".join(map(_drawable, text))


def missing(text: str) -> list[str]:
    """The characters of a text that no bundled font draws, each once.

    >>> missing("Wang 王小王"), missing("Máret محمد תמר ไทย 👍")
    (['王', '小'], [])
    """
    if _ONLY_PLAIN.fullmatch(text):
        return []
    return [one for one in dict.fromkeys(text) if _drawable(one) == REPLACEMENT != one]
