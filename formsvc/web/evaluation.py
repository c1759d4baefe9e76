"""The family's evaluation: asked of anyone, kept without a trace of who answered, and counted."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formsvc import kinds, profile
from formsvc.language import ngettext, spoken
from formsvc.services import evaluation
from formsvc.web.drafts import located
from formsvc.web.rates import Rate
from formsvc.web.session import database, seen

area = Blueprint("evaluation", __name__, url_prefix="/evaluation")


def init_app(app: Flask) -> None:
    """Let an application count how often each address answers."""
    limits = profile.current().limits
    app.extensions["formsvc.evaluations"] = Rate(
        limits.evaluations, timedelta(minutes=limits.evaluation_minutes)
    )


@area.route("/", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask, and keep the answer at once: there is no draft and no one to return it to."""
    kind = kinds.find("evaluation")
    sent = request.form.to_dict(flat=False)
    form = kind.form.from_typed(sent) if request.method == "POST" else kind.form()
    wait = _wait() if request.method == "POST" else 0
    answered = request.method == "POST" and request.form.get("_action") != "language"
    if answered and not wait and form.validate():
        evaluation.keep(database(), form.answers())
        return redirect(url_for("evaluation.thanks"), 303)
    page = render_template(
        "evaluation/form.html",
        form=form,
        title=kind.title(spoken()),
        texts=[text for key, text in _texts().items() if key != "next"],
        errors=located(form),
        waits=[(_too_soon(wait), "")] if wait else [],
        focus="",
    )
    if wait:
        return page, 429, {"Retry-After": str(wait)}
    return page, 422 if form.problems() else 200


def _wait() -> int:
    """Count this answer, refused ones too; the seconds to wait where there have been too many."""
    rate: Rate = current_app.extensions["formsvc.evaluations"]
    return rate.wait(request.remote_addr or "")


def _too_soon(seconds: int) -> str:
    return ngettext(
        "Det er sendt mange svar herfra på kort tid. Alt du har skrevet, står her."
        " Vent ett minutt og send det på nytt.",
        "Det er sendt mange svar herfra på kort tid. Alt du har skrevet, står her."
        " Vent %(n)s minutter og send det på nytt.",
        -(-seconds // 60),
    )


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
