"""Two texts of one draft: what is shown of an answer that the form has no longer."""

from __future__ import annotations

import pytest

from formsvc.kinds import find
from formsvc.web import conflict

FORM = find("minutes").form
GONE = {"child_age-years": ["elleve"]}


@pytest.mark.parametrize(
    ("mine", "saved", "texts"),
    [({}, GONE, ("", "elleve")), (GONE, {}, ("elleve", "")), (GONE, GONE, None)],
)
def test_an_answer_without_a_question_may_stand_in_one_text_only(
    mine: dict[str, list[str]], saved: dict[str, list[str]], texts: tuple[str, str] | None
) -> None:
    own, theirs = FORM.from_typed(mine), FORM.from_typed(saved)
    shown = conflict.differences(own, theirs)
    assert [each[2:] for each in shown] == ([texts] if texts else [])
    for difference in shown:
        chosen = conflict.settled(own, theirs, {difference.name: "mine"})
        assert ("elleve" in str(chosen)) == bool(mine)
    assert ("elleve" in str(conflict.settled(own, theirs, {}))) == bool(saved)
