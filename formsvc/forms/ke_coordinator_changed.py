"""Notification to the coordinating unit: the coordinator changes."""

from __future__ import annotations

from typing import ClassVar

from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import Check, Choice, Date, Group, LongText
from formsvc.forms.ke_notification import (
    CONSENT_WANTED,
    SENDER,
    WHO,
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


class KeCoordinatorChangedForm(KeNotificationForm):
    """The baton is passed on only when the new coordinator has accepted and the consent covers."""

    layout: ClassVar[Layout] = (
        *WHO,
        Section(
            _l("Ny koordinator"),
            ("new_coordinator", "from_date", "reason", "reason_note"),
        ),
        Section(
            _l("Ønsket til familien"),
            ("wish_heard", "wish", "handover_meeting_on"),
        ),
        Section(_l("Før byttet"), ("new_coordinator_accepted", "consent_covers_new_service")),
        *SENDER,
    )

    consent_reference = consent_reference(CONSENT_WANTED)
    new_coordinator = Group(Coordinator, _l("Ny koordinator"))
    from_date = Date(
        _l("Ny koordinator fra"),
        required=_l("Skriv datoen den nye koordinatoren tar over."),
        example="2028-08-16",
    )
    reason = Choice(
        _l("Hvorfor byttes koordinator?"),
        REASONS,
        required=_l("Velg hvorfor koordinatoren byttes."),
        example="transition",
    )
    reason_note = LongText(
        _l("Utdyp grunnen"), example="Overgang til ungdomsskolen", printed=_l("Utdyping")
    )
    wish_heard = Check(
        _l("Familien er spurt om hvem de ønsker"),
        required=_l("Spør familien hvem de ønsker som koordinator, og kryss av for det."),
    )
    wish = LongText(_l("Hva ønsker familien?"), example="Familien ønsker Anne Moen.")
    handover_meeting_on = Date(_l("Overføringsmøte"), example="2028-06-10")
    new_coordinator_accepted = Check(
        _l("Den nye koordinatoren har takket ja"),
        required=_l("Den nye koordinatoren må ha takket ja før dere melder byttet."),
    )
    consent_covers_new_service = Check(
        _l("Samtykket dekker tjenesten til den nye koordinatoren"),
        required=_l(
            "Hent inn nytt samtykke først. Det må dekke tjenesten til den nye koordinatoren."
        ),
    )

    def rules(self) -> None:
        super().rules()
        if self.reason.code == "other" and self.reason_note.is_empty():
            self.reason_note.refuse(_("Skriv hvilken grunn det er."))
