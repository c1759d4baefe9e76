"""Application for an individual plan and a coordinator."""

from __future__ import annotations

from template_sources.word.labels import Labels
from template_sources.word.parts import (
    Column,
    answer,
    bullets,
    cell,
    check_table,
    fact,
    heading,
    note,
    paragraph,
    section,
    table,
    title,
    when,
)
from template_sources.word.people import employee, lead, legal, reach, signatures, texts, yes_or_no


def ip_application(labels: Labels) -> str:
    """What is asked for and why; the one paper with an address and an identity number."""
    return (
        title()
        + lead()
        + heading(labels["requests"])
        + bullets("request in requests", "{{ request }}")
        + _person(labels)
        + when("guardians", heading(labels["guardians"]), _guardians(labels))
        + _sender(labels)
        + section(labels["need"], "need")
        + section(labels["important"], "important_to_person")
        + _listed(labels["life_areas"], "life_areas")
        + when("services_now", heading(labels["services_now"]), _services_now(labels))
        + section(labels["services_wanted"], "services_wanted")
        + _listed(labels["existing_plans"], "existing_plans")
        + section(labels["coordinator_wish"], "coordinator_wish")
        + _listed(labels["may_contact"], "may_contact")
        + heading(labels["consents"])
        + check_table(
            labels["consents_table"],
            (labels["question"], labels["reply"]),
            [
                (labels[name], yes_or_no(labels, name))
                for name in ("consent_individual_plan", "consent_information")
            ],
        )
        + texts(labels["about_application"])
        + legal(labels)
        + signatures(labels, "signed_by")
        + paragraph(f"{labels['date']}: {{{{ date }}}}", "Caption")
    )


def _person(labels: Labels) -> str:
    """The one who needs help; an unborn child has only a due date."""
    return (
        when("person or expecting_child_due", heading(labels["person"]))
        + answer(labels["due"], "expecting_child_due")
        + when(
            "person",
            answer(labels["name"], "person.name"),
            answer(labels["birth_date"], "person.birth_date"),
            answer(labels["national_id"], "person.national_id"),
            fact(labels["address"], "{{ person.address }}" + _place, when="person.address"),
            fact(
                labels["address"],
                "{{ person.postal_code }} {{ person.city }}",
                when="not person.address and (person.postal_code or person.city)",
            ),
            reach(labels, "person"),
            answer(labels["language"], "person.language"),
            fact(labels["needs_interpreter"], yes_or_no(labels, "person.interpreter")),
        )
    )


_place = (
    "{% if person.postal_code or person.city %}, {% endif %}"
    "{{ person.postal_code }} {{ person.city }}"
)


def _guardians(labels: Labels) -> str:
    return table(
        labels["guardians"],
        "g in guardians",
        Column(labels["name"], 28, "{{ g.name }}"),
        Column(labels["relation"], 14, "{{ g.relation }}"),
        Column(labels["has_responsibility"], 19, yes_or_no(labels, "g.parental_responsibility")),
        Column(labels["contact"], 39, _contact("g")),
    )


def _sender(labels: Labels) -> str:
    return (
        heading(labels["sender"])
        + employee(labels["name"], "sender")
        + fact(labels["role"], "{{ sender.role }}")
        + reach(labels, "sender")
        + fact(labels["power_of_attorney"], labels["power_attached"], when="power_of_attorney")
    )


def _services_now(labels: Labels) -> str:
    return table(
        labels["services_now"],
        "s in services_now",
        Column(labels["service"], 27, "{{ s.service }}"),
        Column(labels["contact_person"], 26, "{{ s.contact }}"),
        Column(labels["contact"], 33, _contact("s")),
        Column(labels["since"], 14, "{{ s.since }}"),
    )


def _contact(row: str) -> list[str]:
    return [
        cell(f"{{{{ {row}.phone or {row}.email }}}}"),
        when(f"{row}.phone and {row}.email", note(f"{{{{ {row}.email }}}}")),
    ]


def _listed(label: str, name: str) -> str:
    return when(name, heading(label)) + bullets(f"thing in {name}", "{{ thing }}")
