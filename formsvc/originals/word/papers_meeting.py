"""Invitation, minutes and action plan."""

from __future__ import annotations

from formsvc.originals.word.answers import (
    answer,
    box,
    listed,
    rows,
    said,
    section,
    ticked,
    with_note,
)
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import each, either, fact, heading, paragraph, title, when
from formsvc.originals.word.people import child, employee, lead, legal, reachable, texts


def invitation(labels: Labels) -> str:
    """The call to a meeting; its agenda becomes the frame of the minutes."""
    people = {"name": 27, "role": 19, "service": 22, "email": 32}
    return (
        title()
        + lead()
        + section(labels, "arena", _meeting(labels))
        + answer(labels, "video_link")
        + said(labels, "purpose")
        + _whom(labels)
        + section(labels, "convener", reachable(labels, "convener", "convener"))
        + _leaders(labels)
        + section(labels, "invitees", rows(labels, "invitees", "who", people, {}))
        + ticked(labels, "interpreter")
        + section(labels, "agenda", _agenda(labels))
        + ticked(labels, "agenda_agreed_with_family")
        + answer(labels, "items_deadline")
        + _practical(labels)
        + texts(
            labels,
            bulleted=("first_meeting", "not_here"),
            condition='key != "first_meeting" or first_meeting',
        )
        + legal(labels)
    )


def minutes(labels: Labels) -> str:
    """Conclusions and measures: what was agreed, who does it, and when they meet again."""
    return (
        title()
        + lead()
        + section(labels, "arena", _meeting(labels))
        + _whom(labels)
        + section(labels, "chair", _leaders(labels))
        + ticked(labels, "referent_external")
        + _present_and_absent(labels)
        + _since_last_time(labels)
        + section(labels, "items", _items(labels))
        + when("goals", heading(labels["goals"], 2), _goals(labels))
        + section(labels, "no_new_measures")
        + either("measures", _measures(labels), paragraph(f"{labels['no_new_measures']}."))
        + said(labels, "system_follow_up")
        + when(
            "family_view or evaluation",
            section(labels, "family_view", said(labels, "family_view")),
            said(labels, "evaluation"),
        )
        + _what_follows(labels)
        + section(labels, "approval", answer(labels, "approval"))
        + answer(labels, "remarks_deadline")
        + listed(labels, "copies_to")
        + answer(labels, "date_written")
        + texts(labels)
        + legal(labels)
    )


def action_plan(labels: Labels) -> str:
    """Goals, measures and what came of them; written in during the meeting."""
    return (
        title()
        + lead()
        + section(labels, "child", child(labels))
        + section(labels, "arena", answer(labels, "arena"))
        + answer(labels, "date")
        + employee(labels, "responsible", "responsible")
        + section(labels, "goals")
        + each(
            "goal in goals",
            heading(f"{labels['goals.goal']} {{{{ loop.index }}}}: {{{{ goal.goal }}}}", 2),
            _planned_measures(labels),
        )
        + when("evaluated_on", section(labels, "evaluated_on", answer(labels, "evaluated_on")))
        + texts(labels)
        + legal(labels)
    )


def _planned_measures(labels: Labels) -> str:
    widths = {
        "measure": 30,
        "responsible": 22,
        "deadline": 16,
        "status": 14,
        "effect": 14,
        "decision": 17,
    }
    return rows(
        labels,
        "goals.measures",
        "m",
        widths,
        {"responsible": with_note("m", "responsible", "service")},
        within="goal.measures",
    )


def _meeting(labels: Labels) -> str:
    return (
        answer(labels, "arena")
        + answer(labels, "meeting_number")
        + answer(labels, "date")
        + fact(labels["start"], "kl. {{ start }}–{{ end }}")
        + answer(labels, "place")
    )


def _whom(labels: Labels) -> str:
    return when(
        "child or anonymous or consent_reference",
        section(labels, "anonymous"),
        when("anonymous and not child", paragraph(labels["anonymous"])),
        when("child", child(labels)),
        answer(labels, "consent_reference"),
    )


def _leaders(labels: Labels) -> str:
    return answer(labels, "chair") + answer(labels, "referent")


def _agenda(labels: Labels) -> str:
    return rows(labels, "agenda", "item", {"nr": 8, "title": 76, "minutes": 16}, {})


def _practical(labels: Labels) -> str:
    return when(
        "absence_to or preparatory_meeting or attachments or sent_on",
        section(labels, "absence_to", answer(labels, "absence_to")),
        answer(labels, "preparatory_meeting"),
        listed(labels, "attachments"),
        answer(labels, "sent_on"),
    )


def _present_and_absent(labels: Labels) -> str:
    people = {"name": 36, "role": 32, "service": 32}
    return (
        section(labels, "participants", rows(labels, "participants", "who", people, {}))
        + section(labels, "no_absences")
        + either("absences", _absences(labels), paragraph(f"{labels['no_absences']}."))
    )


def _absences(labels: Labels) -> str:
    return rows(
        labels,
        "absences",
        "who",
        {"name": 20, "role": 19, "kind": 17, "substitute": 19, "input": 25},
        {"role": with_note("who", "role", "service")},
    )


def _since_last_time(labels: Labels) -> str:
    """What was said of the last minutes; nothing at a first meeting that has none."""
    return when(
        "previous_measures or (previous_minutes and"
        " (codes.meeting_number != 1 or previous_minutes.remark))",
        section(labels, "previous_minutes"),
        when(
            "previous_minutes",
            box(labels, "previous_minutes.approved"),
            said(labels, "previous_minutes.remark"),
        ),
        when(
            "previous_measures",
            heading(labels["previous_measures"], 2),
            _previous_measures(labels),
        ),
    )


def _previous_measures(labels: Labels) -> str:
    widths = {"measure": 29, "responsible": 21, "deadline": 16, "status": 14, "evaluation": 25}
    return rows(labels, "previous_measures", "m", widths, {})


def _items(labels: Labels) -> str:
    return each(
        "item in items",
        heading(f"{labels['items.title']} {{{{ loop.index }}}}: {{{{ item.title }}}}", 2),
        paragraph("{{ item.conclusion }}"),
    )


def _goals(labels: Labels) -> str:
    return rows(labels, "goals", "g", {"goal": 40, "conclusion": 60}, {})


def _measures(labels: Labels) -> str:
    return rows(
        labels,
        "measures",
        "m",
        {"nr": 6, "goal": 19, "measure": 29, "responsible": 24, "deadline": 16, "status": 14},
        {"responsible": with_note("m", "responsible", "service")},
    )


def _what_follows(labels: Labels) -> str:
    following = "{{ next_meeting.date }}, {{ next_meeting.start }}, {{ next_meeting.place }}"
    told = "{{ feedback_to_family.date }}, {{ feedback_to_family.by }}"
    return when(
        "next_meeting or closing_reason or feedback_to_family",
        section(labels, "next_meeting", answer(labels, "next_meeting", following)),
        answer(labels, "closing_reason"),
        answer(labels, "feedback_to_family", told),
    )
