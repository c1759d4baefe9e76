"""A paper as a letter: who sends it, to whom, on which day, and whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from formsvc.forms.base import DocumentForm
from formsvc.language import gettext as _


class Letter(NamedTuple):
    """What of the answers stands in the head of a paper; "" where nothing is given."""

    #: whom it concerns: the name with the year of birth, to be read on every page
    concerns: str
    #: the service that sends it, or receives it
    office: str
    #: the day of the letter
    dated: str
    #: whom to ask about a letter, and the phone of that person
    contact: str
    phone: str


def of(form: DocumentForm) -> Letter:
    """The head of the paper that a form becomes, in the language spoken."""
    words = form.words()
    sender = form.who_sends(words)
    contact, phone = (
        str(sender.get(part) or "") if form.greets else "" for part in ("name", "phone")
    )
    return Letter(
        _concerns(form, form.answers()),
        str(sender.get("service") or ""),
        str(words.get(form.dated) or ""),
        contact,
        phone,
    )


def _concerns(form: DocumentForm, answers: Mapping[str, Any]) -> str:
    """The name of whom a paper is about, with the year of birth: the day is not for every page."""
    name = form.concerns(answers)
    born = str((answers.get(form.whom) or {}).get("birth_date") or "")
    if not name or not born:
        return name
    return _("%(name)s, f. %(year)s", name=name, year=date.fromisoformat(born).year)
