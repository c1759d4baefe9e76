"""Finished papers: the receipt with its documents, and the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final, Literal, NamedTuple, TypeVar
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    make_response,
    render_template,
    request,
    send_file,
    url_for,
)

from formsvc import clock, db, kinds, norway, profile
from formsvc.errors import FormsvcError
from formsvc.formats import MEDIA_TYPES
from formsvc.forms.base import DocumentForm
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken
from formsvc.models import Document, Job, Paper
from formsvc.services import audit, papers, work
from formsvc.services.access import may
from formsvc.web import errors, history
from formsvc.web.caller import account, me
from formsvc.web.paging import beside, turn
from formsvc.web.transaction import database, seen

area = Blueprint("papers", __name__, url_prefix="/papers")


#: how often a receipt looks for its documents by itself, each time after a longer while (from 2 s
#: to 30 s): some ten minutes, after which whoever still waits loads the page
LOOKS: Final = 25
#: for so long, the looks of one who waits are one view
WAITING: Final = timedelta(minutes=10)

#: the ways to choose among the papers that one may see
WHOSE: Final[tuple[papers.Whose, ...]] = ("own", "shared", "received")


class FileType(NamedTuple):
    """A format as people know it."""

    name: str
    use: str
    #: how the name of its file ends
    ending: str


#: by the format's name in ``kinds``
FILE_TYPES: Final = {
    "docx": FileType(
        _l("Word"),
        _l("Kan endres og skrives under på papir."),
        ".docx",
    ),
    "pdf": FileType(_l("PDF"), _l("Til arkivet og til å lese."), ".pdf"),
    "fillable": FileType(
        _l("Utfyllbar PDF"),
        _l("Det offisielle skjemaet, fylt ut. Kan endres og skrives under."),
        "-skjema.pdf",
    ),
}


class Line(NamedTuple):
    """A finished paper in a list."""

    address: str
    title: str
    #: whom it concerns; "" where it names nobody
    concerns: str
    reference: str
    when: str
    #: who wrote it; "" where that is the reader; and who finished it, where that is another
    author: str


#: how it stands with a document: there, being made, tried again later, given up
Stand = Literal["ready", "making", "later", "never"]


class File(NamedTuple):
    """A document to download, or what is known of one that is not there."""

    format: str
    address: str
    name: str
    use: str
    sha256: str | None
    state: Stand
    #: what is said where there is nothing to download
    told: str


@area.get("/")
def mine() -> str:
    """Show the papers that one may see, a page at a time: one's own, shared ones, received ones."""
    kind = _chosen("kind", [kind.slug for kind in kinds.KINDS if not kind.counted])
    whose = _chosen("whose", WHOSE)
    listed = papers.listed(database(), me(), turn(), kind=kind, whose=whose)
    return render_template(
        "papers/list.html",
        issued=[line(paper) for paper in listed.papers],
        pages=beside(listed.page, kind=kind, whose=whose),
        kinds=[(kind.slug, kind.title(spoken())) for kind in kinds.KINDS if not kind.counted],
        whose_labels=_whose_labels(),
        kind=kind,
        whose=whose,
    )


Choice = TypeVar("Choice", bound=str)


def _chosen(name: str, known: Sequence[Choice]) -> Choice | Literal[""]:
    """What a filter is set to; one that is unknown filters nothing."""
    asked = request.args.get(name, "")
    return next((choice for choice in known if choice == asked), "")


def _whose_labels() -> dict[str, str]:
    labels = {"own": _("Mine egne"), "shared": _("Delt med meg")}
    if may(me(), "receive"):
        labels["received"] = _("Sendt til oss")
    return labels


@area.get("/<uuid:paper_id>")
def receipt(paper_id: UUID) -> str:
    """Show a finished paper: its reference, its documents and what happens next."""
    paper = papers.opened(database(), paper_id, me())
    looks = request.args.get("look", 0, type=int)
    # a page that waits for its documents looks again by itself: that is one view and not many
    if not (looks and audit.recently(database(), "paper_viewed", me(), paper.id, WAITING)):
        seen("paper_viewed", "paper", paper.id, kind=paper.kind)
    files = _files(paper)
    form = _form(paper)
    concern = form.concern if form else "child"
    texts = profile.current().texts(paper.kind, spoken(), _issued(paper).date(), concern)
    return render_template(
        "papers/receipt.html",
        paper=paper,
        damaged=form is None,
        waits=form.waits() if form else "",
        owner=paper.author_id == account().id,
        title=kinds.find(paper.kind).title(spoken()),
        issued=norway.long_date(_issued(paper).date(), spoken()),
        deeds=history.of(paper.author_id, paper.id, paper.draft_id),
        files=files,
        making=any(file.state == "making" for file in files),
        waiting=any(file.state in ("making", "later") for file in files),
        refresh=_refresh(paper, looks) if 0 <= looks < LOOKS else "",
        next=texts.get("next", []),
    )


