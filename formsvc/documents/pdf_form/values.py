"""Turns a paper's answers into the values of its PDF form, field by field of the template.

A template names its fields by the answers' paths, so this is one rule for every paper:
``child.name`` is a text, ``purposes.relay_log`` a box that is ticked when that code is in the
list, ``child_heard`` a group whose buttons are codes, ``services.0.name`` a cell of the first row,
and ``services.more`` the place for the rows that the table has no room for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from formsvc.documents.pdf_form.fields import Field, fields
from formsvc.documents.words import STEERING, written
from formsvc.errors import BadTemplate

#: the last part of the name of a field that takes the rows beyond the table
MORE: Final = "more"
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def form_values(
    answers: Mapping[str, Any], words: Mapping[str, Any], template: bytes
) -> dict[str, str | bool]:
    """The value of every field of a template that the answers have something to say of.

    :param answers: the plain answers: codes, ISO dates
    :param words: the same answers as a reader reads them
    :raises BadTemplate: naming every answer that the template has no field for.
    """
    form = fields(template)
    _nothing_left_over(answers, form)
    values = {field.name: _value(field, answers, words, form) for field in form.values()}
    return {name: value for name, value in values.items() if value is not None}


def written_values(values: Mapping[str, str | bool], template: bytes) -> dict[str, str]:
    """Those of the values that stand on the form as text, and can be read back from it."""
    form = fields(template)
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str) and form[name].kind == "text"
    }


def _value(
    field: Field, answers: Mapping[str, Any], words: Mapping[str, Any], form: Mapping[str, Field]
) -> str | bool | None:
    above, _, last = field.name.rpartition(".")
    answer = _at(answers, field.name)
    if field.kind == "check":
        codes = _at(answers, above)
        return last in codes if isinstance(codes, list) else answer is True
    if field.kind == "radio":
        return _code(answer)
    if last == MORE and isinstance(_at(words, above), list):
        return _rows_beyond(_at(words, above), above, form)
    if field.cells:
        return _for_cells(answer)
    return _text(_at(words, field.name))


def _at(data: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does."""
    for step in path.split(".") if path else ():
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and step.isdigit() and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data


def _code(answer: object) -> str:
    """The button of a group: a code, or yes and no for what is true or false."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer if isinstance(answer, str) else ""


def _for_cells(answer: object) -> str:
    """Characters for the cells of a comb: a date as ddmmyyyy, numbers without their spaces.

    >>> _for_cells("2026-11-24"), _for_cells("030515 12345")
    ('24112026', '03051512345')
    """
    text = str(answer or "")
    day = _ISO_DATE.fullmatch(text)
    return f"{day[3]}{day[2]}{day[1]}" if day else text.replace(" ", "")


def _text(words: object) -> str | None:
    """What is written in a text field; of a list, each item on its line."""
    if isinstance(words, list):
        return "\n".join(_in_a_line(row) for row in words)
    return None if isinstance(words, Mapping) else str(written(words))


def _in_a_line(row: object) -> str:
    """One row on one line: «Skole, Otta ungdomsskole»."""
    cells = list(row.values()) if isinstance(row, Mapping) else [row]
    return ", ".join(str(written(cell)) for cell in cells if cell not in ("", None))


def rows_in(path: str, form: Mapping[str, Field]) -> int:
    """How many rows of that list the template has."""
    row = re.compile(re.escape(path) + r"\.(\d+)(\.|$)")
    return max((int(found[1]) + 1 for name in form if (found := row.match(name))), default=0)


def _rows_beyond(rows: list[Any], path: str, form: Mapping[str, Field]) -> str:
    """The rows that the table has no room for, each on its line with its number."""
    most = rows_in(path, form)
    beyond = enumerate(rows[most:], start=most + 1)
    return "\n".join(f"{number}. {_in_a_line(_ticked(row, path, form))}" for number, row in beyond)


def _ticked(row: object, path: str, form: Mapping[str, Field]) -> object:
    """The row, with the column's name for each box that is ticked and nothing for the others."""
    if not isinstance(row, Mapping):
        return row
    columns = {key: form.get(f"{path}.0.{key}") for key in row}
    heads = {
        key: field.label.rpartition(": ")[2] if field else key for key, field in columns.items()
    }
    return {
        key: (heads[key] if cell else "") if isinstance(cell, bool) else cell
        for key, cell in row.items()
    }


def _nothing_left_over(answers: Mapping[str, Any], form: Mapping[str, Field]) -> None:
    homeless = [path for path in _given(answers) if not _has_a_place(path, answers, form)]
    if homeless:
        raise BadTemplate(
            f"The PDF template has no field for {', '.join(homeless)}. Give it fields by these"
            f" names; rows beyond the table go to a field whose name ends in .{MORE}."
        )


def _given(answers: object, path: str = "") -> Iterator[str]:
    """The path of each answer that says something; a code in a list is named ``list.code``."""
    if isinstance(answers, Mapping):
        for key, answer in answers.items():
            if path or key not in STEERING:
                yield from _given(answer, f"{path}.{key}" if path else str(key))
    elif isinstance(answers, list):
        for index, answer in enumerate(answers):
            yield from _given(answer, f"{path}.{index}")
    elif answers not in ("", None, False):
        yield path


def _has_a_place(path: str, answers: Mapping[str, Any], form: Mapping[str, Field]) -> bool:
    steps = path.split(".")
    above = [".".join(steps[:depth]) for depth in range(1, len(steps))]
    # a field takes a whole list, each item on its line, but not a whole group of answers
    lists = [group for group in above if isinstance(_at(answers, group), list)]
    if path in form or any(group in form for group in lists):
        return True
    if f"{path.rpartition('.')[0]}.{_at(answers, path)}" in form:
        return True
    return any(
        f"{rows}.{MORE}" in form and step.isdigit() and int(step) >= rows_in(rows, form)
        for rows, step in zip(above, steps[1:], strict=True)
    )
