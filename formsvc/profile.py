"""The municipality's facts, words, arenas and rules: dated data in TOML, checked when it is read.

The shipped ``profile.toml`` is an invented municipality and explains each table. An installation
lays its own file over it key by key (FORMSVC_PROFILE). A mistake in it is refused at once with
the key and the mend, so that no paper goes out with half a profile.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeVar, cast, get_args

from formsvc import clock, norway
from formsvc.cleaning import clean, is_blank
from formsvc.config import settings
from formsvc.errors import FormsvcError
from formsvc.language import LANGUAGES, PAPER_LANGUAGES, SOURCE

SHIPPED: Final = Path(__file__).with_name("profile.toml")

#: what a consent may be given for; a municipality can have other signing ages for one of them
PURPOSES: Final = (
    *("interdisciplinary_meeting", "cooperation_group", "responsibility_group"),
    *("individual_plan", "relay_log", "agencies_meeting", "transition", "consultation_team"),
)

#: what employees may be; models.Role has the same, and a test compares
ROLES: Final = ("referent", "coordinator", "ke", "admin")

Level = Literal["case", "system"]
ArenaConsent = Literal["required", "none", "required_or_anonymous"]
MinutesKept = Literal["always", "as_a_rule", "optional"]
Referent = Literal["named", "rotates", "open"]
Guardians = Literal["all", "one", "none"]

_T = TypeVar("_T")
_BEGINNING: Final = date.min
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


class InvalidProfile(FormsvcError):
    """The profile has a mistake; the text names the key and the mend."""

    def __init__(self, key: str, mend: str) -> None:
        self.key = key
        super().__init__(f"The municipality's profile, {key}: {mend}")


class NotInProfile(FormsvcError, KeyError):
    """A text, title, office, service or arena was asked for that the profile does not have."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The municipality's profile has no {key}. Add it, or mend the name.")

    def __str__(self) -> str:
        """The sentence: a KeyError would show it in quotes."""
        return str(self.args[0])


# What a profile holds


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


@dataclass(frozen=True)
class Service:
    """A service that takes part around children; switched off, it is no longer offered."""

    name: Words
    enabled: bool = True


@dataclass(frozen=True)
class Arena:
    """A kind of meeting and the rules that choosing it sets."""

    code: str
    name: Words
    #: the models that have it, such as ("BTI", "Sel")
    models: tuple[str, ...]
    enabled: bool
    #: "case" is about one child; "system" names no child at all
    level: Level
    consent: ArenaConsent
    #: whether the family must be among the invited and the participants
    family: bool
    #: whether the family must be told afterwards, with date and name
    feedback_to_family: bool
    #: days before the meeting that the agenda should be out; None where there is no such rule
    agenda_days: int | None
    minutes: MinutesKept
    referent: Referent
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
class Municipality:
    """Who the papers come from."""

    name: Words
    address: str
    phone: str
    email: str
    website: str
    organisation_number: str


