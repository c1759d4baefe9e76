"""The demo can be tried at once, and is a demo only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from formsvc import config
from formsvc.errors import NotAllowed
from formsvc.kinds import find
from formsvc.models import Account, ApiToken, Draft
from formsvc.operations import demo
from formsvc.roles import Role
from formsvc.services import api_tokens, drafts
from tests import people


def count(session: Session) -> list[int | None]:
    tables = (Account, ApiToken, Draft)
    return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_everybody_in_the_demo_can_log_in(session: Session) -> None:
    demo.load(session)
    for log_in in demo.LOG_INS:
        found = people.log_in(session, log_in.email, log_in.password)
        assert found is not None
        assert (found.name, found.role) == (log_in.name, log_in.role)
    assert {log_in.role for log_in in demo.LOG_INS} == set(get_args(Role))


def test_the_demo_says_what_one_logs_in_with(session: Session) -> None:
    lines = "\n".join(demo.load(session))
    assert all(f"{log_in.email}  {log_in.password}" in lines for log_in in demo.LOG_INS)
    assert demo.TOKEN in lines
    assert api_tokens.find(session, demo.TOKEN)


def test_loading_the_demo_again_changes_nothing(session: Session) -> None:
    first = demo.load(session)
    loaded = count(session)
    assert demo.load(session) == first
    assert count(session) == loaded


def test_what_was_discarded_in_the_demo_stays_discarded(session: Session) -> None:
    demo.load(session)
    for begun in session.scalars(select(Draft)).all():
        drafts.discard(session, begun)
    demo.load(session)
    assert session.scalars(select(Draft)).all() == []


def test_the_demos_drafts_can_be_gone_on_with(session: Session) -> None:
    demo.load(session)
    drafts = session.scalars(select(Draft)).all()
    assert len(drafts) == len(demo.DRAFTS)
    for begun in drafts:
        form = find(begun.kind).form.from_typed(begun.typed)
        assert form.paper_language == begun.language
        assert not form.validate(), "something is left to write"
        assert any(any(texts) for texts in begun.typed.values())


@pytest.fixture
def _no_demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FORMSVC_DEMO", "0")
    config.settings.cache_clear()
    yield
    monkeypatch.undo()
    config.settings.cache_clear()


@pytest.mark.usefixtures("_no_demo")
def test_outside_demo_mode_no_demo_is_loaded(session: Session) -> None:
    with pytest.raises(NotAllowed, match="FORMSVC_DEMO=1"):
        demo.load(session)
    assert count(session) == [0, 0, 0]
