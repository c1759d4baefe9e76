"""Blank papers from the pages and by the API."""

from __future__ import annotations

import re

import pytest

from formsvc.documents import html_pdf
from formsvc.kinds import find
from formsvc.services import blanks
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY
needs_pango = pytest.mark.skipif(not html_pdf.available(), reason="WeasyPrint lacks Pango")


def test_the_start_page_leads_to_every_blank_paper(as_kari: Visitor) -> None:
    assert 'href="/blanks/"' in as_kari.get("/").text
    links = re.findall(r'href="(/blanks/[^"?]+)"', as_kari.get("/blanks/").text)
    assert len(links) == 4 * len(blanks.BLANK)
    answer = as_kari.get("/blanks/minutes/nn.docx")
    assert answer.data == blanks.make(find("minutes"), "nn", "docx")
    assert 'filename="minutes-nn.docx"' in answer.headers["Content-Disposition"]


@needs_pango
def test_a_blank_pdf_is_made_in_the_press(as_kari: Visitor) -> None:
    answer = as_kari.get("/blanks/ke_ip_declined/nb.pdf")
    assert answer.data == blanks.make(find("ke_ip_declined"), "nb", "pdf")


@pytest.mark.parametrize(
    "address", ["minutes/en.docx", "minutes/nb.odt", "evaluation/nb.docx", "letter/nb.docx"]
)
def test_what_there_is_not_is_not_found(as_kari: Visitor, address: str) -> None:
    assert as_kari.get(f"/blanks/{address}").status_code == 404


def test_nobody_gets_one_without_logging_in(visitor: Visitor) -> None:
    assert visitor.get("/blanks/").status_code in (302, 303)
