"""Norwegian rules and notation: identity numbers, phone numbers, dates in words, holidays.

Pure functions on plain values. They say what is wrong by a short reason; the sentence that a
person reads belongs to the form, in the person's language.
"""

from formsvc.norway.days import (
    DoubtfulDate,
    age_on,
    birthday,
    easter,
    holiday,
    long_date,
    months_after,
    parse_date,
    parse_time,
    short_date,
    short_date_time,
    years_after,
)
from formsvc.norway.numbers import (
    InvalidNumber,
    Reason,
    Rule,
    identity_number,
    identity_numbers,
    in_figures,
    masked,
    organisation_number,
    phone,
    postal_code,
    show_organisation_number,
    show_phone,
)

__all__ = [
    "DoubtfulDate",
    "InvalidNumber",
    "Reason",
    "Rule",
    "age_on",
    "birthday",
    "easter",
    "holiday",
    "identity_number",
    "identity_numbers",
    "in_figures",
    "long_date",
    "masked",
    "months_after",
    "organisation_number",
    "parse_date",
    "parse_time",
    "phone",
    "postal_code",
    "short_date",
    "short_date_time",
    "show_organisation_number",
    "show_phone",
    "years_after",
]
