"""The log-in: e-mail and password in, where asked for a code, a new session out; and out again."""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import flask
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import EmailField, Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from formsvc.config import Settings
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.models import Account, LoginSession
from formsvc.operations import demo
from formsvc.services import (
    attempts,
    audit,
    login,
    login_sessions,
    password,
    password_links,
    second_factor,
)
from formsvc.services.attempts import TooManyAttempts, TooManyCodes
from formsvc.web import caller, device, pages, transaction

area = Blueprint("login", __name__)

#: the roles by the names that people know them under
ROLES: Final = {
    "referent": _l("Referent"),
    "coordinator": _l("Koordinator"),
    "ke": _l("Koordinerende enhet"),
    "admin": _l("Administrator"),
}


# Two at a time, as many as passwords are checked at once: a try counts as failed until it has been
# checked, and a class that logs in as one account in the same second must not look like guessing.
_TURNS: Final = BoundedSemaphore(2)

#: tries what somebody has shown; whether it was right
Accept = Callable[[Session, Account], bool]


class LogIn(Form):
    """What the log-in asks for."""

    email = EmailField(_l("E-post"), [InputRequired(_l("Skriv e-postadressen din."))])
    password = PasswordField(_l("Passord"), [InputRequired(_l("Skriv passordet ditt."))])
    next = HiddenField()


class GiveCode(Form):
    """What is asked for after the password."""

    code = StringField(_l("Kode"), [InputRequired(_l("Skriv koden."))])
    next = HiddenField()


@area.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Let an employee in, and go on to where it was meant to go."""
    if caller.known():
        return redirect(safe(request.args.get("next")), 303)
    form = LogIn(request.form, data={"next": request.args.get("next", "")})
    if request.method == "POST" and form.validate():
        try:
            if (account_id := _claimed(form)) is not None:
                return redirect(_begin(account_id, form.next.data), 303)
        except TooManyAttempts as refused:
            form.email.errors = [str(refused)]
            return render_template("login.html", form=form, **_demo()), 429, waiting(refused)
        form.email.errors = [_("E-postadressen eller passordet er feil. Prøv igjen.")]
    return render_template("login.html", form=form, **_demo()), 422 if form.errors else 200


@area.get("/login/forgotten")
def forgotten() -> str:
    """Say whom to ask for another password."""
    return pages.page(_("Glemt passordet?"), "site.forgotten")


@area.route("/login/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Ask for the second factor of whoever has shown the right password."""
    half = halfway()
    if half is None:
        return redirect(url_for("login.log_in", next=request.args.get("next")), 303)
    form = GiveCode(request.form, data={"next": request.args.get("next", "")})
    if request.method == "POST" and form.validate():
        try:
            if _given(form.code.data or ""):
                return redirect(safe(form.next.data), 303)
        except TooManyAttempts as refused:
            form.code.errors = [refused_code(refused, half.account_id)]
            return render_template("login_code.html", form=form), 429, waiting(refused)
        form.code.errors = [second_factor.wrong_code()]
    return render_template("login_code.html", form=form), 422 if form.errors else 200


@area.post("/logout")
def log_out() -> ResponseReturnValue:
    """End the session here and in the database, so that a copied cookie is worth nothing."""
    token = flask.session.get(caller.TOKEN)
    if token:
        login_sessions.close(transaction.database(), token)
    flask.session.clear()
    flash(_("Du er logget ut."), "success")
    return redirect(url_for("login.log_in"), 303)


def waiting(refused: TooManyAttempts) -> dict[str, str]:
    """The header that says how long the next try has to wait."""
    return {"Retry-After": str(refused.seconds)}


# The password


def _claimed(form: LogIn) -> UUID | None:
    """Check the password; the answer is the same for an unknown e-mail and a wrong password."""
    return fits(form.email.data or "", form.password.data or "")


