"""What stands on a paper beside the answers: its headings and labels, all said by its form.

The page of a form and its papers have the same sections in the same order. A label is the question
of the page, or what the field is ``printed`` as; every format prints these and no words of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from formsvc import clock, config
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import AnswerField, Group, Rows
from formsvc.language import lazy as _l
from formsvc.language import speaking

#: the same on every paper
PHRASES: Final[Mapping[str, str]] = {
    "shield": _l("Kommunevåpen"),
    "reference": _l("Vår ref."),
    "dated": _l("Dato"),
    "contact": _l("Saksbehandler"),
    "to": _l("Til"),
    "from": _l("Fra"),
    "concerns": _l("Gjelder"),
    "greeting": _l("Med hilsen"),
    "visiting_address": _l("Besøksadresse"),
    "postal_address": _l("Postadresse"),
    "phone": _l("Telefon"),
    "organisation_number": _l("Org.nr."),
    "page": _l("Side"),
    "of": _l("av"),
    "legal": _l("Hva dette bygger på"),
    "row_number": _l("Nr."),
    "signatures": _l("Underskrift"),
    "signature": _l("Underskrift"),
    "place_and_date": _l("Sted og dato"),
    "yes": _l("Ja"),
    "no": _l("Nei"),
}


class Wording(NamedTuple):
    """The words of one kind of paper in one language."""

    #: the heading of each section, by the name of its first answer
    headings: dict[str, str]
    #: the label of each answer, by its path without the numbers of rows: ``measures.deadline``
    labels: dict[str, str]
    #: what else is printed word for word
    phrases: dict[str, str]
    #: all headings and labels of a paper with every answer, in the order in which they stand
    order: tuple[str, ...]


def of(form: type[DocumentForm], language: str) -> Wording:
    """What the papers of a form say in a language, in the words of the profile in use."""
    return _of_day(form, language, config.current().profile, clock.today())


@lru_cache(maxsize=512)
def _of_day(form: type[DocumentForm], language: str, _own: Path | None, _day: date) -> Wording:
    with speaking(language):
        empty = form()
        own = {"about": form.about, "declaration": form.declaration, **form.phrases}
        phrases = {key: str(words) for key, words in {**PHRASES, **own}.items()}
        return Wording(
            {section.names[0]: str(section.title) for section in form.layout},
            dict(label for each in empty for label in _paths("", each)),
            phrases,
            tuple(_order(empty, phrases)),
        )


def label_of(field: AnswerField) -> str:
    """What stands before or above an answer on paper."""
    return str(field.printed or field.label.text)


def _paths(above: str, field: AnswerField) -> Iterator[tuple[str, str]]:
    """The path and label of a field, of the number of its rows, and of each field in it."""
    path = f"{above}{field.short_name}"
    yield path, label_of(field)
    if isinstance(field, Rows) and field.numbered:
        yield f"{path}.nr", str(PHRASES["row_number"])
    for inner in _inner(field):
        yield from _paths(f"{path}.", inner)


def _inner(field: AnswerField) -> list[AnswerField]:
    row = field.blank_row() if isinstance(field, Rows) else field
    return row.fields if isinstance(row, Group) else []


def _order(form: DocumentForm, phrases: Mapping[str, str]) -> Iterator[str]:
    """What must be known before one signs stands before those who sign, else it comes last."""
    rows = {name for name in form.signed if isinstance(form[name], Rows)}
    texts = [phrases["about"], phrases["legal"]]
    for section in form.layout:
        if rows.intersection(section.names):
            yield from texts
        yield str(section.title)
        for name in section.names:
            yield from _pen(_labels(form[name]), phrases) if name in rows else _labels(form[name])
            if name == form.received:
                yield from (phrases["place_and_date"], phrases["signature"])
    if not rows:
        yield from texts
    if form.signed and not rows:
        yield phrases["signatures"]
        yield from _pen(_labels(form[form.signed[0]], one_line=False), phrases)


def _pen(who: Iterator[str], phrases: Mapping[str, str]) -> Iterator[str]:
    """The columns of a table to sign in, under what is declared."""
    if phrases["declaration"]:
        yield phrases["declaration"]
    yield from (*who, phrases["place_and_date"], phrases["signature"])


def _labels(field: AnswerField, *, one_line: bool = True) -> Iterator[str]:
    """The labels of an answer and of those in it, but for those that have none of their own."""
    if field.private is True:
        return
    is_line = not isinstance(field, Group) or (field.one_line and one_line)
    if is_line and field.printed != "":
        yield label_of(field)
    if isinstance(field, Rows) and field.numbered:
        yield str(PHRASES["row_number"])
    if isinstance(field, Rows) or not is_line:
        for inner in _inner(field):
            yield from _labels(inner)
