"""Notification to the coordinating unit: a responsibility group is dissolved."""

from __future__ import annotations

from typing import ClassVar

from formsvc import profile
from formsvc.errors import Problem
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import LONGEST_TEXT, Check, Choice, Date, LongText, Rows, Text, Typed
from formsvc.forms.ke_notification import (
    CONSENT_WANTED,
    SENDER,
    WHO,
    YEARS,
    KeNotificationForm,
    consent_reference,
)
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

REASONS = {
    "goals_met": _l("Målene er nådd"),
    "need_ended": _l("Behovet er ikke lenger til stede"),
    "moved": _l("Familien har flyttet"),
    "transition_18": _l("Ungdommen har fylt 18 år eller går over til andre tjenester"),
    "withdrawn": _l("Samtykket er trukket tilbake, eller familien ønsker å avslutte"),
    "deceased": _l("Dødsfall"),
    "other": _l("Annen grunn"),
}
INDIVIDUAL_PLAN = {
    "closed": _l("Individuell plan er avsluttet"),
    "continues": _l("Individuell plan fortsetter"),
    "none": _l("Har ikke individuell plan"),
}
DECEASED = "deceased"
#: what is written when no partner was to be informed: an explicit answer, not an empty list
NOBODY = frozenset({"none", "ingen"})


class Partners(Rows[Text]):
    """The partners who know, or the explicit word that there are none."""

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        return super().typed_from([answer] if isinstance(answer, str) else answer, misfits)

    def words(self, *, in_row: bool = False) -> list[str]:
        return [_("ingen") if row.text.casefold() in NOBODY else row.text for row in self.filled]


class KeGroupDissolvedForm(KeNotificationForm):
    """Why the group ends, and that the family, the leader and the partners know."""

    layout: ClassVar[Layout] = (
        *WHO,
        Section(
            _l("Oppløsningen"),
            ("dissolved_on", "reason", "reason_note", "agreed_with_family_on"),
        ),
        Section(
            _l("Hvem som har fått beskjed"),
            ("told_may_return", "leader_informed", "partners_informed"),
        ),
        Section(_l("Plan og arkiv"), ("individual_plan", "archived_in")),
        *SENDER,
    )

    consent_reference = consent_reference(CONSENT_WANTED)
    dissolved_on = Date(
        _l("Gruppa ble oppløst"),
        required=_l("Skriv datoen gruppa ble oppløst."),
        example="2026-11-20",
        not_after="date",
        years=YEARS,
    )
    reason = Choice(
        _l("Hvorfor er gruppa oppløst?"),
        REASONS,
        required=_l("Velg hvorfor gruppa er oppløst."),
        example="goals_met",
    )
    reason_note = LongText(
        _l("Utdyp grunnen"), hint=_l("Må fylles ut ved «Annen grunn»."), printed=_l("Utdyping")
    )
    agreed_with_family_on = Date(
        _l("Dato for avklaring med familien"),
        hint=_l("Må fylles ut, unntatt ved dødsfall."),
        example="2026-11-12",
        not_after="date",
        years=YEARS,
        printed=_l("Avklart med familien"),
    )
    told_may_return = Check(
        _l("Familien vet at de kan ta kontakt igjen"),
        required=_l("Fortell familien at de kan ta kontakt igjen, og kryss av for det."),
        asked=lambda form: form.reason.code != DECEASED,
    )
    leader_informed = Check(
        _l("Nærmeste leder har fått beskjed"),
        required=_l("Gi beskjed til nærmeste leder, og kryss av for det."),
    )
    partners_informed = Partners(
        Text(_l("Tjeneste"), example="PPT"),
        _l("Samarbeidspartnere som har fått beskjed"),
        required=_l("Skriv hvem av samarbeidspartnerne som har fått beskjed, eller skriv «ingen»."),
        hint=_l("Skriv «ingen» når det ikke er noen å gi beskjed til."),
        row_label=_l("Samarbeidspartner"),
        add_label=_l("Legg til samarbeidspartner"),
        few=1,
        distinct=True,
    )
    individual_plan = Choice(
        _l("Individuell plan"),
        INDIVIDUAL_PLAN,
        required=_l("Velg hva som skjer med den individuelle planen."),
        example="closed",
    )
    archived_in = Text(
        _l("Hvor er dokumentene arkivert?"),
        longest=LONGEST_TEXT,
        example={"nb": "Elevmappa", "nn": "Elevmappa"},
        printed=_l("Arkivert i"),
    )

    @property
    def concern(self) -> profile.Concern:
        return "deceased" if self.reason.code == DECEASED else super().concern

    def rules(self) -> None:
        super().rules()
        if self.reason.code == "other" and self.reason_note.is_empty():
            self.reason_note.refuse(_("Skriv hvilken grunn det er."))
        if self.reason.code not in ("", DECEASED) and self.agreed_with_family_on.is_empty():
            self.agreed_with_family_on.refuse(
                _("Skriv datoen det ble avklart med familien at gruppa oppløses.")
            )
        partners = [row.text.casefold() for row in self.partners_informed.filled]
        if len(partners) > 1 and NOBODY & set(partners):
            self.partners_informed.refuse(
                _("Skriv enten «ingen» eller hvem som har fått beskjed, ikke begge deler.")
            )
