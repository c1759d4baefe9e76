"""How answers are written when a template prints them, and which answers are not written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from formsvc import letters
from formsvc.language import gettext as _

#: answers that steer how a paper is printed and do not stand on it themselves
STEERING: Final = frozenset({"language"})
#: what a form may have fields for beside the answers, best on every page: which paper of whom it is
IDENTITY: Final = frozenset({"paper.reference", "paper.concerns"})


def written(value: object) -> object:
    """The value as a reader reads it; Jinja calls this (``finalize``) on all that it prints.

    >>> written(True), written(None), written("Otta"), written(0)
    ('Ja', '', 'Otta', 0)
    """
    if isinstance(value, bool):
        return _("Ja") if value else _("Nei")
    return "" if value is None else value


#: how many letters of a title have room on one line of it
_SHORT_LINE: Final = 40
#: what is read as one, and is not torn apart at the end of a line: a section of an act, a phone, an
#: organisation number, a time of day, a date
WHOLE: Final = re.compile(
    r"§+ [0-9]+[0-9a-z-]*(?: [a-h]\b)?"
    r"|(?<![0-9])(?:\+[0-9]{2,3} )?[0-9]{2}(?: [0-9]{2}){3}(?![0-9])"
    r"|(?<![0-9])(?:\+47 )?[0-9]{3} [0-9]{2} [0-9]{3}(?![0-9])"
    r"|\b[0-9]{3} [0-9]{3} [0-9]{3}\b"
    r"|\bkl\. [0-9]{1,2}[.:][0-9]{2}"
    r"|\b[0-9]{1,2}\. (?:januar|februar|mars|april|mai|juni|juli|august|september|oktober"
    r"|november|desember)(?: [0-9]{4})?"
)


def unbroken(value: Any) -> Any:
    r"""The same words with spaces that do not break a line where they belong together.

    For what the municipality and the service say; what people wrote is kept to the letter.

    >>> unbroken(["helsepersonelloven § 22", {"phone": "61 70 00 20"}])
    ['helsepersonelloven §\xa022', {'phone': '61\xa070\xa000\xa020'}]
    """
    if isinstance(value, str):
        return WHOLE.sub(lambda words: words[0].replace(" ", "\N{NO-BREAK SPACE}"), value)
    if isinstance(value, dict):
        return {key: unbroken(each) for key, each in value.items()}
    return [unbroken(each) for each in value] if isinstance(value, list) else value


def in_two_lines(title: str) -> str:
    r"""A title whose words behind a colon come on a line of their own where one is too short.

    >>> in_two_lines("Melding: endring av koordinator")
    'Melding: endring\xa0av\xa0koordinator'
    """
    before, colon, behind = title.partition(": ")
    short = len(behind) <= _SHORT_LINE
    return before + colon + (behind.replace(" ", "\N{NO-BREAK SPACE}") if short else behind)


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
