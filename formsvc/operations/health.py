"""What this machine lacks, and how to mend it: for ``formsvc doctor``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from formsvc import config, originals, profile
from formsvc.config import OPEN_FILES, PACKAGE
from formsvc.documents import html_pdf, jail
from formsvc.errors import FormsvcError
from formsvc.kinds import KINDS, Kind, demand_read
from formsvc.language import LANGUAGES, PAPER_LANGUAGES, SOURCE
from formsvc.services import access, templates

if TYPE_CHECKING:
    from formsvc.services.work import Overview
MEGABYTE: Final = 1024 * 1024
#: some thousand papers with their documents
ENOUGH_ROOM: Final = 1024 * MEGABYTE

EARLIER_KEY: Final = "Texts are still sealed with an earlier key. Run `formsvc rotate-keys`."


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
        config.current().masters()
    except FormsvcError as error:
        return Finding("Secret key", ok=False, mend=str(error))
    return Finding("Secret key", ok=True, mend="")


def _data_folder() -> Finding:
    folder = config.current().data.absolute()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        # a full or broken disk, and rights that os.access does not know of, show only here
        with tempfile.TemporaryFile(dir=existing) as written:
            written.write(bytes(MEGABYTE))
            written.flush()
            os.fsync(written.fileno())
        free = shutil.disk_usage(existing).free
    except OSError as error:
        mend = f"{error.strerror}. Make room and make it writable, or change FORMSVC_DATA."
        return Finding(f"Data folder {folder}", ok=False, mend=mend)
    return Finding(
        f"Data folder {folder}, {free // MEGABYTE:,} MB free",
        ok=free >= ENOUGH_ROOM,
        mend="Make room on its disk: what is written when there is none is refused.",
    )


def _database() -> Finding:
    try:
        mend = _database_mend()
    except FormsvcError as error:
        mend = str(error)
    except Exception as error:  # whatever a driver may say, the reader wants the mend
        mend = f"{type(error).__name__}. Check FORMSVC_DATABASE_URL and that the server runs."
    return Finding("Database", ok=not mend, mend=mend)


def _database_mend() -> str:
    """Open every key, and the newest texts: a wrong key or a damaged row would not let it."""
    from sqlalchemy import inspect, select  # the other checks need no database

    from formsvc import db
    from formsvc.keys import DataKey
    from formsvc.models import Draft, Paper

    engine = db.engine(config.current())
    try:
        with db.session_factory(engine, reading=True)() as session:
            if not inspect(session.connection()).has_table("data_key"):
                return ""  # it is prepared at the first start
            db.keyring(session).check()
            for paper in session.scalars(select(Paper).order_by(Paper.issued_at.desc()).limit(1)):
                _ = paper.answers
            for draft in session.scalars(select(Draft).order_by(Draft.changed_at.desc()).limit(1)):
                _ = draft.typed
            retired = select(DataKey.id).where(DataKey.retired_at.is_not(None)).limit(1)
            earlier = session.scalar(retired) is not None
    finally:
        engine.dispose()
    return EARLIER_KEY if earlier else ""


def _jobs() -> Finding:
    from sqlalchemy import inspect

    from formsvc import db
    from formsvc.services import work

    if not _database().ok:
        return Finding("Documents and other work", ok=False, mend="Mend the database first.")
    engine = db.engine(config.current())
    with db.session_factory(engine, reading=True)() as session:
        there = inspect(session.connection()).has_table("job")
        mend = _unwell(work.overview(session)) if there else ""
    engine.dispose()
    return Finding("Documents and other work", ok=not mend, mend=mend)


def _unwell(overview: Overview) -> str:
    if overview.given_up:
        kinds = ", ".join(overview.errors) or "by hand"
        return (
            f"{overview.given_up} jobs were given up ({kinds}). `formsvc jobs` lists them; mend the"
            " cause, then `formsvc jobs --retry all`."
        )
    if overview.overdue_since:
        return (
            f"{overview.open} jobs wait,"
            f" the oldest since {overview.overdue_since:%Y-%m-%d %H:%M} UTC."
            " Is `formsvc run` or `formsvc worker` running, and what does its log say?"
        )
    return ""


def _profile() -> Finding:
    try:
        demand_read(profile.current())
    except FormsvcError as error:
        return Finding("Profile", ok=False, mend=str(error))
    return Finding("Profile", ok=True, mend="")


def _second_factor() -> Finding:
    mend = (
        'Demand one at least of administrators: [accounts] second_factor = ["admin"] in the'
        " municipality's profile. They are asked to turn it on when they log in next."
    )
    demanded = (
        _profile().ok and access.holders("administer") <= profile.current().accounts.second_factor
    )
    return Finding("Second factor", ok=config.current().demo or demanded, mend=mend)


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
    """Which are used: the municipality's own, those that came along, those that are made of it."""
    every = [name for _kind, name in _template_names()]
    missing = [name for name in every if not (config.own_template(name) or originals.exists(name))]
    mend = f"Put these into docx_templates/ or FORMSVC_TEMPLATES: {', '.join(missing)}"
    if missing or not _profile().ok:
        return Finding("Official templates", ok=not missing, mend=mend)
    own = [name for name in every if config.own_template(name)]
    made = [n for n in originals.NAMES if n not in own and not originals.as_shipped(n)]
    told = f"{len(own)} your own, {len(made)} made of your profile,"
    told += f" {len(every) - len(own) - len(made)} as shipped"
    return Finding(f"Official templates: {told}", ok=True, mend="")


