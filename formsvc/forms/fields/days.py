"""Dates: each says which days it takes, by its own day, today and the dates beside it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from formsvc import clock, norway
from formsvc.forms.fields.answer import Part, Schema
from formsvc.forms.fields.text import Text
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

#: the day on which the answers are looked at, as the neighbour of a date
TODAY: Final = "today"
SUNDAY: Final = 7
_STANDS: Final[Mapping[str, Callable[[date, date], bool]]] = {
    "not_before": operator.ge,
    "not_after": operator.le,
    "after": operator.gt,
    "before": operator.lt,
}
_MISPLACED: Final = {
    "not_before": _l("Datoen kan ikke være før %(other)s, %(day)s. Rett datoen."),
    "not_after": _l("Datoen kan ikke være etter %(other)s, %(day)s. Rett datoen."),
    "after": _l("Datoen må være etter %(other)s, %(day)s. Rett datoen."),
    "before": _l("Datoen må være før %(other)s, %(day)s. Rett datoen."),
}


class Date(Text):
    """A date: the browser's own control, or typed as 24.11.2026."""

    kind = "date"
    empty = None
    own_words = False

    def __init__(
        self,
        label: str = "",
        *,
        not_before: str = "",
        not_after: str = "",
        after: str = "",
        before: str = "",
        years: tuple[int, int] | None = None,
        workday: bool = False,
        called: str = "",
        free: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        #: what it must stand so to: ``today``, or the name of a date of its part or of the form
        self.bounds = {
            relation: other
            for relation, other in (
                ("not_before", not_before),
                ("not_after", not_after),
                ("after", after),
                ("before", before),
            )
            if other
        }
        #: how many years before today and after it the day may be
        self.years = years
        #: whether people meet or answer on it, and rather not on a Sunday or a holiday
        self.workday = workday
        #: what other dates call it when they stand wrongly to it: «møtet»
        self.called = called
        #: why no day is too early or too late, where that is so
        self.free = free

    @property
    def day(self) -> date | None:
        """The date, or None where there is none or it cannot be read."""
        return date.fromisoformat(self.data) if self.data else None

    @property
    def input_type(self) -> str:  # type: ignore[override]
        # The native control shows nothing at all for a text that is no date; what was typed
        # must stay in sight, so it is then an ordinary text field.
        return "text" if self.text and not self.data else "date"

    @property
    def value(self) -> str:
        return str(self.data or self.text)

    def pre_validate(self, form: BaseForm) -> None:
        super().pre_validate(form)
        if self.day and self.is_asked() and (sentence := self.misplaced(self.day)):
            raise StopValidation(sentence)

    def misplaced(self, day: date) -> str:
        """The sentence for a day on the wrong side of another one or too far away, or ""."""
        for relation, name in self.bounds.items():
            other, named = self._other(name)
            if other and not _STANDS[relation](day, other):
                return str(_MISPLACED[relation]) % {"other": named, "day": _said(other)}
        back, ahead = self.years or (0, 0)
        if self.years and norway.years_after(clock.today(), -back) > day:
            return _("Dagen er mer enn %(years)s år siden. Se over årstallet.", years=back)
        if self.years and norway.years_after(clock.today(), ahead) < day:
            return _("Dagen er mer enn %(years)s år fram i tid. Se over årstallet.", years=ahead)
        return ""

    def _other(self, name: str) -> tuple[date | None, str]:
        """The day that is meant by a name, and what it is called."""
        if name == TODAY:
            return clock.today(), _("i dag")
        part: Part | None = self.part
        while part is not None and name not in part:
            part = part.above
        if part is None:
            raise LookupError(f"{self.path}: there is no date «{name}» above it to stand to.")
        other = part[name]
        if not isinstance(other, Date):
            raise TypeError(f"{self.path}: «{name}» is no date.")
        return other.day if other.is_asked() else None, str(other.called) or f"«{other.label.text}»"

    def holiday(self) -> str:
        """The name of the Sunday or public holiday that the day is, where it ought to be none."""
        if not (self.workday and self.day and self.is_asked()):
            return ""
        return norway.holiday(self.day, spoken()) or (
            _("søndag") if self.day.isoweekday() == SUNDAY else ""
        )

    def parse(self, text: str) -> str:
        try:
            return norway.parse_date(text).isoformat()
        except norway.DoubtfulDate as doubt:
            ways = [
                _("%(typed)s for %(day)s", typed=norway.short_date(day), day=_said(day))
                for day in doubt.readings
            ]
            sentence = _("Datoen kan leses på flere måter. Skriv %(ways)s.", ways=_either(ways))
            raise ValueError(sentence) from None
        except ValueError:
            raise ValueError(_("Skriv datoen slik: 24.11.2026")) from None

    def show(self, answer: str, *, in_row: bool) -> str:
        day = date.fromisoformat(answer)
        return norway.short_date(day) if in_row else norway.long_date(day, spoken())

    def schema(self) -> Schema:
        day = {"type": "string", "format": "date"}
        return self._described(
            day if self.always_required else {"anyOf": [day, {"enum": ["", None]}]}
        )


def _said(day: date) -> str:
    return norway.long_date(day, spoken())


def _either(ways: list[str]) -> str:
    return _(" eller ").join((", ".join(ways[:-1]), ways[-1]))
