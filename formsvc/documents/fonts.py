"""The fonts that papers are printed with: the bundled files, and nothing of the machine's."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from formsvc import letters
from formsvc.config import PACKAGE
from formsvc.errors import MissingLibrary
from formsvc.language import gettext as _

#: made at build from the npm packages that assets.json names; not in the repository
FOLDER: Final = PACKAGE / "static" / "vendor" / "docfonts"


class FontFile(NamedTuple):
    """One bundled file, as the build lists it."""

    family: str
    file: str
    weight: int
    style: str


@cache
def bundled() -> tuple[FontFile, ...]:
    """The bundled files, in the order in which a letter is looked for.

    :raises MissingLibrary: in a checkout where they have not been made yet
    """
    try:
        listed = json.loads((FOLDER / "fonts.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingLibrary(
            _("Skriftene som PDF-ene trykkes med, er ikke laget ennå. Kjør «python3 dev.py run».")
        ) from None
    return tuple(FontFile(**font) for font in listed)


def families() -> tuple[str, ...]:
    """The families in the order in which a letter is looked for."""
    return tuple(dict.fromkeys(font.family for font in bundled()))


def drawn() -> frozenset[int]:
    """The code points that at least one bundled font draws; ``letters`` knows them by heart."""
    from fontTools.ttLib import TTFont

    points: set[int] = set()
    for font in bundled():
        with TTFont(FOLDER / font.file, lazy=True) as opened:
            points.update(opened.getBestCmap())
    return frozenset(points)


@contextmanager
def only_bundled() -> Iterator[None]:
    """Within the block, fontconfig finds the bundled fonts and no font of the machine.

    Otherwise the same paper would look, and weigh, differently on two machines, and a colour
    emoji font there would make the file invalid.
    """
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "fonts.conf")
        config.write_text(_config(), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


def _config() -> str:
    """Fontconfig's own file; it names each font as the build lists it.

    What the files say of themselves is not to be trusted («Noto Sans Hebrew Thin», for both
    weights). Contextual alternates are off in the first family: Inter would draw «->» as an arrow.
    """
    named = "".join(
        f'<match target="scan"><test name="file"><string>{escape(str(FOLDER / font.file))}</string>'
        f'</test><edit name="family" mode="prepend"><string>{escape(font.family)}</string></edit>'
        f'<edit name="weight" mode="assign_replace"><int>{_WEIGHTS[font.weight]}</int></edit>'
        "</match>"
        for font in bundled()
    )
    return (
        f'<?xml version="1.0"?><fontconfig><dir>{escape(str(FOLDER))}</dir>{named}'
        f'<match target="font"><test name="family"><string>{escape(families()[0])}</string></test>'
        '<edit name="fontfeatures" mode="append"><string>calt=0</string></edit></match>'
        "</fontconfig>"
    )


#: fontconfig counts weights in its own way
_WEIGHTS: Final = {400: 80, 600: 180, 700: 200}


def listed() -> str:
    """What ``letters.txt`` lists: a line for each run of code points, as hexadecimal numbers."""
    runs: list[list[int]] = []
    for point in sorted(drawn()):
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    lines = (f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in runs)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    letters.LIST.write_text(listed(), encoding="ascii")
