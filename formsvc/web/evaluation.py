"""The family's evaluation: asked of anyone, kept without a trace of who answered, and counted."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formsvc import kinds, profile
from formsvc.language import ngettext, spoken
from formsvc.services import evaluations
from formsvc.web.drafts import located, typed_in
from formsvc.web.paging import Beside
from formsvc.web.rates import Rate
from formsvc.web.transaction import database, seen

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
    sent = typed_in()
    form = kind.form.from_typed(sent) if request.method == "POST" else kind.form()
    wait = _wait() if request.method == "POST" else 0
    answered = request.method == "POST" and request.form.get("_action") != "language"
    if answered and not wait and form.validate():
        evaluations.keep(database(), form.answers())
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
    counted = evaluations.results(database(), request.args.get("after", ""))
    return render_template(
        "evaluation/results.html",
        results=counted.results,
        pages=_beside(counted.older),
        form=kinds.find("evaluation").form(),
        few=profile.current().limits.few,
    )


@area.get("/results/<uuid:unit_id>/<period>/<question>")
def texts(unit_id: UUID, period: str, question: str) -> str:
    """Show what families wrote to one question, a page at a time."""
    seen("evaluation_viewed")
    after = request.args.get("after", "")
    written = evaluations.texts(database(), unit_id, period, question, after)
    return render_template(
        "evaluation/texts.html",
        texts=written.texts,
        unit=written.unit,
        period=period,
        pages=_beside(written.more),
        question=kinds.find("evaluation").form()[question].label.text,
    )


def _beside(key: str) -> Beside:
    here = {**(request.view_args or {})}
    first = url_for(str(request.endpoint), **here) if "after" in request.args else ""
    return Beside(first, url_for(str(request.endpoint), **here, after=key) if key else "")


def _texts() -> dict[str, list[str]]:
    return profile.current().texts("evaluation", spoken())
