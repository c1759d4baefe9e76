"""Invitation, minutes and action plan."""

from __future__ import annotations

from template_sources.word.labels import Labels
from template_sources.word.parts import (
    Column,
    answer,
    bullets,
    cell,
    each,
    either,
    fact,
    heading,
    note,
    paragraph,
    section,
    table,
    title,
    when,
)
from template_sources.word.people import after, employee, lead, legal, reach, texts


def invitation(labels: Labels) -> str:
    """The call to a meeting; its agenda becomes the frame of the minutes."""
    return (
        title(_arena_and_number(labels))
        + lead()
        + _whom(labels)
        + _when(labels)
        + answer(labels["place"], "place")
        + answer(labels["video_link"], "video_link")
        + _leaders(labels)
        + section(labels["purpose"], "purpose")
        + heading(labels["invitees"])
        + table(
            labels["invitees"],
            "who in invitees",
            Column(labels["name"], 27, "{{ who.name }}"),
            Column(labels["role"], 19, "{{ who.role }}"),
            Column(labels["service"], 22, "{{ who.service }}"),
            Column(labels["email"], 32, "{{ who.email }}"),
        )
        + _agenda(labels)
        + _practical(labels)
        + texts(
            labels["about_meeting"],
            bulleted=("first_meeting", "not_here"),
            condition='key != "first_meeting" or first_meeting',
        )
        + legal(labels)
    )


def minutes(labels: Labels) -> str:
    """Conclusions and measures: what was agreed, who does it, and when they meet again."""
    return (
        title(_arena_and_number(labels))
        + lead()
        + _whom(labels)
        + _when(labels)
        + answer(labels["place"], "place")
        + _leaders(labels)
        + _present_and_absent(labels)
        + _since_last_time(labels)
        + heading(labels["items"])
        + each(
            "item in items",
            heading(f"{labels['item']} {{{{ loop.index }}}}: {{{{ item.title }}}}", 2),
            paragraph("{{ item.conclusion }}"),
        )
        + when("goals", heading(labels["goals"]), _goals(labels))
        + heading(labels["measures"])
        + either("measures", _measures(labels), paragraph(labels["no_new_measures"]))
        + section(labels["system_follow_up"], "system_follow_up")
        + section(labels["family_view"], "family_view")
        + section(labels["meeting_evaluation"], "evaluation")
        + _what_follows(labels)
        + _approval(labels)
        + _written_by(labels)
        + texts(labels["about_minutes"])
        + legal(labels)
    )


def action_plan(labels: Labels) -> str:
    """Goals, measures and what came of them; written in during the meeting."""
    return (
        title("{{ arena }}")
        + lead()
        + _child(labels)
        + fact(labels["date"], "{{ date }}")
        + answer(labels["evaluated_on"], "evaluated_on")
        + each(
            "goal in goals",
            heading(f"{labels['goal']} {{{{ loop.index }}}}: {{{{ goal.goal }}}}"),
            _planned_measures(labels),
        )
        + texts(labels["about_plan"])
        + legal(labels)
        + paragraph(
            f"{labels['plan_responsible']}: {{{{ responsible.name }}}}"
            + after("responsible", "title")
            + after("responsible", "service"),
            "Signature",
        )
    )


def _planned_measures(labels: Labels) -> str:
    return table(
        labels["measures"],
        "m in goal.measures",
        Column(labels["nr"], 7, "{{ loop.index }}"),
        Column(labels["measure"], 30, "{{ m.measure }}"),
        Column(labels["responsible"], 21, _person_and_service("m")),
        Column(labels["deadline"], 14, "{{ m.deadline }}"),
        Column(labels["status"], 13, "{{ m.status }}"),
        Column(labels["effect"], 13, "{{ m.effect }}"),
        Column(labels["decision"], 16, "{{ m.decision }}"),
    )


def _arena_and_number(labels: Labels) -> str:
    return (
        "{{ arena }}{% if meeting_number %} "
        f"{labels['number']} {{{{ meeting_number }}}}{{% endif %}}"
    )


def _whom(labels: Labels) -> str:
    return when("anonymous", fact(labels["concerns"], labels["anonymous"])) + _child(labels)


def _child(labels: Labels) -> str:
    return fact(
        labels["concerns"],
        f"{{{{ child.name }}}}, {labels['born']} {{{{ child.birth_date }}}}",
        when="child",
    )


def _when(labels: Labels) -> str:
    return fact(labels["date"], "{{ date }}") + fact(
        labels["time"], f"{labels['clock']} {{{{ start }}}}–{{{{ end }}}}"
    )


def _leaders(labels: Labels) -> str:
    return (
        fact(labels["chair"], "{{ chair }}")
        + fact(labels["referent"], "{{ referent }}")
        + answer(labels["consent"], "consent_reference")
    )


def _agenda(labels: Labels) -> str:
    return (
        heading(labels["agenda"])
        + table(
            labels["agenda"],
            "item in agenda",
            Column(labels["nr"], 8, "{{ loop.index }}"),
            Column(labels["item"], 76, "{{ item.title }}"),
            Column(
                labels["duration"],
                16,
                "{% if item.minutes %}{{ item.minutes }} " + labels["minutes"] + "{% endif %}",
            ),
        )
        + when("agenda_agreed_with_family", paragraph(labels["agenda_agreed"], "Caption"))
    )


