from __future__ import annotations

import atexit
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from formsvc.documents import docx, jail
from formsvc.documents.jail import landlock, sandbox, seccomp
from formsvc.errors import AnswersLost, BadTemplate
from formsvc.language import speaking, spoken
from formsvc.originals.word.parts import paragraph
from tests.documents.docx.test_face import template
from tests.documents.jail import probes
from tests.documents.jail.probes import DONE, PROBES


def run(work: object, *given: object) -> object:
    return jail.run(work, *given)  # type: ignore[arg-type]


def _echo(*given: object) -> list[object]:
    return list(given)


def test_plain_data_and_bytes_come_back() -> None:
    assert run(_echo, 1, "æøå", [True, None], {"a": "ŋ"}) == [1, "æøå", [True, None], {"a": "ŋ"}]
    assert run(bytes, b"\x00\xff") == b"\x00\xff"


def test_processes_that_follow_one_another_are_ended_once_at_the_exit() -> None:
    run(_echo)
    before = atexit._ncallbacks()  # noqa: SLF001
    jail._warden._stop()  # noqa: SLF001
    run(_echo)
    assert atexit._ncallbacks() == before  # noqa: SLF001


def _big() -> bytes:
    return bytes(20_000_000)


def test_a_long_answer_comes_back_whole() -> None:
    assert run(_big) == bytes(20_000_000)


def test_the_language_is_spoken_within_too() -> None:
    with speaking("nn"):
        assert run(spoken) == "nn"


def _lost() -> None:
    raise AnswersLost("place mangler")


def _crash() -> None:
    raise KeyError("/Root")


def test_what_went_wrong_is_told_outside() -> None:
    with pytest.raises(AnswersLost, match="place mangler"):
        run(_lost)
    with pytest.raises(BadTemplate, match="kan ikke brukes"):
        run(_crash)


# -- what cannot be done within -----------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


def _connect(address: tuple[str, int]) -> str:
    with socket.create_connection(address, timeout=2):
        return "connected"


def _read(path: str) -> str:
    return Path(path).read_text()


def _write(path: str) -> None:
    Path(path).write_text("x")


def _fork() -> int:
    return os.fork()


def _signal(process: int) -> None:
    os.kill(process, 0)


def test_no_connection_can_be_made(listener: tuple[str, int]) -> None:
    with pytest.raises(BadTemplate):
        run(_connect, listener)


def test_no_file_can_be_read_or_written(tmp_path: Path) -> None:
    for work, path in ((_read, "/etc/hostname"), (_write, tmp_path / "x")):
        with pytest.raises(BadTemplate):
            run(work, str(path))
    assert not (tmp_path / "x").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives up rights")
def test_a_child_of_roots_is_nobody() -> None:
    assert run(os.getuid) == 65534


def test_a_child_starts_nothing_and_signals_nobody() -> None:
    for work, given in ((_fork, ()), (_signal, (os.getpid(),))):
        with pytest.raises(BadTemplate):
            run(work, *given)


# -- whoever has got in, reaches nothing ----------------------------------------------------------

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has these measures")
has_seccomp = pytest.mark.skipif(
    not Path("/proc/sys/kernel/seccomp").exists(), reason="this kernel has no seccomp"
)
has_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
#: what other measures of a machine may forbid outside, too (Yama, limits of a container)
UNSURE_OUTSIDE = {"read_memory", "trace", "share_memory", "send_message", "run_new_code"}


def _demand_none_succeeds(rows: list[tuple[str, str, str]]) -> None:
    outside = {name: said for name, said, _within in rows if name not in UNSURE_OUTSIDE}
    assert {name: said for name, said in outside.items() if said != DONE} == {}
    within = {name: said for name, _outside, said in rows}
    assert {name: said for name, said in within.items() if DONE in said or "touched" in said} == {}
    assert len(within) == len(PROBES)


@on_linux
@has_seccomp
def test_nothing_that_is_tried_within_succeeds() -> None:
    _demand_none_succeeds(probes.all_tried(probes.within_the_jail))


