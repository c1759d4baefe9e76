"""Invitation to a meeting: the referent is named here, and the minutes are made from it."""

from __future__ import annotations

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
    LongText,
    Number,
    Part,
    Phone,
    Rows,
    Text,
)
from formsvc.forms.meeting import MeetingForm, MeetingPerson
from formsvc.forms.parts import Employee
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
        example=("Ingebjørg Sæbø", "Per Lund"),
    )
    role = Text(
        _l("Rolle"),
        required=_l("Skriv hvilken rolle den inviterte har."),
        example=("Mor", "Rådgiver"),
    )
    service = Text(_l("Tjeneste"), example=("", "PPT"))
    email = Email(_l("E-post"), example=("ingebjorg.saebo@eksempel.no", "per.lund@eksempel.no"))


class AgendaItem(Part):
    """One matter of the agenda."""

    title = Text(
        _l("Sak"),
        required=_l("Skriv hva saken gjelder."),
        example="Gjennomgang av forrige referat",
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
        Section(_l("Den som kaller inn"), ("convener", "chair", "referent")),
        Section(_l("De som inviteres"), ("invitees", "interpreter")),
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

    first_meeting = Check(_l("Dette er det første møtet"), printed="")
    place = Text(
        _l("Sted"),
        hint=_l("Fyll ut stedet, eller lenken til videomøtet, eller begge."),
        example="Møterom 2, Heidal skole",
    )
    video_link = Text(
        _l("Lenke til videomøte"),
        hint=_l("Fyll ut når noen eller alle møtes på video."),
        printed=_l("Videomøte"),
        longest=LONGEST_TEXT,
    )
    purpose = LongText(
        _l("Formålet med møtet"),
        required=_l("Skriv hva som er formålet med møtet."),
        example="Avklare mål for våren og hvem som gjør hva.",
    )
    convener = Group(Convener, _l("Den som kaller inn"), one_line=True, printed=_l("Innkalt av"))
    referent = Text(
        _l("Referent"),
        required=_l("Skriv navnet på referenten. Referenten oppnevnes i innkallingen."),
        example="Anne Moen",
    )
    invitees = Rows(
        Group(Invitee),
        _l("Inviterte"),
        required=_l("Skriv hvem som inviteres. Det skal være minst to."),
        row_label=_l("Invitert"),
        add_label=_l("Legg til en som inviteres"),
        few=2,
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
    agenda_agreed_with_family = Check(_l("Sakslista er avtalt med familien"), example=True)
    items_deadline = Date(_l("Frist for å melde saker"), example="2027-02-04")
    absence_to = Text(_l("Forfall meldes til"), example="Solveig Nygård, +47 61 70 02 00")
    preparatory_meeting = Text(
        _l("Formøte"), hint=_l("Når, og hvem som er med."), longest=LONGEST_TEXT
    )
    attachments = Rows(
        Text(_l("Vedlegg"), example="Samtykke S-2026-0041"),
        _l("Vedlegg"),
        row_label=_l("Vedlegg"),
        add_label=_l("Legg til vedlegg"),
        samples=1,
    )
    sent_on = Date(
        _l("Sendt dato"),
        default=lambda: clock.today().isoformat(),
        example="2027-01-26",
        printed=_l("Sendt"),
    )

    def rules(self) -> None:
        self.meeting_rules()
        if self.place.is_empty() and self.video_link.is_empty():
            self.place.refuse(_("Skriv hvor møtet er, eller lenken til videomøtet."))
        if len(self.invitees.filled) == 1:
            self.invitees.refuse(_("Legg til minst én til. Det skal være minst to inviterte."))
        self.family_rule(self.invitees)
        deadline, day = self.items_deadline.day, self.date.day
        if deadline and day and deadline > day:
            self.items_deadline.refuse(_("Fristen for å melde saker må være før møtet."))

    def own_advice(self) -> list[Problem]:
        sent, day = self.sent_on.day, self.date.day
        arena = self.case
        days = (arena and arena.agenda_days) or profile.current().limits.agenda_warning_days
        if sent and day and day - sent < timedelta(days=days):
            return [
                Problem(
                    "sent_on",
                    _(
                        "Innkallingen sendes mindre enn %(days)s dager før møtet."
                        " Avtal med familien at det er greit.",
                        days=days,
                    ),
                )
            ]
        return []
