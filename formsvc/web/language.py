"""Which language a reader is spoken to in: the chosen, the remembered or the browser's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, urlencode

from flask import Flask, Request, Response, current_app, request

from formsvc.language import LANGUAGES, SOURCE, speaking, spoken

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: the languages by their own names, as the switch on every page shows them
NAMES: Final = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
COOKIE: Final = "language"
A_YEAR: Final = 365 * 24 * 3600


class Choice(NamedTuple):
    """One link of the language switch."""

    code: str
    name: str
    address: str
    current: bool


def init_app(app: Flask) -> None:
    """Speak one language through each request, from the first check to the last error page."""
    inner = app.wsgi_app

    def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with speaking(chosen(Request(environ))):
            return inner(environ, start_response)

    app.wsgi_app = wsgi_app  # type: ignore[method-assign]  # the way Flask documents for middleware
    app.after_request(_remember)
    app.jinja_env.globals.update(languages=choices, spoken=spoken)


def chosen(asking: Request) -> str:
    """The language of a request: ``?lang=``, else the cookie, else Accept-Language, else bokmål."""
    for code in (asking.args.get("lang"), asking.cookies.get(COOKIE)):
        if code in LANGUAGES:
            return code
    return _of_the_browser(asking)


def _of_the_browser(asking: Request) -> str:
    for tag, quality in asking.accept_languages:
        code = tag.replace("_", "-").split("-")[0].lower()
        code = "nb" if code == "no" else code
        if code in LANGUAGES and quality > 0:
            return code
    return SOURCE


def choices() -> list[Choice]:
    """This page in each language; the start page when this one only answers a POST."""
    adapter = current_app.create_url_adapter(request)
    here = adapter is not None and adapter.test(request.path, "GET")
    asked = [(key, value) for key, value in request.args.items(multi=True) if key != "lang"]
    found = []
    for code, name in NAMES.items():
        query = urlencode([*(asked if here else ()), ("lang", code)])
        path = quote(request.path) if here else "/"
        address = f"{request.script_root}{path}?{query}"
        found.append(Choice(code, name, address, code == spoken()))
    return found


def _remember(response: Response) -> Response:
    code = request.args.get("lang")
    if code in LANGUAGES:
        response.set_cookie(
            COOKIE,
            code,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=bool(request.is_secure),
        )
    return response
