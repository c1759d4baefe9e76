"""A row of a table as a form takes it: what a column is called, and what a cell stands for.

A column is called what its answer is called: ``child.name``, ``measures.0.deadline``. A cell is
turned into typed strings and takes the road of a page, so that it is checked and refused there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Final

from formsvc import norway
from formsvc.errors import Problem, UnreadableRows
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import (
    AnswerField,
    Check,
    Choice,
    Choices,
    Group,
    NationalId,
    PostalCode,
    Rows,
    Typed,
    YesNo,
)
from formsvc.forms.fields.rows import MOST_ROWS
from formsvc.language import PAPER_LANGUAGES, speaking
from formsvc.language import gettext as _

#: the column of cells that stand to the right of all headings
NO_COLUMN: Final = ""

_YES: Final = frozenset({"ja", "yes", "true", "sann", "x", "1", "✓"})
_NO: Final = frozenset({"nei", "no", "false", "usann", "0"})
#: between codes; names hold commas, so that lists of free text do without
_BETWEEN_CODES: Final = re.compile(r"[,;|\n]")
_BETWEEN_TEXTS: Final = re.compile(r"[;|\n]")
#: what a spreadsheet shows where a formula failed, or a column is too narrow for a date
_FAULT: Final = re.compile(r"#(?:[A-ZÆØÅ0-9/_]+[!?]|N/A|I/T|##+)")


def demand_columns(form_class: type[DocumentForm], columns: Sequence[str]) -> None:
    """Make sure that every column is an answer of the paper, and none stands there twice.

    :raises UnreadableRows: naming each that is not, with the nearest name that the paper has.
    """
    sentences = [*_unknown(form_class, columns), *_overlapping(columns)]
    if sentences:
        raise UnreadableRows("\n".join(sentences))


def _unknown(form_class: type[DocumentForm], columns: Sequence[str]) -> Iterator[str]:
    for column in columns:
        if field(form_class, column) is None:
            if today := form_class.renamed(column):
                yield _("Kolonnen «%(column)s»: %(mend)s", column=column, mend=today)
                continue
            near = _nearest(form_class, column)
            if near:
                yield _(
                    "Kolonnen «%(column)s» finnes ikke i skjemaet. Mente du «%(near)s»?",
                    column=column,
                    near=near,
                )
            else:
                yield _(
                    "Kolonnen «%(column)s» finnes ikke i skjemaet. Ta den bort, eller begynn"
                    " overskriften med # for å beholde den som en merknad.",
                    column=column,
                )


def _overlapping(columns: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            yield _("Kolonnen «%(column)s» står der to ganger. Ta bort den ene.", column=column)
        seen.add(column)
    for column in sorted(seen):
        owner = column.rpartition(".")[0]
        if owner in seen:
            yield _(
                "«%(owner)s» og «%(column)s» er samme svar. Bruk bare den ene kolonnen.",
                owner=owner,
                column=column,
            )


def _nearest(form_class: type[DocumentForm], column: str) -> str:
    """The name most like this one, with the row numbers that were asked for."""
    numbers = re.findall(r"(?<=\.)\d+(?=\.|$)", column)
    asked = re.sub(r"(?<=\.)\d+(?=\.|$)", "0", column)
    near = get_close_matches(asked, _names(form_class), n=1)
    found = near[0] if near else ""
    for number in numbers:
        found = re.sub(r"\.0(?=\.|$)", f".{number}", found, count=1)
    return found


@cache
def _empty(form_class: type[DocumentForm]) -> DocumentForm:
    """An empty form, asked only what its fields are."""
    return form_class()


@cache
def _names(form_class: type[DocumentForm]) -> tuple[str, ...]:
    """The names that columns may have, with 0 for the number of a row."""

    def below(each: AnswerField, path: str) -> Iterator[str]:
        if isinstance(each, Group):
            for inner in each.fields:
                yield from below(inner, f"{path}.{inner.short_name}")
        elif isinstance(each, Rows):
            row = each.blank_row()
            if not isinstance(row, Group):
                yield path
            yield from below(row, f"{path}.0")
        else:
            yield path

    return tuple(name for each in _empty(form_class) for name in below(each, each.short_name))


@lru_cache(maxsize=4096)
def field(form_class: type[DocumentForm], column: str) -> AnswerField | None:
    """The field whose answer stands in a column; None where the paper has none of that name."""
    first, *steps = column.split(".")
    found = {each.short_name: each for each in _empty(form_class)}.get(first)
    for step in steps:
        found = _within(found, step)
    one_cell = not isinstance(found, Group) and not (
        isinstance(found, Rows) and isinstance(found.blank_row(), Group)
    )
    return found if one_cell else None


def _within(owner: AnswerField | None, step: str) -> AnswerField | None:
    if isinstance(owner, Group):
        return {each.short_name: each for each in owner.fields}.get(step)
    if isinstance(owner, Rows) and step in _ROW_NUMBERS:
        row: AnswerField = owner.blank_row(int(step))
        return row
    return None


_ROW_NUMBERS: Final = frozenset(map(str, range(MOST_ROWS)))


# -- what a cell of a spreadsheet holds, as a text ------------------------------------------------


def text(value: object, into: AnswerField | None) -> str:
    """The text of a cell, as one would have typed it; "" where it is empty.

    :param into: the field of the column: a postal code has lost the 0 that it began with.
    """
    if isinstance(value, str):
        return value if value.strip() else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nei"
    if isinstance(value, (int, float)):
        number = f"{value:.15g}".replace(".", ",") if value % 1 else str(int(value))
        return number.zfill(4) if isinstance(into, PostalCode) and len(number) == 3 else number
    return _moment(value)


def _moment(value: object) -> str:
    if isinstance(value, timedelta):
        minutes, seconds = divmod(value.seconds, 60)
        clock = time(minutes // 60, minutes % 60, seconds)
        return str(value) if value.days else _moment(clock)
    if isinstance(value, datetime):
        day = norway.short_date(value.date())
        return day if value.time() == time.min else f"{day} {_moment(value.time())}"
    if isinstance(value, date):
        return norway.short_date(value)
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    return str(value)


# -- what the text of a cell stands for -----------------------------------------------------------


def typed(
    form_class: type[DocumentForm], cells: Mapping[str, str], misfits: list[Problem]
) -> Typed:
    """What a person would have typed who gave the answers of these cells.

    :param cells: column → text; the columns are known to be the paper's.
    :param misfits: what cannot be an answer is added here, in the language spoken.
    """
    answers: Typed = {"language": [PAPER_LANGUAGES[0]]}
    for column, cell in cells.items():
        into = field(form_class, column)
        if into is None:
            misfits.append(
                Problem(column, _("Cellen «%(cell)s» har ingen overskrift over seg.", cell=cell))
            )
        elif _FAULT.fullmatch(cell.strip()):
            misfits.append(
                Problem(
                    column,
                    _(
                        "I cellen står %(fault)s. Rett formelen i regnearket,"
                        " eller gjør kolonnen bredere før du lagrer.",
                        fault=cell.strip(),
                    ),
                )
            )
        else:
            answers |= _typed(into, cell, misfits)
    return answers


def _typed(into: AnswerField, cell: str, misfits: list[Problem]) -> Typed:
    if isinstance(into, Rows):
        answers: Typed = {}
        for index, part in enumerate(_parts(_BETWEEN_TEXTS, cell)):
            answers |= _typed(into.blank_row(index), part, misfits)
        return answers
    if isinstance(into, Choices):
        return {into.name: _codes(into, cell)}
    if isinstance(into, Check | YesNo):
        return _yes_or_no(into, cell.strip().casefold(), misfits)
    if isinstance(into, Choice):
        return {into.name: [_code(into, cell.strip())]}
    if isinstance(into, NationalId) and re.fullmatch(r"[0-9]{10}", cell.strip()):
        # a spreadsheet took it for a number; the check digits tell if it was another slip
        cell = cell.strip().zfill(11)
    return {into.name: [cell]}


def _yes_or_no(into: Check | YesNo, cell: str, misfits: list[Problem]) -> Typed:
    if cell in _YES or cell in _NO:
        return into.typed_from(cell in _YES, misfits)
    return into.misfit(misfits, _("Skriv ja eller nei i cellen."))


def _codes(into: Choices, cell: str) -> list[str]:
    whole = _code(into, cell.strip())  # a label may hold a comma itself
    if whole in into.labels:
        return [whole]
    return [_code(into, part) for part in _parts(_BETWEEN_CODES, cell)]


def _parts(between: re.Pattern[str], cell: str) -> list[str]:
    return [part.strip() for part in between.split(cell) if part.strip()]


def _code(into: Choice | Choices, cell: str) -> str:
    """The code that a cell means: itself, or the one of the label that was written out."""
    if cell in into.labels:
        return cell
    meant = set()
    for language in PAPER_LANGUAGES:
        with speaking(language):
            meant |= {
                code for code, label in into.labels.items() if label.casefold() == cell.casefold()
            }
    return meant.pop() if len(meant) == 1 else cell
