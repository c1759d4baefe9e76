"""What every field of a paper can be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

from wtforms import Field

from formsvc.errors import Problem
from formsvc.language import gettext as _

#: what was typed: the name of a control and its list of strings
Typed = dict[str, list[str]]
#: a JSON Schema, or a part of one
Schema = dict[str, Any]


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
        printed: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, **kwargs)
        #: its label on papers, where that is not the question of the page; "" where it has none
        #: of its own there, since it stands beside another answer or right under its heading
        self.printed = printed
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

    def shown(self) -> Any:
        """The answer as a page shows it beside its question."""
        return self.words()

    def typed(self) -> Typed:
        raise NotImplementedError

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        """The typed strings that give this plain answer.

        :param misfits: what is not of the field's shape is added here.
        """
        raise NotImplementedError

    def misfit(self, misfits: list[Problem], sentence: str) -> Typed:
        """Add that the answer has another shape than the field takes; nothing was typed then."""
        misfits.append(Problem(self.path, sentence))
        return {}

    def problems(self) -> Iterator[tuple[Problem, str]]:
        """Each problem with the id of the control that it is about."""
        for sentence in self.errors:
            yield Problem(self.path, str(sentence)), self.input_id

    def is_unknown(self) -> bool:
        """Whether a stored answer says nothing to this field any more: a code without a label."""
        return False

    def leaves(self) -> Iterator[AnswerField]:
        """The fields that hold one answer each, in reading order."""
        yield self

    def sample(self, row: int = 0) -> Any:
        """A valid answer; ``row`` makes rows differ."""
        if isinstance(self.example, tuple):
            return self.example[row % len(self.example)]
        return self.example

    def schema(self) -> Schema:
        """JSON Schema of the answer."""
        raise NotImplementedError

    def _described(self, schema: Schema) -> Schema:
        described = {"title": str(self.label.text), **schema}
        if self.hint:
            described["description"] = str(self.hint)
        return described


def typed_from(
    fields: Sequence[AnswerField],
    answers: Mapping[str, object],
    misfits: list[Problem],
    prefix: str = "",
) -> Typed:
    """The typed strings that give these plain answers; what no field takes joins the misfits."""
    known = {field.short_name: field for field in fields}
    typed: Typed = {}
    for name, answer in answers.items():
        if name in known:
            typed |= known[name].typed_from(answer, misfits)
        else:
            path = f"{prefix}{name}".replace("-", ".")
            misfits.append(Problem(path, _unknown_name(name, list(known))))
    return typed


def _unknown_name(name: str, known: list[str]) -> str:
    """The sentence for a name that the paper does not have, with the nearest one that it has."""
    near = get_close_matches(name, known, n=1)
    if near:
        return _("Papiret har ikke dette feltet. Mente du «%(near)s»?", near=near[0])
    return _("Papiret har ikke dette feltet. Ta det bort.")


def object_schema(fields: Sequence[AnswerField]) -> Schema:
    """JSON Schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {field.short_name: field.schema() for field in fields},
        "required": [field.short_name for field in fields if field.required],
        "additionalProperties": False,
    }


def list_schema(items: Schema, *, required: bool) -> Schema:
    """JSON Schema of a list, which may be empty or missing unless it is required."""
    return {**items, "minItems": 1} if required else {**items, "type": ["array", "null"]}
