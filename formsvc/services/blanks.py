"""Blank papers, to be written on by hand: of every kind that documents are made of."""

from __future__ import annotations

from typing import Final, Literal, get_args

from formsvc.documents import docx, html_pdf
from formsvc.errors import NoSuchFormat
from formsvc.kinds import KINDS, Kind
from formsvc.language import gettext as _
from formsvc.language import speaking
from formsvc.originals import blank, word
from formsvc.services import templates

#: what a blank paper comes as
BlankFormat = Literal["docx", "pdf"]
FORMATS: Final[tuple[BlankFormat, ...]] = get_args(BlankFormat)
#: the kinds that can be had blank; what is only counted is answered on a page
BLANK: Final = tuple(kind for kind in KINDS if not kind.counted)


def make(kind: Kind, language: str, wanted: BlankFormat) -> bytes:
    """The blank paper of a kind: its official form where it has one, else lines, boxes and rows.

    :raises NoSuchFormat: the kind is only counted.
    :raises MissingLibrary: when the system cannot print PDFs.
    """
    demand(kind)
    if wanted == "pdf" and "fillable" in kind.formats:
        return templates.find(kind, f"{kind.slug}.{language}.pdf").data
    with speaking(language):
        paper = {"paper": templates.frame(kind, kind.form.from_answers({"language": language}))}
        if wanted == "docx":
            return docx.render(word.blank_template(kind.slug, language), paper, language)
        return html_pdf.render("blank", {**paper, "blank": blank.blank(kind, language)})


def demand(kind: Kind) -> None:
    """Make sure that a kind can be had blank.

    :raises NoSuchFormat: it is answered without a name, and only counted.
    """
    if kind not in BLANK:
        raise NoSuchFormat(
            _("Dette skjemaet er anonymt og blir bare talt. Det lages ikke noe dokument.")
        )
