"""What the invitation and the minutes share: the arena, the child or none, time and place."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from formsvc import profile
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import (
    Check,
    Choice,
    Date,
    Group,
    LongText,
    Number,
    Rows,
    Text,
    Time,
)
from formsvc.forms.parts import Child
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

_ELEVEN_DIGITS = re.compile(r"(?<!\d)\d{6}[ \u00a0.-]?\d{5}(?!\d)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case and spacing.

    >>> same_name("Anne  Moen", "anne moen")
    True
    """
    return one.casefold().split() == other.casefold().split()


class MeetingForm(DocumentForm):
    """A meeting in one of the municipality's arenas."""

    #: whether a named case needs the reference of its consent on this paper
    needs_consent_reference: ClassVar[bool] = False

    arena = Choice(
        _l("Hva slags møte er det?"),
        lambda: profile.current().arenas(spoken()),
        required=_l("Velg hva slags møte det er."),
        example="responsibility_group",
    )
    meeting_number = Number(
        _l("Møte nummer"),
        required=_l("Skriv hvilket møte i rekken dette er."),
        default="1",
        example=1,
    )
    anonymous = Check(
        _l("Saken drøftes anonymt (NN-sak)"),
        hint=_l("Da skal ingenting i papiret vise hvem det gjelder."),
    )
    child = Group(Child, _l("Barnet"), optional=True, example=True)
    consent_reference = Text(
        _l("Samtykkets referanse"),
        hint=_l("Den står øverst på samtykket, for eksempel S-2026-0041."),
        example="S-2026-0041",
    )
    date = Date(_l("Dato"), required=_l("Skriv datoen for møtet."), example="2027-02-09")
    start = Time(_l("Starter"), required=_l("Skriv når møtet starter."), example="13:00")
    end = Time(_l("Slutter"), required=_l("Skriv når møtet slutter."), example="14:00")
    chair = Text(
        _l("Møteleder"),
        required=_l("Skriv navnet på møtelederen."),
        example="Solveig Nygård",
    )

    @property
    def case(self) -> profile.Arena | None:
        """The rules of the arena, or None while none is chosen."""
        try:
            return profile.current().arena(self.arena.code)
        except profile.NotInProfile:
            return None

    def meeting_rules(self) -> None:
        """What holds for every meeting."""
        start, end = self.start.data, self.end.data
        if start and end and end <= start:
            self.end.refuse(_("Møtet må slutte etter at det starter. Rett klokkeslettet."))
        arena = self.case
        if self.anonymous.data:
            self._anonymous_rules(_("Saken er anonym. Ta bort det som kan vise hvem den gjelder."))
            self._no_traces()
        elif arena and arena.level == "system":
            self._anonymous_rules(
                _("Møtet er på systemnivå og gjelder ikke ett barn. La feltet stå tomt.")
            )
        else:
            self._named_rules(arena)

    def _anonymous_rules(self, sentence: str) -> None:
        if not self.child.is_empty():
            self.child.refuse(sentence)
        if not self.consent_reference.is_empty():
            self.consent_reference.refuse(sentence)

    def _named_rules(self, arena: profile.Arena | None) -> None:
        for field in (self.child.form.name, self.child.form.birth_date):
            if field.is_empty():
                field.refuse(field.required)
        born, day = self.child.birth_date.day, self.date.day
        if born and day and born > day:
            self.child.birth_date.refuse(_("Fødselsdatoen kan ikke være etter møtet."))
        needs = self.needs_consent_reference and (arena is None or arena.consent != "none")
        if needs and self.consent_reference.is_empty():
            self.consent_reference.refuse(
                _("Skriv referansen til samtykket som gjelder for møtet.")
            )

    def _no_traces(self) -> None:
        """In an anonymous case no text may hold what leads to a person."""
        for leaf in self.leaves():
            if type(leaf) in (Text, LongText) and (trace := _trace(leaf.text)):
                leaf.refuse(trace)

    def leaves(self) -> list[Any]:
        """Every field that holds one answer."""
        return [leaf for field in self for leaf in field.leaves()]

    def family_rule(self, people: Rows) -> None:
        """The family or the young person is among the people, where the arena is theirs too."""
        arena = self.case
        if not people.filled or self.anonymous.data or (arena and not arena.family):
            return
        words = profile.current().family_roles
        child = self.child.form.name.text
        for row in people.filled:
            roles = re.findall(r"\w+", row.form.role.text.casefold())
            if words & set(roles) or (child and same_name(row.form.name.text, child)):
                return
        people.refuse(
            _(
                "Legg til minst én fra familien, eller ungdommen selv."
                " Skriv rollen, for eksempel Mor, Far eller Ungdommen selv."
            )
        )


def _trace(text: str) -> str:
    """The sentence for a text that holds what leads to a person, or ""."""
    from phonenumbers import (  # noqa: PLC0415 - 60 ms, and only anonymous cases ask
        PhoneNumberMatcher,
    )

    if _ELEVEN_DIGITS.search(text):
        return _(
            "Saken er anonym. Ta bort tallet på elleve siffer: det ser ut som et fødselsnummer."
        )
    if _EMAIL.search(text):
        return _("Saken er anonym. Ta bort e-postadressen.")
    if next(iter(PhoneNumberMatcher(text, "NO")), None):
        return _("Saken er anonym. Ta bort telefonnummeret.")
    return ""
