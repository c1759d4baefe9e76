"""The arms and the colour of a municipality: refused where a paper could not show them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from formsvc.profile.parts import Arms
from formsvc.profile.tables import InvalidProfile, Table

#: bytes: arms need a tenth of it, and each paper carries them
MOST_BYTES: Final = 500_000
#: dots on the longer side of a bitmap: 14 mm on paper need no more than 700
MOST_DOTS: Final = 3000

#: between text and its ground (WCAG 2.2, 1.4.3)
LEAST_CONTRAST: Final = 4.5

_SVG: Final = "{http://www.w3.org/2000/svg}"
#: what is run, fetched, or shown with whatever font there is
_NOT_ALLOWED: Final = ("script", "foreignObject", "text", "image", "animate", "set", "a", "iframe")
#: what leads out of the file, in an attribute or a style
_OUTWARD: Final = re.compile(r"@import|url\((?!\s*['\"]?#)", re.IGNORECASE)
_LENGTH: Final = re.compile(r"\s*([0-9.]+)\s*(?:px|mm|cm|in|pt)?\s*")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_EXAMPLE: Final = 'arms = "kommunevapen.svg"'


def read(table: Table, folders: Sequence[Path]) -> Arms | None:
    """The arms that a table names, by a path in one of the folders; None where it names none.

    :raises InvalidProfile: when they are missing, or no picture that all papers can show.
    """
    name = table.may("arms", str, "", _EXAMPLE)
    bitmap = table.may("arms_png", str, "", 'arms_png = "kommunevapen.png"')
    if not name:
        if bitmap:
            raise InvalidProfile(table("arms_png"), f"stands for arms; write {_EXAMPLE} too.")
        return None
    picture = _file(table("arms"), name, folders)
    if name.lower().endswith(".png"):
        if bitmap:
            raise InvalidProfile(table("arms_png"), "is not read where the arms are a PNG.")
        return Arms(picture, "png", picture, *_size_of_bitmap(table("arms"), picture))
    if not name.lower().endswith(".svg"):
        raise InvalidProfile(table("arms"), f"must be an SVG or a PNG; write {_EXAMPLE}.")
    _demand_drawing(table("arms"), picture)
    try:
        png = _file(table("arms_png"), bitmap or f"{name[:-4]}.png", folders)
    except InvalidProfile as error:
        raise InvalidProfile(table("arms_png"), f"Word shows no SVG, and {error.mend}") from None
    return Arms(picture, "svg", png, *_size_of_bitmap(table("arms_png"), png))


def colour(table: Table) -> str:
    """The colour of headings and rules.

    :raises InvalidProfile: when it cannot be read on white.
    """
    code = table.need("colour", str, '"#14487a"').lower()
    if not re.fullmatch("#[0-9a-f]{6}", code):
        raise InvalidProfile(table("colour"), 'must be written as "#14487a".')
    parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    contrast = 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    if contrast < LEAST_CONTRAST:
        mend = f"has the contrast {contrast:.2f} to white; at least {LEAST_CONTRAST} can be read."
        raise InvalidProfile(table("colour"), mend)
    return code


def _file(key: str, name: str, folders: Sequence[Path]) -> bytes:
    for folder in folders:
        file = folder / name
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InvalidProfile(key, f"{file} cannot be read ({error.strerror}).") from None
        if len(data) > MOST_BYTES:
            raise InvalidProfile(key, f"{file} is larger than {MOST_BYTES:,} bytes; make it less.")
        return data
    places = " or ".join(str(folder) for folder in folders)
    raise InvalidProfile(key, f"there is no {name} in {places}. Put it there, or mend the name.")


# -- a drawing ------------------------------------------------------------------------------------


def _demand_drawing(key: str, data: bytes) -> None:
    """Refuse what is no SVG, or runs, fetches or says anything.

    :raises InvalidProfile: naming what is to be taken out.
    """
    # an entity can grow to gigabytes while it is read
    if re.search(rb"<!(?:DOCTYPE[^>]*\[|ENTITY)", data, re.IGNORECASE):
        raise InvalidProfile(key, "declares entities. Save it as plain SVG.")
    try:
        root = ET.fromstring(data)  # noqa: S314 - without entities it can do no harm
    except ET.ParseError as error:
        raise InvalidProfile(key, f"is no SVG ({error}). Save it as plain SVG.") from None
    if root.tag != f"{_SVG}svg" or not _has_size(root):
        raise InvalidProfile(key, "is no SVG with a viewBox or a width and a height.")
    for fault in _faults(root):
        raise InvalidProfile(key, f"holds {fault}. Take it out; letters are to be drawn as paths.")


def _has_size(root: ET.Element) -> bool:
    sides = root.get("viewBox", "").replace(",", " ").split()[2:]
    sides = sides or [root.get("width", ""), root.get("height", "")]
    lengths = [_LENGTH.fullmatch(side) for side in sides]
    return len(lengths) == 2 and all(length and float(length[1]) > 0 for length in lengths)


def _faults(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name in _NOT_ALLOWED or name.startswith("animate"):
            yield f"<{name}>"
        if name == "style" and _OUTWARD.search("".join(element.itertext())):
            yield "a style that fetches something"
        for attribute, value in element.attrib.items():
            plain = attribute.rpartition("}")[2].lower()
            if plain.startswith("on"):
                yield f"the attribute {plain}"
            if plain in ("href", "src") and not value.startswith("#"):
                yield f"a link to «{value[:40]}»"
            if _OUTWARD.search(value):
                yield f"«{value[:40]}»"


# -- a bitmap -------------------------------------------------------------------------------------


def _size_of_bitmap(key: str, data: bytes) -> tuple[int, int]:
    """Width and height in dots.

    :raises InvalidProfile: when it is no whole PNG, or too large to be worked on.
    """
    chunks = dict(_chunks(data)) if data.startswith(_PNG) else {}
    if not {b"IHDR", b"IDAT", b"IEND"} <= chunks.keys() or len(chunks[b"IHDR"]) != 13:
        raise InvalidProfile(key, "is no whole PNG. Save it anew as PNG.")
    header = chunks[b"IHDR"]
    width, height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
    if not (0 < width <= MOST_DOTS and 0 < height <= MOST_DOTS):
        raise InvalidProfile(key, f"is {width} × {height} dots; at most {MOST_DOTS} are taken.")
    return width, height


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG up to the first that is damaged (ISO/IEC 15948, 5.3)."""
    place = len(_PNG)
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        name, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        check = data[place + 8 + length : place + 12 + length]
        if check != zlib.crc32(name + content).to_bytes(4):
            return
        yield name, content
        place += 12 + length
