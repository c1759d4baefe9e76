"""Blank papers to be written on by hand: the list of them, and the documents."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, render_template, url_for
from werkzeug.exceptions import NotFound

from formsvc.formats import MEDIA_TYPES
from formsvc.forms.base import PAPER_LANGUAGE_NAMES
from formsvc.kinds import find
from formsvc.language import PAPER_LANGUAGES, spoken
from formsvc.services import blanks, on_demand
from formsvc.services.blanks import BlankFormat
from formsvc.web.papers import FILE_TYPES

area = Blueprint("blanks", __name__, url_prefix="/blanks")


class File(NamedTuple):
    """A blank paper to download."""

    address: str
    #: what it comes as, and in which language
    name: str
    language: str


@area.get("/")
def listed() -> str:
    """Show every paper that can be had blank."""
    papers = [(kind.title(spoken()), _files(kind.slug)) for kind in blanks.BLANK]
    return render_template("papers/blanks.html", papers=papers)


@area.get("/<slug>/<language>.<wanted>")
def document(slug: str, language: str, wanted: str) -> Response:
    """Hand out a blank paper."""
    formats: dict[str, BlankFormat] = {each: each for each in blanks.FORMATS}
    if language not in PAPER_LANGUAGES or wanted not in formats:
        raise NotFound
    data = on_demand.blank(find(slug), language, formats[wanted])
    response = Response(data, mimetype=MEDIA_TYPES[formats[wanted]])
    name = f"{slug}-{language}{FILE_TYPES[wanted].ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _files(slug: str) -> list[File]:
    return [
        File(
            url_for("blanks.document", slug=slug, language=language, wanted=wanted),
            str(FILE_TYPES[wanted].name),
            str(PAPER_LANGUAGE_NAMES[language]),
        )
        for language in PAPER_LANGUAGES
        for wanted in blanks.FORMATS
    ]
