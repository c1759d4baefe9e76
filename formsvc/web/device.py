"""The browser that somebody logs in with: what kind it is, and whom it has let in before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from flask import Response, after_this_request, current_app, request

from formsvc.config import Settings
from formsvc.language import gettext as _

#: word in the User-Agent → name; Edge says that it is Chrome too, and Chrome that it is Safari
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)

#: browsers keep no cookie longer than this
REMEMBERED: Final = timedelta(days=400)
#: how many accounts one browser is remembered by, where colleagues share it
MOST_ACCOUNTS: Final = 5
_SHAPE: Final = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{64}")


def family() -> str:
    """The kind of this request's browser, coarsely: ``Chrome/Windows``; "" when it does not say."""
    agent = request.headers.get("User-Agent", "")
    words = [
        next((name for word, name in names if word in agent), "") for names in (BROWSERS, SYSTEMS)
    ]
    return "/".join(words) if any(words) else ""


def spelt(kind: str) -> str:
    """A kind of browser in words.

    >>> spelt("Chrome/Windows")
    'Chrome på Windows'
    """
    browser, _slash, system = kind.partition("/")
    if browser and system:
        return _("%(browser)s på %(system)s", browser=browser, system=system)
    return browser or system or _("Ukjent nettleser")


def shown() -> list[str]:
    """What this browser shows of having let somebody in before."""
    return _SHAPE.findall(request.cookies.get(_name(), ""))[:MOST_ACCOUNTS]


def remember(token: str, *, instead_of: Sequence[str] = ()) -> None:
    """Let this browser show a token from now on, the newest first.

    :param instead_of: earlier ones of the same account, which make room for colleagues.
    """
    others = [each for each in shown() if each not in instead_of]
    tokens = "_".join([token, *others][:MOST_ACCOUNTS])
    settings: Settings = current_app.extensions["formsvc.settings"]

    def add(response: Response) -> Response:
        response.set_cookie(
            _name(),
            tokens,
            max_age=REMEMBERED,
            secure=settings.https,
            httponly=True,
            samesite="Lax",
        )
        return response

    after_this_request(add)


def _name() -> str:
    settings: Settings = current_app.extensions["formsvc.settings"]
    return "__Host-device" if settings.https else "device"
