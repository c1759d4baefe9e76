"""The fields of the papers: each reads what a person typed and gives it back as a plain answer.

Every field takes the same road whether its text came from a page, a draft, the API or a file: a
list of typed strings goes in, is cleaned once, and comes out as

* ``answer()``: plain data (str, bool, int, ISO date, list, dict), what is stored and exchanged,
* ``words()``: the same as a reader reads it, in the language spoken, what the documents print,
* ``typed()``: what the person typed, to be shown again or kept in a draft.
"""

from formsvc.forms.fields.answer import (
    AnswerField,
    Part,
    Schema,
    Typed,
    object_schema,
    typed_from,
)
from formsvc.forms.fields.choice import YES_NO, Check, Choice, Choices, Options, Scale, YesNo
from formsvc.forms.fields.days import TODAY, Date
from formsvc.forms.fields.group import Group
from formsvc.forms.fields.numbers import NationalId, Number, Phone, PostalCode
from formsvc.forms.fields.rows import Rows
from formsvc.forms.fields.text import (
    LONGEST_NAME,
    LONGEST_TEXT,
    Email,
    Leftover,
    Link,
    LongText,
    Text,
    Time,
    as_compared,
)

__all__ = [
    "LONGEST_NAME",
    "LONGEST_TEXT",
    "TODAY",
    "YES_NO",
    "AnswerField",
    "Check",
    "Choice",
    "Choices",
    "Date",
    "Email",
    "Group",
    "Leftover",
    "Link",
    "LongText",
    "NationalId",
    "Number",
    "Options",
    "Part",
    "Phone",
    "PostalCode",
    "Rows",
    "Scale",
    "Schema",
    "Text",
    "Time",
    "Typed",
    "YesNo",
    "as_compared",
    "object_schema",
    "typed_from",
]
