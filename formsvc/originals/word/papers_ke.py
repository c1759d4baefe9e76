"""The four notifications to the coordinating unit."""

from __future__ import annotations

from formsvc.originals.word.answers import answer, listed, rows, said, section, ticked
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import heading, paragraph, title, when
from formsvc.originals.word.people import ability, child, coordinator, lead, legal, texts


def ke_group_created(labels: Labels) -> str:
    """A responsibility group is created."""
    return _notification(
        labels,
        section(labels, "created_on", answer(labels, "created_on"))
        + answer(labels, "reason")
        + heading(labels["members"], 2)
        + rows(labels, "members", "member", {"name": 36, "role": 32, "service": 32}, {})
        + answer(labels, "first_meeting_on")
        + section(labels, "individual_plan", answer(labels, "individual_plan"))
        + answer(labels, "relay_log_closed")
        + answer(labels, "consent_valid_to"),
    )


def ke_group_dissolved(labels: Labels) -> str:
    """A responsibility group is dissolved."""
    return _notification(
        labels,
        section(labels, "dissolved_on", answer(labels, "dissolved_on"))
        + answer(labels, "reason")
        + answer(labels, "reason_note")
        + answer(labels, "agreed_with_family_on")
        + section(labels, "told_may_return", ticked(labels, "told_may_return"))
        + ticked(labels, "leader_informed")
        + listed(labels, "partners_informed")
        + section(labels, "individual_plan", answer(labels, "individual_plan"))
        + answer(labels, "archived_in"),
    )


def ke_coordinator_changed(labels: Labels) -> str:
    """The coordinator changes."""
    return _notification(
        labels,
        section(labels, "new_coordinator", coordinator(labels, "new_coordinator"))
        + answer(labels, "from_date")
        + answer(labels, "reason")
        + answer(labels, "reason_note")
        + section(labels, "wish_heard", ticked(labels, "wish_heard"))
        + answer(labels, "wish")
        + answer(labels, "handover_meeting_on")
        + section(labels, "new_coordinator_accepted", ticked(labels, "new_coordinator_accepted"))
        + ticked(labels, "consent_covers_new_service"),
    )


def ke_ip_declined(labels: Labels) -> str:
    """The family does not want an individual plan; whether they want a coordinator is asked too."""
    return _notification(
        labels,
        section(labels, "informed_on", answer(labels, "informed_on"))
        + answer(labels, "informed_by")
        + section(labels, "declined_by", heading(labels["declined_by"], 2))
        + rows(labels, "declined_by", "who", {"name": 50, "role": 50}, {})
        + answer(labels, "declined_on")
        + answer(labels, "coordinator_wanted")
        + answer(labels, "group_continues")
        + when("signed_instead", paragraph("{{ signed_instead }}"))
        + ability(labels)
        + section(labels, "told_may_change_mind", ticked(labels, "told_may_change_mind"))
        + answer(labels, "ask_again_on"),
    )


def _notification(labels: Labels, matter: str) -> str:
    """The head that all four share, the matter, and who sends."""
    guardians = (
        "{% for guardian in guardians %}{% if not loop.first %}, {% endif %}"
        "{{ guardian }}{% endfor %}"
    )
    return (
        title()
        + lead()
        + section(labels, "child", child(labels))
        + answer(labels, "guardians", guardians)
        + answer(labels, "consent_reference")
        + section(labels, "coordinator", coordinator(labels, "coordinator"))
        + matter
        + section(labels, "sender")
        + answer(labels, "date")
        + said(labels, "remark")
        + texts(labels)
        + legal(labels)
    )
