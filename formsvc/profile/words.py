"""Words that municipalities use differently, put into every text, title and name of a profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any, Final

from formsvc.profile.contents import Profile, small
from formsvc.profile.parts import PLACEHOLDER, WORD, NotInProfile, Words
from formsvc.profile.tables import InvalidProfile

#: where a wording stands in the file that is not called what the profile calls it
_TABLES: Final = {
    "sender": "municipality",
    "all_services": "services",
    "all_arenas": "arenas",
    "resources": "texts",
    "all_headings": "headings",
    "references": "legal",
}
#: these fill in more than words, and say themselves what they cannot
_FILLED_ON_READING: Final = ("texts", "legal")


def filled(profile: Profile) -> Profile:
    """The same profile, with its words in every text, title, heading and name.

    A text is another one from the day when a word in it is.

    :raises InvalidProfile: naming the wording with a placeholder that stands for nothing.
    """
    own = {each.name: getattr(profile, each.name) for each in fields(profile)}
    return replace(
        profile,
        **{
            name: _filled(profile, _TABLES.get(name, name), value)
            for name, value in own.items()
            if name != "words"
        },
    )


def _filled(profile: Profile, path: str, value: Any) -> Any:
    match value:
        case Words():
            return _with_words(profile, path, value)
        case Mapping():
            return {key: _filled(profile, f"{path}.{key}", each) for key, each in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            changed = {f.name: getattr(value, f.name) for f in fields(value)}
            return replace(value, **_filled(profile, path, changed))
    return value


def _with_words(profile: Profile, path: str, text: Words) -> Words:
    days = sorted({since for since, _ in text.versions} | set(_changes(profile, text)))
    try:
        versions = tuple((day, _on(profile, text, day)) for day in days)
    except NotInProfile as error:
        raise InvalidProfile(path, f"a placeholder is not known. {error}") from error
    left = [key for _, said in versions for key in PLACEHOLDER.findall("".join(said.values()))]
    if left and not path.startswith(_FILLED_ON_READING):
        raise InvalidProfile(path, f"only {{words.…}} can stand here, and not {{{left[0]}}}.")
    return Words(versions)


def _on(profile: Profile, text: Words, day: date) -> dict[str, str]:
    languages = text.versions[0][1]
    return {each: profile.said(text.say(each, day), each, day) for each in languages}


def _changes(profile: Profile, text: Words) -> Iterator[date]:
    """The days on which a word in the text becomes another one."""
    named = {
        small(key)
        for _since, wording in text.versions
        for said in wording.values()
        for key in WORD.findall(said)
    }
    for key in named & profile.words.keys():
        yield from (day for day, _ in profile.words[key].versions if day > text.versions[0][0])
