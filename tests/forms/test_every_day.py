"""Every date of every paper says which days it takes, and each rule that it names is tried.

The tables in ``days`` try by hand what only the rules of a form know. What the fields themselves
declare is read from them here, so that a rule of tomorrow is tried too: on the step before it
breaks, on the edge and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from formsvc import clock, norway
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import TODAY, AnswerField, Date, Group, Rows
from formsvc.kinds import KINDS, Kind
from tests.forms.days import RULES
from tests.samples import SAMPLES

#: for a date that others stand to and that the sample leaves out
SOME_DAY = date(2026, 11, 12)
DAY = timedelta(days=1)
#: a relation → whether the day before the other, the same and the day after are taken
TAKEN = {
    "not_before": (False, True, True),
    "not_after": (True, True, False),
    "after": (False, False, True),
    "before": (True, False, False),
}


class Declared(NamedTuple):
    """One rule that a date of a kind has declared."""

    kind: Kind
    path: str
    relation: str
    other: str

    def __str__(self) -> str:
        return f"{self.kind.slug}-{self.path}-{self.relation}-{self.other}"


def dates(kind: Kind) -> Iterator[tuple[str, Date]]:
    """The dates of a kind with their paths in the first row of each list."""
    for field in kind.form():
        yield from _dates(field, field.short_name)


def _dates(field: AnswerField, path: str) -> Iterator[tuple[str, Date]]:
    if isinstance(field, Rows):
        yield from _dates(field.blank_row(), f"{path}.0")
    elif isinstance(field, Group):
        for inner in field.fields:
            yield from _dates(inner, f"{path}.{inner.short_name}")
    elif isinstance(field, Date):
        yield path, field


DECLARED = [
    Declared(kind, path, relation, other)
    for kind in KINDS
    for path, field in dates(kind)
    for relation, other in field.bounds.items()
]
YEARS = [
    pytest.param(kind, path, id=f"{kind.slug}-{path}")
    for kind in KINDS
    for path, field in dates(kind)
    if field.years
]
WORKDAYS = [
    pytest.param(kind, path, id=f"{kind.slug}-{path}")
    for kind in KINDS
    for path, field in dates(kind)
    if field.workday
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_every_date_says_which_days_it_takes_or_why_it_takes_all(kind: Kind) -> None:
    by_hand = {rule.field for rule in RULES if rule.sample.split(".")[0] == kind.slug}
    silent = [
        path
        for path, field in dates(kind)
        if not (field.bounds or field.years or field.free or path in by_hand)
    ]
    assert silent == []


def papers(kind: Kind, path: str) -> Iterator[DocumentForm]:
    """The samples of a kind with that date in them: those in which it is asked for, or else one."""
    answers = [sample.answers for sample in SAMPLES if sample.kind is kind]
    forms = []
    for each in [*answers, kind.form.sample("nb")]:
        form = kind.form.from_answers({**each, "language": "nb"})
        typed = form.typed() | {path.replace(".", "-"): [SOME_DAY.isoformat()]}
        forms.append(kind.form.from_typed(typed))
    yield from [form for form in forms if _date(form, path).is_asked()] or forms[-1:]


def _date(form: DocumentForm, path: str) -> Date:
    field = form.find(path)
    assert isinstance(field, Date)
    return field


def said(form: DocumentForm, path: str, day: date, **others: Any) -> str:
    """What is said at a date of the paper when it is that day, or would be if it were asked for."""
    typed = {path.replace(".", "-"): [day.isoformat()], **others}
    changed = type(form).from_typed(form.typed() | typed)
    if not _date(changed, path).is_asked():
        return _date(changed, path).misplaced(day)
    changed.validate()
    return next((each.message for each in changed.problems() if each.field == path), "")


@pytest.mark.parametrize("rule", DECLARED, ids=str)
def test_a_declared_rule_decides_on_the_day(rule: Declared) -> None:
    tried = 0
    for form in papers(rule.kind, rule.path):
        others, edge = _edge(_date(form, rule.path), rule.other)
        if edge is None:
            continue
        tried += 1
        named = norway.long_date(edge, "nb")
        for step, taken in zip((-DAY, DAY * 0, DAY), TAKEN[rule.relation], strict=True):
            told = said(form, rule.path, edge + step, **others)
            if taken:
                assert not (named in told and _WORDS[rule.relation] in told), told
            else:
                assert told, f"{rule}: {edge + step} is taken"
    assert tried, "no sample of the paper has the date that this one stands to"


_WORDS = {
    "not_before": "kan ikke være før",
    "not_after": "kan ikke være etter",
    "after": "må være etter",
    "before": "må være før",
}


def _edge(field: Date, other: str) -> tuple[dict[str, list[str]], date | None]:
    """The day that the other date is, and what must be typed for it to be so."""
    if other == TODAY:
        return {}, clock.today()
    part = field.part
    while other not in part:
        assert part.above is not None
        part = part.above
    neighbour = part[other]
    assert isinstance(neighbour, Date)
    if not neighbour.is_asked():
        return {}, None
    day = neighbour.day or SOME_DAY
    return {str(neighbour.name): [day.isoformat()]}, day


@pytest.mark.parametrize(("kind", "path"), YEARS)
def test_a_day_too_many_years_away_is_a_slip(kind: Kind, path: str) -> None:
    form = next(papers(kind, path))
    back, ahead = _date(form, path).years or (0, 0)
    first = norway.years_after(clock.today(), -back)
    last = norway.years_after(clock.today(), ahead)
    for day, taken in (
        *((first - DAY, False), (first, True), (first + DAY, True)),
        *((last - DAY, True), (last, True), (last + DAY, False)),
    ):
        told = said(form, path, day)
        assert "Se over årstallet" not in told if taken else told, day


@pytest.mark.parametrize(("kind", "path"), WORKDAYS)
def test_a_day_when_nobody_is_at_work_gets_advice(kind: Kind, path: str) -> None:
    form = next(papers(kind, path))
    for day, name in (
        *(("2027-05-15", ""), ("2027-05-16", "første pinsedag"), ("2027-05-17", "17. mai")),
        *(("2027-05-18", ""), ("2027-02-14", "søndag"), ("2027-02-15", "")),
    ):
        typed = form.typed() | {path.replace(".", "-"): [day]}
        advice = type(form).from_typed(typed).advice()
        told = [
            each.message for each in advice if each.field == path and "Dagen er" in each.message
        ]
        assert told == ([f"Dagen er {name}. Velg en annen dag hvis dere kan."] if name else [])
