"""One session a request: reading ones that cannot write, writing ones committed at the edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from formsvc.errors import Conflict
from formsvc.models import Account
from formsvc.web import access, transaction
from tests import people
from tests.web.conftest import Visitor

Opened = Callable[[Callable[[], object]], Callable[[str], TestResponse]]


@pytest.fixture
def opened(app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """Opens an address that does something; the answer asks for it by GET or POST."""

    def open_(does: Callable[[], object]) -> Callable[[str], TestResponse]:
        def view() -> ResponseReturnValue:
            return cast("ResponseReturnValue | None", does()) or "done"

        app.add_url_rule("/opened", "opened", view, methods=["GET", "POST"])
        monkeypatch.setitem(access.TABLE, "opened", access.ANYONE)
        return lambda method: visitor.open(
            "/opened", method=method, headers={"X-CSRFToken": visitor.csrf_token()}
        )

    return open_


def hire_jonas() -> None:
    people.employ(transaction.database(), people.JONAS)


def hired(session: Session) -> bool:
    session.rollback()
    return session.scalar(select(Account).where(Account.email == people.JONAS.email)) is not None


def test_what_a_post_did_is_kept(opened: Opened, session: Session) -> None:
    assert opened(hire_jonas)("POST").status_code == 200
    assert hired(session)


def test_a_get_cannot_write(app: Flask, opened: Opened, session: Session) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert opened(hire_jonas)("GET").status_code == 500
    assert not hired(session)


def test_a_get_that_only_means_to_write_fails_its_test(opened: Opened) -> None:
    ask = opened(lambda: transaction.database().add(Account(name="Ola")))
    with pytest.raises(AssertionError, match="left changes"):
        ask("GET")


def test_what_a_refused_post_did_is_undone(opened: Opened, session: Session) -> None:
    def hire_and_fail() -> None:
        hire_jonas()
        raise Conflict("Amir har lagret i mellomtiden.")

    assert opened(hire_and_fail)("POST").status_code == 409
    assert not hired(session)


@pytest.mark.parametrize(("status", "is_kept"), [(200, True), (303, True), (400, False)])
def test_what_is_answered_as_an_error_of_the_asker_is_undone_though_nothing_was_raised(
    opened: Opened, session: Session, status: int, *, is_kept: bool
) -> None:
    def hire_and_answer() -> tuple[str, int]:
        hire_jonas()
        return "told", status

    assert opened(hire_and_answer)("POST").status_code == status
    assert hired(session) == is_kept


def test_what_stands_in_a_transaction_of_its_own_is_kept_though_the_post_is_refused(
    opened: Opened, session: Session
) -> None:
    def note_and_fail() -> None:
        people.employ(transaction.database(), people.AMIR)
        with transaction.short() as own:
            people.employ(own, people.JONAS)
        raise Conflict("Amir har lagret i mellomtiden.")

    assert opened(note_and_fail)("POST").status_code == 409
    assert hired(session)
    assert session.scalar(select(Account).where(Account.email == people.AMIR.email)) is None


def test_a_commit_that_fails_gets_an_error_page(
    app: Flask, opened: Opened, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(_session: Session) -> None:
        raise SQLAlchemyError("the disk is full")

    monkeypatch.setattr(Session, "commit", fail)
    answer = opened(hire_jonas)("POST")
    assert answer.status_code == 500
    assert "Noe gikk galt hos oss" in answer.text
    assert "disk" not in answer.text
    assert not hired(session)
