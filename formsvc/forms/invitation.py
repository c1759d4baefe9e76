"""Invitation to a meeting: the referent is named here, and the minutes are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from formsvc import clock, profile
from formsvc.errors import Problem
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import (
    LONGEST_TEXT,
    Check,
    Date,
    Email,
    Group,
    Link,
    LongText,
    Number,
    Part,
    Phone,
    Rows,
    Text,
)
from formsvc.forms.meeting import MeetingForm, MeetingPerson
from formsvc.forms.parts import Employee
from formsvc.forms.people import Relation
from formsvc.language import gettext as _
from formsvc.language import lazy as _l


class Convener(Employee):
    """The one who calls the meeting."""

    phone = Phone(_l("Telefon"), example="+4761700200", printed="")
    email = Email(_l("E-post"), example="solveig.nygard@eksempel.no", printed="")


class Invitee(MeetingPerson):
    """One who is invited."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på den inviterte."),
        example=("Ingebjørg Sæbø", "Anne Moen"),
    )
    relation = Relation(_l("Tilknytning til barnet"), example=("mother", ""), printed="")
    role = Text(
        _l("Rolle"),
        hint=_l("For den som kommer fra en tjeneste."),
        example={"nb": ("", "Helsesykepleier"), "nn": ("", "Helsesjukepleiar")},
    )
    service = Text(
        _l("Tjeneste"),
        example={"nb": ("", "Skolehelsetjenesten"), "nn": ("", "Skulehelsetenesta")},
    )
    email = Email(
        _l("E-post"),
        hint=_l("Bare adressen til ansatte står i innkallingen."),
        private=lambda invitee: not invitee.relation.is_empty() or invitee.role.is_empty(),
        example=("ingebjorg.saebo@eksempel.no", "anne.moen@eksempel.no"),
    )


class AgendaItem(Part):
    """One matter of the agenda."""

    title = Text(
        _l("Sak"),
        required=_l("Skriv hva saken gjelder."),
        example={"nb": "Gjennomgang av forrige referat", "nn": "Gjennomgang av førre referat"},
    )
    minutes = Number(_l("Minutter"), example=10)


