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
        "has_goals",
        "measures",
        "meets_again",
        "referent_phone",
        "approval",
    } <= {problem.field for problem in form.problems()}


def test_one_participant_is_too_few() -> None:
    mother = load("minutes.nb")["participants"][:1]
    assert "participants" in _problems(participants=mother, referent="Ingebjørg Sæbø")


def test_somebody_from_the_family_must_be_there() -> None:
    staff = load("minutes.nb")["participants"][1:]
    assert "foreldreansvar" in _problems(participants=staff)["participants"]


def _with(**person: str) -> dict[str, Any]:
    staff = load("minutes.nb")["participants"][1:]
    return {"participants": [{"name": "Ole Ny", **person}, *staff], "absences": [_LATE]}


_LATE = {"name": "Per Lund", "role": "Rådgiver", "kind": "no_show"}


@pytest.mark.parametrize("relation", ["mother", "father", "co_mother", "guardian"])
def test_those_who_hold_parental_responsibility_and_the_guardian_are_the_family(
    relation: str,
) -> None:
    assert not _problems(**_with(relation=relation))


@pytest.mark.parametrize("relation", ["foster_parent", "other_relative", "other_private"])
def test_other_private_persons_are_not_the_family(relation: str) -> None:
    assert list(_problems(**_with(relation=relation))) == ["participants"]


@pytest.mark.parametrize("role", ["Mor", "Stefar", "Sønn av rektor", "Nabo og bror av trener"])
def test_the_family_is_chosen_and_not_guessed_from_the_words_of_a_role(role: str) -> None:
    assert "Tilknytning" in _problems(**_with(role=role))["participants"]


def test_one_who_is_there_has_a_role_or_a_relation() -> None:
    mother = load("minutes.nb")["participants"][0]
    nobody = {"name": "Ole Ny", "relation": "", "role": ""}
    staff = load("minutes.nb")["participants"][1:]
    assert list(_problems(participants=[mother, nobody, *staff])) == ["participants.1.role"]


def test_the_child_itself_is_family_whatever_its_role_is_called() -> None:
    assert not _problems(**_with(name="ådne  sæbø Øvrelid", role="Elevrådsleder"))
    assert not _problems(**_with(name="Ådne Sæbø Øvrelid", relation="young_person"))


def test_the_young_person_is_the_child_of_the_paper() -> None:
    found = _problems(**_with(name="Emma", relation="young_person"))
    assert list(found) == ["participants.0.relation"]


# -- people are counted as people -----------------------------------------------------------------


def test_the_same_person_twice_is_one() -> None:
    mother, _rector, nurse = load("minutes.nb")["participants"]
    again = {**mother, "name": "INGEBJØRG  sæbø", "relation": "", "role": "Helsesykepleier"}
    found = _problems(participants=[mother, again, nurse])
    assert list(found) == ["participants.1.name"]
    assert "to ganger" in found["participants.1.name"]


@pytest.mark.parametrize("kind", ["notified", "no_show"])
def test_nobody_is_there_and_absent(kind: str) -> None:
    absence = {"name": "anne moen", "role": "Helsesykepleier", "kind": kind}
    assert list(_problems(absences=[absence])) == ["absences.0.name"]


@pytest.mark.parametrize("kind", ["late", "left_early"])
def test_who_came_late_or_left_early_was_there(kind: str) -> None:
    absence = {"name": "Anne Moen", "role": "Helsesykepleier", "kind": kind, "time": "13:30"}
    assert not _problems(absences=[absence])


@pytest.mark.parametrize("kind", ["late", "left_early"])
@pytest.mark.parametrize(
    ("time", "sound"),
    [("", 0), ("12:59", 0), ("13:00", 1), ("13:01", 1), ("14:04", 1), ("14:05", 1), ("14:06", 0)],
)
def test_when_somebody_came_or_left_is_within_the_meeting(kind: str, time: str, sound: int) -> None:
    absence = {"name": "Anne Moen", "role": "Helsesykepleier", "kind": kind, "time": time}
    assert list(_problems(absences=[absence])) == ([] if sound else ["absences.0.time"])


