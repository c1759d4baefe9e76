"""Conditions as a proof sees them: what leads to a placeholder, and whether it is always met.

A condition is True, False, a fact that is known by its name alone, or made of conditions. Whether
one always holds is tried out: with every fact that is not known taken for true and for false.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

#: 256 ways are tried at most; what hangs on more facts than these is not proved
_MOST_FACTS: Final = 8


@dataclass(frozen=True)
class Fact:
    """Something that holds or not, throughout a document or a row."""

    name: Hashable


@dataclass(frozen=True)
class Not:
    """What holds when its condition does not."""

    of: Condition


@dataclass(frozen=True)
class All:
    """What holds when all of its conditions do."""

    of: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    """What holds when at least one of its conditions does."""

    of: tuple[Condition, ...]


Condition = bool | Fact | Not | All | Some


def always(condition: Condition, known: Collection[Hashable]) -> bool:
    """Whether a condition holds whatever else is the case.

    :param known: the names of the facts that hold.
    """
    facts = dict.fromkeys(_names(condition))
    given = {name: True for name in facts if name in known}
    open_ = [name for name in facts if name not in given]
    if len(open_) > _MOST_FACTS:
        return False
    return all(
        _holds(condition, given | dict(zip(open_, values, strict=True)))
        for values in product((True, False), repeat=len(open_))
    )


def _names(condition: Condition) -> Iterator[Hashable]:
    if isinstance(condition, Fact):
        yield condition.name
    elif isinstance(condition, Not):
        yield from _names(condition.of)
    elif isinstance(condition, (All, Some)):
        for each in condition.of:
            yield from _names(each)


def _holds(condition: Condition, facts: Mapping[Hashable, bool]) -> bool:
    if isinstance(condition, Fact):
        return facts[condition.name]
    if isinstance(condition, Not):
        return not _holds(condition.of, facts)
    if isinstance(condition, All):
        return all(_holds(each, facts) for each in condition.of)
    if isinstance(condition, Some):
        return any(_holds(each, facts) for each in condition.of)
    return condition
