"""What the invitation and the minutes share: the arena, the child or none, time, place, people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from formsvc import profile
from formsvc.errors import Problem
from formsvc.forms import anonymity, people
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import (
    YES_NO,
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
from formsvc.forms.parts import Child
from formsvc.forms.people import Relation
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken

#: a meeting that begins before or ends after these hours is asked about
_MORNING: Final = "06:00"
_EVENING: Final = "22:00"


class MeetingPerson(Part):
    """One who is invited to a meeting or was there; each paper asks in its own words."""

    name: Text
    #: to the child, of the family and other private persons
    relation: Relation
    #: of those who come from a service
    role: Text


class MeetingForm(DocumentForm):
    """A meeting in one of the municipality's arenas."""

    #: whether a named case needs the reference of its consent on this paper
    needs_consent_reference: ClassVar[bool] = False
    referent: Text
    referent_external: Check

    arena = Choice(
        _l("Hva slags møte er det?"),
        lambda: profile.current().arenas(spoken()),
        required=_l("Velg hva slags møte det er."),
        printed=_l("Møte"),
        example="responsibility_group",
    )
    meeting_number = Number(
        _l("Møte nummer"),
        required=_l("Skriv hvilket nummer møtet har."),
        default="1",
        example=2,
    )
    anonymous = Check(
        _l("Saken drøftes anonymt (NN-sak)"),
        hint=_l("Da skal ingenting i dokumentet vise hvem det gjelder."),
        printed="",
    )
    child = Group(Child, _l("Barnet"), optional=True, example=True)
    consent_reference = Text(
        _l("Samtykkets referanse"),
        hint=_l("Den står øverst på samtykket, for eksempel S-2026-0041."),
        example="S-2026-0041",
        printed=_l("Samtykke"),
    )
    date = Date(
        _l("Dato"),
        required=_l("Skriv datoen for møtet."),
        example="2026-11-17",
        called=_l("møtet"),
    )
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
    others_agreed = Choice(
        _l("Har de med foreldreansvar sagt ja til at andre private er med?"),
        YES_NO,
        hint=_l("Svar når andre enn de med foreldreansvar, ungdommen selv og vergen er med."),
        asked=lambda form: bool(form.other_private),
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
        arena = self.case
        return "system" if arena and arena.level == "system" else super().concern

    @property
    def is_named(self) -> bool:
        """Whether it is about somebody whom the paper names: not an anonymous case, nor none."""
        return self.concern in ("child", "adult")

    @property
    def people(self) -> Rows[Group[MeetingPerson]]:
        """Those who are invited, or were there."""
        raise NotImplementedError

    @property
    def other_private(self) -> list[str]:
        """The names of private persons who are there because the family wants it."""
        relations = ((row.form.name.text, row.form.relation) for row in self.people.filled)
        return [name for name, each in relations if not (each.is_empty() or each.is_holder)]

    @property
    def minutes(self) -> int:
        """How long it lasts; 0 where that is not known."""
        if not (self.start.data and self.end.data):
            return 0
        start, end = (
            datetime.combine(date.min, time.fromisoformat(each))
            for each in (self.start.data, self.end.data)
        )
        return max(0, (end - start) // timedelta(minutes=1))

    # -- rules ------------------------------------------------------------------------------

    def meeting_rules(self) -> None:
        """What holds for every meeting."""
        start, end = self.start.data, self.end.data
        if start and end and end <= start:
            self.end.refuse(_("Møtet må slutte etter at det starter. Rett klokkeslettet."))
        if self.anonymous.data:
            self._anonymity_rule(self.case)
            self._unnamed_rules(_("Saken er anonym. Ta bort det som kan vise hvem den gjelder."))
            self._no_traces()
        elif self.concern == "system":
            self._unnamed_rules(
                _("Møtet er på systemnivå og gjelder ikke ett barn. La feltet stå tomt.")
            )
        else:
            self._named_rules(self.case)
        self._people_rules()

    def _anonymity_rule(self, arena: profile.Arena | None) -> None:
        """Only some arenas take a case without a name: elsewhere it would need no consent."""
        if arena and arena.level == "case" and arena.consent != "required_or_anonymous":
            self.anonymous.refuse(
                _(
                    "I slike møter kan ikke en sak drøftes anonymt. Ta bort krysset, eller velg et"
                    " annet slags møte."
                )
            )

    def _unnamed_rules(self, sentence: str) -> None:
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

    def _people_rules(self) -> None:
        """Who is who: the family by its relation, the others by their role."""
        rows, arena = self.people.filled, self.case
        for row in rows:
            if row.form.relation.is_empty() and row.form.role.is_empty():
                row.form.role.refuse(
                    _("Skriv rollen, eller velg tilknytningen til barnet for en fra familien.")
                )
            self.relation_rule(row)
        is_asked = self.is_named and (arena is None or arena.family)
        if is_asked and rows and not any(map(self._is_family, rows)):
            self.people.refuse(
                _(
                    "Legg til minst én med foreldreansvar, vergen eller ungdommen selv, og velg"
                    " «Tilknytning til barnet» for den personen."
                )
            )

    def relation_rule(self, row: Group[MeetingPerson]) -> None:
        """Nobody is of the family where no child is named, and the young person is the child."""
        relation, role = row.form.relation, row.form.role.text
        if self.is_named and relation.is_empty() and people.is_of_family(role):
            # whose e-mail is private hangs on it
            relation.refuse(
                _("«%(role)s» er en tilknytning til barnet. Velg tilknytningen her.", role=role)
            )
        if not self.is_named and not relation.is_empty():
            relation.refuse(
                _("Familien er ikke med når saken er anonym eller møtet er på systemnivå.")
            )
        child = self.child.form.name.text
        if relation.code == "young_person" and child and not self._is_child(row):
            relation.refuse(
                _("Ungdommen selv er den møtet gjelder. Rett navnet, eller velg noe annet.")
            )

    def referent_rule(self, missing: str, both: str) -> None:
        """The referent is among the people, or said to be none of them.

        :param missing: what is said of one who is neither.
        :param both: what is said of one who is there and is said not to be.
        """
        there = people.among(self.referent.text, self.people)
        if there and self.referent_external.data:
            self.referent_external.refuse(both)
        is_known = there or self.referent_external.data or self.referent.is_empty()
        if self.people.filled and not is_known:
            self.referent.refuse(missing)

    def within_rule(self, field: Time) -> None:
        """A time of the meeting is not before its start or after its end."""
        start, end = self.start.data or "", self.end.data or ""
        if field.data and start < end and not start <= field.data <= end:
            field.refuse(_("Klokkeslettet er ikke innenfor møtet. Rett det."))

    def _is_child(self, row: Group[MeetingPerson]) -> bool:
        return people.same(row.form.name.text, self.child.form.name.text)

    def _is_family(self, row: Group[MeetingPerson]) -> bool:
        return row.form.relation.is_holder or self._is_child(row)

    # -- advice -----------------------------------------------------------------------------

    def own_advice(self) -> list[Problem]:
        """What is asked about: who else may be there, and a meeting at night."""
        return [*self._agreed_advice(), *self._hours_advice()]

    def _agreed_advice(self) -> list[Problem]:
        if not self.is_named or not self.other_private or self.others_agreed.code == "yes":
            return []
        who = ", ".join(self.other_private)
        sentence = _("Har de med foreldreansvar sagt ja til at %(who)s er med? Svar her.", who=who)
        if self.others_agreed.code == "no":
            sentence = _("De med foreldreansvar har ikke sagt ja til at %(who)s er med.", who=who)
        return [Problem("others_agreed", sentence)]

    def _hours_advice(self) -> list[Problem]:
        start, end = self.start.data, self.end.data
        if (start and start < _MORNING) or (end and end > _EVENING):
            return [Problem("start", _("Møtet er om natta. Se over klokkeslettene."))]
        return []


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


def one_of(none: Check, rows: Rows[Any], both: str, neither: str) -> None:
    """Rows, or the box that says that there are none."""
    if none.data and rows.filled:
        none.refuse(both)
    if not none.data and not rows.filled:
        rows.refuse(neither)
