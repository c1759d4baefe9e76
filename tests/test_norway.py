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


@given(DATES, st.sampled_from(["nb", "nn", "en"]))
def test_every_way_of_writing_a_date_is_read_back_as_the_same_day(day: date, language: str) -> None:
    written = [
        day.isoformat(),
        norway.short_date(day),
        norway.long_date(day, language),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day}. {day.month}. {day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%d%m%Y}",
        f" {norway.short_date(day)}\n",
    ]
    assert {norway.parse_date(text) for text in written} == {day}


def test_a_year_of_two_digits_is_near_our_own_time() -> None:
    assert norway.parse_date("24.11.26") == date(2026, 11, 24)
    assert norway.parse_date("3.5.85") == date(1985, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        *("", "snarest", "fortløpende", "uke 39", "24.11", "24-11-2026", "24. novembre 2026"),
        *("31.02.2026", "29.02.2027", "2026-13-01", "24.11.1026", "20261124", "٢٤.١١.٢٠٢٦"),
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