def _practical(labels: Labels) -> str:
    return (
        heading(labels["practical"])
        + employee(labels["convener"], "convener")
        + reach(labels, "convener")
        + answer(labels["sent_on"], "sent_on")
        + answer(labels["items_deadline"], "items_deadline")
        + answer(labels["absence_to"], "absence_to")
        + answer(labels["preparatory_meeting"], "preparatory_meeting")
        + fact(labels["interpreter"], labels["interpreter_booked"], when="interpreter")
        + when("attachments", heading(labels["attachments"]))
        + bullets("attachment in attachments", "{{ attachment }}")
    )


def _present_and_absent(labels: Labels) -> str:
    return (
        heading(labels["participants"])
        + table(
            labels["participants"],
            "who in participants",
            Column(labels["name"], 36, "{{ who.name }}"),
            Column(labels["role"], 32, "{{ who.role }}"),
            Column(labels["service"], 32, "{{ who.service }}"),
        )
        + heading(labels["absences"])
        + either("absences", _absences(labels), paragraph(labels["no_absences"]))
    )


def _absences(labels: Labels) -> str:
    substitute = note(f"{labels['substitute']}: {{{{ who.substitute }}}}")
    return table(
        labels["absences"],
        "who in absences",
        Column(labels["name"], 26, [cell("{{ who.name }}"), when("who.substitute", substitute)]),
        Column(
            labels["role"],
            20,
            [cell("{{ who.role }}"), when("who.service", note("{{ who.service }}"))],
        ),
        Column(labels["absence"], 20, "{{ who.kind }}"),
        Column(labels["input"], 34, "{{ who.input }}"),
    )


def _since_last_time(labels: Labels) -> str:
    """What was said of the last minutes; nothing at a first meeting that has none."""
    return when(
        "previous_measures or (previous_minutes and"
        " (codes.meeting_number != 1 or previous_minutes.remark))",
        heading(labels["previous"]),
        when(
            "previous_minutes",
            either(
                "previous_minutes.approved",
                paragraph(labels["previous_approved"]),
                paragraph(labels["previous_not_approved"]),
            ),
            fact(
                labels["previous_remark"],
                "{{ previous_minutes.remark }}",
                when="previous_minutes.remark",
            ),
        ),
        when("previous_measures", _previous_measures(labels)),
    )


def _previous_measures(labels: Labels) -> str:
    return paragraph(labels["previous_measures"], "Caption") + table(
        labels["previous_measures"],
        "m in previous_measures",
        Column(labels["nr"], 7, "{{ loop.index }}"),
        Column(labels["measure"], 28, "{{ m.measure }}"),
        Column(labels["responsible"], 20, "{{ m.responsible }}"),
        Column(labels["deadline"], 13, "{{ m.deadline }}"),
        Column(labels["status"], 13, "{{ m.status }}"),
        Column(labels["evaluation"], 24, "{{ m.evaluation }}"),
    )


def _goals(labels: Labels) -> str:
    return table(
        labels["goals"],
        "g in goals",
        Column(labels["goal"], 40, "{{ g.goal }}"),
        Column(labels["conclusion"], 60, "{{ g.conclusion }}"),
    )


def _measures(labels: Labels) -> str:
    towards = note(f"{labels['goal']}: {{{{ m.goal }}}}")
    return table(
        labels["measures"],
        "m in measures",
        Column(labels["nr"], 7, "{{ loop.index }}"),
        Column(labels["measure"], 41, [cell("{{ m.measure }}"), when("m.goal", towards)]),
        Column(labels["responsible"], 25, _person_and_service("m")),
        Column(labels["deadline"], 13, "{{ m.deadline }}"),
        Column(labels["status"], 14, "{{ m.status }}"),
    )


def _person_and_service(row: str) -> list[str]:
    service = note(f"{{{{ {row}.service }}}}")
    return [cell(f"{{{{ {row}.responsible }}}}"), when(f"{row}.service", service)]


def _what_follows(labels: Labels) -> str:
    return (
        when(
            "next_meeting",
            heading(labels["next_meeting"]),
            fact(labels["date"], "{{ next_meeting.date }}"),
            fact(labels["time"], f"{labels['clock']} {{{{ next_meeting.start }}}}"),
            fact(labels["place"], "{{ next_meeting.place }}"),
        )
        + when(
            "closing_reason",
            heading(labels["no_more_meetings"]),
            fact(labels["reason"], "{{ closing_reason }}"),
        )
        + when(
            "feedback_to_family",
            heading(labels["feedback_to_family"]),
            fact(labels["date"], "{{ feedback_to_family.date }}"),
            fact(labels["feedback_by"], "{{ feedback_to_family.by }}"),
        )
    )


def _approval(labels: Labels) -> str:
    return (
        heading(labels["approval"])
        + paragraph("{{ approval }}")
        + answer(labels["remarks_deadline"], "remarks_deadline")
        + when("copies_to", heading(labels["copies_to"]))
        + bullets("receiver in copies_to", "{{ receiver }}")
    )


def _written_by(labels: Labels) -> str:
    return paragraph(
        f"{labels['referent']}: {{{{ referent }}}}"
        f"{{% if date_written %}} · {labels['written_on']} {{{{ date_written }}}}{{% endif %}}",
        "Signature",
    )
