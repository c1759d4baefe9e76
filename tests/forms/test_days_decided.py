"""The days that depend on when one asks, and those that the municipality decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from formsvc import profile
from formsvc.config import settings
from formsvc.forms.evaluation import EvaluationForm
from formsvc.kinds import find
from tests.forms.days import EMMA, FATHER, MOTHER, YOUNG, changed, on, refused_at

# -- what depends on the day on which one asks ----------------------------------------------------


@pytest.mark.parametrize(
    ("today", "until"),
    [
        ("2026-11-23", "2027-11-22"),
        ("2027-02-28", "2028-02-27"),
        ("2028-02-29", "2029-02-27"),  # 12 months after a leap day is 28 February
        ("2028-03-01", "2029-02-28"),
        ("2027-03-01", "2028-02-29"),
    ],
)
def test_a_consent_lasts_a_year_when_nothing_else_is_chosen(today: str, until: str) -> None:
    with on(today):
        form: Any = find("consent").form()
        assert (form.valid_from.data, form.valid_to.data) == (today, until)


@pytest.mark.parametrize(
    ("today", "newest", "oldest"),
    [
        ("2026-12-31", "2026-2", "2025-1"),
        ("2027-01-01", "2027-1", "2025-2"),
        ("2027-01-02", "2027-1", "2025-2"),
        ("2027-06-30", "2027-1", "2025-2"),
        ("2027-07-01", "2027-2", "2026-1"),
        ("2027-07-02", "2027-2", "2026-1"),
    ],
)
def test_the_half_years_that_can_be_chosen_follow_the_day(
    today: str, newest: str, oldest: str
) -> None:
    with on(today):
        codes = list(EvaluationForm().period.labels)
    assert (codes[0], codes[-1], len(codes)) == (newest, oldest, 4)


# -- what the municipality decides ----------------------------------------------------------------


@pytest.fixture
def decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lay a municipality's own lines over the shipped profile."""

    def laid_over(lines: str) -> None:
        file = tmp_path / "own.toml"
        file.write_text(lines, "utf-8")
        monkeypatch.setenv("FORMSVC_PROFILE", str(file))
        settings.cache_clear()
        profile.of.cache_clear()

    yield laid_over
    monkeypatch.undo()
    settings.cache_clear()
    profile.of.cache_clear()


AGES = """
[[age_rules]]
from = 2026-01-01
version = "own"
ages = [
  { from_age = 0, guardians = "all", young_person = false },
  { from_age = 12, guardians = "one", young_person = true },
  { from_age = 16, guardians = "none", young_person = true },
  { from_age = 18, guardians = "none", young_person = true },
]
"""


@pytest.mark.parametrize(
    ("signed", "days"),
    [
        # both parents until twelve; then one is enough, and the young person signs too
        ([MOTHER, FATHER], {"2014-11-21": "", "2014-11-20": "signatories"}),
        (
            [MOTHER, YOUNG],
            {"2014-11-21": "single_signature_reason", "2014-11-20": "", "2014-11-19": ""},
        ),
        ([MOTHER], {"2014-11-20": "signatories", "2014-11-19": "signatories"}),
    ],
)
def test_the_ages_are_those_of_the_profile(
    decide: Callable[[str], None], signed: list[dict[str, str]], days: dict[str, str]
) -> None:
    decide(AGES)
    for born, refused in days.items():
        changes = {"child.birth_date": born, "signatories": signed}
        assert refused_at("consent.nn", changes) == refused, born


def test_where_one_guardian_is_enough_the_young_person_does_not_need_to_sign(
    decide: Callable[[str], None],
) -> None:
    decide(AGES.replace('"one", young_person = true', '"one", young_person = false'))
    for signed, refused in (([MOTHER], ""), ([YOUNG], ""), ([FATHER, MOTHER], "")):
        changes = {"child.birth_date": "2014-11-20", "signatories": signed}
        assert refused_at("consent.nn", changes) == refused


