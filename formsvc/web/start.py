"""The start page: what one may want to do, what one has begun, and what is finished."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, g, render_template, url_for

from formsvc import norway, profile
from formsvc.kinds import GROUPS, KINDS
from formsvc.language import gettext as _
from formsvc.language import spoken
from formsvc.models import Draft
from formsvc.services import draft, paper
from formsvc.web.papers import line
from formsvc.web.session import database, me

area = Blueprint("start", __name__)

#: how many finished papers the start page shows
LATEST = 5


class Link(NamedTuple):
    """A place to go: what it is called, and what tells it from its neighbours."""

    address: str
    title: str
    more: str = ""


@area.get("/")
def start() -> str:
    """Show an employee the papers, and anybody else the log-in and the evaluation."""
    if not g.get("account"):
        return render_template("papers/welcome.html")
    return render_template(
        "papers/start.html",
        groups=_groups(),
        drafts=[_draft_link(kept) for kept in draft.mine(database(), me())],
        issued=[line(issued) for issued in paper.list_for(database(), me(), most=LATEST)],
    )


def _groups() -> list[dict[str, Any]]:
    return [
        {"title": title, "papers": [_new(kind) for kind in KINDS if kind.group == group]}
        for group, title in GROUPS.items()
    ]


def _new(kind: Any) -> Link:
    address = url_for("drafts.blank", slug=kind.slug) if kind.formats else url_for("evaluation.ask")
    return Link(address, profile.current().title(kind.slug, spoken()))


def _draft_link(kept: Draft) -> Link:
    """A draft, told from others of its kind by whom it concerns and when it was left."""
    left = kept.changed_at.astimezone(norway.OSLO)
    concerns = next(iter(kept.typed.get("child-name", [])), "")
    when = _("Sist lagret %(day)s kl. %(time)s", day=norway.short_date(left.date()), time=left.strftime("%H.%M"))
    more = " · ".join(filter(None, (concerns, when)))
    return Link(
        url_for("drafts.write", draft_id=kept.id), profile.current().title(kept.kind, spoken()), more
    )
