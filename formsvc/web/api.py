"""The API: the papers for programs, as plain answers in and a finished document out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar, get_args

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.exceptions import NotAcceptable

from formsvc.errors import FormsvcError, InvalidAnswers
from formsvc.formats import MEDIA_TYPES, Format
from formsvc.kinds import KINDS, Kind, find
from formsvc.language import PAPER_LANGUAGES, speaking
from formsvc.language import gettext as _
from formsvc.services import blanks, on_demand
from formsvc.web import body, errors, openapi, transaction

area = Blueprint("api", __name__, url_prefix="/api/v1")

Asked = TypeVar("Asked", bound=str)


class UnknownFormat(FormsvcError):
    """The address asks for a format that no paper comes in."""

    status = 400


@area.get("/kinds")
def kinds() -> Response:
    """The papers, in the order of the menu."""
    return jsonify([_described(kind) for kind in KINDS])


@area.get("/kinds/<kind>/schema")
def schema(kind: str) -> Response:
    """The JSON Schema of a paper's answers."""
    response = jsonify(find(kind).form.schema())
    response.mimetype = "application/schema+json"
    return response


@area.get("/openapi.json")
def description() -> Response:
    """This API, described in OpenAPI 3.1."""
    return jsonify(openapi.document(request.script_root))


@area.post("/render/<kind>")
def render(kind: str) -> Response:
    """Make a document from answers; nothing is stored.

    What is wrong with a paper is said in the paper's language.
    """
    found = find(kind)
    wanted = _wanted_format()
    answers = body.answers(request)
    try:
        data = on_demand.make(found, answers, wanted)
    except InvalidAnswers as refused:
        with speaking(str(answers.get("language", ""))):
            return errors.ours(refused)
    transaction.seen("document_rendered", kind=found.slug, format=wanted)
    return _document(data, found.slug, wanted)


@area.get("/render/<kind>")
def blank(kind: str) -> Response:
    """Make a blank paper, to be written on by hand."""
    found = find(kind)
    language, wanted = _one_of("language", PAPER_LANGUAGES), _one_of("format", blanks.FORMATS)
    return _document(on_demand.blank(found, language, wanted), f"{found.slug}-{language}", wanted)


def _described(kind: Kind) -> dict[str, object]:
    return {
        "kind": kind.slug,
        "title": {code: kind.title(code) for code in PAPER_LANGUAGES},
        "version": kind.form.version(),
        "formats": kind.formats,
        "schema": url_for("api.schema", kind=kind.slug),
        "render": None if kind.counted else url_for("api.render", kind=kind.slug),
    }


def _document(data: bytes, name: str, wanted: Format) -> Response:
    response = Response(data, mimetype=MEDIA_TYPES[wanted])
    ending = "docx" if wanted == "docx" else "pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _one_of(name: str, known: Sequence[Asked]) -> Asked:
    """What a parameter asks for; the first one where it is not there."""
    asked = request.args.getlist(name) or [known[0]]
    for each in known:
        if asked == [each]:
            return each
    raise UnknownFormat(
        _("Skriv én av disse etter %(name)s: %(known)s.", name=name, known=", ".join(known))
    )


def _wanted_format() -> Format:
    """What ``?format=`` asks for, else what the Accept header prefers, else Word."""
    asked = request.args.getlist("format")
    for wanted in get_args(Format):
        if asked == [wanted]:
            return wanted  # type: ignore[no-any-return]
    if asked:
        raise UnknownFormat(
            _("Skriv ett format: %(formats)s.", formats=", ".join(get_args(Format)))
        )
    accepted = request.accept_mimetypes
    preferred: tuple[Format, ...] = ("docx", "pdf")
    by_type = {MEDIA_TYPES[name]: name for name in preferred}
    best = accepted.best_match(by_type) if accepted else MEDIA_TYPES["docx"]
    if best is None:
        raise NotAcceptable
    return by_type[best]
