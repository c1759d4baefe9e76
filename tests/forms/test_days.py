"""Every rule about an age or a day, taken on the day before, on the day and on the day after.

A date that no rule concerns is named as such in the tables, so a new date is either put under a
rule there or said to be free.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from formsvc import norway
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import AnswerField, Date, Group, Rows, Time
from formsvc.kinds import KINDS, Kind
from tests.forms.days import FREE, RULES, Rule, refused_at

#: a form without rules between its fields leaves its dates free
WITH_RULES = [kind for kind in KINDS if kind.form.rules is not DocumentForm.rules]


def _cases() -> Iterator[Any]:
    for rule in RULES:
        for day, refused in rule.days.items():
            name = f"{rule.sample}-{rule.field}-{rule.says}-{day}".replace(" ", "_")
            yield pytest.param(rule, day, refused, id=name)


@pytest.mark.parametrize(("rule", "day", "refused"), list(_cases()))
def test_the_day_decides(rule: Rule, day: str, refused: str) -> None:
    assert refused_at(rule.sample, {**rule.given, rule.field: day}, rule.today) == refused


def _days(field: AnswerField, path: str) -> Iterator[str]:
    if isinstance(field, Rows):
        yield from _days(field.blank_row(), path)
    elif isinstance(field, Group):
        for inner in field.fields:
            yield from _days(inner, f"{path}.{inner.short_name}")
    elif isinstance(field, Date | Time):
        yield path


@pytest.mark.parametrize("kind", WITH_RULES, ids=lambda kind: kind.slug)
def test_every_date_stands_under_a_rule_or_is_said_to_be_free(kind: Kind) -> None:
    dates = {path for field in kind.form() for path in _days(field, field.short_name)}
    ruled = {
        ".".join(step for step in rule.field.split(".") if not step.isdigit())
        for rule in RULES
        if rule.sample.split(".")[0] == kind.slug and any(rule.days.values())
    }
    assert dates - ruled - FREE.get(kind.slug, set()) == set()
    assert FREE.get(kind.slug, set()) <= dates


# -- the arithmetic below them --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2011-01-19", "2027-01-18", 15),
        ("2011-01-19", "2027-01-19", 16),
        ("2011-01-19", "2027-01-20", 16),
        ("2012-02-29", "2030-02-28", 17),
        ("2012-02-29", "2030-03-01", 18),
        ("2012-02-29", "2028-02-28", 15),
        ("2012-02-29", "2028-02-29", 16),
        ("2012-12-31", "2030-12-30", 17),
        ("2012-12-31", "2030-12-31", 18),
        ("2012-12-31", "2031-01-01", 18),
        ("2026-11-20", "2026-11-19", -1),
        ("2026-11-20", "2026-11-20", 0),
    ],
)
def test_an_age_is_full_years(born: str, day: str, age: int) -> None:
    assert norway.age_on(date.fromisoformat(born), date.fromisoformat(day)) == age


@pytest.mark.parametrize("born", ["2008-02-28", "2008-02-29", "2008-03-01", "2008-12-31"])
@pytest.mark.parametrize("age", [15, 16, 17, 18, 20])
def test_a_birthday_is_the_first_day_of_that_age(born: str, age: int) -> None:
    day = norway.birthday(date.fromisoformat(born), age)
    assert norway.age_on(date.fromisoformat(born), day) == age
    assert norway.age_on(date.fromisoformat(born), day - timedelta(days=1)) == age - 1
