"""Tokens by which programs call in an account's name: made, listed and ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, contains_eager

from formsvc import clock, db
from formsvc.errors import InvalidAnswers, NotFound, Problem
from formsvc.language import gettext as _
from formsvc.models import Account, ApiToken
from formsvc.services import audit


def issue(session: Session, account: Account, label: str) -> str:
    """Make a token for a program that calls in an account's name; it is shown this once.

    :raises InvalidAnswers: when nothing says what it is for.
    """
    if not label.strip() or len(label) > 200 or not label.isprintable():
        raise InvalidAnswers([Problem("label", _("Skriv kort hva nøkkelen skal brukes til."))])
    # the beginning lets a scanner for leaked secrets recognise it
    token = f"formsvc_{secrets.token_urlsafe(32)}"
    accept(session, account, label.strip(), token)
    return token


def accept(session: Session, account: Account, label: str, token: str) -> None:
    """Accept a token that was made elsewhere, as the demo's is."""
    row = ApiToken(token_hash=_hidden(session, token), account=account, label=label)
    session.add(row)
    session.flush()
    audit.record(session, "token_created", subject="token", subject_id=row.id, of=account.id)


def find(session: Session, token: str) -> ApiToken | None:
    """Find the row of a token that may be called with, and in whose name."""
    return session.scalar(
        select(ApiToken)
        .join(ApiToken.account)
        .options(contains_eager(ApiToken.account))
        .where(
            ApiToken.token_hash == _hidden(session, token),
            ApiToken.revoked.is_(False),
            Account.active.is_(True),
        )
    )


def is_used(token: ApiToken) -> bool:
    """Whether it has been noted that this token was used today."""
    return token.last_used_on == clock.today()


def use(session: Session, token_id: UUID) -> None:
    """Note that a token was used today. Commit, in a transaction of its own."""
    today = clock.today()
    session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            or_(ApiToken.last_used_on.is_(None), ApiToken.last_used_on != today),
        )
        .values(last_used_on=today)
    )


def listed(session: Session, account: Account) -> Sequence[ApiToken]:
    """The tokens of an account that are accepted, the oldest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.account == account, ApiToken.revoked.is_(False))
        .order_by(ApiToken.created_at, ApiToken.id)
    ).all()


def end(session: Session, token_id: UUID, account: Account | None = None) -> None:
    """Accept a token no more.

    :param account: whose it must be; anybody's when none is given.
    :raises NotFound: when there is no such token.
    """
    token = session.get(ApiToken, token_id)
    if token is None or (account is not None and token.account_id != account.id):
        raise NotFound(_("Nøkkelen finnes ikke."))
    _revoke(session, token)


def end_all(session: Session, account: Account) -> None:
    """Accept none of an account's tokens any more."""
    for token in listed(session, account):
        _revoke(session, token)


def revoke(session: Session, token: str) -> None:
    """Accept a token no more, for whoever has found it where it should not be.

    :raises NotFound: when there is no such token.
    """
    row = session.scalar(select(ApiToken).where(ApiToken.token_hash == _hidden(session, token)))
    if row is None:
        raise NotFound(_("Nøkkelen finnes ikke."))
    _revoke(session, row)


def _revoke(session: Session, token: ApiToken) -> None:
    if not token.revoked:
        token.revoked = True
        session.flush()
        of = token.account_id
        audit.record(session, "token_revoked", subject="token", subject_id=token.id, of=of)


def _hidden(session: Session, token: str) -> str:
    return db.keyring(session).hide(token, "token")
