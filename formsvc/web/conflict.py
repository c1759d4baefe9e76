"""Two people's texts of the same draft: where they differ, and what stands after a choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import AnswerField, Group, Leftover, Rows, Typed
from formsvc.language import gettext as _


class Difference(NamedTuple):
    """One answer that two people have given differently."""

    #: the field's name in the form
    name: str
    label: str
    mine: str
    saved: str


def differences(mine: DocumentForm, saved: DocumentForm) -> list[Difference]:
    """Every answer in which two forms of one kind differ, in reading order."""
    leftovers = dict.fromkeys(each.name for each in (*mine.leftovers, *saved.leftovers))
    pairs = [
        *((_leftover(mine, name), _leftover(saved, name)) for name in leftovers),
        *zip(mine.in_reading_order(), saved.in_reading_order(), strict=True),
    ]
    return [
        difference
        for my_field, saved_field in pairs
        for difference in _between(my_field, saved_field, "")
    ]


def _leftover(form: DocumentForm, name: str) -> AnswerField:
    """A form's leftover of that name; an empty one where it has been moved."""
    own = (leftover for leftover in form.leftovers if leftover.name == name)
    return next(own, None) or Leftover.of(form, name, "")


def settled(mine: DocumentForm, saved: DocumentForm, choices: Mapping[str, str]) -> Typed:
    """What was typed after a choice for each difference: ``mine`` or ``saved`` by its name.

    What is not chosen stays as it was saved, so that nobody's text is overwritten by accident.
    """
    result, own = saved.typed(), mine.typed()
    for difference in differences(mine, saved):
        if choices.get(difference.name) == "mine":
            result = {name: texts for name, texts in result.items() if not _in(difference, name)}
            result |= {name: texts for name, texts in own.items() if _in(difference, name)}
    return result


def _in(difference: Difference, name: str) -> bool:
    return name == difference.name or name.startswith(f"{difference.name}-")


def _between(mine: AnswerField, saved: AnswerField, place: str) -> Iterator[Difference]:
    if mine.typed() == saved.typed():
        return
    label = place + str(mine.label.text)
    if isinstance(mine, Group) and isinstance(saved, Group):
        yield from _between_parts(mine.fields, saved.fields, f"{label}: " if label else "")
    elif isinstance(mine, Rows) and isinstance(saved, Rows) and _same_rows(mine, saved):
        for number, (my_row, saved_row) in enumerate(
            zip(mine.entries, saved.entries, strict=True), 1
        ):
            yield from _between_rows(my_row, saved_row, f"{place}{mine.row_label} {number}")
    else:
        yield Difference(str(mine.name), label, _told(mine), _told(saved))


def _between_parts(
    mine: list[AnswerField], saved: list[AnswerField], place: str
) -> Iterator[Difference]:
    for my_field, saved_field in zip(mine, saved, strict=True):
        yield from _between(my_field, saved_field, place)


def _between_rows(mine: AnswerField, saved: AnswerField, place: str) -> Iterator[Difference]:
    if isinstance(mine, Group) and isinstance(saved, Group):
        yield from _between_parts(mine.fields, saved.fields, f"{place}: ")
    elif mine.typed() != saved.typed():
        yield Difference(str(mine.name), place, _told(mine), _told(saved))


def _same_rows(mine: Rows[AnswerField], saved: Rows[AnswerField]) -> bool:
    return [row.name for row in mine.entries] == [row.name for row in saved.entries]


def _told(field: AnswerField) -> str:
    """An answer as text, also one that is not valid; rows line by line."""
    if isinstance(field, Rows):
        rows = filter(None, (_told(row) for row in field.entries))
        return "\n".join(f"{number}. {row}" for number, row in enumerate(rows, 1))
    if isinstance(field, Group):
        return " · ".join(filter(None, (_told(part) for part in field.fields)))
    words = field.words(in_row=True)
    if isinstance(words, bool):
        return _("Ja") if words else _("Nei")
    if isinstance(words, list):
        return "\n".join(words)
    return str(words or getattr(field, "value", ""))
