"""Fields for numbers: a telephone, a postal code, an identity number, how many."""

from __future__ import annotations

from typing import Any

from formsvc import config, norway
from formsvc.errors import Problem
from formsvc.forms.fields.answer import AnswerField, Schema, Typed
from formsvc.forms.fields.text import Text, is_whole
from formsvc.language import gettext as _


class Phone(Text):
    """A telephone number, stored as E.164 and shown in pairs.

    With ``short`` it may be one of the short numbers that services have: 02800, 116117, 113.
    """

    kind = "phone"
    own_words = False
    input_type = "tel"
    inputmode = "tel"

    def __init__(self, label: str = "", *, short: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.short = short

    def parse(self, text: str) -> str:
        try:
            return norway.phone(text, short=self.short)
        except ValueError:
            raise ValueError(
                _("Skriv telefonnummeret med åtte siffer, eller med landkode: +46 …")
            ) from None

    def show(self, answer: str, *, in_row: bool) -> str:
        return norway.show_phone(answer)


class PostalCode(Text):
    """A Norwegian postal code: four digits, kept as text."""

    own_words = False
    kind = "digits"
    inputmode = "numeric"

    def parse(self, text: str) -> str:
        try:
            return norway.postal_code(text)
        except ValueError:
            raise ValueError(_("Skriv postnummeret med fire siffer.")) from None


class NationalId(Text):
    """A national identity number: synthetic only in demo mode, never synthetic outside it."""

    own_words = False
    kind = "digits"
    inputmode = "numeric"

    def shown(self) -> str:
        """Masked: the whole number stands in its field and on the application alone."""
        return norway.masked(self.as_read())

    def parse(self, text: str) -> str:
        synthetic = config.current().demo
        try:
            return norway.identity_number(text, synthetic=synthetic)
        except ValueError:
            if synthetic:
                raise ValueError(
                    _(
                        "Skriv et gyldig syntetisk fødselsnummer på elleve siffer."
                        " Her prøver vi bare ut tjenesten, og ekte numre brukes ikke."
                    )
                ) from None
            raise ValueError(
                _("Skriv et gyldig fødselsnummer eller d-nummer på elleve siffer.")
            ) from None


class Number(Text):
    """A whole number, from 1 and up."""

    own_words = False
    kind = "number"
    inputmode = "numeric"

    def parse(self, text: str) -> str:
        if not (text.isascii() and text.isdigit() and 0 < len(text) <= 4 and int(text) > 0):
            raise ValueError(_("Skriv et helt tall fra 1 og oppover."))
        return str(int(text))

    def answer(self) -> int | None:  # type: ignore[override]
        return int(self.data) if self.data else None

    def no_answer(self) -> None:
        return None

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if is_whole(answer):
            return {self.name: [str(int(answer))]}
        return super().typed_from(answer, misfits)

    def sample(self, row: int = 0) -> Any:
        return AnswerField.sample(self, row)

    def schema(self) -> Schema:
        number = {"type": "integer", "minimum": 1, "maximum": 9999}
        return self._described(
            number if self.always_required else {"anyOf": [number, {"type": "null"}]}
        )