@dataclass(frozen=True)
class Profile:
    """One municipality. Days default to today; languages are nb, nn and en."""

    sender: Municipality
    offices: Mapping[str, Office]
    titles: Mapping[str, Words]
    all_services: Mapping[str, Service]
    all_arenas: Mapping[str, Arena]
    #: oldest first
    age_rules: tuple[AgeRules, ...]
    limits: Limits
    accounts: Accounts
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
        """What a letterhead needs."""
        return {
            "name": self.name(language),
            "address": self.sender.address,
            "phone": norway.show_phone(self.sender.phone),
            "email": self.sender.email,
            "website": self.sender.website,
            "organisation_number": norway.show_organisation_number(self.sender.organisation_number),
        }

    def office(self, key: str, language: str, on: date | None = None) -> str:
        """An office's name, such as ``coordinating_unit``."""
        return _found(self.offices, "offices", key).name.say(language, on)

    def title(self, kind: str, language: str, on: date | None = None) -> str:
        """What a kind of paper is called."""
        return _found(self.titles, "titles", kind).say(language, on)

    def word(self, key: str, language: str, on: date | None = None) -> str:
        """A word that municipalities use differently, such as ``exempt`` or ``absence``."""
        return _found(self.words, "words", key).say(language, on)

    def text(self, key: str, language: str, on: date | None = None) -> list[str]:
        """The paragraphs of a text, such as ``consent.voluntary``."""
        group, _, short = key.partition(".")
        words = _found(self.resources.get(group, {}), f"texts.{group}", short)
        return self.paragraphs(words, language, on)

    def texts(self, kind: str, language: str, on: date | None = None) -> dict[str, list[str]]:
        """All texts of a kind by their short keys, in reading order."""
        found = self.resources.get(kind, {})
        return {key: self.paragraphs(words, language, on) for key, words in found.items()}

    def headings(self, kind: str, language: str, on: date | None = None) -> dict[str, str]:
        """Headings for those texts of a kind that have one, by the same short keys."""
        return {k: words.say(language, on) for k, words in self.all_headings.get(kind, {}).items()}

    def legal(self, kind: str, language: str, on: date | None = None) -> list[str]:
        """The acts that a paper rests on; none for many kinds."""
        found = self.references.get(kind)
        return self.paragraphs(found, language, on) if found else []

    def services(self, language: str) -> dict[str, str]:
        """The services to choose from: code to name, in the profile's order."""
        return {c: s.name.say(language) for c, s in self.all_services.items() if s.enabled}

    def service(self, code: str, language: str) -> str:
        """A service's name, also of one that is no longer offered."""
        return _found(self.all_services, "services", code).name.say(language)

    def arenas(self, language: str) -> dict[str, str]:
        """The arenas to choose from: code to name, in the profile's order."""
        return {c: a.name.say(language) for c, a in self.all_arenas.items() if a.enabled}

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

    def discussion_words(self, language: str) -> tuple[str, ...]:
        """Phrases that show that a conclusion retells the discussion."""
        return self.word_list("discussion", language)

    def word_list(self, key: str, language: str) -> tuple[str, ...]:
        """Words to look for in what was written, such as ``vague_deadlines``."""
        return _found(self.word_lists, "word_lists", key)[language]

    def phrases(self, key: str) -> frozenset[str]:
        """A word list in all languages at once and in small letters: people mix languages."""
        lists = _found(self.word_lists, "word_lists", key)
        return frozenset(word.casefold() for words in lists.values() for word in words)

    @property
    def discussion_phrases(self) -> frozenset[str]:
        """What gives away that a conclusion retells the discussion."""
        return self.phrases("discussion")

    @property
    def complaint_phrases(self) -> frozenset[str]:
        """What gives away a complaint on resources."""
        return self.phrases("resources")

    @property
    def family_roles(self) -> frozenset[str]:
        """Words in a participant's role that show that the family is there."""
        return self.phrases("family_roles")

    def paragraphs(self, words: Words, language: str, on: date | None = None) -> list[str]:
        """The paragraphs of a text, with its placeholders filled.

        :raises NotInProfile: for a placeholder that stands for nothing.
        """

        def fact(found: re.Match[str]) -> str:
            return self._fact(found[1], language, on)

        return [_PLACEHOLDER.sub(fact, p) for p in _split(words.say(language, on))]

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


def _split(text: str) -> list[str]:
    """Paragraphs are parted by an empty line; a single line break is only the editor's."""
    paragraphs = re.split(r"\n[ \t]*\n", text.strip())
    return [re.sub(r"[ \t]*\n[ \t]*", " ", paragraph.strip()) for paragraph in paragraphs]


# Reading one


@cache
def current() -> Profile:
    """The profile of this installation, read once.

    :raises InvalidProfile: at the first mistake.
    """
    return load(settings().profile)


def load(own: Path | None = None) -> Profile:
    """The shipped profile, with a municipality's own file laid over it.

    :raises InvalidProfile: at the first mistake.
    """
    data = _read(SHIPPED)
    if own is not None:
        data = cast("dict[str, object]", _laid_over(data, _read(own)))
    return parse(data)


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = f"cannot be read ({error.strerror}). Mend the path in FORMSVC_PROFILE."
        raise InvalidProfile(str(path), reason) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile(str(path), f"is not TOML in UTF-8: {error}.") from error


def _laid_over(shipped: object, own: object) -> object:
    """Tables are merged key by key; of dated versions, the own ones rule from their first day.

    A later shipped version must not push out a municipality's own words at an upgrade.
    """
    if isinstance(shipped, dict) and isinstance(own, dict):
        both = {key: _laid_over(value, own.get(key, value)) for key, value in shipped.items()}
        return both | {key: value for key, value in own.items() if key not in shipped}
    if _is_dated(own):
        own_versions = cast("list[dict[str, object]]", own)
        first = min(cast(date, version["from"]) for version in own_versions)
        return [v for v in _versions(shipped) if cast(date, v["from"]) < first] + own_versions
    return own


