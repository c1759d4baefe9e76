"""What several papers share: the child, an employee, texts from the profile, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from formsvc.originals.word.answers import answer
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import (
    Column,
    bullets,
    each,
    either,
    fact,
    heading,
    paragraph,
    table,
    table_of,
    when,
)

_WAYS: Final = ("phone", "email")
#: 14 mm, in twentieths of a point
_PEN_HEIGHT: Final = 794


def child(labels: Labels) -> str:
    """Who the paper is about."""
    return answer(labels, "child.name") + answer(labels, "child.birth_date")


def employee(labels: Labels, path: str, who: str) -> str:
    """Name, title and service of one who acts for a service, on one line.

    :param path: the answer whose label stands before it.
    """
    return fact(labels[path], _employee(who))


def _employee(who: str) -> str:
    return f"{{{{ {who}.name }}}}" + after(who, "title") + after(who, "service")


def reachable(labels: Labels, path: str, who: str) -> str:
    """An employee with phone and e-mail, those that were given."""
    ways = "".join(f"{{% if {who}.{way} %}} · {{{{ {who}.{way} }}}}{{% endif %}}" for way in _WAYS)
    return fact(labels[path], _employee(who) + ways)


def coordinator(labels: Labels, who: str) -> str:
    """A coordinator with the leader who must know."""
    return reachable(labels, f"{who}.name", who) + answer(labels, f"{who}.leader")


def after(who: str, part: str) -> str:
    """A comma and what is known of somebody, if it is."""
    return f"{{% if {who}.{part} %}}, {{{{ {who}.{part} }}}}{{% endif %}}"


def ability(labels: Labels) -> str:
    """Whether the person can judge it, and who has assessed that."""
    assessor = "{{ assessed_by.name }}" + after("assessed_by", "title")
    return when(
        "signing_ability or assessed_by or assessed_on or ability_reason",
        heading(labels.section("signing_ability")),
        answer(labels, "signing_ability"),
        answer(labels, "assessed_by", assessor),
        answer(labels, "assessed_on"),
        answer(labels, "ability_reason"),
    )


def lead() -> str:
    """The municipality's texts that open the paper; it asks for others without a heading itself."""
    return each(
        'key in paper.texts if key in ["intro", "head"]',
        each("words in paper.texts[key]", paragraph("{{ words }}", "Lead")),
    )


def texts(labels: Labels, *, bulleted: Sequence[str] = (), condition: str = "") -> str:
    """The municipality's texts that have a heading, under one that says what they are about.

    The text "next" is for the receipt and never on paper.

    Short ones stay together, so that no last page has a line or two of them.

    :param bulleted: keys of texts whose paragraphs are points of a list.
    :param condition: what else must hold for a text to be printed, asked of its ``key``.
    """
    wanted = 'key != "next" and key in paper.headings' + (
        f" and ({condition})" if condition else ""
    )
    loop, together = "words in paper.texts[key]", labels.are_texts_short
    words = each(loop, paragraph("{{ words }}", "SmallPrint", keep_next=together))
    points = bullets(loop, "{{ words }}", "SmallBullet", keep_next=together)
    keys = ", ".join(f'"{key}"' for key in bulleted)
    return each(
        f"key in paper.texts if {wanted}",
        when("loop.first", heading(labels.phrase("about"))),
        heading("{{ paper.headings[key] }}", 2),
        either(f"key in [{keys}]", points, words) if bulleted else words,
    )


def legal(labels: Labels) -> str:
    """The acts that the paper rests on."""
    acts = "{% for act in paper.legal %}{% if not loop.first %}; {% endif %}{{ act }}{% endfor %}"
    return when("paper.legal", heading(labels.phrase("legal")), paragraph(acts, "Legal"))


def signatures(labels: Labels, path: str) -> str:
    """What is declared, and a table for those of the rows to sign in by hand."""
    who = [_signed("{{ who.name }}")] + [
        when(f"who.{way}", _signed(f"{{{{ who.{way} }}}}"))
        for way in _WAYS
        if labels.has(f"{path}.{way}")
    ]
    columns = _pen(labels, path, who, "{{ who.role }}")
    signed = labels.phrase("signatures")
    return _declared(labels) + table(signed, f"who in {path}", *columns, row_height=_PEN_HEIGHT)


def signatures_of(labels: Labels, *people: tuple[str, str], columns: str = "") -> str:
    """The same for single people: (name of the group, which answer says as what they sign).

    :param columns: the group whose labels stand above the columns; the first one's by default.
    """
    first = columns or people[0][0]
    rows = [
        _pen(labels, first, [_signed(f"{{{{ {who}.name }}}}")], f"{{{{ {who}.{role} }}}}")
        for who, role in people
    ]
    signed = labels.phrase("signatures")
    return _declared(labels) + table_of(signed, *rows, row_height=_PEN_HEIGHT)


def receipt(labels: Labels, who: str) -> str:
    """A table for the one who receives the paper to sign in, and nothing that is declared."""
    named = [
        _signed(f"{{{{ {who}.name }}}}"),
        _signed(f"{{{{ {who}.title }}}}" + after(who, "service")),
    ]
    row = [
        Column(labels[f"{who}.name"], 50, named),
        Column(labels.phrase("place_and_date"), 20, [_signed("")]),
        Column(labels.phrase("signature"), 30, [_signed("")]),
    ]
    return table_of(labels.phrase("signatures"), row, row_height=_PEN_HEIGHT)


def _declared(labels: Labels) -> str:
    declaration = labels.phrase("declaration")
    return paragraph("{{ paper.phrases.declaration }}", "Declaration") if declaration else ""


def _pen(labels: Labels, path: str, who: Sequence[str], role: str) -> list[Column]:
    return [
        Column(labels[f"{path}.name"], 30, who),
        Column(labels[f"{path}.role"], 20, [_signed(role)]),
        Column(labels.phrase("place_and_date"), 20, [_signed("")]),
        Column(labels.phrase("signature"), 30, [_signed("")]),
    ]


def _signed(words: str) -> str:
    """A line of a signature: its style keeps the whole table on one page."""
    return paragraph(words, "SignatureText")
