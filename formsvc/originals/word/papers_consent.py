"""Consent and its withdrawal."""

from __future__ import annotations

from typing import Final

from formsvc.originals.word.answers import answer, listed, rows, said, section, ticked
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import either, fact, heading, paragraph, title, when
from formsvc.originals.word.people import (
    ability,
    after,
    child,
    employee,
    lead,
    legal,
    receipt,
    signatures,
    signatures_of,
    texts,
)

#: those who have been told, on one line, so that the paper has room on one page
_TOLD: Final = (
    "{% for each in informed %}{% if not loop.first %}; {% endif %}{{ each }}{% endfor %}"
)


def consent(labels: Labels) -> str:
    """What may be shared, between whom and for how long; what one must know, then signatures."""
    return (
        title()
        + when("not_valid_yet", paragraph("{{ not_valid_yet }}", "Waits"))
        + lead()
        + section(labels, "child", child(labels))
        + answer(labels, "child.unit")
        + answer(labels, "parental_responsibility")
        + when(
            "responsibility_holders",
            heading(labels["responsibility_holders"], 2),
            rows(labels, "responsibility_holders", "holder", {"name": 50, "basis": 50}, {}),
        )
        + section(labels, "purposes", listed(labels, "purposes"))
        + answer(labels, "consent_individual_plan")
        + section(labels, "services", _services(labels))
        + section(labels, "information", listed(labels, "information"))
        + answer(labels, "information_other")
        + either(
            "exclusions",
            fact(labels["exclusions"], "{{ exclusions }}"),
            fact(labels["exclusions"], labels.phrase("no_exclusions")),
        )
        + when(
            "child_heard or child_heard_note",
            section(labels, "child_heard", answer(labels, "child_heard")),
            answer(labels, "child_heard_note"),
        )
        + _duration(labels)
        + ability(labels)
        + texts(labels, bulleted=("new_consent",))
        + legal(labels)
        + _signed(labels)
        + section(labels, "receiver", receipt(labels, "receiver"))
    )


def _duration(labels: Labels) -> str:
    return (
        section(labels, "information_language", answer(labels, "information_language"))
        + ticked(labels, "interpreter")
        + answer(labels, "signed_on")
        + answer(labels, "valid_from")
        + answer(labels, "valid_to")
        + ticked(labels, "earlier_paper")
        + when("birthdays", paragraph("{{ birthdays }}"))
    )


def _signed(labels: Labels) -> str:
    decider = "{{ staff_decision.name }}" + after("staff_decision", "title")
    return (
        section(
            labels,
            "signatories",
            when("signed_instead", paragraph("{{ signed_instead }}", keep_next=True)),
        )
        + signatures(labels, "signatories")
        + ticked(labels, "power_of_attorney")
        + ticked(labels, "guardian_mandate")
        + answer(labels, "single_signature_reason")
        + answer(labels, "single_signature_note")
        + when(
            "staff_decision",
            fact(labels["staff_decision.name"], decider),
            answer(labels, "staff_decision.date"),
            answer(labels, "staff_decision.reason"),
        )
        + when("single_signature_reason", paragraph(labels.phrase("other_may_speak")))
    )


def _services(labels: Labels) -> str:
    return rows(
        labels,
        "services",
        "s",
        {"service": 30, "name": 34, "collect": 18, "share": 18},
        {name: _way(labels, f"s.{name}") for name in ("collect", "share")},
    )


def _way(labels: Labels, box: str) -> str:
    """A way in which information may go: a box that nobody ticked is not answered with Nei."""
    return f"{{% if {box} %}}{labels.phrase('yes')}{{% else %}}–{{% endif %}}"


def consent_withdrawal(labels: Labels) -> str:
    """What is taken back, by whom, and who has been told. No reason is asked for."""
    by = "{{ withdrawn_by.name }}" + after("withdrawn_by", "role")
    told = when("informed", paragraph(_TOLD)) + said(labels, "note")
    services = rows(labels, "services", "s", {"service": 50, "name": 50}, {})
    return (
        title()
        + lead()
        + section(labels, "child", child(labels))
        + answer(labels, "consent_reference")
        + section(labels, "extent", answer(labels, "extent"))
        + when("services", heading(labels["services"], 2), services)
        + listed(labels, "purposes")
        + section(labels, "withdrawn_by", fact(labels["withdrawn_by"], by))
        + answer(labels, "manner")
        + answer(labels, "withdrawn_on")
        + employee(labels, "received_by", "received_by")
        + when("informed or note", section(labels, "informed", told))
        + texts(labels)
        + legal(labels)
        + heading(labels.phrase("signatures"))
        + either(
            'codes.manner == "written"',
            signatures_of(labels, ("withdrawn_by", "role"), ("received_by", "title")),
            signatures_of(labels, ("received_by", "title"), columns="withdrawn_by"),
        )
    )
