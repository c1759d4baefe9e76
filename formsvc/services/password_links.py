"""Links by which somebody chooses a password: the invited their first, the forgetful another.

There is no mail yet: whoever makes a link hands it over. Looking at one changes nothing, so that
what opens links by itself (a virus scanner, a preview) uses none up.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, contains_eager

from formsvc import clock, db
from formsvc.errors import NotFound
from formsvc.language import gettext as _
from formsvc.models import Account, LinkAct, PasswordLink
from formsvc.services import api_tokens, audit, password
from formsvc.services.actor import Employee

#: how long a link holds
HOLDS: Final[dict[LinkAct, timedelta]] = {
    "invitation": timedelta(hours=72),
    "reset": timedelta(hours=2),
}
#: a link that is over is remembered so long, and then forgotten
REMEMBERED: Final = timedelta(days=30)


class LinkOver(NotFound):
    """The link is unknown, used, too old, or a newer one has taken its place."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            _("Lenka er brukt, for gammel eller erstattet av en nyere. Be om en ny lenke.")
        )


def issue(session: Session, account: Account) -> str:
    """Make a link's token; what it is for follows from whether there is a password already.

    Links made before for the same account are worth nothing from then on.

    :raises NotFound: when the account is closed.
    """
    if not account.active:
        raise NotFound(_("Kontoen er avsluttet. Åpne den igjen før du lager en lenke."))
    act = act_for(account)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.account == account, PasswordLink.used_at.is_(None))
        .values(revoked_at=clock.now())
    )
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordLink(
            token_hash=_hidden(session, token),
            account=account,
            act=act,
            expires_at=clock.now() + HOLDS[act],
        )
    )
    session.flush()
    audit.record(session, "link_made", subject="account", subject_id=account.id, purpose=act)
    return token


def act_for(account: Account) -> LinkAct:
    """What a link for that account would be for."""
    return "reset" if account.password_hash else "invitation"


def opened(session: Session, token: str) -> PasswordLink:
    """Look at a link; nothing changes.

    :raises LinkOver: when it opens nothing (any more).
    """
    link = session.scalar(
        select(PasswordLink)
        .join(PasswordLink.account)
        .options(contains_eager(PasswordLink.account))
        .where(
            *_open(session, token),
            Account.active.is_(True),
        )
    )
    if link is None:
        raise LinkOver
    return link


def redeem(session: Session, token: str, password_hash: str) -> Account:
    """Give the link's account its password; of several who try at once one gets through.

    :param password_hash: of :func:`password.hashed`, for one that :func:`password.demand` let pass.
    :raises LinkOver: when it opens nothing (any more).
    """
    account_id = session.scalar(
        update(PasswordLink)
        .where(*_open(session, token))
        .values(used_at=clock.now())
        .returning(PasswordLink.account_id)
        .execution_options(synchronize_session=False)
    )
    account = session.get(Account, account_id) if account_id else None
    if account is None or not account.active:
        raise LinkOver
    password.change(session, account, password_hash)
    # whoever had the old password may have made one
    api_tokens.end_all(session, account)
    by = Employee(account)
    audit.record(session, "password_reset", by=by, subject="account", subject_id=account.id)
    return account


def forget(session: Session) -> None:
    """Delete links that have been over for long, or were made while the clock ran ahead."""
    now = clock.now()
    over = PasswordLink.expires_at <= now - REMEMBERED
    session.execute(delete(PasswordLink).where(over | (PasswordLink.created_at > now + clock.SKEW)))


def _open(session: Session, token: str) -> Iterator[ColumnElement[bool]]:
    now = clock.now()
    yield PasswordLink.token_hash == _hidden(session, token)
    yield PasswordLink.used_at.is_(None)
    yield PasswordLink.revoked_at.is_(None)
    yield PasswordLink.expires_at > now
    # one that was made while the clock ran ahead would hold for that much longer
    yield PasswordLink.created_at <= now + clock.SKEW


def _hidden(session: Session, token: str) -> str:
    return db.keyring(session).hide(token, "password link")
