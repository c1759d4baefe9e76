"""The pages at the foot of every page."""

from __future__ import annotations

import pytest

from formsvc.language import LANGUAGES
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/privacy", "/accessibility", "/contact"])
def test_a_page_of_the_profile_is_shown_with_its_headings(
    visitor: Visitor, address: str, language: str
) -> None:
    answer = visitor.get(f"{address}?lang={language}")
    assert answer.status_code == 200
    assert '<h2 class="ds-heading"' in answer.text
    assert "##" not in answer.text
    assert "{" not in answer.text[answer.text.index("<main") : answer.text.index("</main")]


def test_an_address_of_the_contact_page_can_be_written_to(visitor: Visitor) -> None:
    assert 'href="mailto:post@eksempel.no"' in visitor.get("/contact").text


@pytest.mark.parametrize("address", ["/privacy", "/accessibility", "/contact"])
def test_every_page_leads_to_them(visitor: Visitor, address: str) -> None:
    assert f'href="{address}"' in visitor.get("/no-such-page").text
