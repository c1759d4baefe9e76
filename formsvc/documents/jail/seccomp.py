"""Seccomp: of all that a process can ask of Linux, it keeps memory, time, and its answer.

What is allowed is listed, so that a call that Linux gets tomorrow is forbidden: no file by name, no
process, no connection, no shared memory, no new code. A forbidden call fails as one that is not
permitted (seccomp(2), https://docs.kernel.org/userspace-api/seccomp_filter.html).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from functools import cache
from typing import Final

_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF_0000
_FAIL: Final = 0x0005_0000 | errno.EPERM
_KILL: Final = 0x8000_0000
#: of a filter: load a word, jump where it is equal, jump where it has a bit, return
_LOAD, _EQUAL, _HAS_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_STEP: Final = struct.Struct("=HBBI")
#: where the description of a call has its number, the architecture, and the third argument
_NUMBER_AT, _ARCHITECTURE_AT, _THIRD_AT = 0, 4, 32
_RUNNABLE: Final = 4

#: by what ``os.uname`` says: the column of the calls, and the architecture's name (linux/audit.h)
_MACHINES: Final = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}
ALLOWED: Final = {
    # memory
    "brk": (12, 214),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    # time, chance, and who one is
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "restart_syscall": (219, 128),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    # locks, and signals from outside
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    # the answer, and the end
    "sendto": (44, 206),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
#: allowed where the memory that they give cannot be run
UNLESS_RUNNABLE: Final = {"mmap": (9, 222), "mprotect": (10, 226)}


def forbid() -> bool:
    """Take all calls from this process but those of the list; whether that is now in force.

    It must have given up new rights before (``PR_SET_NO_NEW_PRIVS``).
    """
    prepared = prepare()
    if prepared is None:
        return False
    system, program, _steps = prepared
    return int(system.prctl(_PR_SET_SECCOMP, _MODE_FILTER, program, 0, 0)) == 0


@cache
def prepare() -> tuple[ctypes.CDLL, bytes, ctypes.Array[ctypes.c_char]] | None:
    """What ``forbid`` needs, made once for all children; None where it cannot be."""
    machine = _MACHINES.get(os.uname().machine)
    if sys.platform != "linux" or machine is None or sys.maxsize < 2**32:
        return None
    steps = _filter(*machine)
    code = ctypes.create_string_buffer(b"".join(steps))
    # struct sock_fprog: how many steps there are, and where
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    return ctypes.CDLL(None, use_errno=True), program, code


def _filter(column: int, architecture: int) -> list[bytes]:
    """The steps that decide on a call: to allow it, to look at its memory, or to let it fail."""
    allowed = [numbers[column] for numbers in ALLOWED.values()]
    looked_at = [numbers[column] for numbers in UNLESS_RUNNABLE.values()]
    ahead = len(allowed) + len(looked_at)
    steps = [
        _STEP.pack(_LOAD, 0, 0, _ARCHITECTURE_AT),
        _STEP.pack(_EQUAL, 1, 0, architecture),
        _STEP.pack(_RETURN, 0, 0, _KILL),  # a call as of another architecture
        _STEP.pack(_LOAD, 0, 0, _NUMBER_AT),
    ]
    for number in allowed:
        ahead -= 1
        steps.append(_STEP.pack(_EQUAL, ahead + 4, 0, number))
    for number in looked_at:
        ahead -= 1
        steps.append(_STEP.pack(_EQUAL, ahead + 1, 0, number))
    return [
        *steps,
        _STEP.pack(_RETURN, 0, 0, _FAIL),
        _STEP.pack(_LOAD, 0, 0, _THIRD_AT),
        _STEP.pack(_HAS_BIT, 0, 1, _RUNNABLE),
        _STEP.pack(_RETURN, 0, 0, _FAIL),
        _STEP.pack(_RETURN, 0, 0, _ALLOW),
    ]
