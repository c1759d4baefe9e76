"""Which answers a template is sure to print, proved when it is read.

An answer is sure to come out when it has placeholders that stand where they are read, and one of
the ways to them is open whenever the answer was given: in no block, in ``{% if name %}`` of the
answer itself or of the group it belongs to, in a loop over the list that it is a row of, or in
branches of which one is always taken. Only answers that are not sure have to be looked for in the
finished document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from jinja2 import nodes

from formsvc.documents.docx.conditions import All, Condition, Fact, Not, Some, always
from formsvc.documents.docx.jinja import METHODS_OF_DICT

#: a path into the answers; a loop's variable adds a step of its own
_Path = tuple[str, ...]
_Paths = frozenset[_Path]
#: on what hangs that each is printed
_Ways = dict[_Path, Condition]
_Scope = Mapping[str, _Path]

_NONE: Final[_Paths] = frozenset()
_PLAIN: Final = frozenset({str, int, float})
_ROW: Final = "*"
#: how the step into a loop begins while the loops are told apart
_LOOP: Final = "*:"
#: filters that print a text that was given as it is
_FAITHFUL: Final = frozenset({"default", "d", "escape", "e", "string", "join"})


class _Level:
    """What is sure among the keys of one group."""

    def __init__(self) -> None:
        self.sure: set[str] = set()
        self.below: dict[str, _Level] = {}

    def add(self, path: _Path) -> None:
        if len(path) == 1:
            self.sure.add(path[0])
        else:
            self.below.setdefault(path[0], _Level()).add(path[1:])


class Prints:
    """The answers that are sure to be printed, as dotted paths; ``*`` stands for each row."""

    def __init__(self, proofs: Iterable[_Paths]) -> None:
        paths = _NONE.union(*proofs)
        self.paths: Final = frozenset(".".join(path) for path in paths)
        self._level = _Level()
        for path in paths:
            self._level.add(path)

    def __contains__(self, path: object) -> bool:
        return path in self.paths

    def unsure(self, answers: Mapping[str, object]) -> list[str]:
        """The paths of the answers that were given and may be missing in a finished document.

        Yes and no steer what is printed; like empty answers they are nothing to look for.
        """
        found: list[str] = []
        _collect(answers, self._level, found)
        return found


def _collect(answers: Mapping[str, object], level: _Level, found: list[str]) -> None:
    sure = level.sure
    for key, answer in answers.items():
        # 0 was given, but Jinja takes it for empty in an if; and a whole group is never sure,
        # since filters print it as Python does
        if not ((answer and key in sure and answer.__class__ in _PLAIN) or _is_nothing(answer)):
            _collect_from(key, answer, level.below.get(key, _NOTHING), found)


def _collect_from(key: str, answer: object, below: _Level, found: list[str]) -> None:
    before = len(found)
    if isinstance(answer, Mapping):
        _collect(answer, below, found)
    elif isinstance(answer, (list, tuple)):
        _collect_rows(answer, below, found)
    else:
        found.append(key)
        return
    if len(found) > before:
        found[before:] = [f"{key}.{path}" for path in found[before:]]


def _collect_rows(rows: Sequence[object], level: _Level, found: list[str]) -> None:
    sure, below = _ROW in level.sure, level.below.get(_ROW, _NOTHING)
    for number, row in enumerate(rows):
        if not ((row and sure and row.__class__ in _PLAIN) or _is_nothing(row)):
            _collect_from(str(number), row, below, found)


def _is_nothing(answer: object) -> bool:
    return answer is None or answer == "" or answer is True or answer is False


_NOTHING: Final = _Level()


def sure_to_print(tree: nodes.Template, read: set[int], own_filters: Collection[str]) -> _Paths:
    """The paths of what a template always prints.

    :param read: the expressions (by ``id``) that print where it is read.
    :param own_filters: those that may do something else than Jinja's of the same name.
    """
    proof = _Proof(tree, read, _FAITHFUL.difference(own_filters))
    ways = proof.block(tree.body, {})
    return frozenset(
        tuple(map(_without_loop, path)) for path, way in ways.items() if always(way, _given(path))
    )


def _given(path: _Path) -> set[_Path]:
    """What is known when an answer was given: it and the groups it stands in are not empty."""
    return {path[:length] for length in range(1, len(path) + 1)}


def _joined(many: Iterable[_Ways]) -> _Ways:
    """The ways of pieces that follow each other."""
    joined: dict[_Path, list[Condition]] = {}
    for ways in many:
        for path, way in ways.items():
            joined.setdefault(path, []).append(way)
    return {path: True if True in ways else Some(tuple(ways)) for path, ways in joined.items()}


def _behind(condition: Condition, ways: _Ways) -> _Ways:
    """The ways of what is only reached when a condition holds."""
    return {path: condition if way is True else All((condition, way)) for path, way in ways.items()}


def _within(rows: _Path, scope: _Scope) -> int:
    """How many loops over the same rows a loop stands in: those beside each other meet each row."""
    above = [row[-1] for row in scope.values() if row[:-1] == rows and row[-1].startswith(_LOOP)]
    return max((int(step.removeprefix(_LOOP)) + 1 for step in above), default=0)


def _without_loop(step: str) -> str:
    return _ROW if step.startswith(_LOOP) else step


class _Proof:
    def __init__(self, tree: nodes.Template, read: set[int], faithful: Collection[str]) -> None:
        self._read = read
        self._faithful = faithful
        loops = {id(name) for loop in tree.find_all(nodes.For) for name in _names(loop.target)}
        #: names that a template gives a meaning of its own, other than by a loop
        self._own = {
            name.name
            for name in tree.find_all(nodes.Name)
            if name.ctx != "load" and id(name) not in loops
        } | {macro.name for macro in tree.find_all(nodes.Macro)}
        self._own |= {"loop", "self"}

    def block(self, body: list[nodes.Node], scope: _Scope) -> _Ways:
        return _joined(self._node(node, scope) for node in body)

    def _node(self, node: nodes.Node, scope: _Scope) -> _Ways:
        if isinstance(node, nodes.Output):
            printed = (each for each in node.nodes if id(each) in self._read)
            return _joined(self._printed(each, scope) for each in printed)
        if isinstance(node, nodes.If):
            rest: list[nodes.Node] = node.else_
            for each in reversed(node.elif_):
                rest = [nodes.If(each.test, each.body, [], rest)]
            return self._either(
                node.test, self.block(node.body, scope), self.block(rest, scope), scope
            )
        return self._loop(node, scope) if isinstance(node, nodes.For) else {}

    def _loop(self, node: nodes.For, scope: _Scope) -> _Ways:
        rows = self._path(node.iter, scope)
        if node.test or node.recursive or not isinstance(node.target, nodes.Name) or rows is None:
            return {}
        row = (*rows, f"{_LOOP}{_within(rows, scope)}")
        found = self.block(node.body, {**scope, node.target.name: row})
        return {path: way for path, way in found.items() if path[: len(row)] == row}

    def _printed(self, node: nodes.Node, scope: _Scope) -> _Ways:
        """The answers that an expression prints as they are, if they were given."""
        if isinstance(node, nodes.Concat):
            return _joined(self._printed(each, scope) for each in node.nodes)
        if isinstance(node, nodes.Or):
            left, right = self._printed(node.left, scope), self._printed(node.right, scope)
            return _joined([left, _behind(Not(self._truth(node.left, scope)), right)])
        if isinstance(node, nodes.CondExpr):
            other = self._printed(node.expr2, scope) if node.expr2 else {}
            return self._either(node.test, self._printed(node.expr1, scope), other, scope)
        if isinstance(node, nodes.Filter) and node.node is not None:
            return self._filtered(node, node.node, scope)
        path = self._path(node, scope)
        return {} if path is None else {path: True}

    def _filtered(self, node: nodes.Filter, value: nodes.Node, scope: _Scope) -> _Ways:
        if node.name not in self._faithful:
            return {}
        if node.name != "join":
            return self._printed(value, scope)
        path = self._path(value, scope)
        if len(node.args) > 1 or node.kwargs or path is None:  # of each row an attribute
            return {}
        return {(*path, _ROW): True}

    def _either(self, test: nodes.Node, yes: _Ways, no: _Ways, scope: _Scope) -> _Ways:
        holds = self._truth(test, scope)
        return _joined([_behind(holds, yes), _behind(Not(holds), no)])

    def _truth(self, test: nodes.Node, scope: _Scope) -> Condition:
        """When a test is met: an answer meets it when it was given and is not empty."""
        if isinstance(test, nodes.Not):
            return Not(self._truth(test.node, scope))
        if isinstance(test, (nodes.And, nodes.Or)):
            both = (self._truth(test.left, scope), self._truth(test.right, scope))
            return All(both) if isinstance(test, nodes.And) else Some(both)
        path = self._path(test, scope)
        if path is not None:
            return Fact(path)
        unknown = Fact(id(test))
        if isinstance(test, nodes.Test) and test.name == "defined":
            # what is not empty is defined, and so may be what is empty
            return Some((self._truth(test.node, scope), unknown))
        column = self._column(test, scope)
        # where one row has that answer, all of them together are not empty
        return unknown if column is None else Some((Fact(column), unknown))

    def _column(self, node: nodes.Node, scope: _Scope) -> _Path | None:
        """The answer of a row in ``rows|join(attribute="email")``: of all rows together."""
        if not isinstance(node, nodes.Filter) or node.node is None or node.args:
            return None
        rows = self._path(node.node, scope) if "join" in self._faithful else None
        if node.name != "join" or rows is None or len(node.kwargs) != 1:
            return None
        name = node.kwargs[0]
        if name.key != "attribute" or not isinstance(name.value, nodes.Const):
            return None
        return (*rows, f"{_LOOP}{_within(rows, scope)}", str(name.value.value))

    def _path(self, node: nodes.Node, scope: _Scope) -> _Path | None:
        if isinstance(node, nodes.Name):
            return None if node.name in self._own else scope.get(node.name, (node.name,))
        step = _step(node)
        if step is None:
            return None
        above = self._path(step[0], scope)
        return None if above is None else (*above, step[1])


def _step(node: nodes.Node) -> tuple[nodes.Node, str] | None:
    """``child.name`` and ``child["name"]`` as the group and the key."""
    if isinstance(node, nodes.Getattr):
        return None if node.attr in METHODS_OF_DICT else (node.node, node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return (node.node, node.arg.value) if isinstance(node.arg.value, str) else None
    return None


def _names(node: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(node, nodes.Name):
        yield node
    yield from node.find_all(nodes.Name)
