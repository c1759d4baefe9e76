"""A JSON body read strictly: what two programs could read differently is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from formsvc.errors import FormsvcError, InvalidAnswers, Problem
from formsvc.language import gettext as _

#: answers are objects in lists in an object: real ones are four deep
DEEPEST: Final = 12
#: a paper with a hundred rows of ten answers has about a thousand
MOST_VALUES: Final = 20_000
#: beyond this, programs that count in floating point lose digits (RFC 8259, section 6)
LARGEST: Final = 2**53 - 1


class UnreadableBody(FormsvcError):
    """The body is not JSON that every program reads alike."""

    status = 400


def answers(asking: Request) -> dict[str, Any]:
    """The answers that a program sent.

    :raises UnsupportedMediaType: 415, when they are not sent as JSON
    :raises UnreadableBody: 400, when they are not JSON, name a thing twice, hold NaN or a number
        that cannot be kept exactly, or are nested deeper than any paper
    :raises InvalidAnswers: 422, when the JSON is something else than an object
    """
    if not asking.is_json:
        raise UnsupportedMediaType
    value = parse(asking.get_data())
    if not isinstance(value, dict):
        raise InvalidAnswers([Problem("", _("Send svarene som ett JSON-objekt: {…}."))])
    return value


def parse(data: bytes) -> Any:
    """The value of a JSON text.

    >>> parse(b'{"meeting_number": 2.0}')
    {'meeting_number': 2}

    :raises UnreadableBody: as :func:`answers`
    """
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_refuse,
            parse_float=_number,
            parse_int=_number,
        )
    except RecursionError:
        raise UnreadableBody(_too_deep()) from None
    except ValueError:
        raise UnreadableBody(_("Innholdet er ikke gyldig JSON i UTF-8.")) from None
    if sum(1 for _value in _values(value, 0)) > MOST_VALUES:
        raise UnreadableBody(_("Innholdet har flere svar enn noe skjema har plass til."))
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise UnreadableBody(_("Det samme navnet står to ganger i ett objekt. Behold ett av dem."))
    return members


def _refuse(_word: str) -> None:
    raise UnreadableBody(_("NaN og Infinity er ikke JSON. Skriv et tall, eller utelat svaret."))


def _number(digits: str) -> int | float:
    # float() first: int() of a million digits is refused by Python with an error of its own
    number = float(digits)
    if not math.isfinite(number) or abs(number) > LARGEST:
        raise UnreadableBody(_("Et av tallene er for stort."))
    # 2 and 2.0 are one number in JSON Schema
    return int(number) if number.is_integer() else number


def _values(value: Any, depth: int) -> Iterator[Any]:
    if depth > DEEPEST:
        raise UnreadableBody(_too_deep())
    yield value
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, list):
        inner = value
    for each in inner:
        yield from _values(each, depth + 1)


def _too_deep() -> str:
    return _("Innholdet er nøstet dypere enn noe skjema.")


def number(text: str) -> int:
    """A whole number that any database can hold.

    :raises ValueError: for anything else; whoever asks then takes the default.
    """
    if len(text) > 10 or not 0 <= (given := int(text)) < 2**31:
        raise ValueError("no number of ours")
    return given
