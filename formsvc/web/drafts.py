"""Papers being filled in: begun, saved as one writes, discarded."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from formsvc import clock, kinds, profile
from formsvc.errors import Conflict, NotFound, Problem
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import Rows, Typed
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.language import spoken
from formsvc.models import Draft
from formsvc.services import access, drafts, papers
from formsvc.services.drafts import StaleDraft
from formsvc.web import conflict, history
from formsvc.web.body import number
from formsvc.web.caller import account, me
from formsvc.web.errors import wants_json
from formsvc.web.transaction import database, seen

area = Blueprint("drafts", __name__, url_prefix="/papers")

#: how the name of a choice between two texts begins; the field's name follows
CHOOSE: Final = "_choose-"

#: texts of the profile that are for the receipt and the printed head, not for the form
LATER: Final = frozenset({"next", "head"})


@area.get("/<slug>/new")
def blank(slug: str) -> str:
    """Show an empty paper. Nothing is kept of it before something is sent."""
    kind = _with_paper(slug)
    return form_page(kind, kind.form(), None)


@area.post("/<slug>/new")
def begin(slug: str) -> ResponseReturnValue:
    """Keep the first of what somebody writes; the same page sent twice gives one draft."""
    kind = _with_paper(slug)
    form = kind.form.from_typed(typed_in())
    if request.form.get("_action") == "language" and _is_untouched(kind, form):
        return redirect(url_for("drafts.blank", slug=slug), 303)
    focus = _change_rows(form)
    try:
        draft = drafts.begin(database(), kind.slug, form.typed(), me(), draft_id=_proposed_id())
    except StaleDraft as stale:
        return _conflict(stale.stored, form)
    return _go_on(draft, form, focus)


@area.get("/drafts/<uuid:draft_id>")
def write(draft_id: UUID) -> ResponseReturnValue:
    """Show a draft as it was left, here or on another device; or the paper it has become."""
    try:
        draft = drafts.find(database(), draft_id, me())
    except NotFound:
        return receipt_of(draft_id)
    note_view(draft)
    kind = kinds.find(draft.kind)
    form = kind.form.from_typed(draft.typed)
    if not access.may_do(database(), draft, me(), "write"):
        return render_template("papers/read.html", **frame(kind, form, draft))
    return form_page(kind, form, draft)


@area.post("/drafts/<uuid:draft_id>")
def save(draft_id: UUID) -> ResponseReturnValue:
    """Keep what was written since, unless somebody else has kept another text meanwhile."""
    draft = drafts.find(database(), draft_id, me(), "write")
    form = _sent(draft)
    if request.form.get("_action") == "compare":
        return _conflict(draft, form)
    focus = _change_rows(form)
    try:
        _keep(draft, form)
    except StaleDraft as stale:
        return _conflict(stale.stored, form)
    return _go_on(draft, form, focus)


@area.route("/drafts/<uuid:draft_id>/discard", methods=["GET", "POST"])
def discard(draft_id: UUID) -> ResponseReturnValue:
    """Ask once more, then delete a draft; ask again where it was saved after that."""
    draft = drafts.find(database(), draft_id, me(), "own")
    if request.method == "GET":
        kind = kinds.find(draft.kind)
        form = kind.form.from_typed(draft.typed)
        return render_template("papers/discard.html", **frame(kind, form, draft))
    try:
        drafts.discard(database(), draft, version=version_sent(), by=me())
    except StaleDraft:
        flash(
            _("Kladden er lagret på nytt etter at du ble spurt. Vil du fortsatt slette den?"),
            "warning",
        )
        return redirect(url_for("drafts.discard", draft_id=draft_id), 303)
    flash(_("Kladden er slettet."), "success")
    return redirect(url_for("start.start"), 303)


def note_view(draft: Draft) -> None:
    """Note who looks: one's own draft is opened all day long, somebody else's is looked into."""
    if draft.author_id != account().id:
        seen("draft_viewed", "draft", draft.id, kind=draft.kind)


# What was sent


def _with_paper(slug: str) -> Kind:
    """The kind of that name; one that is only counted has its own page and no draft."""
    kind = kinds.find(slug)
    if kind.counted:
        raise NotFound
    return kind


def typed_in() -> Typed:
    """What was typed on a page; names that begin with _ are the page's own."""
    sent = request.form
    return {n: sent.getlist(n) for n in sent if not n.startswith("_") and n != "csrf_token"}


def version_sent() -> int:
    """The version of the draft that the page was made from."""
    return request.form.get("_version", 0, type=number)


def _proposed_id() -> UUID:
    return request.form.get("_draft", type=UUID) or uuid4()


def _sent(draft: Draft) -> DocumentForm:
    """The form that was sent; after a conflict, with what was chosen of the two texts."""
    form_class = kinds.find(draft.kind).form
    mine = form_class.from_typed(typed_in())
    if request.form.get("_action") != "settle":
        return mine
    saved = form_class.from_typed(draft.typed)
    return form_class.from_typed(conflict.settled(mine, saved, _choices()))


def _is_untouched(kind: Kind, form: DocumentForm) -> bool:
    """Whether a paper was sent as it was shown; its language follows the reader's."""
    any_language: Typed = {"language": []}
    return form.typed() | any_language == kind.form().typed() | any_language


def _choices() -> dict[str, str]:
    """Which of two texts was chosen, by the field's name."""
    return {
        name.removeprefix(CHOOSE): whose
        for name, whose in request.form.items()
        if name.startswith(CHOOSE)
    }


