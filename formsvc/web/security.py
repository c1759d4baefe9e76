"""What every answer and every request must satisfy: headers, cookies, CSRF, size."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from formsvc.config import Settings
from formsvc.errors import NotAllowed
from formsvc.keys import derived
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MEGABYTE: Final = 1024 * 1024
#: the longest body: a paper with hundreds of rows is well under one megabyte
LONGEST: Final = 4 * MEGABYTE
MOST_FIELDS: Final = 5000
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

#: browsers' powers that no page here uses
POWERS: Final = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)

#: a name of letters, digits and hyphens, or an address in numbers; then a port (RFC 3986, 1123)
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(
    rf"(?P<name>{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?", re.IGNORECASE
)
LONGEST_HOST: Final = 253

csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Guard the application. Order matters: size first, then where the request comes from."""
    signing = [derived(secret, "browsers' sessions").hex() for secret in settings.masters()]
    app.config.update(
        # newest first to sign with; older ones are still believed, so that a change of the master
        # key logs nobody out and refuses no form that lies open
        SECRET_KEY=signing[0],
        SECRET_KEY_FALLBACKS=signing[1:],
        WTF_CSRF_SECRET_KEY=signing[::-1],  # itsdangerous takes the newest last
        MAX_CONTENT_LENGTH=LONGEST,
        # __Host- makes browsers refuse the cookie from a subdomain or over plain HTTP
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # a token lives as long as its session: minutes of a long meeting take hours to write
        WTF_CSRF_TIME_LIMIT=None,
        # no page sends a Referer; refuse_strangers looks at Sec-Fetch-Site and Origin instead
        WTF_CSRF_SSL_STRICT=False,
    )
    inner = app.wsgi_app

    def wsgi_app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return inner(_with_host(environ), start_response)

    app.wsgi_app = wsgi_app  # type: ignore[method-assign]  # the way Flask documents for middleware
    app.before_request(refuse_odd_hosts)
    app.before_request(refuse_odd_addresses)
    app.before_request(refuse_odd_forms)
    app.before_request(refuse_strangers)
    app.after_request(_headers(https=settings.https))
    app.jinja_env.globals["csp_nonce"] = nonce


def nonce() -> str:
    """This answer's word for its own scripts; what an attacker injects cannot know it."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _with_host(environ: WSGIEnvironment) -> WSGIEnvironment:
    """Put a host that can be read in place of one that cannot, and remember that it was so."""
    if not _is_host(environ.get("HTTP_HOST", "localhost")):
        environ |= {"HTTP_HOST": "localhost", "formsvc.odd_host": True}
    return environ


def _is_host(text: str) -> bool:
    """Whether it can be read as a host: Werkzeug reads it whenever a page makes an address.

    A label of 64 letters, «a..b» and «xn--a» are errors there, on the error page too.
    """
    host = _HOST.fullmatch(text)
    if host is None or len(host["name"]) > LONGEST_HOST:
        return False
    try:
        if host["name"].startswith("["):
            ipaddress.IPv6Address(host["name"][1:-1])
        else:
            host["name"].encode("ascii").decode("idna")
    except ValueError:
        return False
    return True


def refuse_odd_hosts() -> None:
    """Refuse a request to a host that cannot be one.

    :raises BadRequest: 400
    """
    if request.environ.get("formsvc.odd_host"):
        raise BadRequest


def refuse_odd_addresses() -> None:
    """Refuse an address with a NUL in it: none of ours has one, and PostgreSQL looks for none.

    :raises BadRequest: 400
    """
    if "\0" in request.path or b"%00" in request.query_string:
        raise BadRequest


def refuse_odd_forms() -> None:
    """Refuse a form of more fields than any paper has, and one sent as multipart.

    No page sends a file, so none needs multipart; and Werkzeug's parser of it can lose a field
    where an empty one meets the end of a chunk (pallets/werkzeug#3285).

    :raises UnsupportedMediaType: 415
    :raises RequestEntityTooLarge: 413
    """
    if request.mimetype.startswith("multipart/"):
        raise UnsupportedMediaType
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    # counted before it is parsed: Werkzeug's own limit is for multipart only
    if request.get_data(cache=True, parse_form_data=False).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge


def refuse_strangers() -> None:
    """Refuse a change that another site's page asks for.

    Browsers say where a request comes from in Sec-Fetch-Site, which a page cannot forge; older
    ones in Origin, which is "null" here because pages send no referrer. Programs send neither.

    :raises NotAllowed: 403
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site", "none")
    origin = request.headers.get("Origin", "null")
    ours = origin == "null" or origin.partition("://")[2] == request.host
    if site not in ("same-origin", "none") or not ours:
        raise NotAllowed(
            _(
                "Forespørselen kom fra et annet nettsted og ble stoppet. Åpne siden her og prøv"
                " igjen."
            )
        )


def _policy() -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _fixed_headers(*, https: bool) -> dict[str, str]:
    fixed = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{power}=()" for power in POWERS),
    }
    if https:
        fixed["Strict-Transport-Security"] = "max-age=31536000"
    return fixed


def bare_headers(*, https: bool) -> dict[str, str]:
    """The headers of an answer that the server gives without the application, in plain text."""
    return _fixed_headers(https=https) | {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }


#: what says nothing of anybody, and has another address when it changes
KEPT: Final = frozenset({"static", "pages.arms", "pages.colour"})


def _headers(*, https: bool) -> Callable[[Response], Response]:
    fixed = _fixed_headers(https=https)

    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = _policy()
        if request.endpoint not in KEPT or response.status_code >= 400:
            # papers about children: nothing may stay in a browser's or a proxy's memory
            response.headers["Cache-Control"] = "no-store"
        return response

    return add
