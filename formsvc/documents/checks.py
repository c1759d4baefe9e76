"""Proof that a finished document holds every answer: its text is compared with the answers.

Both are stripped of what layout may change (white space, invisible characters, ligatures), and
then counted. The rule is exact and needs no search for places: printing all answers leaves at
least as many copies of a text in the document as there are in the answers themselves, also when
one answer is a part of another («Per» and «Per Lund»). So ``document.count(text) >=
answers.count(text)`` for each distinct text; fewer copies mean that one is lost.

Two things are compared more loosely, because reading a PDF back gives them in another order:

- a text over page breaks comes in pieces, one for each page: the first ends somewhere on its page
  (page numbers and running heads are read last), and each later one begins its page;
- scripts that are written from right to left or whose letters change places are compared letter
  by letter, with their brackets and marks left out. A number beside them is drawn on their other
  side («محمد 12 år» as «12», the name, «år»), so the words and numbers of such a text are looked
  for one by one: in a short one close to letters of such a script, as they are drawn in one line.

Emoji that are joined are drawn as one picture, which may be that of others too (the bundled font
has one teacher, neither man nor woman), so they are compared without gender.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Final

from formsvc.documents import pdf_text
from formsvc.documents.words import STEERING, printable
from formsvc.errors import AnswersLost
from formsvc.language import gettext as _
from formsvc.letters import INVISIBLE

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
#: letters that share a glyph in a bundled font, so that a PDF holds one for the other: apostrophes,
#: iotas, Arabic letters of several languages within a word, and women and men at their work
_ALIKE: Final = str.maketrans(
    "\u02bc\u02ee\u0269\u06cc\u0649\u06a9\u06d5\u06c1\u06be\u06bb\U0001f468\U0001f469",
    "\u2019\u201d\u03b9\u064a\u064a\u0643\u0647\u0647\u0647\u0679\U0001f9d1\U0001f9d1",
)
_DRESSED: Final = re.compile(f"[\ufe0f{_SKIN_TONES}]")
#: an emoji that is joined to a sign of gender is drawn without it
_GENDER: Final = re.compile("\u200d[\u2640\u2642]|[\u2640\u2642](?=\u200d)")
#: a white flag and what is on it come the other way round from the bundled font
_FLAG: Final = re.compile("([\U0001f308\u26a7])\u200d\U0001f3f3")
#: a number, or a word of letters
_WORD: Final = re.compile(r"[^\W\d]+|\d+")
#: longer numbers may be broken between two lines, whose letters then stand between the parts
_MOST_DIGITS: Final = 5
#: marks and numbers such as Roman ones, which may be drawn on either side of their neighbours
_STRAY: Final = frozenset(("Mn", "Mc", "Me", "Nl", "No"))
_BETWEEN_ANSWERS: Final = "\x00"
#: shorter texts are never torn: ``_letter.css`` keeps four lines together on both sides of a page
#: break, and the narrowest column has room for five letters on a line
_LONG: Final = 40
_MANY_LINES: Final = 8
#: pieces this long are also looked for within a page: behind the repeated head of a table, or
#: beside the pieces of other cells
_UNMISTAKABLE: Final = 8


def nothing_lost(words: Mapping[str, object], text: str) -> None:
    """Compare the answers with the text that was read back from the document.

    :param words: the answers as a reader reads them
    :param text: all text of the document, with a form feed between pages
    :raises AnswersLost: naming each field whose text is not there, or not often enough
    """
    document = _Document(text)
    answers = [(field, _bare(answer)) for field, answer in _texts(words)]
    whole = [(field, answer) for field, answer in answers if not _REORDERED.search(answer)]
    mixed = [(field, answer) for field, answer in answers if _REORDERED.search(answer)]
    long = {_bare(answer) for _field, answer in _texts(words) if _may_be_torn(answer)}
    parts = [
        (field, part, _bare(answer) not in long)
        for field, answer in _texts(words)
        for part in _orderly_parts(answer)
    ]
    short = [(field, part) for field, part, beside in parts if beside]
    lost = {
        *document.missing_beside(short),
        *document.missing(whole + [(field, part) for field, part, _beside in parts], long),
        *document.missing_letters(mixed),
    }
    if lost:
        fields = ", ".join(field for field, _answer in answers if field in lost)
        raise AnswersLost(
            _(
                "Dokumentet mangler svar som er gitt, og er derfor ikke levert ut: %(fields)s."
                " Se om malen skriver ut disse feltene.",
                fields=fields,
            )
        )


def nothing_lost_in_pdf(words: Mapping[str, object], data: bytes) -> None:
    """Read a PDF back, and compare the answers with it, as far as the bundled fonts draw them.

    :raises AnswersLost: as :func:`nothing_lost` does
    """
    nothing_lost(printable(words), pdf_text.text(data))


def _texts(answers: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text and number with its dotted path."""
    if isinstance(answers, Mapping):
        for key, answer in answers.items():
            if path or key not in STEERING:
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
    text = unicodedata.normalize("NFKC", text)
    if "\u200d" in text:
        text = _GENDER.sub("", _DRESSED.sub("", text))
        text = _FLAG.sub("\U0001f3f3\\1", text)
    return _UNSEEN.sub("", text).translate(_ALIKE)


def _may_be_torn(answer: str) -> bool:
    return len(answer) >= _LONG or answer.count("\n") >= _MANY_LINES - 1


def _orderly_parts(answer: str) -> Iterator[str]:
    """Words and numbers of other scripts within a text of a reordered one; of any other, none."""
    if not _REORDERED.search(answer):
        return
    for word in answer.split():
        runs = _REORDERED.split(_bare(word))
        if any(unicodedata.category(one) in _STRAY for run in runs for one in run):
            yield from (one for run in runs for one in run if one.isalpha())
            continue
        for run in runs:
            yield from (part for part in _WORD.findall(run) if not part[_MOST_DIGITS:].isdigit())


