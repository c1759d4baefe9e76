"""Landlock: Linux takes files, TCP and the signalling of others from a process, for good.

An ordinary user may ask for it (Linux 5.13; TCP from 6.7, signals from 6.12). What a kernel does
not know yet is left out: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Final

# the numbers of these calls are the same on every architecture
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
_ASK_VERSION: Final = 1

#: rights by bits: run, write, read a file, read a folder; then remove, make of each sort
_OF_READING: Final = 1 << 0 | 1 << 2 | 1 << 3
_FIRST_FILES: Final = (1 << 13) - 1
#: what later versions added: move between folders, truncate, talk to devices
_LATER_FILES: Final = ((2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
_TCP: Final = 1 << 0 | 1 << 1
_OTHERS: Final = 1 << 0 | 1 << 1
_TCP_SINCE: Final = 4
_OTHERS_SINCE: Final = 6


@cache
def version() -> int:
    """Which Landlock this kernel has; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def forbid(*, reading: bool) -> int:
    """Take from this process what it may do with files, TCP and others; which version did so.

    It must have given up new rights before (``PR_SET_NO_NEW_PRIVS``).

    :param reading: whether reading and running files is forbidden too, not only changing them.
    :returns: 0 where the kernel has no Landlock, or does not let this process use it.
    """
    here = version()
    if not here:
        return 0
    files = _FIRST_FILES
    for since, right in _LATER_FILES:
        files |= right if here >= since else 0
    if not reading:
        files &= ~_OF_READING
    rules = [files]
    rules += [_TCP] if here >= _TCP_SINCE else []
    rules += [_OTHERS] if here >= _OTHERS_SINCE else []
    given = (ctypes.c_uint64 * len(rules))(*rules)
    ruleset = _call(_CREATE_RULESET, ctypes.byref(given), ctypes.sizeof(given), 0)
    if ruleset < 0:
        return 0
    try:  # nothing is added to the rules, so that nothing is allowed
        return here if _call(_RESTRICT_SELF, ruleset, 0) == 0 else 0
    finally:
        os.close(ruleset)


def _call(number: int, *given: object) -> int:
    return int(_system().syscall(ctypes.c_long(number), *given))


@cache
def _system() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
