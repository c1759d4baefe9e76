"""Who makes a request: an employee by the log-in that the browser keeps, a program by its key."""

from __future__ import annotations

from typing import Final, NamedTuple

import flask
from flask import Flask, g

from formsvc.errors import NotAllowed
from formsvc.models import Account
from formsvc.services import access, actor, api_tokens, login_sessions
from formsvc.services.actor import Actor, Employee, Program
from formsvc.web.transaction import database

#: where a browser's session keeps the token of its log-in
TOKEN: Final = "token"  # noqa: S105  # a name, not a token


class Reader(NamedTuple):
    """Who is reading, in plain data that a page may show even when the database is gone."""

    name: str
    email: str
    administers: bool


def init_app(app: Flask) -> None:
    """Tell every page who reads it."""
    app.context_processor(lambda: {"reader": g.get("reader")})


def me() -> Actor:
    """Whoever asks: an employee by their log-in, or a program by its key.

    :raises NotAllowed: when nobody is known; the access table lets no such request reach a page
    """
    by = actor.current()
    if by is None:
        raise NotAllowed
    return by


def account() -> Account:
    """The account of whoever asks, where it is the account that a page is about.

    :raises NotAllowed: as :func:`me` does
    """
    return actor.account(me())


def known() -> Account | None:
    """The account of whoever asks; None where nobody is known."""
    by = actor.current()
    return actor.account(by) if by else None


def look_up() -> Actor | None:
    """Whoever this browser is logged in as, read from the database once per request."""
    if "login" not in g:
        token = flask.session.get(TOKEN)
        login = login_sessions.find(database(), token) if token else None
        if login is not None and not login_sessions.is_seen(login):
            seen = login.token_hash
            g.note = lambda own: login_sessions.see(own, seen)
        g.login = login.token_hash if login else ""
        _go_on_as(Employee(login.account) if login else None)
    return actor.current()


def look_up_program(token: str) -> Actor | None:
    """The program that calls by this key."""
    row = api_tokens.find(database(), token)
    if row is not None and not api_tokens.is_used(row):
        used = row.id
        g.note = lambda own: api_tokens.use(own, used)
    _go_on_as(Program(row.account) if row else None)
    return actor.current()


def log_in(token: str) -> None:
    """Give this browser a log-in, in a new session.

    What an attacker planted in the old one before the log-in is worth nothing.
    """
    flask.session.clear()
    flask.session[TOKEN] = token


def _go_on_as(by: Employee | Program | None) -> None:
    """Go on with this request as somebody, or as nobody."""
    actor.set_current(by)
    whose = by.account if by else None
    g.reader = (
        Reader(whose.name, whose.email, access.has(whose.role, "administer")) if whose else None
    )
