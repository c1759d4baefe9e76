"""Withdrawal of consent, whole or in part, in writing or as told to an employee."""

from __future__ import annotations

from typing import ClassVar

from formsvc import clock, profile
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.consent_parts import PURPOSES, ConsentPerson, NamedService
from formsvc.forms.fields import TODAY, Choice, Choices, Date, Group, LongText, Rows, Text
from formsvc.forms.parts import Employee, Signature
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
    "self_service": _l("På nett, av den som hadde skrevet under"),
}


class WithdrawnService(NamedService):
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

    child = Group(ConsentPerson, _l("Hvem samtykket gjelder"))
    consent_reference = Text(
        _l("Samtykkets referanse"),
        required=_l("Skriv referansen til samtykket som trekkes tilbake."),
        hint=_l(
            "Den står på alle sidene av samtykket, for eksempel S-2026-0042. Har det ingen, skriv"
            " datoen det ble underskrevet."
        ),
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
        required=_l("Legg til minst én tjeneste samtykket ikke lenger gjelder."),
        hint=_l("Fyll ut når samtykket trekkes tilbake for noen tjenester."),
        row_label=_l("Tjeneste"),
        add_label=_l("Legg til tjeneste"),
        asked=lambda form: form.extent.code == "services",
        distinct=("service", "name"),
        samples=0,
    )
    purposes = Choices(
        _l("Formål samtykket ikke lenger gjelder"),
        PURPOSES,
        required=_l("Kryss av for minst ett formål samtykket ikke lenger gjelder."),
        hint=_l("Fyll ut når samtykket trekkes tilbake for noen formål."),
        asked=lambda form: form.extent.code == "purpose",
    )
    withdrawn_by = Group(
        Signature,
        _l("Den som trekker samtykket tilbake"),
        one_line=True,
        printed=_l("Trukket tilbake av"),
    )
    manner = Choice(
        _l("Hvordan kom beskjeden?"),
        MANNER,
        required=_l("Velg hvordan samtykket ble trukket tilbake."),
        example="oral",
    )
    withdrawn_on = Date(
        _l("Dato for tilbaketrekkingen"),
        required=_l("Skriv datoen samtykket ble trukket tilbake."),
        default=lambda: clock.today().isoformat(),
        not_after=TODAY,
        years=(10, 0),
        called=_l("tilbaketrekkingen"),
        example="2026-11-24",
        printed=_l("Dato"),
    )
    received_by = Group(Employee, _l("Den som tok imot beskjeden"), one_line=True)
    informed = Rows(
        Text(_l("Tjeneste eller person"), example="BUP Otta"),
        _l("Hvem har fått beskjed om at samtykket er trukket tilbake?"),
        row_label=_l("Mottaker"),
        add_label=_l("Legg til en som har fått beskjed"),
        distinct=True,
        samples=1,
        printed="",
    )
    note = LongText(
        _l("Merknad"),
        hint=_l("Du trenger ikke å skrive hvorfor samtykket er trukket tilbake."),
    )

    def unsaid(self) -> frozenset[str]:
        """What a withdrawal means hangs on whether a part of the consent is left."""
        return frozenset({"effect_part" if self.extent.code == "all" else "effect"})

    def rules(self) -> None:
        if self.services.is_asked():
            for row in self.services.filled:
                row.form.refuse_nameless()
