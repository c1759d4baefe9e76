"""What went wrong, told to the one who asked: as a page, or as problem+json to a program."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Sequence
from typing import Final, NamedTuple

import sqlalchemy.exc
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from formsvc import db, logs
from formsvc.errors import BadTemplate, FormsvcError, InvalidAnswers, Problem
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken
from formsvc.outages import Busy, Outage
from formsvc.services import papers
from formsvc.services.attempts import TooManyAttempts
from formsvc.services.on_demand import TooManyDocuments

log = logging.getLogger(__name__)


class Words(NamedTuple):
    """What an error page says: what happened, and what to do now."""

    title: str
    advice: str


#: by HTTP status; what is not here is told as 400 or 500
WORDS: Final = {
    400: Words(
        _l("Forespørselen kunne ikke leses"),
        _l("Gå tilbake, last siden på nytt og prøv igjen."),
    ),
    401: Words(
        _l("Du må logge inn"),
        _l("Logg inn og prøv igjen. Programmer sender nøkkelen i hodet «Authorization: Bearer …»."),
    ),
    403: Words(
        _l("Du har ikke tilgang"),
        _l("Kontakt administratoren hvis du trenger tilgang til denne siden."),
    ),
    404: Words(
        _l("Siden finnes ikke"),
        _l("Se etter skrivefeil i adressen, eller gå til startsiden og velg derfra."),
    ),
    405: Words(
        _l("Siden kan ikke brukes slik"),
        _l("Gå til startsiden og velg derfra."),
    ),
    406: Words(
        _l("Dokumentet finnes ikke i det formatet"),
        _l("Be om docx, pdf, fillable eller flattened."),
    ),
    409: Words(
        _l("Noen andre har lagret i mellomtiden"),
        _l("Gå tilbake, last siden på nytt og legg inn endringen din på nytt."),
    ),
    410: Words(
        _l("Lenka virker ikke lenger"),
        _l("Be den som ga deg lenka, om en ny."),
    ),
    413: Words(
        _l("Det du sendte, er for stort"),
        _l("Kort ned teksten, eller del skjemaet i flere, og send på nytt."),
    ),
    415: Words(
        _l("Innholdet har et format som ikke kan leses"),
        _l(
            "Sider sender vanlige skjemafelter. Programmer sender svarene som JSON, med hodet"
            " «Content-Type: application/json»."
        ),
    ),
    422: Words(
        _l("Noe må rettes"),
        _l("Gå tilbake, rett det som er nevnt her, og send på nytt."),
    ),
    429: Words(
        _l("For mange forsøk"),
        _l("Vent noen minutter før du prøver igjen."),
    ),
    500: Words(
        _l("Noe gikk galt hos oss"),
        _l("Det du har lagret, er tatt vare på. Vent litt og prøv igjen."),
    ),
    503: Words(
        _l("Tjenesten mangler noe den trenger"),
        _l("Gi beskjed til den som drifter tjenesten: kommandoen «formsvc doctor» sier hva."),
    ),
}

#: headers of an HTTP error that say how to do it right
KEPT_HEADERS: Final = ("Allow", "WWW-Authenticate", "Retry-After", "Location")


def init_app(app: Flask) -> None:
    """Answer every error in the reader's language, in the shape that the reader can use."""
    app.register_error_handler(FormsvcError, ours)
    app.register_error_handler(BadTemplate, unusable_template)
    app.register_error_handler(TooManyDocuments, full_press)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http)
    # SQLAlchemy's own: every connection is in use
    app.register_error_handler(sqlalchemy.exc.TimeoutError, lambda _error: ours(Busy()))
    app.register_error_handler(Exception, unexpected)


