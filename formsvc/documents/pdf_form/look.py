"""How a text field looks: its size, colour, frame and place, read once from the template."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from formsvc.documents.pdf_form.fields import Field, Widget
from formsvc.documents.pdf_form.layout import PADDING, SIZES, Box, Font, Laid

#: the name under which our templates carry the font, and each drawing asks for it
FONT: Final = "/FormsvcText"
_FONT_AND_SIZE: Final = re.compile(r"/(\S+)\s+(-?\d+\.?\d*|-?\.\d+)\s+Tf")
_COLOUR: Final = re.compile(r"(?:[\d.]+\s+){1,4}(?:rg|g|k)\b")
_ESCAPE: Final = re.compile(r"#([0-9A-Fa-f]{2})")
_FILL: Final = {1: b"g", 3: b"rg", 4: b"k"}
_STROKE: Final = {1: b"G", 3: b"RG", 4: b"K"}
#: sizes in other people's forms, from the largest that a reader chooses by itself
_AUTOMATIC: Final = (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0)
_SMALLEST: Final = 6.0
_LARGEST: Final = 144.0
_LONGEST: Final = 1000
#: how much of the height of its field a line may take
_FILLED: Final = 0.8


class Asked(NamedTuple):
    """What a field's default appearance asks for (ISO 32000-1, 12.7.3.3)."""

    font: str
    #: 0 leaves it to whoever draws
    size: float
    colour: bytes


def asked(appearance: str) -> Asked:
    """Read a default appearance, such as ``/Helv 10 Tf 0 g``."""
    appearance = appearance[:_LONGEST]  # searching a very long one takes very long
    found = _FONT_AND_SIZE.search(appearance)
    colour = _COLOUR.search(appearance)
    font = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    return Asked(
        font=f"/{font}",
        size=min(abs(float(found[2])), _LARGEST) if found else 0.0,
        colour=" ".join(colour[0].split()).encode() if colour else b"0 g",
    )


@lru_cache(maxsize=4096)
def number(value: float) -> bytes:
    """A number as a PDF writes it.

    >>> number(1 / 3), number(2.0), number(-0.0001)
    (b'0.333', b'2', b'0')
    """
    return (b"%.3f" % value).rstrip(b"0").rstrip(b".").replace(b"-0", b"0", abs(value) < 0.0005)


@dataclass(frozen=True)
class Look:
    """How one widget of a text field is drawn, with any text."""

    box: Box
    #: turns the drawing with its field; empty for one that is upright
    matrix: tuple[float, ...]
    #: background, frame and cells, and where the text may not go beyond
    before: bytes
    colour: bytes

    def drawn(self, laid: Laid, font: Font, name: bytes) -> bytes:
        """The operators that show a text (ISO 32000-1, 12.7.3.3)."""
        begin = b"%sBT %s %s Tf %s" % (self.before, name, number(laid.size), self.colour)
        lines = [
            b"1 0 0 1 %s %s Tm %s Tj" % (number(line.x), number(line.y), font.shown(line.text))
            for line in laid.lines
            if line.text
        ]
        return b"\n".join([begin, *lines, b"ET Q EMC"])


def look(field: Field, widget: Widget, known: Mapping[str, Any], annotation: Any) -> Look:
    """How a widget of a text field or a list is drawn."""
    marks = annotation.get("/MK", {})
    turn = int(marks.get("/R", 0)) % 360
    sideways = turn in (90, 270)
    width, height = (widget.height, widget.width) if sideways else (widget.width, widget.height)
    said = asked(str(annotation.get("/DA", known.get("/DA", ""))))
    frame = _frame_width(annotation, marks)
    box = Box(
        width,
        height,
        field.multiline,
        field.cells,
        sizes=_sizes(said, height, field),
        padding=max(PADDING, 2 * frame),
        align={1: 0.5, 2: 1.0}.get(int(annotation.get("/Q", known.get("/Q", 0))), 0.0),
    )
    inset = max(1.0, frame)
    room = tuple(map(number, (inset, inset, width - 2 * inset, height - 2 * inset)))
    clip = b"/Tx BMC q %s %s %s %s re W n\n" % room
    before = _ground(marks, box) + _frame(marks, box, frame) + clip
    return Look(box, _matrix(turn, widget), before, said.colour)


def _sizes(said: Asked, height: float, field: Field) -> tuple[float, ...]:
    """The sizes to try: in our own templates always the same, elsewhere as the field asks."""
    if said.font == FONT:
        return SIZES
    if said.size:
        steps = int((said.size - _SMALLEST) * 2)
        smaller = (said.size - step / 2 for step in range(1, steps + 1))
        return (said.size, *smaller) if steps > 0 else (said.size,)
    most = _AUTOMATIC[0] if field.multiline else height * _FILLED
    return tuple(size for size in _AUTOMATIC if size <= most) or (max(4.0, most),)


def _frame_width(annotation: Any, marks: Any) -> float:
    if not marks.get("/BC"):
        return 0.0
    border = annotation.get("/Border", (0, 0, 1))
    return float(annotation.get("/BS", {}).get("/W", border[2] if len(border) > 2 else 1))


def _colour(parts: Sequence[Any], operators: Mapping[int, bytes]) -> bytes:
    values = b" ".join(number(float(part)) for part in parts)
    return values + b" " + operators[len(parts)]


def _ground(marks: Any, box: Box) -> bytes:
    colour = marks.get("/BG", ())
    if len(colour) not in _FILL:
        return b""
    size = (number(box.width), number(box.height))
    return b"q %s 0 0 %s %s re f Q\n" % (_colour(colour, _FILL), *size)


def _frame(marks: Any, box: Box, frame: float) -> bytes:
    """The frame around the field, and the lines between the cells of a comb."""
    colour = marks.get("/BC", ())
    if not frame or len(colour) not in _STROKE:
        return b""
    half, wide, high = frame / 2, box.width - frame, box.height - frame
    edge = b"%s %s %s %s re S" % tuple(map(number, (half, half, wide, high)))
    between = (number(index * box.width / box.cells) for index in range(1, box.cells))
    lines = (b" %s 0 m %s %s l S" % (x, x, number(box.height)) for x in between)
    drawn = edge + b"".join(lines)
    return b"q %s %s w %s Q\n" % (_colour(colour, _STROKE), number(frame), drawn)


def _matrix(turn: int, widget: Widget) -> tuple[float, ...]:
    """What turns an upright drawing so that it fills its field (ISO 32000-1, table 189)."""
    wide, high = widget.width, widget.height
    return {
        90: (0, 1, -1, 0, wide, 0),
        180: (-1, 0, 0, -1, wide, high),
        270: (0, -1, 1, 0, 0, high),
    }.get(turn, ())
