"""No page, in no state, has a fault that axe knows, and none scrolls sideways."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from formsvc.kinds import KINDS
from formsvc.services.second_factor import STEP, totp
from tests import people
from tests.browser.conftest import DESK, HEIGHT, PHONE, Opener
from tests.browser.filling import begin, sample, share

AXE: Final = Axe().axe_script
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: 1280 px at 400 % zoom (WCAG 1.4.10)
REFLOW: Final = 320
PAPERS: Final = [kind.slug for kind in KINDS if kind.formats]
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False])


def check(page: Page, *, scripts: bool = True) -> None:
    """Hold a page against axe on a phone and at a desk, and against sideways scrolling.

    Without its scripts a page has the same colours and, at a desk, the same shape: there the phone
    and all that is not colour are enough.
    """
    for width in (DESK, PHONE) if scripts else (PHONE,):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        faults = "\n".join(axe(page, colours=scripts))
        assert not faults, f"{page.url} at {width} px:\n{faults}"
    for width in (PHONE, REFLOW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        needed = page.evaluate("document.documentElement.scrollWidth")
        assert needed <= width, f"{page.url} needs {needed} px on a screen of {width} px"


def axe(page: Page, *, colours: bool) -> Iterator[str]:
    """What axe finds wrong, told by rule and element."""
    # put in once for each page: reading half a megabyte of axe takes as long as running it
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(document, options).then(result => result.violations)",
        {
            "runOnly": list(RULES),
            "resultTypes": ["violations"],
            "rules": {"color-contrast": {"enabled": colours}},
            "preload": False,  # reads every style sheet again, for a rule that is not among RULES
        },
    )
    for violation in found:
        for node in violation["nodes"][:3]:
            yield f"{violation['id']}: {node['html'][:300]}\n  {node['failureSummary']}"


@with_and_without_scripts
@pytest.mark.parametrize("slug", PAPERS)
def test_a_paper_is_accessible_in_every_state(open_page: Opener, slug: str, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto(f"/papers/{slug}/new")
    check(page, scripts=scripts)
    for button in page.get_by_role("button", name=re.compile("^Legg til")).all():
        button.click()
    page.get_by_role("button", name="Se over").click()
    expect(page).to_have_title(re.compile("^Feil: "))
    check(page, scripts=scripts)


@pytest.mark.parametrize("slug", PAPERS)
def test_every_control_has_its_own_label_and_every_id_stands_once(
    karis_page: Page, slug: str
) -> None:
    karis_page.goto(begin(karis_page, slug, sample(slug)))
    nameless = karis_page.locator("form[data-draft]").evaluate(
        """form => [...form.elements]
            .filter(control => control.matches("input:not([type=hidden]), select, textarea"))
            .filter(control => control.labels.length !== 1)
            .map(control => control.name)"""
    )
    assert nameless == []
    ids = karis_page.evaluate("[...document.querySelectorAll('[id]')].map(found => found.id)")
    assert [found for found in ids if ids.count(found) > 1] == []


@with_and_without_scripts
@pytest.mark.parametrize("slug", PAPERS)
def test_a_finished_paper_is_accessible_on_its_way(
    open_page: Opener, slug: str, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    page.goto(begin(page, slug, sample(slug)))
    check(page, scripts=scripts)
    page.get_by_role("button", name="Se over").click()
    expect(page.get_by_role("heading", name="Se over")).to_be_visible()
    check(page, scripts=scripts)
    page.get_by_role("button", name="Ferdigstill").click()
    expect(page.get_by_role("heading", name="Last ned")).to_be_visible()
    check(page, scripts=scripts)


@with_and_without_scripts
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/papers/",
        "/papers/drafts/",
        "/account",
        "/account/password",
        "/second-factor",
        "/nowhere",
    ],
)
def test_pages_of_employees_are_accessible(open_page: Opener, address: str, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    begin(page, "minutes", sample("minutes"))
    page.goto(address)
    check(page, scripts=scripts)


@with_and_without_scripts
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/login",
        "/login/forgotten",
        "/password/over",
        "/evaluation/",
        "/evaluation/thanks",
        "/privacy",
        "/accessibility",
        "/contact",
    ],
)
def test_pages_for_everybody_are_accessible(open_page: Opener, address: str, scripts: bool) -> None:
    page = open_page(None, scripts=scripts)
    page.goto(address)
    check(page, scripts=scripts)


@pytest.mark.parametrize("language", ["nn", "en"])
def test_pages_in_other_languages_are_accessible(open_page: Opener, language: str) -> None:
    page = open_page()
    page.goto(f"/papers/consent/new?lang={language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    check(page)


def test_a_refused_log_in_is_accessible(open_page: Opener) -> None:
    page = open_page(None)
    page.goto("/login")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.locator("#errors")).to_be_visible()
    check(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_refused_log_in_has_focus_on_what_is_wrong(open_page: Opener, javascript: bool) -> None:
    page = open_page(None, javascript=javascript)
    page.goto("/login")
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.locator("#errors")).to_be_focused()


def test_a_refused_evaluation_is_accessible(open_page: Opener) -> None:
    page = open_page(None)
    page.goto("/evaluation/")
    page.get_by_role("button", name="Send svaret").click()
    expect(page).to_have_title(re.compile("^Feil: "))
    check(page)


def test_the_results_are_accessible(open_page: Opener) -> None:
    page = open_page(people.LIV)
    page.goto("/evaluation/results")
    expect(page.get_by_text("5 svar")).to_be_visible()
    check(page)


def test_the_trail_is_accessible(open_page: Opener) -> None:
    page = open_page(people.TORBJORN)
    page.goto("/trail/")
    expect(page.get_by_text("Logget inn").last).to_be_visible()
    check(page)
    page.goto("/trail/?day=nonsense")
    expect(page).to_have_title(re.compile("^Feil: "))
    check(page)


def test_what_families_wrote_is_accessible(open_page: Opener) -> None:
    page = open_page(people.LIV)
    page.goto("/evaluation/results")
    page.get_by_role("link", name=re.compile("Kva|Hva")).first.click()
    expect(page.get_by_role("listitem").first).to_be_visible()
    check(page)


@with_and_without_scripts
def test_sharing_is_accessible_in_each_of_its_states(open_page: Opener, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    address = begin(page, "minutes", sample("minutes"))
    page.goto(address)
    page.get_by_role("link", name="Del med en kollega").click()
    check(page, scripts=scripts)
    page.get_by_label("Navn eller e-postadresse").fill("nobody")
    page.get_by_role("button", name="Finn", exact=True).click()
    expect(page.locator("#errors")).to_be_visible()
    check(page, scripts=scripts)
    page.get_by_label("Navn eller e-postadresse").fill("eksempel.no")
    page.get_by_role("button", name="Finn", exact=True).click()
    expect(page.get_by_role("group", name="Hvem skal få tilgang?")).to_be_visible()
    check(page, scripts=scripts)
    share(page, address, people.AMIR.name, write=False)
    check(page, scripts=scripts)
    amir = open_page(people.AMIR, scripts=scripts)
    amir.goto(address)
    expect(amir.get_by_text("Du kan lese kladden, men ikke endre den.")).to_be_visible()
    check(amir, scripts=scripts)


def test_a_family_answers_and_is_thanked(open_page: Opener) -> None:
    page = open_page(None)
    answer_evaluation(page)
    check(page)


def answer_evaluation(page: Page) -> None:
    """Answer as a family does."""
    page.goto("/evaluation/")
    page.get_by_label("Hva slags møter var dere med i?").select_option(index=1)
    page.get_by_label("Barnehage, skole eller tjeneste").fill("Heidal skole")
    page.locator("[name=period]").first.check()
    for name in ("child_doing_now", "worries_changed", "right_people", "cooperation", "heard"):
        page.locator(f"[name={name}][value='4']").check()
    page.get_by_label("Hva var bra?").fill("Vi slapp å fortelle historien flere ganger.")
    page.get_by_role("button", name="Send svaret").click()
    expect(page.get_by_role("heading", name="Takk for svaret")).to_be_visible()


@with_and_without_scripts
@pytest.mark.parametrize("address", ["/accounts/", "/accounts/invite"])
def test_pages_of_administrators_are_accessible(
    open_page: Opener, address: str, scripts: bool
) -> None:
    page = open_page(people.TORBJORN, scripts=scripts)
    page.goto(address)
    check(page, scripts=scripts)


def test_an_invitation_is_accessible_on_its_way(open_page: Opener) -> None:
    page = open_page(people.TORBJORN)
    page.goto("/accounts/invite")
    page.get_by_role("button", name="Lag konto og lenke").click()
    expect(page.locator("#errors")).to_be_focused()
    check(page)
    page.get_by_label("E-post").fill("ny.ansatt@eksempel.no")
    page.get_by_label("Navn").fill("Ny Ansatt")
    page.get_by_role("button", name="Lag konto og lenke").click()
    expect(page.get_by_role("heading", name="Lenka er klar")).to_be_visible()
    check(page)
    link = page.locator("code").inner_text()
    page.get_by_role("link", name="Til kontoen").click()
    check(page)
    invited = open_page(None)
    invited.goto(link)
    check(invited)
    invited.get_by_label("Nytt passord").fill("kort")
    invited.get_by_role("button", name="Lagre passordet").click()
    expect(invited.locator("#errors")).to_be_focused()
    check(invited)
    invited.get_by_label("Nytt passord").fill(people.PASSWORD)
    invited.get_by_label("Gjenta passordet").fill(people.PASSWORD)
    invited.get_by_role("button", name="Lagre passordet").click()
    expect(invited.get_by_text("Passordet er valgt.")).to_be_visible()
    check(invited)
    invited.get_by_label("E-post").fill("ny.ansatt@eksempel.no")
    invited.get_by_label("Passord").fill(people.PASSWORD)
    invited.get_by_role("button", name="Logg inn", exact=True).click()
    turn_second_factor_on(invited)


def turn_second_factor_on(page: Page) -> None:
    """Turn it on as somebody with an app does, log out, and stand before the code."""
    page.goto("/account")
    page.get_by_label("Hva skal nøkkelen brukes til?").fill("Fagsystemet")
    page.get_by_role("button", name="Lag en nøkkel").click()
    expect(page.get_by_role("heading", name="Den nye nøkkelen")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Totrinns innlogging").click()
    page.get_by_role("button", name="Kom i gang").click()
    expect(page.get_by_role("img", name="Kode som appen leser av")).to_be_visible()
    check(page)
    secret = base64.b32decode(page.locator("code").inner_text())
    page.get_by_label("Kode", exact=True).fill(totp(secret, int(time.time()) // STEP))
    page.get_by_role("button", name="Slå på").click()
    expect(page.get_by_role("heading", name="Reservekoder")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Gå videre").click()
    page.goto("/second-factor")
    check(page)
    page.get_by_role("button", name="Logg ut").click()
    page.get_by_label("E-post").fill("ny.ansatt@eksempel.no")
    page.get_by_label("Passord").fill(people.PASSWORD)
    page.get_by_role("button", name="Logg inn", exact=True).click()
    expect(page.get_by_role("heading", name="Skriv koden")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Logg inn").click()
    expect(page.locator("#errors")).to_be_focused()
    check(page)


def test_asking_before_a_draft_is_deleted_is_accessible(karis_page: Page) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    karis_page.get_by_role("link", name="Slett kladden").click()
    check(karis_page)
