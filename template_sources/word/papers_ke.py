"""The four notifications to the coordinating unit."""

from __future__ import annotations

from template_sources.word.labels import Labels
from template_sources.word.parts import (
    Column,
    answer,
    bullets,
    check_table,
    fact,
    heading,
    section,
    table,
    title,
    when,
)
from template_sources.word.people import (
    child,
    employee,
    lead,
    legal,
    reach,
    signatures,
    texts,
    yes_or_no,
)


def ke_group_created(labels: Labels) -> str:
    """A responsibility group is created."""
    return _notification(
        labels,
        heading(labels["group_created"])
        + fact(labels["created_on"], "{{ created_on }}")
        + fact(labels["first_meeting_on"], "{{ first_meeting_on }}")
        + fact(labels["need_for_group"], "{{ reason }}")
        + heading(labels["members"])
        + table(
            labels["members"],
            "member in members",
            Column(labels["name"], 36, "{{ member.name }}"),
            Column(labels["role"], 32, "{{ member.role }}"),
            Column(labels["service"], 32, "{{ member.service }}"),
        )
        + heading(labels["plan_and_consent"])
        + fact(labels["individual_plan"], "{{ individual_plan }}")
        + answer(labels["relay_log_closed"], "relay_log_closed")
        + fact(labels["consent_valid_to"], "{{ consent_valid_to }}"),
    )


def ke_group_dissolved(labels: Labels) -> str:
    """A responsibility group is dissolved."""
    return _notification(
        labels,
        heading(labels["group_dissolved"])
        + fact(labels["dissolved_on"], "{{ dissolved_on }}")
        + fact(labels["reason"], "{{ reason }}")
        + answer(labels["reason_note"], "reason_note")
        + answer(labels["agreed_with_family_on"], "agreed_with_family_on")
        + _checks(labels, "told_may_return", "leader_informed")
        + when("partners_informed", heading(labels["partners_informed"]))
        + bullets("partner in partners_informed", "{{ partner }}")
        + heading(labels["plan_and_archive"])
        + fact(labels["individual_plan"], "{{ individual_plan }}")
        + answer(labels["archived_in"], "archived_in"),
    )


def ke_coordinator_changed(labels: Labels) -> str:
    """The coordinator changes."""
    return _notification(
        labels,
        _coordinator(labels, "new_coordinator")
        + heading(labels["change"])
        + fact(labels["from_date"], "{{ from_date }}")
        + fact(labels["reason"], "{{ reason }}")
        + answer(labels["reason_note"], "reason_note")
        + answer(labels["wish"], "wish")
        + answer(labels["handover_meeting_on"], "handover_meeting_on")
        + _checks(
            labels,
            "wish_heard",
            "new_coordinator_accepted",
            "consent_covers_new_service",
        ),
        coordinator="old_coordinator",
    )


def ke_ip_declined(labels: Labels) -> str:
    """The family does not want an individual plan; whether they want a coordinator is asked too."""
    return _notification(
        labels,
        heading(labels["plan_declined"])
        + fact(labels["informed_on"], "{{ informed_on }}")
        + fact(labels["informed_by"], "{{ informed_by }}")
        + fact(labels["declined_on"], "{{ declined_on }}")
        + answer(labels["ask_again_on"], "ask_again_on")
        + heading(labels["checked"])
        + check_table(
            labels["checks_table"],
            (labels["question"], labels["reply"]),
            [
                (labels["coordinator_wanted"], "{{ coordinator_wanted }}"),
                (labels["group_continues"], "{{ group_continues }}"),
                (labels["told_may_change_mind"], yes_or_no(labels, "told_may_change_mind")),
            ],
        ),
        after=signatures(labels, "declined_by", title="declined_by"),
    )


def _notification(
    labels: Labels, matter: str, *, coordinator: str = "coordinator", after: str = ""
) -> str:
    """The head that all four share, the matter, and who sends."""
    return (
        title()
        + lead()
        + child(labels)
        + fact(
            labels["guardians"],
            "{% for guardian in guardians %}{% if not loop.first %}, {% endif %}"
            "{{ guardian }}{% endfor %}",
            when="guardians",
        )
        + answer(labels["consent"], "consent_reference")
        + _coordinator(labels, "coordinator", coordinator)
        + matter
        + section(labels["note"], "remark")
        + after
        + heading(labels["sent_by"])
        + employee(labels["name"], "sender")
        + fact(labels["date"], "{{ date }}")
        + texts(labels["about_notification"])
        + legal(labels)
    )


def _coordinator(labels: Labels, who: str, label: str = "") -> str:
    return (
        heading(labels[label or who])
        + employee(labels["name"], who)
        + reach(labels, who)
        + answer(labels["leader"], f"{who}.leader")
    )


def _checks(labels: Labels, *names: str) -> str:
    """Points that must be settled first, each with yes or no."""
    return heading(labels["checked"]) + check_table(
        labels["checks_table"],
        (labels["question"], labels["reply"]),
        [(labels[name], yes_or_no(labels, name)) for name in names],
    )