def ours(error: FormsvcError) -> Response:
    """An error of the service's own: its text is written for the one who caused it."""
    if isinstance(error, Outage):
        return _outage(error)
    if error.status >= 500:  # where the fault is ours
        note(error)
    problems = error.problems if isinstance(error, InvalidAnswers) else []
    # what is wrong with a stored text is for whoever runs the service; the log has it
    readable = papers.CannotBeOpened() if isinstance(error, db.Unreadable) else error
    detail = "" if problems else str(readable)
    response = answer(error.status, detail=detail, problems=problems)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="formsvc"'
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _outage(error: Outage) -> Response:
    """The database cannot do it now: when to try again, and what was typed, to send once more."""
    log.error("error %s: %s", note(error), error)  # its text names the fault and the mend only
    told, title = str(error.told), str(error.title)
    response = answer(error.status, title=title, detail=told, unsaved=_unsaved())
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _unsaved() -> list[tuple[str, str]]:
    """What a page has sent and nothing has kept; a password is never shown again."""
    sent = list(request.form.items(multi=True)) if request.method == "POST" else []
    return [] if any("password" in name for name, _text in sent) else sent


def unusable_template(error: BadTemplate) -> Response:
    """A template that cannot be filled: its faults are for the one who runs the service.

    They stand in the log and in ``formsvc doctor``; the one who fills in a paper can mend nothing.
    """
    note(error)
    return answer(
        error.status,
        title=_("Dokumentet kan ikke lages akkurat nå"),
        detail=_(
            "Malen som kommunen bruker for dette skjemaet, har en feil. Den som drifter tjenesten,"
            " har fått beskjed. Det du har lagret, er tatt vare på. Prøv igjen når malen er"
            " rettet."
        ),
    )


def full_press(error: TooManyDocuments) -> Response:
    """Others have their documents made: when to try again; nothing is wrong, so no note of it."""
    title = _("Det lages mange dokumenter akkurat nå")
    response = answer(error.status, title=title, detail=str(error))
    response.headers["Retry-After"] = str(error.seconds)
    return response


def stale_form(_error: CSRFError) -> Response:
    """A form whose token is not this session's: most often an old tab after a new login."""
    return answer(
        400,
        title=_("Siden var for gammel"),
        detail=_(
            "Du har logget inn på nytt eller slettet informasjonskapsler siden siden ble åpnet."
            " Gå tilbake, last siden på nytt og send igjen."
        ),
    )


def http(error: HTTPException) -> Response:
    """An error of the web's own, such as an unknown address."""
    if error.response is not None:  # a redirect in disguise
        return make_response(error.response)
    response = answer(error.code or 500)
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def unexpected(error: Exception) -> Response:
    """A fault in the program: noted without content, answered with the note's number."""
    number = note(error)
    try:
        return answer(500, detail=_("Oppgi nummeret %(number)s hvis du melder fra.", number=number))
    except Exception as again:  # whatever broke may have broken this page as well
        note(again)
        return Response(f"Noe gikk galt hos oss. Feilnummer {number}.", 500, mimetype="text/plain")


def note(error: BaseException) -> str:
    """Log where an error happened, never its words: they may hold what somebody typed.

    :returns: the number that finds it in the log
    """
    number = secrets.token_hex(4)
    kind, where = type(error).__name__, logs.places(error)
    log.error("error %s: %s in %s at %s", number, kind, request.endpoint, where)
    return number


def answer(
    status: int,
    *,
    title: str = "",
    detail: str = "",
    problems: list[Problem] | None = None,
    unsaved: Sequence[tuple[str, str]] = (),
) -> Response:
    """The answer to an error: problem+json for a program, else a page."""
    words = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    title = title or str(words.title)
    if wants_json():
        return problem_json(status, title, detail or str(words.advice), problems or [])
    page = render_template(
        "error.html",
        status=status,
        title=title,
        detail=detail,
        advice="" if title != words.title else str(words.advice),
        problems=problems or [],
        unsaved=unsaved,
        written=[text for name, text in unsaved if text and not _pages_own(name)],
    )
    return make_response(page, status)


def _pages_own(name: str) -> bool:
    return name == "csrf_token" or name.startswith("_")


def wants_json() -> bool:
    """Whether a program asks: the API, or a page's own script."""
    if request.path.startswith("/api/"):
        return True
    asked = request.accept_mimetypes
    return asked["application/json"] > asked["text/html"]


def problem_json(status: int, title: str, detail: str, problems: list[Problem]) -> Response:
    """An RFC 9457 problem; ``problems`` lists each thing to mend as ``{field, message}``."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if problems:
        body["problems"] = [problem._asdict() for problem in problems]
    response = Response(json.dumps(body), status, mimetype="application/problem+json")
    response.headers["Content-Language"] = spoken()
    return response
