"""Writes a PDF from ready bytes: what never changes once, and per document only what does.

``Numbers`` gives each object its number in the file to come, ``Beginning`` is all that every
document of a template begins with, and ``whole`` and ``increment`` write the documents.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pypdf import PdfWriter

_OBJECT: Final = re.compile(rb"\d+\s+\d+\s+obj")
_IN_USE: Final = b"%010d 00000 n \n"
#: combs and the fields of PDF/A-2 need what came with it
_LEAST_VERSION: Final = b"%PDF-1.5"
#: says that the file is not text (ISO 32000-1, 7.5.2)
_NOT_TEXT: Final = b"\n%\xe2\xe3\xcf\xd3\n"


# -- objects as bytes -----------------------------------------------------------------------------


class Numbers:
    """The number that each object of the opened template has in the file to come."""

    def __init__(self, of: Mapping[int, int]) -> None:
        self._of = of

    def __getitem__(self, number: int) -> int:
        return self._of[number]

    def written(self, thing: Any) -> bytes:
        """A PDF object as bytes; a reference to what is not in the file is null."""
        from pypdf import generic  # 130 ms, and only PDF forms need it

        if isinstance(thing, generic.IndirectObject):
            return b"%d 0 R" % self._of[thing.idnum] if thing.idnum in self._of else b"null"
        if isinstance(thing, generic.StreamObject):
            data = bytes(thing._data)  # noqa: SLF001 - as it stands in the file, still packed
            return b"%s/Length %d>>\nstream\n%s\nendstream" % (self.opened(thing), len(data), data)
        if isinstance(thing, generic.DictionaryObject):
            return self.opened(thing) + b">>"
        if isinstance(thing, generic.ArrayObject):
            return b"[%s]" % b" ".join(map(self.written, thing))
        out = io.BytesIO()
        thing.write_to_stream(out)
        return out.getvalue()

    def opened(self, dictionary: Any, *, without: Set[str] = frozenset()) -> bytes:
        """A dictionary without its end and some of its keys, for more to be written into it."""
        left_out = without | {"/Length"} if hasattr(dictionary, "get_data") else without
        parts = (
            self.written(key) + b" " + self.written(dictionary.raw_get(key))
            for key in dictionary
            if key not in left_out
        )
        return b"<<" + b"\n".join(parts)

    def object(self, number: int, thing: Any) -> bytes:
        """A whole object of the file."""
        return numbered(self[number], self.written(thing))


def numbered(number: int, written: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, written)


def reached(roots: Iterable[Any]) -> list[int]:
    """The numbers of all objects that can be reached, in the order in which they are met."""
    from pypdf import generic  # 130 ms, and only PDF forms need it

    met: dict[int, None] = {}
    waiting = [root for root in roots if root is not None]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, generic.IndirectObject):
            if thing.idnum not in met:
                met[thing.idnum] = None
                waiting.append(thing.get_object())
        elif isinstance(thing, generic.DictionaryObject):
            waiting.extend(thing.raw_get(key) for key in thing)
        elif isinstance(thing, generic.ArrayObject):
            waiting.extend(thing)
    return list(met)


# -- whole files ----------------------------------------------------------------------------------


class Beginning(NamedTuple):
    """What every document of a template begins with, and what its end says the same each time."""

    head: bytes
    #: how many objects that is; those that change follow in a row
    objects: int
    #: their places, as the table at the end of the file lists them
    rows: bytes
    #: the trailer's entries
    trailer: bytes
    #: the first half of the identifier, which tells the template
    identifier: bytes


def begin(
    writer: PdfWriter, changing: Sequence[int], possible: Sequence[int], header: bytes
) -> tuple[Beginning, Numbers]:
    """All that does not change, written once.

    :param changing: numbers of the objects that every document brings, in its order
    :param possible: of those that some bring after them
    """
    dynamic = dict.fromkeys([*changing, *possible])
    static = [number for number in reached(_roots(writer)) if number not in dynamic]
    order = enumerate([*static, *dynamic], start=1)
    numbers = Numbers({number: place for place, number in order})
    version = max(header[:8], _LEAST_VERSION) + _NOT_TEXT
    objects = [numbers.object(number, writer.get_object(number)) for number in static]
    *places, _ = accumulate(map(len, objects), initial=len(version))
    head = version + b"".join(objects)
    rows = b"".join(_IN_USE % place for place in places)
    return Beginning(head, len(static), rows, *_ending(writer, numbers)), numbers


def _roots(writer: PdfWriter) -> Iterator[Any]:
    yield writer.root_object.indirect_reference
    yield writer._info_obj  # noqa: SLF001 - the writer has no other name for what it opened


def _ending(writer: PdfWriter, numbers: Numbers) -> tuple[bytes, bytes]:
    """The trailer's entries and the first half of the identifier."""
    root, info = _roots(writer)
    entries = b"/Root " + numbers.written(root)
    if info is not None:
        entries += b"/Info " + numbers.written(getattr(info, "indirect_reference", info))
    known = writer._ID  # noqa: SLF001 - the same
    first = getattr(known[0], "original_bytes", b"") if known else b""
    return entries, first


