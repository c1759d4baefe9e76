"""A paper to be written on by hand: what its form asks, as lines, boxes and empty rows.

Word and PDF are made of the same description, which is made of the form and of the words that its
papers have anyhow. What is private is not asked: such a sheet is copied and passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from formsvc import profile
from formsvc.forms import wording
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import AnswerField, Check, Choice, Choices, Group, LongText, Rows
from formsvc.forms.layout import BoundSection
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.language import speaking

#: lines for a long answer; rows of a table at least; how often a part that fills a page is repeated
LINES: Final = 5
ROWS: Final = 5
REPEATED: Final = 2
#: more columns than that leave no room to write in
MOST_COLUMNS: Final = 7
#: more columns than that have no room on a sheet that stands
MOST_UPRIGHT: Final = 6
#: more options than that are written, and not ticked
MOST_BOXES: Final = 24


@dataclass(frozen=True)
class Write:
    """A question, with lines to write on."""

    kind: ClassVar = "write"
    label: str
    hint: str = ""
    lines: int = 1


@dataclass(frozen=True)
class Tick:
    """A question with boxes to tick."""

    kind: ClassVar = "tick"
    label: str
    hint: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A column of a table: its heading, and whether there are boxes in it."""

    heading: str
    box: bool = False


@dataclass(frozen=True)
class Table:
    """Empty rows to fill in; each begins with a name where names are given."""

    kind: ClassVar = "table"
    label: str
    hint: str
    columns: tuple[Cell, ...]
    rows: int
    names: tuple[str, ...] = ()
    #: what can be written in columns with a choice
    choices: tuple[str, ...] = ()
    #: whether one signs in it
    signed: bool = False


@dataclass(frozen=True)
class Heading:
    """What the next questions are about."""

    kind: ClassVar = "heading"
    label: str


Item = Write | Tick | Table | Heading


@dataclass(frozen=True)
class Section:
    """A heading of the form with its questions."""

    title: str
    intro: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Blank:
    """All that a blank paper asks."""

    sections: tuple[Section, ...]
    #: those under the municipality's texts, with the declaration right above them
    signing: tuple[Section, ...]
    #: where to hand it in
    hand_in: str

    @property
    def wide(self) -> bool:
        """Whether the sheet has to lie, since its tables have many columns."""
        items = (item for part in (*self.sections, *self.signing) for item in part.items)
        return any(isinstance(x, Table) and len(x.columns) > MOST_UPRIGHT for x in items)


def blank(kind: Kind, language: str) -> Blank:
    """What a kind's paper asks, in a language."""
    with speaking(language):
        form = kind.form.from_typed(None)
        sections = [each for each in form.sections if each.fields[0].short_name != "language"]
        rows = [name for name in form.signed if isinstance(form[name], Rows)]
        last = [each for each in sections if any(f.short_name in rows for f in each.fields)]
        return Blank(
            tuple(_section(each, form) for each in sections if each not in last),
            (*(_section(each, form) for each in last), *_signatures(form)),
            hand_in(kind, language),
        )


def hand_in(kind: Kind, language: str) -> str:
    """Where a paper that was filled in by hand is to go."""
    held = profile.current()
    place = [held.name(language), held.sender.postal_address or held.sender.address]
    with speaking(language):
        if not kind.receiver:
            return _(
                "Lever skjemaet til den tjenesten du fikk det av, eller send det til %(to)s.",
                to=", ".join(place),
            )
        unit = held.office("coordinating_unit", language)
        told = [unit, *place, held.office_phone("coordinating_unit")]
        return _("Lever eller send skjemaet til %(to)s.", to=", ".join(filter(None, told)))


def _section(section: BoundSection, form: DocumentForm) -> Section:
    items = [item for field in section.fields for item in _items(field, form)]
    # the only group of a section is called as the section is
    asked = [item for item in items if item != Heading(section.title)]
    return Section(section.title, section.intro, tuple(asked))


def _items(field: AnswerField, form: DocumentForm) -> Iterator[Item]:
    if field.private:
        return
    label, hint = wording.label_of(field), str(field.hint)
    match field:
        case Rows():
            yield from _rows(field, form)
        case Group():
            if label:
                yield Heading(label)
            for inner in field.fields:
                yield from _items(inner, form)
        case Check():
            yield Tick("", hint, (label,))
        case Choice() | Choices() if len(field.labels) <= MOST_BOXES:
            yield Tick(label, hint, tuple(field.labels.values()))
        case _:
            yield Write(label, hint, LINES if isinstance(field, LongText) else 1)


def _rows(field: Rows[Any], form: DocumentForm) -> Iterator[Item]:
    row, signed = field.blank_row(), field.short_name in form.signed
    label, hint = wording.label_of(field), str(field.hint)
    number = max(2 * field.few, ROWS)
    if not isinstance(row, Group):
        yield Write(label, hint, number)
        return
    fields = [inner for inner in row.fields if not inner.private]
    if len(fields) > MOST_COLUMNS or any(isinstance(f, (Rows, Group, Choices)) for f in fields):
        for index in range(1, REPEATED + 1):
            yield Heading(f"{field.row_label} {index}")
            for inner in fields:
                yield from _items(inner, form)
        return
    yield Table(
        label,
        hint,
        (*_cells(fields), *(_pen() if signed else ())),
        number,
        choices=tuple(_choices(fields)),
        signed=signed,
    )


def _cells(fields: Sequence[AnswerField]) -> Iterator[Cell]:
    for field in fields:
        yield Cell(wording.label_of(field), isinstance(field, Check))


def _choices(fields: Sequence[AnswerField]) -> Iterator[str]:
    for field in fields:
        if isinstance(field, Choice) and len(field.labels) <= MOST_BOXES:
            yield f"{wording.label_of(field)}: {', '.join(field.labels.values())}"


def _pen() -> tuple[Cell, Cell]:
    phrases = wording.PHRASES
    return Cell(str(phrases["place_and_date"])), Cell(str(phrases["signature"]))


def _signatures(form: DocumentForm) -> Iterator[Section]:
    """Those who sign where each of them is asked for by himself, and not in a list."""
    groups = [form[name] for name in form.signed if isinstance(form[name], Group)]
    if groups:
        names = tuple(wording.label_of(group) for group in groups)
        table = Table("", "", (Cell(""), *_pen()), len(names), names, signed=True)
        yield Section(str(wording.PHRASES["signatures"]), "", (table,))