def _versions(value: object) -> list[dict[str, object]]:
    """What is written as dated versions; a wording without a date holds from the beginning."""
    if _is_dated(value):
        return cast("list[dict[str, object]]", value)
    if isinstance(value, str):
        value = dict.fromkeys(LANGUAGES, value)
    return [{"from": _BEGINNING, **value}] if isinstance(value, dict) else []


def _is_dated(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, dict) and type(v.get("from")) is date for v in value)
    )


class _Table:
    """A table of the file: it knows its path and refuses keys that nobody asked for."""

    def __init__(self, path: str, value: object) -> None:
        if not isinstance(value, dict):
            raise InvalidProfile(path, "must be a table with keys of its own.")
        self.path = path
        self._values: dict[str, object] = value
        self._asked: set[str] = set()

    def __call__(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def value(self, key: str) -> object:
        """The value as it stands; None when it is missing."""
        self._asked.add(key)
        return self._values.get(key)

    def need(self, key: str, kind: type[_T], example: str) -> _T:
        """A value of that type, which must be there."""
        value = self.value(key)
        if type(value) is not kind or value == "":
            raise InvalidProfile(self(key), f"is missing or of the wrong kind; write {example}.")
        return value

    def may(self, key: str, kind: type[_T], default: _T, example: str) -> _T:
        """A value of that type, or the default when it is missing."""
        return default if self.value(key) is None else self.need(key, kind, example)

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """One of the choices."""
        example = f"one of {', '.join(choices)}"
        value = self.may(key, str, default, example)
        if value not in choices:
            raise InvalidProfile(self(key), f"is «{value}»; write {example}.")
        return value

    def words(self, key: str) -> Words:
        """A wording, which must be there."""
        return _words(self(key), self.value(key))

    def table(self, key: str) -> _Table:
        """A table inside this one; an empty one when it is missing."""
        value = self.value(key)
        return _Table(self(key), {} if value is None else value)

    def each(self) -> Iterator[tuple[str, object]]:
        """Every key that has not been asked for yet, with its value."""
        for key in [key for key in self._values if key not in self._asked]:
            yield key, self.value(key)

    def close(self) -> None:
        """Refuse keys that nobody asked for: they are misspelt, or do nothing."""
        for key in self._values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, n=1)
                known = f"did you mean {near[0]}?" if near else f"known: {', '.join(self._asked)}."
                raise InvalidProfile(self(key), f"is not known here; {known}")


def parse(data: Mapping[str, object]) -> Profile:
    """A profile from the tables of a TOML file.

    :raises InvalidProfile: at the first mistake.
    """
    top = _Table("", data)
    limits = _limits(top.table("limits"))
    profile = Profile(
        sender=_municipality(top.table("municipality")),
        offices={
            key: _office(_Table(f"offices.{key}", v)) for key, v in top.table("offices").each()
        },
        titles=_all_words(top.table("titles")),
        all_services={
            key: _service(f"services.{key}", v) for key, v in top.table("services").each()
        },
        all_arenas={
            key: _arena(key, _Table(f"arenas.{key}", v)) for key, v in top.table("arenas").each()
        },
        age_rules=_age_rules(top.value("age_rules"), limits.adult_age),
        limits=limits,
        accounts=_accounts(top.table("accounts")),
        words=_all_words(top.table("words")),
        word_lists={
            key: _word_list(_Table(f"word_lists.{key}", v))
            for key, v in top.table("word_lists").each()
        },
        resources={
            key: _all_words(_Table(f"texts.{key}", v)) for key, v in top.table("texts").each()
        },
        all_headings={
            key: _all_words(_Table(f"headings.{key}", v)) for key, v in top.table("headings").each()
        },
        references=_all_words(top.table("legal")),
    )
    top.close()
    _check_placeholders(profile)
    return profile


def _words(path: str, value: object) -> Words:
    if isinstance(value, str):
        value = dict.fromkeys(LANGUAGES, value)
    dated = isinstance(value, list)
    tables = value if isinstance(value, list) else [value]
    versions = sorted((_version(path, table, dated=dated) for table in tables), key=lambda v: v[0])
    days = [since for since, _ in versions]
    if not days or len(set(days)) < len(days):
        raise InvalidProfile(path, "needs one version for each day it changes; two share a day.")
    return Words(tuple(versions))


