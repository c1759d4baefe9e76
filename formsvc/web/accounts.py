"""Everybody's accounts, for whoever looks after the service: invited, changed, closed."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, Form, StringField, TelField

from formsvc import clock, config, norway
from formsvc.errors import InvalidAnswers
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.models import Account
from formsvc.roles import Role
from formsvc.services import accounts, login_sessions, password_links, second_factor
from formsvc.web import transaction
from formsvc.web.account import logins, tokens
from formsvc.web.login import ROLES
from formsvc.web.password import tell

area = Blueprint("accounts", __name__, url_prefix="/accounts")


class Facts(Form):
    """What an account says of its owner."""

    name = StringField(_l("Navn"))
    role = StringField(_l("Rolle"))
    title = StringField(_l("Stilling"))
    service = StringField(_l("Tjeneste"))
    unit = StringField(_l("Enhet"))
    phone = TelField(_l("Telefon på jobb"))

    def facts(self) -> dict[str, str]:
        """What may be blank."""
        return {name: self[name].data or "" for name in accounts.FACTS}


class Invite(Facts):
    """Who is to be let in."""

    email = EmailField(_l("E-post"))


#: in the order that one is asked
ASKED: Final = ("email", "name", "role", "title", "service", "unit", "phone")


@area.route("/", methods=["GET", "POST"])
def listed() -> str:
    """List the accounts. A search is posted: names do not belong in addresses, nor in logs."""
    search = request.form.get("search", "")
    page = accounts.listed(transaction.database(), search, request.values.get("after"))
    return render_template(
        "accounts/list.html",
        accounts=[(each, _told(each)) for each in page.accounts],
        after=page.after,
        search=search,
    )


@area.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    """Make an account, and the link by which its owner chooses a password."""
    form = Invite(request.form)
    if request.method == "POST":
        try:
            account = accounts.invite(
                transaction.database(),
                email=form.email.data or "",
                name=form.name.data or "",
                role=cast("Role", form.role.data),
                facts=form.facts(),
            )
        except InvalidAnswers as refused:
            tell(form, refused)
        else:
            return _hand_over(account)
    return render_template("accounts/invite.html", form=form, asked=ASKED, roles=ROLES), (
        422 if form.errors else 200
    )


@area.get("/<uuid:account_id>")
def one(account_id: UUID) -> str:
    """Show one account."""
    account = accounts.by_id(transaction.database(), account_id)
    return _page(account, Facts(obj=account))


@area.post("/<uuid:account_id>")
def change(account_id: UUID) -> ResponseReturnValue:
    """Change who somebody is here and what they may do."""
    account = accounts.by_id(transaction.database(), account_id)
    form = Facts(request.form)
    try:
        accounts.change(
            transaction.database(),
            account,
            name=form.name.data or "",
            role=cast("Role", form.role.data),
            facts=form.facts(),
        )
    except InvalidAnswers as refused:
        tell(form, refused)
        return _page(account, form), 422
    except accounts.LastAdministrator as refused:
        form.role.errors = [str(refused)]
        return _page(account, form), 409
    return _done(account, _("Kontoen er endret."))


@area.post("/<uuid:account_id>/link")
def link(account_id: UUID) -> ResponseReturnValue:
    """Make a new one-time link; those made before are worth nothing from then on."""
    return _hand_over(accounts.by_id(transaction.database(), account_id))


@area.post("/<uuid:account_id>/close")
def close(account_id: UUID) -> ResponseReturnValue:
    """Let somebody who has left in no more."""
    account = accounts.by_id(transaction.database(), account_id)
    try:
        accounts.close(transaction.database(), account)
    except accounts.LastAdministrator as refused:
        return _done(account, str(refused), "danger")
    return _done(account, _("Kontoen er avsluttet. Den er logget ut overalt."))


@area.post("/<uuid:account_id>/reopen")
def reopen(account_id: UUID) -> ResponseReturnValue:
    """Let somebody who has come back in again."""
    account = accounts.by_id(transaction.database(), account_id)
    accounts.reopen(transaction.database(), account)
    return _done(account, _("Kontoen er åpnet igjen."))


@area.post("/<uuid:account_id>/sessions/end")
def end_sessions(account_id: UUID) -> ResponseReturnValue:
    """Log somebody out everywhere, and accept none of their programs' keys any more."""
    account = accounts.by_id(transaction.database(), account_id)
    accounts.shut_out(transaction.database(), account)
    return _done(account, _("Kontoen er logget ut overalt, og nøklene virker ikke lenger."))


@area.post("/<uuid:account_id>/second-factor/reset")
def reset_second_factor(account_id: UUID) -> ResponseReturnValue:
    """Ask somebody who has lost their phone for no code any more, and log them out."""
    account = accounts.by_id(transaction.database(), account_id)
    second_factor.reset(transaction.database(), account)
    login_sessions.end_all(transaction.database(), account)
    return _done(account, _("Totrinns innlogging er slått av for kontoen."))


def _hand_over(account: Account) -> str:
    """Hand the link over. This is where a mail is written once there is a mail gateway."""
    act = password_links.act_for(account)
    token = password_links.issue(transaction.database(), account)
    # whoever sends the request chooses its host, and would be handed what a colleague's link holds
    host = config.current().address or request.host_url.rstrip("/")
    return render_template(
        "accounts/link.html",
        account=account,
        address=host + url_for("password.choose", token=token),
        hours=int(password_links.HOLDS[act].total_seconds()) // 3600,
    )


def _done(account: Account, sentence: str, color: str = "success") -> ResponseReturnValue:
    flash(sentence, color)
    return redirect(url_for("accounts.one", account_id=account.id), 303)


def _page(account: Account, form: Facts) -> str:
    seen: dict[str, Any] = {
        "logins": logins(account),
        "tokens": tokens(account),
        "coded": second_factor.active(transaction.database(), account),
    }
    last = account.last_login_at
    return render_template(
        "accounts/one.html",
        account=account,
        form=form,
        asked=ASKED[1:],
        roles=ROLES,
        last=norway.short_date_time(last.astimezone(clock.OSLO)) if last else "",
        **seen,
    )


def _told(account: Account) -> str:
    """What tells an account from others in the list."""
    state = "" if account.active else _("avsluttet")
    if account.active and not account.password_hash:
        state = _("invitert")
    parts = (state, ROLES[account.role], account.email, account.service, account.unit)
    return " · ".join(str(part) for part in parts if part)
