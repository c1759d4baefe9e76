"""Wires: one server, one Chromium, and pages in which somebody is logged in, or nobody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState
from werkzeug.serving import make_server

from formsvc import db
from formsvc.config import Settings
from formsvc.services import evaluations
from formsvc.web import create_app, transaction
from tests import people
from tests.browser.filling import sample
from tests.people import Employee

CHROMIUM: Final = os.environ.get("FORMSVC_CHROMIUM") or shutil.which("chromium")
PHONE: Final = 390
DESK: Final = 1280
HEIGHT: Final = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip where there is no browser, except in CI, where that is a failure."""
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(
                pytest.mark.skip(reason="no Chromium: apt install chromium chromium-l10n")
            )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How Chromium starts: the machine's own, in Norwegian, and quiet on the network."""
    quiet = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--lang=nb")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": CHROMIUM,
        "args": [*quiet, *root],
        "env": {**os.environ, "LANGUAGE": "nb"},
    }


class Site(NamedTuple):
    """The service as it runs for all tests in a browser."""

    address: str
    settings: Settings


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running service with four people employed, and five families heard.

    Its worker is not started, so that no PDF is made while pages are looked at; a test that
    looks at documents lets it work once.
    """
    settings = Settings(demo=True, data=tmp_path_factory.mktemp("site"), https=False)
    db.migrate(settings)
    app = create_app(settings)
    with transaction.makers(app).writing.begin() as opened:
        for employee in (people.KARI, people.AMIR, people.LIV, people.TORBJORN):
            people.employ(opened, employee)
        for _family in range(5):
            evaluations.keep(opened, sample("evaluation"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, name="site")
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", settings)
    server.shutdown()
    thread.join()
    server.server_close()
    transaction.dispose(app)


@pytest.fixture(scope="session")
def logged_in(site: Site, browser: Browser) -> Callable[[Employee], StorageState]:
    """The cookies of an employee, who logs in once for all tests."""

    @cache
    def cookies(employee: Employee) -> StorageState:
        context = browser.new_context(locale="nb-NO")
        page = context.new_page()
        page.goto(f"{site.address}/login")
        page.get_by_label("E-post").fill(employee.email)
        page.get_by_label("Passord").fill(people.PASSWORD)
        page.get_by_role("button", name="Logg inn", exact=True).click()
        page.get_by_role("heading", name="Hva vil du gjøre?").wait_for()
        state = context.storage_state()
        context.close()
        return state

    return cookies


#: makes a page: whose it is (None for nobody), how wide, with JavaScript or not; where a test's own
#: tool needs JavaScript, ``scripts=False`` keeps only the page's scripts from being loaded
Opener = Callable[..., Page]


@pytest.fixture
def open_page(
    site: Site, browser: Browser, logged_in: Callable[[Employee], StorageState]
) -> Iterator[Opener]:
    """Makes pages that are closed after the test; an error in a page's script fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(
        employee: Employee | None = people.KARI,
        *,
        width: int = PHONE,
        javascript: bool = True,
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            locale="nb-NO",
            timezone_id="Europe/Oslo",
            viewport={"width": width, "height": HEIGHT},
            java_script_enabled=javascript,
            storage_state=logged_in(employee) if employee else None,
        )
        context.set_default_timeout(10_000)
        if not scripts:
            context.route("**/*.js*", lambda route: route.abort())
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.extend(_forbidden(message)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


def _forbidden(message: ConsoleMessage) -> list[str]:
    # an answer such as 422 is told on the console too; only what the policy stops is a fault
    return [message.text] if "Content Security Policy" in message.text else []


@pytest.fixture
def karis_page(open_page: Opener) -> Page:
    """Kari's phone."""
    return open_page()