@area.get("/<uuid:paper_id>/<wanted>")
def document(paper_id: UUID, wanted: str) -> Response:
    """Hand out a document, under a name that says nothing of whom it concerns."""
    paper = papers.opened(database(), paper_id, me())
    stored = papers.document(database(), paper, wanted)
    of_type = FILE_TYPES[wanted]
    seen("document_downloaded", "paper", paper.id, kind=paper.kind, format=wanted)
    return send_file(
        BytesIO(stored.data or b""),
        mimetype=MEDIA_TYPES[stored.format],
        as_attachment=True,
        download_name=f"{paper.reference}{of_type.ending}",
    )


@area.errorhandler(papers.NotReady)
def not_ready(error: papers.NotReady) -> Response:
    """Say at once that a document is on its way, and when to ask again."""
    response = _missing(_("Dokumentet er ikke klart ennå"), error)
    response.headers["Retry-After"] = str(error.seconds)
    return response


@area.errorhandler(papers.CouldNotBeMade)
@area.errorhandler(papers.CannotBeOpened)
def not_there(error: papers.CouldNotBeMade | papers.CannotBeOpened) -> Response:
    """Say what to use in the place of a document; whoever runs the service finds it in the log."""
    return _missing(_("Dokumentet kan ikke lastes ned"), error)


def _missing(title: str, error: FormsvcError) -> Response:
    if errors.wants_json():
        return errors.answer(error.status, title=title, detail=str(error))
    receipt = url_for("papers.receipt", paper_id=(request.view_args or {})["paper_id"])
    page = render_template("papers/missing.html", title=title, detail=str(error), receipt=receipt)
    return make_response(page, error.status)


def _refresh(paper: Paper, looks: int) -> str:
    """When a page without scripts is to be loaded anew, and that it was then looked once more."""
    address = url_for("papers.receipt", paper_id=paper.id, look=looks + 1)
    return f"{min(2 + looks, 30)}; url={address}"


def line(paper: Paper) -> Line:
    """A paper as it stands in a list; one that is damaged says so itself."""
    concerns = _concerns(paper)
    return Line(
        url_for("papers.receipt", paper_id=paper.id),
        kinds.find(paper.kind).title(spoken()),
        str(papers.CannotBeOpened()) if concerns is None else concerns,
        paper.reference,
        norway.short_date(_issued(paper).date()),
        _people(paper),
    )


def _people(paper: Paper) -> str:
    author = paper.author.name if paper.author_id != account().id else ""
    if paper.issued_by is None or paper.issued_by_id == paper.author_id:
        return author
    finished = _("ferdigstilt av %(name)s", name=paper.issued_by.name)
    return f"{author}, {finished}" if author else finished


def _concerns(paper: Paper) -> str | None:
    """Whom a paper concerns; None where it cannot be opened."""
    try:
        return kinds.find(paper.kind).form.concerns(paper.answers)
    except db.Unreadable:
        return None


def _form(paper: Paper) -> DocumentForm | None:
    """The form with what was answered; None where the paper cannot be opened."""
    try:
        return kinds.find(paper.kind).form.from_answers(paper.answers)
    except db.Unreadable:
        return None


def _files(paper: Paper) -> list[File]:
    documents = {document.format: document for document in paper.documents}
    jobs = papers.jobs(database(), documents.values())
    files = []
    for wanted in kinds.find(paper.kind).kept:
        document = documents.get(wanted)
        if document is None:  # the kind came in fewer formats when the paper was issued
            continue
        state, told = _stand(document, jobs.get(document.id))
        of_type = FILE_TYPES[wanted]
        address = url_for("papers.document", paper_id=paper.id, wanted=wanted)
        texts = (str(of_type.name), str(of_type.use), document.sha256)
        files.append(File(wanted, address, *texts, state, told))
    return files


def _stand(document: Document, job: Job | None) -> tuple[Stand, str]:
    """How it stands with a document, and what is said of one that is not there."""
    if document.state == "issued":
        return "ready", ""
    state = work.state(job) if job else "waits"
    if job and state == "tried":
        time = job.due_at.astimezone(clock.OSLO).strftime("%H.%M")
        return "later", _("Kunne ikke lages. Vi prøver igjen kl. %(time)s.", time=time)
    if state == "given up":
        return "never", _(
            "Kunne ikke lages. Bruk Word-dokumentet, og gi beskjed til den som drifter tjenesten."
        )
    return "making", _("Lages nå …")


def _issued(paper: Paper) -> datetime:
    return paper.issued_at.astimezone(clock.OSLO)
