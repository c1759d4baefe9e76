"""What several papers share: the child, an employee, texts from the profile, signatures."""

from __future__ import annotations

from template_sources.word.labels import Labels
from template_sources.word.parts import (
    Column,
    answer,
    bullets,
    cell,
    code,
    each,
    fact,
    heading,
    note,
    paragraph,
    table,
    when,
)


def child(labels: Labels) -> str:
    """Who the paper is about."""
    return fact(labels["child"], "{{ child.name }}") + fact(
        labels["birth_date"], "{{ child.birth_date }}"
    )


def employee(label: str, who: str) -> str:
    """Name, title and service of one who acts for a service, on one line."""
    return fact(label, f"{{{{ {who}.name }}}}" + after(who, "title") + after(who, "service"))


def reach(labels: Labels, who: str) -> str:
    """Phone and e-mail, those that were given."""
    return answer(labels["phone"], f"{who}.phone") + answer(labels["email"], f"{who}.email")


def after(who: str, part: str) -> str:
    """A comma and what is known of somebody, if it is."""
    return f"{{% if {who}.{part} %}}, {{{{ {who}.{part} }}}}{{% endif %}}"


def texts(first: str = "", condition: str = "") -> str:
    """The municipality's texts for this paper, with their headings; none is for the receipt.

    :param first: a heading over them all, if there are any.
    :param condition: what else must hold for a text to be printed, asked of its ``key``.
    """
    wanted = 'key != "next"' + (f" and ({condition})" if condition else "")
    printed = code(f"for key in paper.texts if {wanted}") + (
        (when("loop.first", heading(first)) if first else "")
        + when("key in paper.headings", heading("{{ paper.headings[key] }}", 2 if first else 1))
        + each("words in paper.texts[key]", paragraph("{{ words }}", "SmallPrint"))
        + code("endfor")
    )
    return printed


def legal(labels: Labels) -> str:
    """The acts that the paper rests on."""
    return when(
        "paper.legal", heading(labels["legal"]) + bullets("act in paper.legal", "{{ act }}")
    )


def signatures(labels: Labels, people: str, *, contact: bool = False) -> str:
    """A table to sign in by hand: who, as what, where and when."""
    who = [cell("{{ who.name }}")]
    if contact:
        who += [
            when("who.phone", note("{{ who.phone }}")),
            when("who.email", note("{{ who.email }}")),
        ]
    return heading(labels["signatures"]) + table(
        labels["signature_table"],
        f"who in {people}",
        Column(labels["name"], 30, who),
        Column(labels["role"], 18, "{{ who.role }}"),
        Column(labels["place_and_date"], 22, ""),
        Column(labels["signature"], 30, ""),
        row_height=794,
    )


def yes_or_no(labels: Labels, name: str) -> str:
    """Ja or Nei for a box that was ticked or not."""
    return f"{{% if {name} %}}{labels['yes']}{{% else %}}{labels['no']}{{% endif %}}"
