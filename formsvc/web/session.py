"""One request's view of the database, and who is logged in during it.

A request that only shows gets a session that cannot write. One that changes something is
committed once, here at the edge, when it has succeeded; nothing else in the service commits.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any, Final, NamedTuple

import flask
from flask import Flask, Response, g, request
from sqlalchemy.orm import Session, sessionmaker

from formsvc import db
from formsvc.config import Settings
from formsvc.errors import NotAllowed
from formsvc.models import Account
from formsvc.services import account
from formsvc.web.security import SAFE_METHODS

#: where a browser's session keeps the token of its log-in
TOKEN: Final = "token"  # noqa: S105  # a name, not a token


class Makers(NamedTuple):
    """The makers of the two kinds of sessions that an application opens."""

    reading: sessionmaker[Session]
    writing: sessionmaker[Session]


class Reader(NamedTuple):
    """Who is reading, in plain data that a page may show even when the database is gone."""

    name: str
    email: str
    role: str


class Service(Flask):
    """A Flask application that commits what a request did before it answers."""

    def dispatch_request(self) -> Response:
        """Let the page do its work, then commit it.

        A commit that fails is an error of the request like any other, so it gets its error page.
        """
        response = self.make_response(super().dispatch_request())
        _commit(response)
        return response

    def log_exception(self, exc_info: Any) -> None:
        """Log nothing: :func:`formsvc.web.errors.note` has logged it without its words."""


def init_app(app: Flask, settings: Settings) -> None:
    """Open the database for an application."""
    engine = db.engine(settings)
    app.extensions["formsvc.sessions"] = Makers(
        db.session_factory(engine, reading=True), db.session_factory(engine)
    )
    app.extensions["formsvc.engine"] = engine
    app.teardown_request(_close)
    app.context_processor(lambda: {"reader": g.get("reader")})


def makers(app: Flask) -> Makers:
    """The makers of an application's sessions."""
    found: Makers = app.extensions["formsvc.sessions"]
    return found


def dispose(app: Flask) -> None:
    """Close an application's connections, for whoever makes several applications."""
    app.extensions["formsvc.engine"].dispose()


def settle(app: Flask) -> None:
    """Close a service that ends: SQLite's one file then holds all that was written beside it."""
    engine = app.extensions["formsvc.engine"]
    if engine.dialect.name == "sqlite":
        # SQLite does so by itself when the last connection closes, but a thread may have one still
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def database() -> Session:
    """This request's session: for reading in a GET, for writing in a POST."""
    if "database" not in g:
        made = makers(flask.current_app)
        g.database = made.reading() if request.method in SAFE_METHODS else made.writing()
    session: Session = g.database
    return session


def read_only() -> None:
    """Let this request only read, though it is a POST: a render for the API stores nothing.

    Without this it would hold the database's one place for writers for as long as it renders.
    """
    g.database = makers(flask.current_app).reading()


def keep() -> None:
    """Commit this request although it is refused: a failed log-in is counted."""
    g.keep = True


def _commit(response: Response) -> None:
    done = response.status_code < 400 or g.get("keep", False)
    if "database" in g and request.method not in SAFE_METHODS and done:
        database().commit()


def _close(_error: BaseException | None) -> None:
    session: Session | None = g.pop("database", None)
    if session is not None:
        session.close()


def me() -> Account:
    """Whoever is logged in.

    :raises NotAllowed: when nobody is; the access table lets no such request reach a page
    """
    found: Account | None = g.get("account")
    if found is None:
        raise NotAllowed
    return found


def look_up() -> Account | None:
    """Whoever this browser is logged in as, read from the database once per request."""
    if "account" not in g:
        token = flask.session.get(TOKEN)
        remember(account.session_account(database(), token) if token else None)
    found: Account | None = g.account
    return found


def remember(found: Account | None) -> None:
    """Go on with this request as an account, or as nobody."""
    g.account = found
    g.reader = Reader(found.name, found.email, found.role) if found else None
