"""Papers that are finished while others write, and by several at once; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from formsvc import db
from formsvc.config import Settings
from formsvc.documents import docx
from formsvc.kinds import find
from formsvc.models import Paper, ReferenceCounter
from formsvc.services import accounts, finish, papers, work
from formsvc.web import finishing
from tests import people
from tests.people import Employee
from tests.web.conftest import Visitor
from tests.web.test_papers import begin
from tests.web.test_papers import finish as finish_in


def tab(browser: Visitor) -> Visitor:
    """A second tab of a browser."""
    copy = browser.application.test_client()
    assert isinstance(copy, Visitor)
    name = browser.application.config["SESSION_COOKIE_NAME"]
    cookie = browser.get_cookie(name)
    assert cookie
    copy.set_cookie(name, cookie.value)
    return copy


def test_others_write_while_word_is_made(
    settings: Settings, as_kari: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PATIENCE", 100)
    engine = db.engine(settings)
    another: sessionmaker[Session] = db.session_factory(engine)
    make = finish.word
    written: list[int] = []

    def word(*given: object) -> finish.Word:
        with another.begin() as session:  # would fail at once where the lock is held
            session.add(ReferenceCounter(prefix="X", year=len(written), last=1))
        written.append(1)
        return make(*given)  # type: ignore[arg-type]

    address = begin(as_kari)
    monkeypatch.setattr(finish, "word", word)
    assert finish_in(as_kari, address).status_code == 303
    assert written
    engine.dispose()


def together(acts: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    """What comes of acts that begin at the same moment."""
    answers: list[TestResponse] = []
    ready = threading.Barrier(len(acts))

    def do(act: Callable[[], TestResponse]) -> None:
        ready.wait()
        answers.append(act())

    threads = [threading.Thread(target=do, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_papers_finished_at_once_hold_numbers_of_their_own_without_holes(
    log_in: Callable[[Employee], Visitor], session: Session
) -> None:
    browsers = [log_in(employee) for employee in (people.KARI, people.JONAS, people.AMIR)]
    acts: list[Callable[[], TestResponse]] = []
    for browser in browsers:
        for _paper in range(2):
            copy = tab(browser)
            address = begin(copy)
            acts.append(partial(finish_in, copy, address))
    answers = together(acts)
    assert [answer.status_code for answer in answers] == [303] * 6
    issued = session.scalars(select(Paper).order_by(Paper.reference)).all()
    assert [each.reference[-4:] for each in issued] == [f"{number:04}" for number in range(1, 7)]
    for each in issued:
        data = papers.document(session, each, "docx").data
        assert data
        assert each.reference in docx.text(data)


def test_two_clicks_at_once_make_one_paper(as_kari: Visitor, session: Session) -> None:
    address = begin(as_kari)
    copies = [tab(as_kari) for _click in range(2)]
    answers = together([partial(finish_in, copy, address) for copy in copies])
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.location for answer in answers}) == 1
    assert len(session.scalars(select(Paper)).all()) == 1
    assert len(work.unfinished(session)) == 1


def test_where_others_are_always_faster_the_number_is_right_all_the_same(
    as_kari: Visitor,
    session: Session,
    sessions: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minutes = find("minutes")
    make = finish.word
    faster: list[int] = []

    def word(*given: object) -> finish.Word:
        made = make(*given)  # type: ignore[arg-type]
        if len(faster) < finishing.TRIES:
            faster.append(1)
            with sessions.begin() as other:
                author = accounts.by_email(other, people.KARI.email)
                form = minutes.form.from_answers(minutes.form.sample())
                reference = finish.propose(other, minutes)
                finish.issue(other, minutes, form, author, made._replace(reference=reference))
        return made

    address = begin(as_kari)
    monkeypatch.setattr(finish, "word", word)
    assert finish_in(as_kari, address).status_code == 303
    issued = session.scalars(select(Paper).order_by(Paper.reference)).all()
    assert [each.reference[-4:] for each in issued] == ["0001", "0002", "0003", "0004"]
    mine = papers.document(session, issued[-1], "docx").data
    assert mine
    assert issued[-1].reference in docx.text(mine)
