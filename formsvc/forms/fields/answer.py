"""What every field of a paper can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from wtforms import Field

from formsvc.errors import Problem
from formsvc.language import gettext as _

#: what was typed: the name of a control and its list of strings
Typed = dict[str, list[str]]


class WrongShape(ValueError):
    """An answer in a file or a request is of another shape than the field takes."""


class AnswerField(Field):
    """What every field of a paper can be asked."""

    #: how the page draws it
    kind: ClassVar[str] = "text"
    #: the token of the HTML attribute of that name, where the reader's own data are asked for
    autocomplete: str = ""

    def __init__(
        self,
        label: str = "",
        *,
        required: str = "",
        hint: str = "",
        example: Any = None,
        autocomplete: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, **kwargs)
        #: the sentence that is said when the answer is missing; "" where it may be
        self.required = required
        self.hint = hint
        self.autocomplete = autocomplete
        #: a valid answer, for samples; a tuple holds one for each row in turn
        self.example = example
        #: how many characters could not be used and were replaced
        self.replaced = 0

    @property
    def path(self) -> str:
        """Where the answer stands in the answers: ``measures.0.deadline``."""
        return str(self.name).replace("-", ".")

    @property
    def input_id(self) -> str:
        """The id of the first control, for links from the error summary."""
        return str(self.id)

    def refuse(self, sentence: str) -> None:
        """Say at this field what has to be mended; the first sentence stands."""
        if not self.errors:
            self.errors = [str(sentence)]

    def is_empty(self) -> bool:
        raise NotImplementedError

    def answer(self) -> Any:
        raise NotImplementedError

    def words(self, *, in_row: bool = False) -> Any:
        """The answer as it is read; dates are short within rows, which are printed as tables."""
        return self.answer()

    def typed(self) -> Typed:
        raise NotImplementedError

    def typed_from(self, answer: Any) -> Typed:
        """The typed strings that give this plain answer.

        :raises WrongShape: when the answer is not of the field's shape.
        """
        raise NotImplementedError

    def problems(self) -> Iterator[tuple[Problem, str]]:
        """Each problem with the id of the control that it is about."""
        for sentence in self.errors:
            yield Problem(self.path, str(sentence)), self.input_id

    def leaves(self) -> Iterator[AnswerField]:
        """The fields that hold one answer each, in reading order."""
        yield self

    def sample(self, row: int = 0) -> Any:
        """A valid answer; ``row`` makes rows differ."""
        if isinstance(self.example, tuple):
            return self.example[row % len(self.example)]
        return self.example

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the answer."""
        raise NotImplementedError

    def _described(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = {"title": str(self.label.text), **schema}
        if self.hint:
            described["description"] = str(self.hint)
        return described


class Misfits(WrongShape):
    """Answers of the wrong shape or under unknown names, each with its path."""

    def __init__(self, found: list[tuple[str, str]]) -> None:
        self.found = found
        super().__init__("; ".join(f"{path}: {sentence}" for path, sentence in found))


def typed_from(
    fields: Sequence[AnswerField], answers: Mapping[str, Any], prefix: str = ""
) -> Typed:
    """The typed strings that give these plain answers.

    :raises Misfits: naming every answer that no field takes, or that has the wrong shape.
    """
    known = {field.short_name: field for field in fields}
    typed: Typed = {}
    found: list[tuple[str, str]] = []
    for name, answer in answers.items():
        if name not in known:
            path = f"{prefix}{name}".replace("-", ".")
            found.append((path, unknown_name(name, list(known))))
            continue
        try:
            typed |= known[name].typed_from(answer)
        except Misfits as misfits:
            found += misfits.found
        except WrongShape as wrong:
            found.append((known[name].path, str(wrong)))
    if found:
        raise Misfits(found)
    return typed


def unknown_name(name: str, known: list[str]) -> str:
    """The sentence for a name that the paper does not have, with the nearest one that it has."""
    from difflib import get_close_matches  # only needed for a mistake

    near = get_close_matches(name, known, n=1)
    if near:
        return _("Papiret har ikke dette feltet. Mente du «%(near)s»?", near=near[0])
    return _("Papiret har ikke dette feltet. Ta det bort.")


def object_schema(fields: Sequence[AnswerField]) -> dict[str, Any]:
    """JSON Schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {field.short_name: field.schema() for field in fields},
        "required": [field.short_name for field in fields if field.required],
        "additionalProperties": False,
    }