class InvitationForm(MeetingForm):
    """Sent one to two weeks before, with an agenda that the family has agreed to."""

    layout: ClassVar[Layout] = (
        Section(
            _l("Møtet"),
            (
                "arena",
                "meeting_number",
                "first_meeting",
                "date",
                "start",
                "end",
                "place",
                "video_link",
                "purpose",
            ),
        ),
        Section(_l("Hvem det gjelder"), ("anonymous", "child", "consent_reference")),
        Section(_l("Den som kaller inn"), ("convener", "chair", "referent", "referent_external")),
        Section(_l("De som inviteres"), ("invitees", "others_agreed", "interpreter")),
        Section(_l("Saksliste"), ("agenda", "agenda_agreed_with_family", "items_deadline")),
        Section(
            _l("Praktisk"),
            ("absence_to", "preparatory_meeting", "attachments", "sent_on"),
        ),
    )
    about = _l("Om møtet")
    sent_by = "convener"
    dated = "sent_on"
    greets = True
    phrases: ClassVar[Mapping[str, str]] = {"join": _l("Bli med i videomøtet")}

    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for møtet."),
        years=(10, 2),
        workday=True,
        example="2027-02-09",
        called=_l("møtet"),
    )
    first_meeting = Check(_l("Dette er det første møtet"), printed="")
    place = Text(
        _l("Sted"),
        hint=_l("Fyll ut stedet, eller lenka til videomøtet, eller begge deler."),
        example={"nb": "Møterom 2, Heidal skole", "nn": "Møterom 2, Heidal skule"},
    )
    video_link = Link(
        _l("Lenke til videomøte"),
        hint=_l("Fyll ut når noen eller alle møtes på video."),
        printed=_l("Videomøte"),
    )
    purpose = LongText(
        _l("Formålet med møtet"),
        required=_l("Skriv hva som er formålet med møtet."),
        example={
            "nb": "Avklare mål for våren og hvem som gjør hva.",
            "nn": "Avklare mål for våren og kven som gjer kva.",
        },
    )
    convener = Group(Convener, _l("Den som kaller inn"), one_line=True, printed=_l("Kaller inn"))
    referent = Text(
        _l("Referent"),
        required=_l("Skriv navnet på referenten. Referenten oppnevnes i innkallingen."),
        example="Anne Moen",
    )
    referent_external = Check(
        _l("Referenten er ikke en av de inviterte"),
        hint=_l("For eksempel en fra kontoret."),
    )
    invitees = Rows(
        Group(Invitee),
        _l("Inviterte"),
        required=_l("Skriv hvem som inviteres. Det skal være minst to."),
        row_label=_l("Invitert"),
        add_label=_l("Legg til en som inviteres"),
        few=2,
        distinct="name",
        printed="",
    )
    interpreter = Check(_l("Det er bestilt tolk"))
    agenda = Rows(
        Group(AgendaItem),
        _l("Saksliste"),
        required=_l("Legg til minst én sak på sakslista."),
        row_label=_l("Sak"),
        add_label=_l("Legg til sak"),
        few=1,
        numbered=True,
        printed="",
    )
    agenda_agreed_with_family = Check(
        _l("Sakslista er avtalt med familien"),
        asked=lambda form: form.is_named,
        example=True,
    )
    items_deadline = Date(
        _l("Frist for å melde saker"), not_after="date", years=(10, 2), example="2027-02-04"
    )
    absence_to = Text(
        _l("{words.Absence.indefinite} meldes til"), example="Solveig Nygård, 61 70 02 00"
    )
    preparatory_meeting = Text(
        _l("Formøte"), hint=_l("Når, og hvem som er med."), longest=LONGEST_TEXT
    )
    attachments = Rows(
        Text(_l("Vedlegg"), example="Samtykke S-2026-0041"),
        _l("Vedlegg"),
        row_label=_l("Vedlegg"),
        add_label=_l("Legg til vedlegg"),
        samples=1,
        distinct=True,
    )
    sent_on = Date(
        _l("Sendt (dato)"),
        default=lambda: clock.today().isoformat(),
        years=(10, 2),
        example="2027-01-26",
        printed=_l("Sendt"),
    )

    @property
    def people(self) -> Rows[Group[Invitee]]:
        """Those who are invited."""
        return self.invitees

    def rules(self) -> None:
        """What an invitation must hold beside what each field demands."""
        self.meeting_rules()
        if self.place.is_empty() and self.video_link.is_empty():
            self.place.refuse(_("Skriv hvor møtet er, eller lenka til videomøtet."))
        if len(self.invitees.filled) == 1:
            self.invitees.refuse(_("Legg til minst én til. Det skal være minst to inviterte."))
        self.referent_rule(
            _(
                "Referenten står ikke blant de inviterte. Rett navnet, legg referenten til som"
                " invitert, eller kryss av for at referenten ikke er en av de inviterte."
            ),
            _("Referenten står blant de inviterte. Ta bort krysset, eller ta bort raden."),
        )
        self._sent_rule()

    def _sent_rule(self) -> None:
        sent, day = self.sent_on.day or clock.today(), self.date.day
        if day and sent > day and not self.sent_on.errors:
            self.sent_on.refuse(
                _("Møtet har vært. Rett datoen for møtet, eller datoen innkallingen ble sendt.")
            )

    def own_advice(self) -> list[Problem]:
        """What is asked about: time to prepare, and an agenda that the meeting has time for."""
        return [*super().own_advice(), *self._sent_advice(), *self._agenda_advice()]

    def _sent_advice(self) -> list[Problem]:
        sent, day = self.sent_on.day, self.date.day
        arena = self.case
        days = (arena and arena.agenda_days) or profile.current().limits.agenda_warning_days
        if not sent or not day or day - sent >= timedelta(days=days):
            return []
        sentence = _(
            "Innkallingen sendes mindre enn %(days)s dager før møtet."
            " Avtal med familien at det er greit.",
            days=days,
        )
        if not self.is_named:
            sentence = _(
                "Innkallingen sendes mindre enn %(days)s dager før møtet."
                " Avtal med dem som er invitert, at det er greit.",
                days=days,
            )
        return [Problem("sent_on", sentence)]

    def _agenda_advice(self) -> list[Problem]:
        planned = sum(item.form.minutes.answer() or 0 for item in self.agenda.filled)
        lasts = self.minutes
        if not lasts or planned <= lasts:
            return []
        sentence = _(
            "Sakene er satt opp med %(planned)s minutter til sammen, men møtet varer i"
            " %(lasts)s minutter.",
            planned=planned,
            lasts=lasts,
        )
        return [Problem("agenda", sentence)]
