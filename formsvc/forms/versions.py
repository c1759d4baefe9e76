"""Forms that change: what tells one from an earlier one, and what of it has no place any more."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from formsvc.forms.fields import AnswerField, Group, Rows


def version(fields: Iterable[AnswerField]) -> str:
    """What tells a form from one with other fields: 12 hexadecimal digits."""
    names = sorted(f"{path} {kind}" for path, kind in _questions(fields))
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


def _questions(fields: Iterable[AnswerField]) -> Iterator[tuple[str, str]]:
    """Each field of a form with its kind; of rows, those of one row."""
    for field in fields:
        yield field.path, field.kind
        if isinstance(field, Rows):
            yield from _questions([field.blank_row()])
        elif isinstance(field, Group):
            yield from _questions(field.fields)


def names(fields: Iterable[AnswerField]) -> frozenset[str]:
    """The names of all that can be typed into a form, those of rows as of any row."""
    return frozenset(of_any_row(name) for name in _typed_names(fields))


def _typed_names(fields: Iterable[AnswerField]) -> Iterator[str]:
    for field in fields:
        if isinstance(field, Rows):
            row = field.blank_row()
            yield f"{row.name}-"  # that there is such a row
            yield from _typed_names([row])
        elif isinstance(field, Group):
            yield from _typed_names(field.fields)
        else:
            yield str(field.name)


def of_any_row(name: str) -> str:
    """A name of a control with the numbers of its rows left out.

    >>> of_any_row("measures-12-responsible-name"), of_any_row("measures-012")
    ('measures-#-responsible-name', 'measures-012')
    """
    return re.sub(r"-(?:0|[1-9][0-9]*)(?=-|$)", "-#", name)


def lost(stored: object, read: object, path: str = "") -> Iterator[str]:
    """Where something was stored and nothing is read: a field that takes other answers today."""
    if isinstance(stored, Mapping):
        again = read if isinstance(read, Mapping) else {}
        for name, answer in stored.items():
            yield from lost(answer, again.get(name), f"{path}.{name}" if path else name)
    elif isinstance(stored, list):
        rows = [*read] if isinstance(read, list) else []
        rows += [None] * (len(stored) - len(rows))
        for index, answer in enumerate(stored):
            yield from lost(answer, rows[index], f"{path}.{index}")
    elif stored and not read:
        yield path
