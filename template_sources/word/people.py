"""What several papers share: the child, an employee, texts from the profile, signatures."""

from __future__ import annotations

from collections.abc import Sequence

from template_sources.word.labels import Labels
from template_sources.word.parts import (
    Column,
    answer,
    bullets,
    each,
    either,
    fact,
    heading,
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


def lead() -> str:
    """The municipality's texts that have no heading: they open the paper."""
    return each(
        'key in paper.texts if key != "next" and key not in paper.headings',
        each("words in paper.texts[key]", paragraph("{{ words }}", "Lead")),
    )


def texts(about: str, *, bulleted: Sequence[str] = (), condition: str = "") -> str:
    """The municipality's texts that have a heading, under one that says what they are about.

    The text "next" is for the receipt and never on paper.

    :param bulleted: keys of texts whose paragraphs are points of a list.
    :param condition: what else must hold for a text to be printed, asked of its ``key``.
    """
    wanted = 'key != "next" and key in paper.headings' + (
        f" and ({condition})" if condition else ""
    )
    words = each("words in paper.texts[key]", paragraph("{{ words }}", "SmallPrint"))
    points = bullets("words in paper.texts[key]", "{{ words }}", "SmallBullet")
    keys = ", ".join(f'"{key}"' for key in bulleted)
    return each(
        f"key in paper.texts if {wanted}",
        when("loop.first", heading(about)),
        heading("{{ paper.headings[key] }}", 2),
        either(f"key in [{keys}]", points, words) if bulleted else words,
    )


def legal(labels: Labels) -> str:
    """The acts that the paper rests on."""
    return when(
        "paper.legal",
        heading(labels["legal"]) + bullets("act in paper.legal", "{{ act }}", "SmallBullet"),
    )


def signatures(
    labels: Labels, people: str, *, title: str = "signatures", contact: bool = False
) -> str:
    """A table to sign in by hand: who, as what, where and when; ``title`` is a label."""
    who = [_signed("{{ who.name }}")]
    if contact:
        who += [
            when("who.phone", _signed("{{ who.phone }}")),
            when("who.email", _signed("{{ who.email }}")),
        ]
    return heading(labels[title]) + table(
        labels["signature_table"],
        f"who in {people}",
        Column(labels["name"], 30, who),
        Column(labels["role"], 20, [_signed("{{ who.role }}")]),
        Column(labels["place_and_date"], 20, [_signed("")]),
        Column(labels["signature"], 30, [_signed("")]),
        row_height=794,
    )


def _signed(words: str) -> str:
    """A line of a signature: its style keeps the whole table on one page."""
    return paragraph(words, "SignatureText")


def yes_or_no(labels: Labels, name: str) -> str:
    """Ja or Nei for a box that was ticked or not."""
    return f"{{% if {name} %}}{labels['yes']}{{% else %}}{labels['no']}{{% endif %}}"
