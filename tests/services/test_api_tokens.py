"""Tokens by which programs call: made, listed, ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.errors import InvalidAnswers, NotFound
from formsvc.models import Account
from formsvc.services import api_tokens, login_sessions


def test_a_program_calls_in_somebodys_name_until_its_token_is_revoked(
    session: Session, kari: Account
) -> None:
    token = api_tokens.issue(session, kari, "fagsystem")
    assert token.startswith("formsvc_")
    row = api_tokens.find(session, token)
    assert row
    assert row.account is kari
    assert login_sessions.find(session, token) is None, "a token is no log-in"
    api_tokens.revoke(session, token)
    assert api_tokens.find(session, token) is None


@pytest.mark.parametrize("label", ["", "  ", "x" * 201])
def test_a_token_says_what_it_is_for(session: Session, kari: Account, label: str) -> None:
    with pytest.raises(InvalidAnswers):
        api_tokens.issue(session, kari, label)


def test_the_day_a_token_was_last_used_is_noted(session: Session, kari: Account) -> None:
    row = api_tokens.find(session, api_tokens.issue(session, kari, "fagsystem"))
    assert row
    assert not api_tokens.is_used(row)
    api_tokens.use(session, row.id)
    session.refresh(row)
    assert row.last_used_on == clock.today()
    assert api_tokens.is_used(row)
    with clock.moved(timedelta(days=1)):
        assert not api_tokens.is_used(row)


def test_one_ends_ones_own_tokens_and_nobody_elses(
    session: Session, kari: Account, amir: Account
) -> None:
    token = api_tokens.issue(session, kari, "fagsystem")
    row = api_tokens.listed(session, kari)[0]
    with pytest.raises(NotFound):
        api_tokens.end(session, row.id, amir)
    with pytest.raises(NotFound):
        api_tokens.end(session, uuid4())
    assert api_tokens.find(session, token)
    api_tokens.end(session, row.id, kari)
    assert api_tokens.find(session, token) is None
    assert api_tokens.listed(session, kari) == []


def test_a_token_that_was_never_made_cannot_be_revoked(session: Session) -> None:
    with pytest.raises(NotFound):
        api_tokens.revoke(session, "formsvc_x")
