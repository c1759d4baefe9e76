"""How people of the tests fill in a paper: by the API of the page, or by hand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

from formsvc import kinds

SAMPLES = Path(__file__).parent.parent / "samples"


def sample(slug: str) -> dict[str, Any]:
    """A real-looking answer file of a kind, in the first language that there is one in.

    Of a kind that has none yet, it is what its fields make themselves.
    """
    file = min(SAMPLES.glob(f"{slug}.*.json"), default=None)
    if file is None:
        return kinds.find(slug).form.sample()
    answers: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return answers


def begin(page: Page, slug: str, answers: dict[str, Any], action: str = "save") -> str:
    """Send a page's form as a browser without JavaScript does; the address it leads to."""
    page.goto(f"/papers/{slug}/new")
    token = page.locator("form[data-draft] [name=csrf_token]").get_attribute("value")
    form = kinds.find(slug).form.from_answers(answers)
    typed: dict[str, Any] = form.typed()
    pairs = [(name, text) for name, texts in typed.items() for text in texts]
    answer = page.request.post(
        f"/papers/{slug}/new",
        headers={"content-type": "application/x-www-form-urlencoded"},
        data=urlencode([*pairs, ("csrf_token", token or ""), ("_action", action)]),
    )
    return re.sub(r"^https?://[^/]+", "", answer.url)


def share(page: Page, address: str, colleague: str, *, write: bool = True) -> None:
    """Let a colleague into a draft or a paper, as its author does."""
    page.goto(f"{address}/share")
    page.get_by_label("Navn eller e-postadresse").fill(colleague)
    page.get_by_role("button", name="Finn", exact=True).click()
    if not write:
        page.get_by_label("Kan også skrive").uncheck()
    page.get_by_role("button", name="Del", exact=True).click()
    page.get_by_text(f"{colleague} har fått tilgang.").wait_for()
