"""A paper to be written on by hand as a Word file: lines, boxes and empty rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from formsvc.originals.blank import Blank, Cell, Heading, Item, Section, Table, Tick, Write
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import (
    TEXT_WIDTH,
    WIDE,
    Column,
    heading,
    paragraph,
    table_of,
    title,
    when,
)
from formsvc.originals.word.people import lead, legal, texts

_DECLARED: Final = "paper.phrases.declaration"
BOX: Final = "\N{BALLOT BOX}"
#: a row that a pen has room in, 9 mm, and one that is signed in, in twentieths of a point
_ROW: Final = 510
_PEN: Final = 794


def body(paper: Blank, labels: Labels) -> str:
    """All that stands under the letterhead."""
    width = WIDE if paper.wide else TEXT_WIDTH
    return "".join(
        (
            title(),
            lead(),
            paragraph(paper.hand_in),
            *(_section(each, width) for each in paper.sections),
            texts(labels),
            legal(labels),
            *(_section(each, width) for each in paper.signing),
        )
    )


def _section(section: Section, width: int) -> str:
    intro = paragraph(section.intro) if section.intro else ""
    items = (block for item in section.items for block in _item(item, width))
    return heading(section.title) + intro + "".join(items)


def _item(item: Item, width: int) -> Iterator[str]:
    match item:
        case Heading():
            yield heading(item.label, 2)
        case Write():
            yield from _question(item.label, item.hint)
            yield paragraph("", "WritingLine") * item.lines
        case Tick():
            yield from _question(item.label, item.hint)
            yield from (paragraph(f"{BOX}  {option}", "TickLine") for option in item.options)
        case Table():
            yield from _table(item, width)
        case _:
            assert_never(item)


def _table(item: Table, width: int) -> Iterator[str]:
    yield from _question(item.label, item.hint)
    if item.signed:
        yield when(_DECLARED, paragraph(f"{{{{ {_DECLARED} }}}}", "Declaration"))
    yield from (paragraph(each, "Caption") for each in item.choices)
    names = item.names or ("",) * item.rows
    rows = [[_column(cell, n, at) for at, cell in enumerate(item.columns)] for n in names]
    height = _PEN if item.signed else _ROW
    yield table_of(item.label, *rows, row_height=height, width=width)
    yield paragraph("")


def _question(label: str, hint: str) -> Iterator[str]:
    if label:
        yield paragraph(label, "Question", keep_next=True)
    if hint:
        yield paragraph(hint, "Caption")


def _column(cell: Cell, name: str, at: int) -> Column:
    return Column(cell.heading, 1, name if name and at == 0 else BOX if cell.box else "")
