"""Sharing with a colleague: who has access to a draft or a paper, to give it and to end it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formsvc import kinds
from formsvc.errors import InvalidAnswers
from formsvc.language import gettext as _
from formsvc.language import spoken
from formsvc.models import Draft, Paper
from formsvc.services import access, shares
from formsvc.web.caller import me
from formsvc.web.transaction import database

area = Blueprint("sharing", __name__, url_prefix="/papers")


@area.get("/drafts/<uuid:draft_id>/share")
def draft(draft_id: UUID) -> ResponseReturnValue:
    """Show who has access to a draft, and ask whom to share it with."""
    return _page(access.demand(database(), Draft, draft_id, me(), "own"))


@area.post("/drafts/<uuid:draft_id>/share")
def share_draft(draft_id: UUID) -> ResponseReturnValue:
    """Find a colleague, share a draft, or end it."""
    # held, so that it is not finished or deleted between the look and the sharing
    return _change(access.demand(database(), Draft, draft_id, me(), "own", hold=True))


@area.get("/<uuid:paper_id>/share")
def paper(paper_id: UUID) -> ResponseReturnValue:
    """Show who has access to a paper, and ask whom to share it with."""
    return _page(access.demand(database(), Paper, paper_id, me(), "own"))


@area.post("/<uuid:paper_id>/share")
def share_paper(paper_id: UUID) -> ResponseReturnValue:
    """Find a colleague, share a paper, or end it."""
    return _change(access.demand(database(), Paper, paper_id, me(), "own"))


def _page(what: Draft | Paper, problem: str = "") -> ResponseReturnValue:
    # sent in the body: an address, which browsers and proxies keep, holds nobody's name
    words = request.form.get("colleague", "")
    offered: list[shares.Colleague] = []
    if "colleague" in request.form:
        try:
            offered = shares.colleagues(database(), words, me())
        except InvalidAnswers as refused:
            problem = refused.problems[0].message
    page = render_template(
        "papers/share.html",
        **_frame(what),
        words=words,
        offered=offered,
        problem=problem,
        shares=shares.of(database(), what),
    )
    return page, 422 if problem else 200


def _frame(what: Draft | Paper) -> dict[str, Any]:
    is_draft = isinstance(what, Draft)
    if is_draft:
        back = url_for("drafts.write", draft_id=what.id)
        here = url_for("sharing.draft", draft_id=what.id)
    else:
        back = url_for("papers.receipt", paper_id=what.id)
        here = url_for("sharing.paper", paper_id=what.id)
    title = kinds.find(what.kind).title(spoken())
    return {"title": title, "is_draft": is_draft, "back": back, "here": here}


def _change(what: Draft | Paper) -> ResponseReturnValue:
    if "colleague" in request.form:
        return _page(what)
    if ended := request.form.get("end", type=UUID):
        shares.end(database(), what, ended, me())
        flash(_("Tilgangen er avsluttet."), "success")
        return redirect(_frame(what)["here"], 303)
    to, may_write = request.form.get("to", type=UUID), "may_write" in request.form
    try:
        given = shares.give(database(), what, to, me(), may_write=may_write)
    except InvalidAnswers as refused:
        return _page(what, refused.problems[0].message)
    flash(_("%(name)s har fått tilgang.", name=given.account.name), "success")
    return redirect(_frame(what)["here"], 303)
