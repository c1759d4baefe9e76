"""What a Word template may ask for: names that the paper has, and a short list of Jinja's words.

Every expression is looked at in the parsed template, before anything of it is compiled or run
(OWASP ASVS 5.0, 1.3.7). Where the paper's answers are known, each name is followed through groups
and lists (``answers``), and what the template never prints is told too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from jinja2 import nodes

from formsvc.documents.docx import active, dialect, package, tags
from formsvc.documents.docx.answers import (
    EACH,
    NOTHING_KNOWN,
    Found,
    Path,
    Schema,
    dotted,
    holds_many,
    items,
    never_printed,
    unknown,
)
from formsvc.documents.docx.dialect import Source
from formsvc.documents.docx.jinja import WordEnvironment
from formsvc.errors import BadTemplate, Fault
from formsvc.language import gettext as _

#: filters that say the same in another way; none makes long texts of short ones
FILTERS: Final = frozenset(
    {"capitalize", "count", "d", "default", "e", "escape", "first", "int", "join", "last"}
    | {"length", "lower", "round", "sort", "string", "title", "trim", "upper"}
)
TESTS: Final = frozenset(
    {"defined", "undefined", "none", "true", "false", "in", "odd", "even", "eq", "equalto", "ne"}
    | {"==", "!=", "boolean", "number", "string"}
)
#: nodes that only join what stands in them
_JOINING: Final = (
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.CondExpr),
    *(nodes.Concat, nodes.Keyword, nodes.Test),
)
_FIXED: Final = (nodes.List, nodes.Tuple)
_SAME_SHAPE: Final = frozenset({"sort", "default", "d"})
_LOOP: Final[Schema] = {
    "properties": {
        name: {}
        for name in ("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth")
    }
}
#: loops within loops; each level makes a paper of twenty rows twenty times slower
_DEEPEST_LOOP: Final = 4
#: what each name stands for
_Scope = Mapping[str, Found]


def faults(members: Mapping[str, bytes], parts: Collection[str], schema: Schema) -> list[Fault]:
    """All that is wrong with a template from outside; empty when it may be used.

    :param parts: the parts that may hold tags.
    :param schema: JSON Schema of all that the template is given.
    :raises BadTemplate: naming a part that is no XML.
    """
    found = list(active.faults(members))
    if found:
        return found
    environment, printed, all_read = WordEnvironment(), set[Path](), True
    for name in parts:
        told = tags.faults(name, package.parse(members[name], name))
        look = None if told else _of_part(environment, name, members[name], schema, told)
        found += [*told, *(look.faults if look else ())]
        printed |= look.printed if look else set()
        all_read = all_read and not told
    return [*found, *never_printed(schema, printed)] if all_read else found


def _of_part(
    environment: WordEnvironment, name: str, data: bytes, schema: Schema, told: list[Fault]
) -> _Look | None:
    """A look at one part; None when nothing is to be filled in it, or when it cannot be read."""
    try:
        source = dialect.read(environment, name, data)
    except BadTemplate as error:
        told.append(Fault(name, "", str(error)))
        return None
    return _Look(source, schema) if source else None


def faults_of_words(source: Source, own_filters: Collection[str]) -> list[Fault]:
    """What a parsed part uses of Jinja that no template from outside may use."""
    return _Look(source, None, own_filters).faults


class _Look:
    """A walk through one part."""

    def __init__(
        self, source: Source, schema: Schema | None, own_filters: Collection[str] = ()
    ) -> None:
        self.faults: list[Fault] = []
        #: the answers that stand in something that is printed, or that choose what is
        self.printed: set[Path] = set()
        self._source = source
        self._schema = schema
        self._filters = FILTERS.union(own_filters)
        self._printing = False
        self._depth = 0
        try:
            self._look(source.tree, {})
        except RecursionError:  # a tag of a thousand brackets
            self.faults.append(Fault(source.name, "", tags.too_long()))

    def _tell(self, node: nodes.Node, message: str) -> None:
        fault = Fault(self._source.name, self._source.paragraph(node.lineno or 0), message)
        if fault not in self.faults:
            self.faults.append(fault)

    # -- statements -------------------------------------------------------------------------

    def _look(self, node: nodes.Node, scope: _Scope) -> None:
        if isinstance(node, nodes.Output):
            self._output(node, scope)
        elif isinstance(node, nodes.If):
            self._find(node.test, scope)
            for each in (*node.body, *node.elif_, *node.else_):
                self._look(each, scope)
        elif isinstance(node, nodes.For):
            self._loop(node, scope)
        elif isinstance(node, nodes.Template):
            for each in node.body:
                self._look(each, scope)
        else:
            self._tell(node, _forbidden(type(node).__name__.lower()))

    def _output(self, node: nodes.Output, scope: _Scope) -> None:
        for child in node.nodes:
            self._printing = not isinstance(child, nodes.TemplateData)
            found = self._find(child, scope)
            if holds_many(found.schema):
                self._tell(
                    child,
                    _(
                        "Koden skriver ut en hel liste eller gruppe på én gang. Gå gjennom lista"
                        " med for og endfor, eller skriv navnet på feltet etter et punktum."
                    ),
                )
        self._printing = False

    def _loop(self, node: nodes.For, scope: _Scope) -> None:
        if node.recursive or not isinstance(node.target, nodes.Name):
            self._tell(node, _forbidden("for"))
            return
        row = self._row(node.iter, scope)
        inner = {**scope, node.target.name: row, "loop": Found(("loop",), _LOOP)}
        if node.test:
            self._find(node.test, inner)
        self._depth += 1
        if self._depth == _DEEPEST_LOOP + 1:
            self._tell(
                node,
                _(
                    "Her står mer enn %(most)s for inni hverandre. Ta bort dem som ikke trengs.",
                    most=_DEEPEST_LOOP,
                ),
            )
        for each in node.body:
            self._look(each, inner)
        self._depth -= 1
        for each in node.else_:
            self._look(each, scope)

    def _row(self, node: nodes.Node, scope: _Scope) -> Found:
        """What each turn of a loop is about."""
        rows = self._find(node, scope)
        if isinstance(node, _FIXED) and node.items:
            return self._find(node.items[0], scope)
        if rows.schema is None:
            return Found((*rows.path, EACH), None)
        if "items" in rows.schema:
            return Found((*rows.path, EACH), rows.schema["items"])
        if not items(rows.schema):
            name = dotted(rows.path)
            self._tell(node, _("«%(name)s» er ingen liste, og kan ikke gjentas.", name=name))
        return Found((*rows.path, EACH), {})  # the names of words go through a loop

    # -- expressions ------------------------------------------------------------------------

    def _find(self, node: nodes.Node, scope: _Scope) -> Found:
        """Look at an expression; what it leads to, if it is the name of something."""
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            found = self._named(node, scope)
            self._note(found)
            return found
        if isinstance(node, nodes.Filter):
            return self._filtered(node, scope)
        if isinstance(node, nodes.Test) and node.name not in TESTS:
            self._tell(node, _("«is %(name)s» kan ikke brukes i en mal.", name=node.name[:40]))
        elif isinstance(node, _JOINING) or _is_span(node) or _is_fixed(node):
            for child in node.iter_child_nodes():
                self._find(child, scope)
        elif not isinstance(node, nodes.Const | nodes.TemplateData):
            self._tell(node, _forbidden(_AS_WRITTEN.get(type(node), "")))
        return NOTHING_KNOWN

    def _note(self, found: Found) -> None:
        # a choice is also told by what stands there because of it, such as a ticked box
        if found.path and (self._printing or "enum" in (found.schema or {})):
            self.printed.add(found.path[1:] if found.path[0] == "codes" else found.path)

    def _filtered(self, node: nodes.Filter, scope: _Scope) -> Found:
        if node.name not in self._filters:
            self._tell(
                node,
                _(
                    "Filteret «%(name)s» kan ikke brukes i en mal. Der kan du bruke: %(names)s.",
                    name=node.name[:40],
                    names=", ".join(sorted(self._filters)),
                ),
            )
        for child in (*node.args, *node.kwargs):
            self._find(child, scope)
        if node.node is None:
            return NOTHING_KNOWN
        found = self._find(node.node, scope)
        row = Found((*found.path, EACH), items(found.schema))
        if node.name in ("first", "last", "join") and found.path:
            self._note(row)
        if node.name in ("first", "last"):
            return row
        return found if node.name in _SAME_SHAPE else NOTHING_KNOWN

    def _named(self, node: nodes.Node, scope: _Scope) -> Found:
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            return self._below(node, Found((), self._schema), node.name)
        if isinstance(node, nodes.Getattr):
            return self._below(node, self._named(node.node, scope), node.attr)
        if isinstance(node, nodes.Getitem):
            return self._picked(node, self._named(node.node, scope), scope)
        return self._find(node, scope)

    def _picked(self, node: nodes.Getitem, above: Found, scope: _Scope) -> Found:
        """``names[0]``, ``child["name"]`` and ``headings[key]``."""
        if isinstance(node.arg, nodes.Const):
            if not isinstance(node.arg.value, int):
                return self._below(node, above, str(node.arg.value))
        elif isinstance(node.arg, nodes.Name):
            self._find(node.arg, scope)
        else:
            self._tell(node, _forbidden("[ ]"))
        return Found((*above.path, EACH), items(above.schema))

    def _below(self, node: nodes.Node, above: Found, name: str) -> Found:
        """What a name stands for in a group."""
        if name.startswith("_"):
            self._tell(node, _forbidden(name))
        path = (*above.path, name)
        if above.schema is None:
            return Found(path, None)
        known: Mapping[str, Schema] = above.schema.get("properties", {})
        if name in known:
            return Found(path, known[name])
        self._tell(node, unknown(above, name, self._schema or {}))
        return Found(path, None)


_AS_WRITTEN: Final[Mapping[type[nodes.Node], str]] = {
    nodes.Call: "( )",
    nodes.Slice: "[ : ]",
    nodes.List: "[ ]",
    nodes.Tuple: "( , )",
    nodes.Dict: "{ }",
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
    nodes.Neg: "-",
}


def _forbidden(what: str) -> str:
    return _(
        "Koden bruker %(what)s, som ikke er lov i en mal. Der kan det bare stå navn fra skjemaet.",
        what=f"«{what[:40]}»" if what else "noe",
    )


def _is_span(node: nodes.Node) -> bool:
    """``{{ 2 * loop.length }}``, which docxtpl writes for ``{% hm %}`` in a merged cell."""
    return (
        isinstance(node, nodes.Mul)
        and isinstance(node.left, nodes.Const)
        and isinstance(node.left.value, int)
        and isinstance(node.right, nodes.Getattr)
        and node.right.attr == "length"
    )


def _is_fixed(node: nodes.Node) -> bool:
    """``[mother, father]``: a list that stands in the template itself."""
    return isinstance(node, _FIXED) and all(
        isinstance(each, nodes.Const | nodes.Name | nodes.Getattr) for each in node.items
    )
