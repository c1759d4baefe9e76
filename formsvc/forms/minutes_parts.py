"""What minutes are made of: who was there and who was not, items, goals and measures."""

from __future__ import annotations

from formsvc.forms.fields import (
    LONGEST_TEXT,
    Check,
    Choice,
    Date,
    LongText,
    Part,
    Text,
    Time,
)
from formsvc.forms.meeting import MeetingPerson
from formsvc.language import lazy as _l

ABSENCE_KINDS = {
    "notified": _l("Meldt forfall"),
    "no_show": _l("Møtte ikke"),
    "left_early": _l("Gikk før møtet var slutt"),
    "late": _l("Kom etter at møtet hadde startet"),
}
PREVIOUS_STATUS = {
    "done": _l("Utført"),
    "in_progress": _l("Pågår"),
    "not_done": _l("Ikke utført"),
    "postponed": _l("Utsatt"),
    "stopped": _l("Avsluttet uten resultat"),
}
STATUS = {
    "not_started": _l("Ikke startet"),
    "in_progress": _l("Pågår"),
    "done": _l("Utført"),
    "postponed": _l("Utsatt"),
    "stopped": _l("Avsluttet uten resultat"),
}


class Participant(MeetingPerson):
    """One who was there."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på deltakeren."),
        example=("Ingebjørg Sæbø", "Anne Moen"),
    )
    role = Text(
        _l("Rolle"),
        required=_l("Skriv hvilken rolle deltakeren har."),
        example=("Mor", "Helsesykepleier"),
    )
    service = Text(_l("Tjeneste"), example=("", "Skolehelsetjenesten"))


class Absence(Part):
    """One who was invited and not there all the time."""

    name = Text(_l("Navn"), required=_l("Skriv navnet på den som ikke var til stede."))
    role = Text(_l("Rolle"))
    service = Text(_l("Tjeneste"), printed="")
    kind = Choice(
        _l("Hva slags fravær?"),
        ABSENCE_KINDS,
        required=_l("Velg hva slags fravær det var."),
    )
    substitute = Text(_l("Stedfortreder"))
    input = LongText(_l("Innspill fra den som ikke var der"))


class PreviousMinutes(Part):
    """What was said of the minutes from last time."""

    approved = Check(_l("Forrige referat er godkjent"), example=True)
    remark = LongText(_l("Merknad til forrige referat"))


class PreviousMeasure(Part):
    """A measure from last time, and how it went."""

    measure = Text(_l("Tiltak"), required=_l("Skriv hvilket tiltak det er."), longest=LONGEST_TEXT)
    responsible = Text(_l("Ansvarlig"))
    deadline = Date(_l("Frist"))
    status = Choice(
        _l("Status"),
        PREVIOUS_STATUS,
        required=_l("Velg status for tiltaket fra forrige møte."),
    )
    evaluation = LongText(_l("Vurdering"))


class Item(Part):
    """A matter, and what was concluded."""

    title = Text(
        _l("Sak"),
        required=_l("Skriv hva saken gjelder."),
        example="Skolestart etter jul",
    )
    conclusion = LongText(
        _l("Konklusjon"),
        required=_l("Skriv hva dere konkluderte med i saken."),
        hint=_l("Skriv bare konklusjonen, ikke hvem som sa hva."),
        example="Ordningen med fast voksen fortsetter.",
        printed="",
    )


class Goal(Part):
    """A goal, and how far it is reached."""

    goal = Text(
        _l("Mål"),
        required=_l("Skriv målet."),
        longest=LONGEST_TEXT,
        example="Trygg i friminuttene",
    )
    conclusion = LongText(
        _l("Konklusjon"),
        required=_l("Skriv hva dere konkluderte med for målet."),
        example="Målet er delvis nådd og videreføres.",
    )


class Measure(Part):
    """What is to be done, by whom and before which date."""

    goal = Text(_l("Mål"), longest=LONGEST_TEXT, example="Trygg i friminuttene")
    measure = Text(
        _l("Tiltak"),
        required=_l("Skriv hva som skal gjøres."),
        longest=LONGEST_TEXT,
        example="Lage friminuttsplan sammen med Ådne",
    )
    responsible = Text(
        _l("Ansvarlig"),
        required=_l("Skriv hvem som er ansvarlig for tiltaket."),
        example="Anne Moen",
    )
    service = Text(_l("Tjeneste"), example="Skolehelsetjenesten", printed="")
    deadline = Date(
        _l("Frist"),
        required=_l("Skriv en dato som frist for tiltaket. «Snarest» er ingen dato."),
        example="2027-02-23",
    )
    status = Choice(_l("Status"), STATUS, example="not_started")


class NextMeeting(Part):
    """When and where they meet again."""

    date = Date(_l("Dato"), required=_l("Skriv datoen for neste møte."), example="2027-05-11")
    start = Time(_l("Klokkeslett"), required=_l("Skriv når neste møte starter."), example="13:00")
    place = Text(
        _l("Sted"),
        required=_l("Skriv hvor neste møte er."),
        example="Møterom 2, Heidal skole",
    )


class Feedback(Part):
    """That the family was told what the services agreed on."""

    date = Date(_l("Dato"), required=_l("Skriv datoen familien fikk tilbakemelding."))
    by = Text(
        _l("Hvem ga tilbakemeldingen?"),
        required=_l("Skriv hvem som ga tilbakemeldingen."),
    )
