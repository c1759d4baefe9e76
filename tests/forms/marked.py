"""A paper in which every answer is given and can be told from all others, with no example needed.

What stands on a paper may hang on a choice, on a box or on what was not answered. So ``papers``
gives one in which all is given, and one for each of these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import (
    AnswerField,
    Check,
    Choice,
    Choices,
    Date,
    Group,
    Link,
    Number,
    Rows,
)

#: answers that steer how a paper is printed and do not stand on it themselves
STEERING = frozenset({"language"})

#: what a field says in a paper; None where it says nothing of its own
Says = Callable[[AnswerField, str], Any]


def mark(path: str) -> str:
    """The mark of the answer with that path: no mark is a part of another."""
    return f"«{path}»"


def marks(form: DocumentForm) -> set[str]:
    """The paths of all answers that must have a place on the paper; yes and no have their own."""
    fields = (field for field in form if field.short_name not in STEERING)
    return {
        path
        for field in fields
        for path, leaf in _leaves(field, field.short_name)
        if not isinstance(leaf, Check) and leaf.private is not True
    }


def papers(form: DocumentForm) -> Iterator[dict[str, Any]]:
    """What a template sees of the answers, all given; then with each that may change the rest."""
    yield _paper(form, {})
    for field in form:
        for path, leaf in _leaves(field, field.short_name):
            if isinstance(leaf, Check):
                yield _paper(form, {path: False})
            elif isinstance(leaf, Choice):
                yield from (_paper(form, {path: code}) for code in leaf.labels)
        yield _without(_paper(form, {}), field)


def _without(paper: dict[str, Any], field: AnswerField) -> dict[str, Any]:
    """The paper where that field was not answered."""
    empty = _of(field, _nothing, "")
    if isinstance(field, Rows):
        empty = []
    elif isinstance(field, Group) and field.optional:
        empty = None
    name = field.short_name
    return {**paper, name: empty, "codes": {**paper["codes"], name: empty}}


def _nothing(leaf: AnswerField, _path: str) -> Any:
    if isinstance(leaf, Check):
        return False
    return [] if isinstance(leaf, Choices) else ""


def boxes(form: DocumentForm) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path of each box, with the paper in which it alone is not ticked."""
    for field in form:
        for path, leaf in _leaves(field, field.short_name):
            if isinstance(leaf, Check):
                yield path, _paper(form, {path: False})


def _paper(form: DocumentForm, chosen: Mapping[str, Any]) -> dict[str, Any]:
    def words(leaf: AnswerField, path: str) -> Any:
        if isinstance(leaf, Check):
            return chosen.get(path, True)
        if isinstance(leaf, Link):
            return f"https://eksempel.no/{mark(path)}"
        return [mark(path)] if isinstance(leaf, Choices) else mark(path)

    def code(leaf: AnswerField, path: str) -> Any:
        if isinstance(leaf, Choice):
            return chosen.get(path, next(iter(leaf.labels)))
        if isinstance(leaf, Choices):
            return list(leaf.labels)
        if isinstance(leaf, Date):
            return "2027-02-09"
        return 2 if isinstance(leaf, Number) else words(leaf, path)

    return {**_said(list(form), words), "codes": _said(list(form), code)}


def _said(fields: Sequence[AnswerField], says: Says, path: str = "") -> dict[str, Any]:
    return {field.short_name: _of(field, says, f"{path}{field.short_name}") for field in fields}


def _of(field: AnswerField, says: Says, path: str) -> Any:
    if isinstance(field, Rows):
        return [_of(field.blank_row(), says, path)]
    if isinstance(field, Group):
        return _said(field.fields, says, f"{path}.")
    return says(field, path)


def _leaves(field: AnswerField, path: str) -> Iterator[tuple[str, AnswerField]]:
    if isinstance(field, Rows):
        yield from _leaves(field.blank_row(), path)
    elif isinstance(field, Group):
        for inner in field.fields:
            yield from _leaves(inner, f"{path}.{inner.short_name}")
    else:
        yield path, field
