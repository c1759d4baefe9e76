"""Grids of tables that hang on the data: as many columns as the widest row, as wide as before.

Word draws a table by its grid, and a loop over cells or a merged cell makes rows that do not fit
it. The rules are docxtpl's. Tables that always fit are known beforehand (``shape``) and
never come here.
"""

from __future__ import annotations

from lxml import etree

from formsvc.documents.docx.package import W


def fit_grids(root: etree._Element) -> None:
    """Give each table the columns that its rows need."""
    for table in root.iter(f"{W}tbl"):
        grid = table.find(f"{W}tblGrid")
        if grid is not None:
            rows = [row.findall(f"{W}tc") for row in table.iter(f"{W}tr")]
            _widen(grid, max(map(len, rows), default=0))
            _narrow(grid, max((sum(map(_span, row)) for row in rows), default=0))


def _widen(grid: etree._Element, wanted: int) -> None:
    columns = grid.findall(f"{W}gridCol")
    width = sum(map(_width, columns))
    if wanted > len(columns) and width > 0:
        share = len(columns) / wanted
        for column in columns:
            column.set(f"{W}w", str(int(_width(column) * share)))
        for _number in range(wanted - len(columns)):
            etree.SubElement(grid, f"{W}gridCol", {f"{W}w": str(int(width / wanted))})


def _narrow(grid: etree._Element, wanted: int) -> None:
    columns = grid.findall(f"{W}gridCol")
    kept, removed = columns[:wanted], columns[wanted:]
    for column in removed:
        grid.remove(column)
    if kept and removed:
        more = int(sum(map(_width, removed)) / len(kept))
        for column in kept:
            column.set(f"{W}w", str(int(_width(column) + more)))


def _width(column: etree._Element) -> float:
    return float(column.get(f"{W}w", "0"))


def _span(cell: etree._Element) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    return 1 if span is None else int(span.get(f"{W}val", "1"))
