"""What the processes of the jail give up: namespaces, files, calls, time and memory.

Each measure stands for itself, since no machine must have them all: containers often forbid
namespaces, old kernels have no Landlock. ``IN_FORCE`` says which took hold here.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from typing import Final

from formsvc.documents.jail import landlock, seccomp

#: seconds by the clock, and of the processor, for one piece of work
WALL: Final = 20
PROCESSOR: Final = 10
#: bytes that a child may address
MEMORY: Final = 1024 * 1024 * 1024

_NOBODY: Final = 65534
_NEW_IPC, _NEW_USER, _NEW_PROCESSES, _NEW_NETWORK = (
    *(0x0800_0000, 0x1000_0000),
    *(0x2000_0000, 0x4000_0000),
)
_NO_NEW_RIGHTS: Final = 38
_MOST_DESCRIPTORS: Final = 1 << 16
_CAPABILITIES_VERSION: Final = 0x2008_0522

NAMESPACES: Final = "namespaces"
LANDLOCK: Final = "Landlock"
SECCOMP: Final = "seccomp"

#: the measures that took hold in this process, and in its children
IN_FORCE: Final[list[str]] = []


def in_force() -> list[str]:
    """The measures that hold where this is done, which is meant to be within the jail."""
    return list(IN_FORCE)


def leave_the_world() -> None:
    """What the warm process gives up, and with it all its children."""
    import resource  # noqa: PLC0415 - Windows has none

    if sys.platform == "linux":
        system = ctypes.CDLL(None, use_errno=True)
        if _leave_namespaces(system):
            IN_FORCE.append(NAMESPACES)
        system.prctl(_NO_NEW_RIGHTS, 1, 0, 0, 0)
        # it still reads what it has not loaded yet; its children need not
        landlock.forbid(reading=False)
        seccomp.prepare()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))  # macOS knows no such limit
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _leave_namespaces(system: ctypes.CDLL) -> bool:
    """Go where there is no network, no shared memory and no other process of the machine."""
    is_root = os.getuid() == 0
    wanted = _NEW_NETWORK | _NEW_IPC | _NEW_PROCESSES | (0 if is_root else _NEW_USER)
    if system.unshare(wanted) != 0:
        return False
    if not is_root:  # an ordinary user is given all of root's powers over the new namespaces
        head = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
        system.capset(head, (ctypes.c_uint32 * 6)())
    _keep_processes()
    return True


def _keep_processes() -> None:
    """Begin the first process of the new namespace, with which all others of it would end.

    It waits until nobody holds the other end of its pipe: this process, and all its children.
    """
    read, _write = os.pipe()
    if os.fork():
        os.close(read)
        return
    os.closerange(3, read)
    os.closerange(read + 1, _MOST_DESCRIPTORS)  # the line to the service, too
    os.read(read, 1)
    os._exit(0)


def limit(processor: int = PROCESSOR) -> None:
    """What a child can do without: root's rights, files, connections, processes, time."""
    import resource  # noqa: PLC0415 - Windows has none

    if os.getuid() == 0:
        with suppress(PermissionError):  # a root without powers, as in some containers
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    signal.alarm(WALL)
    version = landlock.forbid(reading=True)
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if version:
        IN_FORCE.append(f"{LANDLOCK} {version}")
    if seccomp.forbid():
        IN_FORCE.append(SECCOMP)
