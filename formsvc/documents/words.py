"""How answers are written when a template prints them, and which answers are not written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from formsvc import letters
from formsvc.language import gettext as _

#: answers that steer how a paper is printed and do not stand on it themselves
STEERING: Final = frozenset({"language"})


def written(value: object) -> object:
    """The value as a reader reads it; Jinja calls this (``finalize``) on all that it prints.

    >>> written(True), written(None), written("Otta"), written(0)
    ('Ja', '', 'Otta', 0)
    """
    if isinstance(value, bool):
        return _("Ja") if value else _("Nei")
    return "" if value is None else value


def printable(value: Any) -> Any:
    """The same data with U+FFFD for each character that no bundled font can draw.

    A reader of a PDF then sees that something stood there; a missing glyph would be an invalid
    archive file and a lost character.
    """
    if isinstance(value, str):
        return letters.drawable(value)
    if isinstance(value, Mapping):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value
