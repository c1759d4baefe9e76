"""The gate: minutes cannot be finished before everything is there."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc import profile
from formsvc.kinds import find
from tests.samples import load


def _problems(**changes: Any) -> dict[str, str]:
    form = find("minutes").form.from_answers({**load("minutes.nb"), **changes})
    form.validate()
    return {problem.field: problem.message for problem in form.problems()}


def _measure(**changes: Any) -> list[dict[str, Any]]:
    first, *others = load("minutes.nb")["measures"]
    return [{**first, **changes}, *others]


def test_empty_minutes_name_everything_that_is_missing_at_once() -> None:
    form = find("minutes").form.from_answers({"language": "nb"})
    assert not form.validate()
    assert {
        "arena",
        "child.name",
        "consent_reference",
        "date",
        "start",
        "end",
        "place",
        "chair",
        "referent",
        "participants",
        "absences",
        "items",
        "measures",
        "next_meeting",
        "approval",
    } <= {problem.field for problem in form.problems()}


def test_one_participant_is_too_few() -> None:
    mother = load("minutes.nb")["participants"][:1]
    assert "participants" in _problems(participants=mother, referent="Ingebjørg Sæbø")


def test_somebody_from_the_family_must_be_there() -> None:
    staff = load("minutes.nb")["participants"][1:]
    assert "familien" in _problems(participants=staff)["participants"]


def test_the_child_itself_is_family_whatever_its_role_is_called() -> None:
    staff = load("minutes.nb")["participants"][1:]
    child = {"name": "Ådne Sæbø Øvrelid", "role": "Elevrådsleder", "service": ""}
    assert not _problems(participants=[child, *staff])


def test_an_agencies_meeting_is_without_the_family_but_tells_them_afterwards() -> None:
    staff = load("minutes.nb")["participants"][1:]
    found = _problems(arena="agencies_meeting", participants=staff)
    assert list(found) == ["feedback_to_family"]


def test_feedback_before_the_meeting_cannot_be() -> None:
    early = {"date": "2027-02-08", "by": "Solveig Nygård"}
    assert "feedback_to_family.date" in _problems(feedback_to_family=early)


def test_both_absences_and_none_is_refused() -> None:
    assert list(_problems(no_absences=True)) == ["no_absences"]


def test_neither_absences_nor_none_is_refused() -> None:
    assert list(_problems(absences=[])) == ["absences"]


def test_a_referent_who_was_not_there_must_be_marked_as_external() -> None:
    assert list(_problems(referent="Unni Utenfra")) == ["referent"]
    assert not _problems(referent="Unni Utenfra", referent_external=True)


def test_a_meeting_ends_after_it_begins() -> None:
    assert list(_problems(end="13:00")) == ["end"]


@pytest.mark.parametrize("vague", ["snarest", "fortløpende", "Snarast", "til våren"])
def test_soon_is_no_deadline(vague: str) -> None:
    found = _problems(measures=_measure(deadline=vague))
    assert list(found) == ["measures.0.deadline"]
    assert "dato" in found["measures.0.deadline"]


def test_a_deadline_before_the_meeting_is_refused() -> None:
    assert list(_problems(measures=_measure(deadline="2027-02-08"))) == ["measures.0.deadline"]
    assert not _problems(measures=_measure(deadline="2027-02-09"))


def test_both_measures_and_none_is_refused() -> None:
    assert list(_problems(no_new_measures=True)) == ["no_new_measures"]


def test_neither_measures_nor_none_is_refused() -> None:
    assert list(_problems(measures=[])) == ["measures"]


def test_the_next_meeting_is_after_this_one() -> None:
    same_day = {"date": "2027-02-09", "start": "15:00", "place": "Teams"}
    assert list(_problems(next_meeting=same_day)) == ["next_meeting.date"]


def test_without_a_next_meeting_the_reason_is_given() -> None:
    assert list(_problems(next_meeting=None)) == ["next_meeting"]
    assert not _problems(next_meeting=None, closing_reason="goals_met")


def test_a_next_meeting_and_a_closing_reason_contradict_each_other() -> None:
    assert list(_problems(closing_reason="goals_met")) == ["closing_reason"]


def test_minutes_sent_for_remarks_have_a_deadline_for_them() -> None:
    assert list(_problems(remarks_deadline=None)) == ["remarks_deadline"]
    assert list(_problems(remarks_deadline="2027-02-08")) == ["remarks_deadline"]


def test_from_the_second_meeting_the_last_minutes_are_gone_through() -> None:
    nothing = {"approved": False, "remark": ""}
    assert list(_problems(previous_minutes=nothing)) == ["previous_minutes"]
    assert not _problems(previous_minutes=nothing, meeting_number=1)


def test_a_measure_from_last_time_has_a_status() -> None:
    [measure] = load("minutes.nb")["previous_measures"]
    found = _problems(previous_measures=[{**measure, "status": ""}])
    assert list(found) == ["previous_measures.0.status"]


def test_a_named_case_rests_on_a_consent() -> None:
    assert list(_problems(consent_reference="")) == ["consent_reference"]
    assert not _problems(arena="parent_conversation", consent_reference="")


def _anonymous(**changes: Any) -> dict[str, str]:
    staff = load("minutes.nb")["participants"][1:]
    nobody: dict[str, Any] = {"child": None, "consent_reference": "", "participants": staff}
    return _problems(anonymous=True, **{**nobody, **changes})


def test_an_anonymous_case_has_no_child_no_guardian_and_no_reference() -> None:
    found = _problems(anonymous=True)
    assert set(found) == {"child", "consent_reference", "participants.0.role"}
    assert not _anonymous()


def test_no_family_is_told_of_an_anonymous_agencies_meeting() -> None:
    assert not _anonymous(arena="agencies_meeting", feedback_to_family=None)


def test_a_half_written_child_is_taken_out_of_an_anonymous_case_and_not_completed() -> None:
    assert list(_anonymous(child={"name": "Ådne", "birth_date": None})) == ["child"]


@pytest.mark.parametrize(
    "trace",
    [
        "03 05 15 12 345",
        "03.05.15\u201112345",
        "17851550097",
        "178515 50097",
        "ring 90 90 90 90",
        "+47 61700200",
        "kari@eksempel.no",
    ],
)
def test_an_anonymous_case_holds_nothing_that_leads_to_a_person(trace: str) -> None:
    found = _anonymous(system_follow_up=f"Spør {trace} om dette.")
    assert list(found) == ["system_follow_up"]


@pytest.mark.parametrize("number", ["1234567890", "178515500971", "1785 1550 0978 1234"])
def test_a_number_of_another_length_is_nobodys_identity_number(number: str) -> None:
    assert not _anonymous(system_follow_up=f"Se sak {number} om dette.")


@pytest.mark.parametrize("arena", ["resource_group", "steering_group", "slt_meeting"])
def test_a_meeting_on_the_system_has_no_child_and_no_family(arena: str) -> None:
    found = _problems(arena=arena)
    assert set(found) == {"child", "consent_reference", "participants.0.role"}
    staff = load("minutes.nb")["participants"][1:]
    assert not _problems(arena=arena, child=None, consent_reference="", participants=staff)


def _advice(**changes: Any) -> list[str]:
    form = find("minutes").form.from_answers({**load("minutes.nb"), **changes})
    assert form.validate()
    return [advice.field for advice in form.advice()]


@pytest.mark.parametrize(
    "conclusion",
    ["Mor mente at planen er god.", "Vi diskuterte saken.", "Gruppa gjorde vedtak.", "Ja. " * 200],
)
def test_a_poor_conclusion_gets_advice_and_no_refusal(conclusion: str) -> None:
    assert _advice(items=[{"title": "Sak", "conclusion": conclusion}]) == ["items.0.conclusion"]


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_a_conclusion_is_long_when_it_is_longer_than_the_profile_says(beyond: int) -> None:
    length = profile.current().limits.long_conclusion + beyond
    items = [{"title": "Sak", "conclusion": ("enige " * length)[: length - 1] + "."}]
    assert _advice(items=items) == (["items.0.conclusion"] if beyond > 0 else [])


def test_a_good_conclusion_gets_no_advice() -> None:
    assert not _advice()