def _version(path: str, value: object, *, dated: bool) -> tuple[date, Mapping[str, str]]:
    if not isinstance(value, dict):
        example = '{nb = "…", nn = "…", en = "…"}'
        raise InvalidProfile(path, f"is missing or no wording; write {example}.")
    table = _Table(path, value)
    since = table.need("from", date, "from = 2026-01-01") if dated else _BEGINNING
    wording = {lang: _wording(table, lang) for lang in PAPER_LANGUAGES}
    wording["en"] = _wording(table, "en") if table.value("en") else wording[SOURCE]
    table.close()
    return since, wording


def _wording(table: _Table, language: str) -> str:
    both = f'{language} = "…" too: papers are printed in bokmål (nb) and nynorsk (nn)'
    text, replaced = clean(table.need(language, str, both))
    if replaced or is_blank(text):
        raise InvalidProfile(
            table(language), "holds no text, or characters that cannot be printed."
        )
    return text


def _all_words(table: _Table) -> dict[str, Words]:
    return {key: _words(table(key), value) for key, value in table.each()}


def _word_list(table: _Table) -> dict[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        words = table.may(language, list, list(lists.get(SOURCE, ())), '["…", "…"]')
        if not words or not all(isinstance(word, str) and word.strip() for word in words):
            raise InvalidProfile(table(language), 'must be a list of words; write ["…", "…"].')
        lists[language] = tuple(words)
    table.close()
    return lists


def _municipality(table: _Table) -> Municipality:
    number = table.need("organisation_number", str, '"123 456 785"')
    try:
        number = norway.organisation_number(number)
    except norway.InvalidNumber:
        mend = "must be nine digits with the right control digit, as in Enhetsregisteret."
        raise InvalidProfile(table("organisation_number"), mend) from None
    municipality = Municipality(
        name=table.words("name"),
        address=table.need("address", str, '"Rådhusvegen 1, 1234 Stedet"'),
        phone=_phone(table),
        email=_email(table),
        website=table.need("website", str, '"www.eksempel.no"'),
        organisation_number=number,
    )
    table.close()
    return municipality


def _office(table: _Table) -> Office:
    office = Office(
        name=table.words("name"),
        phone=_phone(table) if table.value("phone") else "",
        email=_email(table) if table.value("email") else "",
    )
    table.close()
    return office


def _phone(table: _Table) -> str:
    phone = table.need("phone", str, '"+4761700000"')
    if not re.fullmatch(r"\+[0-9]{7,15}", phone):
        raise InvalidProfile(table("phone"), 'must be written as "+4761700000", without spaces.')
    return phone


def _email(table: _Table) -> str:
    email = table.need("email", str, '"post@eksempel.no"')
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise InvalidProfile(table("email"), 'must be an address such as "post@eksempel.no".')
    return email


def _service(path: str, value: object) -> Service:
    if not isinstance(value, dict):
        return Service(_words(path, value))
    wording = {key: text for key, text in value.items() if key != "enabled"}
    return Service(
        _words(path, wording), _Table(path, value).may("enabled", bool, True, "true or false")
    )


def _arena(code: str, table: _Table) -> Arena:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
        raise InvalidProfile(table.path, "an arena's code has small letters a to z, digits and _.")
    flag = "true or false"
    arena = Arena(
        code=code,
        name=table.words("name"),
        models=tuple(map(str, table.may("models", list, [], '["BTI"]'))),
        enabled=table.may("enabled", bool, True, flag),
        level=cast(Level, table.choice("level", get_args(Level), "case")),
        consent=cast(ArenaConsent, table.choice("consent", get_args(ArenaConsent), "required")),
        family=table.may("family", bool, True, flag),
        feedback_to_family=table.may("feedback_to_family", bool, False, flag),
        agenda_days=table.may("agenda_days", int, 0, "a number of days") or None,
        minutes=cast(MinutesKept, table.choice("minutes", get_args(MinutesKept), "always")),
        referent=cast(Referent, table.choice("referent", get_args(Referent), "named")),
        duration_minutes=table.may("duration_minutes", int, 0, "a number of minutes") or None,
        convenes=table.words("convenes"),
        chairs=table.words("chairs" if table.value("chairs") else "convenes"),
        participants=table.words("participants"),
        how_often=table.words("how_often"),
        written=table.words("written"),
        consent_note=table.words("consent_note") if table.value("consent_note") else None,
    )
    table.close()
    if arena.level == "system" and (arena.consent != "none" or arena.family):
        mend = 'level "system" has no child: write consent = "none" and family = false.'
        raise InvalidProfile(table.path, mend)
    return arena


def _limits(table: _Table) -> Limits:
    numbers = {field.name: table.need(field.name, int, "a number") for field in fields(Limits)}
    table.close()
    for key, number in numbers.items():
        if number < 1:
            raise InvalidProfile(table(key), "must be 1 or more.")
    limits = Limits(**numbers)
    if limits.consent_months > limits.consent_max_months:
        raise InvalidProfile(table("consent_months"), "must not be above consent_max_months.")
    if limits.draft_warning_days >= limits.draft_days:
        raise InvalidProfile(table("draft_warning_days"), "must be below draft_days.")
    return limits


def _accounts(table: _Table) -> Accounts:
    idle = table.need("idle_minutes", int, "a number of minutes")
    roles = table.need("second_factor", list, '["admin", "ke"], or [] for nobody')
    table.close()
    if idle < 5:
        raise InvalidProfile(table("idle_minutes"), "must be 5 or more: people think and look up.")
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        mend = f"names «{unknown[0]}»; write some of {', '.join(ROLES)}."
        raise InvalidProfile(table("second_factor"), mend)
    return Accounts(idle, frozenset(roles))


def _age_rules(value: object, adult_age: int) -> tuple[AgeRules, ...]:
    if not _is_dated(value):
        raise InvalidProfile("age_rules", "is missing; write [[age_rules]] with from = 2026-01-01.")
    tables = [_Table("age_rules", item) for item in cast("list[object]", value)]
    rules = [_age_rule_set(table, adult_age) for table in tables]
    return tuple(sorted(rules, key=lambda rule_set: rule_set.since))


def _age_rule_set(table: _Table, adult_age: int) -> AgeRules:
    purposes = table.table("purposes")
    rules = AgeRules(
        since=table.need("from", date, "from = 2026-01-01"),
        version=table.need("version", str, '"2026-1"'),
        ages=_ages(table("ages"), table.value("ages"), adult_age),
        purposes={
            key: _ages(purposes(key), purposes.value(key), adult_age)
            for key in PURPOSES
            if purposes.value(key) is not None
        },
    )
    purposes.close()
    table.close()
    return rules


def _ages(path: str, value: object, adult_age: int) -> tuple[tuple[int, SigningRule], ...]:
    tables = [_Table(path, item) for item in value] if isinstance(value, list) else []
    ages = tuple(_age(table) for table in tables)
    starts = [start for start, _ in ages]
    if not starts or starts[0] != 0 or starts != sorted(set(starts)):
        raise InvalidProfile(path, "must begin with from_age = 0 and go upwards, each age once.")
    grown = [rule for start, rule in ages if start >= adult_age] or [ages[-1][1]]
    if adult_age not in starts or any(rule.guardians != "none" for rule in grown):
        mend = (
            f'from_age = {adult_age} must be there with guardians = "none": an adult signs alone.'
        )
        raise InvalidProfile(path, mend)
    return ages


def _age(table: _Table) -> tuple[int, SigningRule]:
    start = table.need("from_age", int, "an age in years")
    guardians = cast(Guardians, table.choice("guardians", get_args(Guardians), ""))
    young_person = table.need("young_person", bool, "true or false")
    table.close()
    if guardians == "none" and not young_person:
        raise InvalidProfile(table.path, f"from_age = {start}: nobody signs. Let somebody sign.")
    return start, SigningRule(guardians, young_person)


def _check_placeholders(profile: Profile) -> None:
    groups = {**profile.resources, "legal": profile.references}
    for group, texts in groups.items():
        for key, words in texts.items():
            _check_text(profile, f"texts.{group}.{key}", words)


def _check_text(profile: Profile, path: str, words: Words) -> None:
    for since, wording in words.versions:
        for language in wording:
            try:
                profile.paragraphs(words, language, since)
            except NotInProfile as error:
                mend = f"a placeholder in the {language} text is not known. {error}"
                raise InvalidProfile(path, mend) from error
