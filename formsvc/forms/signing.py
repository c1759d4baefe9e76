"""Who must sign for a person: by the age on the day of signing, judgement and responsibility.

Rules alone, and no form: a paper says what it knows as a ``Case``, and asks it of those who sign.
The ages are the profile's. The law behind them: pasient- og brukerrettighetsloven §§ 4-3 to 4-5,
helsepersonelloven § 22.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, NamedTuple

from formsvc import norway, profile
from formsvc.forms import people
from formsvc.forms.fields import as_compared
from formsvc.language import gettext as _

#: roles of those who have parental responsibility, or are appointed to have it
HOLDER_ROLES: Final = frozenset({"parent", "guardian", "representative"})
#: and of all who sign for a child
GUARDIAN_ROLES: Final = HOLDER_ROLES | {"child_welfare"}
#: who signs for an adult who cannot judge it
STAND_IN_ROLES: Final = frozenset({"guardian", "representative", "nearest_relative"})
#: parental responsibility that one parent has alone
ALONE: Final = frozenset({"mother", "father", "co_mother"})
#: why one of two signs alone where that is not a reason in law (pbrl. § 4-4 names the others):
#: it is enough only when staff have decided so
TO_BE_DECIDED: Final = frozenset({"cannot_be_reached", "other"})


class Signer(NamedTuple):
    """One who signs, and as what."""

    name: str
    role: str


class Change(NamedTuple):
    """A birthday from which others must sign."""

    day: date
    age: int


@dataclass(frozen=True)
class Case:
    """Whom a paper is signed for, and what decides who signs it.

    A power of attorney is for adults: whoever signs with one from a parent is given as the parent.
    """

    birth_date: date
    signed_on: date
    #: the name of whom it is about; "" where nobody must be that person
    name: str = ""
    #: purposes can have ages of their own
    purposes: Sequence[str] = ()
    #: who has parental responsibility: joint, mother, father, co_mother, other or child_welfare;
    #: "" where the paper does not ask
    responsibility: str = ""
    #: how many have it, where all of them must sign
    holders: int = 1
    #: their names, where the paper has them: nobody else signs as a parent or guardian of a child
    named: Sequence[str] = ()
    #: whether the person can judge what the paper is about
    can_judge: bool = True

    @property
    def age(self) -> int:
        """Full years on the day of signing."""
        return norway.age_on(self.birth_date, self.signed_on)

    @property
    def is_adult(self) -> bool:
        """Whether nobody has parental responsibility for the person any more."""
        return self.age >= profile.current().limits.adult_age

    @property
    def asks_ability(self) -> bool:
        """Whether it is asked if the person can judge it: where the person is to sign."""
        return self._rule.young_person

    @property
    def own_signature(self) -> bool:
        """Whether the person must sign."""
        return self.can_judge and (self._rule.young_person or self._rule.guardians == "none")

    @property
    def guardians(self) -> Literal["all", "one", "none"]:
        """How many of those with parental responsibility must sign."""
        if self.is_adult:
            return "none"
        if self.can_judge or self._rule.guardians != "none":
            return self._rule.guardians
        return "all"

    @property
    def _rule(self) -> profile.SigningRule:
        return profile.current().signing_rule(self.age, self.purposes, self.signed_on)

    def missing(self, signers: Iterable[Signer]) -> str:
        """The sentence that says who is missing among those who sign; "" when nobody is."""
        roles = _roles(signers)
        if self.is_adult:
            return self._missing_for_adult(roles)
        is_signed = "young_person" in roles
        if self.own_signature and not is_signed:
            return _("Ungdommen skal også skrive under, ut fra alderen. Legg til ungdommen selv.")
        if self.guardians == "none" or (self.guardians == "one" and is_signed):
            return ""
        return self._missing_guardians(roles)

    def _missing_for_adult(self, roles: Sequence[str]) -> str:
        if self.can_judge:
            own = {"young_person", "proxy"}.intersection(roles)
            return "" if own else _("Personen er myndig og skal skrive under selv.")
        if STAND_IN_ROLES.intersection(roles):
            return ""
        return _(
            "Personen er myndig og kan ikke vurdere dette selv. Legg til vergen som har dette i"
            " mandatet sitt, eller den nærmeste pårørende."
        )

    def _missing_guardians(self, roles: Sequence[str]) -> str:
        if self.responsibility == "child_welfare":
            if "child_welfare" in roles:
                return ""
            return _(
                "Barnevernstjenesten har omsorgen og skriver under i stedet for foreldrene."
                " Legg til barnevernstjenesten."
            )
        # where the parents have the responsibility, child welfare does not stand for one of them
        stands = HOLDER_ROLES if self.responsibility else GUARDIAN_ROLES
        needed = self.holders if self.guardians == "all" else 1
        there = sum(role in stands for role in roles)
        if there >= needed:
            return ""
        if needed == 2:
            return _("Begge med foreldreansvar skal skrive under. Legg til den andre.")
        if needed > 1:
            return _("Alle med foreldreansvar skal skrive under. Legg til dem som mangler.")
        return _("En foresatt skal skrive under, ut fra barnets alder. Legg til den foresatte.")

    def is_one_of_two(self, signers: Iterable[Signer]) -> bool:
        """Whether one signs alone of two who both should, so that the reason must be known."""
        there = sum(role in HOLDER_ROLES for role in _roles(signers))
        return self.responsibility == "joint" and self.guardians == "all" and there == 1

    def misplaced(self, signers: Iterable[Signer]) -> Iterator[tuple[int, str]]:
        """Who may not sign as what they sign: the number of each from 0, and a sentence."""
        parents = 0
        for number, signer in enumerate(signers):
            parents += signer.role == "parent"
            sentence = self._not_as(signer, parents)
            if sentence:
                yield number, sentence

    def _not_as(self, signer: Signer, parents: int) -> str:
        """Why that one may not sign in that role; "" when nothing speaks against it."""
        if signer.role == "young_person" and self.name and not people.same(signer.name, self.name):
            return _(
                "Den som skriver under selv, skal ha samme navn som den skjemaet gjelder:"
                " %(name)s. Rett navnet eller rollen.",
                name=self.name,
            )
        if self.is_adult:
            return self._not_for_adult(signer.role)
        if signer.role == "proxy":
            return _(
                "Bare den som er myndig, kan la en fullmektig skrive under. Her skriver ungdommen"
                " selv eller de som har foreldreansvar, under."
            )
        if signer.role == "nearest_relative":
            return _(
                "En pårørende skriver bare under for en som er myndig og ikke kan vurdere dette"
                " selv. Her skriver de som har foreldreansvar, under."
            )
        if signer.role in HOLDER_ROLES and self.named and not self._is_named(signer):
            return _(
                "%(name)s står ikke blant dem som har foreldreansvar. Rett navnet eller rollen,"
                " eller hvem som har foreldreansvar.",
                name=signer.name,
            )
        if signer.role == "parent" and self.responsibility in ALONE and parents > 1:
            return _(
                "Bare én forelder har foreldreansvar etter svaret over. Ta bort den andre, eller"
                " rett hvem som har foreldreansvar."
            )
        return ""

    def _is_named(self, signer: Signer) -> bool:
        return any(people.same(signer.name, name) for name in self.named)

    def _not_for_adult(self, role: str) -> str:
        if role in ("parent", "child_welfare"):
            return _(
                "Personen er myndig, og ingen har foreldreansvar lenger."
                " La personen skrive under selv, eller velg en annen rolle."
            )
        if self.can_judge and role in STAND_IN_ROLES:
            return _(
                "Personen er myndig, kan vurdere dette og skriver derfor under selv. Ta bort den"
                " som skriver under i stedet, eller la en fullmektig gjøre det."
            )
        if not self.can_judge and role == "proxy":
            return _(
                "Den som ikke kan vurdere dette, kan ikke gi fullmakt til det. Velg verge med dette"
                " i mandatet sitt, eller nærmeste pårørende."
            )
        return ""

    def changes(self, until: date) -> Iterator[Change]:
        """The birthdays after the day of signing, to that day, from which others must sign."""
        before = self
        for age in range(self.age + 1, norway.age_on(self.birth_date, until) + 1):
            day = norway.birthday(self.birth_date, age)
            then = replace(self, signed_on=day)
            if then.demands != before.demands:
                yield Change(day, age)
            before = then

    @property
    def demands(self) -> tuple[bool, str, bool]:
        """What is to be compared between two days: whether the person, who else, and as what."""
        return self.own_signature, self.guardians, self.is_adult


def _roles(signers: Iterable[Signer]) -> list[str]:
    """The roles of those who sign; who is named twice signs once."""
    once = {as_compared(signer.name): signer.role for signer in signers}
    return list(once.values())
