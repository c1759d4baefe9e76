"""Which rows of a batch are made: a fingerprint for each, so that the next run goes on from there.

The file holds 32 bytes for each row, at the place of its number, and nothing that tells of
anyone. A fingerprint is of the row and of all that shapes its document; where it is another, or
the document is gone, the row is made anew. Looking one up takes no memory, and any number of
processes may write, each its own rows.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from formsvc.errors import BatchStopped
from formsvc.language import gettext as _

if sys.platform != "win32":
    import fcntl

_SIZE: Final = 32
_NONE: Final = bytes(_SIZE)
#: how many seconds the processes of a run that was killed may need to notice
_PATIENCE: Final = 10


class Journal:
    """The fingerprints of the documents that stand in a folder."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)

    def __getitem__(self, number: int) -> bytes:
        """The fingerprint of a row's document; b"" where none was made."""
        self._file.seek(number * _SIZE)
        found = self._file.read(_SIZE)
        return found if found != _NONE else b""

    def __setitem__(self, number: int, fingerprint: bytes) -> None:
        self._file.seek(number * _SIZE)
        self._file.write(fingerprint or _NONE)

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other run work in the folder within the block.

        :raises BatchStopped: when one does.
        """
        if sys.platform != "win32":
            patience = time.monotonic() + _PATIENCE
            while not self._locked():
                if time.monotonic() > patience:
                    raise BatchStopped(
                        _("En annen kjøring arbeider i samme mappe. Vent til den er ferdig.")
                    )
                time.sleep(0.05)
        yield

    def _locked(self) -> bool:
        if sys.platform != "win32":
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            except OSError:
                pass  # some network drives know no locks
        return True
