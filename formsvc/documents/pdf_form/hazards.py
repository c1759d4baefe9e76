"""Finds what a PDF holds besides pages and fields: what runs, calls, hides, locks or swells."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

HazardKind = Literal[
    "script", "by itself", "program", "send", "link", "file", "media", "outside", "xfa", "signed"
]


class Hazard(NamedTuple):
    """One thing that a form should not hold."""

    kind: HazardKind
    #: the full name of the field that holds it; "" where it is no field's
    field: str


_ACTIONS: Final[dict[str, HazardKind]] = {
    "/JavaScript": "script",
    "/Launch": "program",
    "/GoToR": "program",
    "/GoToE": "program",
    "/Thread": "program",
    "/ResetForm": "by itself",
    "/Named": "by itself",
    "/Hide": "by itself",
    "/SubmitForm": "send",
    "/ImportData": "send",
    "/URI": "link",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
_ANNOTATIONS: Final[dict[str, HazardKind]] = {
    "/FileAttachment": "file",
    "/RichMedia": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/3D": "media",
}
_KEYS: Final[dict[str, HazardKind]] = {
    "/JS": "script",
    "/AA": "by itself",
    "/EF": "file",
    "/AF": "file",
    "/EmbeddedFiles": "file",
    "/Collection": "file",
    "/XFA": "xfa",
}
#: what a person who clicks on it is taken to, and sees the address of
_HARMLESS: Final = ("https://", "mailto:")
#: fields within fields deeper than this are a circle
_DEEPEST: Final = 50


def hazards(file: PdfReader | PdfWriter) -> list[Hazard]:
    """All that a form should not hold, wherever it is within reach, each thing once."""
    root: Any = file.root_object
    found: dict[Hazard, None] = {}
    if runs(root.get("/OpenAction")):
        found[Hazard("by itself", "")] = None
    for one in dictionaries(root):
        for kind in _kinds(one):
            found[Hazard(kind, _name(one) if kind != "xfa" else "")] = None
    return list(found)


def runs(action: Any) -> bool:
    """Whether what happens when a file is opened is more than going to a page."""
    return isinstance(action, dict) and action.get("/S") != "/GoTo"


def dictionaries(root: Any) -> Iterator[Any]:
    """Every dictionary and stream that can be reached, each once."""
    from pypdf import generic  # 130 ms, and only PDF forms need it

    met: set[int] = set()
    waiting: list[Any] = [root]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, generic.IndirectObject):
            if thing.idnum in met:
                continue
            met.add(thing.idnum)
            thing = thing.get_object()
        if isinstance(thing, generic.DictionaryObject):
            yield thing
            waiting.extend(thing.raw_get(key) for key in thing)
        elif isinstance(thing, generic.ArrayObject):
            waiting.extend(thing)


def _kinds(one: Any) -> Iterator[HazardKind]:
    """What is to be said of a dictionary."""
    yield from (kind for key, kind in _KEYS.items() if key in one)
    action = _ACTIONS.get(_word(one, "/S"))
    if action and not (action == "link" and _is_harmless(one)):
        yield action
    annotation = _ANNOTATIONS.get(_word(one, "/Subtype"))
    if annotation and "/Rect" in one:
        yield annotation
    if hasattr(one, "get_data") and ("/F" in one or "/Ref" in one):
        yield "outside"
    if "/Base" in one.get("/URI", ()):  # what all links of the file begin with
        yield "link"
    if "/ByteRange" in one or (_word(one, "/FT") == "/Sig" and "/V" in one):
        yield "signed"


def _word(one: Any, key: str) -> str:
    value = one.get(key)
    return value if isinstance(value, str) else ""


def _is_harmless(action: Any) -> bool:
    address = str(action.get("/URI", "")).strip().lower()
    return "/Next" not in action and address.startswith(_HARMLESS)


def _name(node: Any) -> str:
    """The full name of the field that a dictionary is, or is shown by."""
    parts: list[str] = []
    for _ in range(_DEEPEST):
        if not hasattr(node, "raw_get"):
            break
        if isinstance(node.get("/T"), str) and ("/FT" in node or "/Kids" in node or parts):
            parts.insert(0, node["/T"])
        node = node.get("/Parent")
    return ".".join(parts)


# -- how big it becomes ---------------------------------------------------------------------------

_PIECE: Final = 1 << 20
#: how pictures are packed, which nobody unpacks here
_PICTURES: Final = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})


def unpacks_within(root: Any, most: int) -> bool:
    """Whether all streams together unpack to at most so many bytes; none is held in memory."""
    left = most
    for one in dictionaries(root):
        if hasattr(one, "get_data"):
            left -= _unpacked(one, left)
        if left < 0:
            return False
    return True


def _unpacked(one: Any, most: int) -> int:
    """How long a stream is unpacked, or something longer than ``most``."""
    filters = one.get("/Filter", ())
    names = [str(name) for name in (filters if isinstance(filters, list) else [filters])]
    packed = bytes(one._data)  # noqa: SLF001 - as it stands in the file, still packed
    layers = [name for name in names if name not in _PICTURES]
    if not layers:
        return len(packed)
    if layers == ["/FlateDecode"] == names[:1]:
        return _inflated(packed, most)
    return len(one.get_data())  # the limits of pypdf hold for these


def _inflated(packed: bytes, most: int) -> int:
    unpacking = zlib.decompressobj()
    length = 0
    while packed and not unpacking.eof and length <= most:
        length += len(unpacking.decompress(packed, _PIECE))
        packed = unpacking.unconsumed_tail
    return length
