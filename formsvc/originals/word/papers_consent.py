"""Consent and its withdrawal."""

from __future__ import annotations

from formsvc.originals.word.answers import (
    answer,
    box,
    listed,
    points,
    rows,
    said,
    section,
    yes_or_no,
)
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import either, fact, heading, title, when
from formsvc.originals.word.people import (
    after,
    child,
    employee,
    lead,
    legal,
    signatures,
    signatures_of,
    texts,
)


def consent(labels: Labels) -> str:
    """What may be shared, between whom and for how long; what one must know, then signatures."""
    return (
        title()
        + lead()
        + section(labels, "child", child(labels))
        + answer(labels, "child.unit")
        + answer(labels, "parental_responsibility")
        + section(labels, "purposes", listed(labels, "purposes"))
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
        + section(labels, "information_language", answer(labels, "information_language"))
        + box(labels, "interpreter")
        + answer(labels, "valid_from")
        + answer(labels, "valid_to")
        + section(labels, "receiver", employee(labels, "receiver.name", "receiver"))
        + texts(labels, bulleted=("new_consent",))
        + legal(labels)
        + section(labels, "signatories")
        + signatures(labels, "signatories")
        + answer(labels, "single_signature_reason")
    )


def _services(labels: Labels) -> str:
    return rows(
        labels,
        "services",
        "s",
        {"service": 30, "name": 34, "collect": 18, "share": 18},
        {name: yes_or_no(labels, f"s.{name}") for name in ("collect", "share")},
    )


def consent_withdrawal(labels: Labels) -> str:
    """What is taken back, by whom, and who has been told. No reason is asked for."""
    by = "{{ withdrawn_by.name }}" + after("withdrawn_by", "role")
    told = when("informed", points("informed")) + said(labels, "note")
    services = rows(labels, "services", "s", {"service": 40, "name": 60}, {})
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
        + signatures_of(labels, ("withdrawn_by", "role"), ("received_by", "title"))
    )
