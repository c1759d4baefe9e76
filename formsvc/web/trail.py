"""The trail for whoever looks after the service: who did what, when and from where, no content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from formsvc import clock, kinds, norway, origin
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import spoken
from formsvc.models import Event
from formsvc.services import trail
from formsvc.services.trail import Wanted
from formsvc.web.body import number
from formsvc.web.history import moment
from formsvc.web.login import ROLES
from formsvc.web.papers import FILE_TYPES
from formsvc.web.transaction import database, seen

area = Blueprint("trail", __name__, url_prefix="/trail")

#: how many events a page shows
PAGE: Final = 50

#: each act as it stands after the name of the one who did it
WORDS: Final[Mapping[str, str]] = {
    "logged_in": _l("Logget inn"),
    "log_in_failed": _l("Mislykket innlogging"),
    "logged_out": _l("Logget ut"),
    "refused": _l("Ble nektet en side"),
    "account_created": _l("Opprettet en konto"),
    "account_invited": _l("Inviterte en ansatt"),
    "account_changed": _l("Endret en konto"),
    "account_closed": _l("Stengte en konto"),
    "account_reopened": _l("Åpnet en konto igjen"),
    "password_changed": _l("Endret passordet"),
    "password_reset": _l("Nullstilte et passord"),
    "second_factor_added": _l("La til totrinnsinnlogging"),
    "second_factor_removed": _l("Fjernet totrinnsinnlogging"),
    "session_ended": _l("Avsluttet innlogginger"),
    "token_created": _l("Laget en nøkkel til et program"),
    "token_revoked": _l("Trakk tilbake en nøkkel til et program"),
    "link_made": _l("Laget en engangslenke"),
    "draft_begun": _l("Begynte på en kladd"),
    "draft_viewed": _l("Så på en kladd"),
    "draft_saved": _l("Endret en kladd"),
    "draft_discarded": _l("Slettet en kladd"),
    "draft_shared": _l("Delte en kladd"),
    "paper_issued": _l("Ferdigstilte et skjema"),
    "paper_viewed": _l("Så på et skjema"),
    "paper_shared": _l("Delte et skjema"),
    "share_ended": _l("Avsluttet en deling"),
    "document_downloaded": _l("Lastet ned et dokument"),
    "document_rendered": _l("Laget et dokument med et program"),
    "evaluation_viewed": _l("Så på svarene fra familiene"),
    "trail_viewed": _l("Så på hendelsene"),
    "trail_broken": _l("Hendelsene er endret utenfor tjenesten"),
    "profile_changed": _l("Profilen til kommunen er endret"),
    "templates_changed": _l("Malene er endret"),
    "key_rotated": _l("Byttet en krypteringsnøkkel"),
    "backup_made": _l("Tok en sikkerhetskopi"),
    "restored": _l("La tilbake en sikkerhetskopi"),
    "purged": _l("Slettet det som var blitt for gammelt"),
}

#: what is told beside an act, where the value alone would not say it
NAMES: Final[Mapping[str, str]] = {
    "count": _l("antall"),
    "endpoint": _l("side"),
    "key": _l("nøkkel"),
    "seq": _l("nummer"),
    "sha256": "SHA-256",
}

#: the words that stand for something in an event, as people read them
SAID: Final[Mapping[str, str]] = {
    "name": _l("navn"),
    "role": _l("rolle"),
    "title": _l("stilling"),
    "service": _l("tjeneste"),
    "unit": _l("enhet"),
    "phone": _l("telefon"),
    "read": _l("kan lese"),
    "write": _l("kan skrive"),
    "invitation": _l("det første passordet"),
    "reset": _l("et nytt passord"),
    "totp": _l("app med koder"),
    "code": _l("feil kode"),
    "drafts": _l("kladder"),
    "program": _l("av et program"),
}

#: where it came from, when that is no network address
ORIGINS: Final[Mapping[str, str]] = {
    origin.COMMAND_LINE: _l("kommandolinjen"),
    origin.SYSTEM: _l("tjenesten selv"),
    origin.UNKNOWN: _l("ukjent adresse"),
}


class Line(NamedTuple):
    """An event as it stands on the page."""

    seq: int
    what: str
    #: what it was done to, and what else is told about it
    about: str
    who: str
    when: str
    where: str


class Asked(NamedTuple):
    """What the page is asked to show, and what cannot be read of that."""

    wanted: Wanted
    before: int | None
    problem: str


@area.get("/")
def everything() -> ResponseReturnValue:
    """Show what was done, the newest first; of an account, of a kind or of a day."""
    asked = _asked()
    events = trail.find(database(), asked.wanted, before=asked.before, most=PAGE + 1)
    shown, more = events[:PAGE], events[PAGE:]
    names = trail.names(database(), shown)
    seen("trail_viewed", "account" if asked.wanted.account_id else None, asked.wanted.account_id)
    page = render_template(
        "trail/all.html",
        lines=[_line(told, names) for told in shown],
        accounts=trail.everybody(database()),
        words=WORDS,
        chosen=request.args,
        problem=asked.problem,
        older=_address(shown[-1].seq) if more else "",
        newest=_address(None) if asked.before else "",
    )
    return page, 422 if asked.problem else 200


def _asked() -> Asked:
    day, problem = _day(request.args.get("day", ""))
    what = request.args.get("what", "")
    wanted = Wanted(
        account_id=request.args.get("account", type=UUID),
        what=what if what in WORDS else None,
        since=_midnight(day) if day else None,
        until=_midnight(day + timedelta(days=1)) if day else None,
    )
    return Asked(wanted, request.args.get("before", type=number), problem)


def _day(text: str) -> tuple[date | None, str]:
    try:
        return (norway.parse_date(text) if text.strip() else None), ""
    except ValueError:
        return None, _("Skriv dagen som dag, måned og år, for eksempel 24.11.2026.")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.OSLO)


def _address(before: int | None) -> str:
    """This page with the same choices, from another event on."""
    same = {name: request.args[name] for name in ("account", "what", "day") if name in request.args}
    return url_for("trail.everything", **same, before=before)  # type: ignore[arg-type]


def _line(told: Event, names: Mapping[UUID, str]) -> Line:
    by = names.get(told.account_id, "") if told.account_id else ""
    where = str(ORIGINS.get(told.origin, told.origin))
    return Line(
        told.seq,
        str(WORDS.get(told.what, told.what)),
        " · ".join(_about(told, names)),
        by,
        moment(told.at),
        where,
    )


def _about(told: Event, names: Mapping[UUID, str]) -> list[str]:
    subject = names.get(told.subject_id, "") if told.subject_id else ""
    about = [_said(name, value, names) for name, value in sorted(told.keys.items())]
    return [each for each in (subject, *about) if each]


def _said(name: str, value: object, names: Mapping[UUID, str]) -> str:
    """What is told about an event, in words where there are any."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    match name:
        case "kind":
            known = {kind.slug: kind for kind in kinds.KINDS}
            return known[text].title(spoken()) if text in known else text
        case "format":
            return str(FILE_TYPES[text].name) if text in FILE_TYPES else text
        case "role":
            return str(ROLES.get(text, text))
        case "to" | "of":
            return names.get(UUID(text), text)
        case _:
            told = value if isinstance(value, list) else [value]
            words = ", ".join(str(SAID.get(str(each), each)) for each in told)
            return f"{NAMES[name]}: {words}" if name in NAMES else words
