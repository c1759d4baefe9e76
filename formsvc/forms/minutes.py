"""Minutes of a meeting: conclusions, not discussion, and nothing missing when they are finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from formsvc import clock
from formsvc.errors import Problem
from formsvc.forms import minutes_advice, people
from formsvc.forms.base import Layout, Section
from formsvc.forms.fields import (
    TODAY,
    YES_NO,
    Check,
    Choice,
    Date,
    Email,
    Group,
    LongText,
    Phone,
    Rows,
    Text,
)
from formsvc.forms.meeting import MeetingForm, one_of
from formsvc.forms.minutes_parts import (
    APPROVAL,
    CLOSING_REASONS,
    TIMED,
    Absence,
    Feedback,
    FollowUp,
    FollowUps,
    Goal,
    Item,
    Measure,
    NextMeeting,
    Participant,
    PreviousMeasure,
    PreviousMinutes,
    implied,
)
from formsvc.language import gettext as _
from formsvc.language import lazy as _l


class MinutesForm(MeetingForm):
    """The gate: minutes cannot be finished before everything in ``rules`` holds."""

    needs_consent_reference = True
    layout: ClassVar[Layout] = (
        Section(_l("Møtet"), ("arena", "meeting_number", "date", "start", "end", "place")),
        Section(_l("Hvem det gjelder"), ("anonymous", "child", "consent_reference")),
        Section(
            _l("Møteledelse"),
            ("chair", "referent", "referent_phone", "referent_email", "referent_external"),
        ),
        Section(_l("Deltakere"), ("participants", "others_agreed")),
        Section(_l("{words.Absence.indefinite}"), ("no_absences", "absences")),
        Section(_l("Siden forrige møte"), ("previous_minutes", "previous_measures")),
        Section(
            _l("Saker"),
            ("items",),
            _l("Diskusjonen skal ikke stå i referatet, bare det dere konkluderte med."),
        ),
        Section(_l("Mål"), ("has_goals", "goals")),
        Section(_l("Tiltak"), ("no_new_measures", "measures", "system_follow_up")),
        Section(_l("Vurdering av møtet"), ("family_view", "evaluation")),
        Section(
            _l("Veien videre"),
            ("meets_again", "next_meeting", "closing_reason", "feedback_to_family"),
        ),
        Section(_l("Godkjenning"), ("approval", "remarks_deadline", "copies_to", "date_written")),
    )
    about = _l("Om referatet")
    dated = "date_written"

    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for møtet."),
        not_after=TODAY,
        years=(10, 0),
        workday=True,
        example="2026-11-17",
        called=_l("møtet"),
    )
    place = Text(
        _l("Sted"),
        required=_l("Skriv hvor møtet var."),
        example={"nb": "Møterom 2, Heidal skole", "nn": "Møterom 2, Heidal skule"},
    )
    referent = Text(_l("Referent"), required=_l("Skriv navnet på referenten."), example="Anne Moen")
    referent_phone = Phone(
        _l("Referentens telefon på jobben"),
        hint=_l("Telefonen eller e-posten står i referatet, så de som vil rette noe, når fram."),
        short=True,
        example="+4761700210",
        printed="",
    )
    referent_email = Email(_l("Referentens e-post på jobben"), printed="")
    referent_external = Check(
        _l("Referenten er ikke en av deltakerne"),
        hint=_l("For eksempel en fra kontoret."),
    )
    participants = Rows(
        Group(Participant),
        _l("Deltakere"),
        required=_l("Skriv hvem som deltok. Det skal være minst to."),
        row_label=_l("Deltaker"),
        add_label=_l("Legg til deltaker"),
        few=2,
        samples=3,
        distinct="name",
        printed="",
    )
    no_absences = Check(_l("Ingen {words.absence.indefinite}"), example=True, printed="")
    absences = Rows(
        Group(Absence),
        _l("{words.Absence.indefinite}"),
        row_label=_l("{words.Absence.indefinite}"),
        add_label=_l("Legg til {words.absence.indefinite}"),
        distinct="name",
        printed="",
    )
    previous_minutes = Group(PreviousMinutes, _l("Forrige referat"))
    previous_measures = Rows(
        Group(PreviousMeasure),
        _l("Tiltak fra forrige møte"),
        row_label=_l("Tiltak fra forrige møte"),
        add_label=_l("Legg til tiltak fra forrige møte"),
        hint=_l("Alle tiltak som ikke var ferdige, med hvordan det gikk."),
        samples=1,
        distinct="measure",
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
    has_goals = Choice(
        _l("Har saken mål?"),
        YES_NO,
        required=_l("Svar på om saken har mål."),
        asked=lambda form: form.is_named,
        # the goals themselves say yes
        private=lambda form: form.has_goals.code == "yes",
        example="yes",
    )
    goals = Rows(
        Group(Goal),
        _l("Mål"),
        row_label=_l("Mål"),
        add_label=_l("Legg til mål"),
        hint=_l("Hvert mål med hvor langt dere er kommet."),
        samples=1,
        distinct="goal",
        printed="",
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
    system_follow_up = FollowUps(
        Group(FollowUp),
        _l("Oppfølging på systemnivå"),
        row_label=_l("Oppfølging på systemnivå"),
        add_label=_l("Legg til oppfølging på systemnivå"),
        hint=_l("Det tjenestene selv må ordne opp i."),
    )
    family_view = LongText(_l("Barnets og familiens syn"))
    evaluation = LongText(_l("Kort evaluering av møtet"))
    meets_again = Choice(
        _l("Blir det et nytt møte?"),
        YES_NO,
        required=_l("Svar på om det blir et nytt møte."),
        # the next meeting, or why there is none, says it
        private=True,
        example="yes",
    )
    next_meeting = Group(
        NextMeeting,
        _l("Neste møte"),
        required=_l("Skriv når og hvor neste møte er."),
        asked=lambda form: form.meets_again.code == "yes",
        hint=_l("Fyll ut når det blir et nytt møte."),
        optional=True,
        one_line=True,
        example=True,
    )
    closing_reason = Choice(
        _l("Hvorfor avsluttes møtene?"),
        CLOSING_REASONS,
        required=_l("Velg hvorfor møtene avsluttes."),
        asked=lambda form: form.meets_again.code == "no",
        hint=_l("Svar når det ikke blir noe nytt møte."),
    )
    feedback_to_family = Group(
        Feedback,
        _l("Tilbakemelding til familien"),
        asked=lambda form: form.is_named,
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
    remarks_deadline = Date(
        _l("Frist for merknader"),
        required=_l("Skriv fristen for å komme med merknader til referatet."),
        asked=lambda form: form.approval.code == "sent_for_remarks",
        hint=_l("Fyll ut når referatet sendes ut."),
        not_before="date",
        years=(10, 1),
    )
    copies_to = Rows(
        Text(_l("Kopi til")),
        _l("Kopi til"),
        row_label=_l("Mottaker av kopi"),
        add_label=_l("Legg til mottaker av kopi"),
        distinct=True,
    )
    date_written = Date(
        _l("Skrevet (dato)"),
        default=lambda: clock.today().isoformat(),
        not_before="date",
        not_after=TODAY,
        example="2026-11-17",
        printed=_l("Skrevet"),
    )

    @classmethod
    def who_sends(cls, words: Mapping[str, Any]) -> Mapping[str, Any]:
        """The referent, with what is said of that participant."""
        referent = str(words.get("referent") or "")
        present = words.get("participants") or []
        services = [who["service"] for who in present if people.same(who["name"], referent)]
        return {"name": referent, "service": next(iter(services), "")}

    @classmethod
    def from_answers(cls, answers: Mapping[str, object]) -> Self:
        """The form with plain answers; what the goals and the next meeting say needs no yes."""
        return super().from_answers({**implied(answers), **answers})

    @property
    def people(self) -> Rows[Group[Participant]]:
        return self.participants

    def rules(self) -> None:
        """Everything that minutes must hold; each thing missing is said at its own field."""
        self.meeting_rules()
        if len(self.participants.filled) == 1:
            self.participants.refuse(_("Legg til minst én deltaker til. Det skal være minst to."))
        self._absence_rules()
        self._referent_rules()
        self._previous_rules()
        self._goal_and_measure_rules()
        self._next_rules()

    def _absence_rules(self) -> None:
        one_of(
            self.no_absences,
            self.absences,
            _(
                "Du har ført opp {words.absence.indefinite}. Ta bort krysset for «Ingen"
                " {words.absence.indefinite}», eller ta bort radene."
            ),
            _(
                "Skriv hvem som hadde {words.absence.indefinite}, eller kryss av for «Ingen"
                " {words.absence.indefinite}»."
            ),
        )
        for row in self.absences.filled:
            self.relation_rule(row)
        timed = [row.form for row in self.absences.filled if row.form.kind.code in TIMED]
        for absence in timed:
            self.within_rule(absence.time)
        partly = {absence.name.path for absence in timed}
        for name in people.in_both(self.participants, self.absences):
            if name.path not in partly:
                name.refuse(_("Personen står også blant deltakerne. Ta bort den ene raden."))

    def _referent_rules(self) -> None:
        self.referent_rule(
            _(
                "Referenten står ikke blant deltakerne. Rett navnet, legg referenten til som"
                " deltaker, eller kryss av for at referenten ikke er en av deltakerne."
            ),
            _("Referenten står blant deltakerne. Ta bort krysset, eller ta bort deltakeren."),
        )
        if self.referent_phone.is_empty() and self.referent_email.is_empty():
            self.referent_phone.refuse(
                _("Skriv telefonen eller e-posten som referenten har på jobben.")
            )

    def _previous_rules(self) -> None:
        if (self.meeting_number.answer() or 1) > 1 and self.previous_minutes.is_empty():
            self.previous_minutes.refuse(
                _("Kryss av for at forrige referat er godkjent, eller skriv merknaden til det.")
            )

    def _goal_and_measure_rules(self) -> None:
        if self.has_goals.code == "yes" and self.has_goals.is_asked() and not self.goals.filled:
            self.goals.refuse(_("Legg til minst ett mål, med hva dere konkluderte med."))
        named = [*self.goals.filled, *(m for m in self.measures.filled if m.form.goal.text)]
        if self.has_goals.code == "no" and named:
            self.has_goals.refuse(
                _("Det står mål i referatet. Svar ja, eller ta bort målene, også i tiltakene.")
            )
        one_of(
            self.no_new_measures,
            self.measures,
            _(
                "Du har ført opp tiltak. Ta bort krysset for «Ingen nye tiltak»,"
                " eller ta bort radene."
            ),
            _("Legg til minst ett tiltak, eller kryss av for «Ingen nye tiltak»."),
        )

    def _next_rules(self) -> None:
        following, day = self.next_meeting.form.date, self.date.day
        if day and following.is_asked() and following.day and following.day <= day:
            following.refuse(_("Neste møte må være etter dette møtet. Velg en senere dato."))
        feedback, arena = self.feedback_to_family, self.case
        is_owed = self.is_named and arena is not None and arena.feedback_to_family
        if is_owed and feedback.is_empty():
            feedback.refuse(
                _("Skriv når familien fikk tilbakemelding etter møtet, og hvem som ga den.")
            )
        told = feedback.form.date
        if day and told.day and told.day < day:
            told.refuse(_("Tilbakemeldingen kan ikke være gitt før møtet. Rett datoen."))

    def own_advice(self) -> list[Problem]:
        """What makes minutes poor without making them wrong."""
        return [*super().own_advice(), *minutes_advice.on(self)]
