"""A field that holds fields: a person, the next meeting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from wtforms.form import BaseForm

from formsvc.errors import Problem
from formsvc.forms.fields.answer import (
    AnswerField,
    Part,
    Schema,
    Typed,
    object_schema,
    typed_from,
)
from formsvc.language import gettext as _

P_co = TypeVar("P_co", bound=Part, covariant=True)


class Group(AnswerField, Generic[P_co]):
    """Several answers under one name: a person, the next meeting.

    Its fields are those of ``form`` and are reached by it alone. WTForms' own ``FormField`` also
    hands out what ``form`` has as its own, where a name and a kind are the group's and a misspelt
    field is seen by nobody.
    """

    kind = "group"

    #: the fields, by their names
    form: P_co

    def __init__(
        self,
        form_class: type[P_co],
        label: str = "",
        *,
        optional: bool = False,
        one_line: bool = False,
        **kwargs: Any,
    ) -> None:
        #: an optional group with nothing typed in it is no answer and is not asked for more
        self.optional = optional
        #: whether papers print its answers on one line, under the label of the group
        self.one_line = one_line
        self._form_class = form_class
        self._said: list[str] = []
        super().__init__(label, **kwargs)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        parent = self._form  # type: ignore[attr-defined] # not in the stubs
        self.form = self._form_class(
            formdata, prefix=f"{self.name}-", meta={"_parent_form": parent}
        )
        self.form.group = self

    def post_process(self, formdata: Any = None) -> None:
        self.form.post_process(formdata)  # type: ignore[attr-defined] # new in WTForms 3.3

    @property
    def fields(self) -> list[AnswerField]:
        """The fields in reading order."""
        return list(self.form)

    @property
    def input_id(self) -> str:
        return self.fields[0].input_id

    @property
    def errors(self) -> list[str]:
        """What is said of the group as a whole; its fields say their own."""
        return self._said

    @errors.setter
    def errors(self, sentences: Sequence[str]) -> None:
        self._said = list(sentences)

    def validate(self, form: BaseForm, extra_validators: object = ()) -> bool:
        self.errors = []
        if self.is_missing():
            self.refuse(self.required)
            return False
        if self.is_empty() and (self.optional or not self.is_asked()):
            return True
        return bool(self.form.validate())

    def is_empty(self) -> bool:
        return all(field.is_empty() for field in self.fields)

    @property
    def may_be_none(self) -> bool:
        """Whether nothing typed in it is None, rather than a group of empty answers."""
        return self.optional or self.asked is not None

    def answer(self) -> dict[str, Any] | None:
        if self.may_be_none and self.is_empty():
            return None
        return {field.short_name: field.answer() for field in self.fields}

    def no_answer(self) -> dict[str, Any] | None:
        if self.may_be_none:
            return None
        return {field.short_name: field.no_answer() for field in self.fields}

    def answer_where(self, keeps: Callable[[AnswerField], bool]) -> Any:
        if not keeps(self) or self.answer() is None:
            return self.no_answer()
        return {field.short_name: field.answer_where(keeps) for field in self.fields}

    def as_read(self, *, in_row: bool = False) -> dict[str, Any] | None:
        if self.may_be_none and self.is_empty():
            return None
        return {field.short_name: field.words(in_row=in_row) for field in self.fields}

    def no_words(self) -> dict[str, Any] | None:
        if self.may_be_none:
            return None
        return {field.short_name: field.no_words() for field in self.fields}

    def typed(self) -> Typed:
        return {name: texts for field in self.fields for name, texts in field.typed().items()}

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if answer is None:
            return {}
        if not isinstance(answer, dict):
            return self.misfit(misfits, _("Her skal det stå et objekt med navn og verdier."))
        return typed_from(self.fields, answer, misfits, f"{self.name}-")

    def problems(self) -> Iterator[tuple[Problem, str]]:
        yield from super().problems()
        for field in self.fields:
            yield from field.problems()

    def leaves(self) -> Iterator[AnswerField]:
        for field in self.fields:
            yield from field.leaves()

    def sample(self, row: int = 0) -> Any:
        if self.optional and self.example is None:
            return None
        if self.example is not None and self.example is not True:
            return super().sample(row)
        return {field.short_name: field.sample(row) for field in self.fields}

    def schema(self) -> Schema:
        schema = self._described(object_schema(self.fields))
        if self.may_be_none:
            schema["type"] = ["object", "null"]
        return schema
