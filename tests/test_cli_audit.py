"""The commands that look through the trail and list it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from formsvc import db
from formsvc.config import Settings
from tests import people


@pytest.fixture
def formsvc(settings: Settings, tmp_path: Path) -> Formsvc:
    return Formsvc(settings, tmp_path)


class Formsvc:
    """The real command, on the database of the test."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "FORMSVC_DATABASE_URL": settings.database,
            "FORMSVC_DATA": str(folder),
            "FORMSVC_PASSWORD": people.PASSWORD,
        }

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", "from formsvc.cli import main; main()"]
        return subprocess.run(
            [*program, *words], env=self.environment, capture_output=True, text=True, check=False
        )

    def hire(self, *employees: people.Employee) -> None:
        for each in employees:
            words = ("--email", each.email, "--name", each.name, "--role", each.role)
            assert self("create-user", *words).returncode == 0


def test_verify_prints_the_end_to_keep_and_takes_it_back(formsvc: Formsvc) -> None:
    formsvc.hire(people.KARI)
    whole = formsvc("audit", "verify")
    assert whole.returncode == 0, whole.stderr
    end = whole.stdout.splitlines()[-1]
    formsvc.hire(people.AMIR)
    assert formsvc("audit", "verify", "--expect", end).returncode == 0
    other = end.replace(":", ":0000")[: len(end)]
    assert formsvc("audit", "verify", "--expect", other).returncode == 1
    assert formsvc("audit", "verify", "--expect", "9:" + "0" * 64).returncode == 1
    refused = formsvc("audit", "verify", "--expect", "now")
    assert (refused.returncode, "SEQ:HASH" in refused.stderr) == (2, True)


def test_verify_tells_of_a_touched_row_and_leaves_with_1(
    formsvc: Formsvc, settings: Settings
) -> None:
    formsvc.hire(people.KARI, people.AMIR)
    engine = db.engine(settings)
    with engine.begin() as connection:
        connection.execute(text("UPDATE event SET what = 'logged_in' WHERE seq = 1"))
    engine.dispose()
    touched = formsvc("audit", "verify")
    assert touched.returncode == 1
    assert "event 1 was changed" in touched.stderr


def test_list_shows_events_the_newest_first_and_nobodys_name(formsvc: Formsvc) -> None:
    formsvc.hire(people.KARI, people.AMIR)
    formsvc("create-token", "--email", people.KARI.email, "--label", "Nora Bakkens program")
    rows = [line.split("\t") for line in formsvc("audit", "list").stdout.splitlines()]
    assert [row[2] for row in rows] == ["token_created", "account_created", "account_created"]
    assert {row[6] for row in rows} == {"command line"}
    of_kari = [row for row in rows if row[5] == rows[-1][5]]
    listed = formsvc("audit", "list", "--subject", rows[-1][5]).stdout.splitlines()
    assert len(listed) == len(of_kari)
    assert len(formsvc("audit", "list", "--subject", "token").stdout.splitlines()) == 1
    assert formsvc("audit", "list", "--since", "2999-01-01").stdout == ""
    about_kari = formsvc("audit", "list", "--account", people.KARI.email).stdout.splitlines()
    assert [line.split("\t")[2] for line in about_kari] == ["account_created"]
    assert formsvc("audit", "list", "--account", "ingen@eksempel.no").returncode == 2
    assert "Nora" not in formsvc("audit", "list").stdout
