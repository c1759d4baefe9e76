"""Notification to the coordinating unit: a responsibility group is created."""

from __future__ import annotations

from typing import ClassVar

from formsvc import norway, profile
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import Choice, Date, Group, LongText, Part, Rows, Text
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

INDIVIDUAL_PLAN = {
    "has": _l("Har individuell plan"),
    "applied": _l("Har søkt om individuell plan"),
    "offered": _l("Har fått tilbud om individuell plan"),
    "declined": _l("Ønsker ikke individuell plan"),
}


class Member(Part):
    """A member of the group."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på medlemmet."),
        example=("Ingebjørg Sæbø", "Per Lund"),
    )
    role = Text(
        _l("Rolle"),
        required=_l("Skriv hvilken rolle medlemmet har."),
        example={"nb": ("Mor", "Rådgiver"), "nn": ("Mor", "Rådgjevar")},
    )
    service = Text(_l("Tjeneste"), example=("", "PPT"))


class KeGroupCreatedForm(KeNotificationForm):
    """Who is in the group, why, and when it first meets."""

    layout: ClassVar[Layout] = (
        *WHO,
        Section(
            _l("{words.Responsibility_group.definite}"),
            ("created_on", "reason", "members", "first_meeting_on"),
        ),
        Section(
            _l("Plan og samtykke"),
            ("individual_plan", "relay_log_closed", "consent_valid_to"),
        ),
        *SENDER,
    )

    consent_reference = consent_reference(CONSENT_WANTED)
    created_on = Date(
        _l("Gruppa ble opprettet"),
        required=_l("Skriv datoen gruppa ble opprettet."),
        example="2026-11-24",
        not_after="date",
        years=YEARS,
        called=_l("opprettelsen av {words.responsibility_group.definite}"),
    )
    reason = LongText(
        _l("Hvorfor er gruppa opprettet?"),
        required=_l("Skriv hvorfor gruppa er opprettet."),
        example={
            "nb": "Behov for langvarig, koordinert oppfølging.",
            "nn": "Behov for langvarig, koordinert oppfølging frå fleire tenester.",
        },
    )
    members = Rows(
        Group(Member),
        _l("Medlemmer"),
        required=_l("Skriv hvem som er med i gruppa. Det skal være minst to."),
        row_label=_l("Medlem"),
        add_label=_l("Legg til medlem"),
        few=2,
        distinct="name",
    )
    first_meeting_on = Date(
        _l("Første møte"),
        required=_l("Skriv datoen for det første møtet."),
        example="2026-12-08",
        not_before="created_on",
        years=YEARS,
        workday=True,
    )
    individual_plan = Choice(
        _l("Individuell plan"),
        INDIVIDUAL_PLAN,
        required=_l("Velg hvordan det står til med individuell plan."),
        example="applied",
    )
    relay_log_closed = Date(
        _l("Stafettloggen ble avsluttet"),
        hint=_l("Fyll ut når {words.responsibility_group.definite} overtar etter en stafettlogg."),
        not_after="date",
        years=YEARS,
    )
    consent_valid_to = Date(
        _l("Samtykket gjelder til"),
        required=_l("Skriv datoen samtykket gjelder til."),
        example="2027-11-19",
    )

    def rules(self) -> None:
        super().rules()
        if len(self.members.filled) == 1:
            self.members.refuse(
                _("Legg til minst ett medlem til. Det skal være minst to i gruppa.")
            )
        created, until = self.created_on.day, self.consent_valid_to.day
        if not created or not until:
            return
        most = profile.current().limits.consent_max_months
        if until < created:
            self.consent_valid_to.refuse(
                _("Samtykket har gått ut før gruppa ble opprettet. Hent inn nytt samtykke først.")
            )
        elif until > norway.months_after(created, most):
            self.consent_valid_to.refuse(
                _("Et samtykke gjelder i høyst %(months)s måneder. Rett datoen.", months=most)
            )
