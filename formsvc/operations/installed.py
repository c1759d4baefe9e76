"""What the municipality has installed, its profile and its templates, and when that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from formsvc import config, profile
from formsvc.kinds import KINDS
from formsvc.language import PAPER_LANGUAGES
from formsvc.services import audit, trail
from formsvc.services.trail import Wanted

#: how the files of templates end
_ENDINGS: Final = ("docx", "pdf")


def notice(session: Session) -> None:
    """Leave an event for the profile and for the templates, where they differ from last time."""
    for what, files in (
        ("profile_changed", _profile_files()),
        ("templates_changed", _template_files()),
    ):
        sha256 = _fingerprint(files)
        last = trail.find(session, Wanted(what=what), most=1)
        if not last or last[0].keys["sha256"] != sha256:
            audit.record(session, what, sha256=sha256)


def _profile_files() -> Iterator[Path]:
    yield profile.SHIPPED
    own = config.current().profile
    if own is not None:
        yield own


def _template_files() -> Iterator[Path]:
    """The municipality's own, else the shipped one; a change of profile has an event of its own."""
    for kind in KINDS:
        for language in PAPER_LANGUAGES:
            for ending in _ENDINGS:
                name = f"{kind.slug}.{language}.{ending}"
                path = config.own_template(name) or config.SHIPPED / name
                if path.is_file():
                    yield path


def _fingerprint(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode() + b"\0" + _digest(path))
    return whole.hexdigest()


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").digest()
    except OSError:
        return b""  # whoever needs the file says what is wrong with it
