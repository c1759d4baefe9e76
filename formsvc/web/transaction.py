"""One request's view of the database, and of the trail.

A request that only shows gets a session that cannot write. One that changes something is
committed once, here at the edge, when it has succeeded; no service that a page calls commits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import flask
from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from formsvc import db, turns
from formsvc.config import Settings
from formsvc.errors import FormsvcError
from formsvc.language import gettext as _
from formsvc.outages import Outage
from formsvc.services import actor, audit
from formsvc.web.security import SAFE_METHODS

log = logging.getLogger(__name__)


class Makers(NamedTuple):
    """The makers of the kinds of sessions that an application opens."""

    reading: sessionmaker[Session]
    writing: sessionmaker[Session]
    #: writes, but does not wait long for those who hold the database
    hurried: sessionmaker[Session]
    #: writes what can be written the next time as well, and waits for hardly anybody
    noting: sessionmaker[Session]


class NotRecorded(FormsvcError):
    """What was to be shown was not, since nobody could be told afterwards who saw it."""

    status = 503


class Seen(NamedTuple):
    """What a request shows, for the trail."""

    what: str
    subject: str | None
    subject_id: UUID | None
    keys: dict[str, str]


class Service(Flask):
    """A Flask application that commits what a request did, and saw, before it answers."""

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
        db.session_factory(engine, reading=True),
        db.session_factory(engine),
        db.session_factory(engine, held=turns.HELD),
        db.session_factory(engine, held=turns.BRIEF),
    )
    app.extensions["formsvc.engine"] = engine
    app.teardown_request(_close)


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


def hurry() -> None:
    """Let this request give up soon where others hold the database: more wait behind it."""
    let_go()
    g.database = makers(flask.current_app).hurried()


def let_go() -> None:
    """Give back the place for writers that this request has taken, before it has written.

    What takes long is done now. Whoever is logged in stays known, and the session may be used
    again: it then sees what others have written meanwhile.
    """
    database().expunge_all()
    database().rollback()


def give_way() -> None:
    """Give back the turn to write that this request has taken; what it has read is read again."""
    if "database" in g:
        g.database.rollback()


@contextmanager
def short() -> Iterator[Session]:
    """A transaction of its own, committed at the block's end.

    For what stands whatever becomes of the request (a counted try), and before and after work
    that must hold up nobody (a password that is checked). What the request has read so far is
    let go of, and read again when it is asked for next. It waits for nobody for long: two who
    log in wait for each other already, and would hold up all others.
    """
    give_way()
    with makers(flask.current_app).hurried.begin() as own:
        yield own


def seen(
    what: str, subject: str | None = None, subject_id: UUID | None = None, **keys: str
) -> None:
    """Note what this request shows, or refuses; it is written down before the answer leaves."""
    g.setdefault("seen", []).append(Seen(what, subject, subject_id, keys))


def write_down() -> None:
    """Leave in the trail what this request shows, in a short transaction of its own.

    The session of a view cannot write, and is over by now: no other is waited for while it is
    open, and what it left by mistake fails here.

    :raises NotRecorded: when it cannot be written; what was to be shown is then not shown.
    :raises Outage: likewise, when the database is held, full or away.
    """
    told: list[Seen] = g.pop("seen", [])
    if not told:
        return
    by = actor.current()
    if db.only_reads(database()):
        database().commit()
    else:
        database().rollback()  # it was committed, or is refused
    try:
        with makers(flask.current_app).writing.begin() as writing:
            for what, subject, subject_id, keys in told:
                audit.record(writing, what, by=by, subject=subject, subject_id=subject_id, **keys)
    except SQLAlchemyError as error:
        log.error("not shown, since the trail cannot be written: %s", type(error).__name__)  # noqa: TRY400
        raise NotRecorded(
            _("Siden vises ikke nå, fordi det ikke kunne lagres hvem som så den. Prøv igjen.")
        ) from None


def _commit(response: Response) -> None:
    if "database" in g and request.method not in SAFE_METHODS and response.status_code < 400:
        database().commit()
    write_down()


def _close(_error: BaseException | None) -> None:
    actor.set_current(None)
    session: Session | None = g.pop("database", None)
    if session is not None:
        try:
            session.close()
        except Outage:  # the page has told of it; a connection that is no good goes
            session.invalidate()
    note: Callable[[Session], None] | None = g.pop("note", None)
    if note is not None:
        _note(note)


def _note(note: Callable[[Session], None]) -> None:
    """Write down that somebody was here, after the request: a GET itself never writes."""
    try:
        with makers(flask.current_app).noting.begin() as own:
            note(own)
    except (SQLAlchemyError, FormsvcError) as error:
        # the page has been made; that it was asked for can be noted at the next one
        log.debug("not noted that a log-in is in use: %s", type(error).__name__)
