"""Action plan: goals, measures and what came of them. The one paper written in during a meeting."""

from __future__ import annotations

from typing import ClassVar

from formsvc import clock, profile
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import LONGEST_TEXT, Choice, Date, Group, Part, Rows, Text
from formsvc.forms.minutes_parts import STATUS
from formsvc.forms.parts import Child, Employee
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

EFFECT = {"yes": _l("Ja"), "partly": _l("Delvis"), "no": _l("Nei")}
DECISION = {
    "continue": _l("Videreføres"),
    "change": _l("Endres"),
    "stop": _l("Avsluttes"),
    "new": _l("Nytt tiltak"),
}


class PlannedMeasure(Part):
    """A measure, and how it works."""

    measure = Text(
        _l("Tiltak"),
        required=_l("Skriv hva som skal gjøres."),
        longest=LONGEST_TEXT,
        example="Lage friminuttsplan sammen med Ådne",
    )
    responsible = Text(
        _l("Ansvarlig"),
        required=_l("Skriv hvem som er ansvarlig for tiltaket."),
        example="Solveig Nygård",
    )
    service = Text(_l("Tjeneste"), example="Heidal skole", printed="")
    deadline = Date(
        _l("Frist"),
        required=_l("Skriv en dato som frist for tiltaket. «Snarest» er ingen dato."),
        example="2027-02-23",
    )
    status = Choice(_l("Status"), STATUS, example="in_progress")
    effect = Choice(_l("Har det virket?"), EFFECT, empty=None, example="partly")
    decision = Choice(_l("Hva gjør dere videre?"), DECISION, empty=None, example="continue")


class PlannedGoal(Part):
    """A goal and the measures towards it."""

    goal = Text(
        _l("Mål"),
        required=_l("Skriv målet."),
        longest=LONGEST_TEXT,
        example="Trygg i friminuttene",
    )
    measures = Rows(
        Group(PlannedMeasure),
        _l("Tiltak"),
        required=_l("Legg til minst ett tiltak for målet."),
        row_label=_l("Tiltak"),
        add_label=_l("Legg til tiltak"),
        few=1,
        printed="",
    )


class ActionPlanForm(DocumentForm):
    """What everybody around the child has agreed to do."""

    layout: ClassVar[Layout] = (
        Section(_l("Barnet"), ("child",)),
        Section(_l("Planen"), ("arena", "date", "responsible")),
        Section(_l("Mål og tiltak"), ("goals",)),
        Section(_l("Evaluering"), ("evaluated_on",)),
    )
    about = _l("Om planen")
    sent_by = "responsible"
    dated = "date"

    child = Group(Child, _l("Barnet"))
    arena = Choice(
        _l("Hva slags møte er planen laget i?"),
        lambda: profile.current().arenas(spoken()),
        example="interdisciplinary_meeting",
        printed=_l("Møte"),
    )
    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for planen."),
        default=lambda: clock.today().isoformat(),
        example="2027-02-09",
    )
    responsible = Group(Employee, _l("Den som har ansvaret for planen"), one_line=True)
    goals = Rows(
        Group(PlannedGoal),
        _l("Mål"),
        required=_l("Legg til minst ett mål."),
        row_label=_l("Mål"),
        add_label=_l("Legg til mål"),
        few=1,
        printed="",
    )
    evaluated_on = Date(
        _l("Planen evalueres dato"), example="2027-05-11", printed=_l("Planen evalueres")
    )

    def rules(self) -> None:
        for goal in self.goals.filled:
            for row in goal.form.measures.filled:
                deadline = row.form.deadline
                if deadline.errors and deadline.text:
                    deadline.errors = [str(deadline.required)]
        if self.evaluated_on.day and self.date.day and self.evaluated_on.day < self.date.day:
            self.evaluated_on.refuse(_("Planen kan ikke evalueres før den er laget. Rett datoen."))
