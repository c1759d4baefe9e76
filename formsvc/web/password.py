"""A password is chosen: by a one-time link, or on one's own page by whoever knows the old one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, Form, PasswordField
from wtforms.validators import EqualTo, InputRequired

from formsvc.errors import InvalidAnswers
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.models import Account
from formsvc.services import password, password_links
from formsvc.services.attempts import TooManyAttempts
from formsvc.web import caller, login, transaction

area = Blueprint("password", __name__)


class Choose(Form):
    """A new password, twice."""

    password = PasswordField(_l("Nytt passord"), [InputRequired(_l("Skriv et nytt passord."))])
    again = PasswordField(
        _l("Gjenta passordet"),
        [EqualTo("password", _l("De to passordene er ikke like. Skriv det samme begge steder."))],
    )


class Change(Choose):
    """A new password in place of one that is known."""

    old = PasswordField(
        _l("Passordet du har nå"), [InputRequired(_l("Skriv passordet du har nå."))]
    )


@area.route("/password/<token>", methods=["GET", "POST"])
def choose(token: str) -> ResponseReturnValue:
    """Let the owner of a one-time link choose a password. A GET never uses the link up."""
    link = password_links.opened(transaction.database(), token)
    email, act = link.account.email, link.act
    form = Choose(request.form)
    if request.method == "POST" and form.validate() and _passes(form, link.account):
        with transaction.short() as own:
            # before anything is asked of the database: nothing is locked meanwhile
            hashed = password.hashed(own, form.password.data or "")
            password_links.redeem(own, token, hashed)
        flash(_("Passordet er valgt. Nå kan du logge inn."), "success")
        return redirect(url_for("login.log_in"), 303)
    status = 422 if form.errors else 200
    return render_template("password/choose.html", form=form, email=email, act=act), status


@area.route("/account/password", methods=["GET", "POST"])
def change() -> ResponseReturnValue:
    """Change one's own password; every other browser is logged out."""
    form = Change(request.form)
    status, headers = 200, {}
    if request.method == "POST" and form.validate() and _passes(form, caller.account()):
        try:
            if _changed(form):
                flash(_("Passordet er byttet. Andre nettlesere er logget ut."), "success")
                return redirect(url_for("account.mine"), 303)
            form.old.errors = [_("Passordet er ikke det du har nå. Prøv igjen.")]
        except TooManyAttempts as refused:
            form.old.errors = [str(refused)]
            status, headers = 429, login.waiting(refused)
    if form.errors and status == 200:
        status = 422
    return render_template("password/change.html", form=form), status, headers


def _passes(form: Choose, account: Account) -> bool:
    try:
        password.demand(form.password.data or "", account)
    except InvalidAnswers as refused:
        tell(form, refused)
        return False
    return True


def tell(form: Form, refused: InvalidAnswers) -> None:
    """Tell each problem at its field."""
    for problem in refused.problems:
        field: Field = form[problem.field]
        field.errors = [*field.errors, problem.message]


def _changed(form: Change) -> bool:
    account_id = login.fits(caller.account().email, form.old.data or "")
    if account_id is None:
        return False
    with transaction.short() as own:
        hashed = password.hashed(own, form.password.data or "")
        who = own.get_one(Account, account_id)
        password.change(own, who, hashed)
        login.enter(own, who)
    return True