def _keep(draft: Draft, form: DocumentForm) -> None:
    """Save what is new; a draft that is to be deleted soon is kept by saving it as it is."""
    if form.typed() != draft.typed or draft.announced_at:
        drafts.save(database(), draft, form.typed(), me(), version=version_sent())


def _change_rows(form: DocumentForm) -> str:
    """Add or remove the row that a button asks for; the id of the control to go on in."""
    verb, _colon, name = request.form.get("_action", "").partition(":")
    if verb == "add":
        row = form.add_row(name)
        return row.input_id if row else ""
    if verb == "remove":
        rows = form.remove_row(name)
        return f"add-{rows.id}" if rows else ""
    return ""


# What is answered


def receipt_of(draft_id: UUID) -> ResponseReturnValue:
    """Lead from a draft that is no more to the paper that it has become.

    :raises NotFound: when there is none, or none that this account may know of.
    """
    paper = papers.made_from(database(), draft_id, me())
    if paper is None:
        raise access.missing(Draft)
    return redirect(url_for("papers.receipt", paper_id=paper.id), 303)


def _go_on(draft: Draft, form: DocumentForm, focus: str) -> Response:
    action = request.form.get("_action", "")
    if action == "autosave":
        address = url_for("drafts.write", draft_id=draft.id)
        notices = _notices(form)
        return jsonify(address=address, version=draft.version, saved=_saved(draft), notices=notices)
    for notice in _notices(form):
        flash(notice, "info")
    if action == "review":
        return redirect(url_for("finishing.review", draft_id=draft.id), 303)  # type: ignore[return-value]
    if not focus:
        flash(_("Kladden er lagret. Du finner den igjen på startsiden."), "success")
    return redirect(  # type: ignore[return-value]
        url_for("drafts.write", draft_id=draft.id, focus=focus or None, _anchor=focus or None), 303
    )


def _notices(form: DocumentForm) -> list[str]:
    return [place(form, problem.field) + problem.message for problem in form.notices()]


def form_page(kind: Kind, form: DocumentForm, draft: Draft | None) -> str:
    """The page that a paper is filled in on, with what there is to mend."""
    return render_template(
        "papers/form.html",
        **frame(kind, form, draft),
        errors=located(form),
        focus=request.args.get("focus", ""),
        saved=_saved(draft) if draft else "",
        texts=_before_filling_in(kind),
        deeds=history.of(draft.author_id, draft.id) if draft else [],
    )


def frame(kind: Kind, form: DocumentForm, draft: Draft | None) -> dict[str, Any]:
    """What every page of a draft is given."""
    draft_id = draft.id if draft else uuid4()
    new = url_for("drafts.blank", slug=kind.slug)
    address = url_for("drafts.write", draft_id=draft_id) if draft else new
    return {
        "kind": kind,
        "form": form,
        "draft": draft,
        "owner": draft is None or draft.author_id == account().id,
        "draft_id": draft_id,
        "version": draft.version if draft else 0,
        "address": address,
        "title": kind.title(spoken()),
        "changed": bool(draft and draft.form_version not in ("", kind.form.version())),
    }


def _conflict(draft: Draft, mine: DocumentForm) -> ResponseReturnValue:
    """Both texts side by side; a page's script is told only that there are two.

    :raises Conflict: to the script.
    """
    if wants_json():
        raise Conflict
    kind = kinds.find(draft.kind)
    saved = kind.form.from_typed(draft.typed)
    typed = [(name, text) for name, texts in mine.typed().items() for text in texts]
    page = render_template(
        "papers/conflict.html",
        **frame(kind, mine, draft),
        mine=typed,
        differences=conflict.differences(mine, saved),
        choices=_choices(),
        # nobody is told of oneself as of another: it was another page, or another device
        other=draft.changed_by.name if draft.changed_by_id != account().id else "",
        time=_clock(draft),
    )
    return page, 409


def _before_filling_in(kind: Kind) -> list[tuple[str, list[str]]]:
    """What the municipality says before one fills in the paper: headings with their paragraphs."""
    of_kind = profile.current()
    headings = of_kind.headings(kind.slug, spoken())
    texts = of_kind.texts(kind.slug, spoken())
    return [(headings.get(key, ""), text) for key, text in texts.items() if key not in LATER]


def _saved(draft: Draft) -> str:
    return _("Lagret kl. %(time)s", time=_clock(draft))


def _clock(draft: Draft) -> str:
    return draft.changed_at.astimezone(clock.OSLO).strftime("%H.%M")


def located(form: DocumentForm) -> list[tuple[str, str]]:
    """Each refusal as it stands in the error summary, with its row, and the id of its control."""
    return [
        (place(form, problem.field) + problem.message, control)
        for problem, control in form.problem_ids()
    ]


def place(form: DocumentForm, path: str) -> str:
    """The rows that a path leads through, as the page counts them: «Tiltak 2: »."""
    parts = path.split(".")
    rows_told = ""
    for end in range(1, len(parts)):
        rows = form.find(".".join(parts[:end]))
        row = form.find(".".join(parts[: end + 1]))
        if isinstance(rows, Rows) and row in rows.entries:
            rows_told += f"{rows.row_label} {rows.entries.index(row) + 1}: "
    return rows_told


def linked(form: DocumentForm, problems: list[Problem], address: str = "") -> list[tuple[str, str]]:
    """Sentences about fields, each with the address of its field."""
    linked = []
    for problem in problems:
        field = form.find(problem.field)
        link = f"{address}#{field.input_id}" if field else ""
        linked.append((place(form, problem.field) + problem.message, link))
    return linked
