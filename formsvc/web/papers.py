"""Finished papers: the receipt with its documents, and the list of them."""

from __future__ import annotations

import time
from datetime import datetime
from io import BytesIO
from typing import Final, NamedTuple
from uuid import UUID

from flask import Blueprint, Response, render_template, send_file, url_for

from formsvc import clock, kinds, norway, profile
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken
from formsvc.models import Document, Paper
from formsvc.services import paper, trail
from formsvc.web import history
from formsvc.web.session import database, me, seen

area = Blueprint("papers", __name__, url_prefix="/papers")


#: how many seconds a download waits for its document
PATIENCE: Final = 20


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
    #: who wrote it; "" where that is the reader; and who finished it, where that is another
    author: str


class File(NamedTuple):
    """A document to download."""

    address: str
    name: str
    use: str
    sha256: str | None


@area.get("/")
def mine() -> str:
    """Show the papers that one has finished, or for the coordinating unit everybody's."""
    issued = [line(found) for found in paper.list_for(database(), me())]
    return render_template("papers/list.html", issued=issued)


@area.get("/<uuid:paper_id>")
def receipt(paper_id: UUID) -> str:
    """Show a finished paper: its reference, its documents and what happens next."""
    found = paper.opened(database(), paper_id, me())
    seen("paper_viewed", "paper", found.id, kind=found.kind)
    texts = profile.current().texts(found.kind, spoken(), on=_issued(found).date())
    return render_template(
        "papers/receipt.html",
        paper=found,
        title=kinds.find(found.kind).title(spoken()),
        issued=norway.long_date(_issued(found).date(), spoken()),
        finished_by=(found.issued_by or found.author).name,
        changed_by=trail.last_to_save(database(), found.draft_id) if found.draft_id else "",
        deeds=history.of(found.author_id, found.id, found.draft_id),
        files=_files(found),
        next=texts.get("next", []),
    )


@area.get("/<uuid:paper_id>/<wanted>")
def document(paper_id: UUID, wanted: str) -> Response:
    """Hand out a document, under a name that says nothing of whom it concerns."""
    found = paper.opened(database(), paper_id, me())
    kept = _when_made(found, wanted)
    of_type = FILE_TYPES[wanted]
    seen("document_downloaded", "paper", found.id, kind=found.kind, format=wanted)
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
    """A paper as it stands in a list."""
    return Line(
        url_for("papers.receipt", paper_id=found.id),
        kinds.find(found.kind).title(spoken()),
        _concerns(found),
        found.reference,
        norway.short_date(_issued(found).date()),
        _people(found),
    )


def _people(found: Paper) -> str:
    author = found.author.name if found.author_id != me().id else ""
    if found.issued_by is None or found.issued_by_id == found.author_id:
        return author
    finished = _("ferdigstilt av %(name)s", name=found.issued_by.name)
    return f"{author}, {finished}" if author else finished


def _concerns(found: Paper) -> str:
    groups = (found.answers.get(group) or {} for group in WHOM)
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
