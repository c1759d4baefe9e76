"""What a profile holds, and what papers and pages ask it: by language, and by the day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, get_args

from formsvc import clock, norway
from formsvc.profile.parts import (
    NO_BREAK,
    PLACEHOLDER,
    WORD,
    Accounts,
    AgeRules,
    Arena,
    Concern,
    Limits,
    Municipality,
    NotInProfile,
    Office,
    Service,
    SigningRule,
    Words,
)

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Profile:
    """One municipality. Days default to today; languages are nb, nn and en.

    It is itself alone, so that what is made of it can be remembered by it.
    """

    sender: Municipality
    offices: Mapping[str, Office]
    titles: Mapping[str, Words]
    all_services: Mapping[str, Service]
    all_arenas: Mapping[str, Arena]
    #: oldest first
    age_rules: tuple[AgeRules, ...]
    limits: Limits
    accounts: Accounts
    #: by key; those that are inflected by key and form: ``absence.definite``
    words: Mapping[str, Words]
    word_lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    #: kind or page, then the short key: the texts in reading order
    resources: Mapping[str, Mapping[str, Words]]
    all_headings: Mapping[str, Mapping[str, Words]]
    references: Mapping[str, Words]

    def name(self, language: str) -> str:
        """The municipality's name."""
        return self.sender.name.say(language)

    def municipality(self, language: str) -> dict[str, str]:
        """What a letterhead needs; ``arms`` is the name of the picture, "" where there is none."""
        return {
            "name": self.name(language),
            "address": self.sender.address,
            "postal_address": self.sender.postal_address,
            "phone": norway.show_phone(self.sender.phone),
            "email": self.sender.email,
            "website": self.sender.website,
            "organisation_number": norway.show_organisation_number(self.sender.organisation_number),
            "colour": self.sender.colour,
            "arms": self.sender.arms.name if self.sender.arms else "",
        }

    def office(self, key: str, language: str, on: date | None = None) -> str:
        """An office's name, such as ``coordinating_unit``."""
        return _found(self.offices, "offices", key).name.say(language, on)

    def office_address(self, key: str) -> str:
        """Where post to an office goes: its own address, else that of the municipality."""
        office = _found(self.offices, "offices", key)
        return office.address or self.sender.postal_address or self.sender.address

    def office_phone(self, key: str) -> str:
        """An office's telephone as it is read; "" where it has none."""
        return norway.show_phone(_found(self.offices, "offices", key).phone)

    def title(self, kind: str, language: str, on: date | None = None) -> str:
        """What a kind of paper is called."""
        return _found(self.titles, "titles", kind).say(language, on)

    def word(self, key: str, language: str, on: date | None = None) -> str:
        """A word that municipalities use differently: ``exempt``, or ``absence.definite``.

        Named with a capital, it begins a sentence: ``Absence.definite``.
        """
        word = _found(self.words, "words", small(key)).say(language, on)
        return word if key == small(key) else word[:1].upper() + word[1:]

    def said(self, text: str, language: str, on: date | None = None) -> str:
        """A text with the municipality's words in it, where it names some.

        :raises NotInProfile: for a word or a form that the municipality does not have.
        """
        return WORD.sub(lambda named: self.word(named[1], language, on), text)

    def text(self, key: str, language: str, on: date | None = None) -> list[str]:
        """The paragraphs of a text, such as ``consent.voluntary``."""
        group, _, short = key.partition(".")
        words = _found(self.resources.get(group, {}), f"texts.{group}", short)
        return self.paragraphs(words, language, on)

    def texts(
        self, kind: str, language: str, on: date | None = None, concern: Concern = "child"
    ) -> dict[str, list[str]]:
        """All texts of a kind by their short keys, in reading order.

        ``intro_adult`` stands in the place of ``intro`` where a paper concerns an adult, and
        ``child_heard_child`` only where it concerns a child, as intro and child_heard.
        """
        found = _fitting(self.resources.get(kind, {}), concern)
        return {key: self.paragraphs(words, language, on) for key, words in found.items()}

    def headings(
        self, kind: str, language: str, on: date | None = None, concern: Concern = "child"
    ) -> dict[str, str]:
        """Headings for those texts of a kind that have one, by the same short keys."""
        found = _fitting(self.all_headings.get(kind, {}), concern)
        return {key: words.say(language, on) for key, words in found.items()}

    def exempt(self, language: str, on: date | None = None, concern: Concern = "child") -> str:
        """The stamp of what the public may not see; none where nobody is named."""
        named = concern not in ("anonymous", "system")
        return self.word("exempt", language, on) if named else ""

    def legal(self, kind: str, language: str, on: date | None = None) -> list[str]:
        """The acts that a paper rests on; none for many kinds."""
        found = self.references.get(kind)
        return self.paragraphs(found, language, on) if found else []

    def services(self, language: str) -> dict[str, str]:
        """The services to choose from: code to name, in the profile's order."""
        return {
            code: service.name.say(language)
            for code, service in self.all_services.items()
            if service.enabled
        }

    def has_several(self, code: str) -> bool:
        """Whether a paper must name which of these services it means; of no such code, no."""
        service = self.all_services.get(code)
        return service is not None and service.several

    def arenas(self, language: str) -> dict[str, str]:
        """The arenas to choose from: code to name, in the profile's order."""
        return {
            code: arena.name.say(language)
            for code, arena in self.all_arenas.items()
            if arena.enabled
        }

    def arena(self, code: str) -> Arena:
        """An arena, also one that is no longer offered."""
        return _found(self.all_arenas, "arenas", code)

    def rules_on(self, day: date) -> AgeRules:
        """The age rules of that day; before all, the oldest."""
        valid = [rules for rules in self.age_rules if rules.since <= day]
        return valid[-1] if valid else self.age_rules[0]

    def signing_rule(
        self, age: int, purposes: Sequence[str] = (), on: date | None = None
    ) -> SigningRule:
        """Who must sign for a person of that age on that day."""
        return self.rules_on(on or clock.today()).signing_rule(age, purposes)

    @property
    def rules_version(self) -> str:
        """The name of today's age rules, to be stored with what was signed by them."""
        return self.rules_on(clock.today()).version

    def phrases(self, key: str) -> frozenset[str]:
        """Words to look for in what was written, such as ``discussion``, in small letters.

        In all languages at once: people mix them.
        """
        lists = _found(self.word_lists, "word_lists", key)
        return frozenset(word.casefold() for words in lists.values() for word in words)

    def paragraphs(self, words: Words, language: str, on: date | None = None) -> list[str]:
        """The paragraphs of a text, with its placeholders filled.

        :raises NotInProfile: for a placeholder that stands for nothing.
        """

        def fact(found: re.Match[str]) -> str:
            said = self._fact(found[1], language, on)
            # a number is not torn where a line ends
            return said.replace(" ", NO_BREAK) if found[1].endswith(".phone") else said

        return [PLACEHOLDER.sub(fact, p) for p in _split(words.say(language, on))]

    def _fact(self, path: str, language: str, on: date | None) -> str:
        """What a placeholder such as ``{offices.coordinating_unit.phone}`` stands for."""
        table, _, key = path.partition(".")
        if table == "municipality":
            return _found(self.municipality(language), table, key)
        if table == "limits":
            return str(_found(vars(self.limits), table, key))
        if table == "words":
            return self.word(key, language, on)
        code, _, part = key.partition(".")
        office = _found(self.offices if table == "offices" else {}, table, code)
        shown = {
            "name": office.name.say(language, on),
            "phone": norway.show_phone(office.phone),
            "email": office.email,
        }
        return _found(shown, f"{table}.{code}", part)


def _found(table: Mapping[str, _T], name: str, key: str) -> _T:
    try:
        return table[key]
    except KeyError:
        raise NotInProfile(f"{name}.{key}") from None


def short(key: str) -> str:
    """The short key of a text that is said of some only: ``intro`` for ``intro_adult``."""
    plain, _, concern = key.rpartition("_")
    return plain if concern in get_args(Concern) else key


def _fitting(texts: Mapping[str, Words], concern: Concern) -> dict[str, Words]:
    """The texts for those whom a paper concerns: their own version, else the one for all."""
    own = {f"{key}_{concern}" for key in map(short, texts)} & texts.keys()
    return {
        short(key): words
        for key, words in texts.items()
        if key in own or (key == short(key) and f"{key}_{concern}" not in own)
    }


def small(key: str) -> str:
    """The key of a word, also of one that begins a sentence."""
    return key[:1].lower() + key[1:]


def _split(text: str) -> list[str]:
    """Paragraphs are parted by an empty line; a single line break is only the editor's."""
    paragraphs = re.split(r"\n[ \t]*\n", text.strip())
    return [re.sub(r"[ \t]*\n[ \t]*", " ", paragraph.strip()) for paragraph in paragraphs]
