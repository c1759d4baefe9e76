"""The official papers as they are before anything is filled in: made of form and profile of today.

A Word template is written anew in a thousandth of a second. A fillable form takes a second or two
to draw, so the one that came with the service is used where it would become the very same, and one
that was drawn is kept (``kept``). What a paper is made of is told by its key.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import formsvc
from formsvc import clock, config, profile
from formsvc.language import PAPER_LANGUAGES
from formsvc.originals import kept, word
from formsvc.originals.fillable import draw
from formsvc.profile import Profile

#: beside the originals of a folder: of what each was made, by its key
MADE_FROM: Final = "made_from.json"
#: what turns the page of a form into the form
_DRAWN_BY: Final = config.PACKAGE / "documents" / "pdf_form" / "drawn.py"

#: the file names of all that are made here
NAMES: Final = tuple(
    f"{kind}.{language}.{ending}"
    for papers, ending in ((word.PAPERS, "docx"), (draw.PAPERS, "pdf"))
    for kind in papers
    for language in PAPER_LANGUAGES
)


class MadeFrom(NamedTuple):
    """What stands in a folder's ``made_from.json``."""

    #: the day whose texts they have
    day: date
    keys: dict[str, str]


def exists(name: str) -> bool:
    """Whether there is an original of that file name."""
    return name in NAMES or (config.SHIPPED / name).is_file()


def of(name: str) -> bytes | None:
    """The original of that file name, as the running profile has it today; None: there is none."""
    if name in NAMES:
        return _made(profile.current(), clock.today(), name)
    # of a kind whose templates were made in Word
    shipped = config.SHIPPED / name
    return shipped.read_bytes() if shipped.is_file() else None


def key(name: str) -> str:
    """What tells whether an original has become another one: a hash of all it is made of today.

    :param name: one of ``NAMES``
    """
    return _key(profile.current(), clock.today(), name)


def as_shipped(name: str) -> bool:
    """Whether an original is today what came with the service."""
    return key(name) == _shipped().get(name)


def write(folder: Path, ending: str = "") -> Iterator[str]:
    """Write all originals to a folder, or those with that ending, and of what they were made.

    :return: the name of each, when it is written
    """
    keys = made_from(folder).keys
    for name in NAMES:
        if name.endswith(ending):
            (folder / name).write_bytes(_made_anew(name))
            keys[name] = key(name)
            yield name
    told = {"day": clock.today().isoformat(), "keys": dict(sorted(keys.items()))}
    (folder / MADE_FROM).write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def made_from(folder: Path) -> MadeFrom:
    """Of what the originals in a folder were made; of nothing where that is not told."""
    try:
        told: dict[str, Any] = json.loads((folder / MADE_FROM).read_text("utf-8"))
        return MadeFrom(date.fromisoformat(told["day"]), dict(told["keys"]))
    except (OSError, ValueError, LookupError, TypeError):
        return MadeFrom(clock.today(), {})


@cache
def _shipped() -> dict[str, str]:
    return made_from(config.SHIPPED).keys


def _made_anew(name: str) -> bytes:
    kind, language, ending = name.split(".")
    return word.template(kind, language) if ending == "docx" else draw.draw(kind, language)


@lru_cache(maxsize=64)
def _key(_held: Profile, _today: date, name: str) -> str:
    kind, language, ending = name.split(".")
    if ending == "docx":
        return _key_of_word(word.template(kind, language))
    return _key_of_form(draw.page(kind, language))


@lru_cache(maxsize=64)
def _made(_held: Profile, _today: date, name: str) -> bytes:
    """The original of a profile and a day, which are those at work."""
    kind, language, ending = name.split(".")
    if ending == "docx":
        return word.template(kind, language)
    page = draw.page(kind, language)
    made_of = _key_of_form(page)
    if made_of == _shipped().get(name):
        return (config.SHIPPED / name).read_bytes()
    return kept.form(f"{kind}.{language}", made_of, lambda: draw.drawn(page))


def _key_of_word(template: bytes) -> str:
    """Of what the parts hold: how they are packed differs between machines."""
    with zipfile.ZipFile(io.BytesIO(template)) as package:
        parts = [(part.filename, package.read(part)) for part in package.infolist()]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _key_of_form(page: str) -> str:
    drawn_by = formsvc.__version__.encode() + _DRAWN_BY.read_bytes()
    return hashlib.sha256(drawn_by + page.encode()).hexdigest()
