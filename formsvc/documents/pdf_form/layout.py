"""Lays a text out in the box of a form field: how big, which lines, and what if it does not fit."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Final, NamedTuple, Protocol

#: sizes in points, tried from the largest; text smaller than 8 points is not official print
SIZES: Final = (10.5, 10.0, 9.5, 9.0)
#: a reference to the continuation page may be smaller where the box is very narrow
SMALLEST: Final = 5.0
LEADING: Final = 1.2
PADDING: Final = 2.0
#: no letter of the fonts in use is narrower: a bound that spares measuring a very long text
_NARROWEST: Final = 0.15
#: what a tab is drawn as
TAB: Final = "    "
#: how many lines the highest of the low boxes takes
_LOW: Final = 2


class Font(Protocol):
    """What laying out asks of a font; measures are in thousandths of the size."""

    @property
    def advances(self) -> Mapping[str, int]: ...
    @property
    def ascent(self) -> int: ...
    @property
    def cap_height(self) -> int: ...
    def draws(self, text: str) -> bool: ...
    def width(self, text: str) -> float: ...
    def shown(self, text: str) -> bytes: ...


@dataclass(frozen=True)
class Box:
    """Where a text goes, in points."""

    width: float
    height: float
    multiline: bool = False
    #: the number of cells of a comb, or 0
    cells: int = 0
    #: the sizes to try, from the largest
    sizes: tuple[float, ...] = SIZES
    #: what stands free at both sides
    padding: float = PADDING
    #: where a line stands in its free room: 0 left, 0.5 in the middle, 1 right
    align: float = 0.0

    @property
    def room(self) -> float:
        return self.width - 2 * self.padding


class Line(NamedTuple):
    """A run of text and where its baseline begins."""

    x: float
    y: float
    text: str


class Laid(NamedTuple):
    """A text laid out."""

    size: float
    lines: tuple[Line, ...]
    #: what a reader sees: the whole text, or its beginning and the reference
    shown: str
    #: whether that is all of it
    complete: bool


def shortened(text: str, box: Box, font: Font, references: tuple[str, ...]) -> Laid:
    """The beginning of a text that does not fit, and the first reference there is room for.

    :param references: what stands for the rest, such as «… se vedlegg, punkt 2», the best first
    """
    for reference in references:
        laid = _shortened(text, box, font, reference)
        if laid:
            return laid
    return _squeezed(references, box, font)


def fitted(text: str, box: Box, font: Font) -> Laid | None:
    """The text at the largest size at which all of it fits; None when there is no such size."""
    try:
        if box.cells:
            return _in_cells(text, box, font)
        if not box.multiline:
            return _one_line(text, box, font)
        for size in box.sizes:
            lines = _lines(text, box, font, size)
            if lines is not None:
                return Laid(size, lines, text, complete=True)
    except KeyError:  # measuring met a letter that the font lacks
        return None
    return None


def _lines(text: str, box: Box, font: Font, size: float) -> tuple[Line, ...] | None:
    room = box.room / size
    most = int((box.height - PADDING) / (size * LEADING))
    if text.count("\n") >= most or len(text) * _NARROWEST > room * most:
        return None
    lines = list(islice(wrapped(text, room, font), most + 1))
    if len(lines) > most:
        return None
    # A box of one or two lines is a cell of a table, where a single line stands in the middle.
    spare = box.height - len(lines) * size * LEADING if most <= _LOW else 2 * PADDING
    first = box.height - spare / 2 - font.ascent * size / 1000
    return tuple(
        Line(_indent(line, box, font, size), first - index * size * LEADING, line)
        for index, line in enumerate(lines)
    )


def _one_line(text: str, box: Box, font: Font) -> Laid | None:
    """All of it on one line, measured once."""
    room = box.width - 2 * box.padding
    if "\n" in text or len(text) * _NARROWEST * box.sizes[-1] > room:
        return None
    drawn = _drawn(text)
    width = font.width(drawn)
    for size in box.sizes:
        if width * size <= room:
            baseline = (box.height - font.cap_height * size / 1000) / 2
            line = Line(box.padding + box.align * (room - width * size), baseline, drawn)
            return Laid(size, (line,), text, complete=True)
    return None


def _indent(line: str, box: Box, font: Font, size: float) -> float:
    """Where a line of several begins."""
    free = box.room - font.width(line.rstrip()) * size if box.align else 0.0
    return box.padding + box.align * free


def wrapped(text: str, room: float, font: Font) -> Iterator[str]:
    """The lines of a text in a column as wide as ``room`` at size 1.

    Spaces stay at the end of their line, so that the lines joined are the text again.
    """
    for paragraph in text.split("\n"):
        yield from _in_column(_drawn(paragraph), room * 1000, font.advances)


def _in_column(text: str, room: float, advances: Mapping[str, int]) -> Iterator[str]:
    """The lines of one paragraph."""
    reaches = list(accumulate(map(advances.__getitem__, text)))
    start, before = 0, 0
    while (fits := bisect_right(reaches, before + room, start)) < len(text):
        end = _last_gap(text, start, fits) or max(fits, start + 1)
        yield text[start:end]
        start, before = end, reaches[end - 1]
    if start < len(text) or not text:
        yield text[start:]


def _last_gap(text: str, start: int, fits: int) -> int:
    """Where the last word begins that is not whole before ``fits``; 0 for one long word."""
    if text[fits] == " ":  # spaces may stand beyond the edge: nobody sees them
        return len(text) - len(text[fits:].lstrip(" "))
    return text.rfind(" ", start, fits) + 1


def _drawn(text: str) -> str:
    return text.replace("\t", TAB) if "\t" in text else text


def _in_cells(text: str, box: Box, font: Font) -> Laid | None:
    """One letter in the middle of each cell."""
    cell, advances = box.width / box.cells, font.advances
    size = next((size for size in box.sizes if font.width("m") * size <= cell), box.sizes[-1])
    if len(text) > box.cells or set(text) & set("\n\t"):
        return None
    baseline = (box.height - font.cap_height * size / 1000) / 2
    lines = tuple(
        Line(index * cell + (cell - advances[letter] * size / 1000) / 2, baseline, letter)
        for index, letter in enumerate(text)
    )
    return Laid(size, lines, text, complete=True)


def _shortened(text: str, box: Box, font: Font, reference: str) -> Laid | None:
    """As much of the beginning as there is room for with the reference after it."""
    if box.cells:
        return None
    beginning = text[: _drawable_length(text, font)]
    if not box.multiline:
        beginning = beginning.partition("\n")[0]

    def with_reference(length: int) -> Laid | None:
        start = _whole_words(beginning, length)
        return fitted(f"{start} {reference}" if start else reference, box, font)

    room = int(box.width * box.height / (box.sizes[-1] ** 2 * _NARROWEST))
    length = _longest(lambda n: with_reference(n) is not None, min(len(beginning), room))
    laid = with_reference(length)
    return laid._replace(complete=False) if laid else None


def _drawable_length(text: str, font: Font) -> int:
    undrawable = (
        i for i, letter in enumerate(text) if letter not in font.advances and letter not in "\n\t"
    )
    return next(undrawable, len(text))


def _whole_words(text: str, length: int) -> str:
    """At most so much of the beginning, without half a word unless it is one long word."""
    start = text[:length]
    if length < len(text) and not text[length].isspace():
        start = re.sub(r"(?<=\s)\S*$", "", start)
    return start.rstrip()


def _longest(fits: Callable[[int], bool], most: int) -> int:
    """The largest number that fits, or 0."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(middle) else (least, middle - 1)
    return least


def _squeezed(references: tuple[str, ...], box: Box, font: Font) -> Laid:
    """A reference alone, the best that a comb or a very narrow box has room for."""
    room = box.room
    roomy = (r for r in references if not box.cells or len(r) <= box.cells)
    fitting = (r for r in roomy if font.width(r) * box.sizes[-1] <= room)
    reference = next(fitting, references[-1])
    size = max(SMALLEST, min(box.sizes[-1], room / font.width(reference)))
    baseline = (box.height - font.cap_height * size / 1000) / 2
    return Laid(size, (Line(PADDING, baseline, reference),), reference, complete=False)
