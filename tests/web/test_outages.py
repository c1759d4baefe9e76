"""What a reader, a page's script and a program are told when the database cannot do its work."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from formsvc import db, turns
from formsvc.config import Settings
from formsvc.models import Draft
from formsvc.web import create_app
from formsvc.web.transaction import dispose
from formsvc.web.transaction import makers as session_makers
from tests import people
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY
TYPED = "Nora er redd for hunder.\nMor også."


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Another program keeps the place of the writer."""
    other = sqlite3.connect(folder / "formsvc.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ten seconds here."""
    monkeypatch.setattr(turns, "PATIENCE", 0.1)


@contextmanager
def full(app: Flask) -> Iterator[None]:
    """The disk is full: SQLite says so itself, by the code that it has for a real one."""
    engine, page_count = app.extensions["formsvc.engine"], 1

    def limit(connection: object) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={page_count}")  # type: ignore[attr-defined]

    event.listen(engine, "begin", limit)
    yield
    page_count = 1_000_000


def long_text() -> str:
    return TYPED + "\n" + "Vi snakket lenge om skolen. " * 2000


def test_a_held_lock_is_told_with_what_was_typed_and_when_to_try_again(
    as_kari: Visitor, tmp_path: Path
) -> None:
    with held(tmp_path):
        answer = as_kari.send("/papers/minutes/new", place=TYPED, _action="save")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Prøv igjen om litt" in answer.text
    assert f'<input type="hidden" name="place" value="{TYPED}">' in answer.text.replace("\r", "")
    assert 'name="csrf_token"' in answer.text


def test_where_nothing_was_typed_only_the_button_is_shown(as_kari: Visitor, tmp_path: Path) -> None:
    with held(tmp_path):
        answer = as_kari.send(f"/papers/drafts/{uuid4()}/issue", _version="1")
    assert answer.status_code == 503
    assert "Send på nytt" in answer.text
    assert "Det du skrev" not in answer.text


def test_what_was_not_saved_is_saved_by_the_button_of_that_page(
    as_kari: Visitor, tmp_path: Path, session: Session
) -> None:
    with held(tmp_path):
        refused = as_kari.send("/papers/minutes/new", place=TYPED, _action="save")
    assert refused.status_code == 503
    again = as_kari.send("/papers/minutes/new", place=TYPED, _action="save")
    assert again.status_code == 303
    assert session.scalars(select(Draft)).one().typed["place"] == [TYPED]


def test_a_held_lock_is_told_to_a_pages_script(as_kari: Visitor, tmp_path: Path) -> None:
    token = as_kari.csrf_token()
    with held(tmp_path):
        answer = as_kari.post(
            "/papers/minutes/new",
            data={"place": TYPED, "_action": "autosave", "csrf_token": token},
            headers={"Accept": "application/json"},
        )
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert "Prøv igjen om litt" in json.loads(answer.text)["detail"]
    assert answer.headers["Retry-After"] == "5"


def test_a_held_lock_keeps_nobody_from_reading(as_kari: Visitor, tmp_path: Path) -> None:
    with held(tmp_path):
        assert as_kari.get("/").status_code == 200


def test_a_password_is_never_shown_again(visitor: Visitor, tmp_path: Path) -> None:
    with held(tmp_path):
        answer = visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)
    assert answer.status_code == 503
    assert people.PASSWORD not in answer.text
    assert people.KARI.email not in answer.text


def test_a_full_disk_is_told_by_its_name_in_the_log_and_shows_what_was_typed(
    app: Flask, as_kari: Visitor, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    with full(app), caplog.at_level(logging.DEBUG):
        answer = as_kari.send("/papers/minutes/new", place=long_text(), _action="save")
    assert answer.status_code == 503
    assert "er ikke lagret" in answer.text
    assert TYPED.splitlines()[1] in answer.text
    assert "DiskFull" in caplog.text
    assert "no room left" in caplog.text
    assert "Nora" not in caplog.text
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
    session.rollback()


def test_a_disk_that_has_room_again_is_written_to(
    app: Flask, as_kari: Visitor, session: Session
) -> None:
    with full(app):
        assert as_kari.send("/papers/minutes/new", place=long_text()).status_code == 503
    assert as_kari.send("/papers/minutes/new", place=long_text()).status_code == 303
    assert session.scalars(select(Draft)).one().typed["place"]


def test_where_every_connection_is_in_use_one_is_asked_to_try_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PATIENCE", 0.05)
    app = create_app(settings)
    app.test_client_class = Visitor
    makers = session_makers(app)
    with ExitStack() as stack:
        for _ in range(15):  # what SQLAlchemy lets be open at once
            stack.enter_context(makers.reading()).connection()
        visitor = app.test_client()
        answer = visitor.send("/login", email="a@eksempel.no", password="x")  # type: ignore[attr-defined]
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
    dispose(app)


@pytest.mark.parametrize("path", ["/", "/papers/", "/papers/minutes/new"])
def test_a_database_that_is_gone_is_told_on_every_page(
    as_kari: Visitor, tmp_path: Path, path: str
) -> None:
    (tmp_path / "formsvc.sqlite3").rename(tmp_path / "elsewhere")
    answer = as_kari.get(path)
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "FORMSVC" not in answer.text, "how to mend it stands in the log"


def test_a_database_that_is_gone_is_told_to_a_program(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "formsvc.sqlite3").rename(tmp_path / "elsewhere")
    program = {"Authorization": "Bearer formsvc_x"}
    answer = visitor.post("/api/v1/render/consent", json={}, headers=program)
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"


def test_a_server_that_does_not_answer_is_told_on_a_page(settings: Settings) -> None:
    app = create_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none"))
    app.test_client_class = Visitor
    visitor = app.test_client()
    answer = visitor.send("/login", email=people.KARI.email, password=people.PASSWORD)  # type: ignore[attr-defined]
    assert answer.status_code == 503
    assert "/healthz" not in answer.text
    dispose(app)


def test_a_change_of_the_master_key_logs_nobody_out_and_refuses_no_open_form(
    settings: Settings, as_kari: Visitor, session: Session
) -> None:
    """The log-in and the token of a page were made under the old key."""
    with as_kari.session_transaction() as kept:
        login = dict(kept)
    token = as_kari.csrf_token()
    old = settings.secret()
    later = create_app(replace(settings, secret_key="new-" * 10, older_keys=(old,)))
    later.test_client_class = Visitor
    client = later.test_client()
    for name in ("session",):
        cookie = as_kari.get_cookie(name)
        assert cookie is not None
        client.set_cookie(name, cookie.value)
    answer = client.post(
        "/papers/minutes/new", data={"place": TYPED, "csrf_token": token, "_action": "save"}
    )
    assert login
    assert answer.status_code == 303
    assert "/papers/drafts/" in answer.headers["Location"]
    assert session.scalars(select(Draft)).one().typed["place"] == [TYPED]
    dispose(later)
