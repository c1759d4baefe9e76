"""Action plan: goals, measures and what came of them. The paper to write on in a meeting."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from formsvc import clock, profile
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import LONGEST_TEXT, Choice, Date, Group, Number, Part, Rows, Text
from formsvc.forms.minutes_parts import DEADLINES, STATUS, Deadline, Participant
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
#: two pages of one goal
MOST_EMPTY_ROWS: Final = 20


class PlannedMeasure(Part):
    """A measure, and how it works."""

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
        example="Solveig Nygård",
    )
    service = Text(_l("Tjeneste"), example={"nb": "Heidal skole", "nn": "Heidal skule"}, printed="")
    deadline = Deadline(
        _l("Frist"),
        required=_l("Skriv en dato som frist for tiltaket. «Snarest» er ingen dato."),
        # the plan may hold measures of meetings before it
        years=DEADLINES,
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
        example={"nb": "Trygg i friminuttene", "nn": "Trygg i friminutta"},
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
        Section(_l("Planen"), ("arena", "date", "responsible", "evaluated_on")),
        Section(_l("Deltakere"), ("participants",)),
        Section(_l("Mål og tiltak"), ("goals", "empty_rows")),
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
        years=(10, 2),
        example="2027-02-09",
        called=_l("planen"),
    )
    responsible = Group(Employee, _l("Den som har ansvaret for planen"), one_line=True)
    participants = Rows(
        Group(Participant),
        _l("Deltakere"),
        row_label=_l("Deltaker"),
        add_label=_l("Legg til deltaker"),
        few=1,
        samples=2,
        distinct="name",
        printed="",
    )
    goals = Rows(
        Group(PlannedGoal),
        _l("Mål"),
        required=_l("Legg til minst ett mål."),
        row_label=_l("Mål"),
        add_label=_l("Legg til mål"),
        few=1,
        printed="",
    )
    empty_rows = Number(
        _l("Tomme rader under hvert mål"),
        hint=_l("Så mange rader å skrive i for hånd, for det dere blir enige om i møtet."),
        default="3",
        # the rows themselves are printed
        private=True,
        example=3,
    )
    evaluated_on = Date(
        _l("Dato for evaluering av planen"),
        not_before="date",
        years=DEADLINES,
        example="2027-05-11",
        printed=_l("Planen evalueres"),
    )

    def unsaid(self) -> frozenset[str]:
        """That nothing else is written on is said in some arenas alone."""
        try:
            arena = profile.current().arena(self.arena.code)
        except profile.NotInProfile:
            return frozenset({"head"})
        return frozenset() if arena.only_action_plan else frozenset({"head"})

    def words(self) -> dict[str, Any]:
        """The answers as papers print them, with rows to write in by hand under each goal."""
        words = super().words()
        rows = min(self.empty_rows.answer() or 0, MOST_EMPTY_ROWS)
        for goal, printed in zip(self.goals.filled, words["goals"], strict=True):
            empty = goal.form.measures.blank_row().words(in_row=True)
            printed["measures"] += [empty] * rows
        return words

    def rules(self) -> None:
        """What a plan must hold beside what each field demands."""
        if (self.empty_rows.answer() or 0) > MOST_EMPTY_ROWS:
            self.empty_rows.refuse(
                _("Det er plass til høyst %(most)s tomme rader.", most=MOST_EMPTY_ROWS)
            )
