"""Several processes behind one address, on both databases."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from formsvc.forms.evaluation import EvaluationForm
from tests.web.running import PATIENCE, Running, running

FAMILIES = 120


def members(service: Running) -> set[int]:
    """The processes that serve."""
    first = service.process.pid
    listed = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii")
    return {int(number) for number in listed.split()}


def await_members(service: Running, number: int) -> set[int]:
    until = time.monotonic() + PATIENCE
    while len(found := members(service)) != number:
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def test_what_is_sent_to_several_processes_at_once_is_all_kept(
    database: str, tmp_path: Path
) -> None:
    """The proof that SQLite too may be shared by the processes of one machine."""
    typed = EvaluationForm.from_answers(EvaluationForm.sample()).typed()
    place = {"DATABASE_URL": database, "PROXIES": "1"}
    with running(tmp_path, "--processes", "3", **place) as started:
        form = started.form_of("/evaluation/")

        def answer(family: int) -> int:
            return form.send(typed, X_Forwarded_For=f"10.0.{family}.1")[0].status

        with ThreadPoolExecutor(12) as families:
            assert list(families.map(answer, range(FAMILIES))) == [303] * FAMILIES
        assert started.stopped() == 0
        assert "error" not in started.errors().lower()
    engine = create_engine(database)
    with engine.connect() as connection:
        counted = connection.execute(text("SELECT count(*) FROM evaluation_answer")).scalar()
    engine.dispose()
    assert counted == FAMILIES


def test_a_process_that_dies_is_replaced_and_the_others_go_on(tmp_path: Path) -> None:
    with running(tmp_path, "--processes", "2") as started:
        before = await_members(started, 2)
        os.kill(min(before), signal.SIGKILL)
        assert started.ask("/login")[0].status == 200
        while (after := await_members(started, 2)) == before:
            pass
        assert len(after & before) == 1
        assert started.stopped() == 0


def await_refusal(service: Running) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            service.connected().close()
        except ConnectionResetError:
            continue  # it stood in the door when that was shut; the next one tells
        except ConnectionRefusedError:
            return
    pytest.fail("somebody still listens")


def test_stopped_they_let_nobody_in_and_answer_what_they_have_begun(tmp_path: Path) -> None:
    with running(tmp_path, "--processes", "2") as started, started.connected() as line:
        line.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na")
        assert started.ask("/login")[0].status == 200
        started.process.terminate()
        await_refusal(started)
        line.sendall(b"b")
        assert line.recv(65536).startswith(b"HTTP/1.1 400 ")  # its page's token is missing
        assert started.process.wait(PATIENCE) == 0


def test_no_process_is_left_when_the_first_one_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, "--processes", "2") as started:
        left = await_members(started, 2)
        started.process.kill()
        started.process.wait(PATIENCE)
        until = time.monotonic() + PATIENCE
        while any(Path(f"/proc/{each}").exists() and _runs(each) for each in left):
            assert time.monotonic() < until
            time.sleep(0.05)
        with pytest.raises(ConnectionRefusedError):
            started.ask("/healthz")


def _runs(number: int) -> bool:
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
