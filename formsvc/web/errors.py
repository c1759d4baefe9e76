"""What went wrong, told to the one who asked: as a page, or as problem+json to a program."""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from types import TracebackType
from typing import Final, NamedTuple

from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from formsvc.errors import FormsvcError, InvalidAnswers, Problem
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken
from formsvc.services.attempt import TooManyAttempts

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
        _l("Kontakt den som er ansvarlig for tjenesten hvis du trenger tilgang til denne siden."),
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
        _l("Lenken virker ikke lenger"),
        _l("Be den som ga deg lenken, om en ny."),
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
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unexpected)


def ours(error: FormsvcError) -> Response:
    """An error of the service's own: its text is written for the one who caused it."""
    if error.status >= 500:  # where the fault is ours
        note(error)
    problems = error.problems if isinstance(error, InvalidAnswers) else []
    detail = "" if problems else str(error)
    response = answer(error.status, detail=detail, problems=problems)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="formsvc"'
    if isinstance(error, TooManyAttempts):
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
    log.error(
        "error %s: %s in %s at %s", number, type(error).__name__, request.endpoint, _path(error)
    )
    return number


def _path(error: BaseException) -> str:
    trace: TracebackType | None = error.__traceback__
    return " > ".join(
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    )


def answer(
    status: int, *, title: str = "", detail: str = "", problems: list[Problem] | None = None
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
    )
    return make_response(page, status)


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
