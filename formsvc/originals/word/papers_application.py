"""Application for an individual plan and a coordinator."""

from __future__ import annotations

from formsvc.originals.word.answers import (
    answer,
    listed,
    rows,
    said,
    section,
    ticked,
)
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import fact, heading, paragraph, title, when
from formsvc.originals.word.people import ability, lead, legal, reachable, signatures, texts


def ip_application(labels: Labels) -> str:
    """What is asked for and why; the one paper with an address and an identity number."""
    return (
        title()
        + lead()
        + section(labels, "requests", listed(labels, "requests"))
        + when(
            "person or expecting_child_due or guardians",
            section(labels, "person", _person(labels)),
            answer(labels, "expecting_child_due"),
            when("guardians", heading(labels["guardians"], 2), _guardians(labels)),
        )
        + section(labels, "sender", answer(labels, "sender.role"))
        + reachable(labels, "sender.name", "sender")
        + ticked(labels, "power_of_attorney")
        + section(labels, "need", said(labels, "need"))
        + said(labels, "important_to_person")
        + listed(labels, "life_areas")
        + _services_and_plans(labels)
        + section(labels, "may_contact", listed(labels, "may_contact"))
        + answer(labels, "consent_individual_plan")
        + answer(labels, "consent_information")
        + ability(labels)
        + texts(labels)
        + legal(labels)
        + section(labels, "date", answer(labels, "date"))
        + when("signed_instead", paragraph("{{ signed_instead }}", keep_next=True))
        + signatures(labels, "signed_by")
        + ticked(labels, "guardian_mandate")
    )


def _person(labels: Labels) -> str:
    """The one who needs help; an unborn child has only a due date."""
    return when(
        "person",
        answer(labels, "person.name"),
        answer(labels, "person.birth_date"),
        answer(labels, "person.national_id"),
        answer(labels, "person.address", "{{ person.address }}" + _place),
        fact(
            labels["person.address"],
            "{{ person.postal_code }} {{ person.city }}",
            when="not person.address and (person.postal_code or person.city)",
        ),
        answer(labels, "person.phone"),
        answer(labels, "person.email"),
        answer(labels, "person.language"),
        ticked(labels, "person.interpreter"),
    )


_place = (
    "{% if person.postal_code or person.city %}, {% endif %}"
    "{{ person.postal_code }} {{ person.city }}"
)


def _guardians(labels: Labels) -> str:
    return rows(
        labels,
        "guardians",
        "g",
        {"name": 20, "relation": 13, "parental_responsibility": 16, "phone": 14, "email": 37},
        {},
    )


def _services_and_plans(labels: Labels) -> str:
    widths = {"service": 25, "contact": 18, "phone": 14, "email": 30, "since": 13}
    return when(
        "services_now or services_wanted or existing_plans or coordinator_wish",
        section(labels, "services_now"),
        when(
            "services_now",
            heading(labels["services_now"], 2),
            rows(labels, "services_now", "s", widths, {}),
        ),
        said(labels, "services_wanted"),
        listed(labels, "existing_plans"),
        answer(labels, "coordinator_wish"),
    )
