"""Text from outside, made fit for every output once, at the edge, with what was changed counted.

A control character, a lone surrogate or a right-to-left override cannot stand in a Word document
or a PDF/A, and some libraries then drop the rest of the text without a word. Here each such
character becomes a visible U+FFFD and is counted, so that the one who wrote it can be told.

Whatever is sent, cleaning takes time in proportion to its length.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_LINE_BREAKS: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

# Each range with its reason. The ranges name code points by number on purpose: most of these
# characters are invisible or would turn the line round in an editor.
_FORBIDDEN_RANGES: Final = (
    (0x00, 0x08),  # C0 controls: not allowed in XML 1.0 (section 2.2), which DOCX is made of
    (0x0B, 0x0C),
    (0x0E, 0x1F),
    (0x7F, 0x9F),  # delete and C1 controls
    (0x061C, 0x061C),  # bidi controls: they let a text read otherwise than it is (UTR 36)
    (0x200E, 0x200F),
    (0x202A, 0x202E),
    (0x2066, 0x2069),
    (0x206A, 0x206F),  # deprecated format controls
    (0xD800, 0xDFFF),  # lone surrogates: no text encoding can write them
    (0xE000, 0xF8FF),  # private use: no shared meaning, no glyph
    (0xFDD0, 0xFDEF),  # non-characters
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # interlinear annotation
    *((plane + 0xFFFE, plane + 0xFFFF) for plane in range(0, 0xF0000, 0x10000)),  # non-characters
    (0xE0000, 0xE007F),  # tags: invisible text
    (0xF0000, 0x10FFFF),  # private use planes
)
_FORBIDDEN: Final = re.compile(
    "[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _FORBIDDEN_RANGES) + "]"
)

#: marks on one letter
MOST_MARKS: Final = 30
#: a letter and a run that may hold more of them: no mark is among the first 768 characters
_MAY_STACK: Final = re.compile(f"(?s:.)?[^\x00-\u02ff]{{{MOST_MARKS},}}")


class Cleaned(NamedTuple):
    """A text that every output can hold, and how many characters had to be replaced in it."""

    text: str
    replaced: int


def clean(text: str) -> Cleaned:
    r"""The text in Unicode's composed form (NFC), with ``\n`` for every kind of line break.

    Tabs, joiners (ZWJ, ZWNJ) and variation selectors stay. A character that no document can
    hold becomes U+FFFD. Cleaning twice changes nothing more.

    >>> clean("Åse\r\nBjørk")
    Cleaned(text='Åse\nBjørk', replaced=0)
    >>> clean("Kari\x00 \u202eNordmann")
    Cleaned(text='Kari� �Nordmann', replaced=2)
    """
    allowed, forbidden = _FORBIDDEN.subn(REPLACEMENT, _LINE_BREAKS.sub("\n", text))
    whole = composed(allowed)
    return Cleaned(whole.text, forbidden + whole.replaced)


def composed(text: str) -> Cleaned:
    r"""The text in NFC, where each mark beyond the thirtieth on one letter becomes U+FFFD.

    Python puts the marks of a letter in order one by one, in time that grows with the square of
    their number: two megabytes of them would take it an hour. Thirty is what Unicode lets a
    program expect (UAX #15, section 13, stream-safe text); no script needs half as many.

    >>> composed("A\u030a")
    Cleaned(text='Å', replaced=0)
    """
    replaced = 0

    def unstacked(run: re.Match[str]) -> str:
        nonlocal replaced
        marks, kept = 0, []
        for char in run[0]:
            begins, follow = _marks(char)
            marks = follow if begins else marks + follow
            kept.append(char if begins or marks <= MOST_MARKS else REPLACEMENT)
            replaced += kept[-1] != char
        return "".join(kept)

    return Cleaned(unicodedata.normalize("NFC", _MAY_STACK.sub(unstacked, text)), replaced)


@lru_cache(maxsize=4096)
def _marks(char: str) -> tuple[bool, int]:
    """Whether a character begins a letter, and how many marks it ends with when taken apart."""
    classes = [unicodedata.combining(part) for part in unicodedata.normalize("NFD", char)]
    begins = [at for at, its_class in enumerate(classes, start=1) if not its_class]
    return bool(begins), len(classes) - max(begins, default=0)


def is_blank(text: str) -> bool:
    r"""Whether a reader would see nothing: only white space and invisible characters.

    >>> is_blank(" \t\n\u200b\u00a0"), is_blank("0")
    (True, False)
    """
    return all(unicodedata.category(char) in _UNSEEN for char in text)


#: separators, controls, format characters and marks without a letter to stand on
_UNSEEN: Final = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"))
