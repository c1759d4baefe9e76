"""Norwegian rules and notation: identity numbers, phone numbers, dates in words.

Pure functions on plain values. They say what is wrong by a short reason; the sentence that a
person reads belongs to the form, in the person's language.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import date, datetime
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
        if (end := _eleven_digits(text, parts[at:])) and _is_identity(text[first.start() : end]):
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


# Dates and times

_MONTHS: Final = (
    *("januar", "februar", "mars", "april", "mai", "juni", "juli"),
    *("august", "september", "oktober", "november", "desember"),
)
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_ISO: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_TYPED: Final = re.compile(
    r"(?P<day>[0-9]{1,2})[./]\s?(?P<month>[0-9]{1,2})[./]\s?(?P<year>[0-9]{4}|[0-9]{2})"
)
_UNBROKEN: Final = re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})")
_IN_WORDS: Final = re.compile(r"(?P<day>[0-9]{1,2})\.?\s(?P<month>[a-z]+)\s(?P<year>[0-9]{4})")
_TIME: Final = re.compile(r"(?:kl\.?\s*)?([0-9]{1,2})(?:[:.]?([0-9]{2}))?")


def parse_date(text: str) -> date:
    """The date in a text as people type it, day first, or as ISO 8601.

    A year of two digits is 1969 to 2068. Years outside 1900 to 2199 are taken for slips.

    :raises ValueError: when it is no date.

    >>> {str(parse_date(t)) for t in ("2026-11-24", "24.11.2026", "24.11.26", "24112026")}
    {'2026-11-24'}
    >>> str(parse_date("1. mai 2027"))
    '2027-05-01'
    """
    text = text.strip().lower()
    found = next(
        (m for p in (_ISO, _TYPED, _UNBROKEN, _IN_WORDS) if (m := p.fullmatch(text))), None
    )
    if found is None:
        raise ValueError("not a date")
    year, month = int(found["year"]), _month(found["month"])
    if len(found["year"]) == 2:
        year += 2000 if year < 69 else 1900  # as POSIX strptime's %y
    if not 1900 <= year <= 2199:
        raise ValueError("not a date of our time")
    return date(year, month, int(found["day"]))


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    names = [name.lower() for name in (*_MONTHS, *_ENGLISH_MONTHS)]
    return names.index(text) % 12 + 1


def parse_time(text: str) -> str:
    """The time of day in a text, as ``HH:MM``.

    :raises ValueError: when it is no time of day.

    >>> [parse_time(t) for t in ("13:00", "13.00", "1300", "9", "kl. 9.30")]
    ['13:00', '13:00', '13:00', '09:00', '09:30']
    """
    found = _TIME.fullmatch(text.strip().lower())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise ValueError("not a time of day")
    return f"{hour:02}:{minute:02}"


def long_date(day: date, language: str) -> str:
    """The date in words (month names are the same in bokmål and nynorsk).

    >>> long_date(date(2026, 11, 24), "nn"), long_date(date(2026, 11, 24), "en")
    ('24. november 2026', '24 November 2026')
    """
    if language == "en":
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day}. {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """The date in figures, for tables.

    >>> short_date(date(2026, 5, 1))
    '01.05.2026'
    """
    return f"{day:%d.%m.%Y}"


def short_date_time(moment: datetime) -> str:
    """The date and the time of day in figures, for tables; in the moment's own zone.

    >>> short_date_time(datetime.fromisoformat("2026-05-01T08:05+02:00"))
    '01.05.2026 08:05'
    """
    return f"{moment:%d.%m.%Y %H:%M}"


def age_on(birth: date, day: date) -> int:
    """Full years on that day; below 0 before birth. One born on 29 February turns on 1 March.

    >>> age_on(date(2011, 1, 19), date(2027, 1, 18)), age_on(date(2011, 1, 19), date(2027, 1, 19))
    (15, 16)
    """
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def birthday(birth: date, age: int) -> date:
    """The day on which somebody turns that age.

    >>> birthday(date(2008, 2, 29), 18)
    datetime.date(2026, 3, 1)
    """
    year = birth.year + age
    if (birth.month, birth.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 3, 1)
    return birth.replace(year=year)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March in a common year.

    >>> years_after(date(2024, 2, 29), 1), years_after(date(2026, 11, 24), -2)
    (datetime.date(2025, 3, 1), datetime.date(2024, 11, 24))
    """
    return birthday(day, years)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last day.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# Holidays

#: the days whose date is the same every year (lov om helligdager § 2, lov om 1. og 17. mai)
_FIXED_HOLIDAYS: Final = {
    (1, 1): ("første nyttårsdag", "første nyttårsdag", "New Year's Day"),
    (5, 1): ("1. mai", "1. mai", "1 May"),
    (5, 17): ("17. mai", "17. mai", "17 May"),
    (12, 25): ("første juledag", "første juledag", "Christmas Day"),
    (12, 26): ("andre juledag", "andre juledag", "Boxing Day"),
}
#: and those that follow Easter Sunday, by the number of days
_EASTER_HOLIDAYS: Final = {
    -3: ("skjærtorsdag", "skjertorsdag", "Maundy Thursday"),
    -2: ("langfredag", "langfredag", "Good Friday"),
    0: ("første påskedag", "første påskedag", "Easter Sunday"),
    1: ("andre påskedag", "andre påskedag", "Easter Monday"),
    39: ("Kristi himmelfartsdag", "Kristi himmelfartsdag", "Ascension Day"),
    49: ("første pinsedag", "første pinsedag", "Whit Sunday"),
    50: ("andre pinsedag", "andre pinsedag", "Whit Monday"),
}


def easter(year: int) -> date:
    """Easter Sunday of a year (the anonymous Gregorian computus of 1876).

    >>> easter(2027), easter(2038)
    (datetime.date(2027, 3, 28), datetime.date(2038, 4, 25))
    """
    century, of_century = divmod(year, 100)
    golden = year % 19
    skipped = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - skipped + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def holiday(day: date, language: str) -> str:
    """The name of the public holiday that a day is, or "".

    >>> holiday(date(2027, 5, 17), "nn"), holiday(date(2027, 3, 25), "nn")
    ('17. mai', 'skjertorsdag')
    >>> holiday(date(2027, 5, 18), "nb")
    ''
    """
    names = _FIXED_HOLIDAYS.get((day.month, day.day))
    names = names or _EASTER_HOLIDAYS.get((day - easter(day.year)).days)
    return names[("nb", "nn", "en").index(language)] if names else ""


# Words


def in_figures(number: int, language: str) -> str:
    r"""A whole number in figures, with a space that does not break between thousands.

    >>> in_figures(23412, "nb"), in_figures(23412, "en"), in_figures(200, "nb")
    ('23\xa0412', '23,412', '200')
    """
    figures = f"{number:,}"
    return figures if language == "en" else figures.replace(",", "\N{NO-BREAK SPACE}")
