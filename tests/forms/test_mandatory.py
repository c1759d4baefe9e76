"""Whatever is mandatory is asked for, at its own field, in the language of the reader."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from formsvc.kinds import find
from formsvc.language import speaking
from tests.samples import SAMPLES, Sample, load

#: what forms.md calls mandatory, by kind; rows stand for each of their rows
MANDATORY = {
    "consent": [
        "child.name",
        "child.birth_date",
        "purposes",
        "services",
        "services.*.service",
        "parental_responsibility",
        "signed_on",
        "signatories",
        "signatories.*.name",
        "signatories.*.role",
        "child_heard",
        "valid_from",
        "valid_to",
        "receiver",
        "receiver.name",
        "receiver.title",
        "receiver.service",
    ],
    "consent_withdrawal": [
        "child.name",
        "child.birth_date",
        "consent_reference",
        "extent",
        "manner",
        "withdrawn_by",
        "withdrawn_by.name",
        "withdrawn_on",
        "received_by",
        "received_by.name",
    ],
    "ip_application": [
        "requests",
        "sender",
        "sender.role",
        "sender.name",
        "need",
        "guardians",
        "guardians.*.name",
        "signed_by",
        "consent_individual_plan",
    ],
    "ke": [
        "child.name",
        "child.birth_date",
        "coordinator",
        "coordinator.name",
        "coordinator.title",
        "coordinator.service",
        "coordinator.leader",
        "sender",
        "sender.name",
        "date",
    ],
    "ke_group_created": [
        "consent_reference",
        "created_on",
        "reason",
        "members",
        "members.*.name",
        "members.*.role",
        "first_meeting_on",
        "individual_plan",
        "consent_valid_to",
    ],
    "ke_group_dissolved": [
        "consent_reference",
        "dissolved_on",
        "reason",
        "agreed_with_family_on",
        "told_may_return",
        "leader_informed",
        "partners_informed",
        "individual_plan",
    ],
    "ke_coordinator_changed": [
        "consent_reference",
        "new_coordinator",
        "new_coordinator.name",
        "new_coordinator.leader",
        "from_date",
        "reason",
        "wish_heard",
        "new_coordinator_accepted",
        "consent_covers_new_service",
    ],
    "ke_ip_declined": [
        "informed_on",
        "informed_by",
        "declined_by",
        "declined_by.*.name",
        "declined_on",
        "coordinator_wanted",
        "group_continues",
        "told_may_change_mind",
    ],
    "invitation": [
        "arena",
        "child.name",
        "child.birth_date",
        "date",
        "start",
        "end",
        "purpose",
        "convener",
        "convener.name",
        "chair",
        "referent",
        "invitees",
        "invitees.*.name",
        "agenda",
    ],
    "minutes": [
        "arena",
        "child.name",
        "child.birth_date",
        "consent_reference",
        "date",
        "start",
        "end",
        "place",
        "chair",
        "referent",
        "participants",
        "participants.*.name",
        "items",
        "items.*.title",
        "items.*.conclusion",
        "measures.*.measure",
        "measures.*.responsible",
        "measures.*.deadline",
        "goals.*.goal",
        "goals.*.conclusion",
        "absences.*.name",
        "absences.*.kind",
        "previous_measures.*.status",
        "system_follow_up.*.what",
        "system_follow_up.*.responsible",
        "system_follow_up.*.deadline",
        "approval",
    ],
    "action_plan": [
        "child.name",
        "child.birth_date",
        "goals",
        "goals.*.goal",
        "goals.*.measures",
        "goals.*.measures.*.measure",
        "goals.*.measures.*.responsible",
        "goals.*.measures.*.deadline",
    ],
    # of what the family thinks, nothing is
    "evaluation": ["arena", "unit", "period"],
}
#: mandatory in these samples alone, by the conditions that they meet
HERE = {
    "consent.nb": ["consent_individual_plan", "signing_ability"],
    "consent_withdrawal.nb": ["services"],
    "ip_application.nb": ["person.name", "person.birth_date", "sender.title", "sender.service"],
    "ip_application.nn": ["expecting_child_due"],
    "invitation.nb": [
        "place",
        "invitees.2.role",
        "invitees.3.role",
        *(f"agenda.{item}.title" for item in range(7)),
    ],
    "invitation.nn": ["video_link", "invitees.3.role"],
    "minutes.nb": [
        "absences",
        "absences.2.time",
        "goals",
        "measures",
        "participants.1.role",
        "participants.2.role",
        "next_meeting",
        "next_meeting.date",
        "next_meeting.start",
        "next_meeting.place",
        "previous_minutes",
        "remarks_deadline",
    ],
    "minutes.nn": [
        "referent_email",
        "participants.0.role",
        "participants.1.role",
        "no_absences",
        "has_goals",
        "no_new_measures",
        "closing_reason",
        "feedback_to_family",
    ],
}
#: an answer whose absence is said at another field, which asks for one of the two
SAID_AT = {
    "no_absences": "absences",
    "no_new_measures": "measures",
    "video_link": "place",
    "referent_email": "referent_phone",
}


def _paths(answers: Any, pattern: list[str], path: str = "") -> Iterator[str]:
    """Every path in the answers that the pattern stands for."""
    if not pattern:
        yield path.removeprefix(".")
    elif pattern[0] == "*":
        for index, item in enumerate(answers):
            yield from _paths(item, pattern[1:], f"{path}.{index}")
    elif isinstance(answers, list):
        yield from _paths(answers[int(pattern[0])], pattern[1:], f"{path}.{pattern[0]}")
    else:
        yield from _paths(answers.get(pattern[0]), pattern[1:], f"{path}.{pattern[0]}")


def _cases() -> Iterator[Any]:
    for sample in SAMPLES:
        slug = sample.kind.slug
        wanted = [*MANDATORY.get(slug, []), *HERE.get(str(sample), [])]
        wanted += MANDATORY["ke"] if slug.startswith("ke_") else []
        if str(sample) == "ip_application.nn":
            wanted.remove("consent_individual_plan")  # it asks for a child coordinator alone
        for pattern in wanted:
            for path in _paths(sample.answers, pattern.split(".")):
                yield pytest.param(sample, path, id=f"{sample}-{path}")


def _without(answers: dict[str, Any], path: str) -> dict[str, Any]:
    left = copy.deepcopy(answers)
    *way, last = path.split(".")
    inner: Any = left
    for step in way:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    del inner[last]
    return left


@pytest.mark.parametrize(("sample", "path"), list(_cases()))
def test_leaving_out_a_mandatory_answer_is_refused_at_its_field(sample: Sample, path: str) -> None:
    with speaking(sample.language):
        form = sample.kind.form.from_answers(_without(sample.answers, path))
        assert not form.validate()
        found = {problem.field: problem.message for problem in form.problems()}
    wanted = SAID_AT.get(path, path)
    said = [message for field, message in found.items() if f"{field}.".startswith(f"{wanted}.")]
    assert said, found
    assert all(message[0].isupper() and len(message) > 10 for message in said)


@pytest.mark.parametrize("empty", ["", "   ", "\t\n", "\u00a0"])
def test_white_space_is_no_answer(empty: str) -> None:
    form = find("minutes").form.from_answers({**load("minutes.nb"), "referent": empty})
    assert not form.validate()
    assert [problem.field for problem in form.problems()] == ["referent"]


def test_the_sentence_is_spoken_in_the_language_of_the_reader() -> None:
    answers = load("minutes.nb") | {"referent": ""}
    said = {}
    for language in ("nb", "nn", "en"):
        with speaking(language):
            form = find("minutes").form.from_answers(answers)
            form.validate()
            said[language] = form.problems()[0].message
    assert said["nb"] == "Skriv navnet på referenten."
    assert said["nn"] == "Skriv namnet på referenten."
    assert "minute" in said["en"].lower() or "referent" in said["en"].lower()
