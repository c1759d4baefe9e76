"""What leads to a person in a text that must not: numbers, e-mail addresses, telephone numbers."""

from __future__ import annotations

import re
from typing import Final

from formsvc.language import gettext as _

#: eleven digits, however they are parted
_ELEVEN_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[\s.\-\u2010-\u2015]?\d){10}(?!\d)")
#: One letter before «@» is enough, and what follows cannot run past the next one: a pattern that
#: began with «any number of letters» would read a long word anew from each of them.
_EMAIL: Final = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


def trace(text: str) -> str:
    """The sentence for a text that holds what leads to a person, or ""."""
    if _ELEVEN_DIGITS.search(text):
        return _(
            "Dette skal være anonymt. Ta bort tallet på elleve siffer:"
            " det ser ut som et fødselsnummer."
        )
    if _EMAIL.search(text):
        return _("Dette skal være anonymt. Ta bort e-postadressen.")
    if any(char.isdigit() for char in text) and _has_phone(text):
        return _("Dette skal være anonymt. Ta bort telefonnummeret.")
    return ""


def _has_phone(text: str) -> bool:
    from phonenumbers import (  # noqa: PLC0415 - 60 ms, and only anonymous papers ask
        PhoneNumberMatcher,
    )

    return next(iter(PhoneNumberMatcher(text, "NO")), None) is not None
