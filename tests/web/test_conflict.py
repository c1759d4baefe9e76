"""Two people's texts of one draft: every difference is shown, and a choice for each is kept."""

from __future__ import annotations

import pytest

from formsvc.kinds import find
from formsvc.web import conflict
from tests import people

FORM = find("minutes").form
PLACE = {"place": ["Rom 2"]}
#: typed into a field that the form has no longer
LEFT = {"room": ["Rom 1"]}


@pytest.mark.parametrize(
    ("mine", "saved", "told"),
    [
        (PLACE, PLACE, []),
        (PLACE, {"place": ["Rom 3"]}, [("place", "Rom 2", "Rom 3")]),
        (PLACE | LEFT, PLACE | LEFT, []),
        (PLACE, PLACE | LEFT, [("room", "", "Rom 1")]),
        (PLACE | LEFT, PLACE, [("room", "Rom 1", "")]),
        (LEFT, {"room": ["Rom 9"]}, [("room", "Rom 1", "Rom 9")]),
        (LEFT, {"hall": ["Aula"]}, [("room", "Rom 1", ""), ("hall", "", "Aula")]),
        (
            {"child-name": [people.NORA.name]},
            LEFT,
            [("room", "", "Rom 1"), ("child-name", people.NORA.name, "")],
        ),
    ],
)
def test_what_differs_is_told_also_where_one_text_has_what_the_form_has_no_place_for(
    mine: dict[str, list[str]], saved: dict[str, list[str]], told: list[tuple[str, str, str]]
) -> None:
    found = conflict.differences(FORM.from_typed(mine), FORM.from_typed(saved))
    assert [(each.name, each.mine, each.saved) for each in found] == told


@pytest.mark.parametrize(
    ("choices", "left"), [({}, ["Rom 1"]), ({"room": "saved"}, ["Rom 1"]), ({"room": "mine"}, None)]
)
def test_what_is_not_chosen_away_stays_as_it_was_saved(
    choices: dict[str, str], left: list[str] | None
) -> None:
    typed = conflict.settled(FORM.from_typed(PLACE), FORM.from_typed(PLACE | LEFT), choices)
    assert typed.get("room") == left
    assert typed["place"] == ["Rom 2"]
