"""A profile from its files, checked: a mistake is refused with the key and the mend."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Final, cast, get_args

from formsvc import config, norway
from formsvc.profile import arms, checks, wordings, words
from formsvc.profile.contents import Profile
from formsvc.profile.parts import (
    PURPOSES,
    Accounts,
    AgeRules,
    Arena,
    ArenaConsent,
    Guardians,
    Level,
    Limits,
    Municipality,
    Office,
    Service,
    SigningRule,
)
from formsvc.profile.tables import (
    InvalidProfile,
    Table,
    is_dated,
    laid_over,
    read,
)
from formsvc.roles import ROLES

SHIPPED: Final = Path(__file__).with_name("profile.toml")


def load(own: Path | None = None) -> Profile:
    """The shipped profile, with a municipality's own file laid over it.

    :raises InvalidProfile: at the first mistake.
    """
    shipped = read(SHIPPED)
    if own is None:
        return words.filled(parse(shipped))
    told = read(own)
    data = cast("dict[str, object]", laid_over(_without_arms(shipped, told), told))
    templates = config.current().templates
    profile = parse(data, [own.absolute().parent, *([templates] if templates else [])])
    checks.refuse_unread_keys(profile, parse(shipped))
    return words.filled(profile)


def _without_arms(shipped: dict[str, object], own: dict[str, object]) -> dict[str, object]:
    """The shipped tables: its arms are of its municipality, and stand beside no other name."""
    theirs = Table("municipality", own.get("municipality", {}))
    if theirs.value("name") is None and theirs.value("arms") is None:
        return shipped
    sender = cast("dict[str, object]", shipped["municipality"])
    return {**shipped, "municipality": {k: v for k, v in sender.items() if k != "arms"}}


def parse(data: Mapping[str, object], folders: Sequence[Path] = ()) -> Profile:
    """A profile from the tables of a TOML file; its texts still name their words.

    :param folders: where the arms may lie, before those that are shipped
    :raises InvalidProfile: at the first mistake.
    """
    top = Table("", data)
    limits = _limits(top.table("limits"))
    profile = Profile(
        sender=_municipality(top.table("municipality"), [*folders, SHIPPED.parent]),
        offices={
            key: _office(Table(f"offices.{key}", v)) for key, v in top.table("offices").each()
        },
        titles=wordings.of_each(top.table("titles")),
        all_services={
            key: _service(f"services.{key}", v) for key, v in top.table("services").each()
        },
        all_arenas={
            key: _arena(key, Table(f"arenas.{key}", v)) for key, v in top.table("arenas").each()
        },
        age_rules=_age_rules(top.value("age_rules"), limits.adult_age),
        limits=limits,
        accounts=_accounts(top.table("accounts")),
        words=wordings.vocabulary(top.table("words")),
        word_lists={
            key: wordings.word_list(Table(f"word_lists.{key}", v))
            for key, v in top.table("word_lists").each()
        },
        resources={
            key: wordings.of_each(Table(f"texts.{key}", v)) for key, v in top.table("texts").each()
        },
        all_headings={
            key: wordings.of_each(Table(f"headings.{key}", v))
            for key, v in top.table("headings").each()
        },
        references=wordings.of_each(top.table("legal")),
    )
    top.close()
    checks.placeholders(profile)
    return profile


def _municipality(table: Table, folders: Sequence[Path]) -> Municipality:
    number = table.need("organisation_number", str, '"123 456 785"')
    try:
        number = norway.organisation_number(number)
    except norway.InvalidNumber:
        mend = "must be nine digits with the right control digit, as in Enhetsregisteret."
        raise InvalidProfile(table("organisation_number"), mend) from None
    municipality = Municipality(
        name=wordings.of(table, "name"),
        address=table.need("address", str, '"Rådhusvegen 1, 1234 Stedet"'),
        phone=_phone(table),
        email=_email(table),
        website=table.need("website", str, '"www.eksempel.no"'),
        organisation_number=number,
        postal_address=table.may("postal_address", str, "", '"Postboks 1, 1234 Stedet"'),
        colour=arms.colour(table),
        arms=arms.read(table, folders),
    )
    table.close()
    return municipality


def _office(table: Table) -> Office:
    office = Office(
        name=wordings.of(table, "name"),
        phone=_phone(table) if table.value("phone") else "",
        email=_email(table) if table.value("email") else "",
        address=table.may("address", str, "", '"Postboks 1, 1234 Stedet"'),
    )
    table.close()
    return office


def _phone(table: Table) -> str:
    phone = table.need("phone", str, '"+4761700000"')
    if not re.fullmatch(r"\+[0-9]{7,15}", phone):
        raise InvalidProfile(table("phone"), 'must be written as "+4761700000", without spaces.')
    return phone


def _email(table: Table) -> str:
    email = table.need("email", str, '"post@eksempel.no"')
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise InvalidProfile(table("email"), 'must be an address such as "post@eksempel.no".')
    return email


def _service(path: str, value: object) -> Service:
    if not isinstance(value, dict):
        return Service(wordings.read(path, value))
    table, flags = Table(path, value), ("enabled", "several")
    wording = {key: text for key, text in value.items() if key not in flags}
    return Service(
        wordings.read(path, wording),
        enabled=table.may("enabled", bool, True, "true or false"),
        several=table.may("several", bool, False, "true or false"),
    )


def _arena(code: str, table: Table) -> Arena:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", code):
        raise InvalidProfile(table.path, "an arena's code has small letters a to z, digits and _.")
    flag = "true or false"
    arena = Arena(
        code=code,
        name=wordings.of(table, "name"),
        enabled=table.may("enabled", bool, True, flag),
        level=cast(Level, table.choice("level", get_args(Level), "case")),
        consent=cast(ArenaConsent, table.choice("consent", get_args(ArenaConsent), "required")),
        family=table.may("family", bool, True, flag),
        feedback_to_family=table.may("feedback_to_family", bool, False, flag),
        only_action_plan=table.may("only_action_plan", bool, False, flag),
        agenda_days=table.may("agenda_days", int, 0, "a number of days") or None,
        duration_minutes=table.may("duration_minutes", int, 0, "a number of minutes") or None,
        convenes=wordings.of(table, "convenes"),
        chairs=wordings.of(table, "chairs" if table.value("chairs") else "convenes"),
        participants=wordings.of(table, "participants"),
        how_often=wordings.of(table, "how_often"),
        written=wordings.of(table, "written"),
        consent_note=wordings.of(table, "consent_note") if table.value("consent_note") else None,
    )
    table.close()
    if arena.level == "system" and (arena.consent != "none" or arena.family):
        mend = 'level "system" has no child: write consent = "none" and family = false.'
        raise InvalidProfile(table.path, mend)
    return arena


def _limits(table: Table) -> Limits:
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


def _accounts(table: Table) -> Accounts:
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
    if not is_dated(value):
        raise InvalidProfile("age_rules", "is missing; write [[age_rules]] with from = 2026-01-01.")
    tables = [Table("age_rules", item) for item in cast("list[object]", value)]
    rules = [_age_rule_set(table, adult_age) for table in tables]
    return tuple(sorted(rules, key=lambda rule_set: rule_set.since))


def _age_rule_set(table: Table, adult_age: int) -> AgeRules:
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
    tables = [Table(path, item) for item in value] if isinstance(value, list) else []
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


def _age(table: Table) -> tuple[int, SigningRule]:
    start = table.need("from_age", int, "an age in years")
    guardians = cast(Guardians, table.choice("guardians", get_args(Guardians), ""))
    young_person = table.need("young_person", bool, "true or false")
    table.close()
    if guardians == "none" and not young_person:
        raise InvalidProfile(table.path, f"from_age = {start}: nobody signs. Let somebody sign.")
    return start, SigningRule(guardians, young_person)
