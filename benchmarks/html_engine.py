"""Printed minutes beside what WeasyPrint does by itself.

The same answers to the same tagged PDF/A-2a of two pages, in three ways:

- ``plain``: an HTML page as one writes it by WeasyPrint's manual (``data/minutes.html``): widths
  of columns left to the program, collapsed borders, hyphens, a running header, ``write_pdf``;
- ``plain_same_html``: the HTML and the style sheet of the product through the same call;
- ``ours``: the whole way of the product, with PDF/UA-1, read back and compared with the answers.

All three print with the bundled fonts, by their names.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, Template
from weasyprint.text.fonts import FontConfiguration

from formsvc.documents import checks, fonts, html_pdf, pdf_text
from formsvc.documents.html_pdf import TEMPLATES
from formsvc.documents.words import printable
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

DATA = Path(__file__).parent / "data"
#: where the coat of arms lies
_BASE = f"{TEMPLATES}/"
_VARIANT = "pdf/a-2a"


@cache
def _answers() -> tuple[dict[str, Any], dict[str, Any]]:
    """All that a template sees, and the answers alone."""
    kind = find("minutes")
    form = kind.form.from_answers(load("minutes.nb"))
    return printing.context(kind, form, "S-2026-0041"), form.words()


@cache
def _manual_template() -> Template:
    # compiled once, as in the product: the comparison is of printing
    environment = Environment(loader=FileSystemLoader(DATA), autoescape=True)
    return environment.get_template("minutes.html")


def _chain() -> str:
    return ", ".join(f'"{family}"' for family in fonts.families())


def plain() -> bytes:
    """The minutes by an HTML page as WeasyPrint's manual teaches it."""
    words, _ = _answers()
    html = _manual_template().render(words, fonts=_chain().replace('"', "'"))
    with fonts.only_bundled():
        made: bytes = weasyprint.HTML(string=html, base_url=_BASE).write_pdf(pdf_variant=_VARIANT)
    return made


def plain_same_html() -> bytes:
    """The minutes by the product's own HTML and style sheet, everything made anew."""
    words, _ = _answers()
    html = html_pdf.page("minutes", words)
    style = f"html {{ font-family: {_chain()} }}\n" + (TEMPLATES / "_letter.css").read_text("utf-8")
    with fonts.only_bundled():
        font_config = FontConfiguration()
        made: bytes = weasyprint.HTML(string=html, base_url=_BASE).write_pdf(
            pdf_variant=_VARIANT,
            font_config=font_config,
            stylesheets=[weasyprint.CSS(string=style, base_url=_BASE, font_config=font_config)],
        )
    return made


def ours() -> bytes:
    """The minutes as the product makes them, every answer found again in the file."""
    words, answers = _answers()
    made = html_pdf.render("minutes", words)
    checks.nothing_lost(printable(answers), pdf_text.text(made))
    return made