def whole(beginning: Beginning, changed: Sequence[bytes], identifier: bytes) -> bytes:
    """A document: what never changes, what does, and one table of where everything is."""
    head, count, rows, entries, first = beginning
    *places, end = accumulate(map(len, changed), initial=len(head))
    size = count + len(changed) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, rows)
    moving = _IN_USE * len(places) % tuple(places)
    trailer = b"trailer\n<</Size %d%s/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        entries,
        (first or identifier).hex().encode(),
        identifier.hex().encode(),
        end,
    )
    return b"".join([head, *changed, table, moving, trailer])


# -- increments -----------------------------------------------------------------------------------


class Original(NamedTuple):
    """A file that is added to and otherwise left as it is, byte by byte."""

    data: bytes
    #: where its newest table is, and whether that is a stream
    table: int
    packed: bool
    #: how many numbers are taken
    size: int
    trailer: bytes
    identifier: bytes


def original(data: bytes, writer: PdfWriter, numbers: Numbers, size: int) -> Original | None:
    """The file to be added to; None where its end does not say where its table is."""
    _, found, said = data.rpartition(b"startxref")
    place = said.split(maxsplit=1)[0] if found and said.split() else b""
    table = int(place) if place.isdigit() else -1
    there = data[table : table + 40].lstrip() if table > 0 else b""
    packed = bool(_OBJECT.match(there))
    if not packed and not there.startswith(b"xref"):
        return None
    return Original(data, table, packed, size, *_ending(writer, numbers))


def increment(file: Original, changed: Mapping[int, bytes], identifier: bytes) -> bytes:
    """The file with changed and new objects after its end."""
    order = sorted(changed)
    objects = [changed[number] for number in order]
    start = len(file.data) + 1
    *places, end = accumulate(map(len, objects), initial=start)
    size = max(file.size, order[-1] + 1 if order else 0)
    entries = b"%s/Prev %d/ID[<%s><%s>]" % (
        file.trailer,
        file.table,
        (file.identifier or identifier).hex().encode(),
        identifier.hex().encode(),
    )
    listed = dict(zip(order, places, strict=True))
    table = _stream(listed, size, entries, end) if file.packed else _table(listed, size, entries)
    return b"".join([file.data, b"\n", *objects, table, b"startxref\n%d\n%%%%EOF\n" % end])


def _table(places: Mapping[int, int], size: int, entries: bytes) -> bytes:
    sections = (
        b"%d %d\n%s" % (first, len(run), b"".join(_IN_USE % place for place in run))
        for first, run in _runs(places)
    )
    return b"xref\n%strailer\n<</Size %d%s>>\n" % (b"".join(sections), size, entries)


def _stream(places: Mapping[int, int], size: int, entries: bytes, here: int) -> bytes:
    """A table as a stream, which lists itself too (ISO 32000-1, 7.5.8)."""
    runs = list(_runs({**places, size: here}))
    index = b" ".join(b"%d %d" % (first, len(run)) for first, run in runs)
    data = b"".join(b"\1" + place.to_bytes(4) + b"\0" for _, run in runs for place in run)
    kind = b"/Type/XRef/W[1 4 1]/Index[%s]/Size %d%s" % (index, size + 1, entries)
    body = b"<<%s/Length %d>>\nstream\n%s\nendstream" % (kind, len(data), data)
    return numbered(size, body)


def _runs(places: Mapping[int, int]) -> Iterator[tuple[int, list[int]]]:
    """The places of numbers that follow each other, with the first of these."""
    first, run = 0, list[int]()
    for number in sorted(places):
        if run and number == first + len(run):
            run.append(places[number])
            continue
        if run:
            yield first, run
        first, run = number, [places[number]]
    if run:
        yield first, run