def test_a_time_that_is_not_asked_for_is_kept_and_not_printed() -> None:
    absence = {"name": "Per Lund", "role": "Rådgiver", "kind": "no_show", "time": "13:30"}
    form = find("minutes").form.from_answers({**load("minutes.nb"), "absences": [absence]})
    assert form.validate()
    assert form.answers()["absences"][0]["time"] == "13:30"
    assert form.words()["absences"][0]["time"] == ""


def test_a_private_person_is_asked_about_by_name_until_the_family_has_said_yes() -> None:
    others = [*load("minutes.nb")["participants"], {"name": "Ole Ny", "relation": "other_private"}]
    asked = _told(participants=others)
    assert "Ole Ny" in asked["others_agreed"]
    assert "ikke sagt ja" in _told(participants=others, others_agreed="no")["others_agreed"]
    assert not _told(participants=others, others_agreed="yes")
    form = find("minutes").form.from_answers(
        {**load("minutes.nb"), "participants": others, "others_agreed": "yes"}
    )
    assert form.words()["others_agreed"] == "Ja"


def test_a_chair_who_was_not_there_is_asked_about() -> None:
    assert list(_told(chair="Unni Utenfra")) == ["chair"]


def _told(**changes: Any) -> dict[str, str]:
    form = find("minutes").form.from_answers({**load("minutes.nb"), **changes})
    assert form.validate()
    return {advice.field: advice.message for advice in form.advice()}


def test_an_agencies_meeting_is_without_the_family_but_tells_them_afterwards() -> None:
    staff = load("minutes.nb")["participants"][1:]
    found = _problems(arena="agencies_meeting", participants=staff)
    assert list(found) == ["feedback_to_family"]


def test_feedback_before_the_meeting_cannot_be() -> None:
    early = {"date": "2026-11-16", "by": "Solveig Nygård"}
    assert "feedback_to_family.date" in _problems(feedback_to_family=early)


def test_both_absences_and_none_is_refused() -> None:
    assert list(_problems(no_absences=True)) == ["no_absences"]


def test_neither_absences_nor_none_is_refused() -> None:
    assert list(_problems(absences=[])) == ["absences"]


def test_a_referent_who_was_not_there_must_be_marked_as_external() -> None:
    assert list(_problems(referent="Unni Utenfra")) == ["referent"]
    assert not _problems(referent="Unni Utenfra", referent_external=True)
    assert list(_problems(referent_external=True)) == ["referent_external"]


def test_the_referent_can_be_reached_at_work() -> None:
    assert list(_problems(referent_phone="", referent_email="")) == ["referent_phone"]
    assert not _problems(referent_phone="")
    assert not _problems(referent_email="", referent_phone="02800")
    words = find("minutes").form.from_answers(load("minutes.nb")).words()
    assert words["referent_phone"] == "61 70 02 10"
    assert words["referent_email"] == "anne.moen@eksempel.no"


def test_a_meeting_ends_after_it_begins() -> None:
    assert list(_problems(end="13:00", absences=[_LATE])) == ["end"]


@pytest.mark.parametrize("vague", ["snarest", "fortløpende", "Snarast", "til våren"])
def test_soon_is_no_deadline(vague: str) -> None:
    found = _problems(measures=_measure(deadline=vague))
    assert list(found) == ["measures.0.deadline"]
    assert "dato" in found["measures.0.deadline"]


def test_a_deadline_before_the_meeting_is_refused() -> None:
    assert list(_problems(measures=_measure(deadline="2026-11-16"))) == ["measures.0.deadline"]
    assert not _problems(measures=_measure(deadline="2026-11-17"))


def test_both_measures_and_none_is_refused() -> None:
    assert list(_problems(no_new_measures=True)) == ["no_new_measures"]


def test_neither_measures_nor_none_is_refused() -> None:
    assert list(_problems(measures=[])) == ["measures"]


# -- goals ----------------------------------------------------------------------------------------


