"""What makes a consent valid, what it says of itself, and what its withdrawal asks for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from formsvc.forms.consent import ConsentForm
from formsvc.forms.consent_withdrawal import ConsentWithdrawalForm
from formsvc.language import speaking
from tests.forms.days import ALONE, FATHER, MOTHER, UNABLE, YOUNG, changed, on, refused_at
from tests.samples import load

WELFARE = {"name": "Barnevernstjenesten", "role": "child_welfare"}
VERGE = {"name": "Verge Vold", "role": "guardian"}
RELATIVE = {"name": "Bestemor Berg", "role": "nearest_relative"}
PROXY = {"name": "Fullmektig Foss", "role": "proxy"}
ADULT: dict[str, Any] = {**ALONE, "child.birth_date": "2005-05-03"}
SIXTEEN: dict[str, Any] = {**ALONE, "child.birth_date": "2010-05-03"}
LATER: dict[str, Any] = {"signatories": [MOTHER], "single_signature_reason": "cannot_be_reached"}
OTHERS: dict[str, Any] = {
    "parental_responsibility": "other",
    "responsibility_holders": [{"name": "Berit Sæbø", "basis": "Dom i tingretten"}],
}
PLAN: dict[str, Any] = {"purposes": ["individual_plan"]}
DECISION = {"name": "Solveig Nygård", "title": "Rektor", "date": "2026-11-24", "reason": "Hast."}


def _form(changes: dict[str, Any], sample: str = "consent.nn") -> ConsentForm:
    form = ConsentForm.from_answers(changed(sample, changes))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"purposes": []}, "purposes"),
        ({"information": [], "information_other": ""}, "information"),
        ({"information": []}, ""),
        ({"services": load("consent.nn")["services"][:1]}, "services"),  # the receiver's own
        ({"services.1.collect": False, "services.1.share": False}, "services.1"),
        ({"services.1.service": "everybody"}, "services.1.service"),
        # one of several of its kind is named
        ({"services.1.service": "other", "services.1.name": ""}, "services.1.name"),
        ({"services.1.service": "hospital", "services.1.name": ""}, "services.1.name"),
        ({"services.1.service": "gp", "services.1.name": ""}, "services.1.name"),
        ({"services.1.service": "bup", "services.1.name": ""}, ""),
        ({"services.2": load("consent.nn")["services"][1]}, "services.2.service"),  # twice
        ({"child.name": "\u200b"}, "child.name"),
        # that a plan is made is a consent of its own
        ({"purposes": ["individual_plan"]}, "consent_individual_plan"),
        ({"purposes": ["individual_plan"], "consent_individual_plan": "no"}, ""),
        ({"purposes": ["individual_plan"], "consent_individual_plan": "yes"}, ""),
        # who has parental responsibility, and who signs for them
        ({"parental_responsibility": ""}, "parental_responsibility"),
        ({"parental_responsibility": "none"}, "parental_responsibility"),
        ({"parental_responsibility": "mother", "signatories": [MOTHER]}, ""),
        ({"parental_responsibility": "mother"}, "signatories.1"),
        ({"parental_responsibility": "child_welfare"}, "signatories"),
        ({"parental_responsibility": "child_welfare", "signatories": [WELFARE]}, ""),
        ({"parental_responsibility": "other"}, "responsibility_holders"),
        ({**OTHERS}, "signatories.0 signatories.1"),
        ({**OTHERS, "signatories": [{"name": "Berit  sæbø", "role": "guardian"}]}, ""),
        # both sign, or it is said why one does
        ({"signatories": [MOTHER]}, "single_signature_reason"),
        ({"signatories": [MOTHER], "single_signature_reason": "sole_daily_care"}, ""),
        ({"signatories": [MOTHER], "single_signature_reason": "necessary_health_help"}, ""),
        ({"signatories": [MOTHER, MOTHER]}, "single_signature_reason signatories.1.name"),
        ({"signatories": [MOTHER, WELFARE]}, "single_signature_reason"),
        ({**LATER}, ""),
        ({**LATER, "single_signature_reason": "other"}, "single_signature_note"),
        ({**LATER, "staff_decision": DECISION}, ""),
        ({**LATER, "staff_decision": {**DECISION, "reason": ""}}, "staff_decision.reason"),
        ({**LATER, "staff_decision": {**DECISION, "title": ""}}, "staff_decision.title"),
        # the young person signs, and is the one whom it is about
        ({**SIXTEEN}, ""),
        ({**SIXTEEN, "signatories": [{**YOUNG, "name": "Emma"}]}, "signatories.0"),
        ({**SIXTEEN, "signatories": [PROXY]}, "power_of_attorney signatories signatories.0"),
        # unless they cannot judge it: then their parents do
        ({**SIXTEEN, "signatories": [MOTHER, FATHER]}, "signatories"),
        ({**SIXTEEN, **UNABLE, "signatories": [MOTHER, FATHER]}, ""),
        ({**SIXTEEN, **UNABLE, "signatories": [MOTHER]}, "single_signature_reason"),
        ({**SIXTEEN, **UNABLE}, "signatories"),
        ({**SIXTEEN, **UNABLE, "ability_reason": "", **LATER}, "ability_reason"),
        # and for an adult the guardian with that mandate, or the nearest relative
        ({**ADULT}, ""),
        ({**ADULT, "signatories": [MOTHER]}, "signatories signatories.0"),
        ({**ADULT, "signatories": [VERGE]}, "guardian_mandate signatories signatories.0"),
        ({**ADULT, **UNABLE, "signatories": [VERGE]}, "guardian_mandate"),
        ({**ADULT, **UNABLE, "signatories": [VERGE], "guardian_mandate": True}, ""),
        ({**ADULT, **UNABLE, "signatories": [RELATIVE]}, ""),
        ({**ADULT, "signatories": [PROXY]}, "power_of_attorney"),
        ({**ADULT, "signatories": [PROXY], "power_of_attorney": True}, ""),
    ],
)
def test_a_consent_is_refused_at(changes: dict[str, Any], refused: str) -> None:
    assert sorted(refused_at("consent.nn", changes).split()) == sorted(refused.split())


@pytest.mark.parametrize("left_out", ["name", "title"])
def test_it_is_told_who_has_assessed_that_somebody_cannot_judge_it(left_out: str) -> None:
    changes = {**SIXTEEN, **copy.deepcopy(UNABLE), "signatories": [MOTHER, FATHER]}
    changes["assessed_by"][left_out] = ""
    assert refused_at("consent.nn", changes) == f"assessed_by.{left_out}"
    assert refused_at("consent.nn", {**changes, "assessed_by": None}) != ""
    assert refused_at("consent.nn", {**changes, "signing_ability": "yes"}) == "signatories"


# -- what it says of itself -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({}, False),
        ({**LATER}, True),
        ({**LATER, "single_signature_reason": "other", "single_signature_note": "Sjøen."}, True),
        ({**LATER, "staff_decision": DECISION}, False),
        ({**LATER, "single_signature_reason": "sole_daily_care"}, False),
        ({"single_signature_reason": "cannot_be_reached"}, False),  # both sign after all
        ({**SIXTEEN, "single_signature_reason": "cannot_be_reached"}, False),
    ],
)
def test_one_signature_of_two_waits_for_a_decision(changes: dict[str, Any], *, waits: bool) -> None:
    form = _form(changes)
    assert form.validate()
    assert form.words()["not_valid_yet"].startswith("Ikkje gyldig enno") == waits
    assert ("staff_decision" in [advice.field for advice in form.advice()]) == waits


def test_what_a_paper_says_of_itself_is_neither_taken_in_nor_stored() -> None:
    form = _form({**LATER, "not_valid_yet": "Gyldig."})
    assert form.validate()
    assert form.answers()["not_valid_yet"] == ""
    assert form.words()["not_valid_yet"].startswith("Ikkje gyldig enno")
    schema = ConsentForm.schema()["properties"]["not_valid_yet"]
    assert schema["readOnly"]


@pytest.mark.parametrize(
    ("until", "told"),
    [
        ("2027-11-19", "Ådne Sæbø Øvrelid fyller 15 år 20. november 2027."),
        ("2027-11-20", "Ådne Sæbø Øvrelid fyller 15 år 20. november 2027."),
    ],
)
def test_a_birthday_that_changes_who_signs_stands_on_the_paper_and_is_advised_of(
    until: str, told: str
) -> None:
    form = _form({"child.birth_date": "2012-11-20", "valid_to": until})
    is_told = until == "2027-11-20"
    assert form.words()["birthdays"].startswith(told) == is_told
    assert ([advice.field for advice in form.advice()] == ["valid_to"]) == is_told


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({**SIXTEEN}, ""),
        ({**SIXTEEN, **UNABLE, "signatories": [MOTHER, FATHER]}, "§§ 4-3 og 4-5"),
        ({**ADULT, **UNABLE, "signatories": [RELATIVE]}, "§ 4-3, helsepersonellova § 22"),
    ],
)
def test_who_signs_instead_is_said_with_the_law(changes: dict[str, Any], law: str) -> None:
    said = _form(changes).words()["signed_instead"].replace("\N{NO-BREAK SPACE}", " ")
    assert law in said
    assert bool(said) == bool(law)


@pytest.mark.parametrize(
    ("changes", "advised"),
    [
        ({**SIXTEEN, "information": ["learning"]}, []),
        ({**SIXTEEN, "information": ["family"]}, ["information"]),
        ({**SIXTEEN, "information": ["economy", "health"]}, ["information"]),
        ({**SIXTEEN, "information": ["housing"], "signatories": [YOUNG, MOTHER]}, []),
        ({**ADULT, "information": ["housing"]}, []),
        ({"valid_from": "2026-11-19"}, ["valid_from"]),
        ({"valid_from": "2026-11-20"}, []),
        (
            {"purposes": ["individual_plan"], "consent_individual_plan": "no"},
            ["consent_individual_plan"],
        ),
        ({"consent_individual_plan": "no"}, []),
    ],
)
def test_advice_on_a_consent(changes: dict[str, Any], advised: list[str]) -> None:
    form = _form({"information": ["learning"], **changes})
    assert form.validate()
    assert [advice.field for advice in form.advice()] == advised


def test_an_adult_is_a_person_and_no_child_on_paper() -> None:
    form = _form({**ADULT})
    words = form.words()
    assert form.concern == "adult"
    assert (
        words["child_heard"] == words["child_heard_note"] == words["parental_responsibility"] == ""
    )
    assert form.answers()["child_heard"] == "yes"  # kept, and not printed


def test_private_contact_data_is_kept_and_never_printed() -> None:
    form = _form({})
    assert form.answers()["signatories"][0]["phone"] == "+4741234567"
    assert form.words()["signatories"][0]["phone"] == form.words()["signatories"][0]["email"] == ""


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("form_class", [ConsentForm, ConsentWithdrawalForm])
def test_a_sample_holds_on_any_day_in_its_language(form_class: Any, language: str) -> None:
    for day in ("2026-12-01", "2031-02-28"):
        with on(day):
            form = form_class.from_answers(form_class.sample(language))
            assert form.validate(), form.problems()
            assert not form.advice()
    typed = str(form_class.sample(language))
    assert ("skole" in typed, "skule" in typed) == (language == "nb", language == "nn")


# -- withdrawal -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"services": []}, "services"),
        ({"extent": "all", "services": []}, ""),
        ({"extent": "all"}, ""),  # kept, and not printed
        ({"extent": "purpose"}, "purposes"),
        ({"extent": "purpose", "purposes": ["relay_log"]}, ""),
        ({"services.0.service": "school", "services.0.name": ""}, "services.0.name"),
        ({"services.0.service": "school", "services.0.name": "", "extent": "all"}, ""),
        ({"services.0.service": "bup", "services.0.name": ""}, ""),
        ({"consent_reference": " "}, "consent_reference"),
        ({"received_by": None}, "received_by.name received_by.title received_by.service"),
        ({"informed": ["BUP Otta", "bup  otta"]}, "informed.1"),
    ],
)
def test_a_withdrawal_is_refused_at(changes: dict[str, Any], refused: str) -> None:
    assert refused_at("consent_withdrawal.nb", changes) == refused


def test_what_is_not_withdrawn_is_not_printed() -> None:
    answers = changed("consent_withdrawal.nb", {"extent": "all", "purposes": ["relay_log"]})
    with speaking("nb"):
        words = ConsentWithdrawalForm.from_answers(answers).words()
    assert (words["services"], words["purposes"]) == ([], [])
