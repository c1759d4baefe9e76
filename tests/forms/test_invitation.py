"""The invitation: who is asked, when it is sent, what there is time for, and what is printed."""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.forms.base import DocumentForm
from formsvc.kinds import find
from tests.samples import load

INVITEES = load("invitation.nb")["invitees"]


def _form(sample: str = "invitation.nb", **changes: Any) -> DocumentForm:
    return find("invitation").form.from_answers({**load(sample), **changes})


def _refused(sample: str = "invitation.nb", **changes: Any) -> list[str]:
    form = _form(sample, **changes)
    form.validate()
    return [problem.field for problem in form.problems()]


def _advice(sample: str = "invitation.nb", **changes: Any) -> dict[str, str]:
    form = _form(sample, **changes)
    assert form.validate(), form.problems()
    return {advice.field: advice.message for advice in form.advice()}


@pytest.mark.parametrize("sample", ["invitation.nb", "invitation.nn"])
def test_a_good_invitation_gets_no_advice(sample: str) -> None:
    assert not _advice(sample)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"end": "12:59"}, ["end"]),
        ({"place": ""}, ["place"]),
        ({"place": "", "video_link": "https://video.eksempel.no/1"}, []),
        ({"invitees": INVITEES[:1], "referent_external": True}, ["invitees"]),
        ({"invitees": [INVITEES[0], INVITEES[3]]}, []),
        ({"invitees": INVITEES[2:]}, ["invitees"]),
        ({"invitees": [*INVITEES, {**INVITEES[0], "name": "INGEBJØRG SÆBØ"}]}, ["invitees.4.name"]),
    ],
)
def test_what_an_invitation_must_hold(changes: dict[str, Any], refused: list[str]) -> None:
    assert _refused(**changes) == refused


def test_the_referent_is_invited_or_said_to_come_from_elsewhere() -> None:
    assert _refused(referent="Unni Utenfra") == ["referent"]
    assert _refused(referent="Unni Utenfra", referent_external=True) == []
    assert _refused(referent_external=True) == ["referent_external"]


# -- when it is sent ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "advice"),
    [("2026-12-01", []), ("2026-12-02", ["sent_on"]), ("2026-12-08", ["sent_on"])],
)
def test_a_late_invitation_gets_advice_and_no_refusal(sent: str, advice: list[str]) -> None:
    assert list(_advice(sent_on=sent)) == advice


def test_an_invitation_to_a_meeting_that_has_been_is_refused() -> None:
    form = _form(date="2026-11-01", items_deadline=None)
    assert not form.validate()
    [problem] = form.problems()
    assert problem.field == "sent_on"
    assert problem.message.startswith("Møtet har vært.")
    # where nobody has said when it is sent, it is sent today
    assert _refused(date="2020-12-08", items_deadline=None, sent_on=None) == ["sent_on"]


# -- what there is time for -----------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "told"), [(59, False), (60, False), (61, True), (500, True)])
def test_an_agenda_that_is_longer_than_the_meeting_is_told_with_the_sum(
    minutes: int, told: bool
) -> None:
    advice = _advice(agenda=[{"title": "A", "minutes": 9}, {"title": "B", "minutes": minutes - 9}])
    assert list(advice) == (["agenda"] if told else [])
    assert not told or (str(minutes) in advice["agenda"] and "60" in advice["agenda"])


def test_a_removed_matter_takes_no_time() -> None:
    agenda = [{"title": "A", "minutes": 60}, {"title": "", "minutes": None}, {"title": "B"}]
    assert not _advice(agenda=agenda)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [("05:59", "07:00", True), ("06:00", "07:00", False), ("21:00", "22:00", False)],
)
def test_a_meeting_at_night_is_asked_about(start: str, end: str, told: bool) -> None:
    assert ("start" in _advice(start=start, end=end)) == told
    assert "start" in _advice(start="21:00", end="22:01")


@pytest.mark.parametrize(
    ("day", "name"),
    [("2026-12-25", "juledag"), ("2027-05-17", "17. mai"), ("2026-12-13", "søndag")],
)
def test_a_meeting_on_a_holiday_is_asked_about(day: str, name: str) -> None:
    assert name.casefold() in _advice(date=day, items_deadline=None)["date"].casefold()


# -- what is printed ------------------------------------------------------------------------------


def test_only_employees_addresses_stand_on_the_paper() -> None:
    form = _form()
    assert form.validate()
    printed = [row["email"] for row in form.words()["invitees"]]
    assert printed == ["", "", "per.lund@eksempel.no", "anne.moen@eksempel.no"]
    assert form.answers()["invitees"][0]["email"] == "ingebjorg.saebo@eksempel.no"


@pytest.mark.parametrize("role", ["Far", " far ", "Mors samboer", "Føresett"])
def test_whoever_is_of_the_family_is_chosen_as_such_so_that_their_address_is_private(
    role: str,
) -> None:
    """An answer file from before the question, or a role that was typed where it is asked."""
    father = {**INVITEES[1], "relation": "", "role": role}
    assert _refused(invitees=[INVITEES[0], father, INVITEES[3]]) == ["invitees.1.relation"]


@pytest.mark.parametrize("role", ["Sønn av rektor", "Farmasøyt", "Rektor, mor"])
def test_a_role_in_a_service_is_no_relation(role: str) -> None:
    employee = {**INVITEES[3], "role": role}
    assert not _refused(invitees=[INVITEES[0], employee])


@pytest.mark.parametrize(
    "link", ["teams", "javascript:alert(1)", "http://video.eksempel.no/1", "file:///c:/x.exe"]
)
def test_a_link_is_an_address_on_the_web_that_is_read_by_nobody_else(link: str) -> None:
    assert _refused(video_link=link) == ["video_link"]
