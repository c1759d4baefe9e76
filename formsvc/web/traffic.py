"""Where each request comes from, and a line in the log about each."""

from __future__ import annotations

import logging
import time
from typing import Final

from flask import Flask, Response, g, request

from formsvc import origin
from formsvc.services import actor

log = logging.getLogger(__name__)

#: a family's answer leaves neither an address nor a time, in the database or here
UNTOLD: Final = frozenset({"evaluation.ask", "evaluation.thanks"})
#: a method is a stranger's word as well
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Look at each request before anything else does, and at its answer after all others."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    g.began = time.monotonic()
    is_untold = request.endpoint in UNTOLD
    actor.set_current(None)  # threads serve one after the other
    origin.set_current(origin.UNKNOWN if is_untold else origin.address(request.remote_addr))


def _tell(response: Response) -> Response:
    if request.endpoint not in UNTOLD:
        method = request.method if request.method in METHODS else "other"
        milliseconds = (time.monotonic() - g.began) * 1000
        # the name of the page and not its address, which may hold what somebody typed
        log.info("%s %s %s %.0f ms", method, request.endpoint, response.status_code, milliseconds)
    return response
