"""Notification to the coordinating unit: the coordinator changes."""

from __future__ import annotations

from typing import ClassVar

from formsvc.forms import people
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import Check, Choice, Date, Group, LongText
from formsvc.forms.ke_notification import (
    CONSENT_WANTED,
    SENDER,
    WHO,
    YEARS,
    KeNotificationForm,
    consent_reference,
)
from formsvc.forms.parts import Coordinator
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

REASONS = {
    "transition": _l("Overgang"),
    "family_wish": _l("Familien ønsker en annen"),
    "leaves_position": _l("Koordinatoren slutter eller får andre oppgaver"),
    "leave": _l("Permisjon eller sykdom"),
    "moved": _l("Familien flytter"),
    "other": _l("Annen grunn"),
}
#: an invented one, who is not the coordinator of today
NEW_COORDINATOR = {
    "nb": {
        "name": "Anne Moen",
        "title": "Helsesykepleier",
        "service": "Skolehelsetjenesten",
        "phone": "+4761700300",
        "email": "anne.moen@eksempel.no",
        "leader": "Lederen for helsestasjonen",
    },
    "nn": {
        "name": "Anne Moen",
        "title": "Helsesjukepleiar",
        "service": "Skulehelsetenesta",
        "phone": "+4761700300",
        "email": "anne.moen@eksempel.no",
        "leader": "Leiaren for helsestasjonen",
    },
}


class KeCoordinatorChangedForm(KeNotificationForm):
    """The baton is passed on only when the new coordinator has accepted and the consent covers."""

    layout: ClassVar[Layout] = (
        *WHO,
        Section(
            _l("Ny koordinator"),
            ("new_coordinator", "from_date", "reason", "reason_note"),
        ),
        Section(
            _l("Familiens ønske"),
            ("wish_heard", "wish", "handover_meeting_on"),
        ),
        Section(_l("Før endringen"), ("new_coordinator_accepted", "consent_covers_new_service")),
        *SENDER,
    )

    consent_reference = consent_reference(CONSENT_WANTED)
    new_coordinator = Group(Coordinator, _l("Ny koordinator"), example=NEW_COORDINATOR)
    from_date = Date(
        _l("Ny koordinator fra"),
        required=_l("Skriv datoen den nye koordinatoren tar over."),
        example="2027-01-04",
        years=YEARS,
    )
    reason = Choice(
        _l("Hvorfor blir det ny koordinator?"),
        REASONS,
        required=_l("Velg hvorfor det blir ny koordinator."),
        example="leave",
    )
    reason_note = LongText(
        _l("Utdyp grunnen"),
        example={
            "nb": "Solveig Nygård har permisjon fra nyttår.",
            "nn": "Solveig Nygård har permisjon frå nyttår.",
        },
        printed=_l("Utdyping"),
    )
    wish_heard = Check(
        _l("Familien er spurt om hvem de ønsker"),
        required=_l("Spør familien hvem de ønsker som koordinator, og kryss av for det."),
    )
    wish = LongText(
        _l("Hva ønsker familien?"),
        example={
            "nb": "Ådne og foreldrene ønsker Anne Moen.",
            "nn": "Ådne og foreldra ønskjer Anne Moen.",
        },
    )
    handover_meeting_on = Date(
        _l("Overføringsmøte"), example="2026-12-14", years=YEARS, workday=True
    )
    new_coordinator_accepted = Check(
        _l("Den nye koordinatoren har takket ja"),
        required=_l("Den nye koordinatoren må ha takket ja før dere melder endringen."),
    )
    consent_covers_new_service = Check(
        _l("Samtykket omfatter tjenesten til den nye koordinatoren"),
        required=_l(
            "Hent inn nytt samtykke først. Det må omfatte tjenesten til den nye koordinatoren."
        ),
    )

    def rules(self) -> None:
        super().rules()
        if self.reason.code == "other" and self.reason_note.is_empty():
            self.reason_note.refuse(_("Skriv hvilken grunn det er."))
        new = self.new_coordinator.form.name
        if people.same(new.text, self.coordinator.form.name.text):
            new.refuse(
                _("«%(name)s» er koordinator i dag. Skriv hvem som tar over.", name=new.text)
            )
