"""Tags that Word has split over a link or a tracked change: what docxtpl leaves open is closed.

docxtpl makes one tag of ``{{ na`` and ``me }}`` by cutting out all XML between them. Where
a tracked insertion, a link or a smart tag begins or ends within, its other end is left alone, and
the document would be broken. The words stay; only the wrapper around them goes.
"""

from __future__ import annotations

import re
from typing import Final

_WRAPPERS: Final = frozenset(
    {
        "w:bdo",
        "w:customXml",
        "w:del",
        "w:dir",
        "w:fldSimple",
        "w:hyperlink",
        "w:ins",
        "w:moveFrom",
        "w:moveTo",
        "w:smartTag",
    }
)
_TAG = re.compile(r"<(/?)([\w.-]+:[\w.-]+)(?:\s[^<>]*)?(?<!/)>")


def mended(xml: str) -> str:
    """The patched XML without the halves of wrappers that docxtpl has cut in two."""
    cut = _halves(xml)
    if not cut:
        return xml
    pieces, end = [], 0
    for start, stop in sorted(cut):
        pieces.append(xml[end:start])
        end = stop
    return "".join([*pieces, xml[end:]])


def _halves(xml: str) -> list[tuple[int, int]]:
    """Where the wrappers' halves stand; none where other elements do not match either."""
    opened: list[tuple[str, tuple[int, int]]] = []
    halves = []
    for found in _TAG.finditer(xml):
        closing, name = found.groups()
        if not closing:
            opened.append((name, found.span()))
        elif name in _WRAPPERS and (not opened or opened[-1][0] != name):
            halves.append(found.span())
        else:
            while opened and opened[-1][0] != name and opened[-1][0] in _WRAPPERS:
                halves.append(opened.pop()[1])
            if not opened or opened.pop()[0] != name:
                return []
    return halves
