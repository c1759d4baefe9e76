"""What a profile is made of: wordings, offices, services, arenas, age rules, limits, arms."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, get_args

from formsvc import clock
from formsvc.errors import FormsvcError

#: what a consent may be given for; a municipality can have other signing ages for one of them
PURPOSES: Final = (
    *("interdisciplinary_meeting", "cooperation_group", "responsibility_group"),
    *("individual_plan", "relay_log", "agencies_meeting", "transition", "consultation_team"),
)

#: the group of the texts that stand on pages of their own, and not on a paper
PAGES: Final = "site"

Level = Literal["case", "system"]
#: whom a paper speaks of: a child, an adult, one who has died, somebody who stays unnamed, or
#: nobody at all
Concern = Literal["child", "adult", "deceased", "anonymous", "system"]
ArenaConsent = Literal["required", "none", "required_or_anonymous"]
Guardians = Literal["all", "one", "none"]

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
#: a word of the municipality in a text, with its form: ``{words.absence.definite}``
WORD: Final = re.compile(r"\{words\.([^{}]*)\}")
#: the words that sentences are built around, so that they have to be given in every form
INFLECTED: Final = ("absence", "application", "responsibility_group", "decision")
#: the forms that sentences need of a word; ``compound`` is the first part of a compound
FORMS: Final = ("indefinite", "definite", "plural", "definite_plural", "article", "compound")


class NotInProfile(FormsvcError, KeyError):
    """A text, title, office, service or arena was asked for that the profile does not have."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The municipality's profile has no {key}. Add it, or mend the name.")

    def __str__(self) -> str:
        """The sentence: a KeyError would show it in quotes."""
        return str(self.args[0])


@dataclass(frozen=True)
class Words:
    """One wording in every language, in one or more versions, oldest first.

    ``words["nn"]`` is today's wording.
    """

    #: (valid from, language to wording)
    versions: tuple[tuple[date, Mapping[str, str]], ...]

    def say(self, language: str, on: date | None = None) -> str:
        """The newest wording valid on that day, today by default; before all, the oldest."""
        day = on or clock.today()
        valid = [wording for since, wording in self.versions if since <= day]
        return (valid[-1] if valid else self.versions[0][1])[language]

    def __getitem__(self, language: str) -> str:
        return self.say(language)


@dataclass(frozen=True)
class Office:
    """An office that papers are sent to or that answers questions."""

    name: Words
    phone: str = ""
    email: str = ""
    #: where post to it goes; that of the municipality, where it has none of its own
    address: str = ""


@dataclass(frozen=True)
class Service:
    """A service that takes part around children; switched off, it is no longer offered."""

    name: Words
    enabled: bool = True
    #: whether there are several of the kind, so that a paper must name the one it means
    several: bool = False


@dataclass(frozen=True)
class Arena:
    """A kind of meeting and the rules that choosing it sets."""

    code: str
    name: Words
    enabled: bool
    #: "case" is about one child; "system" names no child at all
    level: Level
    consent: ArenaConsent
    #: whether the family must be among the invited and the participants
    family: bool
    #: whether the family must be told afterwards, with date and name
    feedback_to_family: bool
    #: whether the action plan is the only paper written on in it
    only_action_plan: bool
    #: days before the meeting that the agenda should be out; None where there is no such rule
    agenda_days: int | None
    #: guideline for its length
    duration_minutes: int | None
    convenes: Words
    chairs: Words
    participants: Words
    how_often: Words
    #: what is written in or after it
    written: Words
    #: what the consent is called here, or how it is given
    consent_note: Words | None


@dataclass(frozen=True)
class SigningRule:
    """Who must sign: of those with parental responsibility, and the young person."""

    guardians: Guardians
    young_person: bool


@dataclass(frozen=True)
class AgeRules:
    """One dated set of rules on who signs at which age."""

    since: date
    version: str
    #: (from that age, rule), youngest first
    ages: tuple[tuple[int, SigningRule], ...]
    #: purposes with ages of their own
    purposes: Mapping[str, tuple[tuple[int, SigningRule], ...]]

    def signing_rule(self, age: int, purposes: Sequence[str] = ()) -> SigningRule:
        """Who must sign at that age; for several purposes all that any of them asks for."""
        rules = [_at_age(self.purposes.get(p, self.ages), age) for p in purposes]
        rules = rules or [_at_age(self.ages, age)]
        strictest = min((rule.guardians for rule in rules), key=get_args(Guardians).index)
        return SigningRule(strictest, any(rule.young_person for rule in rules))


def _at_age(ages: tuple[tuple[int, SigningRule], ...], age: int) -> SigningRule:
    return next((rule for start, rule in reversed(ages) if age >= start), ages[0][1])


@dataclass(frozen=True)
class Limits:
    """Numbers that municipalities set; the shipped file says what each one does."""

    consent_months: int
    consent_max_months: int
    adult_age: int
    heard_from_age: int
    guardians_listed_under: int
    agenda_warning_days: int
    few: int
    long_conclusion: int
    draft_days: int
    draft_warning_days: int
    evaluations: int
    evaluation_minutes: int


@dataclass(frozen=True)
class Accounts:
    """What employees' log-ins must satisfy."""

    idle_minutes: int
    #: roles that must show a second factor
    second_factor: frozenset[str]


@dataclass(frozen=True)
class Arms:
    """A municipality's arms."""

    picture: bytes
    #: what the picture is: ``svg`` or ``png``
    ending: str
    #: the same as a bitmap, which is all that Word shows, and its size in dots
    bitmap: bytes
    width: int
    height: int

    @cached_property
    def name(self) -> str:
        """What papers call the picture: another name for another picture."""
        return f"arms-{hashlib.sha256(self.picture).hexdigest()[:12]}.{self.ending}"


@dataclass(frozen=True)
class Municipality:
    """Who the papers come from."""

    name: Words
    #: where people visit it
    address: str
    #: where post goes, where that is another address
    postal_address: str
    phone: str
    email: str
    website: str
    organisation_number: str
    #: of headings and rules, as #14487a; dark enough to be read on white
    colour: str
    arms: Arms | None
