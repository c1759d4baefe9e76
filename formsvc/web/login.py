"""The log-in: e-mail and password in, a new session out; and the way out again."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import flask
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import EmailField, Form, HiddenField, PasswordField
from wtforms.validators import InputRequired

from formsvc.config import Settings
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.services import account, demo, retention
from formsvc.web import session

area = Blueprint("login", __name__)

#: the roles by the names that people know them under
ROLES: Final = {
    "referent": _l("Referent"),
    "coordinator": _l("Koordinator"),
    "ke": _l("Koordinerende enhet"),
    "admin": _l("Administrator"),
}


class LogIn(Form):
    """What the log-in asks for."""

    email = EmailField(_l("E-post"), [InputRequired(_l("Skriv e-postadressen din."))])
    password = PasswordField(_l("Passord"), [InputRequired(_l("Skriv passordet ditt."))])
    next = HiddenField()


@area.route("/login", methods=["GET", "POST"])
def log_in() -> ResponseReturnValue:
    """Let an employee in, and go on to where it was meant to go."""
    if g.get("account"):
        return redirect(_safe(request.args.get("next")), 303)
    form = LogIn(request.form, data={"next": request.args.get("next", "")})
    if request.method == "POST" and form.validate() and _let_in(form):
        return redirect(_safe(form.next.data), 303)
    return render_template("login.html", form=form, **_demo()), 422 if form.errors else 200


@area.post("/logout")
def log_out() -> ResponseReturnValue:
    """End the session here and in the database, so that a copied cookie is worth nothing."""
    token = flask.session.get(session.TOKEN)
    if token:
        account.close_session(session.database(), token)
    flask.session.clear()
    flash(_("Du er logget ut."), "success")
    return redirect(url_for("login.log_in"), 303)


def _let_in(form: LogIn) -> bool:
    """Check the password; the answer is the same for an unknown e-mail and a wrong password."""
    session.keep()
    found = account.check(
        session.database(),
        form.email.data or "",
        form.password.data or "",
        address=request.remote_addr or "",
    )
    if found is None:
        form.email.errors = [_("E-postadressen eller passordet er feil. Prøv igjen.")]
        return False
    _forget()
    # a new session from here on: what an attacker planted before the log-in is worth nothing
    flask.session.clear()
    flask.session[session.TOKEN] = account.open_session(session.database(), found)
    return True


def _forget() -> None:
    """Delete what is over: somebody logs in every working day, so it needs no clock of its own."""
    account.forget(session.database())
    retention.purge(session.database())


def _safe(address: str | None) -> str:
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
