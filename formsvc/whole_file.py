"""A file is written whole or not at all: beside its place first, then moved there."""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Put a file in its place, where it takes that of an earlier one.

    :raises OSError: when it cannot be written; what was there still is.
    """
    part = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