def test_a_purpose_can_have_ages_of_its_own(decide: Callable[[str], None]) -> None:
    decide(
        AGES
        + """
[age_rules.purposes]
relay_log = [
  { from_age = 0, guardians = "all", young_person = false },
  { from_age = 13, guardians = "none", young_person = true },
  { from_age = 18, guardians = "none", young_person = true },
]
"""
    )
    for born, refused in (
        ("2013-11-21", "signatories"),
        ("2013-11-20", ""),
        ("2013-11-19", ""),
    ):
        changes = {"child.birth_date": born, "signatories": [YOUNG], "purposes": ["relay_log"]}
        assert refused_at("consent.nn", changes) == refused, born


@pytest.mark.parametrize(
    ("signed", "refused"),
    [
        ([YOUNG], "signatories"),
        ([MOTHER, FATHER], "signatories"),
        ([MOTHER, FATHER, YOUNG], ""),
    ],
)
def test_several_purposes_ask_for_all_that_any_of_them_does(
    decide: Callable[[str], None], signed: list[dict[str, str]], refused: str
) -> None:
    decide(
        AGES
        + """
[age_rules.purposes]
relay_log = [
  { from_age = 0, guardians = "none", young_person = true },
  { from_age = 18, guardians = "none", young_person = true },
]
transition = [
  { from_age = 0, guardians = "all", young_person = false },
  { from_age = 18, guardians = "none", young_person = true },
]
"""
    )
    purposes = ["relay_log", "transition"]
    assert _refused_for(purposes, signed) == refused
    assert _refused_for(["relay_log"], [YOUNG]) == ""
    assert _refused_for(["transition"], [MOTHER, FATHER]) == ""


def _refused_for(purposes: list[str], signed: list[dict[str, str]]) -> str:
    return refused_at("consent.nn", {"purposes": purposes, "signatories": signed})


@pytest.mark.parametrize(
    ("lines", "sample", "changes", "days"),
    [
        (
            "[limits]\nconsent_months = 6\nconsent_max_months = 6",
            "consent.nn",
            {},
            {"2027-05-19": "", "2027-05-20": "", "2027-05-21": "valid_to"},
        ),
        (
            "[limits]\nheard_from_age = 12",
            "consent.nn",
            {"child_heard": "", "valid_to": "2027-05-20"},
            {"2014-11-21": "", "2014-11-20": "child_heard", "2014-11-19": "child_heard"},
        ),
        (
            "[limits]\nguardians_listed_under = 18",
            "ip_application.nb",
            {"guardians": [], "signed_by": [EMMA]},
            {"2008-11-21": "guardians", "2008-11-20": "", "2008-11-19": ""},
        ),
    ],
)
def test_the_limits_are_those_of_the_profile(
    decide: Callable[[str], None],
    lines: str,
    sample: str,
    changes: dict[str, Any],
    days: dict[str, str],
) -> None:
    decide(lines)
    field = "valid_to" if "months" in lines else "child.birth_date"
    field = "person.birth_date" if sample.startswith("ip_") else field
    for day, refused in days.items():
        assert refused_at(sample, {**changes, field: day}) == refused, day


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        ("", 7),
        ("[limits]\nagenda_warning_days = 5", 7),  # the arena has days of its own
        ("[arenas.responsibility_group]\nagenda_days = 10", 10),
        ("[arenas.responsibility_group]\nagenda_days = 3", 3),
    ],
)
def test_a_late_invitation_gets_advice_by_the_days_of_its_arena(
    decide: Callable[[str], None], lines: str, days: int
) -> None:
    decide(lines)
    assert [_advised(days + more) for more in (-1, 0, 1)] == [True, False, False]


def test_an_arena_without_days_of_its_own_has_those_of_the_municipality(
    decide: Callable[[str], None],
) -> None:
    decide("[limits]\nagenda_warning_days = 5")
    assert profile.current().arena("bli_z_meeting").agenda_days is None
    assert [_advised(days, "bli_z_meeting") for days in (4, 5, 6)] == [True, False, False]


def _advised(days: int, arena: str = "responsibility_group") -> bool:
    """Whether an invitation that is sent so many days before the meeting gets advice."""
    sent = date.fromisoformat("2026-12-08") - timedelta(days=days)
    changes = {"sent_on": sent.isoformat(), "arena": arena}
    form = find("invitation").form.from_answers(changed("invitation.nb", changes))
    assert form.validate()
    return [advice.field for advice in form.advice()] == ["sent_on"]
