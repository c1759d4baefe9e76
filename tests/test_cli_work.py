"""The work beside the requests, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, config
from formsvc.cli import main
from formsvc.config import Settings
from formsvc.kinds import find
from formsvc.models import Account, Paper
from formsvc.operations import health
from formsvc.services import finish, work

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command on the installation of the test."""
    monkeypatch.setenv("FORMSVC_DATABASE_URL", settings.database)
    config.settings.cache_clear()
    yield lambda *words: CliRunner().invoke(main, list(words))
    config.settings.cache_clear()


@pytest.fixture
def issued(session: Session, kari: Account) -> Paper:
    """A paper whose PDF is still to be made."""
    kind = find("minutes")
    made = finish.issue(session, kind, kind.form.from_answers(kind.form.sample()), kari)
    session.commit()
    return made


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    """What `formsvc jobs` lists."""
    answer = run("jobs", "--json", *words)
    assert answer.exit_code == 0, answer.output
    rows: list[dict[str, Any]] = json.loads(answer.stdout)
    return rows


def told() -> health.Finding:
    """What the doctor says of the work."""
    return next(each for each in health.findings() if each.what == "Documents and other work")


def test_a_worker_of_its_own_does_what_is_due_and_ends(run: Run, issued: Paper) -> None:
    (job,) = listed(run)
    assert (job["what"], job["subject"], job["state"]) == (
        "print",
        f"{issued.reference} pdf",
        "waits",
    )
    answer = run("worker", "--once")
    assert answer.exit_code == 0, answer.output
    assert "2 jobs" in answer.stdout, "the document, and what is done once a day"
    assert listed(run) == []
    assert "0 jobs" in run("worker", "--once").stdout


def test_a_job_is_given_up_and_begun_anew(run: Run, issued: Paper) -> None:
    (job,) = listed(run)
    assert listed(run, "--give-up", job["id"])[0]["state"] == "given up"
    assert listed(run, "--retry", job["id"])[0]["state"] == "waits"
    line = run("jobs").stdout
    assert job["id"] in line
    assert f"{issued.reference} pdf" in line


def test_what_failed_is_begun_anew_all_at_once(
    run: Run, issued: Paper, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as failing:
        lease = work.lease(failing)
        assert lease
        work.again(failing, lease, "OSError")
    (job,) = listed(run)
    assert (job["state"], job["attempts"], job["error"]) == ("tried", "1 of 8", "OSError")
    (job,) = listed(run, "--retry", "all")
    assert job["attempts"] == "0 of 8"


@pytest.mark.parametrize("option", ["--retry", "--give-up"])
def test_a_job_that_is_not_there_is_told(run: Run, option: str) -> None:
    answer = run("jobs", option, "00000000-0000-4000-8000-000000000000")
    assert answer.exit_code == 2
    assert "formsvc jobs" in answer.stderr
    assert run("jobs", option, "nonsense").exit_code == 2


def test_the_doctor_tells_of_work_that_stands_still_or_was_given_up(
    run: Run, issued: Paper, sessions: sessionmaker[Session]
) -> None:
    assert told().ok
    with clock.moved(work.STANDS_STILL + timedelta(seconds=1)):
        assert not told().ok
        assert "formsvc worker" in told().mend
    run("jobs", "--give-up", listed(run)[0]["id"])
    assert not told().ok
    assert "formsvc jobs --retry all" in told().mend


def test_a_purge_by_hand_does_what_the_daily_one_does_and_says_it(
    run: Run, session: Session, issued: Paper
) -> None:
    run("worker", "--once")
    with clock.moved(work.DONE_STAYS + timedelta(minutes=1)):
        session.expire_all()
        due = work.forgettable(session)
        session.rollback()
        assert due == 1
        for words, left in ((["--dry-run"], 1), ([], 0), ([], 0)):
            session.rollback()
            told = run("purge", *words)
            assert told.exit_code == 0, told.output
            assert "Drafts: 0 announced, 0 deleted, 0 left." in told.stdout
            assert f"Jobs that were done 30 days ago: {due} deleted." in told.stdout
            assert work.forgettable(session) == left
            due = left
