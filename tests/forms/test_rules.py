"""The rules of the other papers, each broken once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from formsvc.kinds import find
from tests.samples import load


def _problems(name: str, changes: dict[str, Any]) -> list[str]:
    """The paths that are refused after changes by dotted path."""
    answers = copy.deepcopy(load(name))
    for path, value in changes.items():
        *way, last = path.split(".")
        inner: Any = answers
        for step in way:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        inner[int(last) if isinstance(inner, list) else last] = value
    form = find(name.split(".")[0]).form.from_answers(answers)
    form.validate()
    return [problem.field for problem in form.problems()]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"consent_individual_plan": False}, ["consent_individual_plan"]),
        ({"consent_individual_plan": False, "requests": ["coordinator"]}, []),
        ({"sender.role": "next_of_kin"}, ["power_of_attorney"]),
        ({"sender.role": "proxy"}, ["power_of_attorney"]),
        ({"sender.role": "proxy", "power_of_attorney": True}, []),
        ({"sender.role": "guardian"}, []),
        ({"sender.title": "", "sender.service": ""}, ["sender.title", "sender.service"]),
        ({"sender.role": "self", "sender.title": "", "sender.service": ""}, []),
        ({"expecting_child_due": "2027-03-01"}, ["expecting_child_due"]),
        # a due date is no birth date: somebody who has a name has both
        (
            {
                "requests": ["child_coordinator"],
                "expecting_child_due": "2027-03-01",
                "person.birth_date": None,
            },
            ["person.birth_date"],
        ),
        (
            {
                "requests": ["child_coordinator"],
                "expecting_child_due": "2027-03-01",
                "person.name": "",
            },
            ["person.name"],
        ),
        ({"guardians": []}, ["guardians", "signed_by.0.name"]),
        ({"signed_by": [{"name": "Máret Čáhci", "role": "parent"}]}, ["signed_by"]),
        ({"person.has_national_id": True}, ["person.national_id"]),
        ({"person.national_id": "17851550097"}, ["person.has_national_id"]),
        ({"person.national_id": "17851550097", "person.has_national_id": True}, []),
        ({"person.national_id": "20036914700"}, ["person.national_id"]),  # may be somebody's
        ({"person.postal_code": "267"}, ["person.postal_code"]),
        ({"person.phone": "12"}, ["person.phone"]),
        ({"sender.email": "torbjorn"}, ["sender.email"]),
    ],
)
def test_application(changes: dict[str, Any], refused: list[str]) -> None:
    assert _problems("ip_application.nb", changes) == refused


@pytest.mark.parametrize(
    ("others", "refused"),
    [
        ([], ["signed_by"]),
        ([{"name": "Jon Bakken", "role": "parent"}], []),
        # the same person twice is one, however the name is written
        ([{"name": "MÁRET  čáhci", "role": "parent"}], ["signed_by", "signed_by.2.name"]),
    ],
)
def test_where_two_have_parental_responsibility_both_sign_the_application(
    others: list[dict[str, str]], refused: list[str]
) -> None:
    application = load("ip_application.nb")
    [mother] = application["guardians"]
    changes = {
        "guardians": [mother, {**mother, "name": "Jon Bakken", "relation": "father"}],
        "signed_by": [*application["signed_by"], *others],
    }
    assert _problems("ip_application.nb", changes) == refused


@pytest.mark.parametrize(
    ("name", "changes", "refused"),
    [
        (
            "ke_group_created.nb",
            {"members": load("ke_group_created.nb")["members"][:1]},
            ["members"],
        ),
        ("ke_group_created.nb", {"first_meeting_on": "2026-11-23"}, ["first_meeting_on"]),
        ("ke_group_created.nb", {"consent_valid_to": "2026-11-23"}, ["consent_valid_to"]),
        ("ke_group_dissolved.nb", {"agreed_with_family_on": None}, ["agreed_with_family_on"]),
        ("ke_group_dissolved.nb", {"agreed_with_family_on": None, "reason": "deceased"}, []),
        ("ke_group_dissolved.nb", {"reason": "other"}, ["reason_note"]),
        ("ke_group_dissolved.nb", {"partners_informed": []}, ["partners_informed"]),
        ("ke_group_dissolved.nb", {"partners_informed": ["ingen"]}, []),
        ("ke_group_dissolved.nb", {"partners_informed": ["PPT", "none"]}, ["partners_informed"]),
        (
            "ke_coordinator_changed.nn",
            {"consent_covers_new_service": False},
            ["consent_covers_new_service"],
        ),
        ("ke_group_dissolved.nb", {"partners_informed": "none"}, []),
        ("ke_group_dissolved.nb", {"child.birth_date": "2028-06-16"}, ["child.birth_date"]),
        ("evaluation.nn", {"good": "Ring 91 23 45 67"}, ["good"]),
        ("evaluation.nn", {"better": "Skriv til mor@eksempel.no"}, ["better"]),
        ("evaluation.nn", {"missing": "Ring 91 23 45 67"}, ["missing"]),
        ("evaluation.nn", {"unit": "Heidal skole, 61 70 00 00"}, ["unit"]),
        ("evaluation.nn", {"unit": "x" * 201}, ["unit"]),
        ("evaluation.nn", {"heard": 4.0}, []),
        ("evaluation.nn", {"heard": None}, []),
        ("evaluation.nn", {"heard": "not_known"}, []),
        ("ke_ip_declined.nb", {"declined_on": "2026-12-07"}, ["declined_on"]),
        ("ke_ip_declined.nb", {"coordinator_wanted": ""}, ["coordinator_wanted"]),
        ("evaluation.nn", {"heard": 6}, ["heard"]),
        ("evaluation.nn", {"period": "2027-3"}, ["period"]),
    ],
)
def test_the_other_papers(name: str, changes: dict[str, Any], refused: list[str]) -> None:
    assert _problems(name, changes) == refused


def test_new_consent_comes_before_a_coordinator_whom_the_old_one_does_not_cover() -> None:
    answers = {**load("ke_coordinator_changed.nn"), "consent_covers_new_service": False}
    form = find("ke_coordinator_changed").form.from_answers(answers)
    form.validate()
    assert form.problems()[0].message.startswith("Hent inn nytt samtykke først")


def test_the_explicit_word_none_is_printed_in_the_language_of_the_paper() -> None:
    answers = {**load("ke_group_dissolved.nb"), "partners_informed": ["none"]}
    form = find("ke_group_dissolved").form.from_answers(answers)
    assert form.words()["partners_informed"] == ["ingen"]


def test_more_rows_than_anybody_reads_are_refused() -> None:
    there = load("minutes.nb")["participants"]
    others = [{"name": f"Kari {number}", "role": "Lærer"} for number in range(200)]
    for rows, refused in ((199, []), (200, []), (201, ["participants"])):
        answers = {**load("minutes.nb"), "participants": [*there, *others][:rows]}
        form = find("minutes").form.from_answers(answers)
        assert form.validate() == (not refused)
        assert [problem.field for problem in form.problems()] == refused


def test_choosing_an_arena_says_how_its_meetings_are_held() -> None:
    form = find("minutes").form.from_typed({"arena": ["responsibility_group"]})
    hint = form["arena"].hint
    assert "Hvor ofte: 2–3 ganger i året. Bør vare: 60 minutter. " in hint
    assert hint.endswith("Samtykke: skriftlig samtykke. Det skal alltid skrives referat.")
    assert not find("minutes").form()["arena"].hint
