"""A log-in in three steps, so that nothing is locked while a password is checked.

The edge runs them in turn::

    with short() as session:                       # counts the try, and ends
        claim = login.claim(session, email, password, …)
    verdict = password.verdict(claim.question)     # takes its time, in no transaction
    with short() as session:
        account = login.admit(session, claim, verdict)
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import clock, db
from formsvc.models import Account
from formsvc.services import accounts, attempts, audit, password
from formsvc.services.attempts import Counted


class Claim(NamedTuple):
    """Somebody's word that an account is theirs; the try has been counted."""

    #: None for an e-mail that nobody has
    account_id: UUID | None
    question: password.Question
    counted: list[Counted]


def claim(
    session: Session, email: str, typed: str, *, address: str, devices: Iterable[str] = ()
) -> Claim:
    """Count a try to log in and take along what its check needs. Commit.

    :param address: the network address that the log-in comes from; "" when there is none.
    :param devices: what the browser has been given by :func:`device` when it logged in before.
    :raises TooManyAttempts: when the try has to wait; the password is then not looked at.
    """
    plain = accounts.plain_email(email)
    found = session.scalar(select(Account).where(Account.email == plain))
    known = next((each for each in devices if found and knows(session, found, each)), "")
    counted = attempts.count(session, plain, address=address, device=known)
    return Claim(found.id if found else None, password.question(session, found, typed), counted)


def admit(session: Session, made: Claim, verdict: password.Verdict) -> Account | None:
    """Find whose claim was right, or nobody. Commit: the try is then taken back.

    Nobody either when the account was closed, or got another password, since it was claimed.
    """
    # the database is not asked about a wrong password: that would tell a known e-mail by the time
    if not verdict.fits or made.account_id is None:
        _failed(session, made)
        return None
    found = session.get(Account, made.account_id)
    if found is None or not found.active:
        _failed(session, made)
        return None
    if found.password_hash != made.question.known:
        # another password, or the same that another browser's log-in has just hashed anew
        again = made.question._replace(known=found.password_hash)
        verdict = password.verdict(again)
    if not verdict.fits:
        _failed(session, made)
        return None
    attempts.forgive(session, made.counted)
    found.password_hash = verdict.renewed or found.password_hash
    return found


def _failed(session: Session, made: Claim) -> None:
    """Record it: of an e-mail that nobody has as of a known one, so that both take as long."""
    audit.record(session, "log_in_failed", subject="account", subject_id=made.account_id)


def entered(session: Session, who: Account) -> None:
    """Note that somebody has come in, and that all they had to show was right."""
    who.last_login_at = clock.now()
    session.flush()
    audit.record(session, "logged_in", account=who)


# Browsers that have let somebody in before


def device(session: Session, who: Account) -> str:
    """Make what a browser keeps to be known as one that has let this account in.

    It opens nothing: it only tells its owner's tries from a stranger's (OWASP, «device cookie»).
    """
    nonce = secrets.token_hex(8)
    return f"{nonce}.{_signed(session, who, nonce)}"


def knows(session: Session, who: Account, shown: str) -> bool:
    """Whether a browser shows what it was given when it let this account in."""
    nonce, _dot, signed = shown.partition(".")
    return hmac.compare_digest(_signed(session, who, nonce).encode(), signed.encode())


def _signed(session: Session, who: Account, nonce: str) -> str:
    return db.keyring(session).hide(f"{who.id} {nonce}", "device")
