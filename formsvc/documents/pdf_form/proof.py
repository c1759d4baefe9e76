"""Proves once what a compiled form can be trusted with, so that each filled form need not be read.

Reading a finished form back takes two hundred times as long as filling it. So every text field is
filled once with a mark of its own and some letters of its font, the file is read with pypdf, and
what was found is trusted from then on: these fields, with these letters. Of a finished form only
its bytes are asked: whether the values stand in it, one after another. What cannot be vouched for
in this way is named, and is then read back in full.
"""

from __future__ import annotations

import re
import string
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final, NamedTuple

from formsvc.documents.pdf_form.layout import Font, fitted
from formsvc.documents.pdf_form.objects import put, reader, scratch, stream
from formsvc.documents.pdf_form.parts import ChoicePart, Part, TextPart, bare, fit

#: how often a form is filled to try letters; those that are not reached are read back in full
_ROUNDS: Final = 3
#: each mark begins with a letter that no mark goes on with, so that none is a part of another
_FIRST: Final = "Q"
_OTHERS: Final = "".join(letter for letter in string.ascii_uppercase if letter != _FIRST)
#: tried first: what most papers are written with
_COMMON: Final = string.ascii_letters + string.digits + "æøåÆØÅáčđŋšŧžÁČĐŊŠŦŽéèêóòôüöäÜÖÄ.,-:;()/@+"
_DRAWN: Final = re.compile(rb"[(<](.*?)[)>] Tj\n")
_STREAM: Final = b">>\nstream\n"
_WHITE: Final = re.compile(r"\s+")

Named = Sequence[tuple[int, str, Part]]


#: the fields that hold and show what they are given, each with the letters that it does so with
Proof = Mapping[str, frozenset[str]]
_NONE: Final[frozenset[str]] = frozenset()


# -- once for a form ------------------------------------------------------------------------------


class _Trial(NamedTuple):
    """What one field is filled with to see whether it comes out again."""

    value: str
    #: a mark that no other field has; of a list, the words that it shows
    mark: str
    #: letters that follow the mark
    letters: str


@dataclass
class _Found:
    """What has come out again so far."""

    fields: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    #: by font
    letters: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def proved(form: Any, named: Named, *, flatten: bool, incremental: bool) -> Proof:
    """Which fields can be trusted in files of one sort, found out by filling and reading some.

    :param form: the compiled form
    """
    parts = {name: part for _, name, part in named if isinstance(part, TextPart)}
    fonts = {id(part.font): part.font for part in parts.values() if part.font}
    left = {key: _letters(font) for key, font in fonts.items()}
    found = _Found()
    for _ in range(_ROUNDS):
        trials = dict(_trials(parts, left))
        values = {name: trial.value for name, trial in trials.items()}
        filled = form.fill(values, flatten=flatten, incremental=incremental)
        _compare(trials, parts, filled, found, flatten=flatten)
        if not any(left.values()):
            break
    letters = {
        key: frozenset([*found.letters[key], *(one for one in font.advances if one.isspace())])
        for key, font in fonts.items()
    }
    sure = found.fields - found.failed
    return {name: letters[id(p.font)] for name, p in parts.items() if p.font and name in sure}


def _letters(font: Font) -> str:
    """The letters of a font that leave a mark, the commonest first."""
    first = [letter for letter in _COMMON if letter in font.advances]
    others = sorted(font.advances.keys() - set(first))
    return "".join(one for one in [*first, *others] if not one.isspace() and fit(one) == one)


def _trials(parts: Mapping[str, TextPart], left: dict[int, str]) -> Iterator[tuple[str, _Trial]]:
    """A trial for each field that has room for one; the letters tried are taken off the rest."""
    longer = 2 if len(parts) <= len(_OTHERS) ** 2 else 4
    marks = ("".join((_FIRST, *letters)) for letters in product(_OTHERS, repeat=longer))
    for (name, part), mark in zip(parts.items(), marks, strict=False):
        if isinstance(part, ChoicePart):
            if part.field.options:
                value, words = part.field.options[0]
                yield name, _Trial(value, words, "")
            continue
        letters = left.get(id(part.font), "")
        tried = _room(part, mark, letters)
        if tried is not None:
            left[id(part.font)] = letters[len(tried) :]
            yield name, _Trial(mark + tried, mark, tried)


