"""The fonts that papers are printed with: the bundled files, and the characters they can draw."""

from __future__ import annotations

import json
import os
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from formsvc.config import PACKAGE

#: made at build from the npm packages of assets.json; never stored in the repository
FOLDER: Final = PACKAGE / "static" / "vendor" / "docfonts"

REPLACEMENT: Final = "\ufffd"


@cache
def families() -> tuple[str, ...]:
    """The families in the order in which a letter is looked for."""
    listed = FOLDER / "fonts.json"
    if not listed.is_file():
        return ("Carlito", "DejaVu Sans")
    return tuple(dict.fromkeys(font["family"] for font in json.loads(listed.read_text())))


@cache
def _files() -> tuple[Path, ...]:
    if FOLDER.is_dir():
        return tuple(sorted(FOLDER.glob("*.ttf")))
    system = Path("/usr/share/fonts/truetype")
    return (*system.glob("crosextra/*.ttf"), *system.glob("dejavu/DejaVuSans*.ttf"))


@cache
def _drawn() -> frozenset[int]:
    """The code points that at least one bundled font draws."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - heavy, and only PDFs need it

    points: set[int] = set()
    for path in _files():
        with TTFont(path, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points)


@cache
def _draws(character: str) -> bool:
    """Whether a character leaves its mark on paper, or is meant to leave none."""
    if ord(character) in _drawn():
        return True
    if character in "\t\n" or unicodedata.category(character) in ("Zs", "Cf"):
        return True
    # variation selectors choose between pictures of the character before them
    if "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef":
        return True
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed != character and all(map(_draws, decomposed))


def drawable(text: str) -> str:
    """The text with U+FFFD for each character that no bundled font draws.

    >>> drawable("Čáhci Øvrelid")
    'Čáhci Øvrelid'
    """
    if text.isascii():
        return text
    return "".join(c if c.isascii() or _draws(c) else REPLACEMENT for c in text)


@contextmanager
def only_bundled() -> Iterator[None]:
    """Within the block, fontconfig finds the bundled fonts and no font of the machine.

    Otherwise the same paper would look, and weigh, differently on two machines, and a colour
    emoji font there would make the file invalid.
    """
    folders = "".join(f"<dir>{escape(str(p))}</dir>" for p in sorted({p.parent for p in _files()}))
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.NamedTemporaryFile("w", suffix=".conf", encoding="utf-8") as config:
        config.write(f'<?xml version="1.0"?><fontconfig>{folders}</fontconfig>')
        config.flush()
        os.environ["FONTCONFIG_FILE"] = config.name
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before
