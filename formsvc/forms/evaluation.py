"""The family's evaluation when a case closes: anonymous, and only counted."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from formsvc import clock, profile
from formsvc.forms import anonymity
from formsvc.forms.base import DocumentForm, Layout, Section
from formsvc.forms.fields import Choice, LongText, Scale, Schema, Text
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

#: a year and its first or second half
HALF_YEAR: Final = "^20[0-9]{2}-[12]$"
#: what is chosen by those who give no grade
NOT_KNOWN: Final = "not_known"


class HalfYear(Choice):
    """This half-year or one of the three before: nothing nearer to the day is ever kept."""

    @property
    def labels(self) -> dict[str, str]:
        today = clock.today()
        newest = today.year * 2 + (today.month > 6)
        codes = [f"{half // 2}-{half % 2 + 1}" for half in range(newest, newest - 4, -1)]
        if re.fullmatch(HALF_YEAR, self.code) and self.code not in codes:
            codes.append(self.code)  # a form handed in on paper may be older
        return {code: _half_year(code) for code in codes}

    def schema(self) -> Schema:
        return self._described({"type": "string", "pattern": HALF_YEAR})


class Grade(Scale):
    """A grade from 1 to 5 that nobody has to give: not to know is an answer that is not counted."""

    @property
    def labels(self) -> dict[str, str]:
        return {**super().labels, NOT_KNOWN: _("Vet ikke, eller vil ikke svare")}

    def answer(self) -> int | None:  # type: ignore[override]
        return None if self.code == NOT_KNOWN else super().answer()


def _half_year(code: str) -> str:
    year, half = code.split("-")
    return _("våren %(year)s", year=year) if half == "1" else _("høsten %(year)s", year=year)


class EvaluationForm(DocumentForm):
    """No name, no case, no account, no exact time."""

    printed: ClassVar[bool] = False

    layout: ClassVar[Layout] = (
        Section(_l("Om samarbeidet"), ("arena", "unit", "period")),
        Section(
            _l("Hvordan gikk det?"),
            (
                "child_doing_now",
                "worries_changed",
                "right_people",
                "cooperation",
                "heard",
            ),
        ),
        Section(
            _l("Med egne ord"),
            ("good", "better", "missing"),
            _l("Ikke skriv navn eller annet som kan vise hvem dere er."),
        ),
    )

    arena = Choice(
        _l("Hva slags møter var dere med i?"),
        lambda: profile.current().arenas(spoken()),
        required=_l("Velg hva slags møter dere var med i."),
        example="interdisciplinary_meeting",
    )
    unit = Text(
        _l("Barnehage, skole eller tjeneste"),
        required=_l("Skriv hvilken barnehage, skole eller tjeneste det gjelder."),
        example="Heidal skole",
    )
    period = HalfYear(
        _l("Når ble samarbeidet avsluttet?"),
        required=_l("Velg halvåret samarbeidet ble avsluttet."),
    )
    child_doing_now = Grade(
        _l("Hvordan har barnet det nå?"),
        low=_l("svært dårlig"),
        high=_l("svært bra"),
    )
    worries_changed = Grade(
        _l("Hvordan går det nå med det dere var bekymret for?"),
        low=_l("mye verre"),
        high=_l("mye bedre"),
    )
    right_people = Grade(
        _l("Var de rette personene med?"),
        low=_l("nei, slett ikke"),
        high=_l("ja, absolutt"),
    )
    cooperation = Grade(
        _l("Hvordan fungerte samarbeidet?"),
        low=_l("svært dårlig"),
        high=_l("svært bra"),
    )
    heard = Grade(
        _l("Ble dere hørt?"),
        low=_l("nei, slett ikke"),
        high=_l("ja, absolutt"),
    )
    good = LongText(_l("Hva var bra?"))
    better = LongText(_l("Hva kunne vært bedre?"))
    missing = LongText(_l("Hva eller hvem savnet dere?"))

    def rules(self) -> None:
        for field in (self.unit, self.good, self.better, self.missing):
            if sentence := anonymity.trace(field.text):
                field.refuse(sentence)
