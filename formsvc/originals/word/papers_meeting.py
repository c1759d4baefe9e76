"""Invitation, minutes and action plan."""

from __future__ import annotations

from typing import Final

from formsvc.originals.word.answers import (
    answer,
    box,
    link,
    listed,
    rows,
    said,
    section,
    ticked,
    with_note,
)
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import (
    TEXT_WIDTH,
    WIDE,
    cell,
    each,
    either,
    fact,
    heading,
    if_any,
    note,
    paragraph,
    title,
    when,
)
from formsvc.originals.word.people import child, employee, lead, legal, reachable, texts

#: how somebody stands to the child, or in what role they are there; or both
_ROLE: Final = "{{ who.relation }}{% if who.relation and who.role %}, {% endif %}{{ who.role }}"
#: 11 mm to write in by hand, in twentieths of a point
_PEN_HEIGHT: Final = 624


def invitation(labels: Labels) -> str:
    """The call to a meeting; its agenda becomes the frame of the minutes."""
    return (
        title()
        + lead()
        + section(labels, "arena", _meeting(labels))
        + link(labels, "video_link", labels.phrase("join"))
        + said(labels, "purpose")
        + _whom(labels)
        + section(labels, "convener", reachable(labels, "convener", "convener"))
        + answer(labels, "chair")
        + answer(labels, "referent")
        + ticked(labels, "referent_external")
        + section(labels, "invitees", _invitees(labels))
        + answer(labels, "others_agreed")
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
        + section(labels, "chair", answer(labels, "chair"), _referent(labels))
        + ticked(labels, "referent_external")
        + _present_and_absent(labels)
        + _since_last_time(labels)
        + section(labels, "items", _items(labels))
        + when(
            "goals or has_goals",
            section(labels, "has_goals", answer(labels, "has_goals")),
            when("goals", _goals(labels)),
        )
        + section(labels, "no_new_measures")
        + either("measures", _measures(labels), paragraph(f"{labels['no_new_measures']}."))
        + when(
            "system_follow_up", heading(labels["system_follow_up"], 2), _system_follow_up(labels)
        )
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
        + answer(labels, "evaluated_on")
        + when("participants", section(labels, "participants", _participants(labels, WIDE)))
        + section(labels, "goals")
        + each(
            "goal in goals",
            heading(f"{labels['goals.goal']} {{{{ loop.index }}}}: {{{{ goal.goal }}}}", 2),
            _planned_measures(labels),
        )
        + texts(labels)
        + legal(labels)
    )


def _planned_measures(labels: Labels) -> str:
    widths = {
        "measure": 34,
        "responsible": 20,
        "deadline": 11,
        "status": 11,
        "effect": 12,
        "decision": 12,
    }
    return rows(
        labels,
        "goals.measures",
        "m",
        widths,
        {"responsible": with_note("m", "responsible", "service")},
        within="goal.measures",
        width=WIDE,
        row_height=_PEN_HEIGHT,
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


def _referent(labels: Labels) -> str:
    """The one who wrote the minutes, and how to tell of an error in them."""
    ways = "".join(
        f"{{% if {way} %}} · {{{{ {way} }}}}{{% endif %}}"
        for way in ("referent_phone", "referent_email")
    )
    return answer(labels, "referent", "{{ referent }}" + ways)


def _invitees(labels: Labels) -> str:
    people = {"name": 27, "role": 23, "service": 22}
    cells = {"role": _ROLE}
    return if_any(
        "invitees",
        "email",
        rows(labels, "invitees", "who", {**people, "email": 28}, cells),
        rows(labels, "invitees", "who", people, cells),
    )


def _participants(labels: Labels, width: int = TEXT_WIDTH) -> str:
    people = {"name": 36, "role": 32, "service": 32}
    return rows(labels, "participants", "who", people, {"role": _ROLE}, width=width)


def _agenda(labels: Labels) -> str:
    items = {"nr": 8, "title": 76}
    return if_any(
        "agenda",
        "minutes",
        rows(labels, "agenda", "item", {**items, "minutes": 16}, {}),
        rows(labels, "agenda", "item", items, {}),
    )


def _practical(labels: Labels) -> str:
    return when(
        "absence_to or preparatory_meeting or attachments or sent_on",
        section(labels, "absence_to", answer(labels, "absence_to")),
        answer(labels, "preparatory_meeting"),
        listed(labels, "attachments"),
        answer(labels, "sent_on"),
    )


def _present_and_absent(labels: Labels) -> str:
    return (
        section(labels, "participants", _participants(labels))
        + answer(labels, "others_agreed")
        + section(labels, "no_absences")
        + either("absences", _absences(labels), paragraph(f"{labels['no_absences']}."))
    )


def _absences(labels: Labels) -> str:
    cells = {
        "role": [cell(_ROLE), when("who.service", note("{{ who.service }}"))],
        "kind": "{{ who.kind }}{% if who.time %}, {{ who.time }}{% endif %}",
    }
    people, said = {"name": 20, "role": 19, "kind": 20}, {"input": 25}
    return if_any(
        "absences",
        "substitute",
        rows(labels, "absences", "who", {**people, "substitute": 16, **said}, cells),
        rows(labels, "absences", "who", {**people, **said}, cells),
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


def _system_follow_up(labels: Labels) -> str:
    return rows(
        labels, "system_follow_up", "f", {"what": 54, "responsible": 30, "deadline": 16}, {}
    )


def _what_follows(labels: Labels) -> str:
    following = "{{ next_meeting.date }}, {{ next_meeting.start }}, {{ next_meeting.place }}"
    told = "{{ feedback_to_family.date }}, {{ feedback_to_family.by }}"
    return when(
        "next_meeting or closing_reason or feedback_to_family",
        section(labels, "meets_again", answer(labels, "next_meeting", following)),
        answer(labels, "closing_reason"),
        answer(labels, "feedback_to_family", told),
    )
