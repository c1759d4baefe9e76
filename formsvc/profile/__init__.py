"""The municipality's facts, words, arenas and rules: dated data in TOML, checked when it is read.

The shipped ``profile.toml`` is an invented municipality and explains each table. An installation
lays its own file over it key by key (FORMSVC_PROFILE). A mistake in it is refused at once with
the key and the mend, so that no paper goes out with half a profile.
"""

from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from formsvc import clock, config, language
from formsvc.profile.contents import Profile
from formsvc.profile.parts import PAGES, PURPOSES, Arena, Concern, NotInProfile, SigningRule
from formsvc.profile.reading import SHIPPED, load
from formsvc.profile.tables import InvalidProfile, refuse_unread

__all__ = [
    "PAGES",
    "PURPOSES",
    "SHIPPED",
    "Arena",
    "Concern",
    "InvalidProfile",
    "NotInProfile",
    "Profile",
    "SigningRule",
    "current",
    "load",
    "of",
    "refuse_unread",
]


def current() -> Profile:
    """The profile of the installation at work.

    :raises InvalidProfile: at the first mistake.
    """
    return of(config.current().profile)


@cache
def of(own: Path | None) -> Profile:
    """The profile with that file of a municipality's own laid over it, read once in a process.

    :raises InvalidProfile: at the first mistake.
    """
    return load(own)


def _in_own_words(message: str, spoken: str) -> str:
    return _of_day(message, spoken, config.current().profile, clock.today())


@lru_cache(maxsize=4096)
def _of_day(message: str, spoken: str, own: Path | None, day: date) -> str:
    return of(own).said(message, spoken, day)


language.speak_with(_in_own_words)
