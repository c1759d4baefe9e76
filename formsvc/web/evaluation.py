"""The family's evaluation: asked of anyone, kept without a trace of who answered, and counted."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formsvc import kinds, profile
from formsvc.language import spoken
from formsvc.services import evaluation
from formsvc.web.drafts import located
from formsvc.web.session import database, seen

area = Blueprint("evaluation", __name__, url_prefix="/evaluation")


@area.route("/", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask, and keep the answer at once: there is no draft and no one to return it to."""
    kind = kinds.find("evaluation")
    sent = request.form.to_dict(flat=False)
    form = kind.form.from_typed(sent) if request.method == "POST" else kind.form()
    answered = request.method == "POST" and request.form.get("_action") != "language"
    if answered and form.validate():
        evaluation.keep(database(), form.answers())
        return redirect(url_for("evaluation.thanks"), 303)
    page = render_template(
        "evaluation/form.html",
        form=form,
        title=kind.title(spoken()),
        texts=[text for key, text in _texts().items() if key != "next"],
        errors=located(form),
        focus="",
    )
    return page, 422 if form.problems() else 200


@area.get("/thanks")
def thanks() -> str:
    """Thank whoever answered."""
    return render_template("evaluation/thanks.html", texts=_texts()["next"])


@area.get("/results")
def results() -> str:
    """Show the coordinating unit the counts, none of them of so few that one could guess who."""
    seen("evaluation_viewed")
    return render_template(
        "evaluation/results.html",
        results=evaluation.results(database()),
        form=kinds.find("evaluation").form(),
        few=profile.current().limits.few,
    )


def _texts() -> dict[str, list[str]]:
    return profile.current().texts("evaluation", spoken())
