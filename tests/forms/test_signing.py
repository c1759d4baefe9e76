"""Who must sign: by age, judgement, responsibility and role, and by a municipality's own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from formsvc import norway, profile
from formsvc.config import settings
from formsvc.forms.signing import Case, Change, Signer

DAY = date(2026, 11, 26)
NAMES = {
    "parent": "Ingebjørg Sæbø",
    "other_parent": "Jon Øvrelid",
    "guardian": "Verge Vold",
    "representative": "Representant Ruud",
    "child_welfare": "Barnevernstjenesten",
    "young_person": "Ådne Sæbø Øvrelid",
    "proxy": "Fullmektig Foss",
    "nearest_relative": "Bestemor Berg",
}
AGES = (6, 7, 14, 15, 16, 17, 18)


def _case(age: int, **known: Any) -> Case:
    """A case in which the person turned that age on the day of signing."""
    born = DAY.replace(year=DAY.year - age)
    given = {"responsibility": "mother", "name": NAMES["young_person"]} | known
    given |= {"holders": 2} if given["responsibility"] == "joint" else {}
    return Case(born, DAY, **given)


def _signers(roles: str) -> list[Signer]:
    """Those who sign, of «parent other_parent young_person»."""
    return [Signer(NAMES[role], role.removeprefix("other_")) for role in roles.split()]


def _is_signed(case: Case, roles: str) -> bool:
    """Whether those may sign and are enough."""
    signers = _signers(roles)
    return not case.missing(signers) and not [*case.misplaced(signers)]


#: who signs → at which of the ages that is right; for one who can judge it, and one who cannot
Table = dict[str, tuple[tuple[int, ...], tuple[int, ...]]]

ONE_PARENT: Table = {
    "parent": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "parent young_person": ((6, 7, 14, 15, 16, 17), (6, 7, 14, 15, 16, 17)),
    "young_person": ((16, 17, 18), ()),
    "guardian": ((6, 7, 14), (6, 7, 14, 15, 16, 17, 18)),
    "guardian young_person": ((6, 7, 14, 15, 16, 17), AGES),
    "representative": ((6, 7, 14), AGES),
    "child_welfare": ((), ()),
    "proxy": ((18,), ()),
    "proxy young_person": ((18,), ()),
    "nearest_relative": ((), (18,)),
    "parent other_parent": ((), ()),
    "": ((), ()),
}
BOTH: Table = {
    "parent": ((), ()),
    "parent young_person": ((16, 17), ()),
    "parent other_parent": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "parent other_parent young_person": ((6, 7, 14, 15, 16, 17), (6, 7, 14, 15, 16, 17)),
    "young_person": ((16, 17, 18), ()),
    "parent guardian": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "parent child_welfare": ((), ()),
    "nearest_relative": ((), (18,)),
}
WELFARE: Table = {
    "parent other_parent": ((), ()),
    "child_welfare": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "child_welfare young_person": ((6, 7, 14, 15, 16, 17), (6, 7, 14, 15, 16, 17)),
    "young_person": ((16, 17, 18), ()),
}
#: a paper that does not ask who has the responsibility
UNASKED: Table = {
    "parent": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "parent other_parent": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "child_welfare": ((6, 7, 14), (6, 7, 14, 15, 16, 17)),
    "young_person": ((16, 17, 18), ()),
}


def _table() -> Iterator[Any]:
    for responsibility, table in (
        *(("mother", ONE_PARENT), ("father", ONE_PARENT), ("co_mother", ONE_PARENT)),
        *(("joint", BOTH), ("child_welfare", WELFARE), ("", UNASKED)),
    ):
        for roles, ages in table.items():
            for can_judge, right in zip((True, False), ages, strict=True):
                name = f"{responsibility}-{'able' if can_judge else 'unable'}-{roles or 'nobody'}"
                yield pytest.param(responsibility, can_judge, roles, right, id=name)


@pytest.mark.parametrize(("responsibility", "can_judge", "roles", "right"), list(_table()))
def test_who_signs_follows_age_judgement_and_responsibility(
    responsibility: str, roles: str, right: tuple[int, ...], *, can_judge: bool
) -> None:
    cases = {
        age: _case(age, responsibility=responsibility, can_judge=can_judge or age < 15)
        for age in AGES
    }
    assert tuple(age for age, case in cases.items() if _is_signed(case, roles)) == right


def test_the_ability_to_judge_is_asked_of_whoever_is_to_sign() -> None:
    assert [age for age in AGES if _case(age).asks_ability] == [15, 16, 17, 18]


@pytest.mark.parametrize("age", [15, 16, 18])
def test_an_age_begins_on_the_birthday(age: int) -> None:
    born = DAY.replace(year=DAY.year - age)
    by_day = [Case(born, DAY + timedelta(days=days)).demands for days in (-1, 0, 1)]
    assert by_day[0] != by_day[1] == by_day[2]


def test_one_name_is_one_person_however_it_is_written() -> None:
    twice = [Signer("Máret Čáhci", "parent"), Signer("ma\u0301ret  ČÁHCI", "parent")]
    assert _case(10, responsibility="joint").missing(twice).startswith("Begge med foreldreansvar")
    assert not _case(10, responsibility="joint").missing([*twice, Signer("Jon", "parent")])


def test_all_who_are_named_sign_and_nobody_else_as_a_parent() -> None:
    named = _case(10, responsibility="other", holders=2, named=["Bestemor Berg", "Bestefar Berg"])
    two = [Signer("Bestemor  berg", "guardian"), Signer("Bestefar Berg", "parent")]
    assert not named.missing(two)
    assert not [*named.misplaced(two)]
    assert named.missing(two[:1]) != ""
    stranger = [*two, Signer("Nabo Naboesen", "parent")]
    [(number, sentence)] = named.misplaced(stranger)
    assert number == 2
    assert sentence.startswith("Nabo Naboesen står ikke blant dem som har foreldreansvar")
    welfare = [*two, Signer("Barnevernstjenesten", "child_welfare")]
    assert not [*named.misplaced(welfare)]


def test_the_young_person_who_signs_is_the_one_the_paper_is_about() -> None:
    [(number, sentence)] = _case(16).misplaced([Signer("Emma Bakken", "young_person")])
    assert (number, NAMES["young_person"] in sentence) == (0, True)
    assert not [*_case(16).misplaced([Signer("ådne  sæbø øvrelid", "young_person")])]
    assert not [*replace(_case(16), name="").misplaced([Signer("Emma", "young_person")])]


@pytest.mark.parametrize(
    ("age", "responsibility", "can_judge", "roles", "alone"),
    [
        (14, "joint", True, "parent", True),
        (15, "joint", True, "parent young_person", True),
        (16, "joint", True, "parent young_person", False),
        (16, "joint", False, "parent", True),
        (18, "joint", False, "guardian", False),
        (14, "joint", True, "parent other_parent", False),
        (14, "mother", True, "parent", False),
        (14, "joint", True, "child_welfare", False),
    ],
)
def test_why_one_signs_alone_is_asked_where_two_should(
    age: int, responsibility: str, roles: str, *, can_judge: bool, alone: bool
) -> None:
    case = _case(age, responsibility=responsibility, can_judge=can_judge)
    assert case.is_one_of_two(_signers(roles)) == alone


@pytest.mark.parametrize(
    ("born", "until", "ages"),
    [
        (date(2011, 11, 27), date(2026, 11, 26), []),
        (date(2011, 11, 27), date(2026, 11, 27), [15]),
        (date(2011, 11, 27), date(2027, 11, 26), [15]),
        (date(2011, 11, 27), date(2027, 11, 27), [15, 16]),
        (date(2011, 11, 26), date(2027, 11, 25), []),
        (date(2010, 11, 26), date(2028, 11, 25), []),
        (date(2010, 11, 26), date(2028, 11, 26), [18]),
        (date(2012, 2, 29), date(2027, 2, 28), []),
        (date(2012, 2, 29), date(2027, 3, 1), [15]),
        (date(2020, 1, 1), date(2030, 1, 1), []),
    ],
)
def test_the_birthdays_from_which_others_sign(born: date, until: date, ages: list[int]) -> None:
    changes = list(Case(born, DAY).changes(until))
    assert changes == [Change(norway.birthday(born, age), age) for age in ages]


def test_no_birthday_changes_anything_for_one_who_cannot_judge_it_until_eighteen() -> None:
    case = Case(date(2011, 11, 20), DAY, can_judge=False)
    assert [change.age for change in case.changes(date(2030, 1, 1))] == [18]


# -- rules that the shipped profile does not have and a municipality may ---------------------------

#: anybody at all is enough until ten
OWN = """
[[age_rules]]
from = 2026-01-01
version = "own"
ages = [
  { from_age = 0, guardians = "one", young_person = false },
  { from_age = 10, guardians = "all", young_person = false },
  { from_age = 18, guardians = "none", young_person = true },
]
"""
#: later, the young person signs alone from twelve
TWELVE = '  { from_age = 12, guardians = "none", young_person = true },\n'
LATER = OWN.replace("2026-01-01", "2027-01-01").replace("own", "later")
LATER = LATER.replace("  { from_age = 18", f"{TWELVE}  {{ from_age = 18")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A municipality with such rules."""

    def decide(lines: str) -> None:
        file = tmp_path / "own.toml"
        file.write_text(lines, "utf-8")
        monkeypatch.setenv("FORMSVC_PROFILE", str(file))
        settings.cache_clear()
        profile.of.cache_clear()

    yield decide
    monkeypatch.undo()
    settings.cache_clear()
    profile.of.cache_clear()


@pytest.mark.parametrize(
    ("age", "roles", "is_enough"),
    [
        (9, "parent", True),
        (9, "young_person", True),
        (9, "", False),
        (10, "parent", True),
        (10, "young_person", False),
    ],
)
def test_where_one_is_enough_it_may_be_the_young_person(
    own: Callable[[str], None], age: int, roles: str, *, is_enough: bool
) -> None:
    own(OWN)
    assert (_case(age).missing(_signers(roles)) == "") == is_enough


def test_the_rules_are_those_of_the_day_of_signing(own: Callable[[str], None]) -> None:
    own(OWN + LATER)
    case = Case(date(2014, 6, 1), date(2026, 12, 31))
    later = replace(case, signed_on=date(2027, 1, 1))
    assert (case.own_signature, later.own_signature) == (False, True)
