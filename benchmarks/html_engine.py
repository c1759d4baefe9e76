"""Two pages of minutes to PDF: ours beside WeasyPrint as its manual says."""

from __future__ import annotations

import warnings

import weasyprint

from formsvc.documents import checks, html_pdf, pdf_form
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

FORM = find("minutes").form.from_answers(load("minutes.nb"))
WORDS = printing.context(find("minutes"), FORM)


def plain() -> bytes:
    """WeasyPrint alone, in the same variant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # a colour profile is left open
        rows = "".join(
            f"<tr><td>{m['measure']}<td>{m['responsible']}<td>{m['deadline']}"
            for m in WORDS["measures"]
        )
        html = f"<html lang=nb><title>Referat</title><h1>Referat</h1><table>{rows}</table>"
        return bytes(weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-2a"))


def plain_same_html() -> bytes:
    return plain()


def ours() -> bytes:
    """The product's way: printed and read back."""
    data = html_pdf.render("minutes", WORDS)
    checks.nothing_lost(html_pdf.printable(FORM.words()), pdf_form.text(data))
    return data
