"""Answers in, document out, for a program that waits: PDFs in a press that can be stopped.

A program may send what takes minutes to lay out, and many such at once. So its PDFs have a press
of their own, which holds up neither pages nor stored papers, and few may wait for it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from formsvc import clock, profile
from formsvc.documents import fonts, html_pdf
from formsvc.errors import BadTemplate, DocumentFailed, FaultyTemplate, FormsvcError, MissingLibrary
from formsvc.formats import Format
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.language import speaking
from formsvc.profile import Profile
from formsvc.services import blanks, press, printing
from formsvc.services.blanks import BlankFormat

log = logging.getLogger(__name__)

#: seconds by the clock for one PDF: as for a stored paper, but somebody waits with a line open
WALL: Final = 30
#: how many may be made or wait in one process of the service; each holds a thread of it
MOST_AT_ONCE: Final = 2

_press = press.Press()
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


class TooManyDocuments(FormsvcError):
    """As many PDFs as may be are made or waited for already."""

    status = 503
    #: seconds until the next try, for the Retry-After header
    seconds: Final = 10


class TooHeavy(FormsvcError):
    """The PDF took too long or too much memory, and was stopped."""

    status = 422


def make(kind: Kind, answers: Mapping[str, Any], wanted: Format) -> bytes:
    """The document that plain answers become, without a reference and without being stored.

    :raises InvalidAnswers: with everything to mend, in the paper's language.
    :raises NoSuchFormat: when the kind does not come in that format.
    :raises TooManyDocuments: at once, when others have every place.
    :raises TooHeavy: when it was not done in time, or took too much memory.
    :raises MissingLibrary: when the system cannot print PDFs.
    :raises BadTemplate: when the municipality's own template cannot be used.
    :raises DocumentFailed: when anything else went wrong.
    """
    if wanted == "docx":
        return printing.make(kind, answers, wanted)
    with speaking(str(answers.get("language", ""))):
        printing.demand(kind, wanted)
        form = printing.check(kind, answers)
    now = clock.now().isoformat()
    return _pressed(press.Order(kind.slug, form.answers(), wanted, "", now))


def blank(kind: Kind, language: str, wanted: BlankFormat) -> bytes:
    """The blank paper of a kind, to be written on by hand; one of a day is made once.

    :raises NoSuchFormat: when the kind is only counted.
    :raises TooManyDocuments: at once, when others have every place.
    :raises MissingLibrary: when the system cannot print PDFs.
    :raises DocumentFailed: when anything else went wrong.
    """
    blanks.demand(kind)
    if wanted == "docx":
        return blanks.make(kind, language, wanted)
    return _blank_pdf(profile.current(), clock.today(), kind, language)


@lru_cache(maxsize=32)
def _blank_pdf(_held: Profile, _today: date, kind: Kind, language: str) -> bytes:
    now = clock.now().isoformat()
    answers = {"language": language}
    return _pressed(press.Order(kind.slug, answers, "pdf", "", now, blank=True))


def _pressed(order: press.Order) -> bytes:
    if not _places.acquire(blocking=False):
        raise TooManyDocuments(
            _("Andre får laget PDF-er akkurat nå. Send det samme på nytt om litt.")
        )
    try:
        return _press.make(order, WALL).data
    except press.Stopped:
        raise _meant(MemoryError.__name__) from None
    except press.Failed as failed:
        log.error("a %s was not made: %s", order.format, failed.kind)  # noqa: TRY400 - no words
        raise _meant(failed.kind) from None
    finally:
        _places.release()


def _meant(kind: str) -> FormsvcError:
    """The error that the press has told the kind of, in words again."""
    if kind == MemoryError.__name__:
        return TooHeavy(
            _(
                "PDF-en tok for lang tid eller for mye minne og ble stoppet. Kort ned teksten,"
                " eller be om docx."
            )
        )
    if kind == MissingLibrary.__name__:
        fonts.bundled()  # it says so itself where these are what is missing
        return MissingLibrary(str(html_pdf.NO_PANGO))
    if kind in (BadTemplate.__name__, FaultyTemplate.__name__):
        return BadTemplate(kind)
    return DocumentFailed(
        _(
            "PDF-en kunne ikke lages, og ingenting er gitt ut. Gi beskjed til den som drifter"
            " tjenesten. Du kan be om docx så lenge."
        )
    )