def _own_templates() -> Finding:
    faulty = [
        f"{name} ({fault})"
        for kind, name in _template_names()
        if (path := config.own_template(name)) and (fault := _first_fault(kind, path))
    ]
    mend = (
        "No document is made of these. `formsvc check-template FILE --kind KIND` says all that is"
        f" wrong: {', '.join(faulty)}"
    )
    return Finding("Your own templates", ok=not faulty, mend=mend)


def _own_templates_age() -> Finding:
    doubts = [
        f"{name} ({doubt})"
        for _kind, name in _template_names()
        if _profile().ok
        for doubt in templates.doubts(name)
    ]
    mend = (
        "They are used as they are. `formsvc originals FOLDER` writes those of today, to move your"
        f" changes into: {', '.join(doubts)}"
    )
    return Finding("Your own templates against the originals", ok=not doubts, mend=mend)


def _first_fault(kind: Kind, path: Path) -> str:
    faults = templates.check(kind, path.read_bytes())
    return next((fault.told() for fault in faults if fault.refuses), "")


def _jail() -> Finding:
    """The measures that are in force for the user who asks: the service's, if that one runs it."""
    what = "Jail for templates of your own"
    try:
        measures = jail.in_force()
    except FormsvcError as error:
        return Finding(what, ok=config.current().templates is None, mend=str(error))
    return Finding(
        f"{what}: {', '.join([*measures, 'limits'])}",
        # seccomp forbids all that a child has no need for; the others are the second lock
        ok=jail.SECCOMP in measures or config.current().templates is None,
        mend=(
            "This system does not lock work up well enough for files that you did not make"
            " yourselves. Use Linux with seccomp on x86-64 or ARM64, or leave out"
            " FORMSVC_TEMPLATES."
        ),
    )


def _open_files() -> Finding:
    mend = (
        f"Let the service hold {OPEN_FILES} files open, or fewer people can use it at a time."
        f" systemd: LimitNOFILE={OPEN_FILES}; Docker: --ulimit nofile={OPEN_FILES}."
    )
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return Finding("Open files", ok=True, mend="")
    _now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    ok = most == resource.RLIM_INFINITY or most >= OPEN_FILES
    return Finding("Open files", ok=ok, mend=mend)


def _proxies() -> Finding:
    told = config.current()
    ok = told.demo or not told.https or told.proxies > 0
    mend = (
        "FORMSVC_PROXIES is 0, so nobody is believed to be a proxy. Behind one, every visitor then"
        " counts as one address, and one who guesses passwords locks everybody out. Set it to 1"
        " behind nginx (docs/nginx.conf)."
    )
    return Finding("The proxy that takes TLS", ok=ok, mend=mend)


def _address() -> Finding:
    mend = (
        "FORMSVC_ADDRESS is missing, so the one-time links on the page «Kontoer» begin with the"
        " host that the request gives. Set it to where people reach the service, such as"
        " https://skjema.kommune.no."
    )
    ok = config.current().demo or bool(config.current().address)
    return Finding("The address of the service", ok=ok, mend=mend)


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
    _jobs,
    _profile,
    _second_factor,
    _assets,
    _catalogues,
    _templates,
    _own_templates,
    _own_templates_age,
    _jail,
    _pdf,
    _open_files,
    _proxies,
    _address,
    _browser,
)
