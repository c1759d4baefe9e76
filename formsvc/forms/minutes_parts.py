"""What minutes are made of: who was there and who was not, items, goals and measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from formsvc.errors import Problem
from formsvc.forms.fields import (
    LONGEST_TEXT,
    TODAY,
    Check,
    Choice,
    Date,
    Group,
    LongText,
    Part,
    Rows,
    Text,
    Time,
    Typed,
)
from formsvc.forms.meeting import MeetingPerson
from formsvc.forms.people import Relation
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

ABSENCE_KINDS = {
    "notified": _l("Meldt {words.absence.indefinite}"),
    "no_show": _l("Møtte ikke"),
    "left_early": _l("Gikk før møtet var slutt"),
    "late": _l("Kom etter at møtet hadde startet"),
}
#: those who were there for a part of the meeting, from or until a time
TIMED: Final = frozenset({"left_early", "late"})
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
CLOSING_REASONS = {
    "goals_met": _l("Målene er nådd"),
    "need_ended": _l("Behovet er ikke lenger til stede"),
    "moved": _l("Familien har flyttet"),
    "withdrawn": _l("Samtykket er trukket tilbake"),
    "single_meeting": _l("Det var bare planlagt ett møte"),
    "other": _l("Annen grunn"),
}
APPROVAL = {
    "read_aloud": _l("Referatet er lest opp og godkjent i møtet"),
    "sent_for_remarks": _l("Referatet sendes ut, og deltakerne kan komme med merknader"),
}
#: measures of a plan may run over a school year or two; a deadline beyond is a slip of the pen
DEADLINES: Final = (10, 5)


class Deadline(Date):
    """A date before which something is done; words such as «snarest» are none."""

    def parse(self, text: str) -> str:
        if not any(char.isdigit() for char in text):
            raise ValueError(str(self.required))
        return super().parse(text)


class At(Time):
    """A time of day that stands alone on papers: «kl. 13:00»."""

    def show(self, answer: str, *, in_row: bool) -> str:
        return _("kl. %(time)s", time=answer)


class Participant(MeetingPerson):
    """One who was there."""

    name = Text(
        _l("Navn"),
        required=_l("Skriv navnet på deltakeren."),
        example=("Ingebjørg Sæbø", "Solveig Nygård", "Anne Moen"),
    )
    relation = Relation(_l("Tilknytning til barnet"), example=("mother", "", ""), printed="")
    role = Text(
        _l("Rolle"),
        hint=_l("For den som kommer fra en tjeneste."),
        example={
            "nb": ("", "Rektor", "Helsesykepleier"),
            "nn": ("", "Rektor", "Helsesjukepleiar"),
        },
    )
    service = Text(
        _l("Tjeneste"),
        example={
            "nb": ("", "Heidal skole", "Skolehelsetjenesten"),
            "nn": ("", "Heidal skule", "Skulehelsetenesta"),
        },
    )


class Absence(MeetingPerson):
    """One who was invited and not there all the time."""

    name = Text(_l("Navn"), required=_l("Skriv navnet på den som ikke var til stede."))
    relation = Relation(_l("Tilknytning til barnet"), printed="")
    role = Text(_l("Rolle"), hint=_l("For den som kommer fra en tjeneste."))
    service = Text(_l("Tjeneste"), printed="")
    kind = Choice(
        _l("Hva slags fravær?"),
        ABSENCE_KINDS,
        required=_l("Velg hva slags fravær det var."),
    )
    time = At(
        _l("Klokkeslett"),
        required=_l("Skriv når personen kom eller gikk."),
        hint=_l("Når personen kom eller gikk."),
        asked=lambda absence: absence.kind.code in TIMED,
        printed="",
    )
    substitute = Text(_l("Stedfortreder"))
    input = LongText(_l("Innspill fra den som ikke var der"))


class PreviousMinutes(Part):
    """What was said of the minutes from last time."""

    approved = Check(_l("Forrige referat er godkjent"), example=True)
    remark = LongText(_l("Merknad til forrige referat"))


class PreviousMeasure(Part):
    """A measure from last time, and how it went."""

    measure = Text(
        _l("Tiltak"),
        required=_l("Skriv hvilket tiltak det er."),
        longest=LONGEST_TEXT,
        example={"nb": "Fast voksen i friminutt", "nn": "Fast vaksen i friminutt"},
    )
    responsible = Text(_l("Ansvarlig"), example="Solveig Nygård")
    deadline = Date(_l("Frist"), years=DEADLINES, example="2026-10-23")
    status = Choice(
        _l("Status"),
        PREVIOUS_STATUS,
        required=_l("Velg status for tiltaket fra forrige møte."),
        example="done",
    )
    evaluation = LongText(
        _l("Vurdering"),
        example={"nb": "Virker godt, færre konflikter.", "nn": "Verkar godt, færre konfliktar."},
    )


class Item(Part):
    """A matter, and what was concluded."""

    title = Text(
        _l("Sak"),
        required=_l("Skriv hva saken gjelder."),
        example={"nb": "Friminuttene", "nn": "Friminutta"},
    )
    conclusion = LongText(
        _l("Konklusjon"),
        required=_l("Skriv hva dere konkluderte med i saken."),
        hint=_l("Skriv bare konklusjonen, ikke hvem som sa hva."),
        example={
            "nb": "Ordningen med fast voksen fortsetter.",
            "nn": "Ordninga med fast vaksen held fram.",
        },
        printed="",
    )


class Goal(Part):
    """A goal, and how far it is reached."""

    goal = Text(
        _l("Mål"),
        required=_l("Skriv målet."),
        longest=LONGEST_TEXT,
        example={"nb": "Trygg i friminuttene", "nn": "Trygg i friminutta"},
    )
    conclusion = LongText(
        _l("Konklusjon"),
        required=_l("Skriv hva dere konkluderte med for målet."),
        example={
            "nb": "Målet er delvis nådd og videreføres.",
            "nn": "Målet er delvis nådd og blir vidareført.",
        },
    )


class Measure(Part):
    """What is to be done, by whom and before which date."""

    goal = Text(
        _l("Mål"),
        longest=LONGEST_TEXT,
        example={"nb": "Trygg i friminuttene", "nn": "Trygg i friminutta"},
    )
    measure = Text(
        _l("Tiltak"),
        required=_l("Skriv hva som skal gjøres."),
        longest=LONGEST_TEXT,
        example={
            "nb": "Lage friminuttsplan sammen med Ådne",
            "nn": "Lage friminuttsplan saman med Ådne",
        },
    )
    responsible = Text(
        _l("Ansvarlig"),
        required=_l("Skriv hvem som er ansvarlig for tiltaket."),
        example="Anne Moen",
    )
    service = Text(
        _l("Tjeneste"),
        example={"nb": "Skolehelsetjenesten", "nn": "Skulehelsetenesta"},
        printed="",
    )
    deadline = Deadline(
        _l("Frist"),
        required=_l("Skriv en dato som frist for tiltaket. «Snarest» er ingen dato."),
        not_before="date",
        years=DEADLINES,
        example="2026-12-01",
    )
    status = Choice(_l("Status"), STATUS, example="not_started")


class FollowUp(Part):
    """What the services themselves must put right, who sees to it and by when."""

    what = Text(
        _l("Hva"),
        required=_l("Skriv hva som skal følges opp."),
        longest=LONGEST_TEXT,
    )
    responsible = Text(
        _l("Tjeneste eller leder"),
        required=_l("Skriv hvilken tjeneste eller leder som følger det opp."),
    )
    deadline = Deadline(
        _l("Frist"),
        required=_l("Skriv en dato som frist for oppfølgingen. «Snarest» er ingen dato."),
        not_before="date",
        years=DEADLINES,
    )


class FollowUps(Rows[Group[FollowUp]]):
    """Rows of what is followed up; they were one text once, which is read as the first row."""

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if isinstance(answer, str):
            answer = [{"what": answer}] if answer.strip() else []
        return super().typed_from(answer, misfits)


class NextMeeting(Part):
    """When and where they meet again."""

    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for neste møte."),
        years=DEADLINES,
        workday=True,
        example="2027-02-16",
    )
    start = At(_l("Klokkeslett"), required=_l("Skriv når neste møte starter."), example="13:00")
    place = Text(
        _l("Sted"),
        required=_l("Skriv hvor neste møte er."),
        example={"nb": "Møterom 2, Heidal skole", "nn": "Møterom 2, Heidal skule"},
    )


class Feedback(Part):
    """That the family was told what the services agreed on."""

    date = Date(
        _l("Dato"), required=_l("Skriv datoen familien fikk tilbakemelding."), not_after=TODAY
    )
    by = Text(
        _l("Hvem ga tilbakemeldingen?"),
        required=_l("Skriv hvem som ga tilbakemeldingen."),
    )


def implied(answers: Mapping[str, object]) -> dict[str, object]:
    """The yes or no that other answers say, where it is not given."""
    said: dict[str, object] = {}
    if answers.get("goals"):
        said["has_goals"] = "yes"
    if answers.get("next_meeting") and not answers.get("closing_reason"):
        said["meets_again"] = "yes"
    if answers.get("closing_reason") and not answers.get("next_meeting"):
        said["meets_again"] = "no"
    return said
