"""What the notifications to the coordinating unit demand, and what they say at a death."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.documents import docx, html_pdf
from formsvc.forms.base import DocumentForm
from formsvc.forms.ke_group_dissolved import REASONS
from formsvc.kinds import find
from formsvc.services import printing, templates
from tests.documents import printed_words
from tests.forms.days import UNABLE, changed, refused_at

DISSOLVED = "ke_group_dissolved.nb"
CHANGED = "ke_coordinator_changed.nn"
DECLINED = "ke_ip_declined.nb"


def _form(sample: str, changes: dict[str, Any]) -> DocumentForm:
    form = find(sample.split(".")[0]).form.from_answers(changed(sample, changes))
    form.validate()
    return form


def _page(form: DocumentForm) -> str:
    kind = find("ke_group_dissolved")
    return html_pdf.page(kind.slug, templates.context(kind, form, "K-2026-0001"))


# -- a death --------------------------------------------------------------------------------------

AT_A_DEATH: dict[str, Any] = {
    "reason": "deceased",
    "told_may_return": False,
    "agreed_with_family_on": None,
}


def test_at_a_death_nobody_is_asked_whether_the_family_may_return() -> None:
    assert refused_at(DISSOLVED, AT_A_DEATH) == ""
    for reason in REASONS.keys() - {"deceased"}:
        changes = {**AT_A_DEATH, "reason": reason, "reason_note": "Det er avtalt."}
        assert refused_at(DISSOLVED, changes) == "agreed_with_family_on told_may_return", reason


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_at_a_death_nothing_is_printed_of_coming_back(language: str, *, told: bool) -> None:
    form = _form(DISSOLVED, {**AT_A_DEATH, "told_may_return": told, "language": language})
    assert form.answers()["told_may_return"] is told  # kept, should the reason be another one
    word = docx.text(printing.render(find("ke_group_dissolved"), form, "docx").data)
    for paper in (_page(form), word):
        for words in ("komme tilbake", "kome tilbake", "ta kontakt igjen", "melder seg igjen"):
            assert words not in paper
        assert {"nb": "opprettet for, er død", "nn": "oppretta for, er død"}[language] in paper


def test_an_ordinary_end_says_nothing_of_death() -> None:
    page = _page(_form(DISSOLVED, {}))
    assert "komme tilbake hvis behovet melder seg igjen" in page
    assert "Familien vet at de kan ta kontakt igjen" in page
    assert "er død" not in page


def test_at_a_death_the_paper_is_as_confidential_as_before() -> None:
    for changes in ({}, AT_A_DEATH):
        assert "Unntatt offentlighet" in _page(_form(DISSOLVED, changes))


# -- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["first_meeting_on", "created_on", "relay_log_closed"])
def test_a_day_of_another_century_is_a_slip(field: str) -> None:
    slip = "2126-12-08" if field == "first_meeting_on" else "1926-11-24"
    assert field in refused_at("ke_group_created.nb", {field: slip})


# -- people ---------------------------------------------------------------------------------------


def test_the_new_coordinator_is_another_person() -> None:
    changes = {"new_coordinator.name": "solveig  nygård"}
    assert refused_at(CHANGED, changes) == "new_coordinator.name"


@pytest.mark.parametrize(
    ("members", "refused"),
    [
        (["Ingebjørg Sæbø"], "members"),
        (["Ingebjørg Sæbø", "Per Lund"], ""),
        (["Ingebjørg Sæbø", "INGEBJØRG  sæbø"], "members.1.name"),
    ],
)
def test_a_group_has_two_different_people(members: list[str], refused: str) -> None:
    rows = [{"name": name, "role": "Mor", "service": ""} for name in members]
    assert refused_at("ke_group_created.nb", {"members": rows}).split(" ")[0] == refused


@pytest.mark.parametrize(
    ("sample", "refused"),
    [("ke_group_created.nb", True), (DISSOLVED, True), (CHANGED, True), (DECLINED, False)],
)
def test_all_but_a_refused_plan_rest_on_a_consent(sample: str, *, refused: bool) -> None:
    assert (refused_at(sample, {"consent_reference": ""}) == "consent_reference") is refused


MOTHER = {"name": "Ingebjørg Sæbø", "role": "parent"}
VERGE = {"name": "Vera Verge", "role": "guardian"}
NEIGHBOUR = {"name": "Nabo Naboesen", "role": "parent"}
ADNE = {"name": "Ådne Sæbø Øvrelid", "role": "young_person"}


@pytest.mark.parametrize(
    ("born", "declined_by", "refused"),
    [
        ("2015-05-03", [MOTHER], ""),
        ("2015-05-03", [MOTHER, ADNE], ""),
        ("2015-05-03", [ADNE], "declined_by"),
        ("2015-05-03", [NEIGHBOUR], "declined_by.0.name"),
        ("2015-05-03", [{"name": "Barnevernstjenesten", "role": "child_welfare"}], ""),
        ("2015-05-03", [MOTHER, MOTHER], "declined_by.1.name"),
        # fifteen: one «no» is a no, the young person's too
        ("2011-11-20", [ADNE], "declined_by"),
        ("2011-11-19", [ADNE], ""),
        ("2011-11-18", [MOTHER], ""),
        # sixteen: the young person decides
        ("2010-11-20", [MOTHER], ""),
        ("2010-11-19", [MOTHER], "declined_by"),
        ("2010-11-18", [ADNE], ""),
        ("2010-11-18", [{**ADNE, "name": "Kari Kamerat"}], "declined_by.0.name"),
        # of age
        ("2008-11-19", [MOTHER], "declined_by"),
        ("2008-11-19", [ADNE], ""),
        ("2008-11-19", [{"name": "Ada Advokat", "role": "proxy"}], ""),
        ("2008-11-19", [VERGE], "declined_by"),
    ],
)
def test_those_decline_a_plan_who_decide_about_it_at_that_age(
    born: str, declined_by: list[dict[str, str]], refused: str
) -> None:
    changes = {"child.birth_date": born, "declined_by": declined_by, "signing_ability": "yes"}
    assert refused_at(DECLINED, changes) == refused


@pytest.mark.parametrize(
    ("born", "declined_by", "refused"),
    [
        ("2010-11-18", [MOTHER], ""),
        ("2010-11-18", [ADNE], "declined_by"),
        ("2008-11-19", [MOTHER], "declined_by"),
        ("2008-11-19", [VERGE], ""),
        ("2008-11-19", [{**MOTHER, "role": "nearest_relative"}], ""),
    ],
)
def test_others_decline_for_one_who_cannot_judge_it(
    born: str, declined_by: list[dict[str, str]], refused: str
) -> None:
    changes = {"child.birth_date": born, "declined_by": declined_by, **UNABLE}
    assert refused_at(DECLINED, changes) == refused
    assert "kan ikke selv vurdere dette" in _form(DECLINED, changes).words()["signed_instead"]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_who_declined_is_a_list_and_signs_nothing_in_any_format(language: str) -> None:
    kind = find("ke_ip_declined")
    form = _form(DECLINED, {"language": language})
    page = html_pdf.page(kind.slug, templates.context(kind, form, "K-2026-0001"))
    word = printing.render(kind, form, "docx").data
    for labels in (printed_words.of_page(page), printed_words.of_word(word)):
        at = labels.index({"nb": "Hvem ønsker ikke individuell plan?"}.get(language, labels[0]))
        assert at >= 0
        assert not {"Underskrift", "Sted og dato", "Stad og dato"} & set(labels)


@pytest.mark.parametrize("answer", ["", None])
@pytest.mark.parametrize("question", ["coordinator_wanted", "group_continues"])
def test_declining_the_plan_says_nothing_of_the_coordinator(question: str, answer: object) -> None:
    assert refused_at(DECLINED, {question: answer}) == question
    assert refused_at(DECLINED, {question: "no"}) == ""
