"""Work spread over processes: in order, and whole where one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from formsvc.batch import workers
from formsvc.batch.workers import Work
from formsvc.errors import BatchStopped

KILLED = -1
ROOT = Path(__file__).parents[2]


def _square(task: int) -> int:
    time.sleep(0.02 if task == 0 else 0)  # the first is the last to be done
    return task * task


def _work(
    do: Callable[[int], int], chunk: int = 3, warm: Callable[[], object] = bool
) -> Work[int, int]:
    return Work(ready=_Ready(do), warm=warm, lost=lambda _task: KILLED, chunk=chunk)


class _Ready:
    """Gives the function; a class, so that it can be sent to a process."""

    def __init__(self, do: Callable[[int], int]) -> None:
        self.do = do

    def __call__(self) -> AbstractContextManager[Callable[[int], int]]:
        return nullcontext(self.do)


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_of_the_tasks(jobs: int) -> None:
    squares = list(workers.each(_work(_square), range(100), jobs))
    assert squares == [task * task for task in range(100)]


def test_no_task_is_no_result_and_no_process() -> None:
    assert list(workers.each(_work(_square), [], 2)) == []


def test_tasks_are_read_no_further_than_the_work_has_come() -> None:
    tasks = iter(range(10_000))
    results = workers.each(_work(_square, chunk=2), tasks, 2)
    next(results)
    assert next(tasks) < 50
    results.close()  # type: ignore[attr-defined] # it is a generator


def _dies_at_seven(task: int) -> int:
    if task == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return task


@pytest.mark.parametrize("chunk", [1, 4])
def test_a_task_that_kills_its_process_costs_no_other(chunk: int) -> None:
    results = list(workers.each(_work(_dies_at_seven, chunk), range(30), 2))
    assert results == [KILLED if task == 7 else task for task in range(30)]


def _dies_once(task: int) -> int:
    mark = Path(os.environ["MARK"])
    if task == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_a_process_that_was_killed_by_chance_leaves_no_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    assert list(workers.each(_work(_dies_once), range(20), 2)) == list(range(20))


def _dies(task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_where_every_process_dies_the_work_is_stopped_in_words() -> None:
    with pytest.raises(BatchStopped, match="minne"):
        list(workers.each(_work(_dies, 8), range(1000), 2))


def _fails_at_three(task: int) -> int:
    if task == 3:
        raise OSError(28, "No space left on device", "paper.docx")
    return task


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_work_raises_is_raised_to_the_one_who_ordered_it(jobs: int) -> None:
    with pytest.raises(OSError, match=r"paper\.docx") as raised:
        list(workers.each(_work(_fails_at_three), range(20), jobs))
    assert raised.value.strerror == "No space left on device"


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_came_before_a_fault_among_the_tasks_is_done(jobs: int) -> None:
    def tasks() -> Iterator[int]:
        yield from range(10)
        raise ValueError("row 10")

    results = workers.each(_work(_square), tasks(), jobs)
    assert [next(results) for _task in range(10)] == [task * task for task in range(10)]
    with pytest.raises(ValueError, match="row 10"):
        next(results)


def _forked() -> None:
    """Where no thread is beside, processes are forked: they inherit what is warm, and can die."""
    warmed: list[int] = []
    work = _work(lambda task: task + len(warmed), 1, warm=lambda: warmed.append(1))
    assert list(workers.each(work, range(4), 2)) == [1, 2, 3, 4]
    for chunk in (1, 4):
        test_a_task_that_kills_its_process_costs_no_other(chunk)


@pytest.mark.skipif(sys.platform != "linux", reason="processes inherit nothing")
def test_what_is_warm_is_warm_in_every_process() -> None:
    # in a program of its own: here other tests and pytest itself may have left a thread
    program = f"from {__name__} import _forked; _forked()"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


_ENDLESS = """
import os, time
from contextlib import nullcontext
from formsvc.batch import workers
def slow(task):
    time.sleep(0.05)
    return os.getpid()
work = workers.Work(lambda: nullcontext(slow), bool, bool, 1)
for pid in workers.each(work, iter(int, 1), 2):
    print(pid, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_process_is_left_when_the_program_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        pids = {int(program.stdout.readline()) for _line in range(10)}
        program.kill()
    assert len(pids) == 2
    patience = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
