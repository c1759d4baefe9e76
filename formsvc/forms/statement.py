"""What a paper says of its own answers: sentences that follow from them and nobody is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from formsvc.errors import Problem
from formsvc.forms.fields import Schema, Text, Typed


class Statement(Text):
    """A sentence that follows from the other answers.

    It has a place on every paper, where it is proved like an answer, and none on the page. It is
    made anew for each reader and each language, so nothing of it is stored or taken in.
    """

    kind = "statement"
    own_words: ClassVar[bool] = False

    def __init__(self, label: str, says: Callable[[Any], str], **kwargs: Any) -> None:
        """A sentence with the name that a screen reader says of its place.

        :param says: the sentence of a form, in the language spoken; "" where there is none.
        """
        super().__init__(label, printed="", **kwargs)
        self._says = says

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.process_data("")

    def is_empty(self) -> bool:
        return True

    def as_read(self, *, in_row: bool = False) -> str:
        return self._says(self.part)

    def typed(self) -> Typed:
        return {}

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        return {}

    def schema(self) -> Schema:
        return self._described({"type": ["string", "null"], "readOnly": True})