def fits(email: str, typed: str) -> UUID | None:
    """Find whose e-mail and password these are, or nobody; no transaction is open meanwhile.

    :raises TooManyAttempts: when the try has to wait.
    """
    transaction.give_way()  # whoever has the turn to write must not wait for those who wait for it
    with _TURNS:
        with transaction.short() as own:
            claim = login.claim(
                own, email, typed, address=request.remote_addr or "", devices=device.shown()
            )
        verdict = password.verdict(claim.question)
        with transaction.short() as own:
            account = login.admit(own, claim, verdict)
            return account.id if account else None


def _begin(account_id: UUID, wanted: str | None) -> str:
    """Log the browser in, as far as the password goes; the answer is where to go on."""
    with transaction.short() as own:
        who = own.get_one(Account, account_id)
        coded = second_factor.active(own, who)
        if not coded and not second_factor.demanded(who):
            enter(own, who)
            return safe(wanted)
        caller.log_in(login_sessions.open_(own, who, device=device.family(), complete=False))
    return url_for("login.code" if coded else "second_factor.show", next=wanted or None)


def enter(own: Session, who: Account) -> None:
    """Log this browser in as an account that has shown all that is asked of it."""
    _forget(own)
    login.entered(own, who)
    caller.log_in(login_sessions.open_(own, who, device=device.family()))
    known = [each for each in device.shown() if login.knows(own, who, each)]
    device.remember(login.device(own, who), instead_of=known)


def _forget(own: Session) -> None:
    """Delete what is over: somebody logs in every working day, so it needs no clock of its own."""
    for service in (login_sessions, attempts, password_links):
        service.forget(own)


# The second factor


def halfway() -> LoginSession | None:
    """This browser's log-in that waits for its second factor."""
    token = flask.session.get(caller.TOKEN)
    if not token:
        return None
    return login_sessions.find(transaction.database(), token, complete=False)


def _given(typed: str) -> bool:
    """Check a code, and let its owner in when it is right."""
    found = halfway()
    if found is None:
        return False
    account_id, half = found.account_id, found.token_hash

    def accept(own: Session, who: Account) -> bool:
        if not second_factor.accept(own, who, typed):
            return False
        login_sessions.end(own, half)
        enter(own, who)
        return True

    return counted(account_id, typed, accept)


def counted(account_id: UUID, typed: str, accept: Accept) -> bool:
    """Try a code as often as passwords may be tried, no more.

    :raises TooManyCodes: when it has to wait, and a recovery code would not.
    :raises TooManyAttempts: when the try has to wait.
    """
    with transaction.short() as own:
        who = own.get_one(Account, account_id)
        known = next((each for each in device.shown() if login.knows(own, who, each)), "")
        tries = attempts.count(
            own,
            str(account_id),
            address=request.remote_addr or "",
            device=known and f"code {known}",
            code=not second_factor.is_recovery_code(typed),
        )
    with transaction.short() as own:
        right = accept(own, own.get_one(Account, account_id))
        if right:
            attempts.forgive(own, tries)
        else:
            audit.record(
                own, "log_in_failed", subject="account", subject_id=account_id, factor="code"
            )
    return right


def refused_code(refused: TooManyAttempts, account_id: UUID) -> str:
    """What is said when a code has to wait; also what its owner can do instead."""
    own = transaction.database()
    if isinstance(refused, TooManyCodes) and second_factor.recovery_codes_left(
        own, own.get_one(Account, account_id)
    ):
        return f"{refused} {_('En reservekode på tolv tegn kan du bruke med en gang.')}"
    return str(refused)


def safe(address: str | None) -> str:
    """An address to go on to: only one of this service's own pages, else the start page."""
    start = f"{request.script_root}/"
    if not address or not address.startswith("/") or not address.isprintable() or "\\" in address:
        return start
    parts = urlsplit(address)
    adapter = current_app.create_url_adapter(request)
    path = parts.path.removeprefix(request.script_root)
    ours = not parts.netloc and adapter is not None and adapter.test(path, "GET")
    return address if ours else start


def _demo() -> dict[str, object]:
    settings: Settings = current_app.extensions["formsvc.settings"]
    return {"log_ins": demo.LOG_INS if settings.demo else (), "roles": ROLES}
