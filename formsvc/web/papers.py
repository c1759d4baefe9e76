"""Finished papers: the receipt with its documents, and the list of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Final, Literal, NamedTuple, TypeVar
from uuid import UUID

from flask import Blueprint, Response, render_template, request, send_file, url_for

from formsvc import clock, db, kinds, norway, profile
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken
from formsvc.models import Document, Paper
from formsvc.services import paper
from formsvc.services.access import may
from formsvc.web.paging import beside, turn
from formsvc.web.session import database, me

area = Blueprint("papers", __name__, url_prefix="/papers")


#: how many seconds a download waits for its document
PATIENCE: Final = 20


#: the ways to choose among the papers that one may see
WHOSE: Final[tuple[paper.Whose, ...]] = ("own", "shared", "received")

#: the groups of a paper that may name whom it concerns
WHOM: Final = ("child", "person")


class FileType(NamedTuple):
    """A format as people know it."""

    name: str
    use: str
    #: how the name of its file ends
    ending: str
    mimetype: str


_PDF: Final = "application/pdf"
#: by the format's name in ``kinds``
FILE_TYPES: Final = {
    "docx": FileType(
        _l("Word"),
        _l("Kan endres og skrives under på papir."),
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": FileType(_l("PDF"), _l("Til arkivet og til å lese."), ".pdf", _PDF),
    "fillable": FileType(
        _l("Utfyllbar PDF"),
        _l("Det offisielle skjemaet, fylt ut. Kan endres og skrives under."),
        "-skjema.pdf",
        _PDF,
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
    #: who finished it; "" where it is the reader's own
    author: str


class File(NamedTuple):
    """A document to download."""

    address: str
    name: str
    use: str
    sha256: str | None


@area.get("/")
def mine() -> str:
    """Show the papers that one may see, a page at a time: one's own, shared ones, received ones."""
    kind = _chosen("kind", [kind.slug for kind in kinds.KINDS if kind.formats])
    whose = _chosen("whose", WHOSE)
    listed = paper.listed(database(), me(), turn(), kind=kind, whose=whose)
    return render_template(
        "papers/list.html",
        issued=[line(found) for found in listed.papers],
        pages=beside(listed.page, kind=kind, whose=whose),
        kinds=[(kind.slug, kind.title(spoken())) for kind in kinds.KINDS if kind.formats],
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
    found = paper.opened(database(), paper_id, me())
    texts = profile.current().texts(found.kind, spoken(), on=_issued(found).date())
    return render_template(
        "papers/receipt.html",
        paper=found,
        damaged=_concerns(found) is None,
        owner=found.author_id == me().id,
        title=kinds.find(found.kind).title(spoken()),
        issued=norway.long_date(_issued(found).date(), spoken()),
        files=_files(found),
        next=texts.get("next", []),
    )


@area.get("/<uuid:paper_id>/<wanted>")
def document(paper_id: UUID, wanted: str) -> Response:
    """Hand out a document, under a name that says nothing of whom it concerns."""
    found = paper.opened(database(), paper_id, me())
    kept = _when_made(found, wanted)
    of_type = FILE_TYPES[wanted]
    return send_file(
        BytesIO(kept.data or b""),
        mimetype=of_type.mimetype,
        as_attachment=True,
        download_name=f"{found.reference}{of_type.ending}",
    )


def _when_made(found: Paper, wanted: str) -> Document:
    """The document, also where it is still being made as its link is pressed.

    :raises paper.NotReady: when it takes longer than anybody should wait.
    """
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            return paper.document(database(), found, wanted)
        except paper.NotReady:
            if time.monotonic() > patience:
                raise
            # a transaction sees the world as it was when it began: look again with a new one
            database().rollback()
            time.sleep(0.1)


def line(found: Paper) -> Line:
    """A paper as it stands in a list; one that is damaged says so itself."""
    concerns = _concerns(found)
    return Line(
        url_for("papers.receipt", paper_id=found.id),
        kinds.find(found.kind).title(spoken()),
        str(paper.Damaged()) if concerns is None else concerns,
        found.reference,
        norway.short_date(_issued(found).date()),
        found.author.name if found.author_id != me().id else "",
    )


def _concerns(found: Paper) -> str | None:
    """Whom a paper concerns; None where it cannot be opened."""
    try:
        groups = [found.answers.get(group) or {} for group in WHOM]
    except db.Unreadable:
        return None
    return next((str(group["name"]) for group in groups if group.get("name")), "")


def _files(found: Paper) -> list[File]:
    hashes = {made.format: made.sha256 for made in found.documents}
    return [
        File(
            url_for("papers.document", paper_id=found.id, wanted=wanted),
            str(FILE_TYPES[wanted].name),
            str(FILE_TYPES[wanted].use),
            hashes.get(wanted),
        )
        for wanted in kinds.find(found.kind).kept
    ]


def _issued(found: Paper) -> datetime:
    return found.issued_at.astimezone(clock.OSLO)
