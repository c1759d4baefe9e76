"""Answers as a reader reads them, roughly: enough to print every sample without the forms."""

from __future__ import annotations

import re
from typing import Any

MONTHS = (
    "januar februar mars april mai juni juli august september oktober november desember".split()
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def words(answers: Any, *, in_row: bool = False) -> Any:
    """The same keys, with dates written out; codes stay codes."""
    if isinstance(answers, dict):
        return {key: words(value, in_row=in_row) for key, value in answers.items()}
    if isinstance(answers, list):
        return [words(value, in_row=True) for value in answers]
    if isinstance(answers, str) and (date := _ISO.fullmatch(answers)):
        year, month, day = date.groups()
        long = f"{int(day)}. {MONTHS[int(month) - 1]} {year}"
        return f"{day}.{month}.{year}" if in_row else long
    return answers


def context(kind: str, answers: dict[str, Any], reference: str = "S-2026-0041") -> dict[str, Any]:
    """What a paper is printed from, with an invented municipality."""
    return words(answers) | {
        "codes": answers,
        "paper": {
            "kind": kind,
            "title": kind.replace("_", " ").capitalize(),
            "language": answers["language"],
            "reference": reference,
            "exempt": "Unntatt offentlighet, jf. offentleglova § 13",
            "municipality": {
                "name": "Fjelldal kommune",
                "address": "Tunvegen 1, 2999 Fjelldal",
                "phone": "+47 61 70 00 00",
                "email": "post@fjelldal.eksempel.no",
                "website": "fjelldal.eksempel.no",
                "organisation_number": "999 999 999",
            },
            "office": "Koordinerende enhet",
            "texts": {
                "voluntary": [
                    "Det er frivillig å samtykke. Et nei får ingen følger for tilbudet.",
                    "Samtykket kan trekkes tilbake når som helst, muntlig eller skriftlig.",
                ],
                "next": ["Kvitteringens tekst, som ikke hører hjemme på papiret."],
            },
            "legal": ["forvaltningsloven § 13 a", "helsepersonelloven § 22"],
        },
    }
