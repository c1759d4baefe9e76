"""What the invitation and the minutes share: the arena, the child or none, time and place."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from formsvc import profile
from formsvc.forms import anonymity
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import (
    Check,
    Choice,
    Date,
    Group,
    LongText,
    Number,
    Part,
    Rows,
    Text,
    Time,
)
from formsvc.forms.parts import Child, same_name
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken


class MeetingPerson(Part):
    """One who is invited to a meeting or was there; each paper asks in its own words."""

    name: Text
    role: Text


class MeetingForm(DocumentForm):
    """A meeting in one of the municipality's arenas."""

    #: whether a named case needs the reference of its consent on this paper
    needs_consent_reference: ClassVar[bool] = False

    arena = Choice(
        _l("Hva slags møte er det?"),
        lambda: profile.current().arenas(spoken()),
        required=_l("Velg hva slags møte det er."),
        printed=_l("Møte"),
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
        printed="",
    )
    child = Group(Child, _l("Barnet"), optional=True, example=True)
    consent_reference = Text(
        _l("Samtykkets referanse"),
        hint=_l("Den står øverst på samtykket, for eksempel S-2026-0041."),
        example="S-2026-0041",
        printed=_l("Samtykke"),
    )
    date = Date(_l("Dato"), required=_l("Skriv datoen for møtet."), example="2027-02-09")
    start = Time(
        _l("Starter"),
        required=_l("Skriv når møtet starter."),
        example="13:00",
        printed=_l("Tid"),
    )
    end = Time(_l("Slutter"), required=_l("Skriv når møtet slutter."), example="14:00", printed="")
    chair = Text(
        _l("Møteleder"),
        required=_l("Skriv navnet på møtelederen."),
        example="Solveig Nygård",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if arena := self.case:
            self.arena.hint = _about(arena)

    @property
    def case(self) -> profile.Arena | None:
        """The rules of the arena, or None while none is chosen."""
        try:
            return profile.current().arena(self.arena.code)
        except profile.NotInProfile:
            return None

    @property
    def concern(self) -> profile.Concern:
        """Whom it speaks of: in some cases of nobody by name, and at system level of nobody."""
        if self.anonymous.data:
            return "anonymous"
        return "system" if self.case and self.case.level == "system" else super().concern

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
            for field in self.child.fields:
                field.errors = []  # what is missing there is not to be filled in
            self.child.refuse(sentence)
        if not self.consent_reference.is_empty():
            self.consent_reference.refuse(sentence)

    def _named_rules(self, arena: profile.Arena | None) -> None:
        for field in (self.child.form.name, self.child.form.birth_date):
            if field.is_empty():
                field.refuse(field.required)
        born, day = self.child.form.birth_date.day, self.date.day
        if born and day and born > day:
            self.child.form.birth_date.refuse(_("Fødselsdatoen kan ikke være etter møtet."))
        needs = self.needs_consent_reference and (arena is None or arena.consent != "none")
        if needs and self.consent_reference.is_empty():
            self.consent_reference.refuse(
                _("Skriv referansen til samtykket som gjelder for møtet.")
            )

    def _no_traces(self) -> None:
        """In an anonymous case no text may hold what leads to a person."""
        for leaf in self.leaves():
            # free text only: a phone or an e-mail has a field of its own
            if not isinstance(leaf, Text) or type(leaf) not in (Text, LongText):
                continue
            if trace := anonymity.trace(leaf.text):
                leaf.refuse(trace)

    def family_rule(self, people: Rows[Group[MeetingPerson]]) -> None:
        """The family or the young person is among the people, unless nobody may tell who it is."""
        arena = self.case
        family = [row for row in people.filled if self._is_family(row)]
        if self.anonymous.data or (arena and arena.level == "system"):
            for row in family:
                row.form.role.refuse(
                    _("Familien er ikke med når saken er anonym eller møtet er på systemnivå.")
                )
        elif people.filled and not family and (arena is None or arena.family):
            people.refuse(
                _(
                    "Legg til minst én fra familien, eller ungdommen selv."
                    " Skriv rollen, for eksempel Mor, Far eller Ungdommen selv."
                )
            )

    def _is_family(self, row: Group[MeetingPerson]) -> bool:
        child = self.child.form.name.text
        roles = re.findall(r"\w+", row.form.role.text.casefold())
        return bool(profile.current().family_roles & set(roles)) or (
            bool(child) and same_name(row.form.name.text, child)
        )


def _about(arena: profile.Arena) -> str:
    """How the meetings of an arena are held, for whoever has chosen it."""
    facts = {
        _("Kaller inn"): arena.convenes[spoken()],
        _("Leder møtet"): arena.chairs[spoken()],
        _("Er med"): arena.participants[spoken()],
        _("Hvor ofte"): arena.how_often[spoken()],
    }
    if minutes := arena.duration_minutes:
        facts[_("Bør vare")] = _("%(minutes)s minutter", minutes=minutes)
    if arena.consent_note:
        facts[_("Samtykke")] = arena.consent_note[spoken()]
    sentences = [f"{fact}: {words}." for fact, words in facts.items()]
    return " ".join((*sentences, arena.written[spoken()]))
