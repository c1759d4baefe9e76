"""People and signatures that stand in several papers, and the rules that follow them."""

from __future__ import annotations

from formsvc.forms.fields import Choice, Date, Email, Group, Part, Phone, Rows, Text
from formsvc.language import lazy as _l

#: who may sign a paper
SIGNING_ROLES = {
    "parent": _l("Forelder"),
    "guardian": _l("Verge"),
    "representative": _l("Representant"),
    "child_welfare": _l("Barnevernstjenesten"),
    "young_person": _l("Den det gjelder"),
    "proxy": _l("Fullmektig"),
    "nearest_relative": _l("Nærmeste pårørende"),
}


class Child(Part):
    """The child or young person that a paper with a ``date`` is about."""

    name = Text(
        _l("Barnets navn"),
        required=_l("Skriv navnet på barnet."),
        hint=_l("Fornavn og etternavn."),
        example="Ådne Sæbø Øvrelid",
    )
    birth_date = Date(
        _l("Barnets fødselsdato"),
        required=_l("Skriv fødselsdatoen til barnet."),
        not_after="date",
        years=(130, 2),
        example="2015-05-03",
    )


class Employee(Part):
    """Somebody who acts for a service."""

    name = Text(_l("Navn"), required=_l("Skriv navnet."), example="Solveig Nygård")
    title = Text(_l("Stilling"), required=_l("Skriv stillingen."), example="Rektor", printed="")
    service = Text(
        _l("Tjeneste"),
        required=_l("Skriv hvilken tjeneste personen arbeider i."),
        example={"nb": "Heidal skole", "nn": "Heidal skule"},
        printed="",
    )


class Coordinator(Employee):
    """The coordinator of a group, with the leader who must know."""

    phone = Phone(_l("Telefon"), example="+4761700200", printed="")
    email = Email(_l("E-post"), example="solveig.nygard@eksempel.no", printed="")
    leader = Text(
        _l("Nærmeste leder"),
        required=_l("Skriv hvem som er nærmeste leder for koordinatoren."),
        example="Kommunalsjef oppvekst",
    )


class Signature(Part):
    """One who signs, and in what role."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den som skriver under."),
        example="Jon Øvrelid",
    )
    role = Choice(
        _l("Rolle"),
        SIGNING_ROLES,
        required=_l("Velg hvilken rolle den som skriver under, har."),
        example="parent",
    )


def signatures(label: str, required: str, *, printed: str | None = None) -> Rows[Group[Signature]]:
    """Rows of those who sign."""
    return Rows(
        Group(Signature),
        label,
        required=required,
        row_label=_l("Underskrift"),
        add_label=_l("Legg til en som skriver under"),
        few=1,
        distinct="name",
        printed=printed,
    )


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case and spacing.

    >>> same_name("Anne  Moen", "anne moen")
    True
    """
    return one.casefold().split() == other.casefold().split()
