"""Filling in a paper as people do: with keys, on a phone, interrupted, and two at a time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests import people
from tests.browser.conftest import DESK, Opener
from tests.browser.filling import begin, sample, share

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
    page = open_page(people.TORBJORN)  # whom nobody shares anything with
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
    share(kari, address, people.LIV.name)
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
    share(kari, address, people.LIV.name)
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


def test_a_button_pressed_without_contact_keeps_the_text_and_can_be_pressed_again(
    karis_page: Page,
) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    for name in ("Legg til deltaker", "Fjern Deltaker 1", "Se over"):
        karis_page.context.set_offline(True)
        karis_page.get_by_label("Møteleder").fill(f"Før {name}")
        karis_page.get_by_role("button", name=name).click()
        expect(karis_page.get_by_role("status")).to_contain_text("Ikke lagret ennå")
        expect(karis_page.get_by_label("Møteleder")).to_have_value(f"Før {name}")
        karis_page.context.set_offline(False)
    karis_page.get_by_role("button", name="Se over").click()
    expect(karis_page.get_by_role("heading", name="Se over")).to_be_visible()
    expect(karis_page.get_by_text("Før Se over")).to_be_visible()


def test_one_who_is_logged_out_logs_in_elsewhere_and_goes_on(open_page: Opener) -> None:
    page = open_page(None)
    log_in(page)
    page.goto(begin(page, "minutes", sample("minutes")))
    page.context.clear_cookies()
    page.get_by_label("Møteleder").fill("Amir Haddad")
    page.get_by_role("button", name="Se over").click()
    expect(page.get_by_role("status")).to_contain_text("Du er logget ut")
    log_in(page.context.new_page())
    page.get_by_role("button", name="Se over").click()
    expect(page.get_by_role("heading", name="Se over")).to_be_visible()
    expect(page.get_by_text("Amir Haddad").first).to_be_visible()


def log_in(page: Page) -> None:
    """Log in as Kari."""
    page.goto("/login")
    page.get_by_label("E-post").fill(people.KARI.email)
    page.get_by_label("Passord").fill(people.PASSWORD)
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.get_by_role("heading", name="Hva vil du gjøre?").wait_for()


@with_and_without_javascript
def test_another_language_keeps_what_is_typed(open_page: Opener, javascript: bool) -> None:
    page = open_page(javascript=javascript)
    page.goto("/papers/minutes/new")
    page.get_by_label("Møteleder").fill("Solveig Nygård")
    page.get_by_role("button", name="Nynorsk").click()
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    expect(page.get_by_label("Møteleiar")).to_have_value("Solveig Nygård")


def test_another_language_after_the_page_has_saved_itself_shows_that_draft(
    karis_page: Page,
) -> None:
    karis_page.goto("/papers/minutes/new")
    discard = karis_page.get_by_role("link", name="Slett kladden")
    expect(discard).to_be_hidden()
    karis_page.get_by_label("Møteleder").fill("Solveig Nygård")
    expect(karis_page.get_by_role("status")).to_contain_text("Lagret kl.")
    expect(discard).to_be_visible()
    address = karis_page.evaluate("location.pathname")
    assert discard.get_attribute("href") == f"{address}/discard"
    karis_page.get_by_role("button", name="Nynorsk").click()
    expect(karis_page.locator("html")).to_have_attribute("lang", "nn")
    assert karis_page.evaluate("location.pathname") == address
    expect(karis_page.get_by_label("Møteleiar")).to_have_value("Solveig Nygård")


def test_another_language_of_an_empty_paper_begins_nothing(open_page: Opener) -> None:
    page = open_page(javascript=False)
    page.goto("/papers/minutes/new")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/papers/minutes/new")


def test_a_refused_evaluation_in_another_language_keeps_what_is_typed(open_page: Opener) -> None:
    page = open_page(None, javascript=False)
    page.goto("/evaluation/")
    page.get_by_label("Hva var bra?").fill("Alle hørte på oss.")
    page.get_by_label("Barnehage, skole eller tjeneste").press("Enter")
    expect(page).to_have_title(re.compile("^Feil: "))
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("Alle hørte på oss.")).to_be_visible()
    expect(page.locator("#errors")).to_have_count(0)


def test_two_texts_in_another_language_are_still_two_and_nothing_is_chosen_yet(
    open_page: Opener,
) -> None:
    kari, liv = open_page(javascript=False), open_page(people.LIV, javascript=False)
    address = begin(kari, "minutes", sample("minutes"))
    share(kari, address, people.LIV.name)
    kari.goto(address)
    liv.goto(address)
    for page, place in ((kari, "Møterom 3"), (liv, "Rådhuset")):
        page.get_by_label("Sted").first.fill(place)
        page.get_by_role("button", name="Lagre kladd").click()
    liv.get_by_label(re.compile("Lagret av Kari")).check()
    liv.get_by_role("button", name="Nynorsk").click()
    expect(liv.locator("html")).to_have_attribute("lang", "nn")
    expect(liv.get_by_text("Rådhuset")).to_be_visible()
    expect(liv.get_by_label(re.compile("Lagra av Kari"))).to_be_checked()
    kari.reload()
    expect(kari.get_by_label("Sted").first).to_have_value("Møterom 3")


def test_rows_are_not_had_back_over_what_is_typed_in_them_since(karis_page: Page) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    karis_page.get_by_role("button", name="Fjern Deltaker 2").click()
    undo = karis_page.get_by_role("button", name="Angre")
    expect(undo).to_be_visible()
    karis_page.get_by_role("group", name="Deltaker 1").get_by_label("Navn").fill("Jonas Lien")
    expect(undo).to_have_count(0)


@pytest.mark.parametrize(
    ("button", "row"), [("Legg til deltaker", "Deltaker 3"), ("Fjern Deltaker 1", "Deltaker 2")]
)
def test_what_is_typed_while_rows_come_or_go_stays(karis_page: Page, button: str, row: str) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    held: list[Route] = []
    karis_page.route("**/papers/drafts/*", lambda route: held.append(route), times=1)
    with karis_page.expect_request("**/papers/drafts/*"):
        karis_page.get_by_role("button", name=button).click()
    third = karis_page.get_by_role("group", name="Deltaker 3").get_by_label("Navn")
    third.fill("Máret Čáhci")
    held[0].continue_()
    expect(karis_page.get_by_role("group", name=re.compile(r"^Deltaker \d"))).to_have_count(
        4 if "Legg" in button else 2
    )
    stays = karis_page.get_by_role("group", name=row).get_by_label("Navn")
    expect(stays).to_have_value("Máret Čáhci")
    expect(stays).to_be_focused()
    karis_page.get_by_role("button", name="Lagre kladd").click()
    expect(karis_page.get_by_text("Kladden er lagret. ")).to_be_visible()
    expect(stays).to_have_value("Máret Čáhci")


def test_an_answer_lost_on_its_way_gives_no_conflict_with_oneself(karis_page: Page) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))

    def keep_and_lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    for button in ("Lagre kladd", "Legg til deltaker"):
        karis_page.route("**/papers/drafts/*", keep_and_lose, times=1)
        karis_page.get_by_label("Møteleder").fill(f"Før {button}")
        karis_page.get_by_role("button", name=button).click()
        expect(karis_page.get_by_role("status")).to_contain_text("Ikke lagret ennå")
    karis_page.get_by_label("Møteleder").fill("Amir Haddad")
    karis_page.get_by_role("button", name="Lagre kladd").click()
    expect(karis_page.get_by_text("Kladden er lagret. ")).to_be_visible()
    expect(karis_page.get_by_label("Møteleder")).to_have_value("Amir Haddad")


def test_both_texts_are_shown_without_a_question_about_leaving(open_page: Opener) -> None:
    kari, liv = open_page(), open_page(people.LIV)
    address = begin(kari, "minutes", sample("minutes"))
    share(kari, address, people.LIV.name)
    liv.goto(address)
    begin_again(kari, address)
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    liv.on("dialog", accept)
    liv.get_by_label("Sted").first.fill("Rådhuset")
    liv.get_by_role("button", name="Se begge tekstene").click()
    expect(liv.get_by_role("heading", name="Velg mellom to tekster")).to_be_visible()
    assert asked == []


def begin_again(page: Page, address: str) -> None:
    """Save another text of the same draft."""
    page.goto(address)
    page.get_by_label("Sted").first.fill("Møterom 3")
    page.get_by_role("button", name="Lagre kladd").click()
    expect(page.get_by_text("Kladden er lagret. ")).to_be_visible()


def test_the_text_of_a_draft_deleted_elsewhere_stays_on_the_page(karis_page: Page) -> None:
    karis_page.goto(begin(karis_page, "minutes", sample("minutes")))
    other = karis_page.context.new_page()
    other.goto(karis_page.url)
    other.get_by_role("link", name="Slett kladden").click()
    other.get_by_role("button", name="Slett kladden").click()
    expect(other.get_by_text("Kladden er slettet.")).to_be_visible()
    karis_page.get_by_label("Møteleder").fill("Amir Haddad")
    karis_page.get_by_role("button", name="Se over").click()
    expect(karis_page.get_by_role("status")).to_contain_text("slettet eller ferdigstilt")
    expect(karis_page.get_by_label("Møteleder")).to_have_value("Amir Haddad")


def test_characters_that_cannot_be_printed_are_told_of_as_the_page_saves_itself(
    karis_page: Page,
) -> None:
    karis_page.goto("/papers/minutes/new")
    karis_page.get_by_label("Møteleder").fill("Solveig\u202eNygård")
    expect(karis_page.get_by_role("status")).to_contain_text("Ett tegn kunne ikke brukes")
