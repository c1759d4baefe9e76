"""The family's evaluation: nothing that it thinks has to be said."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.kinds import find
from formsvc.models.evaluation import SCALES, TEXTS
from tests.samples import load


def _form(**changes: Any) -> Any:
    return find("evaluation").form.from_answers({**load("evaluation.nn"), **changes})


def test_no_grade_and_no_text_is_mandatory() -> None:
    form = _form(**dict.fromkeys(SCALES), **dict.fromkeys(TEXTS, ""))
    assert form.validate()
    assert not any(form.answers()[name] for name in (*SCALES, *TEXTS))


@pytest.mark.parametrize("scale", SCALES)
def test_not_to_know_can_be_chosen_and_is_not_counted(scale: str) -> None:
    form = _form(**{scale: "not_known"})
    assert form.validate()
    assert form.answers()[scale] is None
    [*grades, last] = form[scale].options
    assert ([option.value for option in grades], last.value) == (list("12345"), "not_known")
    assert last.checked


@pytest.mark.parametrize(("grade", "sound"), [(0, 0), (1, 1), (5, 1), (6, 0)])
def test_a_grade_is_one_to_five(grade: int, sound: int) -> None:
    assert _form(heard=grade).validate() == bool(sound)
