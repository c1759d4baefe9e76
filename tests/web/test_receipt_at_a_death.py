"""The receipt of a notice that a group is dissolved, which at a death invites to nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc.kinds import find
from formsvc.models import Account
from tests import people, stored
from tests.people import Employee
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY

AGAIN = "Familien kan når som helst be om"
KIND = "ke_group_dissolved"


@pytest.mark.parametrize(("reason", "invites"), [("goals_met", True), ("deceased", False)])
def test_the_family_of_a_child_that_has_died_is_not_told_to_ask_again(
    log_in: Callable[[Employee], Visitor], session: Session, reason: str, *, invites: bool
) -> None:
    visitor = log_in(people.KARI)
    answers = {**find(KIND).form.sample(), "reason": reason}
    kari = session.scalars(select(Account).filter_by(email=people.KARI.email)).one()
    paper = stored.issued(session, kari, kind=KIND, answers=answers)
    session.commit()
    page = visitor.get(f"/papers/{paper.id}").text
    assert (AGAIN in page) is invites
    assert ("ikke får flere" in page) is not invites


def test_the_page_of_the_form_does_not_speak_of_death(as_kari: Visitor) -> None:
    page = as_kari.get(f"/papers/{KIND}/new").text
    assert "er død" not in page
    assert "ikke får flere" not in page
