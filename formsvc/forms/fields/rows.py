"""A field that holds any number of the same: participants, measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from wtforms import FieldList
from wtforms.form import BaseForm

from formsvc.errors import Problem
from formsvc.forms.fields.answer import AnswerField, Schema, Typed, list_schema
from formsvc.forms.fields.group import Group
from formsvc.forms.fields.text import Text, as_compared
from formsvc.language import gettext as _

E_co = TypeVar("E_co", bound=AnswerField, covariant=True)

#: how many rows a list may have: far more than any paper needs, and few enough to be read
MOST_ROWS: Final = 200
#: how much of a row that is there twice is said again
LONGEST_QUOTED: Final = 80


class Rows(AnswerField, FieldList, Generic[E_co]):  # type: ignore[type-arg] # so in the stubs alone
    """Any number of the same: participants, measures. A row with nothing typed is no row."""

    kind = "rows"

    entries: list[E_co]

    def __init__(
        self,
        row: E_co,
        label: str = "",
        *,
        row_label: str = "",
        add_label: str = "",
        few: int = 0,
        samples: int | None = None,
        numbered: bool = False,
        distinct: str | tuple[str, ...] | bool = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, unbound_field=row, default=(), **kwargs)
        #: what one row is called: «Deltaker»
        self.row_label = row_label
        #: what the button says: «Legg til deltaker»
        self.add_label = add_label
        #: how many rows a new form shows
        self.few = few
        #: what tells one row from another, so that the same is not there twice: the name of a
        #: field in the row, or of several; True where a row is one answer
        self.distinct = (distinct,) if isinstance(distinct, str) else distinct
        #: whether papers number its rows
        self.numbered = numbered
        self._samples = max(few, 1 if self.required else 0) if samples is None else samples

    @property
    def input_id(self) -> str:
        return self.entries[0].input_id if self.entries else f"add-{self.id}"

    @property
    def filled(self) -> list[E_co]:
        """The rows in which something is typed."""
        return [entry for entry in self.entries if not entry.is_empty()]

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        FieldList.process(self, formdata, *args, **kwargs)
        if formdata is None:
            while len(self.entries) < self.few:
                self.append_entry()

    def _add_entry(self, *args: Any, **kwargs: Any) -> E_co:
        entry: E_co = super()._add_entry(*args, **kwargs)  # type: ignore[misc] # not in the stubs
        entry.row_of = self
        return entry

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        # WTForms asks str.isdigit alone, which also lets «²» through to int().
        yield from super()._extract_indices(  # type: ignore[misc] # not in the stubs
            prefix, (name for name in formdata if name.isascii())
        )

    def validate(self, form: BaseForm, extra_validators: object = ()) -> bool:
        self.errors = []
        sound = [entry.validate(form) for entry in self.filled[:MOST_ROWS]]
        for entry in self.entries:
            if entry.is_empty():
                entry.errors = []
        if self.is_missing():
            self.refuse(self.required)
        if len(self.filled) > MOST_ROWS:
            self.refuse(
                _("Her er det plass til %(most)s rader. Del dem på flere skjemaer.", most=MOST_ROWS)
            )
        return all(sound) and self._are_distinct() and not self.errors

    def _are_distinct(self) -> bool:
        """Whether no row is there twice; the second of two is refused."""
        before: set[tuple[str, ...]] = set()
        again = []
        for entry in self.filled[:MOST_ROWS]:
            keys = self._keys(entry)
            if any(isinstance(field, Text) and field.is_too_long() for field in keys):
                continue
            one = tuple(as_compared(str(field.answer() or "")) for field in keys)
            if any(one) and one in before:
                again.append(keys)
            before.add(one)
        for keys in again:
            words = " ".join(filter(None, (str(field.as_read() or "") for field in keys)))
            words = words[:LONGEST_QUOTED] + "…" * (len(words) > LONGEST_QUOTED)
            keys[0].refuse(_("«%(name)s» står der to ganger. Ta bort den ene raden.", name=words))
        return not again

    def _keys(self, entry: AnswerField) -> list[AnswerField]:
        if not self.distinct:
            return []
        if isinstance(entry, Group) and not isinstance(self.distinct, bool):
            return [entry.form[name] for name in self.distinct]
        return [entry]

    def is_empty(self) -> bool:
        return not self.filled

    def answer(self) -> list[Any]:
        return [entry.answer() for entry in self.filled]

    def no_answer(self) -> list[Any]:
        return []

    def answer_where(self, keeps: Callable[[AnswerField], bool]) -> Any:
        if not keeps(self):
            return []
        return [entry.answer_where(keeps) for entry in self.filled]

    def as_read(self, *, in_row: bool = False) -> list[Any]:
        return [entry.words(in_row=True) for entry in self.filled]

    def typed(self) -> Typed:
        typed: Typed = {}
        for entry in self.entries:
            typed |= entry.typed() or {f"{entry.name}-": [""]}
        return typed

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if answer is None:
            return {}
        if not isinstance(answer, list):
            return self.misfit(misfits, _("Her skal det stå en liste."))
        typed: Typed = {}
        for index, item in enumerate(answer):
            entry = self.blank_row(index)
            # The row itself is named too, so that rows after an empty one keep their number.
            typed |= {f"{entry.name}-": [""]} | entry.typed_from(item, misfits)
        return typed

    def blank_row(self, index: int = 0) -> E_co:
        """An empty row that is not part of the list."""
        row: E_co = self.meta.bind_field(
            self._form,  # type: ignore[attr-defined] # not in the stubs
            self.unbound_field,
            {
                "name": f"{self.name}-{index}",
                "id": f"{self.id}-{index}",
                "_meta": self.meta,
                "translations": self._translations,  # type: ignore[attr-defined] # the same
            },
        )
        row.short_name = str(index)
        row.row_of = self
        row.process(None)
        return row

    def problems(self) -> Iterator[tuple[Problem, str]]:
        yield from super().problems()
        for entry in self.entries:
            yield from entry.problems()

    def leaves(self) -> Iterator[AnswerField]:
        for entry in self.entries:
            yield from entry.leaves()

    def sample(self, row: int = 0) -> Any:
        if self.example is not None:
            return list(self.example)
        return [self.blank_row(index).sample(index) for index in range(self._samples)]

    def schema(self) -> Schema:
        items = {"type": "array", "items": self.blank_row().schema()}
        return self._described(list_schema(items, required=self.always_required))
