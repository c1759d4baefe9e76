"""Papers being finished: looked over once more, and made final.

Word is made while others may write, and then all is kept at once.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    url_for,
)
from flask.typing import ResponseReturnValue

from formsvc import kinds
from formsvc.errors import NotFound
from formsvc.language import gettext as _
from formsvc.models import Paper
from formsvc.services import drafts, finish
from formsvc.web import errors, transaction, worker
from formsvc.web.caller import me
from formsvc.web.drafts import (
    form_page,
    frame,
    linked,
    note_view,
    receipt_of,
    version_sent,
)
from formsvc.web.transaction import database

area = Blueprint("finishing", __name__, url_prefix="/papers")

#: how often Word is made beside the transaction that keeps it, before it is made within
TRIES: Final = 3


@area.get("/drafts/<uuid:draft_id>/review")
def review(draft_id: UUID) -> ResponseReturnValue:
    """Show all that was written before it is final; or, where something is missing, what."""
    try:
        draft = drafts.find(database(), draft_id, me(), "write")
    except NotFound:
        return receipt_of(draft_id)
    note_view(draft)
    kind = kinds.find(draft.kind)
    form = kind.form.from_typed(draft.typed)
    if not form.validate():
        return form_page(kind, form, draft), 422
    shown = frame(kind, form, draft)
    advice = linked(form, form.advice(), shown["address"])
    return render_template("papers/review.html", **shown, advice=advice)


@area.post("/drafts/<uuid:draft_id>/issue")
def issue(draft_id: UUID) -> ResponseReturnValue:
    """Make the paper final. Pressed twice, it leads to the same paper twice."""
    worker.wake_after_this_request()
    try:
        paper = _finished(draft_id, version_sent())
    except NotFound:
        return receipt_of(draft_id)
    if paper is None:
        flash(_("Kladden er endret siden du så over. Se over en gang til."), "warning")
        return redirect(url_for("finishing.review", draft_id=draft_id), 303)
    return redirect(url_for("papers.receipt", paper_id=paper.id), 303)


def _finished(draft_id: UUID, version: int) -> Paper | None:
    """The paper that a draft becomes; None where it is not the version that was looked over.

    Where somebody else got the number that stands in the Word document, it is made again, at last
    within the transaction: then nobody can be faster.
    """
    transaction.hurry()  # one paper is finished after the other, in a thread of their own
    for _try in range(TRIES):
        with transaction.makers(current_app).reading() as reading:
            looked_over = finish.look_over(reading, draft_id, version, me())
        if looked_over is None:
            return None
        word = finish.word(looked_over)
        try:
            return finish.issue_draft(database(), draft_id, version, me(), word)
        except finish.NumberTaken:
            transaction.let_go()
    return finish.issue_draft(database(), draft_id, version, me(), None)


@area.errorhandler(finish.NotFinished)
def not_finished(error: finish.NotFinished) -> Response:
    """Say that the draft is still there; what is at fault stands in the log already."""
    title = _("Skjemaet kunne ikke ferdigstilles")
    return errors.answer(error.status, title=title, detail=str(error))