def test_a_case_with_goals_concludes_on_each_of_them() -> None:
    assert list(_problems(goals=[])) == ["goals"]
    goal = {"goal": "Trygg i friminuttene", "conclusion": ""}
    assert list(_problems(goals=[goal])) == ["goals.0.conclusion"]


def test_whether_a_case_has_goals_is_asked_and_said() -> None:
    none: dict[str, Any] = {"goals": [], "measures": _measure(goal="")[:1]}
    assert list(_problems(has_goals="", **none)) == ["has_goals"]
    assert not _problems(has_goals="no", **none)
    assert _words(has_goals="no", **none)["has_goals"] == "Nei"
    assert _words()["has_goals"] == ""  # the goals themselves say it


@pytest.mark.parametrize("named_in", ["goals", "measures"])
def test_a_case_without_goals_names_none(named_in: str) -> None:
    changes: dict[str, Any] = {"goals": [], "measures": _measure(goal="")[:1]}
    del changes[named_in]
    assert list(_problems(has_goals="no", **changes)) == ["has_goals"]


def _words(**changes: Any) -> dict[str, Any]:
    return find("minutes").form.from_answers({**load("minutes.nb"), **changes}).words()


# -- whether they meet again ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "sound"), [("2026-11-16", 0), ("2026-11-17", 0), ("2026-11-18", 1)]
)
def test_the_next_meeting_is_after_this_one(day: str, sound: int) -> None:
    following = {"date": day, "start": "15:00", "place": "Teams"}
    found = list(_problems(next_meeting=following))
    assert found == ([] if sound else ["next_meeting.date"])


def test_it_is_asked_whether_they_meet_again() -> None:
    found = _problems(meets_again="", next_meeting=None)
    assert list(found) == ["meets_again"]


def test_with_a_yes_comes_when_and_where() -> None:
    assert list(_problems(next_meeting=None)) == ["next_meeting"]


def test_with_a_no_comes_the_reason() -> None:
    none: dict[str, Any] = {"meets_again": "no", "next_meeting": None}
    assert list(_problems(**none)) == ["closing_reason"]
    assert not _problems(**none, closing_reason="goals_met")


def test_an_answer_that_is_taken_back_is_kept_and_not_printed() -> None:
    words = _words(closing_reason="goals_met")
    assert not _problems(closing_reason="goals_met")
    assert (words["next_meeting"]["start"], words["closing_reason"]) == ("kl. 13:00", "")
    words = _words(meets_again="no", closing_reason="goals_met")
    assert not _problems(meets_again="no", closing_reason="goals_met")
    assert (words["next_meeting"], words["closing_reason"]) == (None, "Målene er nådd")


# -- answers as they were written before ----------------------------------------------------------


def test_a_file_that_does_not_say_yes_or_no_says_it_by_its_other_answers() -> None:
    earlier = {
        name: answer
        for name, answer in load("minutes.nb").items()
        if name not in ("meets_again", "has_goals")
    }
    form = find("minutes").form.from_answers(earlier)
    assert form.validate()
    assert form.words()["next_meeting"]["place"] == "Møterom 2, Heidal skole"
    closed = {**earlier, "next_meeting": None, "closing_reason": "moved"}
    form = find("minutes").form.from_answers(closed)
    assert form.validate()
    assert form.words()["closing_reason"] == "Familien har flyttet"


def test_a_follow_up_that_was_one_text_is_read_as_the_first_row() -> None:
    found = _problems(system_follow_up="Rektor tar opp vaktordningen.")
    assert list(found) == ["system_follow_up.0.responsible", "system_follow_up.0.deadline"]
    assert not _problems(system_follow_up="")
    form = find("minutes").form.from_stored(
        {**load("minutes.nb"), "system_follow_up": "Rektor tar opp vaktordningen."}
    )
    assert form.words()["system_follow_up"][0]["what"] == "Rektor tar opp vaktordningen."


