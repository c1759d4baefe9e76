"""What a paper says of who may read it is what the rule of access does."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import profile
from formsvc.kinds import KINDS
from formsvc.language import LANGUAGES
from formsvc.models import Account, Paper, Share
from formsvc.roles import Role
from formsvc.services import access, actor
from tests import people, stored
from tests.people import Employee

AUTHOR = {
    "nb": r"[Dd]en (ansatte )?som har skrevet .* de kollegaene som får det delt med seg",
    "nn": r"[Dd]en (tilsette )?som har skrive .* dei kollegaene som får det delt med seg",
    "en": r"who (wrote|entered) .* the colleagues it is shared with",
}
UNIT = {
    "nb": "Koordinerende enhet kan (også )?lese",
    "nn": "Koordinerande eining kan (også )?lese",
    "en": "coordinating unit can (also )?read",
}
NOBODY_ELSE = {
    "nb": "Ingen andre har tilgang",
    "nn": "Ingen andre har tilgang",
    "en": "Nobody else has access",
}
ADMINISTRATOR = {
    "nb": "Den som administrerer tjenesten, gir og tar tilgang, men kan ikke lese",
    "nn": "Den som administrerer tenesta, gir og tek tilgang, men kan ikkje lese",
    "en": "The administrator of the service gives and takes access, but cannot read",
}


def readers(session: Session, author: Account, slug: str) -> set[str]:
    """The roles whose holders read a paper that they neither wrote nor have shared with them."""
    number = [kind.slug for kind in KINDS].index(slug) + 1
    paper = stored.issued(session, author, number, kind=slug)
    return {role for role in get_args(Role) if _reads(session, paper, role)}


def _reads(session: Session, paper: Paper, role: Role, *, shared: bool = False) -> bool:
    address = f"{role}.{paper.kind}.{shared:d}@eksempel.no"
    account = people.employ(session, Employee(f"En annen {role}", address, role))
    if shared:
        to, by = account.id, paper.author_id
        session.add(Share(paper_id=paper.id, account_id=to, by_id=by, may_write=False))
        session.flush()
    seen = access.visible(Paper, actor.Employee(account))
    return session.scalar(select(Paper).where(Paper.id == paper.id, seen)) is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", ["consent", "ip_application"])
def test_what_is_signed_says_who_may_read_it(
    session: Session, kari: Account, slug: str, language: str
) -> None:
    text = " ".join(profile.current().texts(slug, language)["privacy"])
    found = readers(session, kari, slug)
    assert found <= {"ke"}
    assert ("ke" in found) == bool(re.search(UNIT[language], text))
    assert re.search(AUTHOR[language], text)
    assert NOBODY_ELSE[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_privacy_says_who_may_read_what(
    session: Session, kari: Account, language: str
) -> None:
    text = " ".join(profile.current().text("site.privacy", language))
    found = {kind.slug: readers(session, kari, kind.slug) for kind in KINDS if kind.formats}
    sent = {slug for slug, roles in found.items() if roles == {"ke"}}
    assert sent == {"ip_application", *(slug for slug in found if slug.startswith("ke_"))}
    assert all(found[slug] == set() for slug in found.keys() - sent)
    for sentence in (AUTHOR, UNIT, NOBODY_ELSE, ADMINISTRATOR):
        assert re.search(sentence[language], text)


@pytest.mark.parametrize("role", get_args(Role))
def test_a_colleague_reads_what_is_shared(session: Session, kari: Account, role: Role) -> None:
    assert _reads(session, stored.issued(session, kari, kind="consent"), role, shared=True)
