"""What this machine lacks, and how to mend it: for ``formsvc doctor``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from formsvc import config, profile
from formsvc.config import PACKAGE, settings
from formsvc.documents import html_pdf
from formsvc.errors import FormsvcError
from formsvc.kinds import KINDS, Kind
from formsvc.language import LANGUAGES, PAPER_LANGUAGES, SOURCE
from formsvc.services import template


class Finding(NamedTuple):
    """One thing that was looked at."""

    what: str
    ok: bool
    #: what to do when it is not
    mend: str


def findings() -> list[Finding]:
    """Everything that was looked at, the most needed first."""
    return [check() for check in _CHECKS]


def _secret() -> Finding:
    try:
        settings().secret()
    except FormsvcError as error:
        return Finding("Secret key", ok=False, mend=str(error))
    return Finding("Secret key", ok=True, mend="")


def _data_folder() -> Finding:
    folder = settings().data.absolute()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return Finding(
        f"Data folder {folder}",
        ok=os.access(existing, os.W_OK),
        mend="Make it writable, or point FORMSVC_DATA at another folder.",
    )


def _database() -> Finding:
    from sqlalchemy import inspect, select  # the other checks need no database

    from formsvc import db
    from formsvc.models import Draft, Paper

    try:
        engine = db.engine(settings())
        with db.session_factory(engine, reading=True)() as session:
            if inspect(session.connection()).has_table("paper"):
                # one stored text of each is opened: another secret key would not do it
                session.scalars(select(Paper).limit(1)).all()
                session.scalars(select(Draft).limit(1)).all()
        engine.dispose()
    except FormsvcError as error:
        return Finding("Database", ok=False, mend=str(error))
    except Exception as error:  # whatever a driver may say, the reader wants the mend
        mend = f"{type(error).__name__}. Check FORMSVC_DATABASE_URL and that the server runs."
        return Finding("Database", ok=False, mend=mend)
    return Finding("Database", ok=True, mend="")


def _profile() -> Finding:
    try:
        profile.current()
    except FormsvcError as error:
        return Finding("Profile", ok=False, mend=str(error))
    return Finding("Profile", ok=True, mend="")


def _second_factor() -> Finding:
    mend = (
        'Demand one at least of administrators: [accounts] second_factor = ["admin"] in the'
        " municipality's profile. They are asked to turn it on when they log in next."
    )
    demanded = _profile().ok and "admin" in profile.current().accounts.second_factor
    return Finding("Second factor", ok=settings().demo or demanded, mend=mend)


def _pdf() -> Finding:
    return Finding(
        "Libraries for PDF (Pango)",
        ok=html_pdf.available(),
        mend="Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    )


def _assets() -> Finding:
    return Finding(
        "Browser assets and fonts",
        ok=(PACKAGE / "static" / "vendor" / "manifest.json").is_file(),
        mend="Install again: `python3 dev.py run` in a checkout, or `pip install` of a wheel.",
    )


def _catalogues() -> Finding:
    missing = [
        code
        for code in LANGUAGES
        if code != SOURCE
        and not (PACKAGE / "translations" / code / "LC_MESSAGES" / "messages.mo").is_file()
    ]
    mend = f"Install again: compiled catalogues are missing for {', '.join(missing)}."
    return Finding("Nynorsk and English", ok=not missing, mend=mend)


def _template_names() -> list[tuple[Kind, str]]:
    return [
        (kind, f"{kind.slug}.{language}.{ending}")
        for kind in KINDS
        for language in PAPER_LANGUAGES
        for wanted, ending in (("docx", "docx"), ("fillable", "pdf"))
        if wanted in kind.formats
    ]


def _templates() -> Finding:
    missing = [name for _kind, name in _template_names() if config.template(name) is None]
    mend = f"Put these into docx_templates/ or FORMSVC_TEMPLATES: {', '.join(missing)}"
    return Finding("Official templates", ok=not missing, mend=mend)


def _own_templates() -> Finding:
    faulty = [
        name
        for kind, name in _template_names()
        if (path := config.own_template(name)) and _is_faulty(kind, path)
    ]
    mend = f"`formsvc check-template FILE --kind KIND` says what is wrong in {', '.join(faulty)}"
    return Finding("Your own templates", ok=not faulty, mend=mend)


def _is_faulty(kind: Kind, path: Path) -> bool:
    return any(fault.refuses for fault in template.check(kind, path.read_bytes()))


def _browser() -> Finding:
    return Finding(
        "Chromium (only for the tests)",
        ok=bool(shutil.which("chromium") or os.environ.get("FORMSVC_CHROMIUM")),
        mend="Debian: apt install chromium chromium-l10n",
    )


_CHECKS: Final[tuple[Callable[[], Finding], ...]] = (
    _secret,
    _data_folder,
    _database,
    _profile,
    _second_factor,
    _assets,
    _catalogues,
    _templates,
    _own_templates,
    _pdf,
    _browser,
)
