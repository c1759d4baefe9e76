"""What a PDF says of a font so that its text can be read back: which letters each glyph is."""

from __future__ import annotations

from collections.abc import Mapping


def to_unicode(letters: Mapping[int, str]) -> bytes:
    """A ToUnicode map (ISO 32000-1, 9.10.3), in the blocks of at most 100 that it asks for."""
    lines = [
        f"<{glyph:04X}> <{text.encode('utf-16-be').hex()}>"
        for glyph, text in sorted(letters.items())
    ]
    blocks = (lines[start : start + 100] for start in range(0, len(lines), 100))
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    ).encode()
