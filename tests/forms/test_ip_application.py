"""Who may apply, who signs and what must be answered in an application for an individual plan."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.forms.ip_application import IpApplicationForm
from tests.forms.days import UNABLE, changed, refused_at

MOTHER = {"name": "Máret Čáhci", "role": "parent"}
EMMA = {"name": "Emma Čáhci-Bakken", "role": "young_person"}
NEIGHBOUR = {"name": "Nabo Naboesen", "role": "parent"}
WELFARE = {"name": "Barnevernstjenesten", "role": "child_welfare"}
PROXY = {"name": "Ada Advokat", "role": "proxy"}
#: by age on the day of the sample, 20 November 2026
AT_TEN, AT_FIFTEEN, AT_SEVENTEEN, AT_TWENTY = (
    {"person.birth_date": born} for born in ("2016-01-19", "2011-01-19", "2009-01-19", "2006-01-19")
)


def _form(changes: dict[str, Any], sample: str = "ip_application.nb") -> IpApplicationForm:
    form = IpApplicationForm.from_answers(changed(sample, changes))
    form.validate()
    return form


def _refused(changes: dict[str, Any], sample: str = "ip_application.nb") -> str:
    return refused_at(sample, changes)


def _said(changes: dict[str, Any], field: str) -> str:
    return next(p.message for p in _form(changes).problems() if p.field == field)


# -- who signs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "signed", "refused"),
    [
        (AT_TEN, [MOTHER], ""),
        (AT_TEN, [NEIGHBOUR], "signed_by.0.name"),
        (AT_TEN, [MOTHER, NEIGHBOUR], "signed_by.1.name"),
        (AT_TEN, [{**NEIGHBOUR, "role": "guardian"}], "signed_by.0.name"),
        (AT_TEN, [{**NEIGHBOUR, "role": "representative"}], "signed_by.0.name"),
        (AT_TEN, [WELFARE], ""),
        (AT_TEN, [EMMA], "signed_by"),
        (AT_FIFTEEN, [MOTHER, EMMA], ""),
        (AT_FIFTEEN, [NEIGHBOUR, EMMA], "signed_by.0.name"),
        (AT_FIFTEEN, [MOTHER], "signed_by"),
        (AT_FIFTEEN, [EMMA], "signed_by"),
        (AT_SEVENTEEN, [EMMA], ""),
        (AT_SEVENTEEN, [EMMA, NEIGHBOUR], "signed_by.1.name"),
        (AT_SEVENTEEN, [{**EMMA, "name": "Kari Kamerat"}], "signed_by.0.role"),
        (AT_TWENTY, [EMMA], ""),
        (AT_TWENTY, [MOTHER], "signed_by signed_by.0.role"),
    ],
)
def test_only_those_sign_who_decide_for_the_person(
    age: dict[str, str], signed: list[dict[str, str]], refused: str
) -> None:
    assert _refused({**age, "signed_by": signed}) == refused


def test_a_parent_without_parental_responsibility_signs_for_nobody() -> None:
    changes = {**AT_TEN, "guardians.0.parental_responsibility": False, "signed_by": [MOTHER]}
    assert _refused(changes) == "signed_by.0.name"
    assert "har ikke foreldreansvar" in _said(changes, "signed_by.0.name")


@pytest.mark.parametrize("responsible", [True, False])
def test_a_foster_parent_never_signs_for_the_child(*, responsible: bool) -> None:
    changes = {
        **AT_TEN,
        "guardians.0.relation": "foster_parent",
        "guardians.0.parental_responsibility": responsible,
        "signed_by": [MOTHER],
    }
    assert _refused(changes) == "signed_by.0.name"
    assert _said(changes, "signed_by.0.name").startswith("Fosterforeldre kan ikke")
    assert _refused({**changes, "signed_by": [WELFARE]}) == ""


def test_a_legal_guardian_signs_who_is_listed_as_one() -> None:
    changes = {
        **AT_TEN,
        "guardians.0.relation": "guardian",
        "guardians.0.parental_responsibility": False,
        "signed_by": [{**MOTHER, "role": "guardian"}],
    }
    assert _refused(changes) == ""


def test_a_stranger_is_told_the_ways_out() -> None:
    said = _said({**AT_TEN, "signed_by": [NEIGHBOUR]}, "signed_by.0.name")
    assert said.startswith("«Nabo Naboesen» står ikke blant de foresatte.")
    assert "fullmektig eller barnevernstjenesten" in said


def test_a_proxy_signs_for_one_parent_and_has_a_power_of_attorney() -> None:
    signed = {**AT_TEN, "signed_by": [PROXY]}
    assert _refused(signed) == "power_of_attorney"
    assert _refused({**signed, "power_of_attorney": True}) == ""
    both = [
        *IpApplicationForm.from_answers(changed("ip_application.nb", {})).answers()["guardians"],
        {"name": "Jon Bakken", "relation": "father", "parental_responsibility": True},
    ]
    with_both = {**signed, "power_of_attorney": True, "guardians": both}
    assert _refused(with_both) == "signed_by"
    assert _refused({**with_both, "signed_by": [PROXY, MOTHER]}) == ""


def test_nobody_is_proxy_for_a_young_person_of_sixteen_or_seventeen() -> None:
    changes = {**AT_SEVENTEEN, "signed_by": [PROXY], "power_of_attorney": True}
    assert "signed_by.0.role" in _refused(changes)


# -- whether the person can judge it --------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "signed", "refused"),
    [
        (AT_FIFTEEN, [MOTHER], ""),
        (AT_SEVENTEEN, [MOTHER], ""),
        (AT_SEVENTEEN, [NEIGHBOUR], "signed_by.0.name"),
        (AT_SEVENTEEN, [EMMA], "signed_by"),
        (AT_TWENTY, [{"name": "Vera Verge", "role": "guardian"}], "guardian_mandate"),
        (AT_TWENTY, [{"name": "Máret Čáhci", "role": "nearest_relative"}], ""),
        (AT_TWENTY, [EMMA], "signed_by"),
    ],
)
def test_others_sign_for_one_who_cannot_judge_it(
    age: dict[str, str], signed: list[dict[str, str]], refused: str
) -> None:
    changes = {**age, **UNABLE, "signed_by": signed}
    assert _refused(changes) == refused
    assert _refused({**changes, "guardian_mandate": True}) == refused.replace(
        "guardian_mandate", ""
    )
    assert "kan ikke selv vurdere" in _form(changes).words()["signed_instead"]


def test_that_somebody_cannot_judge_it_is_assessed_by_somebody() -> None:
    changes = {**AT_SEVENTEEN, "signing_ability": "no", "signed_by": [MOTHER]}
    assert _refused(changes) == ("assessed_by.name assessed_by.title assessed_on ability_reason")


def test_those_with_parental_responsibility_are_named_where_they_sign_for_one_of_seventeen() -> (
    None
):
    changes = {**AT_SEVENTEEN, **UNABLE, "signed_by": [WELFARE], "guardians": []}
    assert _refused(changes) == "guardians"


@pytest.mark.parametrize(("age", "asked"), [(AT_TEN, False), (AT_FIFTEEN, True)])
def test_it_is_asked_from_the_age_of_signing(age: dict[str, str], *, asked: bool) -> None:
    refused = _refused({**age, "signing_ability": "", "signed_by": [MOTHER, EMMA]})
    assert (refused == "signing_ability") is asked


# -- whether it was answered ----------------------------------------------------------------------


@pytest.mark.parametrize("field", ["guardians.0.parental_responsibility", "consent_information"])
def test_a_question_that_nobody_answered_is_asked_for_and_never_a_no(field: str) -> None:
    assert field in _refused({field: None})
    form = _form({field: None, "date": "2026-11-20"})
    answer: Any = form.words()
    for step in field.split("."):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    assert answer == ""


@pytest.mark.parametrize(
    ("requests", "answer", "refused"),
    [
        (["individual_plan"], True, ""),
        (["individual_plan"], False, "consent_individual_plan"),
        (["individual_plan"], None, "consent_individual_plan"),
        (["coordinator"], None, ""),
        (["coordinator"], False, ""),
    ],
)
def test_no_plan_is_asked_for_without_consent_to_it(
    requests: list[str], answer: object, refused: str
) -> None:
    assert _refused({"requests": requests, "consent_individual_plan": answer}) == refused


def test_the_consents_are_two_and_each_may_be_a_no() -> None:
    changes = {"requests": ["coordinator"], "consent_information": False}
    form = _form(changes)
    assert form.problems() == []
    assert form.words()["consent_information"] == "Nei"
    assert form.words()["consent_individual_plan"] == "Ja"


def test_a_consent_to_ask_nobody_is_asked_about() -> None:
    assert [advice.field for advice in _form({"may_contact": []}).advice()] == ["may_contact"]
    assert not _form({}).advice()
    assert not _form({"may_contact": [], "consent_information": False}).advice()


# -- the applicant --------------------------------------------------------------------------------

UNREACHABLE = {
    "sender.phone": "",
    "sender.email": "",
    "person.phone": "",
    "person.address": "",
    "guardians.0.phone": "",
    "guardians.0.email": "",
}


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ("sender.phone", "+4761700000"),
        ("sender.email", "post@eksempel.no"),
        ("person.phone", "+4790909090"),
        ("person.email", "post@eksempel.no"),
        ("person.address", "Storgata 12"),
        ("guardians.0.phone", "+4741234567"),
        ("guardians.0.email", "post@eksempel.no"),
    ],
)
def test_the_municipality_can_reach_the_applicant_in_one_way_at_least(
    way: str, answer: str
) -> None:
    changes = {**UNREACHABLE, "sender.role": "guardian"}
    assert _refused(changes) == "sender.phone"
    assert _refused({**changes, way: answer}) == ""


def test_an_employee_who_sends_is_reached_at_work() -> None:
    assert _refused({**UNREACHABLE, "sender.role": "employee"}) == ""


@pytest.mark.parametrize(
    ("born", "refused"),
    [("2008-11-21", ""), ("2008-11-20", "requests"), ("1990-11-20", "requests")],
)
def test_a_child_coordinator_is_for_children(born: str, refused: str) -> None:
    changes = {
        "requests": ["child_coordinator"],
        "person.birth_date": born,
        "signed_by": [EMMA],
    }
    assert _refused(changes) == refused


def test_the_same_guardian_is_not_listed_twice() -> None:
    [mother] = changed("ip_application.nb", {})["guardians"]
    twice = [mother, {**mother, "name": "máret  čáhci"}]
    assert _refused({"guardians": twice}) == "guardians.1.name"


def test_old_answers_with_boxes_are_understood() -> None:
    typed = {"consent_information": ["true"], "consent_individual_plan": ["true"]}
    answers = IpApplicationForm.from_typed(typed).answers()
    assert answers["consent_information"] is True
    assert answers["consent_individual_plan"] is True


@pytest.mark.parametrize("wrong", [1, "true", "ja", [], "maybe"])
def test_what_is_neither_true_nor_false_is_refused_in_plain_data(wrong: object) -> None:
    assert _said({"consent_information": wrong}, "consent_information") == (
        "Her skal det stå true eller false."
    )
