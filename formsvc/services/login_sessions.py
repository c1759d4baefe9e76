"""Browsers that are logged in: opened, seen, listed and ended."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, contains_eager

from formsvc import clock, db, profile
from formsvc.models import Account, LoginSession
from formsvc.services import audit

#: a log-in lasts a working day, however much it is used
HOURS: Final = 8
#: so long one may take from the password to the second factor
HALFWAY: Final = timedelta(minutes=10)
#: that a browser was seen is noted no more often than this
NOTED: Final = timedelta(minutes=1)


def open_(session: Session, account: Account, *, device: str = "", complete: bool = True) -> str:
    """Log a browser in; the answer is what its cookie is to hold.

    :param device: the browser as people know it.
    :param complete: False when the second factor is still to be given.
    """
    token = secrets.token_urlsafe(32)
    lasts = timedelta(hours=HOURS) if complete else HALFWAY
    session.add(
        LoginSession(
            token_hash=_hidden(session, token),
            account=account,
            expires_at=clock.now() + lasts,
            last_seen_at=clock.now(),
            device=device[:60],
            complete=complete,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, *, complete: bool = True) -> LoginSession | None:
    """Find a log-in that is good: not over, not idle for too long, not ended, nobody's closed.

    :param complete: False finds one that waits for its second factor.
    """
    return session.scalar(
        select(LoginSession)
        .join(LoginSession.account)
        .options(contains_eager(LoginSession.account))
        .where(
            LoginSession.token_hash == _hidden(session, token),
            *_good(complete=complete),
            Account.active.is_(True),
        )
    )


def _good(*, complete: bool) -> Iterator[ColumnElement[bool]]:
    now = clock.now()
    yield LoginSession.expires_at > now
    yield LoginSession.last_seen_at > now - timedelta(
        minutes=profile.current().accounts.idle_minutes
    )
    # opened or used while the clock ran ahead: it would let in, and lie idle, for that much longer
    yield LoginSession.created_at <= now + clock.SKEW
    yield LoginSession.last_seen_at <= now + clock.SKEW
    yield LoginSession.revoked.is_(False)
    yield LoginSession.complete.is_(complete)


def is_seen(login: LoginSession) -> bool:
    """Whether it has been noted lately that this browser is in use."""
    return login.last_seen_at > clock.now() - NOTED


def see(session: Session, token_hash: str) -> None:
    """Note that a browser is in use. Commit, in a transaction of its own."""
    session.execute(
        update(LoginSession)
        .where(
            LoginSession.token_hash == token_hash,
            LoginSession.last_seen_at <= clock.now() - NOTED,
        )
        .values(last_seen_at=clock.now())
    )


def close(session: Session, token: str) -> None:
    """Log a browser out; its cookie is worth nothing from then on."""
    for account_id in _end(session, LoginSession.token_hash == _hidden(session, token)):
        audit.record(session, "logged_out", account=account_id)


def listed(session: Session, account: Account) -> Sequence[LoginSession]:
    """The log-ins of an account that are good, the last seen first."""
    return session.scalars(
        select(LoginSession)
        .where(LoginSession.account == account, *_good(complete=True))
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.token_hash)
    ).all()


def end(session: Session, token_hash: str, account: Account | None = None) -> None:
    """End a log-in, when it is that account's (or whoever's, when none is given)."""
    mine = [LoginSession.account == account] if account is not None else []
    _recorded(session, _end(session, LoginSession.token_hash == token_hash, *mine))


def end_all(session: Session, account: Account, *, but: str = "") -> None:
    """End every log-in of an account, but for the one of that token hash."""
    others = LoginSession.account == account, LoginSession.token_hash != but
    _recorded(session, _end(session, *others))


def _end(session: Session, *which: ColumnElement[bool]) -> Sequence[UUID]:
    """End what is open of some log-ins; whose each of them was."""
    ended = session.execute(
        update(LoginSession)
        .where(*which, LoginSession.revoked.is_(False))
        .values(revoked=True)
        .returning(LoginSession.account_id, LoginSession.complete)
    ).all()
    # one that waits for its code has let nobody in
    return [account_id for account_id, complete in ended if complete]


def _recorded(session: Session, ended: Sequence[UUID]) -> None:
    if ended:
        audit.record(session, "session_ended", of=ended[0], count=len(ended))


def forget(session: Session) -> None:
    """Delete log-ins that are over, or were opened while the clock ran ahead."""
    now = clock.now()
    over = (LoginSession.expires_at <= now) | (LoginSession.created_at > now + clock.SKEW)
    session.execute(delete(LoginSession).where(over))


def _hidden(session: Session, token: str) -> str:
    return db.keyring(session).hide(token, "token")
