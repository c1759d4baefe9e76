"""What every field of a paper can be asked, and every part in which fields stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar, cast

from wtforms import Field, Form

from formsvc.errors import Problem
from formsvc.language import PAPER_LANGUAGES, spoken
from formsvc.language import gettext as _

#: what was typed: the name of a control and its list of strings
Typed = dict[str, list[str]]
#: a JSON Schema, or a part of one
Schema = dict[str, Any]
#: what a field asks the form, group or row in which it stands
AsksItsPart = Callable[[Any], bool]


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
        asked: AsksItsPart | None = None,
        private: AsksItsPart | bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label=label, **kwargs)
        #: tells whether it is asked, by the other answers of its part; None where it always is
        self.asked = asked
        #: whether its answer is for sending and stands on no paper, or what tells that by its part
        self.private = private
        #: the list in which it is a row
        self.row_of: AnswerField | None = None
        #: its label on papers, where that is not the question of the page; "" where it has none
        #: of its own there, since it stands beside another answer or right under its heading
        self.printed = printed
        #: the sentence that is said when the answer is missing; "" where it may be
        self.required = required
        self.hint = hint
        self.autocomplete = autocomplete
        #: a valid answer, for samples; a tuple holds one for each row in turn, and
        #: ``{"nb": …, "nn": …}`` one for each language
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

    @property
    def part(self) -> Part:
        """The form, group or row in which it stands."""
        part: Part = self._form  # type: ignore[attr-defined] # not in the stubs
        return part

    @property
    def within(self) -> AnswerField | None:
        """The list or the group in which it stands, if it does not stand right in the form."""
        # an empty list counts as false
        return self.part.group if self.row_of is None else self.row_of

    @property
    def always_required(self) -> bool:
        """Whether there is no paper without an answer to it."""
        return bool(self.required) and self.asked is None

    def is_asked(self) -> bool:
        """Whether the other answers are such that this one is asked for."""
        own = self.asked is None or bool(self.asked(self.part))
        return own and (self.within is None or self.within.is_asked())

    def is_private(self) -> bool:
        """Whether the answer is for sending alone."""
        own = self.private if isinstance(self.private, bool) else bool(self.private(self.part))
        return own or (self.within is not None and self.within.is_private())

    @property
    def always_private(self) -> bool:
        """Whether its answer never stands on a paper, whatever else is answered."""
        return self.private is True or (self.within is not None and self.within.always_private)

    def is_printed(self) -> bool:
        """Whether the answer stands on the papers."""
        return self.is_asked() and not self.is_private()

    def is_missing(self) -> bool:
        """Whether it must have an answer and has none."""
        return bool(self.required) and self.is_empty() and self.is_asked()

    def refuse(self, sentence: str) -> None:
        """Say at this field what has to be mended; the first sentence stands."""
        if not self.errors:
            self.errors = [str(sentence)]

    def is_empty(self) -> bool:
        raise NotImplementedError

    def answer(self) -> Any:
        raise NotImplementedError

    def no_answer(self) -> Any:
        """What no answer is in plain data."""
        return ""

    def as_read(self, *, in_row: bool = False) -> Any:
        """The answer as it is read; dates are short within rows, which are printed as tables."""
        return self.answer()

    def no_words(self) -> Any:
        """What papers print where there is no answer."""
        return self.no_answer()

    def words(self, *, in_row: bool = False) -> Any:
        """The answer as papers print it: nothing where it is not asked for or is private."""
        return self.as_read(in_row=in_row) if self.is_printed() else self.no_words()

    def shown(self) -> Any:
        """The answer as a page shows it beside its question, to the one who wrote it."""
        return self.as_read()

    def answer_where(self, keeps: Callable[[AnswerField], bool]) -> Any:
        """The answer, with none where a field is not kept, also within groups and rows."""
        return self.answer() if keeps(self) else self.no_answer()

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
        """A valid answer in the language spoken; ``row`` makes rows differ."""
        example = self.example
        if isinstance(example, Mapping) and set(example) == set(PAPER_LANGUAGES):
            example = example.get(spoken(), example[PAPER_LANGUAGES[0]])
        return example[row % len(example)] if isinstance(example, tuple) else example

    def schema(self) -> Schema:
        """JSON Schema of the answer."""
        raise NotImplementedError

    def _described_or(self, schema: Schema, empty: Schema) -> Schema:
        """The schema of an answer, or what may stand there where there is none."""
        return self._described(schema if self.always_required else {"anyOf": [schema, empty]})

    def _described(self, schema: Schema) -> Schema:
        described = {"title": str(self.label.text), **schema}
        if description := " ".join(filter(None, (str(self.hint), *self._conditions()))):
            described["description"] = description
        if self.always_private:
            described["writeOnly"] = True
        return described

    def _conditions(self) -> Iterator[str]:
        """When it is asked and printed, for those who make answers by a program."""
        if self.asked is not None:
            yield _("Spørsmålet stilles bare når de andre svarene tilsier det.")
        if self.always_private:
            yield _("Brukes bare til å sende dokumentet, og står ikke i det.")
        elif self.private:
            yield _("Står i dokumentet bare når de andre svarene tilsier det.")


class Part(Form):
    """The fields of a group or of one row."""

    #: the group whose fields these are, if they are not those of a form
    group: AnswerField | None = None

    @property
    def above(self) -> Part | None:
        """The form, group or row in which this one stands."""
        return self.group.part if self.group else None

    def __iter__(self) -> Iterator[AnswerField]:
        yield from cast("Iterator[AnswerField]", super().__iter__())

    def __getitem__(self, name: str) -> AnswerField:
        return cast("AnswerField", super().__getitem__(name))

    class Meta:
        """How WTForms treats these forms."""

        csrf = False
        locales = False  # every message is ours, so WTForms' own catalogues are never read


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
        return _("Skjemaet har ikke dette feltet. Mente du «%(near)s»?", near=near[0])
    return _("Skjemaet har ikke dette feltet. Ta det bort.")


def object_schema(fields: Sequence[AnswerField]) -> Schema:
    """JSON Schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {field.short_name: field.schema() for field in fields},
        "required": [field.short_name for field in fields if field.always_required],
        "additionalProperties": False,
    }


def list_schema(items: Schema, *, required: bool) -> Schema:
    """JSON Schema of a list, which may be empty or missing unless it is required."""
    return {**items, "minItems": 1} if required else {**items, "type": ["array", "null"]}
