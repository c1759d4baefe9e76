"""Fields that a person picks from: radio buttons, lists, check boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple

from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from formsvc import cleaning
from formsvc.errors import Problem
from formsvc.forms.fields.answer import AnswerField, Schema, Typed, list_schema
from formsvc.forms.fields.text import is_whole
from formsvc.language import gettext as _
from formsvc.language import lazy as _l

#: codes and their labels, in the order of the page
Options = Mapping[str, str]

NO_OPTIONS: Final[Options] = {}
#: how much of a code that nobody can choose is said again
LONGEST_CODE: Final = 80
YES_NO: Final[Options] = {"yes": _l("Ja"), "no": _l("Nei")}


class Option(NamedTuple):
    """One thing that can be chosen, ready for the page."""

    value: str
    label: str
    id: str
    checked: bool


class _Optioned(AnswerField):
    """What the fields with fixed options share."""

    def __init__(
        self,
        label: str = "",
        options: Options | Callable[[], Options] = NO_OPTIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, **kwargs)
        self._options = options

    @property
    def labels(self) -> dict[str, str]:
        """Code → label in the language spoken."""
        options = self._options() if callable(self._options) else self._options
        return {code: str(label) for code, label in dict(options).items()}

    @property
    def chosen(self) -> list[str]:
        """The codes chosen."""
        raise NotImplementedError

    @property
    def options(self) -> list[Option]:
        """What can be chosen, ready for the page."""
        chosen = set(self.chosen)
        return [
            Option(code, label, f"{self.id}-{index}", code in chosen)
            for index, (code, label) in enumerate(self.labels.items())
        ]

    def is_empty(self) -> bool:
        return not self.chosen

    def is_unknown(self) -> bool:
        return not set(self.chosen) <= set(self.labels)

    def typed(self) -> Typed:
        return {self.name: self.chosen}

    def pre_validate(self, form: BaseForm) -> None:
        labels = self.labels
        unknown = next((code for code in self.chosen if code not in labels), "")
        if unknown:
            raise StopValidation(
                _(
                    "«%(code)s» kan ikke velges her. Velg blant: %(codes)s.",
                    code=unknown[:LONGEST_CODE] + "…" * (len(unknown) > LONGEST_CODE),
                    codes=", ".join(labels),
                )
            )
        if self.is_missing():
            raise StopValidation(str(self.required))


class Choice(_Optioned):
    """One of several: radio buttons, or a list to pick from where there are many."""

    kind = "choice"
    #: how many options are still shown as radio buttons
    most_radios: ClassVar[int] = 6

    def __init__(self, *args: Any, empty: str | None = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: what no choice is in plain data
        self.empty = empty

    @property
    def as_select(self) -> bool:
        """Whether the page shows a list to pick from rather than radio buttons."""
        return len(self.labels) > self.most_radios

    @property
    def input_id(self) -> str:
        return str(self.id) if self.as_select else f"{self.id}-0"

    @property
    def code(self) -> str:
        """The code chosen, or ""."""
        return str(self.data or "")

    @property
    def chosen(self) -> list[str]:
        return [self.code] if self.code else []

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        cleaned = cleaning.clean(valuelist[0] if valuelist else "")
        self.data = cleaned.text.strip()

    def answer(self) -> str | None:
        return self.code or self.empty

    def no_answer(self) -> str | None:
        return self.empty

    def no_words(self) -> str:
        return ""

    def as_read(self, *, in_row: bool = False) -> str:
        return self.labels.get(self.code, "")

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if answer is None:
            return {}
        if not isinstance(answer, str):
            return self.misfit(
                misfits,
                _(
                    "Her skal det stå én av kodene: %(codes)s.",
                    codes=", ".join(self.labels),
                ),
            )
        return {self.name: [answer]}

    def sample(self, row: int = 0) -> Any:
        example, labels = super().sample(row), list(self.labels)
        if example in labels:
            return example
        if not self.required:
            return self.empty
        # a municipality may have switched the example off; another row's example is taken
        others = self.example if isinstance(self.example, tuple) else ()
        free = [code for code in labels if code not in others] or labels
        return free[row % len(free)]

    def schema(self) -> Schema:
        codes: list[str | None] = list(self.labels)
        return self._described({"enum": codes if self.always_required else [*codes, "", None]})


class YesNo(Choice):
    """A question that is answered with yes or no: true or false in plain data, else nothing.

    Unlike a box, it tells "no" from what nobody answered.
    """

    def __init__(self, label: str = "", **kwargs: Any) -> None:
        super().__init__(label, YES_NO, empty=None, **kwargs)

    @property
    def is_yes(self) -> bool:
        """Whether it was answered with yes."""
        return self.code == "yes"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)
        # a draft from when the question was a box
        self.data = "yes" if self.data == "true" else self.data

    def answer(self) -> bool | None:  # type: ignore[override]
        return {"yes": True, "no": False}.get(self.code)

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if isinstance(answer, bool):
            return {self.name: ["yes" if answer else "no"]}
        if answer is None or (isinstance(answer, str) and answer in ("", *YES_NO)):
            return super().typed_from(answer, misfits)
        return self.misfit(misfits, _("Her skal det stå true eller false."))

    def sample(self, row: int = 0) -> Any:
        return True if self.example is None and self.required else AnswerField.sample(self, row)

    def schema(self) -> Schema:
        return self._described({"type": "boolean" if self.always_required else ["boolean", "null"]})


class Scale(Choice):
    """A grade from 1 to 5, where the ends are named."""

    def __init__(self, label: str = "", *, low: str, high: str, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(label, self._grades, empty=None, **kwargs)

    def _grades(self) -> Options:
        return {
            "1": _("1: %(end)s", end=str(self.low)),
            "2": "2",
            "3": "3",
            "4": "4",
            "5": _("5: %(end)s", end=str(self.high)),
        }

    def answer(self) -> int | None:  # type: ignore[override]
        return int(self.code) if self.code in self.labels else None

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if is_whole(answer):
            return {self.name: [str(int(answer))]}
        return super().typed_from(answer, misfits)

    def sample(self, row: int = 0) -> Any:
        return 4

    def schema(self) -> Schema:
        grade = {"type": "integer", "minimum": 1, "maximum": 5}
        return self._described(
            grade if self.always_required else {"anyOf": [grade, {"type": "null"}]}
        )


class Choices(_Optioned):
    """Any number of several: one check box each, none ticked beforehand."""

    kind = "choices"

    @property
    def input_id(self) -> str:
        return f"{self.id}-0"

    @property
    def chosen(self) -> list[str]:
        return list(self.data or [])

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        codes = (cleaning.clean(value).text.strip() for value in valuelist)
        self.data = list(dict.fromkeys(code for code in codes if code))

    def answer(self) -> list[str]:
        return self.chosen

    def no_answer(self) -> list[str]:
        return []

    def as_read(self, *, in_row: bool = False) -> list[str]:
        labels = self.labels
        return [labels[code] for code in self.chosen if code in labels]

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if answer is None:
            return {}
        if not isinstance(answer, list) or not all(isinstance(code, str) for code in answer):
            return self.misfit(misfits, _("Her skal det stå en liste med koder."))
        return {self.name: answer}

    def sample(self, row: int = 0) -> Any:
        examples = [code for code in self.example or () if code in self.labels]
        return examples or ([next(iter(self.labels))] if self.required else [])

    def schema(self) -> Schema:
        codes = {"type": "array", "items": {"enum": list(self.labels)}}
        return self._described(list_schema(codes, required=self.always_required))


class Check(AnswerField):
    """One box to tick."""

    kind = "check"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = bool(valuelist) and valuelist[0] not in ("", "false")

    def pre_validate(self, form: BaseForm) -> None:
        if self.is_missing():
            raise StopValidation(str(self.required))

    def is_empty(self) -> bool:
        return not self.data

    def answer(self) -> bool:
        return bool(self.data)

    def no_answer(self) -> bool:
        return False

    def no_words(self) -> str:
        """Nothing: what was not asked is no «Nei»."""
        return ""

    def typed(self) -> Typed:
        return {self.name: ["true"]} if self.data else {}

    def typed_from(self, answer: object, misfits: list[Problem]) -> Typed:
        if answer is None or answer is False:
            return {}
        if answer is not True:
            return self.misfit(misfits, _("Her skal det stå true eller false."))
        return {self.name: ["true"]}

    def sample(self, row: int = 0) -> Any:
        return bool(self.required) if self.example is None else super().sample(row)

    def schema(self) -> Schema:
        return self._described(
            {"const": True} if self.always_required else {"type": ["boolean", "null"]}
        )
