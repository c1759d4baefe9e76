"""What stands where in a form: its headings in reading order, and the field of a name or path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from formsvc.forms.fields import AnswerField, Group, Leftover, Part, Rows
from formsvc.language import gettext as _
from formsvc.language import lazy as _l


@dataclass(frozen=True)
class Section:
    """A heading of the form and the fields under it."""

    title: str
    names: tuple[str, ...]
    #: a sentence or two under the heading
    intro: str = ""


#: the headings of a form in reading order
Layout = tuple[Section, ...]


@dataclass(frozen=True)
class BoundSection:
    """A section with the fields of one form, for the page."""

    title: str
    intro: str
    fields: list[AnswerField]


class Ordered(Part):
    """Fields under headings, with rows that can be added and taken away."""

    #: the headings in reading order, of the page and of the papers; ``language`` is added by
    #: itself at the end of the page
    layout: ClassVar[Layout] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: what was typed into fields that the form has no longer
        self.leftovers: list[Leftover] = []

    @property
    def sections(self) -> list[BoundSection]:
        """The headings with their fields, in reading order; what has no place comes first."""
        unplaced = [BoundSection(_("Svar uten spørsmål"), "", [*self.leftovers])]
        return unplaced[: len(self.leftovers)] + [
            BoundSection(str(section.title), str(section.intro), [self[n] for n in section.names])
            for section in self._layout()
        ]

    @classmethod
    def _layout(cls) -> list[Section]:
        return [*cls.layout, Section(_l("Språk"), ("language",))]

    def in_reading_order(self) -> list[AnswerField]:
        """The fields as they stand on the page."""
        return [self[name] for section in self._layout() for name in section.names]

    def leaves(self) -> Iterator[AnswerField]:
        """The fields that hold one answer each, in reading order."""
        for field in self.in_reading_order():
            yield from field.leaves()

    def find(self, name: str) -> AnswerField | None:
        """The field of that name or path, also within groups and rows."""
        wanted = name.replace(".", "-")
        fields: list[AnswerField] = [*self, *self.leftovers]
        while fields:
            field = fields.pop()
            if field.name == wanted:
                return field
            if wanted.startswith(f"{field.name}-"):
                fields = _within(field)
        return None

    def add_row(self, name: str) -> AnswerField | None:
        """Add an empty row to the rows of that name; the new row, or None if there are no such."""
        rows = self.find(name)
        return rows.append_entry() if isinstance(rows, Rows) else None

    def remove_row(self, name: str) -> Rows[AnswerField] | None:
        """Remove the row of that name (``measures-1``); its rows, or None if there is no such."""
        owner, _dash, _index = name.replace(".", "-").rpartition("-")
        rows = self.find(owner)
        row = self.find(name)
        if not isinstance(rows, Rows) or row not in rows.entries:
            return None
        rows.pop_entry(rows.entries.index(row))  # type: ignore[call-arg] # new in WTForms 3.3
        return rows


def _within(field: AnswerField) -> list[AnswerField]:
    if isinstance(field, Rows):
        return list(field.entries)
    return field.fields if isinstance(field, Group) else []
