"""The action plan: what it must hold, and room to write in the meeting."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.forms.base import DocumentForm
from formsvc.kinds import find
from tests.samples import load


def _form(**changes: Any) -> DocumentForm:
    return find("action_plan").form.from_answers({**load("action_plan.nb"), **changes})


def _refused(**changes: Any) -> list[str]:
    form = _form(**changes)
    form.validate()
    return [problem.field for problem in form.problems()]


def _measure(**changes: Any) -> list[dict[str, Any]]:
    [goal] = load("action_plan.nb")["goals"]
    return [{**goal, "measures": [{**goal["measures"][0], **changes}]}]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"goals": []}, ["goals"]),
        ({"goals": [{"goal": "Trygg", "measures": []}]}, ["goals.0.measures"]),
        ({"goals": _measure(deadline="snarest")}, ["goals.0.measures.0.deadline"]),
        ({"goals": _measure(deadline="2127-02-23")}, ["goals.0.measures.0.deadline"]),
        ({"goals": _measure(deadline="2027-01-04")}, []),
        ({"evaluated_on": "2027-02-08"}, ["evaluated_on"]),
        ({"participants": []}, []),
        ({"participants": load("action_plan.nb")["participants"] * 2}, ["participants.2.name"]),
    ],
)
def test_what_a_plan_must_hold(changes: dict[str, Any], refused: list[str]) -> None:
    assert _refused(**changes)[:1] == refused


@pytest.mark.parametrize("effect", ["yes", "partly", "no", None])
@pytest.mark.parametrize("decision", ["continue", "change", "stop", "new", None])
def test_what_came_of_a_measure(effect: str | None, decision: str | None) -> None:
    assert not _refused(goals=_measure(effect=effect, decision=decision))


@pytest.mark.parametrize("asked", [None, 1, 3, 19, 20])
def test_there_are_as_many_empty_rows_under_each_goal_as_are_asked_for(asked: int | None) -> None:
    goals = _measure() + _measure()
    form = _form(goals=goals, empty_rows=asked)
    assert form.validate()
    for goal in form.words()["goals"]:
        first, *empty = goal["measures"]
        assert first["measure"] == "Lage friminuttsplan sammen med Ådne"
        assert len(empty) == (asked or 0)
        assert not any(answer for row in empty for answer in row.values())
    assert [len(goal["measures"]) for goal in form.answers()["goals"]] == [1, 1]


def test_more_empty_rows_than_two_pages_hold_are_refused() -> None:
    assert _refused(empty_rows=21) == ["empty_rows"]


def test_only_some_arenas_write_on_nothing_else() -> None:
    texts = {"intro": ["Planen"], "head": ["Bare denne"]}
    form = find("action_plan").form
    assert form.fitting(texts, {"arena": "interdisciplinary_meeting"}) == texts
    for arena in ("responsibility_group", "", None):
        assert list(form.fitting(texts, {"arena": arena})) == ["intro"]
