"""Two pages of minutes to PDF: ours beside WeasyPrint as its manual says."""

from __future__ import annotations

import warnings
from pathlib import Path

import weasyprint
from jinja2 import Environment

from formsvc.documents import checks, html_pdf, pdf_form
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

FORM = find("minutes").form.from_answers(load("minutes.nb"))
if not FORM.validate():
    raise ValueError(FORM.problems())
WORDS = printing.context(find("minutes"), FORM)
_PLAIN = Environment(autoescape=True).from_string(
    Path(__file__).with_name("data").joinpath("minutes.html").read_text("utf-8")
)


def plain() -> bytes:
    """The same minutes as anybody would write them for WeasyPrint, in the same variant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its colour profile open
        html = weasyprint.HTML(string=_PLAIN.render(WORDS))
        return bytes(html.write_pdf(pdf_variant="pdf/a-2a"))


def plain_same_html() -> bytes:
    """Our own HTML and style sheet, given to WeasyPrint as its manual says."""
    page = html_pdf._templates().get_template("minutes.html")  # noqa: SLF001 - what ours prints
    style = (html_pdf.TEMPLATES / "_letter.css").read_text("utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its colour profile open
        html = weasyprint.HTML(string=page.render(WORDS), base_url=str(html_pdf.TEMPLATES) + "/")
        css = weasyprint.CSS(string=style)
        return bytes(html.write_pdf(pdf_variant="pdf/a-2a", stylesheets=[css]))


def ours() -> bytes:
    """The product's way: printed and read back."""
    data = html_pdf.render("minutes", WORDS)
    checks.nothing_lost(html_pdf.printable(FORM.words()), pdf_form.text(data))
    return data
