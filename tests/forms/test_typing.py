"""A field that no paper has is seen by mypy before anybody runs the rule that asks for it.

Each line that is refused here carries the one ``type: ignore`` that it needs. Should the type
checker go blind again, it calls that comment unused, and the gate fails.
"""

from __future__ import annotations

import pytest

from formsvc.forms.consent import ConsentForm
from formsvc.forms.ke_group_dissolved import KeGroupDissolvedForm
from formsvc.forms.minutes import MinutesForm


def test_a_misspelt_field_of_a_group_is_refused() -> None:
    form = ConsentForm()
    with pytest.raises(AttributeError):
        form.child.form.birthdate.refuse("")  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        form.child.birthdate.refuse("")  # type: ignore[attr-defined]


def test_a_group_has_the_fields_of_its_form_by_that_name_alone() -> None:
    form = ConsentForm()
    with pytest.raises(AttributeError):
        form.child.birth_date.refuse("")  # type: ignore[attr-defined]
    assert form.child.form.birth_date.day is None
    assert form.child.name == "child"


def test_a_misspelt_field_of_a_row_is_refused() -> None:
    form = MinutesForm.from_answers({"measures": [{"deadline": "2027-02-23"}]})
    (row,) = form.measures.filled
    with pytest.raises(AttributeError):
        row.form.deadlin.refuse("")  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        row.deadline.refuse("")  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        form.measures.blank_row().form.deadlin.refuse("")  # type: ignore[attr-defined]
    assert row.form.deadline.day is not None


def test_what_a_field_cannot_be_asked_is_refused() -> None:
    form = KeGroupDissolvedForm.from_answers({"partners_informed": ["PPT"]})
    with pytest.raises(AttributeError):
        form.dissolved_on.dayy  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(AttributeError):
        form.partners_informed.filled[0].code  # type: ignore[attr-defined] # noqa: B018
