"""Wires: the application of a test, and browsers in which somebody is logged in, or nobody."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, g, request
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from formsvc.config import Settings
from formsvc.web import create_app, transaction
from formsvc.web.security import SAFE_METHODS
from tests import people
from tests.people import Employee

#: for tests that the kind of database cannot matter to
SQLITE_ONLY = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


class Visitor(FlaskClient):
    """A browser that has the page's CSRF token at hand."""

    def send(self, address: str, **typed: str | list[str]) -> TestResponse:
        """Send a form, with the token that its page would have held."""
        return self.post(address, data={**typed, "csrf_token": self.csrf_token()})

    def csrf_token(self) -> str:
        """The token of this browser's session, signed as flask_wtf signs it."""
        with self.session_transaction() as kept:
            raw = kept.setdefault("csrf_token", secrets.token_hex(20))
        key = self.application.secret_key
        assert isinstance(key, str)
        signed = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(raw)
        assert isinstance(signed, str)
        return signed


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application; a GET that leaves changes fails its test.

    Its worker is not started: a test that wants what is made beside the requests has it made
    (``worker.of(app).once()``).
    """
    made = create_app(settings)
    made.testing = True
    made.test_client_class = Visitor

    @made.teardown_request
    def nothing_left(_error: BaseException | None) -> None:
        left: Session | None = g.get("database")
        if left is not None and request.method in SAFE_METHODS:
            changes = [*left.new, *left.dirty, *left.deleted]
            assert not changes, f"a GET left changes: {changes}"

    yield made
    transaction.dispose(made)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A browser in which nobody is logged in."""
    made = app.test_client()
    assert isinstance(made, Visitor)
    return made


@pytest.fixture
def log_in(app: Flask, session: Session) -> Callable[[Employee], Visitor]:
    """Makes the browser of an employee who gets an account and logs in."""

    def make(employee: Employee) -> Visitor:
        people.employ(session, employee)
        session.commit()
        made = app.test_client()
        assert isinstance(made, Visitor)
        answer = made.send("/login", email=employee.email, password=people.PASSWORD)
        assert answer.status_code == 303, answer.text
        return made

    return make


@pytest.fixture
def as_kari(log_in: Callable[[Employee], Visitor]) -> Visitor:
    """Kari's, who is referent."""
    return log_in(people.KARI)


@pytest.fixture
def as_amir(log_in: Callable[[Employee], Visitor]) -> Visitor:
    """Amir's, who is coordinator."""
    return log_in(people.AMIR)


@pytest.fixture
def as_liv(log_in: Callable[[Employee], Visitor]) -> Visitor:
    """Liv's, of the coordinating unit."""
    return log_in(people.LIV)


@pytest.fixture
def as_torbjorn(log_in: Callable[[Employee], Visitor]) -> Visitor:
    """Torbjørn's, who looks after the service."""
    return log_in(people.TORBJORN)
