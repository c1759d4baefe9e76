"""Forms that were drawn, kept in the data folder, so that each is drawn once for all processes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from formsvc import config

FOLDER: Final = "originals"


def form(name: str, key: str, draw: Callable[[], bytes]) -> bytes:
    """The form of that key: the kept one, else it is drawn, and kept where there is a place.

    Where the data folder is missing, full or for reading only, the form is drawn by each process.

    :param name: what tells it from other forms: ``consent.nb``
    """
    file = config.current().data / FOLDER / f"{name}.{key}.pdf"
    with suppress(OSError):
        return file.read_bytes()
    data = draw()
    with suppress(OSError):
        _keep(file, data)
        _tidy(file, name)
    return data


def _keep(file: Path, data: bytes) -> None:
    """Write a whole file or none, whoever else writes it, and whenever the power goes."""
    if not file.parent.parent.is_dir():
        return  # a command that makes one paper leaves no folder behind
    file.parent.mkdir(exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(data)
            written.flush()
            os.fsync(written.fileno())
        Path(part).replace(file)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise


def _tidy(file: Path, name: str) -> None:
    """Remove the earlier ones, which nobody asks for again; whoever does has it drawn anew."""
    for earlier in file.parent.glob(f"{name}.*"):
        if earlier != file:
            earlier.unlink(missing_ok=True)
