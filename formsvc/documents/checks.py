"""Proof that a finished document holds every answer: its text is compared with the answers.

Both are stripped of what layout may change (white space, invisible characters, ligatures), and
then counted. The rule is exact and needs no search for places: printing all answers leaves at
least as many copies of a text in the document as there are in the answers themselves, also when
one answer is a part of another («Per» and «Per Lund»). So ``document.count(text) >=
answers.count(text)`` for each distinct text; fewer copies mean that one is lost.

Two things are compared more loosely, because reading a PDF back gives them in another order:

- a long text over a page break comes in pieces, with page numbers and table heads in between;
- scripts that are written from right to left or whose letters change places are compared letter
  by letter, with their brackets and marks left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Final

from formsvc.documents.fonts import INVISIBLE
from formsvc.errors import AnswersLost

#: answers that steer how a paper is printed and do not stand on it themselves
_NOT_PRINTED: Final = frozenset({"language"})

#: print in one colour shows none
_SKIN_TONES: Final = "\U0001f3fb-\U0001f3ff"
#: white space, and characters that leave no mark on paper
_UNSEEN: Final = re.compile(f"[\\s{INVISIBLE}{_SKIN_TONES}]+")
#: scripts that a PDF holds in the order in which they are drawn, not read: right to left, and
#: the Indic and South-East Asian ones
_REORDERED: Final = re.compile(
    "[\u0590-\u109f\u1780-\u17ff\u1980-\u1aaf\u1b00-\u1bff\ufb1d-\ufdff\ufe70-\ufefc"
    "\ua880-\ua8df\ua980-\uaaff\U00010800-\U00010fff\U00011000-\U000114ff\U0001e800-\U0001efff]"
)
#: letters that share a glyph in a bundled font, so that a PDF holds one for the other:
#: apostrophes, iotas, and Arabic letters of several languages within a word
_ALIKE: Final = str.maketrans(
    "\u02bc\u02ee\u0269\u06cc\u0649\u06a9\u06d5\u06c1\u06be\u06bb",
    "\u2019\u201d\u03b9\u064a\u064a\u0643\u0647\u0647\u0647\u0679",
)
_BETWEEN_ANSWERS: Final = "\x00"
#: only texts this long run over a page break; rows and short paragraphs are kept whole
_MAY_BREAK: Final = 120
#: the shortest piece on one side of a page break: two lines of a narrow column
_SHORTEST_PIECE: Final = 8


def nothing_lost(words: Mapping[str, object], text: str) -> None:
    """Compare the answers with the text that was read back from the document.

    :param words: the answers as a reader reads them; for PDFs ``html_pdf.printable`` of them
    :param text: all text of the document, with a form feed between pages
    :raises AnswersLost: naming each field whose text is not there, or not often enough
    """
    document = _Document(text)
    answers = [(field, _bare(answer)) for field, answer in _texts(words)]
    whole = [(field, answer) for field, answer in answers if not _REORDERED.search(answer)]
    mixed = [(field, answer) for field, answer in answers if _REORDERED.search(answer)]
    parts = [(field, part) for field, answer in mixed for part in _orderly_parts(answer)]
    lost = {*document.missing(whole + parts), *document.missing_letters(mixed)}
    if lost:
        fields = ", ".join(field for field, _answer in answers if field in lost)
        raise AnswersLost(
            f"Dokumentet mangler svar som er gitt, og er derfor ikke levert ut: {fields}."
            " Se om malen skriver ut disse feltene."
        )


def _texts(answers: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text and number with its dotted path."""
    if isinstance(answers, Mapping):
        for key, answer in answers.items():
            if path or key not in _NOT_PRINTED:
                yield from _texts(answer, f"{path}.{key}" if path else str(key))
    elif isinstance(answers, list):
        for index, answer in enumerate(answers):
            yield from _texts(answer, f"{path}.{index}")
    elif answers not in ("", None) and not isinstance(answers, bool):
        yield path, str(answers)


def _bare(text: str) -> str:
    r"""The text without what layout may change.

    >>> _bare("ﬁn\u00ad t") == _bare("fint")
    True
    """
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_ALIKE)


def _orderly_parts(answer: str) -> Iterator[str]:
    """Words and numbers of other scripts within a text of a reordered one."""
    for run in _REORDERED.split(answer):
        yield from re.findall(r"\w+", run)


def _letters(text: str) -> Counter[str]:
    found = Counter(_REORDERED.findall(text))
    return Counter({letter: n for letter, n in found.items() if letter.isalpha()})


class _Document:
    """The text of a document, as it is compared; one page or many."""

    def __init__(self, text: str) -> None:
        self._pages = [_bare(page) for page in text.split("\f")]

    def missing(self, answers: list[tuple[str, str]]) -> Iterator[str]:
        """The fields whose text stands here fewer times than in all answers together."""
        joined = _BETWEEN_ANSWERS.join(answer for _field, answer in answers)
        # the longest first: once made whole again, they count for the shorter ones within them
        distinct = sorted({answer for _field, answer in answers if answer}, key=len, reverse=True)
        for answer in takewhile(lambda text: len(text) >= _MAY_BREAK, distinct):
            self._make_whole(answer, joined.count(answer))
        document = _BETWEEN_ANSWERS.join(self._pages)
        lost = {answer for answer in distinct if document.count(answer) < joined.count(answer)}
        return (field for field, answer in answers if answer in lost)

    def missing_letters(self, answers: list[tuple[str, str]]) -> Iterator[str]:
        """The fields with a letter of a reordered script that stands here too few times."""
        if not answers:
            return iter(())
        wanted = _letters("".join(answer for _field, answer in answers))
        short = set(wanted - _letters("".join(self._pages)))
        return (field for field, answer in answers if short & set(_letters(answer)))

    def _make_whole(self, answer: str, times: int) -> None:
        """Join what page breaks have torn apart, until the text stands here so many times."""
        whole = sum(page.count(answer) for page in self._pages)
        # those that are whole are put aside, so that their beginnings are not taken for pieces
        torn = [page.replace(answer, _BETWEEN_ANSWERS) for page in self._pages]
        self._pages = torn + [answer] * whole
        for _ in range(times - whole):
            for first in range(len(self._pages) - 1):
                if self._joined(answer, first):
                    break
            else:
                return

    def _joined(self, answer: str, first: int) -> bool:
        """Take the pieces of a text off the pages from the first one on, and add it as a whole."""
        pages, rest = list(self._pages), answer
        for number in range(first, len(pages)):
            length = _longest_start(rest, pages[number])
            if length < _SHORTEST_PIECE:
                return False
            pages[number] = pages[number].replace(rest[:length], _BETWEEN_ANSWERS, 1)
            rest = rest[length:]
            if not rest:
                self._pages = [*pages, answer]
                return True
        return False


def _longest_start(wanted: str, text: str) -> int:
    """How much of the beginning of a text stands in another one."""
    fits, too_long = 0, len(wanted) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if wanted[:middle] in text:
            fits = middle
        else:
            too_long = middle
    return fits
