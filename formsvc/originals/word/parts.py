"""The pieces that papers are written with: headings, facts, lists, tables, and docxtpl's tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

#: the width between the margins, in twentieths of a point
TEXT_WIDTH: Final = 9298
#: the same on a page that lies
WIDE: Final = 14230
#: the relation of the document to the address of its link
LINK: Final = "rId9"
#: how many letters of a label have room beside its answer
_LONGEST_BESIDE: Final = 32


def run(words: str, style: str = "") -> str:
    """Words in one run, with a character style if need be; a tab character becomes a tab."""
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    pieces = (f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in words.split("\t"))
    return f"<w:r>{properties}{'<w:tab/>'.join(pieces)}</w:r>"


def paragraph(words: str, style: str = "", *, keep_next: bool = False) -> str:
    """A paragraph in a named style."""
    return _paragraph(run(words), style, keep_next=keep_next)


def _paragraph(runs: str, style: str, *, keep_next: bool = False) -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    kept = "<w:keepNext/>" if keep_next else ""
    properties = f"<w:pPr>{named}{kept}</w:pPr>" if named or kept else ""
    return f"<w:p>{properties}{runs}</w:p>"


def code(tag: str) -> str:
    """A paragraph that only steers docxtpl and is gone from the finished paper."""
    return paragraph(f"{{%p {tag} %}}", "TemplateCode")


def when(condition: str, *blocks: str) -> str:
    """The blocks, if the condition holds."""
    return code(f"if {condition}") + "".join(blocks) + code("endif")


def either(condition: str, yes: str, no: str) -> str:
    """One block or the other."""
    return code(f"if {condition}") + yes + code("else") + no + code("endif")


def if_any(rows: str, name: str, yes: str, no: str) -> str:
    """One block where that answer is given in some row, and the other where it is in none."""
    return code(f'if {rows} | join(attribute="{name}")') + yes + code("else") + no + code("endif")


def each(loop: str, *blocks: str) -> str:
    """The blocks once for each: ``each("item in items", …)``."""
    return code(f"for {loop}") + "".join(blocks) + code("endfor")


def title() -> str:
    """The paper's title."""
    return paragraph("{{ paper.title }}", "Title")


def heading(words: str, level: int = 1) -> str:
    """A heading."""
    return paragraph(words, f"Heading{level}")


def fact(label: str, value: str, when: str = "") -> str:
    """A label and its answer beside it, or under it where the label is long.

    :param when: the condition without which both are left out.
    """
    said = run(label, "FactLabel")
    if len(label) > _LONGEST_BESIDE:
        line = _paragraph(said + "<w:r><w:br/></w:r>" + run(value), "FactBelow")
    else:
        line = _paragraph(said + run("\t" + value), "Fact")
    return code(f"if {when}") + line + code("endif") if when else line


def link_fact(label: str, words: str, address: str, when: str) -> str:
    """A label and words beside it that lead to an address, which is printed small below.

    The address is that of the relation ``LINK``.
    """
    pressed = f'<w:hyperlink r:id="{LINK}" w:history="1">{run(words, "Hyperlink")}</w:hyperlink>'
    below = "<w:r><w:br/></w:r>" + run(address, "Small")
    line = run(label, "FactLabel") + run("\t") + pressed + below
    return code(f"if {when}") + _paragraph(line, "Fact") + code("endif")


def bullets(loop: str, words: str, style: str = "ListBullet") -> str:
    """One bullet for each: ``bullets("name in informed", "{{ name }}")``."""
    return each(loop, paragraph(words, style))


class Column(NamedTuple):
    """A column of a table: its heading, its share of the width, and what a row shows."""

    heading: str
    width: int
    #: words of the cell, or finished paragraphs
    cell: str | Sequence[str]


def note(words: str) -> str:
    """A smaller line under the first one of a cell."""
    return paragraph(words, "TableNote")


def cell(words: str) -> str:
    """A line of a cell."""
    return paragraph(words, "TableText")


def table(
    description: str,
    loop: str,
    *columns: Column,
    row_height: int = 0,
    width: int = TEXT_WIDTH,
) -> str:
    """A table with one row for each in the loop; its head is repeated on every page.

    :param description: what the table holds, for those who do not see it.
    :param row_height: at least so high, for rows that are written in by hand.
    :param width: of the whole table.
    """
    widths = _widths(columns, width)
    body = (
        _code_row(f"for {loop}", widths)
        + _body(columns, widths, row_height)
        + _code_row("endfor", widths)
    )
    return _table(description, widths, _heads(columns, widths), body, by_hand=row_height > 0)


def table_of(
    description: str, *rows: Sequence[Column], row_height: int = 0, width: int = TEXT_WIDTH
) -> str:
    """A table with just these rows, whose columns have the same headings and widths."""
    widths = _widths(rows[0], width)
    body = "".join(_body(columns, widths, row_height) for columns in rows)
    heads = _heads(rows[0], widths)
    return _table(description, widths, heads, body, by_hand=row_height > 0)


def _heads(columns: Sequence[Column], widths: Sequence[int]) -> str:
    return _head([column.heading for column in columns], widths)


def _body(columns: Sequence[Column], widths: Sequence[int], row_height: int) -> str:
    cells = [_content(column.cell) for column in columns]
    return _row(cells, widths, _at_least(row_height) if row_height else "")


def _content(cells: str | Sequence[str]) -> str:
    return cell(cells) if isinstance(cells, str) else "".join(cells)


def _widths(columns: Sequence[Column], width: int = TEXT_WIDTH) -> list[int]:
    whole = sum(column.width for column in columns)
    widths = [width * column.width // whole for column in columns]
    widths[-1] += width - sum(widths)
    return widths


def _table(description: str, widths: Sequence[int], head: str, body: str, *, by_hand: bool) -> str:
    style = "PenTable" if by_hand else "PaperTable"
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
        ' w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{escape(description)}"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )


def _at_least(height: int) -> str:
    return f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>'


def _head(headings: Sequence[str], widths: Sequence[int]) -> str:
    cells = [paragraph(words, "TableHeading") for words in headings]
    return _row(cells, widths, "<w:tblHeader/>")


def _row(cells: Sequence[str], widths: Sequence[int], properties: str = "") -> str:
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{words}</w:tc>'
        for words, width in zip(cells, widths, strict=True)
    )
    # a row stays whole on its page; one that is taller than a page flows on to the next, whatever
    # the setting (ECMA-376, 17.4.6), so nothing can be cut
    return f"<w:tr><w:trPr><w:cantSplit/>{properties}</w:trPr>{inner}</w:tr>"


def _code_row(tag: str, widths: Sequence[int]) -> str:
    return (
        f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{len(widths)}"/></w:tcPr>'
        + paragraph(f"{{%tr {tag} %}}", "TemplateCode")
        + "</w:tc></w:tr>"
    )
