"""Where a text may tell where somebody lives who must not be found."""

from __future__ import annotations

import re
from typing import Final

from formsvc import profile
from formsvc.language import gettext as _

#: a street with a number: «Storgata 12», «Nordre vei 3B»; a street is written with a capital letter
_STREET: Final = re.compile(
    r"\b(?!På\b)[A-ZÆØÅ]\w{0,40}?\s?"
    r"(?:gat[ae]n?|ve(?:ien|gen|i|g)|gt\.|all[eé](?:en)?|bakken|stien|svingen|tunet|plassen)"
    r"\s{1,3}[0-9]{1,3}\s?[A-Z]?\b"
)


def protected(text: str) -> str:
    """The advice for a text that speaks of a protected address, or ""."""
    plain = " ".join(text.casefold().split())
    phrases = profile.current().phrases("protected_address")
    if any(re.search(rf"\b{re.escape(phrase)}\b", plain) for phrase in phrases):
        return _(
            "Teksten ser ut til å handle om en adresse som er beskyttet. Alle som får dokumentet,"
            " leser dette. Ta det bort, og gi beskjed muntlig til dem som må vite det."
        )
    return ""


def street(text: str) -> str:
    """The advice for a text that holds a street address, or ""."""
    if not _STREET.search(text):
        return ""
    return _(
        "Her ser det ut til å stå en gateadresse. Alle som får dokumentet, leser den."
        " Ta den bort hvis den viser hvor noen bor."
    )
