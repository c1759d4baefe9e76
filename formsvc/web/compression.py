"""Answers are sent packed by gzip, which every browser reads; files once, pages as they come."""

from __future__ import annotations

import gzip
import secrets
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from flask import Flask, Response, request

from formsvc.config import PACKAGE

#: bytes; below this the headers are longer than what is saved
WORTH_IT: Final = 1024
#: what is text; Word files, PDFs, fonts and pictures are packed already
TEXTS: Final = frozenset(
    {
        *("text/html", "text/css", "text/javascript", "application/javascript", "text/plain"),
        *("application/json", "application/problem+json", "application/schema+json"),
        *("image/svg+xml", "text/csv", "text/calendar"),
    }
)
#: the last levels cost a page of hundreds of rows as much as making it, and save a hundredth
LEVEL: Final = 5
# BREACH: where a page holds a secret beside words that an attacker chooses, its packed length tells
# whether they are alike. Here the secret that could be used, the CSRF token, is signed with the
# second it was made in, so that a guess of it does not last from one answer to the next; a page
# fetched by another site has no cookie (SameSite=Lax) and so no secret; and a name of random length
# in gzip's header, which readers skip, blurs what is left ("Heal the BREACH").
PADDING: Final = 64


def init_app(app: Flask) -> None:
    """Pack what an application answers; called first, so that it sees the answer last."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    is_file = request.endpoint == "static"
    if not is_file and response.mimetype not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if _may_be_packed(response):
        if is_file and response.status_code == 200:
            _pack_file(response, str((request.view_args or {})["filename"]))
        elif len(page := response.get_data()) >= WORTH_IT:
            _set(response, _packed(page))
    return response


def _pack_file(response: Response, name: str) -> None:
    path = PACKAGE / "static" / name  # it was checked, and the file there, when it was opened
    etag, _weak = response.get_etag()
    response.close()
    response.direct_passthrough = False
    _set(response, _packed_file(path, path.stat().st_mtime_ns))
    if etag:
        response.set_etag(etag, weak=True)  # the same file, though not the same bytes


def _set(response: Response, packed: bytes) -> None:
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"


def _may_be_packed(response: Response) -> bool:
    return (
        response.mimetype in TEXTS
        and response.status_code not in (206, 304)
        and "Content-Encoding" not in response.headers
        and request.accept_encodings["gzip"] > 0
    )


def _packed(page: bytes) -> bytes:
    blur = "a" * secrets.randbelow(PADDING)
    written = BytesIO()
    with gzip.GzipFile(blur, "wb", LEVEL, written, mtime=0) as packing:
        packing.write(page)
    return written.getvalue()


@lru_cache(maxsize=256)
def _packed_file(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