def _room(part: TextPart, mark: str, letters: str) -> str | None:
    """As many letters as there is room for after the mark; None when the mark itself has none."""
    for length in (256, 128, 64, 32, 16, 8, 4, 1, 0):
        text = mark + letters[:length]
        if part.font and all(fitted(text, look.box, part.font) for look in part.looks):
            return letters[:length]
    return None


def _compare(
    trials: Mapping[str, _Trial],
    parts: Mapping[str, TextPart],
    filled: bytes,
    found: _Found,
    *,
    flatten: bool,
) -> None:
    """Note what of a trial comes out again."""
    file = reader(filled)
    stored = {} if flatten else (file.get_fields() or {})
    shown = _WHITE.sub("", _pages(file) if flatten else _drawings(file))
    for name, (value, mark, letters) in trials.items():
        part = parts[name]
        held = flatten or stored.get(name, {}).get("/V") == value
        places = shown.split(_WHITE.sub("", mark))[1:]
        if not held or len(places) < max(1, len(part.field.widgets)):
            found.failed.add(name)
            continue
        found.fields.add(name)
        known = found.letters[id(part.font)]
        known.update(mark)
        known.update(_same(letters, places[0]))


def _same(letters: str, read: str) -> Iterator[str]:
    """The letters up to the first that is read as another one."""
    for letter, other in zip(letters, read, strict=False):
        if letter != other:
            return
        yield letter


def _pages(file: Any) -> str:
    return "\n".join(page.extract_text() for page in file.pages)


def _drawings(file: Any) -> str:
    """What the fields of a form show: pages are read without them."""
    annotations = (one.get_object() for page in file.pages for one in page.get("/Annots", ()))
    looks = (annotation.get("/AP", {}).get("/N") for annotation in annotations)
    alike: dict[str, list[Any]] = {}  # read together: a reader takes long to learn a font
    for look in looks:
        if hasattr(look, "get_data"):
            alike.setdefault(repr(look.get("/Resources")), []).append(look)
    return "\n".join(_read(group) for group in alike.values())


def _read(looks: Sequence[Any]) -> str:
    """What drawings with the same resources show."""
    writer = scratch()
    page = writer.add_blank_page(1000, 1000)
    content = stream(writer, {}, b"\n".join(bytes(look.get_data()) for look in looks))
    put(page, {"/Resources": looks[0].get("/Resources", {}), "/Contents": content})
    return str(page.extract_text())


# -- for each document ----------------------------------------------------------------------------


def unsure(
    named: Named,
    values: Mapping[str, str | bool],
    proof: Proof,
    changed: bytes,
    *,
    flatten: bool,
    ordered: bool,
) -> list[str]:
    """The fields whose text the proof does not vouch for, or whose value the file does not hold.

    :param changed: the part of the file that changes with the document
    :param ordered: whether the fields stand there one after another
    """
    doubtful: dict[str, None] = {}
    there, place = _strung(changed) if flatten else changed, 0
    for name, part, value in _texts(named, values):
        text = bare(part.worded(value))
        at = -1
        if part.font and proof.get(name, _NONE).issuperset(text):
            sought = part.font.shown(text)[1:-1] if flatten else b"/V " + part.stored(value)
            at = there.find(sought, place)
        if at < 0:
            doubtful[name] = None
        elif ordered:
            place = at + len(sought)
    return list(doubtful)


def texts(named: Named, values: Mapping[str, str | bool]) -> list[str]:
    """The fields that are given some text."""
    return [name for name, _, _ in _texts(named, values)]


def _texts(named: Named, values: Mapping[str, str | bool]) -> Iterator[tuple[str, TextPart, str]]:
    for _, name, part in named:
        value = values.get(name)
        if value and isinstance(value, str) and isinstance(part, TextPart):
            yield name, part, value


def _strung(changed: bytes) -> bytes:
    """All that the streams of a file draw, in one string."""
    drawn = []
    _, *streams = changed.split(_STREAM)
    for packed in streams:
        with suppress(zlib.error):  # a font, or nothing that the engine has written
            drawn += _DRAWN.findall(zlib.decompressobj().decompress(packed))
    return b"".join(drawn)
