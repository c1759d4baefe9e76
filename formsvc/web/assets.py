"""Stylesheets, scripts, fonts and icons: their addresses, and how long browsers keep them."""

from __future__ import annotations

import hashlib
import json
import logging
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, request, url_for
from markupsafe import Markup

from formsvc.config import PACKAGE
from formsvc.errors import MissingResource

log = logging.getLogger(__name__)

STATIC: Final = PACKAGE / "static"
VENDOR: Final = STATIC / "vendor"
#: how long a browser keeps what has another address when it has changed
FOR_GOOD: Final = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Give templates ``asset()``, ``vendor()`` and ``icon()``, and versioned files a long life."""
    if not _manifest():
        log.warning("The browser assets are missing: run `python3 dev.py run` once to fetch them.")
    app.jinja_env.globals.update(asset=asset, vendor=vendor, icon=icon)
    app.after_request(_keep)


def asset(name: str) -> str:
    """The address of one of the service's own files, with its content's hash in it."""
    path = STATIC / name
    return url_for("static", filename=name, v=_hash(path, path.stat().st_mtime_ns))


def vendor(name: str) -> str:
    """The address of a file that was fetched at build, with the manifest's hash in it.

    :raises MissingResource: when assets were fetched but this one is not among them
    """
    files = _manifest()
    if files and name not in files:
        raise MissingResource(f"{name} is not in static/vendor: add it to assets.json and rebuild.")
    return url_for("static", filename=f"vendor/{name}", v=files.get(name))


@cache
def icon(name: str) -> Markup:
    """The picture ``vendor/icons/<name>.svg``, inline, silent to screen readers.

    :raises MissingResource: when assets were fetched but this one is not among them
    """
    path = VENDOR / "icons" / f"{name}.svg"
    if not path.is_file():
        if _manifest():
            raise MissingResource(f"The icon {name} is missing: add it to assets.json and rebuild.")
        return Markup("")
    drawing = path.read_text(encoding="utf-8")
    inside = drawing[drawing.index("<svg") + len("<svg") :].replace(' role="img"', "")
    # the file was made by us at build from a locked package, so it is trusted as markup
    return Markup(f'<svg class="icon" aria-hidden="true"{inside}')  # noqa: S704


@cache
def _manifest() -> dict[str, str]:
    path = VENDOR / "manifest.json"
    if not path.is_file():
        return {}
    files: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["files"]
    return files


@cache
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code in (200, 304):
        response.headers["Cache-Control"] = FOR_GOOD
    return response
