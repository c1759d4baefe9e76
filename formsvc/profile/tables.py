"""The tables of the profile's files: read, laid over each other, and asked key by key."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar, cast

from formsvc.errors import FormsvcError
from formsvc.language import LANGUAGES

_T = TypeVar("_T")
BEGINNING: Final = date.min


class InvalidProfile(FormsvcError):
    """The profile has a mistake; the text names the key and the mend."""

    def __init__(self, key: str, mend: str) -> None:
        self.key = key
        self.mend = mend
        super().__init__(f"The municipality's profile, {key}: {mend}")


def read(path: Path) -> dict[str, object]:
    """The tables of a TOML file.

    :raises InvalidProfile: when it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        reason = f"cannot be read ({error.strerror}). Mend the path in FORMSVC_PROFILE."
        raise InvalidProfile(str(path), reason) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidProfile(str(path), f"is not TOML in UTF-8: {error}.") from error


def laid_over(shipped: object, own: object) -> object:
    """Tables are merged key by key; of dated versions, the own ones rule from their first day.

    A later shipped version must not push out a municipality's own words at an upgrade.
    """
    if isinstance(shipped, dict) and isinstance(own, dict):
        both = {key: laid_over(value, own.get(key, value)) for key, value in shipped.items()}
        return both | {key: value for key, value in own.items() if key not in shipped}
    if is_dated(own):
        own_versions = cast("list[dict[str, object]]", own)
        first = min(cast(date, version["from"]) for version in own_versions)
        return [v for v in _versions(shipped) if cast(date, v["from"]) < first] + own_versions
    return own


def _versions(value: object) -> list[dict[str, object]]:
    """What is written as dated versions; a wording without a date holds from the beginning."""
    if is_dated(value):
        return cast("list[dict[str, object]]", value)
    if isinstance(value, str):
        value = dict.fromkeys(LANGUAGES, value)
    return [{"from": BEGINNING, **value}] if isinstance(value, dict) else []


def is_dated(value: object) -> bool:
    """Whether it is written as versions, each with the day it holds from."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(v, dict) and type(v.get("from")) is date for v in value)
    )


class Table:
    """A table of the file: it knows its path and refuses keys that nobody asked for."""

    def __init__(self, path: str, value: object) -> None:
        if not isinstance(value, dict):
            raise InvalidProfile(path, "must be a table with keys of its own.")
        self.path = path
        self._values: dict[str, object] = value
        self._asked: dict[str, None] = {}  # a set that keeps their order

    def __call__(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def value(self, key: str) -> object:
        """The value as it stands; None when it is missing."""
        self._asked[key] = None
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

    def table(self, key: str) -> Table:
        """A table inside this one; an empty one when it is missing."""
        value = self.value(key)
        return Table(self(key), {} if value is None else value)

    def each(self) -> Iterator[tuple[str, object]]:
        """Every key that has not been asked for yet, with its value."""
        for key in [key for key in self._values if key not in self._asked]:
            yield key, self.value(key)

    def close(self) -> None:
        """Refuse keys that nobody asked for: they are misspelt, or do nothing."""
        refuse_unread(self.path, self._values, self._asked)


def refuse_unread(path: str, keys: Iterable[str], known: Collection[str]) -> None:
    """Refuse keys of a table that nothing reads: they are misspelt, or do nothing.

    :raises InvalidProfile: naming the key and the nearest one that is read.
    """
    for key in keys:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            mend = f"did you mean {near[0]}?" if near else f"known: {', '.join(known) or 'none'}."
            raise InvalidProfile(f"{path}.{key}" if path else key, f"is not known here; {mend}")
