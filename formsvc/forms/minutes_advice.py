"""What makes minutes poor without making them wrong: told, and never refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from formsvc import profile
from formsvc.errors import Problem
from formsvc.forms import people
from formsvc.forms.fields import Text
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from formsvc.forms.minutes import MinutesForm


def on(form: MinutesForm) -> Iterator[Problem]:
    """Each thing to look at once more, at its field."""
    if not (form.chair.is_empty() or people.among(form.chair.text, form.participants)):
        yield Problem(
            "chair",
            _("Møtelederen står ikke blant deltakerne. Rett navnet, eller legg til en deltaker."),
        )
    if (form.meeting_number.answer() or 1) > 1 and not form.previous_measures.filled:
        yield Problem(
            "previous_measures",
            _("Var det ingen tiltak fra forrige møte? Hvert åpent tiltak skal ha en status."),
        )
    for field, is_conclusion in _written(form):
        for sentence in _of_wording(field.text, is_conclusion=is_conclusion):
            yield Problem(field.path, sentence)


def _written(form: MinutesForm) -> Iterator[tuple[Text, bool]]:
    for item in form.items.filled:
        yield item.form.conclusion, True
    for goal in form.goals.filled:
        yield goal.form.conclusion, True
    for row in form.measures.filled:
        yield row.form.measure, False


def _of_wording(text: str, *, is_conclusion: bool) -> Iterator[str]:
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
