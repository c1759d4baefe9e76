"""How one answer is written when a template prints it, and which answers are not written."""

from __future__ import annotations

from typing import Final

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
