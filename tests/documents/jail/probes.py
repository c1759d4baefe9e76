"""What somebody would try who has got into the jail, by any user.

Each probe is tried within, then outside, where it must do what it is meant to do. As a program it
becomes the user of a number first, takes one of the measures, or all of them (""), and writes what
came of the probes as JSON.
"""

# the calls themselves are what is tried
# ruff: noqa: PTH101, PTH102, PTH104, PTH108, PTH109, PTH116, PTH211, S103

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from formsvc.documents import jail
from formsvc.documents.jail import landlock, sandbox, seccomp
from formsvc.errors import FormsvcError

DONE = "done"
SECRET = b"the secret key of the service"
_SYSTEM = ctypes.CDLL(None, use_errno=True)
_FILES = ("file", "long", "old", "linked", "open", "aged", "seen")


class Aim(NamedTuple):
    """What the probes aim at: another process, something in its memory, a folder, a socket."""

    process: int
    address: int
    folder: str
    line: str


def _demand(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def unlink(aim: Aim) -> None:
    os.unlink(f"{aim.folder}/file")


def truncate(aim: Aim) -> None:
    os.truncate(f"{aim.folder}/long", 0)


def rename(aim: Aim) -> None:
    os.rename(f"{aim.folder}/old", f"{aim.folder}/new")


def make_folder(aim: Aim) -> None:
    os.mkdir(f"{aim.folder}/made")


def make_symlink(aim: Aim) -> None:
    os.symlink("/etc/passwd", f"{aim.folder}/symlink")


def make_link(aim: Aim) -> None:
    os.link(f"{aim.folder}/linked", f"{aim.folder}/link")


def open_to_all(aim: Aim) -> None:
    os.chmod(f"{aim.folder}/open", 0o777)


def change_times(aim: Aim) -> None:
    os.utime(f"{aim.folder}/aged", (0, 0))


def look_at(aim: Aim) -> None:
    os.stat(f"{aim.folder}/seen")


def make_pipe(aim: Aim) -> None:
    os.mkfifo(f"{aim.folder}/pipe")


def read(aim: Aim) -> None:
    Path(aim.folder, "seen").read_bytes()


def change_folder(aim: Aim) -> None:
    os.chdir(aim.folder)


def send_signal(aim: Aim) -> None:
    os.kill(aim.process, signal.SIGCONT)


def slow_down(aim: Aim) -> None:
    os.setpriority(os.PRIO_PROCESS, aim.process, 7)


def change_limits(aim: Aim) -> None:
    resource.prlimit(aim.process, resource.RLIMIT_CORE, (0, 0))


def read_memory(aim: Aim) -> None:
    into = ctypes.create_string_buffer(len(SECRET))
    here = (ctypes.c_size_t * 2)(ctypes.addressof(into), len(SECRET))
    there = (ctypes.c_size_t * 2)(aim.address, len(SECRET))
    _demand(_SYSTEM.process_vm_readv(aim.process, here, 1, there, 1, 0))
    if into.raw != SECRET + b"\0" and into.raw != SECRET:
        raise ValueError(into.raw)


def trace(aim: Aim) -> None:
    attach, detach = 16, 17
    _demand(_SYSTEM.ptrace(attach, aim.process, 0, 0))
    os.waitpid(aim.process, 0)
    _demand(_SYSTEM.ptrace(detach, aim.process, 0, 0))


def open_connection(aim: Aim) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def reach_socket(aim: Aim) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(aim.line)


def start_process(aim: Aim) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def start_thread(aim: Aim) -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


def start_program(aim: Aim) -> None:
    subprocess.run(["/bin/true"], check=True)


def share_memory(aim: Aim) -> None:
    private, make = 0, 0o1600
    segment = _SYSTEM.shmget(private, 4096, make)
    _demand(segment)
    _SYSTEM.shmctl(segment, 0, None)


def send_message(aim: Aim) -> None:
    queue = _SYSTEM.msgget(0, 0o1600)
    _demand(queue)
    _SYSTEM.msgctl(queue, 0, None)


def run_new_code(aim: Aim) -> None:
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def write_to_log(aim: Aim) -> None:
    os.write(2, b"forged\n")


PROBES: tuple[Callable[[Aim], None], ...] = (
    *(unlink, truncate, rename, make_folder, make_symlink, make_link, open_to_all, change_times),
    *(look_at, make_pipe, read, change_folder, send_signal, slow_down, change_limits, read_memory),
    *(trace, open_connection, reach_socket, start_process, start_thread, start_program),
    *(share_memory, send_message, run_new_code, write_to_log),
)


def tried(probe: Callable[[Aim], None], aim: Aim) -> str:
    """What came of a probe here."""
    try:
        probe(aim)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return DONE


def _tried_within(number: int, aim: Aim) -> str:
    return tried(PROBES[number], Aim(*aim))


def _fresh(folder: Path) -> None:
    for name in folder.iterdir():
        name.rmdir() if name.is_dir() else name.unlink()
    for name_of_file in _FILES:
        (folder / name_of_file).write_text("whole")


def _state(folder: Path, process: int) -> list[object]:
    files = ((path.name, path.stat()) for path in sorted(folder.iterdir()))
    return [
        os.getpriority(os.PRIO_PROCESS, process),
        *((name, of.st_size, of.st_mode, of.st_mtime) for name, of in files),
    ]


def within_the_jail(number: int, aim: Aim) -> str:
    """What came of a probe in the jail itself."""
    try:
        return str(jail.run(_tried_within, number, aim))
    except FormsvcError as error:
        return str(error)


def within_by_hand(number: int, aim: Aim, only: str) -> str:
    """The same in processes of the user that this process has become, with one measure or all.

    The jail begins with a new Python, which not every user may start where the tests run.
    """
    ours, theirs = socket.socketpair()
    if not os.fork():
        ours.close()
        if only == "":
            sandbox.leave_the_world()
        child = os.fork()
        if not child:
            _give_up(only)
            theirs.sendall(_tried_within(number, aim).encode())
            os._exit(0)
        os.waitpid(child, 0)
        os._exit(0)
    theirs.close()
    with ours:
        answer = b""
        while piece := ours.recv(1000):
            answer += piece
    os.wait()
    return answer.decode() or "ended"


def _give_up(only: str) -> None:
    """All that a child gives up; or no more than one of the measures."""
    if only == "":
        sandbox.limit()
        return
    no_new_rights = 38
    _SYSTEM.prctl(no_new_rights, 1, 0, 0, 0)
    if only == sandbox.SECCOMP:
        assert seccomp.forbid()
    else:
        assert landlock.forbid(reading=True)


def _become(user: int) -> None:
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)
    allow_looking_at = 4  # as at a process that was started by that user
    _SYSTEM.prctl(allow_looking_at, 1, 0, 0, 0)


def _victim() -> tuple[int, int]:
    """A process of the same user, with a secret in its memory: its number, and where."""
    kept = ctypes.create_string_buffer(SECRET)
    process = os.fork()
    if not process:
        while True:
            signal.pause()
    return process, ctypes.addressof(kept)


def all_tried(within: Callable[[int, Aim], str]) -> list[tuple[str, str, str]]:
    """Each probe's name, what came of it here, and what within."""
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as listener:
        folder = Path(name, "data")
        folder.mkdir()
        listener.bind(f"{name}/line")
        listener.listen()
        process, address = _victim()
        aim = Aim(process, address, str(folder), f"{name}/line")
        here = os.getcwd()
        rows = []
        for number, probe in enumerate(PROBES):
            _fresh(folder)
            before = _state(folder, process)
            answer = within(number, aim)
            touched = "" if _state(folder, process) == before else " and touched"
            rows.append((probe.__name__, tried(probe, aim), answer + touched))
            os.chdir(here)
        os.kill(process, signal.SIGKILL)
        os.wait()
    return rows


if __name__ == "__main__":
    number_of_user, measure = sys.argv[1:]
    _become(int(number_of_user))
    sys.stdout.write(json.dumps(all_tried(partial(within_by_hand, only=measure))))
