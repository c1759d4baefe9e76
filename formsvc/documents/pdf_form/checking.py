"""Looks a PDF template through before it is used, and says all that is wrong with it in words.

Sizes are bounded before anything is read, what could run or call is refused before anything is
compiled, and only then are the fields held against the answers of the paper.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from formsvc.documents.pdf_form import fields
from formsvc.documents.pdf_form.fields import Field
from formsvc.documents.pdf_form.hazards import Hazard, hazards, unpacks_within
from formsvc.documents.pdf_form.objects import limited, reader
from formsvc.documents.pdf_form.places import misplaced
from formsvc.errors import Fault
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from pypdf import PdfReader

#: far more than any form needs, and few enough to be looked through at once
MOST_BYTES: Final = 10_000_000
MOST_OBJECTS: Final = 20_000
MOST_PAGES: Final = 50
MOST_FIELDS: Final = 2_000
MOST_UNPACKED: Final = 100_000_000
#: how far into a file its first words may stand
_HEADER: Final = 1024
_HIDDEN, _NOT_SEEN = 2, 32


# what pypdf remarks on in broken files is said here, in words that help
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class _Refused(Exception):
    """The file is not looked at any further."""


def faults(
    data: bytes, schema: Mapping[str, Any], compiled: Callable[[bytes], object]
) -> list[Fault]:
    """All that is wrong with a PDF template; nothing when it may be used.

    :param schema: the JSON Schema of the paper's answers
    :param compiled: makes a template ready to be filled, and is asked last
    """
    try:
        with limited(MOST_UNPACKED // 4, MOST_FIELDS):
            return _looked_through(data, schema, compiled)
    except _Refused as refused:
        return [Fault("", "", str(refused))]
    except Exception:  # pypdf lets KeyError, AttributeError, RecursionError … out of broken files
        return [Fault("", "", _damaged())]


def _damaged() -> str:
    return _(
        "PDF-en er skadet og kan ikke leses. Åpne den i et program for PDF-skjemaer, og lagre den"
        " på nytt."
    )


def _looked_through(
    data: bytes, schema: Mapping[str, Any], compiled: Callable[[bytes], object]
) -> list[Fault]:
    _gate(data)
    file = reader(data)
    _bounds(file)
    root: Any = file.root_object
    form = root.get("/AcroForm")
    dangers = [_told(hazard) for hazard in hazards(file)]
    if not form or not form.get("/Fields"):
        return dangers or [Fault("", "", _no_form())]
    if not unpacks_within(root, MOST_UNPACKED):
        raise _Refused(_too_big())
    known: dict[str, Field] = {}
    for one in fields.found(file):
        known.setdefault(one.field.name, one.field)
    found = [*dangers, *_unseen(file, known), *misplaced(known, schema)]
    if not found:
        compiled(data)
    return found


# -- the file as a whole --------------------------------------------------------------------------


def _gate(data: bytes) -> None:
    """Refuse what is not even worth opening."""
    if b"%PDF-" not in data[:_HEADER]:
        raise _Refused(_("Fila er ikke en PDF. Velg et PDF-skjema."))
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise _Refused(_("PDF-en er større enn %(most)s MB. Gjør bildene i den mindre.", most=most))
    # looked for before it is opened: a file rebuilt from its ruins has as many as are written there
    if data.count(b" obj") > MOST_OBJECTS:
        raise _Refused(_too_big())


def _too_big() -> str:
    return _(
        "PDF-en er større når den pakkes ut enn et skjema skal være. Lag den på nytt, uten store"
        " bilder og vedlegg."
    )


def _no_form() -> str:
    return _("PDF-en har ingen skjemafelt. Lag felt i den, og lagre den som et skjema (AcroForm).")


def _bounds(file: PdfReader) -> None:
    """Refuse what is locked, and what is too much to look through."""
    if file.is_encrypted:
        raise _Refused(_("PDF-en er kryptert eller låst. Lagre den uten passord og uten lås."))
    objects = sum(map(len, file.xref.values())) + len(file.xref_objStm)
    if objects > MOST_OBJECTS:
        raise _Refused(_too_big())
    pages = len(file.pages)
    if not pages:
        raise _Refused(_damaged())
    if pages > MOST_PAGES:
        raise _Refused(
            _(
                "PDF-en har %(pages)s sider. Et skjema kan ha %(most)s.",
                pages=pages,
                most=MOST_PAGES,
            )
        )


# -- what should not be in it ---------------------------------------------------------------------


def _told(hazard: Hazard) -> Fault:
    """A hazard in words, with the mend."""
    if hazard.kind in ("script", "by itself", "program", "send", "link"):
        said = _told_of_action(hazard.kind)
    elif hazard.kind == "file":
        said = _("PDF-en har filer lagt ved. Ta bort vedleggene.")
    elif hazard.kind == "media":
        said = _("PDF-en har film, lyd eller 3D. Ta det bort.")
    elif hazard.kind == "outside":
        said = _("PDF-en henter innhold fra en annen fil. Lagre den med alt innhold i seg.")
    elif hazard.kind == "xfa":
        said = _(
            "PDF-en er et XFA-skjema, som bare Adobes programmer kan vise. Lagre den som et vanlig"
            " skjema (AcroForm)."
        )
    else:
        said = _(
            "PDF-en har en digital signatur, som ville bli brutt. Bruk fila slik den var før"
            " signaturen kom på."
        )
    return Fault("", hazard.field, said)


def _told_of_action(kind: str) -> str:
    if kind == "script":
        return _("PDF-en har JavaScript. Ta bort alle skript.")
    if kind == "by itself":
        return _(
            "PDF-en gjør noe av seg selv når den åpnes eller fylles ut. Ta bort handlingene i den."
        )
    if kind == "program":
        return _("PDF-en kan åpne andre filer eller starte programmer. Ta bort handlingen.")
    if kind == "send":
        return _("PDF-en kan sende eller hente svar over nettet. Ta bort handlingen.")
    return _(
        "PDF-en har en lenke som ikke er til en nettside (https) eller en e-postadresse. Ta bort"
        " lenka."
    )


def _unseen(file: PdfReader, form: Mapping[str, Field]) -> list[Fault]:
    """Fields in which nobody would see what is filled in, be it with one of their buttons only."""
    said = _("Feltet er skjult eller står ikke på noen side. Vis feltet, eller ta det bort.")
    return [
        Fault("", name, said)
        for name, field in form.items()
        if not (seen := {each.state for each in field.widgets if _is_seen(file, each)})
        or seen != {each.state for each in field.widgets}
    ]


def _is_seen(file: PdfReader, widget: fields.Widget) -> bool:
    annotation: Any = file.get_object(widget.number)
    hidden = int(annotation.get("/F", 0)) & (_HIDDEN | _NOT_SEEN)
    flat = not (widget.width > 0 and widget.height > 0)
    return widget.page >= 0 and not hidden and not flat and _is_within(file, widget)


def _is_within(file: PdfReader, widget: fields.Widget) -> bool:
    """Whether the middle of a field lies where its page is shown (ISO 32000-1, 14.11.2)."""
    shown = file.pages[widget.page].cropbox
    left, right = sorted((shown.left, shown.right))  # any two opposite corners are a box (7.9.5)
    bottom, top = sorted((shown.bottom, shown.top))
    x, y = widget.x + widget.width / 2, widget.y + widget.height / 2
    return bool(left < x < right and bottom < y < top)
