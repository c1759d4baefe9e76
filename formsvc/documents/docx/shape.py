"""The shape of a template, proved when it is read: what no data can change about its XML.

One walk over the parsed template with a stack of open elements. Escaped words cannot open or
close an element, so that if every branch and every turn of a loop leaves the stack as it found
it, whatever is printed is well-formed and needs no look. The same walk sees which tables always
fit their grids, and which placeholders print words that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from jinja2 import nodes

_TAG = re.compile(r"<(/?)([^\s/>]+)([^>]*?)(/?)>")
_WELL_WRITTEN = re.compile(r'(?:[\w.-]+:)?[\w.-]+(?:\s+[\w.:-]+="[^"<]*")*\s*')
_VALUE = re.compile(r'\bw:val="([^"]*)"')
#: filters whose results may hold markup
_MARKUP_FILTERS: Final = frozenset({"safe", "urlize", "xmlattr"})
#: filters whose results, cut in two by another one, would be half a character
_ESCAPING_FILTERS: Final = frozenset({"e", "escape", "forceescape", "tojson"})
_ELSEWHERE: Final = frozenset({"w:del", "w:moveFrom", "mc:Fallback"})
_HIDING: Final = frozenset({"w:vanish", "w:specVanish", "w:webHidden"})
_STYLE: Final = frozenset({"w:rStyle", "w:pStyle"})
_OFF: Final = frozenset({"0", "false", "off", "none"})
_SILENT: Final = (nodes.Assign, nodes.ExprStmt)


@dataclass(eq=False)
class _Element:
    name: str
    #: in how many blocks of the template it was opened
    depth: int
    columns: int = 0
    cells: int = 0
    spans: int = 0
    #: a row is always there that fills the grid
    is_filled: bool = False
    is_hidden: bool = False


@dataclass
class Shape:
    """What is proved of a template."""

    #: the result is well-formed whatever is printed
    is_sound: bool = True
    #: the number of a table's columns hangs on the data
    tables_vary: bool = False
    #: pictures are repeated or left out, so that their numbers hang on the data
    pictures_vary: bool = False
    #: the expressions (by ``id``) whose words stand where they are read
    read: set[int] = field(default_factory=set)


def shape_of(
    tree: nodes.Template, known_filters: frozenset[str], hiding: Collection[str] = ()
) -> Shape:
    """The shape of a parsed part.

    :param known_filters: those whose results are escaped like any text.
    :param hiding: the styles whose words are not shown.
    """
    walk = _Walk(hiding)
    walk.block(tree.body)
    shape = walk.shape
    if walk.opened or walk.unfinished or not _filters_are_plain(tree, known_filters):
        shape.is_sound = False
    return shape


def _filters_are_plain(tree: nodes.Template, known: frozenset[str]) -> bool:
    last = {id(child) for output in tree.find_all(nodes.Output) for child in output.nodes}
    return all(
        each.name in known - _MARKUP_FILTERS
        and (id(each) in last or each.name not in _ESCAPING_FILTERS)
        for each in tree.find_all(nodes.Filter)
    )


class _Walk:
    def __init__(self, hiding: Collection[str]) -> None:
        self.shape = Shape()
        self._hiding = hiding
        self.opened: list[_Element] = []
        #: the beginning of a tag in which a block or a placeholder stands
        self.unfinished = ""
        self._depth = 0
        self._is_clear = True

    def block(self, body: list[nodes.Node]) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                self._output(node)
            elif isinstance(node, nodes.If):
                self._if(node)
            elif isinstance(node, nodes.For):
                self._leads_to_one_place([node.body, []])
                self._leads_to_one_place([node.else_, []])
            elif not isinstance(node, _SILENT):
                # macros and the like print their bodies elsewhere
                self.shape.is_sound, self.shape.tables_vary = False, True
                self._leads_to_one_place([getattr(node, "body", []), []])

    def _if(self, node: nodes.If) -> None:
        branches = [node.body, *(each.body for each in node.elif_), node.else_]
        self._leads_to_one_place(branches)

    def _leads_to_one_place(self, branches: list[list[nodes.Node]]) -> None:
        """All ways through must leave the same elements open, and the same tag unfinished."""
        before, unfinished = self.opened, self.unfinished
        ends = []
        for branch in branches:
            self.opened, self.unfinished = list(before), unfinished
            self._depth += 1
            self.block(branch)
            self._depth -= 1
            in_quotes = self.unfinished.count('"') % 2 if self.unfinished else None
            ends.append(([each.name for each in self.opened], in_quotes))
        if any(end != ends[0] for end in ends):
            self.shape.is_sound = False
        if self.unfinished:  # the value has the words of one way only
            self.unfinished += "?"

    def _output(self, node: nodes.Output) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self._data(child.data)
            elif self.unfinished:
                self.unfinished += "?"
                # in a tag only values, which stand in quotes, can be anything
                if not self.unfinished.count('"') % 2:
                    self.shape.is_sound = False
            elif self._is_read():
                self.shape.read.add(id(child))

    def _is_read(self) -> bool:
        return (
            self._is_clear
            and bool(self.opened)
            and self.opened[-1].name == "w:t"
            and not any(each.is_hidden or each.name in _ELSEWHERE for each in self.opened)
        )

    def _data(self, data: str) -> None:
        if "<!" in data or "<?" in data.removeprefix("<?xml"):
            # comments and the like are not looked into, and may hide what seems to be read
            self.shape.is_sound, self.shape.tables_vary = False, True
            self._is_clear = False
        if "<wp:docPr" in data and self._depth:
            self.shape.pictures_vary = True
        data, self.unfinished = self.unfinished + data, ""
        end = 0
        for found in _TAG.finditer(data):
            end = found.end()
            self._tag(*found.groups())
        begun = data.find("<", end)
        if begun >= 0:
            self.unfinished = data[begun:]

    def _tag(self, closing: str, name: str, attributes: str, empty: str) -> None:
        if name.startswith("?"):
            return
        if not _WELL_WRITTEN.fullmatch(name + attributes):
            self.shape.is_sound, self.shape.tables_vary = False, True
        if closing:
            self._close(name)
            return
        self._open(name, attributes)
        if empty:
            self._close(name)

    def _open(self, name: str, attributes: str) -> None:
        parent = self.opened[-1] if self.opened else None
        if parent is not None:
            self._note(parent, name, attributes)
        self.opened.append(_Element(name, self._depth))

    def _note(self, parent: _Element, name: str, attributes: str) -> None:
        """What an element says about the table or the run that it stands in."""
        if name == "w:gridCol" and parent.name == "w:tblGrid":
            table = self.opened[-2]
            table.columns += 1
            self.shape.tables_vary |= table.depth != self._depth
        elif name == "w:tc" and parent.name == "w:tr":
            parent.cells += 1
            parent.spans += 1
            self.shape.tables_vary |= parent.depth != self._depth
        elif name == "w:gridSpan" and parent.name == "w:tcPr":
            self._span(attributes)
        elif parent.name in ("w:rPr", "w:pPr", "w:trPr"):
            self._property(name, attributes)

    def _property(self, name: str, attributes: str) -> None:
        """What hides the run, the paragraph or the row that the properties belong to."""
        value = _VALUE.search(attributes)
        owner, said = self.opened[-2], value[1] if value else ""
        if name in _HIDING and self.opened[-1].name == "w:rPr":
            # a run may show what its style hides
            owner.is_hidden = said not in _OFF
        elif name in _STYLE:
            owner.is_hidden = said in self._hiding or "?" in said
        elif name == "w:hidden":
            owner.is_hidden |= said not in _OFF

    def _span(self, attributes: str) -> None:
        value = _VALUE.search(attributes)
        cell, row = self.opened[-2], self.opened[-3]
        if value and value[1].isdecimal() and cell.depth == self._depth and row.name == "w:tr":
            row.spans += int(value[1]) - 1
        else:
            self.shape.tables_vary = True

    def _close(self, name: str) -> None:
        if not self.opened or self.opened[-1].name != name:
            self.shape.is_sound, self.shape.tables_vary = False, True
            return
        element = self.opened.pop()
        if element.depth != self._depth:  # it was opened outside of this block
            self.shape.tables_vary = True
        if name == "w:tr":
            self._row_ends(element)
        elif name == "w:tbl":
            self.shape.tables_vary |= not element.is_filled

    def _row_ends(self, row: _Element) -> None:
        # docxtpl counts the rows of a table inside a table for both
        for table in self.opened:
            if table.name == "w:tbl":
                self.shape.tables_vary |= row.cells > table.columns
                table.is_filled |= row.spans >= table.columns and row.depth == table.depth
