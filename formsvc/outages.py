"""What a database cannot do just now, named for what happened: busy, full, away, damaged.

The drivers' errors are translated here and nowhere else, for both databases.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.engine import ExceptionContext

from formsvc.errors import FormsvcError
from formsvc.language import lazy as _l


class Outage(FormsvcError):
    """The database cannot do what was asked of it; nothing of it has been stored.

    The error's text is for whoever runs the service; ``told`` is for whoever uses it.
    """

    status = 503
    #: seconds until it is worth trying again
    seconds = 60
    title = _l("Tjenesten får ikke lagret eller hentet noe nå")
    told = _l(
        "Det du sendte nå, er ikke lagret. Ta vare på teksten, og prøv igjen om litt. Gi beskjed"
        " til den som drifter tjenesten hvis det fortsetter."
    )
    mend = (
        "The database does not answer. Is the server running, and are FORMSVC_DATABASE_URL or"
        " FORMSVC_DATA right?"
    )

    def __init__(self, mend: str = "") -> None:
        super().__init__(mend or self.mend)


class Busy(Outage):
    """Others have held the database for as long as anybody should wait."""

    seconds = 5
    title = _l("Det er mange som lagrer akkurat nå")
    told = _l("Det du sendte nå, er ikke lagret ennå. Prøv igjen om litt.")
    mend = "The database was held by others for too long. Try again in a little while."


class DiskFull(Outage):
    """There is no room left where the database lies."""

    mend = (
        "There is no room left on the disk of the database. Make room: nothing that was stored"
        " is lost, and the service goes on by itself."
    )


class Unreachable(Outage):
    """The database does not answer, or its file is not there."""

    seconds = 30


class Damaged(Outage):
    """What lies there is no database, or a damaged one."""

    mend = (
        "The database is damaged, or the file is something else."
        " Look at FORMSVC_DATA, or take the database from the last backup."
    )


#: SQLite's result codes, or the primary one in their last byte, https://www.sqlite.org/rescode.html
_SQLITE: Final[dict[int, type[Outage]]] = {
    sqlite3.SQLITE_BUSY: Busy,
    sqlite3.SQLITE_LOCKED: Busy,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_IOERR_SHMSIZE: DiskFull,  # the index of the write-ahead log cannot grow
    sqlite3.SQLITE_IOERR: Unreachable,
    sqlite3.SQLITE_CANTOPEN: Unreachable,
    sqlite3.SQLITE_CORRUPT: Damaged,
    sqlite3.SQLITE_NOTADB: Damaged,
}

#: PostgreSQL's SQLSTATEs, or how they begin; its manual lists them in appendix A
_POSTGRESQL: Final[dict[str, type[Outage]]] = {
    "55P03": Busy,  # lock_not_available
    "40P01": Busy,  # deadlock_detected
    "40001": Busy,  # serialization_failure
    "53300": Busy,  # too_many_connections
    "53100": DiskFull,
    "57P": Unreachable,  # the server is being stopped or started
    "08": Unreachable,  # the connection
    "3D000": Unreachable,  # there is no such database
    "28": Unreachable,  # the log-in is refused
    "XX001": Damaged,
    "XX002": Damaged,
}


def translate(context: ExceptionContext) -> None:
    """Raise the outage that a driver's error means; any other error goes its way.

    To listen with to an engine's ``handle_error``.
    """
    if context.is_pre_ping:
        return  # a connection that is dead is replaced, and nobody need hear of it
    error = context.original_exception
    outage = meant(error) or _before(error)
    if outage is not None:
        raise outage from None


def meant(error: BaseException) -> Outage | None:
    """The outage that a driver's error means, if it means one."""
    if isinstance(error, sqlite3.Error):
        return _sqlite(error)
    state = getattr(error, "sqlstate", "")
    if state is None and type(error).__name__ in ("OperationalError", "ConnectionTimeout"):
        return Unreachable()  # psycopg: no server has given it a code
    kinds = (kind for code, kind in _POSTGRESQL.items() if (state or "").startswith(code))
    kind = next(kinds, None)
    return kind() if kind else None


def _before(error: BaseException) -> Outage | None:
    """The outage that another error follows from.

    SQLite rolls a transaction back by itself when the disk is full, and the rollback to a
    savepoint that comes then finds none.
    """
    before = error.__context__
    return before if before is None or isinstance(before, Outage) else _before(before)


def _sqlite(error: sqlite3.Error) -> Outage | None:
    code = getattr(error, "sqlite_errorcode", 0)
    kind = _SQLITE.get(code) or _SQLITE.get(code & 0xFF)
    return kind() if kind else None
