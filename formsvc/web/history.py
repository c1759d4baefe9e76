"""When somebody did something, and what others have seen and done to one's paper, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from formsvc import clock, norway
from formsvc.language import gettext as _
from formsvc.language import lazy as _l
from formsvc.language import ngettext
from formsvc.services import trail
from formsvc.web.caller import account
from formsvc.web.transaction import database

#: what whoever writes a paper is told of others; the rest is for the trail
WORDS: Final[Mapping[str, str]] = {
    "draft_viewed": _l("%(name)s så på kladden"),
    "draft_saved": _l("%(name)s endret kladden"),
    "paper_viewed": _l("%(name)s så på skjemaet"),
    "document_downloaded": _l("%(name)s lastet ned et dokument"),
}

#: so many lines are told; the trail has all
MOST: Final = 20


class Deed(NamedTuple):
    """A line of the list: who did what, and when, how often."""

    what: str
    when: str


def of(author_id: UUID, *ids: UUID | None) -> list[Deed]:
    """What others have done to a paper and its draft, for whoever writes or wrote it."""
    if author_id != account().id:
        return []
    subjects = [each for each in ids if each]
    deeds = trail.deeds(database(), subjects, but=author_id, of=WORDS, most=MOST + 1)
    lines = [Deed(WORDS[deed.what] % {"name": deed.name}, _when(deed)) for deed in deeds[:MOST]]
    if len(deeds) > MOST:
        lines.append(Deed(_("Flere har vært her før det."), ""))
    return lines


def _when(deed: trail.Deed) -> str:
    if deed.times == 1:
        return moment(deed.last)
    times = ngettext("%(n)s gang", "%(n)s ganger", deed.times)
    return _("%(times)s, sist %(when)s", times=times, when=moment(deed.last))


def moment(at: datetime) -> str:
    """A moment as it is read in Oslo."""
    local = at.astimezone(clock.OSLO)
    return _("%(day)s kl. %(time)s", day=norway.short_date(local.date()), time=f"{local:%H.%M}")
