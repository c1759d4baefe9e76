"""Minutes of a meeting: conclusions, not discussion, and nothing missing when they are finished."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from formsvc import clock, profile
from formsvc.errors import Problem
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import (
    Check,
    Choice,
    Date,
    Group,
    LongText,
    Rows,
    Text,
)
from formsvc.forms.meeting import MeetingForm
from formsvc.forms.minutes_parts import (
    Absence,
    Feedback,
    Goal,
    Item,
    Measure,
    NextMeeting,
    Participant,
    PreviousMeasure,
    PreviousMinutes,
)
from formsvc.forms.parts import same_name
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

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


class MinutesForm(MeetingForm):
    """The gate: minutes cannot be finished before everything in ``rules`` holds."""

    needs_consent_reference = True
    layout: ClassVar[Layout] = (
        Section(_l("Møtet"), ("arena", "meeting_number", "date", "start", "end", "place")),
        Section(_l("Hvem det gjelder"), ("anonymous", "child", "consent_reference")),
        Section(_l("Møteledelse"), ("chair", "referent", "referent_external")),
        Section(_l("Deltakere"), ("participants",)),
        Section(_l("Forfall"), ("no_absences", "absences")),
        Section(_l("Siden sist"), ("previous_minutes", "previous_measures")),
        Section(
            _l("Saker"),
            ("items", "goals"),
            _l("Diskusjonen skal ikke stå i referatet, bare det dere konkluderte med."),
        ),
        Section(_l("Tiltak"), ("no_new_measures", "measures", "system_follow_up")),
        Section(_l("Vurdering av møtet"), ("family_view", "evaluation")),
        Section(_l("Veien videre"), ("next_meeting", "closing_reason", "feedback_to_family")),
        Section(
            _l("Godkjenning"),
            ("approval", "remarks_deadline", "copies_to", "date_written"),
        ),
    )
    about = _l("Om referatet")
    dated = "date_written"

    place = Text(
        _l("Sted"),
        required=_l("Skriv hvor møtet var."),
        example="Møterom 2, Heidal skole",
    )
    referent = Text(_l("Referent"), required=_l("Skriv navnet på referenten."), example="Anne Moen")
    referent_external = Check(
        _l("Referenten er ikke en av deltakerne"),
        hint=_l("For eksempel en merkantil ansatt."),
    )
    participants = Rows(
        Group(Participant),
        _l("Deltakere"),
        required=_l("Skriv hvem som deltok. Det skal være minst to."),
        row_label=_l("Deltaker"),
        add_label=_l("Legg til deltaker"),
        few=2,
        printed="",
    )
    no_absences = Check(_l("Ingen forfall"), example=True, printed="")
    absences = Rows(
        Group(Absence),
        _l("Forfall"),
        row_label=_l("Forfall"),
        add_label=_l("Legg til forfall"),
        printed="",
    )
    previous_minutes = Group(PreviousMinutes, _l("Forrige referat"))
    previous_measures = Rows(
        Group(PreviousMeasure),
        _l("Tiltak fra forrige møte"),
        row_label=_l("Tiltak fra forrige møte"),
        add_label=_l("Legg til tiltak fra forrige møte"),
    )
    items = Rows(
        Group(Item),
        _l("Saker og konklusjoner"),
        required=_l("Legg til minst én sak med konklusjon."),
        row_label=_l("Sak"),
        add_label=_l("Legg til sak"),
        few=1,
        printed="",
    )
    goals = Rows(
        Group(Goal),
        _l("Mål"),
        row_label=_l("Mål"),
        add_label=_l("Legg til mål"),
    )
    no_new_measures = Check(_l("Ingen nye tiltak"), printed="")
    measures = Rows(
        Group(Measure),
        _l("Tiltak"),
        row_label=_l("Tiltak"),
        add_label=_l("Legg til tiltak"),
        few=1,
        numbered=True,
        printed="",
    )
    system_follow_up = LongText(
        _l("Oppfølging på systemnivå"), hint=_l("Det tjenestene selv må ordne opp i.")
    )
    family_view = LongText(_l("Hva familien og barnet mener"))
    evaluation = LongText(_l("Kort evaluering av møtet"))
    next_meeting = Group(NextMeeting, _l("Neste møte"), optional=True, one_line=True, example=True)
    closing_reason = Choice(
        _l("Hvorfor avsluttes møtene?"),
        CLOSING_REASONS,
        hint=_l("Svar bare når det ikke blir noe nytt møte."),
    )
    feedback_to_family = Group(
        Feedback,
        _l("Tilbakemelding til familien"),
        optional=True,
        one_line=True,
        hint=_l("Etter et instansmøte skal familien få vite hva dere ble enige om."),
    )
    approval = Choice(
        _l("Hvordan godkjennes referatet?"),
        APPROVAL,
        required=_l("Velg hvordan referatet godkjennes."),
        example="read_aloud",
    )
    remarks_deadline = Date(_l("Frist for merknader"), hint=_l("Fyll ut når referatet sendes ut."))
    copies_to = Rows(
        Text(_l("Kopi til")),
        _l("Kopi til"),
        row_label=_l("Mottaker av kopi"),
        add_label=_l("Legg til mottaker av kopi"),
    )
    date_written = Date(
        _l("Skrevet dato"),
        default=lambda: clock.today().isoformat(),
        example="2027-02-09",
        printed=_l("Skrevet"),
    )

    @classmethod
    def who_sends(cls, words: Mapping[str, Any]) -> Mapping[str, Any]:
        """The referent, with what is said of that participant."""
        referent = str(words.get("referent") or "")
        present = words.get("participants") or []
        services = [who["service"] for who in present if same_name(who["name"], referent)]
        return {"name": referent, "service": next(iter(services), "")}

    def rules(self) -> None:
        """Everything that minutes must hold; each thing missing is said at its own field."""
        self.meeting_rules()
        self._people_rules()
        self._previous_rules()
        self._measure_rules()
        self._next_rules()
        self._approval_rules()

    def _people_rules(self) -> None:
        if len(self.participants.filled) == 1:
            self.participants.refuse(_("Legg til minst én deltaker til. Det skal være minst to."))
        self.family_rule(self.participants)
        if self.no_absences.data and self.absences.filled:
            self.no_absences.refuse(
                _(
                    "Du har ført opp forfall. Ta bort krysset for «Ingen forfall»,"
                    " eller ta bort radene."
                )
            )
        if not self.no_absences.data and not self.absences.filled:
            self.absences.refuse(
                _("Skriv hvem som hadde forfall, eller kryss av for «Ingen forfall».")
            )
        there = any(
            same_name(p.form.name.text, self.referent.text) for p in self.participants.filled
        )
        if (
            self.referent.text
            and self.participants.filled
            and not (there or self.referent_external.data)
        ):
            self.referent.refuse(
                _(
                    "Referenten står ikke blant deltakerne. Rett navnet, legg referenten til som"
                    " deltaker, eller kryss av for at referenten ikke er en av deltakerne."
                )
            )

    def _previous_rules(self) -> None:
        number = self.meeting_number.answer() or 1
        if number > 1 and self.previous_minutes.is_empty():
            self.previous_minutes.refuse(
                _("Kryss av for at forrige referat er godkjent, eller skriv merknaden til det.")
            )

    def _measure_rules(self) -> None:
        if self.no_new_measures.data and self.measures.filled:
            self.no_new_measures.refuse(
                _(
                    "Du har ført opp tiltak. Ta bort krysset for «Ingen nye tiltak»,"
                    " eller ta bort radene."
                )
            )
        if not self.no_new_measures.data and not self.measures.filled:
            self.measures.refuse(
                _("Legg til minst ett tiltak, eller kryss av for «Ingen nye tiltak».")
            )
        for row in self.measures.filled:
            deadline = row.form.deadline
            if deadline.errors and deadline.text:
                deadline.errors = [str(deadline.required)]
            elif deadline.day and self.date.day and deadline.day < self.date.day:
                deadline.refuse(_("Fristen kan ikke være før møtet. Velg en senere dato."))

    def _next_rules(self) -> None:
        following, day = self.next_meeting, self.date.day
        if following.is_empty() and self.closing_reason.is_empty():
            following.refuse(
                _("Skriv når og hvor neste møte er, eller velg hvorfor møtene avsluttes.")
            )
        if not following.is_empty() and not self.closing_reason.is_empty():
            self.closing_reason.refuse(
                _("Det står både et neste møte og en grunn til å avslutte. Ta bort det ene.")
            )
        if day and following.form.date.day and following.form.date.day <= day:
            following.form.date.refuse(
                _("Neste møte må være etter dette møtet. Velg en senere dato.")
            )
        feedback, arena = self.feedback_to_family, self.case
        if arena and arena.feedback_to_family and not self.anonymous.data and feedback.is_empty():
            feedback.refuse(
                _("Skriv når familien fikk tilbakemelding etter møtet, og hvem som ga den.")
            )
        if day and feedback.form.date.day and feedback.form.date.day < day:
            feedback.form.date.refuse(
                _("Tilbakemeldingen kan ikke være gitt før møtet. Rett datoen.")
            )

    def _approval_rules(self) -> None:
        if self.approval.code != "sent_for_remarks":
            return
        if self.remarks_deadline.is_empty():
            self.remarks_deadline.refuse(
                _("Skriv fristen for å komme med merknader til referatet.")
            )
        elif (
            self.remarks_deadline.day
            and self.date.day
            and self.remarks_deadline.day < self.date.day
        ):
            self.remarks_deadline.refuse(_("Fristen for merknader kan ikke være før møtet."))

    def own_advice(self) -> list[Problem]:
        """What makes minutes poor without making them wrong."""
        return [
            Problem(field.path, sentence)
            for field, is_conclusion in self._written()
            for sentence in _advice_on(field.text, is_conclusion=is_conclusion)
        ]

    def _written(self) -> Iterator[tuple[Text, bool]]:
        for item in self.items.filled:
            yield item.form.conclusion, True
        for goal in self.goals.filled:
            yield goal.form.conclusion, True
        for row in self.measures.filled:
            yield row.form.measure, False


def _advice_on(text: str, *, is_conclusion: bool) -> Iterator[str]:
    municipality, plain = profile.current(), text.casefold()

    def has(words: str) -> bool:
        phrases = municipality.phrases(words)
        return any(re.search(rf"\b{re.escape(phrase)}\b", plain) for phrase in phrases)

    if is_conclusion and len(text) > municipality.limits.long_conclusion:
        yield _("Konklusjonen er lang. Kan du skrive bare det dere ble enige om?")
    if has("discussion"):
        yield _("Dette ligner på diskusjon. Skriv bare hva dere konkluderte med.")
    if has("decisions"):
        yield _("Gruppa kan ikke gjøre vedtak. Skriv heller hva dere ble enige om.")
    if has("resources"):
        yield _("Klage på ressurser hører ikke hjemme her. Vis til klageadgangen i stedet.")
    if not is_conclusion and len(plain.split()) < 2:
        yield _("Begynn tiltaket med et verb: hva skal gjøres?")
