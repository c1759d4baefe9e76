"""People in papers: how they are told apart, and how they stand to the child."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from formsvc import profile
from formsvc.forms.fields import AnswerField, Choice, Group, Rows, as_compared
from formsvc.language import lazy as _l

#: how a private person stands to the child or young person
RELATIONS: Final[Mapping[str, str]] = {
    "mother": _l("Mor"),
    "father": _l("Far"),
    "co_mother": _l("Medmor"),
    "guardian": _l("Verge"),
    "foster_parent": _l("Fosterforelder"),
    "young_person": _l("Den det gjelder"),
    "other_relative": _l("Annen i familien"),
    "other_private": _l("Annen privatperson"),
}
#: those who speak for the family by themselves: they hold parental responsibility, are the legal
#: guardian, or are the one whom it is about. Others are there with their leave.
HOLDERS: Final = frozenset({"mother", "father", "co_mother", "guardian", "young_person"})


class Relation(Choice):
    """How somebody stands to the child; no choice where they are there for a service."""

    def __init__(self, label: str = _l("Tilknytning"), **kwargs: Any) -> None:
        super().__init__(label, RELATIONS, **kwargs)

    @property
    def is_holder(self) -> bool:
        """Whether this one speaks for the family."""
        return self.code in HOLDERS


def is_of_family(role: str) -> bool:
    """Whether a role in free words is one in the family, and not one in a service.

    >>> is_of_family(" Far "), is_of_family("Sønn av rektor"), is_of_family("")
    (True, False, False)
    """
    return as_compared(role) in profile.current().phrases("family")


def same(one: str, other: str) -> bool:
    """Whether two names are one person's: the same but for case, spaces and composition.

    >>> same("Anne  Moen", "anne moen"), same("", "")
    (True, False)
    """
    return bool(as_compared(one)) and as_compared(one) == as_compared(other)


def among(name: str, rows: Rows[Any], by: str = "name") -> bool:
    """Whether somebody of that name is in a list."""
    return any(same(name, str(field.answer() or "")) for field in _names(rows, by))


def in_both(one: Rows[Any], other: Rows[Any], by: str = "name") -> list[AnswerField]:
    """The names in the second list that are in the first one too, to be refused there.

    >>> from formsvc.forms.base import DocumentForm
    >>> from formsvc.forms.fields import Text
    >>> class Meeting(DocumentForm):
    ...     there = Rows(Text())
    ...     absent = Rows(Text())
    >>> form = Meeting.from_answers({"there": ["Anne Moen"], "absent": ["Jon", "anne  moen"]})
    >>> [name.path for name in in_both(form.there, form.absent)]
    ['absent.1']
    """
    names = {as_compared(str(field.answer() or "")) for field in _names(one, by)} - {""}
    return [field for field in _names(other, by) if as_compared(str(field.answer() or "")) in names]


def _names(rows: Rows[Any], by: str) -> list[AnswerField]:
    return [entry.form[by] if isinstance(entry, Group) else entry for entry in rows.filled]
