"""Withdrawal of consent, whole or in part, in writing or as told to an employee."""

from __future__ import annotations

from typing import ClassVar

from formsvc import clock, profile
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.consent import PURPOSES
from formsvc.forms.fields import (
    Choice,
    Choices,
    Date,
    Group,
    LongText,
    Part,
    Rows,
    Text,
)
from formsvc.forms.parts import Child, Employee, Signature
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

EXTENT = {
    "all": _l("Hele samtykket"),
    "services": _l("Bare for noen tjenester"),
    "purpose": _l("Bare for noen formål"),
}
MANNER = {
    "oral": _l("Muntlig"),
    "written": _l("Skriftlig"),
    "self_service": _l("Trukket på nett av den som signerte"),
}


class WithdrawnService(Part):
    """A service that the consent no longer covers."""

    service = Choice(
        _l("Tjeneste"),
        lambda: profile.current().services(spoken()),
        required=_l("Velg hvilken tjeneste det gjelder."),
        example="bup",
    )
    name = Text(_l("Navn på tjenesten"), example="BUP Otta")


class ConsentWithdrawalForm(DocumentForm):
    """No reason is asked for: withdrawing must be as easy as consenting."""

    layout: ClassVar[Layout] = (
        Section(_l("Samtykket"), ("child", "consent_reference")),
        Section(_l("Hva som trekkes tilbake"), ("extent", "services", "purposes")),
        Section(
            _l("Hvem og hvordan"),
            ("withdrawn_by", "manner", "withdrawn_on", "received_by"),
        ),
        Section(_l("Hvem som har fått beskjed"), ("informed", "note")),
    )
    signed = ("withdrawn_by", "received_by")
    about = _l("Om tilbaketrekkingen")
    sent_by = "received_by"

    child = Group(Child, _l("Barnet"))
    consent_reference = Text(
        _l("Samtykkets referanse"),
        hint=_l("Den står øverst på samtykket, for eksempel S-2026-0042."),
        example="S-2026-0042",
        printed=_l("Samtykke"),
    )
    extent = Choice(
        _l("Hva trekkes tilbake?"),
        EXTENT,
        required=_l("Velg om hele eller deler av samtykket trekkes tilbake."),
        example="all",
    )
    services = Rows(
        Group(WithdrawnService),
        _l("Tjenester samtykket ikke lenger gjelder"),
        hint=_l("Fyll ut når samtykket trekkes tilbake for noen tjenester."),
        row_label=_l("Tjeneste"),
        add_label=_l("Legg til tjeneste"),
        samples=0,
    )
    purposes = Choices(
        _l("Formål samtykket ikke lenger gjelder"),
        PURPOSES,
        hint=_l("Fyll ut når samtykket trekkes tilbake for noen formål."),
    )
    withdrawn_by = Group(Signature, _l("Den som trekker samtykket"), one_line=True)
    manner = Choice(
        _l("Hvordan kom beskjeden?"),
        MANNER,
        required=_l("Velg hvordan samtykket ble trukket tilbake."),
        example="oral",
    )
    withdrawn_on = Date(
        _l("Trukket tilbake dato"),
        required=_l("Skriv datoen samtykket ble trukket tilbake."),
        default=lambda: clock.today().isoformat(),
        example="2027-02-03",
        printed=_l("Dato"),
    )
    received_by = Group(Employee, _l("Den som tok imot beskjeden"), one_line=True)
    informed = Rows(
        Text(_l("Tjeneste eller person"), example="BUP Otta"),
        _l("Hvem har fått beskjed om at samtykket er trukket?"),
        row_label=_l("Mottaker"),
        add_label=_l("Legg til en som har fått beskjed"),
        samples=1,
        printed="",
    )
    note = LongText(
        _l("Merknad"),
        hint=_l("Du trenger ikke å skrive hvorfor samtykket er trukket tilbake."),
    )

    def rules(self) -> None:
        if self.extent.code == "services" and not self.services.filled:
            self.services.refuse(_("Legg til minst én tjeneste samtykket ikke lenger gjelder."))
        if self.extent.code == "purpose" and self.purposes.is_empty():
            self.purposes.refuse(_("Kryss av for minst ett formål samtykket ikke lenger gjelder."))
        if self.extent.code in ("all", "purpose") and self.services.filled:
            self.services.refuse(
                _("Ta bort tjenestene, eller velg at samtykket bare trekkes for noen tjenester.")
            )
        if self.extent.code in ("all", "services") and not self.purposes.is_empty():
            self.purposes.refuse(
                _("Ta bort formålene, eller velg at samtykket bare trekkes for noen formål.")
            )
        born, day = self.child.form.birth_date.day, self.withdrawn_on.day
        if born and day and born > day:
            self.child.form.birth_date.refuse(
                _("Fødselsdatoen kan ikke være etter at samtykket ble trukket tilbake.")
            )
