"""A draft that was begun in an earlier form: nothing of it is lost, and what changed is said."""

from __future__ import annotations

import re

from sqlalchemy import update
from sqlalchemy.orm import Session

from formsvc.models import Draft
from tests.web.conftest import SQLITE_ONLY, Visitor
from tests.web.test_papers import begin, finish, send, stored, typed

pytestmark = SQLITE_ONLY


def test_an_answer_without_a_question_is_shown_stands_in_the_way_and_goes_when_it_is_emptied(
    as_kari: Visitor, session: Session
) -> None:
    old = {**typed("minutes"), "mood": ["«Det går fint», sa Nora"]}
    address = begin(as_kari)
    assert send(as_kari, address, old, action="save", version="1").status_code == 303
    page = as_kari.get(address)
    assert re.search(r'<textarea[^>]* name="mood"[^>]*>\s*«Det går fint», sa Nora<', page.text)
    assert as_kari.get(f"{address}/review").status_code == 422
    assert finish(as_kari, address, 2).location.endswith("/review")
    (draft,) = stored(session, Draft)
    assert draft.typed["mood"] == old["mood"]
    send(as_kari, address, {**old, "mood": [""]}, action="save", version="2")
    assert as_kari.get(f"{address}/review").status_code == 200
    (draft,) = stored(session, Draft)
    assert "mood" not in draft.typed


def test_who_wrote_in_an_earlier_form_is_told_until_the_draft_is_saved_again(
    as_kari: Visitor, session: Session
) -> None:
    address = begin(as_kari)
    told = "Skjemaet er endret"
    assert told not in as_kari.get(address).text
    for version, says in (("", False), ("0123456789ab", True)):
        session.execute(update(Draft).values(form_version=version))
        session.commit()
        assert (told in as_kari.get(address).text) is says
    changed = {**typed("minutes"), "place": ["Rådhuset"]}
    send(as_kari, address, changed, action="save", version="1")
    assert told not in as_kari.get(address).text


def test_what_one_page_has_moved_and_another_still_has_is_asked_about(as_kari: Visitor) -> None:
    old = {**typed("minutes"), "mood": ["Godt"], "participants-0-old": ["Ja"]}
    address = begin(as_kari)
    assert send(as_kari, address, old, action="save", version="1").status_code == 303
    moved = {**old, "mood": [""]}
    assert send(as_kari, address, moved, action="save", version="2").status_code == 303
    asked = send(as_kari, address, {**old, "mood": ["Bedre"]}, action="save", version="2")
    assert asked.status_code == 409
    assert "Bedre" in asked.text
    assert "tatt bort: mood" in asked.text
    assert "tatt bort: participants-0-old" not in asked.text