def _letters(text: str) -> Counter[str]:
    found = Counter(_REORDERED.findall(text))
    return Counter({letter: n for letter, n in found.items() if letter.isalpha()})


class _Document:
    """The text of a document, as it is compared; one page or many."""

    def __init__(self, text: str) -> None:
        self._pages = [_bare(page) for page in text.split("\f")]
        #: texts that were found, and taken off their pages so that none is taken for a piece
        self._found: list[str] = []

    def missing(self, answers: list[tuple[str, str]], torn: set[str]) -> Iterator[str]:
        """The fields whose text stands here fewer times than in all answers together.

        :param torn: the texts that a page break may have torn apart
        """
        joined = _BETWEEN_ANSWERS.join(answer for _field, answer in answers)
        # the longest first: once made whole again, they count for the shorter ones within them
        distinct = sorted({answer for _field, answer in answers if answer}, key=len, reverse=True)
        for answer in distinct:
            if answer in torn:
                self._make_whole(answer, joined.count(answer))
        lost = {answer for answer in distinct if self._count(answer) < joined.count(answer)}
        return (field for field, answer in answers if answer in lost)

    def _count(self, answer: str) -> int:
        return sum(text.count(answer) for text in [*self._pages, *self._found])

    def missing_beside(self, parts: list[tuple[str, str]]) -> Iterator[str]:
        """The fields with a part that stands too few times beside letters of a reordered script."""
        if not parts:
            return iter(())
        beside = _BETWEEN_ANSWERS.join(
            stretch for page in self._pages for stretch in _beside_reordered(page)
        )
        wanted = _BETWEEN_ANSWERS.join(part for _field, part in parts)
        lost = {
            part for part in {part for _, part in parts} if beside.count(part) < wanted.count(part)
        }
        return (field for field, part in parts if part in lost)

    def missing_letters(self, answers: list[tuple[str, str]]) -> Iterator[str]:
        """The fields with a letter of a reordered script that stands here too few times."""
        if not answers:
            return iter(())
        wanted = _letters("".join(answer for _field, answer in answers))
        short = set(wanted - _letters("".join([*self._pages, *self._found])))
        return (field for field, answer in answers if short & set(_letters(answer)))

    def _make_whole(self, answer: str, times: int) -> None:
        """Join what page breaks have torn apart, until the text stands here so many times."""
        for number, page in enumerate(self._pages):
            self._found += [answer] * page.count(answer)
            self._pages[number] = page.replace(answer, _BETWEEN_ANSWERS)
        while self._count(answer) < times and self._join(answer):
            pass

    def _join(self, answer: str) -> bool:
        """Take the pieces of a text off their pages, and keep it as a whole."""
        # those that begin their pages come first: they are sure, and quickly found
        for first, ends in chain(self._chains(answer), self._chains(answer, within=True)):
            if ends[-1] == len(answer):
                pieces = [answer[start:end] for start, end in pairwise((0, *ends))]
                self._take(pieces, first)
                self._found.append(answer)
                return True
        return False

    def _chains(
        self, answer: str, *, within: bool = False
    ) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Beginnings of a text in pieces on pages that follow each other, the fewest pieces first.

        Each is the number of the first page, and where in the text each piece ends.
        """
        waiting: deque[tuple[int, tuple[int, ...]]] = deque(
            (first, (length,))
            for first, page in enumerate(self._pages[:-1])
            for length in range(_longest_start(answer, page.__contains__), 0, -1)
        )
        seen = set()
        while waiting:
            first, ends = waiting.popleft()
            number, start = first + len(ends), ends[-1]
            if number == len(self._pages) or (number, start) in seen:
                continue
            seen.add((number, start))
            anywhere = within and start >= _UNMISTAKABLE
            for length in _piece_lengths(answer[start:], self._pages[number], within=anywhere):
                longer = (first, (*ends, start + length))
                yield longer
                waiting.append(longer)

    def _take(self, pieces: list[str], first: int) -> None:
        # a short first piece is left: it may stand in many places, and in another text
        if len(pieces[0]) >= _UNMISTAKABLE:
            self._pages[first] = _BETWEEN_ANSWERS.join(self._pages[first].rsplit(pieces[0], 1))
        for number, piece in enumerate(pieces[1:], start=first + 1):
            self._pages[number] = self._pages[number].replace(piece, _BETWEEN_ANSWERS, 1)


def _beside_reordered(page: str) -> Iterator[str]:
    """What stands so near to letters of a reordered script that a short text may hold both."""
    start = end = 0
    for letter in _REORDERED.finditer(page):
        if letter.start() - _LONG > end:
            yield page[start:end]
            start = letter.start() - _LONG
        end = letter.end() + _LONG
    yield page[start:end]


def _piece_lengths(rest: str, page: str, *, within: bool) -> Iterator[int]:
    """How long the next piece of a text may be, the longest first.

    :param within: whether an unmistakable one need not begin the page
    """
    begun = _longest_start(rest, page.lstrip(_BETWEEN_ANSWERS).startswith)
    longest = max(begun, _longest_start(rest, page.__contains__)) if within else begun
    # what follows on the page may go on like the text itself by chance, but not for long
    yield from range(longest, max(longest - _UNMISTAKABLE, 0), -1)
    yield from range(min(begun, _UNMISTAKABLE - 1, longest - _UNMISTAKABLE), 0, -1)


def _longest_start(wanted: str, stands: Callable[[str], bool]) -> int:
    """How much of the beginning of a text stands somewhere."""
    fits, too_long = 0, len(wanted) + 1
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if stands(wanted[:middle]):
            fits = middle
        else:
            too_long = middle
    return fits
