"""Dates and times as they are typed and written here, ages, and the public holidays."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Final

_MONTHS: Final = (
    *("januar", "februar", "mars", "april", "mai", "juni", "juli"),
    *("august", "september", "oktober", "november", "desember"),
)
_ENGLISH_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_YEAR_FIRST: Final = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-./])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
)
_DAY_FIRST: Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<one>\s?[./-]\s?|\s)(?P<month>[0-9]{1,2})(?P<two>\s?[./-]\s?|\s)"
    r"(?P<year>[0-9]{4}|[0-9]{2})"
)
_UNBROKEN: Final = re.compile(r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4}|[0-9]{2})")
_IN_WORDS: Final = re.compile(
    r"(?P<day>[0-9]{1,2})(?:\.\s?|\s)(?P<month>[a-z]{3,9})\.?\s(?P<year>[0-9]{4}|[0-9]{2})"
)
#: what people elsewhere write between month, day and year, or year, month and day
_FOREIGN_MARKS: Final = frozenset("/-")
_TIME: Final = re.compile(r"(?:kl(?:\.|okka|okken)?\s*)?([0-9]{1,2})(?:[:.\s]?([0-9]{2}))?")


class DoubtfulDate(ValueError):
    """The text is a date that reads more than one way; ``readings`` holds them all."""

    def __init__(self, readings: Sequence[date]) -> None:
        self.readings = tuple(readings)
        super().__init__("a date that reads more than one way")


def parse_date(text: str) -> date:
    """The date in a text as people here type it, or as ISO 8601.

    Day first, with dots, ``24/11-2026``, unbroken or with the month in words. With strokes or
    dashes alone it may have been written the way of another country too, and is never guessed. A
    year of two digits is 1969 to 2068. Years outside 1900 to 2199 are taken for slips.

    :raises DoubtfulDate: when it reads more than one way.
    :raises ValueError: when it is no date.

    >>> typed = "2026-11-24", "24.11.2026", "24.11.26", "24112026", "241126", "24/11-2026"
    >>> {str(parse_date(text)) for text in typed}
    {'2026-11-24'}
    >>> str(parse_date("1. mai 2027")), str(parse_date("24. nov 2026"))
    ('2027-05-01', '2026-11-24')
    """
    text = " ".join(text.lower().split())
    readings = sorted({day for way in _ways(text) if (day := _date(*way))})
    if not readings:
        raise ValueError("not a date")
    if len(readings) > 1:
        raise DoubtfulDate(readings)
    return readings[0]


def _ways(text: str) -> Iterator[tuple[str, str, str]]:
    """The year, month and day that a text may mean."""
    for pattern in (_UNBROKEN, _IN_WORDS, _YEAR_FIRST, _DAY_FIRST):
        if typed := pattern.fullmatch(text):
            yield typed["year"], typed["month"], typed["day"]
            if pattern is _DAY_FIRST:
                yield from _foreign_ways(typed)


def _foreign_ways(typed: re.Match[str]) -> Iterator[tuple[str, str, str]]:
    mark = typed["one"].strip()
    if mark != typed["two"].strip() or mark not in _FOREIGN_MARKS:
        return
    yield typed["year"], typed["day"], typed["month"]
    if mark == "-" and len(typed["day"]) == len(typed["year"]) == 2:
        yield typed["day"], typed["month"], typed["year"]


def _date(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 69 else 1900  # as POSIX strptime's %y
    if not 1900 <= number <= 2199:
        return None
    with suppress(ValueError):
        return date(number, _month(month), int(day))
    return None


def _month(text: str) -> int:
    """The number of a month, of its name or of so much of it that it is no other one's."""
    if text.isdigit():
        return int(text)
    for names in (_MONTHS, _ENGLISH_MONTHS):
        for number, name in enumerate(names, start=1):
            if name.lower().startswith(text):
                return number
    raise ValueError("not a month")


def parse_time(text: str) -> str:
    """The time of day in a text, as ``HH:MM``.

    :raises ValueError: when it is no time of day.

    >>> [parse_time(t) for t in ("13:00", "13.00", "1300", "13 00", "9", "kl. 9.30")]
    ['13:00', '13:00', '13:00', '13:00', '09:00', '09:30']
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
