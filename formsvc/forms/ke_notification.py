"""The head that the four notifications to the coordinating unit share."""

from __future__ import annotations

from typing import ClassVar

from formsvc import clock
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import Date, Group, LongText, Rows, Text
from formsvc.forms.parts import Child, Coordinator, Employee
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

#: the sections before and after what each notification is about
WHO = (
    Section(_l("Barnet og de foresatte"), ("child", "guardians")),
    Section(_l("Koordinatoren"), ("coordinator",)),
)
SENDER = (Section(_l("Avsender"), ("consent_reference", "remark", "sender", "date")),)


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


class KeNotificationForm(DocumentForm):
    """Who it is about, who coordinates, and who sends."""

    layout: ClassVar[Layout] = (*WHO, *SENDER)
    about = _l("Om meldingen")
    sent_by = "sender"
    addressed_to = "coordinating_unit"
    dated = "date"
    greets = True

    child = Group(Child, _l("Barnet"))
    guardians = Rows(
        Text(_l("Navn"), example=("Ingebjørg Sæbø", "Jon Øvrelid")),
        _l("Foresatte"),
        row_label=_l("Foresatt"),
        add_label=_l("Legg til foresatt"),
        few=1,
        samples=2,
    )
    coordinator = Group(Coordinator, _l("Koordinatoren"))
    remark = LongText(_l("Merknad"))
    sender = Group(Employee, _l("Avsender"), one_line=True, printed="")
    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for meldingen."),
        default=lambda: clock.today().isoformat(),
        example="2028-06-15",
    )

    def rules(self) -> None:
        born, day = self.child.form.birth_date.day, self.date.day
        if born and day and born > day:
            self.child.form.birth_date.refuse(_("Fødselsdatoen kan ikke være etter meldingen."))
