"""Packs a printed PDF before it is written: each object is put into bytes once, not twice.

pydyf does so once for the identifier of the file and once for the file itself, and takes zlib's
hardest level, which needs twice the time of the usual one to save a hundredth.
"""

from __future__ import annotations

import zlib
from typing import Final

import pydyf

_LEVEL: Final = 6


def pack(pdf: pydyf.PDF) -> None:
    """Put in the place of each object one that knows its bytes; none can be changed after that."""
    pdf.objects[:] = [_packed(item) for item in pdf.objects]


def _packed(item: pydyf.Object) -> pydyf.Object:
    if item.free == "f":
        return item
    if isinstance(item, pydyf.Stream):
        return _Stream(item.number, _deflated(item))
    return _Object(item.number, item.data)


def _deflated(item: pydyf.Stream) -> bytes:
    if not item.compress:
        return bytes(item.data)
    item.compress = False
    content = item.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
    extra = {**item.extra, "Filter": "/FlateDecode"}
    return bytes(pydyf.Stream([zlib.compress(content, _LEVEL)], extra).data)


class _Object(pydyf.Object):  # type: ignore[misc]  # pydyf has no types
    """An object of a file, as its bytes."""

    data = b""

    def __init__(self, number: int, data: bytes) -> None:
        super().__init__()
        self.number = number
        self.data = data


class _Stream(pydyf.Stream):  # type: ignore[misc]  # pydyf has no types
    """A stream of a file, as its bytes."""

    data = b""

    def __init__(self, number: int, data: bytes) -> None:
        super().__init__()
        self.number = number
        self.data = data
