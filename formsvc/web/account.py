"""The page about oneself: who one is here, where one is logged in, one's keys for programs."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formsvc import clock, norway
from formsvc.errors import InvalidAnswers
from formsvc.language import gettext as _
from formsvc.models import Account, ApiToken, LoginSession
from formsvc.services import api_tokens, login_sessions, second_factor
from formsvc.web import caller, device, transaction
from formsvc.web.login import ROLES

area = Blueprint("account", __name__, url_prefix="/account")


#: what a log-in is named by: a hash of its token
KEY: Final = re.compile(r"[0-9a-f]{64}")


class Login(NamedTuple):
    """A browser that is logged in, as it stands in a list."""

    key: str
    device: str
    since: str
    seen: str
    current: bool


class Token(NamedTuple):
    """A key for a program, as it stands in a list."""

    id: UUID
    label: str
    made: str
    used: str


@area.get("")
def mine() -> str:
    """Show the account that is logged in."""
    return _page()


@area.post("/sessions/end")
def end_session() -> ResponseReturnValue:
    """Log one of one's own browsers out."""
    key = request.form.get("key", "")
    if KEY.fullmatch(key):
        login_sessions.end(transaction.database(), key, caller.account())
    flash(_("Nettleseren er logget ut."), "success")
    return redirect(url_for("account.mine"), 303)


@area.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """Log all of one's browsers out but this one."""
    login_sessions.end_all(transaction.database(), caller.account(), but=g.login)
    flash(_("Alle andre nettlesere er logget ut."), "success")
    return redirect(url_for("account.mine"), 303)


@area.post("/tokens")
def make_token() -> ResponseReturnValue:
    """Make a key for a program; it is shown on this one page."""
    label = request.form.get("label", "")
    try:
        token = api_tokens.issue(transaction.database(), caller.account(), label)
    except InvalidAnswers as refused:
        return _page(label=label, error=refused.problems[0].message), 422
    return _page(token=token)


@area.post("/tokens/<uuid:token_id>/end")
def end_token(token_id: UUID) -> ResponseReturnValue:
    """Accept one of one's own keys no more."""
    api_tokens.end(transaction.database(), token_id, caller.account())
    flash(_("Nøkkelen virker ikke lenger."), "success")
    return redirect(url_for("account.mine"), 303)


def _page(*, token: str = "", label: str = "", error: str = "") -> str:
    who = caller.account()
    return render_template(
        "account/mine.html",
        account=who,
        role=ROLES[who.role],
        logins=logins(who),
        tokens=tokens(who),
        coded=second_factor.active(transaction.database(), who),
        token=token,
        label=label,
        error=error,
    )


def logins(who: Account) -> list[Login]:
    """The browsers that an account is logged in with."""
    return [_login(each) for each in login_sessions.listed(transaction.database(), who)]


def _login(row: LoginSession) -> Login:
    return Login(
        row.token_hash,
        device.spelt(row.device),
        norway.short_date_time(row.created_at.astimezone(clock.OSLO)),
        norway.short_date_time(row.last_seen_at.astimezone(clock.OSLO)),
        current=row.token_hash == g.get("login"),
    )


def tokens(who: Account) -> list[Token]:
    """The keys of an account's programs."""
    return [_token(each) for each in api_tokens.listed(transaction.database(), who)]


def _token(row: ApiToken) -> Token:
    day = norway.short_date(row.created_at.astimezone(clock.OSLO).date())
    used = norway.short_date(row.last_used_on) if row.last_used_on else ""
    return Token(row.id, row.label, day, used)
