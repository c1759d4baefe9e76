"""The municipality that one measures with is whole, invented, and loaded once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from formsvc import clock, config
from formsvc.errors import NotAllowed
from formsvc.kinds import find
from formsvc.models import Account, Document, Draft, EvaluationAnswer, Paper, Share
from formsvc.operations import demo, sample_municipality
from formsvc.services import actor, papers
from formsvc.services.paging import Turn
from formsvc.services.references import next_reference
from tests import people


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As small as it can be with every kind of paper in it."""
    monkeypatch.setattr(sample_municipality, "PAPERS", 200)
    monkeypatch.setattr(sample_municipality, "ANSWERS", 60)
    monkeypatch.setattr(sample_municipality, "_BATCH", 90)
    monkeypatch.setattr(
        sample_municipality, "STAFF", {"referent": 2, "coordinator": 2, "ke": 1, "admin": 1}
    )


def load(session: Session, size: int = 1) -> list[str]:
    said = []
    for sentence in sample_municipality.fill(session, size):
        session.commit()
        said.append(sentence)
    return said


def test_a_municipality_is_loaded_whole_and_only_once(session: Session) -> None:
    said = load(session)
    counts = {
        model: session.scalar(select(func.count()).select_from(model))
        for model in (Account, Paper, Draft, Share, EvaluationAnswer)
    }
    assert counts == {Account: 6, Paper: 200, Draft: 18, Share: 10, EvaluationAnswer: 60}
    assert said[-1] == "60 evaluations"
    assert load(session) == ["A municipality has been loaded before: nothing is changed."]

    kinds = Counter(session.scalars(select(Paper.kind)))
    assert kinds == {slug: share * 2 for slug, share in sample_municipality.KINDS.items()}
    oldest = session.scalars(select(Paper).order_by(Paper.issued_at)).first()
    assert oldest
    assert clock.now() - oldest.issued_at > timedelta(days=3649)
    for row in session.scalars(select(Paper).limit(20)):
        assert find(row.kind).form.from_answers(row.answers).answers() == row.answers
        assert [made.format for made in row.documents] == sorted(find(row.kind).kept)
    states = set(session.scalars(select(Document.state)))
    assert "pending" not in states, "nothing is left to print"
    numbers = Counter(session.scalars(select(Paper.reference)))
    assert set(numbers.values()) == {1}
    assert next_reference(session, "R", clock.today().year) not in numbers


def test_whoever_is_in_it_can_log_in_and_finds_their_papers(session: Session) -> None:
    load(session)
    writer = people.log_in(session, "ansatt0@eksempel.no", demo.PASSWORD)
    assert writer
    assert papers.listed(session, actor.Employee(writer), Turn()).papers


def test_ten_of_them_are_ten_times_as_many(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_municipality, "PAPERS", 20)
    load(session, 10)
    assert session.scalar(select(func.count()).select_from(Paper)) == 200
    assert session.scalar(select(func.count()).select_from(Account)) == 60


def test_outside_demo_mode_nothing_is_loaded(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMSVC_DEMO", "0")
    config.settings.cache_clear()
    try:
        with pytest.raises(NotAllowed, match="FORMSVC_DEMO=1"):
            load(session)
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()
    assert session.scalar(select(func.count()).select_from(Account)) == 0
