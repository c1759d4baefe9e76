"""A receipt while its documents are made: it mends itself, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from formsvc import db
from formsvc.worker import Worker
from tests.browser.conftest import Opener, Site
from tests.browser.filling import begin, sample


def finish(page: Page) -> None:
    """Finish a sample of the minutes; the page is then its receipt."""
    page.goto(begin(page, "minutes", sample("minutes"), "review"))
    page.get_by_role("button", name="Ferdigstill").click()
    expect(page).to_have_url(re.compile(r"/papers/[0-9a-f-]{36}"))


def work(site: Site) -> None:
    """Do all that is due, as `formsvc worker --once` does."""
    engine = db.engine(site.settings)
    Worker(db.session_factory(engine, reading=True), db.session_factory(engine)).once()
    engine.dispose()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_receipt_mends_itself(site: Site, open_page: Opener, *, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    finish(page)
    status = page.locator("main [role=status]").last
    expect(page.get_by_text("Lages nå …")).to_be_visible()
    expect(status).to_have_text(re.compile("Noen dokumenter lages nå"))
    expect(page.get_by_role("link", name=re.compile("^PDF"))).to_have_count(0)
    work(site)
    expect(page.get_by_role("link", name=re.compile("^PDF"))).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Lages nå …")).to_have_count(0)
    expect(status).to_have_text("Lista over dokumenter er oppdatert." if javascript else "")


def test_a_receipt_that_mends_itself_leaves_the_focus_where_it_was(
    site: Site, open_page: Opener
) -> None:
    page = open_page()
    finish(page)
    word = page.get_by_role("link", name=re.compile("^Word"))
    word.focus()
    page.get_by_text("Kontrollsummer").click()
    word.focus()
    work(site)
    expect(page.get_by_role("link", name=re.compile("^PDF"))).to_be_visible(timeout=60_000)
    expect(word).to_be_focused()
    expect(page.locator("#fingerprints dd")).to_have_count(2)
    expect(page.locator("#fingerprints")).to_have_attribute("open", "")
