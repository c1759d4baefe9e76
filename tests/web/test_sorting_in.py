"""At its start the service sorts in what an older version kept of evaluations."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from formsvc.config import Settings
from formsvc.models import EvaluationAnswer
from formsvc.models.evaluation import SCALES
from formsvc.services import evaluations
from formsvc.web import server


@pytest.mark.parametrize("answers", [0, 1, 2, 3, 5])
def test_every_old_answer_is_sorted_in_a_few_at_a_time(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch, answers: int
) -> None:
    monkeypatch.setattr(evaluations, "_BATCH", 2)
    scales = dict.fromkeys(SCALES, 3)
    for _ in range(answers):
        old = EvaluationAnswer(
            unit="Heidal skule", period="2026-1", arena="other", texts={}, **scales
        )
        session.add(old)
    session.commit()
    server._sort_in(settings)  # noqa: SLF001 what run does before it serves
    left = select(func.count()).where(EvaluationAnswer.unit_id.is_(None))
    assert session.scalar(left) == 0
    assert len(evaluations.results(session).results) == (answers >= 5)
