"""What every answer and every request must satisfy: headers, cookies, CSRF, size."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from formsvc.config import Settings
from formsvc.errors import NotAllowed
from formsvc.keys import derived
from formsvc.language import gettext as _

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
    app.before_request(refuse_odd_forms)
    app.before_request(refuse_strangers)
    app.after_request(_headers(https=settings.https))
    app.jinja_env.globals["csp_nonce"] = nonce


def nonce() -> str:
    """This answer's word for its own scripts; what an attacker injects cannot know it."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


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
                "Forespørselen kom fra et annet nettsted, og ble stoppet."
                " Åpne siden her og prøv igjen."
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


def _headers(*, https: bool) -> Callable[[Response], Response]:
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

    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = _policy()
        if request.endpoint != "static" or response.status_code >= 400:
            # papers about children: nothing may stay in a browser's or a proxy's memory
            response.headers["Cache-Control"] = "no-store"
        return response

    return add
