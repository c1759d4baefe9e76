"""Consent and its withdrawal."""

from __future__ import annotations

from template_sources.word.labels import Labels
from template_sources.word.parts import (
    Column,
    answer,
    bullets,
    either,
    fact,
    heading,
    paragraph,
    table,
    title,
    when,
)
from template_sources.word.people import (
    after,
    child,
    employee,
    lead,
    legal,
    signatures,
    texts,
    yes_or_no,
)


def consent(labels: Labels) -> str:
    """What may be shared, between whom and for how long; what one must know, then signatures."""
    return (
        title()
        + lead()
        + child(labels)
        + answer(labels["unit"], "child.unit")
        + fact(labels["valid_from"], "{{ valid_from }}")
        + fact(labels["valid_to"], "{{ valid_to }}")
        + heading(labels["purposes"])
        + paragraph(labels["i_consent"], keep_next=True)
        + bullets("purpose in purposes", "{{ purpose }}")
        + heading(labels["services"])
        + table(
            labels["services_table"],
            "s in services",
            Column(labels["service"], 30, "{{ s.service }}"),
            Column(labels["name"], 34, "{{ s.name }}"),
            Column(labels["collect"], 18, yes_or_no(labels, "s.collect")),
            Column(labels["share"], 18, yes_or_no(labels, "s.share")),
        )
        + heading(labels["information"])
        + bullets("kind in information", "{{ kind }}")
        + when("information_other", paragraph("{{ information_other }}", "ListBullet"))
        + heading(labels["exclusions"])
        + either("exclusions", paragraph("{{ exclusions }}"), paragraph(labels["no_exclusions"]))
        + _family(labels)
        + texts(labels["told_before"])
        + legal(labels)
        + signatures(labels, "signatories", contact=True)
        + paragraph(
            f"{labels['receiver']} {{{{ receiver.name }}}}"
            + after("receiver", "title")
            + after("receiver", "service")
            + ".",
            "Caption",
        )
    )


def consent_withdrawal(labels: Labels) -> str:
    """What is taken back, by whom, and who has been told. No reason is asked for."""
    return (
        title()
        + lead()
        + child(labels)
        + answer(labels["consent"], "consent_reference")
        + heading(labels["withdrawn"])
        + fact(labels["extent"], "{{ extent }}")
        + when(
            "services",
            heading(labels["services_withdrawn"], 2),
            bullets("s in services", "{{ s.service }}{% if s.name %}: {{ s.name }}{% endif %}"),
        )
        + when(
            "purposes",
            heading(labels["purposes_withdrawn"], 2),
            bullets("purpose in purposes", "{{ purpose }}"),
        )
        + heading(labels["who_and_how"])
        + fact(labels["withdrawn_by"], "{{ withdrawn_by.name }}" + after("withdrawn_by", "role"))
        + fact(labels["manner"], "{{ manner }}")
        + fact(labels["withdrawn_on"], "{{ withdrawn_on }}")
        + employee(labels["received_by"], "received_by")
        + answer(labels["note"], "note")
        + when("informed", heading(labels["informed"]))
        + bullets("receiver in informed", "{{ receiver }}")
        + signatures(labels, "[withdrawn_by]")
        + paragraph(f"{labels['received_by']} {{{{ received_by.name }}}}.", "Caption")
        + texts(labels["about_withdrawal"])
        + legal(labels)
    )


def _family(labels: Labels) -> str:
    return (
        heading(labels["child_view"])
        + answer(labels["parental_responsibility"], "parental_responsibility")
        + answer(labels["single_signature_reason"], "single_signature_reason")
        + answer(labels["child_heard"], "child_heard")
        + answer(labels["child_heard_note"], "child_heard_note")
        + answer(labels["information_language"], "information_language")
        + fact(labels["interpreter_used"], yes_or_no(labels, "interpreter"))
    )
