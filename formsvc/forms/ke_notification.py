"""The head that the four notifications to the coordinating unit share."""

from __future__ import annotations

from typing import ClassVar

from formsvc import clock
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import Date, Group, LongText, Part, Rows, Text
from formsvc.forms.parts import Coordinator, Employee
from formsvc.language import lazy as _l

#: the sections before and after what each notification is about
WHO = (
    Section(_l("Hvem meldingen gjelder"), ("child", "guardians", "consent_reference")),
    Section(_l("Koordinatoren"), ("coordinator",)),
)
SENDER = (Section(_l("Avsender"), ("sender", "date", "remark")),)
#: for how many years back and ahead the days of a group's work are no slip
YEARS = (20, 3)


def consent_reference(required: str = "") -> Text:
    """The reference of the consent that the cooperation rests on."""
    return Text(
        _l("Samtykkets referanse"),
        required=required,
        hint=_l("Den står øverst på samtykket, for eksempel S-2026-0041."),
        example="S-2026-0041",
        printed=_l("Samtykke"),
    )


CONSENT_WANTED = _l("Skriv referansen til samtykket som samarbeidet bygger på.")


class Concerned(Part):
    """The child, or the young person, who may be of age."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den meldingen gjelder."),
        hint=_l("Fornavn og etternavn."),
        example="Ådne Sæbø Øvrelid",
    )
    birth_date = Date(
        _l("Fødselsdato"),
        required=_l("Skriv fødselsdatoen til den meldingen gjelder."),
        example="2015-05-03",
        not_after="date",
    )


class KeNotificationForm(DocumentForm):
    """Who it is about, who coordinates, and who sends."""

    layout: ClassVar[Layout] = (*WHO, *SENDER)
    about = _l("Om meldingen")
    sent_by = "sender"
    addressed_to = "coordinating_unit"
    dated = "date"
    greets = True

    child = Group(Concerned, _l("Den meldingen gjelder"))
    guardians = Rows(
        Text(_l("Navn"), example=("Ingebjørg Sæbø", "Jon Øvrelid")),
        _l("Foresatte"),
        row_label=_l("Foresatt"),
        add_label=_l("Legg til foresatt"),
        few=1,
        samples=2,
        distinct=True,
    )
    coordinator = Group(Coordinator, _l("Koordinatoren"))
    remark = LongText(_l("Merknad"))
    sender = Group(Employee, _l("Avsender"), one_line=True, printed="")
    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for meldingen."),
        default=lambda: clock.today().isoformat(),
        example="2026-11-24",
        not_after="today",
        years=YEARS,
        called=_l("meldingen"),
    )
