"""The page about oneself: under which name and role one is logged in."""

from __future__ import annotations

from flask import Blueprint, render_template

from formsvc.web import session
from formsvc.web.login import ROLES

area = Blueprint("account", __name__)


@area.get("/account")
def mine() -> str:
    """Show the account that is logged in."""
    found = session.me()
    return render_template("account/mine.html", account=found, role=ROLES[found.role])
