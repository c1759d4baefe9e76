"""Norwegian rules and notation, checked against official examples and against any input."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc import norway
from formsvc.norway import InvalidNumber, identity_number

DATES = st.dates(date(1900, 1, 1), date(2199, 12, 31))

# Skatteetaten's own test file (foedselsnummer.csv) with its worked examples, and NAV's examples:
# the number, whether it is a test number, and whether it is right by the rule of 1964 and by
# that of 2032.
OFFICIAL = [
    ("30108299939", False, False, True),
    ("30908299902", True, False, True),
    ("20036914700", False, True, True),
    ("03851598730", True, True, True),
    ("20036914712", False, False, False),
    ("29020073150", False, True, True),
    ("29020105729", False, False, False),
    ("55102499947", False, False, True),
    ("41819077906", True, False, True),
    ("41819077302", True, True, True),
    ("02013299997", False, True, True),
    ("02013299903", False, False, True),
    ("13527248013", True, True, True),
    ("10915596784", True, True, True),
    ("68467038838", True, True, True),
]


def is_right(number: str, *, synthetic: bool, rule: norway.Rule) -> bool:
    try:
        return identity_number(number, synthetic=synthetic, rule=rule) == number
    except InvalidNumber:
        return False


def reason(number: str, *, synthetic: bool = False) -> str:
    with pytest.raises(InvalidNumber) as refused:
        identity_number(number, synthetic=synthetic)
    return refused.value.reason


@pytest.mark.parametrize(("number", "synthetic", "old", "new"), OFFICIAL)
def test_the_official_examples_come_out_as_the_authorities_say(
    number: str, synthetic: bool, old: bool, new: bool
) -> None:
    assert is_right(number, synthetic=synthetic, rule="1964") is old
    assert is_right(number, synthetic=synthetic, rule="both") is new


@pytest.mark.parametrize(("number", "synthetic", "old", "new"), OFFICIAL)
def test_real_and_synthetic_numbers_are_never_taken_for_each_other(
    number: str, synthetic: bool, old: bool, new: bool
) -> None:
    assert not is_right(number, synthetic=not synthetic, rule="both")


@pytest.mark.parametrize("number", [n for n, _, _, right in OFFICIAL if right])
@given(position=st.integers(0, 10), step=st.integers(1, 9))
def test_one_wrong_digit_is_always_found_by_the_old_rule(
    number: str, position: int, step: int
) -> None:
    digit = (int(number[position]) + step) % 10
    wrong = f"{number[:position]}{digit}{number[position + 1 :]}"
    if is_right(number, synthetic=True, rule="1964"):
        assert not is_right(wrong, synthetic=True, rule="1964")


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{11}", fullmatch=True), st.booleans())
def test_any_text_is_a_number_or_is_refused_with_a_reason(text: str, synthetic: bool) -> None:
    with suppress(InvalidNumber):
        assert re.fullmatch("[0-9]{11}", identity_number(text, synthetic=synthetic))


@pytest.mark.parametrize(
    ("number", "right"),
    [  # the first control digit leaves 0, 1, 2 … 10; the second is right in all of them
        ("03851500056", True),
        ("03851500064", True),
        ("03851500072", True),
        ("03851500080", True),
        ("03851500099", False),
        ("03851500188", False),
        ("03851500005", False),
        ("03851500013", False),
        ("03851500021", False),
        ("03851500110", False),
        ("03851500048", False),
    ],
)
def test_the_rule_of_2032_lets_the_first_control_digit_leave_up_to_three(
    number: str, right: bool
) -> None:
    assert is_right(number, synthetic=True, rule="both") is right


@pytest.mark.parametrize("typed", ["038515 98730", "038515-98730", " 03 85 15 987 30 "])
def test_spaces_and_hyphens_in_a_number_do_not_matter(typed: str) -> None:
    assert identity_number(typed, synthetic=True) == "03851598730"


@pytest.mark.parametrize("typed", ["", "0385159873", "038515987300", "0385159873O", "٠٣٨٥١٥٩٨٧٣٠"])
def test_anything_but_eleven_digits_is_refused_as_such(typed: str) -> None:
    assert reason(typed) == "digits"


def test_the_reason_says_what_kind_of_number_it_is() -> None:
    assert reason("29020105729") == "date"
    assert reason("03851598731", synthetic=True) == "check"
    assert reason("03851598730") == "synthetic"
    assert reason("13527248013") == "internal"
    assert reason("20036914700", synthetic=True) == "not_synthetic"


def test_a_joint_help_number_has_no_date_and_is_real() -> None:
    number = "81234567802"
    assert identity_number(number, synthetic=False) == number
    assert reason(number, synthetic=True) == "not_synthetic"


def test_a_masked_number_shows_only_its_first_six_digits() -> None:
    assert norway.masked("03851598730") == "038515 *****"


@pytest.mark.parametrize("number", ["123456785", "701 730 496"])
def test_an_organisation_number_with_the_right_control_digit_passes(number: str) -> None:
    assert norway.organisation_number(number) == number.replace(" ", "")


@pytest.mark.parametrize("number", ["123456784", "12345678", "1234567855", "abc", ""])
def test_a_wrong_organisation_number_is_refused(number: str) -> None:
    with pytest.raises(InvalidNumber):
        norway.organisation_number(number)


def test_a_postal_code_keeps_its_leading_zero() -> None:
    assert norway.postal_code("0150") == "0150"


@pytest.mark.parametrize("code", ["150", "01500", "O150", "", "01.5"])
def test_a_postal_code_has_four_digits(code: str) -> None:
    with pytest.raises(InvalidNumber):
        norway.postal_code(code)


@pytest.mark.parametrize(
    "typed", ["90909090", "909 09 090", "90 90 90 90", "+4790909090", "0047 90 90 90 90"]
)
def test_a_norwegian_phone_number_is_understood_as_people_write_it(typed: str) -> None:
    assert norway.phone(typed) == "+4790909090"


@pytest.mark.parametrize(
    "typed", ["", "9090909", "909090909", "tlf. 90909090", "90909090 eller 41234567", "++", "+"]
)
def test_a_phone_number_that_cannot_be_dialled_is_refused(typed: str) -> None:
    with pytest.raises(InvalidNumber):
        norway.phone(typed)


@given(st.text(max_size=30))
def test_any_text_is_a_phone_number_or_is_refused(text: str) -> None:
    with suppress(InvalidNumber):
        assert re.fullmatch(r"\+[0-9]{5,15}", norway.phone(text))


@pytest.mark.parametrize("typed", ["90909090", "800 12 345", "+46 8 123 456 78", "02800"])
def test_a_phone_number_is_understood_again_as_it_is_shown(typed: str) -> None:
    number = norway.phone(typed)
    assert norway.phone(norway.show_phone(number)) == number


def test_a_number_that_nobody_understands_is_shown_as_it_is() -> None:
    assert norway.show_phone("ukjent") == "ukjent"


MONTHS = {
    language: [
        norway.long_date(date(2027, month, 1), language).split()[1] for month in range(1, 13)
    ]
    for language in ("nb", "nn", "en")
}


@given(DATES, st.sampled_from(["nb", "nn", "en"]))
def test_every_way_of_writing_a_date_is_read_back_as_the_same_day(day: date, language: str) -> None:
    written = [
        day.isoformat(),
        norway.short_date(day),
        norway.long_date(day, language),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day}. {day.month}. {day.year}",
        f"{day:%d/%m}-{day:%Y}",
        f"{day.day}/{day.month} {day.year}",
        f"{day:%d%m%Y}",
        f"{day.year}-{day.month}-{day.day}",
        f" {norway.short_date(day)}\n",
        f"{day.day}. {MONTHS[language][day.month - 1][:3]}. {day.year}",
        f"{day.day}.{MONTHS[language][day.month - 1].upper()} {day.year}",
    ]
    assert {norway.parse_date(text) for text in written} == {day}


@given(st.dates(date(1969, 1, 1), date(2068, 12, 31)))
def test_a_year_of_two_digits_is_enough_where_people_write_it_so(day: date) -> None:
    written = [
        f"{day:%d%m%y}",
        f"{day:%d.%m.%y}",
        f"{day:%d/%m}-{day:%y}",
        f"{day:%d.%m}-{day:%y}",
        f"{day.day}. {MONTHS['nn'][day.month - 1]} {day:%y}",
    ]
    assert {norway.parse_date(text) for text in written} == {day}


@given(DATES, st.sampled_from("/-"))
def test_a_date_that_may_be_of_another_country_is_never_guessed(day: date, mark: str) -> None:
    text = f"{day:%d}{mark}{day:%m}{mark}{day:%Y}"
    if day.day > 12 or day.day == day.month:
        assert norway.parse_date(text) == day
        return
    with pytest.raises(norway.DoubtfulDate) as doubt:
        norway.parse_date(text)
    assert set(doubt.value.readings) == {day, day.replace(day=day.month, month=day.day)}


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("05/03/2015", "2015-03-05 2015-05-03"),
        ("5/3/15", "2015-03-05 2015-05-03"),
        ("24-11-26", "2024-11-26 2026-11-24"),
        ("05-03-15", "2005-03-15 2015-03-05 2015-05-03"),
    ],
)
def test_each_reading_of_a_date_in_doubt_is_named(text: str, readings: str) -> None:
    with pytest.raises(norway.DoubtfulDate) as doubt:
        norway.parse_date(text)
    assert " ".join(day.isoformat() for day in doubt.value.readings) == readings


@pytest.mark.parametrize("text", ["05.03.2015", "5/3-2015", "05032015", "050315", "5. mars 15"])
def test_the_way_of_this_country_is_in_no_doubt(text: str) -> None:
    assert norway.parse_date(text) == date(2015, 3, 5)


def test_a_year_of_two_digits_is_near_our_own_time() -> None:
    assert norway.parse_date("24.11.26") == date(2026, 11, 24)
    assert norway.parse_date("3.5.85") == date(1985, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        *("", "snarest", "fortløpende", "uke 39", "24.11", "2411", "24. novembre 2026"),
        *(
            "31.02.2026",
            "29.02.2027",
            "2026-13-01",
            "24.11.1026",
            "20261124",
            "24. m 2026",
            "1112026",
            "٢٤.١١.٢٠٢٦",
        ),
    ],
)
def test_a_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        norway.parse_date(text)


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        assert norway.parse_date(text).year >= 1900


@given(st.times())
def test_every_way_of_writing_a_time_is_read_back_as_the_same_time(time: object) -> None:
    shown = f"{time:%H:%M}"
    typed = [shown, f"{time:%H.%M}", f"{time:%H%M}", f"kl. {shown}"]
    assert {norway.parse_time(text) for text in typed} == {shown}


@pytest.mark.parametrize("text", ["", "24:00", "12:60", "12:5", "ettermiddag", "-1", "1:2:3"])
def test_a_text_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        norway.parse_time(text)


@given(DATES, st.integers(0, 120))
def test_one_is_that_old_from_the_birthday_and_not_a_day_before(birth: date, age: int) -> None:
    birthday = norway.birthday(birth, age)
    assert norway.age_on(birth, birthday) == age
    assert norway.age_on(birth, birthday - timedelta(days=1)) == age - 1


@given(DATES, st.integers(0, 120))
def test_some_months_later_is_in_the_right_month_and_never_past_the_day(
    day: date, months: int
) -> None:
    later = norway.months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


# -- identity numbers in texts --------------------------------------------------------------------

RIGHT = [number for number, _, _, right in OFFICIAL if right]
#: an FH number, made for this test: two control digits that fit, and no date
PARTED = st.sampled_from(["", " ", "-", ".", "\N{NO-BREAK SPACE}", " - ", "\u2013", "\n", "  "])


def _sound(length: int, *, first: str = "0123456789") -> list[str]:
    """Some numbers of that length with control digits that fit, beginning with those digits."""
    numbers = (f"{digit}{rest:0{length - 1}}" for digit in first for rest in range(0, 90_000, 7))
    return [n for n in numbers if norway.identity_numbers(n)]


@given(st.sampled_from(RIGHT), st.data())
def test_a_number_is_seen_however_it_is_parted(number: str, data: st.DataObject) -> None:
    written = "".join(digit + data.draw(PARTED) for digit in number[:-1]) + number[-1]
    assert norway.identity_numbers(f"Mors nr. er {written}, sa hun.") == [written]
    assert norway.identity_numbers(written) == [written]


@given(st.sampled_from(RIGHT))
def test_a_number_in_other_figures_is_seen(number: str) -> None:
    wide = "".join(chr(0xFF10 + int(digit)) for digit in number)
    assert norway.identity_numbers(wide) == [wide]


@pytest.mark.parametrize("number", [n for n, _, _, right in OFFICIAL if not right])
def test_a_number_whose_control_digits_do_not_fit_is_none(number: str) -> None:
    assert norway.identity_numbers(number) == []


def test_a_number_of_the_joint_kind_is_seen() -> None:
    numbers = [f"8{rest:010}" for rest in range(2_000)]
    right = [number for number in numbers if is_right(number, synthetic=False, rule="both")]
    assert right
    assert all(norway.identity_numbers(number) == [number] for number in right)


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"(\+47 )?[2-9][0-9] [0-9]{2} [0-9]{2} [0-9]{2}", fullmatch=True),
            st.from_regex(r"[89][0-9]{2} [0-9]{3} [0-9]{3}", fullmatch=True),
            st.from_regex(r"\+46 [0-9] [0-9]{3} [0-9]{3} [0-9]{2}", fullmatch=True),
            st.dates().map(lambda day: f"{day.day}.{day.month}.{day.year:04} 13.00"),
            st.dates().map(lambda day: f"{day.isoformat()} 9:30"),
        ),
        max_size=4,
    )
)
def test_phones_organisations_and_times_are_none(others: list[str]) -> None:
    assert norway.identity_numbers(" og ".join(others)) == []
    assert norway.identity_numbers(", ".join(others)) == []


@given(st.sampled_from(RIGHT), st.from_regex(r"[0-9]{1,5}", fullmatch=True))
def test_eleven_digits_of_a_longer_number_are_none(number: str, more: str) -> None:
    assert norway.identity_numbers(number + more) == []
    assert norway.identity_numbers(more + number) == []


@given(st.text(alphabet="0123456789 .-\n+", max_size=300))
def test_what_is_seen_stands_in_the_text(text: str) -> None:
    assert all(number in text for number in norway.identity_numbers(text))


# -- holidays -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    # Den norske kirke's and the almanac's Easter Sundays, with the earliest and the latest
    [
        *("1961-04-02", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20"),
        *("2026-04-05", "2027-03-28", "2028-04-16", "2038-04-25", "2049-04-18", "2076-04-19"),
        *("1818-03-22", "2285-03-22", "1943-04-25"),
    ],
)
def test_easter_is_when_the_almanac_says(day: str) -> None:
    assert norway.easter(int(day[:4])).isoformat() == day


@given(st.integers(1900, 2199))
def test_a_year_has_twelve_holidays_and_four_of_them_are_sundays_or_more(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    holidays = [day for day in days if norway.holiday(day, "nb")]
    assert 10 <= len(holidays) <= 12  # Ascension or Whitsun may fall on 1 or 17 May
    assert norway.easter(year).isoweekday() == 7


@pytest.mark.parametrize(
    ("day", "nb", "nn"),
    [
        ("2027-01-01", "første nyttårsdag", "første nyttårsdag"),
        ("2027-03-25", "skjærtorsdag", "skjertorsdag"),
        ("2027-03-26", "langfredag", "langfredag"),
        ("2027-03-27", "", ""),
        ("2027-03-29", "andre påskedag", "andre påskedag"),
        ("2027-05-06", "Kristi himmelfartsdag", "Kristi himmelfartsdag"),
        ("2027-05-16", "første pinsedag", "første pinsedag"),
        ("2027-12-24", "", ""),
        ("2027-12-26", "andre juledag", "andre juledag"),
    ],
)
def test_holidays_have_names(day: str, nb: str, nn: str) -> None:
    assert norway.holiday(date.fromisoformat(day), "nb") == nb
    assert norway.holiday(date.fromisoformat(day), "nn") == nn
