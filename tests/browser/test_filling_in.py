"""Filling in a paper as people do: with keys, on a phone, interrupted, and two at a time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests import people
from tests.browser.conftest import DESK, Opener
from tests.browser.filling import begin, sample

with_and_without_javascript = pytest.mark.parametrize("javascript", [True, False])


def focused(page: Page) -> str:
    """The id of the control that has focus."""
    return str(page.evaluate("document.activeElement.id"))


def test_a_row_is_added_with_focus_in_it_and_without_a_page_load(karis_page: Page) -> None:
    karis_page.goto("/papers/minutes/new")
    karis_page.get_by_label("Møteleder").fill("Solveig Nygård")
    karis_page.evaluate("window.sameDocument = true")
    karis_page.get_by_role("button", name="Legg til deltaker").click()
    expect(karis_page.locator("#participants-2-name")).to_be_focused()
    assert karis_page.evaluate("window.sameDocument")
    expect(karis_page.get_by_label("Møteleder")).to_have_value("Solveig Nygård")


def test_a_row_is_removed_with_focus_on_add_and_can_be_had_back(karis_page: Page) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    second = karis_page.get_by_role("group", name="Deltaker 2").get_by_label("Navn")
    expect(second).to_have_value("Solveig Nygård")
    karis_page.get_by_role("button", name="Fjern Deltaker 2").click()
    expect(karis_page.get_by_role("button", name="Legg til deltaker")).to_be_focused()
    expect(second).to_have_value("Anne Moen")
    karis_page.get_by_role("button", name="Angre").click()
    expect(second).to_have_value("Solveig Nygård")
    expect(karis_page.get_by_role("status")).to_contain_text("Lagret kl.")
    karis_page.reload()
    expect(second).to_have_value("Solveig Nygård")


def test_rows_come_and_go_without_javascript(open_page: Opener) -> None:
    page = open_page(javascript=False)
    page.goto("/papers/minutes/new")
    page.get_by_label("Møteleder").fill("Solveig Nygård")
    page.get_by_role("button", name="Legg til deltaker").click()
    expect(page.locator("#participants-2-name")).to_be_focused()
    page.locator("#participants-2-name").fill("Máret Čáhci")
    page.get_by_role("button", name="Fjern Deltaker 1").click()
    expect(page.get_by_role("button", name="Legg til deltaker")).to_be_focused()
    expect(page.get_by_role("group", name="Deltaker 2").get_by_label("Navn")).to_have_value(
        "Máret Čáhci"
    )
    expect(page.get_by_label("Møteleder")).to_have_value("Solveig Nygård")


@with_and_without_javascript
def test_enter_in_a_field_saves_and_removes_nothing(open_page: Opener, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto(begin(page, "minutes", sample("minutes")))
    page.get_by_role("group", name="Deltaker 1").get_by_label("Navn").press("Enter")
    expect(page.get_by_text("Kladden er lagret.")).to_be_visible()
    expect(page.get_by_role("group", name=re.compile(r"^Deltaker \d"))).to_have_count(3)


@with_and_without_javascript
def test_the_error_summary_has_focus_and_leads_to_the_field(
    open_page: Opener, javascript: bool
) -> None:
    answers = sample("minutes")
    answers["measures"][1]["deadline"] = None
    page = open_page(javascript=javascript)
    page.goto(begin(page, "minutes", answers))
    page.get_by_role("button", name="Se over").click()
    expect(page).to_have_title(re.compile("^Feil: "))
    expect(page.locator("#errors")).to_be_focused()
    page.get_by_role("link", name=re.compile("^Tiltak 2: ")).click()
    expect(page.locator("#measures-1-deadline")).to_be_focused()
    expect(page.locator("#measures-1-deadline")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Møteleder")).to_have_value("Solveig Nygård")


def test_a_date_typed_the_norwegian_way_stays_in_sight(open_page: Opener) -> None:
    page = open_page()
    answers = sample("minutes")
    page.goto(begin(page, "minutes", answers | {"remarks_deadline": "i morgen"}, action="review"))
    expect(page.get_by_label("Frist for merknader")).to_have_value("i morgen")


def test_what_is_typed_saves_itself_and_is_resumed_on_another_device(open_page: Opener) -> None:
    phone, desk = open_page(), open_page(width=DESK)
    phone.goto("/papers/invitation/new")
    phone.get_by_role("textbox", name="Møteleder").fill("Solveig Nygård")
    expect(phone.get_by_role("status")).to_contain_text("Lagret kl.")
    assert "/papers/drafts/" in phone.url
    desk.goto("/")
    desk.get_by_role("region", name="Fortsett der du slapp").get_by_role("link").first.click()
    expect(desk.get_by_role("textbox", name="Møteleder")).to_have_value("Solveig Nygård")


def test_nothing_is_kept_before_something_is_typed(open_page: Opener) -> None:
    page = open_page(people.AMIR)
    page.goto("/papers/action_plan/new")
    page.goto("/")
    expect(page.get_by_role("heading", name="Hva vil du gjøre?")).to_be_visible()
    expect(page.get_by_role("heading", name="Fortsett der du slapp")).to_have_count(0)


def test_a_save_that_fails_is_told_and_tried_again(karis_page: Page) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    karis_page.context.set_offline(True)
    karis_page.get_by_label("Møteleder").fill("Amir Haddad")
    expect(karis_page.get_by_role("status")).to_contain_text("Ikke lagret ennå")
    karis_page.context.set_offline(False)
    expect(karis_page.get_by_role("status")).to_contain_text("Lagret kl.")
    karis_page.reload()
    expect(karis_page.get_by_label("Møteleder")).to_have_value("Amir Haddad")


def test_two_who_write_in_the_same_draft_choose_between_both_texts(open_page: Opener) -> None:
    kari, liv = open_page(), open_page(people.LIV, width=DESK)
    address = begin(kari, "minutes", sample("minutes"))
    kari.goto(address)
    liv.goto(address)
    kari.get_by_label("Sted").first.fill("Møterom 3")
    kari.get_by_label("Referent", exact=True).fill("Jonas Lien")
    expect(kari.get_by_role("status")).to_contain_text("Lagret kl.")
    liv.get_by_label("Sted").first.fill("Rådhuset")
    liv.get_by_role("button", name="Se begge tekstene").click()
    expect(liv.get_by_role("heading", name="Velg mellom to tekster")).to_be_visible()
    place = liv.get_by_role("group", name="Sted")
    expect(place.get_by_label(re.compile("Din tekst"))).to_be_visible()
    expect(place).to_contain_text("Rådhuset")
    expect(place).to_contain_text("Lagret av Kari Nygård")
    expect(place).to_contain_text("Møterom 3")
    liv.get_by_role("group", name="Referent").get_by_label(re.compile("Lagret av")).check()
    liv.get_by_role("button", name="Lagre valgene").click()
    expect(liv.get_by_label("Sted").first).to_have_value("Rådhuset")
    expect(liv.get_by_label("Referent", exact=True)).to_have_value("Jonas Lien")


def test_a_conflict_is_settled_without_javascript(open_page: Opener) -> None:
    kari, liv = open_page(javascript=False), open_page(people.LIV, javascript=False)
    address = begin(kari, "minutes", sample("minutes"))
    kari.goto(address)
    liv.goto(address)
    for page, place in ((kari, "Møterom 3"), (liv, "Rådhuset")):
        page.get_by_label("Sted").first.fill(place)
        page.get_by_role("button", name="Lagre kladd").click()
    liv.get_by_label(re.compile("Lagret av Kari")).check()
    liv.get_by_role("button", name="Lagre valgene").click()
    expect(liv.get_by_label("Sted").first).to_have_value("Møterom 3")


def test_a_paper_is_finished_with_the_keyboard_alone(open_page: Opener) -> None:
    page = open_page(width=DESK)
    page.goto(begin(page, "consent_withdrawal", sample("consent_withdrawal")))
    tab_to(page, "Se over")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se over")).to_be_visible()
    tab_to(page, "Ferdigstill")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Last ned")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a button of that name has focus, as one who has no mouse does."""
    button = page.get_by_role("button", name=name, exact=True)
    for _press in range(150):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            return
    pytest.fail(f"Tab never reaches «{name}»")


def test_the_bar_at_the_foot_never_hides_what_has_focus(open_page: Opener) -> None:
    page = open_page(width=DESK)
    page.goto("/papers/consent/new")
    bar = page.locator(".bar").bounding_box()
    assert bar
    for _press in range(40):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
                const focused = document.activeElement;
                if (focused.closest(".bar")) return false;
                const bar = document.querySelector(".bar").getBoundingClientRect();
                return focused.getBoundingClientRect().bottom > bar.top
                    && bar.bottom >= innerHeight - 1;
            }"""
        )
        assert not hidden, focused(page)