def _as_user(user: str, measure: str) -> list[tuple[str, str, str]]:
    told = subprocess.run(
        [sys.executable, "-m", probes.__name__, user, measure],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return [(name, outside, within) for name, outside, within in json.loads(told.stdout)]


@on_linux
@as_root
@has_seccomp
def test_nothing_succeeds_for_an_ordinary_user_either() -> None:
    _demand_none_succeeds(_as_user("1500", ""))


@on_linux
@as_root
@has_seccomp
def test_seccomp_alone_is_enough() -> None:
    _demand_none_succeeds(_as_user("1500", sandbox.SECCOMP))


#: what Landlock keeps from happening; the limits of a process forbid files, programs and threads
BY_LANDLOCK = {
    *("unlink", "truncate", "rename", "make_folder", "make_symlink", "make_link", "make_pipe"),
    *("read", "read_memory", "trace"),
}


@on_linux
@as_root
@has_landlock
def test_landlock_alone_keeps_files_and_memory() -> None:
    rows = _as_user("1500", sandbox.LANDLOCK)
    within = {name: said for name, _outside, said in rows if name in BY_LANDLOCK}
    assert {name: said for name, said in within.items() if DONE in said or "touched" in said} == {}
    assert len(within) == len(BY_LANDLOCK)
    if landlock.version() >= 6:
        assert DONE not in {name: said for name, _outside, said in rows}["send_signal"]


@on_linux
def test_what_is_in_force_is_what_the_kernel_has() -> None:
    measures = jail.in_force()
    assert (f"Landlock {landlock.version()}" in measures) == bool(landlock.version())
    if os.uname().machine in ("x86_64", "aarch64"):
        assert "seccomp" in measures


def _print() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.write("forged")
        stream.flush()


def test_nothing_within_reaches_the_services_log(capfd: pytest.CaptureFixture[str]) -> None:
    with suppress(BadTemplate):
        run(_print)
    said = capfd.readouterr()
    assert "forged" not in said.out + said.err


def test_the_numbers_of_calls_are_those_of_this_machines_headers() -> None:
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("the kernel's headers are not installed")
    numbers = dict(re.findall(r"#define __NR_(\w+) (\d+)", header.read_text()))
    given = {**seccomp.ALLOWED, **seccomp.UNLESS_RUNNABLE}
    assert {name: int(numbers[name]) for name in given} == {n: x86 for n, (x86, _) in given.items()}


def _secrets() -> list[str]:
    return [name for name in os.environ if name.startswith("FORMSVC_")]


def test_no_secret_is_known_within(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMSVC_SECRET_KEY", "x" * 40)
    assert run(_secrets) == []


def _spin() -> None:
    while True:
        pass


def _sleep() -> None:
    time.sleep(1000)


def _fill_memory() -> bytes:
    return bytes(3 * 1024 * 1024 * 1024)


def _vanish() -> None:
    os.abort()


@pytest.mark.parametrize("work", [_spin, _sleep, _fill_memory, _vanish])
def test_what_takes_too_long_or_too_much_is_stopped_and_told(
    work: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jail, "WALL", 1)
    with pytest.raises(BadTemplate, match="ble stoppet"):
        run(work)
    monkeypatch.undo()
    assert run(_echo, 1) == [1]


def test_a_preparation_that_never_ends_stops_that_piece_of_work_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jail, "WALL", 1)
    with pytest.raises(BadTemplate, match="ble stoppet"):
        jail.run(_echo, 1, kept=_spin)
    monkeypatch.undo()
    assert jail.run(_echo, 2, kept=_crash) == [2]


def test_one_that_dies_fails_no_other() -> None:
    def tried(number: int) -> object:
        if number % 5:
            return run(_echo, number)
        with pytest.raises(BadTemplate):
            run(_vanish)
        return "died"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(tried, range(1, 41)))
    assert answers == [[number] if number % 5 else "died" for number in range(1, 41)]


def _filled(source: bytes) -> bytes:
    return docx.render(source, {"paper": {"title": "x"}}, "nb")


def test_what_jinja_says_is_told_with_its_paragraph_as_outside() -> None:
    source = template(paragraph("Avsnittet {{ paper.title|round }}"))
    with pytest.raises(BadTemplate, match="Avsnittet") as outside:
        _filled(source)
    with pytest.raises(BadTemplate) as within:
        run(_filled, source)
    assert str(within.value) == str(outside.value)


_PREPARED: list[int] = []


def _prepared() -> list[int]:
    _PREPARED.append(0)
    return _PREPARED


def test_what_is_prepared_is_kept_and_what_is_done_is_not() -> None:
    before = len(jail.run(_prepared, kept=partial(_PREPARED.append, 1)))
    assert run(_prepared) == run(_prepared)
    assert before >= 1


# -- many at once -------------------------------------------------------------------------------


def test_many_threads_get_their_own_answers() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(partial(run, _echo), range(60))) == [[n] for n in range(60)]


def test_a_slow_piece_of_work_holds_no_other_up() -> None:
    slow = threading.Thread(target=lambda: run(time.sleep, 6))
    slow.start()
    assert run(_echo, 1) == [1]
    assert slow.is_alive()
    slow.join()


def test_a_forked_process_has_a_jail_of_its_own() -> None:
    run(_echo, 1)
    child = os.fork()
    if child == 0:
        os._exit(0 if run(_echo, 2) == [2] else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert run(_echo, 3) == [3]
