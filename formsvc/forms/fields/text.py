"""Fields that a person types text in: a line, several, a link, a time of day."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, ClassVar, Final, TypeGuard
from unicodedata import category, normalize
from urllib.parse import urlsplit

from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from formsvc import cleaning, letters, norway
from formsvc.errors import Problem
from formsvc.forms.fields.answer import AnswerField, Schema, Typed
from formsvc.language import gettext as _
from formsvc.language import spoken

#: how many characters a text may have: ten pages
LONGEST_TEXT: Final = 20_000
#: and a name, a title, a place, or anything else that is written on one line
LONGEST_NAME: Final = 200
#: the longest address that mail can be sent to (RFC 5321, 4.5.3.1.3)
LONGEST_EMAIL: Final = 254
#: the longest link that every browser opens; those of video meetings have some 400 characters
LONGEST_LINK: Final = 2_000
#: how many of the letters that papers cannot be printed with are named in a sentence
MOST_SHOWN: Final = 20


def is_whole(answer: object) -> TypeGuard[int | float]:
    """Whether an answer is a whole number, also one that JSON writes as 2.0."""
    if isinstance(answer, float):
        return answer.is_integer()
    return isinstance(answer, int) and not isinstance(answer, bool)


def as_compared(text: str) -> str:
    """What two texts have in common that are the same but for case, spaces and composition.

    >>> as_compared("Ma\N{COMBINING ACUTE ACCENT}ret  čáhci ") == as_compared("MÁRET Čáhci")
    True
    """
    return " ".join(normalize("NFC", normalize("NFC", text).casefold()).split())


class Text(AnswerField):
    """One line of text, kept to the letter."""

    kind = "text"
    input_type = "text"
    inputmode = ""
    #: an empty answer in plain data
    empty: ClassVar[str | None] = ""
    #: whether people write in it in their own words
    own_words: ClassVar[bool] = True
    #: how many characters it may have; ``Text(…, longest=LONGEST_TEXT)`` for more than a name
    longest: int = LONGEST_NAME

    def __init__(self, label: str = "", *, longest: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.longest = longest or self.longest

    def process_data(self, value: object) -> None:
        self.text = "" if value is None else str(value)
        self.data = self.parse(self.text) if self.text else self.empty

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        cleaned = cleaning.clean(valuelist[0] if valuelist else "")
        #: what was typed, cleaned: shown again even where it is refused
        self.text = "" if cleaning.is_blank(cleaned.text) else cleaned.text.strip()
        self.replaced = cleaned.replaced
        self.data = self.empty
        if self.is_too_long():
            if type(self).parse is Text.parse:
                # a paper that was issued before there was a limit is printed with all of it
                self.data = self.text
            raise ValueError(self._too_long())
        if self.text:
            self.data = self.parse(self.text)

    def is_too_long(self) -> bool:
        """Whether the text has more characters than the field takes; no rule then looks at it."""
        return len(self.text) > self.longest

    def missing_letters(self) -> str:
        """The sentence for a text with letters that papers cannot be printed with, or ""."""
        missing = [] if self.is_too_long() else letters.missing(self.text)
        if not missing:
            return ""
        # a mark alone is shown on a dotted circle, so that it can be seen
        shown = [f"◌{one}" if category(one)[0] == "M" else one for one in missing[:MOST_SHOWN]]
        return _(
            "Skriften vi bruker, har ikke tegn for «%(letters)s»."
            " Skriv med latinske bokstaver, og navn slik de står i Folkeregisteret.",
            letters="".join(shown) + "…" * (len(missing) > MOST_SHOWN),
        )

    def _too_long(self) -> str:
        return _(
            "Teksten kan ha høyst %(most)s tegn. Denne har %(length)s.",
            most=norway.in_figures(self.longest, spoken()),
            length=norway.in_figures(len(self.text), spoken()),
        )

    def parse(self, text: str) -> str:
        """The plain answer that a typed text stands for.

        :raises ValueError: with the sentence to show.
        """
        return text

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:
            raise StopValidation
        if self.is_missing():
            raise StopValidation(str(self.required))

    @property
    def value(self) -> str:
        """The text to show in the control."""
        return self.text

    def is_empty(self) -> bool:
        return not self.text

    def answer(self) -> str | None:
        return self.data if isinstance(self.data, str) else self.empty

    def no_answer(self) -> str | None:
        return self.empty

    def no_words(self) -> str:
        return ""

    def as_read(self, *, in_row: bool = False) -> str:
        return self.show(self.data, in_row=in_row) if self.data else ""

    def show(self, answer: str, *, in_row: bool) -> str:
        """The answer as a reader reads it."""
        return answer

    def typed(self) -> Typed:
        return {self.name: [self.text]}

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if answer is None:
            return {}
        if not isinstance(answer, str):
            return self.misfit(misfits, _("Her skal det stå tekst i anførselstegn."))
        return {self.name: [answer]}

    def sample(self, row: int = 0) -> Any:
        example = super().sample(row)
        return self.empty if example is None else example

    def schema(self) -> Schema:
        most = {"maxLength": self.longest}
        if self.always_required:
            return self._described({"type": "string", "minLength": 1, **most})
        return self._described({"type": ["string", "null"], **most})


class LongText(Text):
    """A text of several lines."""

    kind = "long_text"
    longest = LONGEST_TEXT


class Leftover(LongText):
    """What was typed into a field that the form had once: to be moved to where it belongs."""

    #: it is only shown
    longest = sys.maxsize

    @classmethod
    def of(cls, form: BaseForm, name: str, text: str) -> Leftover:
        """The field of a form that shows such a text, and refuses the paper while it is there."""
        label = _("Fra et felt som er tatt bort: %(name)s", name=name)
        field: Leftover = UnboundField(cls, label).bind(form, name)
        field.process_formdata([text])
        field.refuse(
            _(
                "Skjemaet har ikke dette feltet lenger. Flytt det du trenger, til et annet felt,"
                " og tøm dette."
            )
        )
        return field


class Link(Text):
    """An address on the web, which can be pressed: https alone."""

    longest = LONGEST_LINK
    input_type = "url"
    inputmode = "url"

    def parse(self, text: str) -> str:
        try:
            parts = urlsplit(text)
            sound = parts.scheme == "https" and "." in (parts.hostname or "")
        except ValueError:
            sound = False
        if not sound or "@" in parts.netloc or any(char.isspace() for char in text):
            raise ValueError(_("Lim inn hele lenka. Den skal begynne med https://"))
        return text


class Email(Text):
    """An e-mail address, checked for its form only."""

    kind = "email"
    longest = LONGEST_EMAIL
    input_type = "email"
    inputmode = "email"

    def parse(self, text: str) -> str:
        from email_validator import (  # noqa: PLC0415 - 40 ms, and few papers ask for e-mail
            EmailNotValidError,
            validate_email,
        )

        try:
            return validate_email(text, check_deliverability=False).normalized
        except EmailNotValidError:
            raise ValueError(_("Skriv e-postadressen slik: navn@eksempel.no")) from None


class Time(Text):
    """A time of day, HH:MM."""

    own_words = False
    kind = "time"

    @property
    def input_type(self) -> str:  # type: ignore[override]
        return "text" if self.text and not self.data else "time"

    @property
    def value(self) -> str:
        return str(self.data or self.text)

    def parse(self, text: str) -> str:
        try:
            return norway.parse_time(text)
        except ValueError:
            raise ValueError(_("Skriv klokkeslettet slik: 13:00")) from None
