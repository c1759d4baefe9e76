"""The start page: what one may want to do, what one has begun, and what is finished."""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import Blueprint, render_template, url_for

from formsvc import clock, db, norway
from formsvc.kinds import GROUPS, KINDS, Kind, find
from formsvc.language import gettext as _
from formsvc.language import spoken
from formsvc.models import Draft
from formsvc.services import drafts, papers, retention
from formsvc.services.access import may
from formsvc.services.paging import Turn
from formsvc.web.caller import account, known, me
from formsvc.web.paging import beside, turn
from formsvc.web.papers import line
from formsvc.web.transaction import database

area = Blueprint("start", __name__)

#: how many drafts and how many finished papers the start page shows
LATEST: Final = 5


class Link(NamedTuple):
    """A place to go: what it is called, and what tells it from its neighbours."""

    address: str
    title: str
    more: str = ""


class Group(NamedTuple):
    """Papers for the same purpose, under its heading."""

    heading: str
    papers: list[Link]


@area.get("/")
def start() -> str:
    """Show an employee the papers, and anybody else the log-in and the evaluation."""
    if not known():
        return render_template("papers/welcome.html")
    latest = Turn(size=LATEST)
    return render_template(
        "papers/start.html",
        groups=_groups(),
        drafts=[_draft_link(draft) for draft in drafts.listed(database(), me(), latest).drafts],
        ending=retention.announced(database(), account()),
        issued=[line(paper) for paper in papers.listed(database(), me(), latest).papers],
    )


@area.get("/papers/drafts/", endpoint="drafts")
def list_drafts() -> str:
    """Show what one has begun, and what colleagues share, a page at a time."""
    listed = drafts.listed(database(), me(), turn())
    begun = [_draft_link(draft) for draft in listed.drafts]
    return render_template("papers/drafts.html", drafts=begun, pages=beside(listed.page))


def _groups() -> list[Group]:
    groups = [
        Group(str(heading), _told_apart([_link(kind) for kind in KINDS if kind.group == group]))
        for group, heading in GROUPS.items()
    ]
    if may(me(), "count"):
        results = Link(url_for("evaluation.results"), _("Svar fra familiene"))
        groups[-1].papers.append(results)
    if may(me(), "administer"):
        groups[-1].papers.append(Link(url_for("trail.everything"), _("Hendelser")))
    return groups


def _link(kind: Kind) -> Link:
    if kind.counted:
        return Link(url_for("evaluation.ask"), _title(kind.slug))
    return Link(url_for("drafts.blank", slug=kind.slug), _title(kind.slug))


def _told_apart(links: list[Link]) -> list[Link]:
    """Titles that all begin «Melding til …: » are told by what comes after it."""
    beginnings = {link.title.partition(": ")[0] for link in links}
    if len(links) == 1 or len(beginnings) > 1:
        return links
    ends = (link.title.partition(": ")[2] for link in links)
    return [
        link._replace(title=end[:1].upper() + end[1:])
        for link, end in zip(links, ends, strict=True)
    ]


def _title(slug: str) -> str:
    return find(slug).title(spoken())


def _draft_link(draft: Draft) -> Link:
    """A draft, told from others of its kind by whom it concerns and when it was left."""
    left = draft.changed_at.astimezone(clock.OSLO)
    when = _(
        "Sist lagret %(day)s kl. %(time)s",
        day=norway.short_date(left.date()),
        time=left.strftime("%H.%M"),
    )
    by = _("Skrevet av %(name)s", name=draft.author.name) if draft.author_id != account().id else ""
    ends = _("Slettes %(day)s", day=norway.short_date(retention.end_of(draft)))
    more = " · ".join(filter(None, (_concerns(draft), when, ends, by)))
    return Link(url_for("drafts.write", draft_id=draft.id), _title(draft.kind), more)


def _concerns(draft: Draft) -> str:
    try:
        return find(draft.kind).form.concerns_typed(draft.typed)
    except db.Unreadable:
        return str(papers.CannotBeOpened())