@pytest.mark.parametrize("missing", ["what", "responsible", "deadline"])
def test_what_is_followed_up_says_what_who_and_when(missing: str) -> None:
    [row] = load("minutes.nb")["system_follow_up"]
    found = _problems(system_follow_up=[{**row, missing: ""}])
    assert list(found) == [f"system_follow_up.0.{missing}"]


def test_minutes_sent_for_remarks_have_a_deadline_for_them() -> None:
    assert list(_problems(remarks_deadline=None)) == ["remarks_deadline"]
    assert list(_problems(remarks_deadline="2026-11-16")) == ["remarks_deadline"]


def test_from_the_second_meeting_the_last_minutes_are_gone_through() -> None:
    nothing = {"approved": False, "remark": ""}
    assert list(_problems(previous_minutes=nothing)) == ["previous_minutes"]
    assert not _problems(previous_minutes=nothing, meeting_number=1)
    assert list(_told(previous_measures=[])) == ["previous_measures"]
    assert not _told(previous_measures=[], meeting_number=1)


def test_a_measure_from_last_time_has_a_status() -> None:
    [measure] = load("minutes.nb")["previous_measures"]
    found = _problems(previous_measures=[{**measure, "status": ""}])
    assert list(found) == ["previous_measures.0.status"]


def test_a_named_case_rests_on_a_consent() -> None:
    assert list(_problems(consent_reference="")) == ["consent_reference"]
    assert not _problems(arena="parent_conversation", consent_reference="")


def _unnamed(**changes: Any) -> dict[str, Any]:
    """What of the sample does not lead to the child."""
    return {
        "child": None,
        "consent_reference": "",
        "participants": load("minutes.nb")["participants"][1:],
        "absences": load("minutes.nb")["absences"][1:2],
        **changes,
    }


def _anonymous(**changes: Any) -> dict[str, str]:
    return _problems(anonymous=True, **_unnamed(**{"arena": "resource_team", **changes}))


def test_an_anonymous_case_has_no_child_no_guardian_and_no_reference() -> None:
    found = _problems(anonymous=True, arena="resource_team")
    assert set(found) == {
        "child",
        "consent_reference",
        "participants.0.relation",
        "absences.0.relation",
        "absences.2.relation",
    }
    assert not _anonymous()


@pytest.mark.parametrize("arena", ["resource_team", "discussion_other_services"])
def test_some_arenas_take_a_case_without_a_name(arena: str) -> None:
    assert not _anonymous(arena=arena)


@pytest.mark.parametrize(
    "arena", ["responsibility_group", "agencies_meeting", "consultation_meeting", "samba"]
)
def test_where_a_consent_is_needed_no_case_is_anonymous(arena: str) -> None:
    found = _anonymous(arena=arena, feedback_to_family=None)
    assert list(found) == ["anonymous"]
    assert "velg et annet slags møte" in found["anonymous"]


def test_a_day_before_the_meeting_is_told_from_it_by_name() -> None:
    found = _problems(remarks_deadline="2026-11-16")
    assert found["remarks_deadline"].startswith("Datoen kan ikke være før møtet, 17. november")


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
    found = _anonymous(evaluation=f"Spør {trace} om dette.")
    assert list(found) == ["evaluation"]


@pytest.mark.parametrize("number", ["1234567890", "178515500971", "1785 1550 0978 1234"])
def test_a_number_of_another_length_is_nobodys_identity_number(number: str) -> None:
    assert not _anonymous(evaluation=f"Se sak {number} om dette.")


@pytest.mark.parametrize("arena", ["resource_group", "steering_group", "slt_meeting"])
def test_a_meeting_on_the_system_has_no_child_and_no_family(arena: str) -> None:
    found = _problems(arena=arena)
    assert {"child", "consent_reference", "participants.0.relation"} <= set(found)
    assert not _problems(arena=arena, **_unnamed())


def test_whether_a_case_has_goals_is_not_asked_where_there_is_no_case() -> None:
    changes = _unnamed(has_goals="", goals=[], measures=_measure(goal="")[:1])
    assert not _problems(arena="steering_group", **changes)


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
