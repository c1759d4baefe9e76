"""Numbers that tell who one is or how one is reached: identity, organisation, post, telephone."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, Literal
from unicodedata import decimal

Rule = Literal["1964", "both"]
Reason = Literal["digits", "date", "check", "synthetic", "not_synthetic", "internal"]


class InvalidNumber(ValueError):
    """The number cannot be right; ``reason`` says in one word why.

    ``digits``: wrong characters or length. ``date``: it does not begin with a date. ``check``:
    a control digit does not fit (never which one: that would help a guesser). ``synthetic``: a
    test number where real ones are wanted. ``not_synthetic``: the other way round.
    ``internal``: an H-number, which must not leave the organisation that made it.
    """

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


# Identity numbers

#: weights of the two control digits, with 1 for the control digit itself
_FIRST_WEIGHTS: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
#: what the first control digit may leave modulo 11. Numbers given out from 1 January 2032 may
#: leave 0 to 3, whoever they are given to; older ones stay valid (Skatteetaten, nyttfnr2032.md)
_REMAINDERS: Final[dict[Rule, tuple[int, ...]]] = {"1964": (0,), "both": (0, 1, 2, 3)}


def identity_number(value: str, *, synthetic: bool, rule: Rule = "both") -> str:
    """The eleven digits of a national identity number, D-number or joint help number (FH).

    Spaces and hyphens are allowed. With ``synthetic`` only test numbers pass (month + 80 from
    Tenor, month + 40 from Dolly); without it only numbers of living people. H-numbers look like
    Dolly's and must not stand on papers to others. Nothing about age, sex or century may be
    read from the number.

    :raises InvalidNumber: with the reason.

    >>> identity_number("038515 98730", synthetic=True)
    '03851598730'
    """
    number = _digits(value, 11)
    if number[0] in "89":  # FH numbers carry no date, so a test number cannot be told from a real
        if synthetic:
            raise InvalidNumber("not_synthetic")
    else:
        _check_month(number, synthetic=synthetic)
    first = _weighted(number, _FIRST_WEIGHTS)
    if first not in _REMAINDERS[rule] or _weighted(number, _SECOND_WEIGHTS) != 0:
        raise InvalidNumber("check")
    return number


def _check_month(number: str, *, synthetic: bool) -> None:
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    shift = 80 if month > 80 else 40 if month > 40 else 0
    _check_date(day - 40 if day > 40 else day, month - shift, year)
    if synthetic and not shift:
        raise InvalidNumber("not_synthetic")
    if not synthetic and shift:
        raise InvalidNumber("synthetic" if shift == 80 else "internal")


def _check_date(day: int, month: int, year: int) -> None:
    # The century is unknown. 2000 + year has a 29 February whenever any century has one.
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000 + year, month)[1]):
        raise InvalidNumber("date")


def masked(number: str) -> str:
    """An identity number as it may be shown: the first six digits.

    >>> masked("03851598730"), masked("")
    ('038515 *****', '')
    """
    return f"{number[:6]} *****" if number else ""


#: eleven digits, or less, with what people part them by: white space, a dot or a dash
_NUMBER_PARTS: Final = re.compile(r"\d+")
_BETWEEN_PARTS: Final = re.compile(r"\s{0,2}[.\-\u2010-\u2015\u2212]?\s{0,2}")
_DATE_AND_TIME: Final = re.compile(
    r"\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\s\d{1,2}[.:]?\d{2}|\d{4}-\d{2}-\d{2}\s\d{1,2}[.:]?\d{2}"
)


def identity_numbers(text: str) -> list[str]:
    """The national identity numbers of any kind in a text, as they are written there.

    However they are parted, and by either rule. A number of which these eleven digits would be
    only a part, one with «+» before it and a date with a time of day are none.

    >>> identity_numbers("Fnr. 058111 50004, tlf. 90 90 90 90, org.nr. 123 456 785")
    ['058111 50004']
    """
    parts = list(_NUMBER_PARTS.finditer(text))
    numbers, last = [], 0
    for at, first in enumerate(parts):
        if first.start() < last or text[first.start() - 1 : first.start()] == "+":
            continue
        if (end := _eleven_digits(text, parts[at : at + 11])) and _is_identity(
            text[first.start() : end]
        ):
            numbers.append(text[first.start() : end])
            last = end
    return numbers


def _eleven_digits(text: str, parts: Sequence[re.Match[str]]) -> int:
    """Where eleven digits end that begin with the first of these parts, or 0."""
    length, end = 0, parts[0].start()
    for part in parts:
        if length and not _BETWEEN_PARTS.fullmatch(text, end, part.start()):
            return 0
        length, end = length + len(part[0]), part.end()
        if length >= 11:
            break
    return end if length == 11 else 0


def _is_identity(text: str) -> bool:
    if _DATE_AND_TIME.fullmatch(text):
        return False
    number = "".join(str(decimal(char)) for char in text if char.isdecimal())
    if _weighted(number, _SECOND_WEIGHTS) != 0:  # of ten numbers that are none, nine end here
        return False
    return any(_is_sound(number, synthetic=synthetic) for synthetic in (True, False))


def _is_sound(number: str, *, synthetic: bool) -> bool:
    try:
        return bool(identity_number(number, synthetic=synthetic))
    except InvalidNumber:
        return False


# Other numbers

#: numbers that services share: three digits, or the six of the harmonised European ones
_SHORT_PHONE: Final = re.compile(r"1[0-9]{2}|116[0-9]{3}")


def organisation_number(value: str) -> str:
    """The nine digits of an organisation number; spaces are allowed.

    :raises InvalidNumber: with the reason.

    >>> organisation_number("123 456 785")
    '123456785'
    """
    number = _digits(value, 9)
    if _weighted(number, (3, 2, 7, 6, 5, 4, 3, 2, 1)) != 0:
        raise InvalidNumber("check")
    return number


def show_organisation_number(number: str) -> str:
    """Grouped as Norwegians read it.

    >>> show_organisation_number("123456785")
    '123 456 785'
    """
    return " ".join((number[:3], number[3:6], number[6:]))


def postal_code(value: str) -> str:
    """The four digits of a postal code, as text: it may begin with 0.

    :raises InvalidNumber: with the reason.

    >>> postal_code(" 0150 ")
    '0150'
    """
    return _digits(value, 4)


def phone(value: str, *, short: bool = False) -> str:
    """A phone number in E.164; one without a country code is Norwegian.

    :param short: a service's number may have three or six digits too, and these stay as they are:
        no other country can call them (Nkom's numbering plan: 1xx, 116xxx).
    :raises InvalidNumber: with the reason.

    >>> phone("116 117", short=True), phone("02800", short=True)
    ('116117', '+4702800')

    >>> phone("909 09 090"), phone("0047 90 90 90 90"), phone("+46 8 123 456 78")
    ('+4790909090', '+4790909090', '+46812345678')
    """
    import phonenumbers  # noqa: PLC0415  60 ms: it carries every country's numbering plan

    # phonenumbers reads "90909090 or 41234567" as the first of them; losing the rest is worse
    # than asking again.
    if not re.fullmatch(r"[0-9+()./\s\N{NO-BREAK SPACE}-]+", value):
        raise InvalidNumber("digits")
    unbroken = re.sub(r"[\s\N{NO-BREAK SPACE}]", "", value)
    if short and _SHORT_PHONE.fullmatch(unbroken):
        return unbroken
    try:
        parsed = phonenumbers.parse(value, "NO")
    except phonenumbers.NumberParseException:
        raise InvalidNumber("digits") from None
    if not phonenumbers.is_valid_number(parsed):
        raise InvalidNumber("check")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def show_phone(number: str) -> str:
    """A number as it is read out: in pairs, numbers in the 800 series as 3+2+3.

    Norwegian ones are shown without +47, as people here read and dial them.

    >>> show_phone("+4790909090"), show_phone("+4780012345"), show_phone("+4702800")
    ('90 90 90 90', '800 12 345', '02800')
    >>> show_phone("116117"), show_phone("+46812345678")
    ('116 117', '+46 8 123 456 78')
    """
    if _SHORT_PHONE.fullmatch(number):
        return " ".join(filter(None, (number[:3], number[3:])))
    national = number.removeprefix("+47")
    if national == number:
        return _show_foreign_phone(number)
    if len(national) != 8:
        return national
    cuts = (0, 3, 5, 8) if national[0] == "8" else (0, 2, 4, 6, 8)
    return " ".join(national[a:b] for a, b in pairwise(cuts))


def _show_foreign_phone(number: str) -> str:
    import phonenumbers  # noqa: PLC0415  as in phone()

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _digits(value: str, length: int) -> str:
    number = re.sub(r"[\s\N{NO-BREAK SPACE}-]", "", value)
    if not re.fullmatch(f"[0-9]{{{length}}}", number):
        raise InvalidNumber("digits")
    return number


def _weighted(number: str, weights: Sequence[int]) -> int:
    return sum(int(d) * w for d, w in zip(number, weights, strict=False)) % 11


# Words


def in_figures(number: int, language: str) -> str:
    r"""A whole number in figures, with a space that does not break between thousands.

    >>> in_figures(23412, "nb"), in_figures(23412, "en"), in_figures(200, "nb")
    ('23\xa0412', '23,412', '200')
    """
    figures = f"{number:,}"
    return figures if language == "en" else figures.replace(",", "\N{NO-BREAK SPACE}")
