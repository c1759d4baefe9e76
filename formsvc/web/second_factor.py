"""The second factor is turned on and off: by whoever is logged in, or must before going on."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from formsvc.errors import InvalidAnswers
from formsvc.language import gettext as _
from formsvc.models import Account
from formsvc.services import login_sessions, second_factor
from formsvc.services.attempts import TooManyAttempts
from formsvc.web import caller, login, transaction
from formsvc.web.login import GiveCode

area = Blueprint("second_factor", __name__, url_prefix="/second-factor")


class Who(NamedTuple):
    """Whoever is at this page."""

    account_id: UUID
    #: the log-in that is not complete before the second factor is there; "" for one that is
    half: str


@area.get("")
def show() -> ResponseReturnValue:
    """Show whether the second factor is on, or the secret that an app is to take up."""
    who = _who()
    return _page(who, GiveCode(data={"next": request.args.get("next", "")})) if who else _out()


@area.post("/begin")
def begin() -> ResponseReturnValue:
    """Make a secret for an app."""
    who = _who()
    if who is None:
        return _out()
    second_factor.begin(transaction.database(), _account(who))
    wanted = request.form.get("next") or None
    return redirect(url_for("second_factor.show", next=wanted), 303)


@area.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Turn it on by the app's first code, and show the recovery codes on this one page."""
    who = _who()
    if who is None:
        return _out()
    form = GiveCode(request.form)
    codes: list[str] = []

    def accept(own: Session, account: Account) -> bool:
        try:
            codes[:] = second_factor.confirm(own, account, form.code.data or "")
        except InvalidAnswers:
            return False
        # those have shown no more than the password
        login_sessions.end_all(own, account, but=g.get("login", ""))
        if who.half:
            login.enter(own, account)
        return True

    refused = _tried(form, who.account_id, accept) if form.validate() else None
    if not codes:
        return _page(who, form, refused)
    return render_template("second_factor/codes.html", codes=codes, next=login.safe(form.next.data))


@area.post("/off")
def turn_off() -> ResponseReturnValue:
    """Turn it off by a last code, unless the municipality wants it."""
    who = Who(caller.account().id, "")
    form = GiveCode(request.form)
    done: list[bool] = []

    def accept(own: Session, account: Account) -> bool:
        if second_factor.demanded(account) or not second_factor.accept(
            own, account, form.code.data or ""
        ):
            return False
        second_factor.reset(own, account)
        done.append(True)
        return True

    refused = _tried(form, who.account_id, accept) if form.validate() else None
    if not done:
        return _page(who, form, refused)
    flash(_("Totrinns innlogging er slått av."), "success")
    return redirect(url_for("account.mine"), 303)


def _tried(form: GiveCode, account_id: UUID, accept: login.Accept) -> TooManyAttempts | None:
    """Try a code; what is wrong with it is told at its field."""
    try:
        if not login.counted(account_id, form.code.data or "", accept):
            form.code.errors = [second_factor.wrong_code()]
    except TooManyAttempts as refused:
        form.code.errors = [login.refused_code(refused, account_id)]
        return refused
    return None


def _who() -> Who | None:
    whole: Account | None = caller.known()
    if whole is not None:
        return Who(whole.id, "")
    half = login.halfway()
    return Who(half.account_id, half.token_hash) if half else None


def _account(who: Who) -> Account:
    return transaction.database().get_one(Account, who.account_id)


def _out() -> ResponseReturnValue:
    return redirect(url_for("login.log_in"), 303)


def _page(who: Who, form: GiveCode, refused: TooManyAttempts | None = None) -> ResponseReturnValue:
    account = _account(who)
    on = second_factor.active(transaction.database(), account)
    if on and who.half:  # the code is asked for elsewhere
        return redirect(url_for("login.code"), 303)
    factor = second_factor.waiting(transaction.database(), account)
    page = render_template(
        "second_factor/show.html",
        form=form,
        on=on,
        left=second_factor.recovery_codes_left(transaction.database(), account),
        demanded=second_factor.demanded(account),
        secret=second_factor.shown_secret(factor) if factor else "",
        square=_square(second_factor.address(factor, account)) if factor else "",
    )
    status = 429 if refused else 422 if form.errors else 200
    return page, status, login.waiting(refused) if refused else {}


def _square(address: str) -> Markup:
    """The square code of an address, as a picture inside the page."""
    import segno  # noqa: PLC0415 - few pages draw one

    drawn = segno.make(address, error="m", micro=False)
    # letters, digits and no words of anybody's: segno draws modules, it writes no text
    return Markup(drawn.svg_inline(scale=5, border=4, light="#fff"))  # noqa: S704
