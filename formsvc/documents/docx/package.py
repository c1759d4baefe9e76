"""A Word file as a zip: taken apart with care once, put together from ready bytes many times."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple

from lxml import etree

from formsvc.documents.docx import guard
from formsvc.errors import BadTemplate
from formsvc.language import gettext as _

CONTENT_TYPES: Final = "[Content_Types].xml"
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: what Word calls the same elements in a file of the kind «Strict Open XML»
STRICT_W: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"

_FAULTS_OF_ZIPS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    KeyError,
    OSError,
    ValueError,
    struct.error,
)

_STORED: Final = 0
_DEFLATED: Final = 8
_UTF8_NAME: Final = 0x800
_NO_CLOCK: Final = (0, 33)  # 1 January 1980, midnight: equal input gives equal bytes
#: version, flags, method, time, date, checksum, both sizes, lengths of name and extra field
_DESCRIPTION: Final = struct.Struct("<5H3L2H")
#: length of the comment, disk, internal and external attributes, where the member begins
_PLACE: Final = struct.Struct("<3H2L")
_END: Final = struct.Struct("<4s4H2LH")


def unpack(data: bytes) -> dict[str, bytes]:
    """The members of a Word file by name, in their order.

    :raises BadTemplate: the bytes are no Word file, or one that would hurt to read.
    """
    with _opened(data) as package:
        return guard.unpacked(package)


def parts(data: bytes, kinds: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """The parts of such a content type with their bytes; the rest stays packed.

    :raises BadTemplate: the bytes are no Word file.
    """
    with _opened(data) as package:
        # only the names are looked at, except for the list of types itself
        names = dict.fromkeys(package.namelist(), b"")
        names[CONTENT_TYPES] = package.read(CONTENT_TYPES)
        return [(name, package.read(name)) for name in names_of(names, kinds)]


@contextmanager
def _opened(data: bytes) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            package.getinfo(CONTENT_TYPES)
            yield package
    except _FAULTS_OF_ZIPS as error:
        raise BadTemplate(_("Fila er ikke et Word-dokument (.docx).")) from error


def names_of(members: Mapping[str, bytes], kinds: tuple[str, ...]) -> list[str]:
    """The parts whose content type ends like one of these, in the order in which they are named."""
    types = content_types(members)
    return [name for name, kind in types.items() if kind.endswith(kinds) and name in members]


def content_types(members: Mapping[str, bytes]) -> dict[str, str]:
    """The content type of each part; "" where none is said of it.

    :raises BadTemplate: the list of types is no XML.
    """
    types = parse(members[CONTENT_TYPES], CONTENT_TYPES)
    by_name = {
        override.get("PartName", "").lstrip("/"): override.get("ContentType", "")
        for override in types.iter(f"{TYPES}Override")
    }
    # endings are the same in capitals (ECMA-376, part 2, 6.2.3.5)
    by_ending = {
        default.get("Extension", "").lower(): default.get("ContentType", "")
        for default in types.iter(f"{TYPES}Default")
    }
    for name in members:
        by_name.setdefault(name, by_ending.get(name.rpartition(".")[2].lower(), ""))
    return by_name


def parse(data: bytes, name: str, *, keep_blanks: bool = True) -> etree._Element:
    """The XML of a part.

    :raises BadTemplate: naming the part that cannot be read.
    """
    # documents are untrusted: no entity is resolved and nothing is fetched
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_blank_text=not keep_blanks,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadTemplate(
            _("Delen %(name)s av Word-dokumentet kan ikke leses.", name=name)
        ) from error


def around_first_page(members: Mapping[str, bytes], bodies: Iterable[str]) -> list[str]:
    """The headers and footers that the first page shows, where that is the same in any case."""
    shown = []
    for body in bodies:
        root = parse(members[body], body)
        sections = list(root.iter(f"{W}sectPr"))
        targets = _targets(members, body)
        is_only = len(sections) == 1 and sections[0].getparent() is root.find(f"{W}body")
        # where the first page has an even number, it may show what even pages show
        if is_only and _first_number(sections[0]) % 2:
            kind = "first" if _is_on(sections[0].find(f"{W}titlePg")) else "default"
            shown += [
                targets.get(reference.get(f"{_R}id", ""), "")
                for reference in sections[0]
                if reference.get(f"{W}type") == kind
            ]
    return shown


def _first_number(section: etree._Element) -> int:
    numbers = section.find(f"{W}pgNumType")
    start = "" if numbers is None else numbers.get(f"{W}start", "")
    return int(start) if start.isdecimal() else 1


def hidden_styles(members: Mapping[str, bytes]) -> frozenset[str]:
    """The styles whose words are not shown, by their own word or by that of the style below."""
    hidden, below = set(), {}
    for part in names_of(members, ("styles+xml",)):
        for style in parse(members[part], part).iter(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            vanish, base = style.find(f"{W}rPr/{W}vanish"), style.find(f"{W}basedOn")
            if _is_on(vanish):
                hidden.add(name)
            elif vanish is None and base is not None:
                below[name] = base.get(f"{W}val", "")
    for name in below:
        seen, base_name = {name}, below[name]
        while base_name in below and base_name not in seen:
            seen.add(base_name)
            base_name = below[base_name]
        if base_name in hidden:
            hidden.add(name)
    return frozenset(hidden)


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(f"{W}val", "1") not in ("0", "false", "off", "none")


def _targets(members: Mapping[str, bytes], part: str) -> dict[str, str]:
    """The parts that a part refers to, by the reference's name."""
    folder = posixpath.dirname(part)
    return {
        each.get("Id", ""): posixpath.normpath(
            posixpath.join("/", folder, each.get("Target", ""))
        ).lstrip("/")
        for each in _relations(members, part)
        if each.get("TargetMode") != "External"
    }


def _relations(members: Mapping[str, bytes], part: str) -> list[etree._Element]:
    folder, name = posixpath.split(part)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    return list(parse(members[relations], relations)) if relations in members else []


class Surroundings:
    """What a part's meaning hangs on that stands in other parts."""

    def __init__(self, members: Mapping[str, bytes]) -> None:
        self._members = members
        #: the styles whose words are not shown
        self.hidden_styles: Final = hidden_styles(members)

    def relations(self, part: str) -> frozenset[str]:
        """The names of the relations that a part has to others, and to the world."""
        return frozenset(each.get("Id", "") for each in _relations(self._members, part))


class Packer:
    """Writes the same package again and again, with some of its members changed.

    The members that never change are deflated here, and stand first in the file; those that
    change follow. The directory at the end, which readers go by, keeps the template's order.
    """

    def __init__(self, members: Mapping[str, bytes], changing: Iterable[str], level: int) -> None:
        self.level: Final = level
        changes = frozenset(changing)
        fixed: list[bytes] = []
        self._directory: list[bytes | str] = []
        at = 0
        for name, data in members.items():
            if name in changes:
                self._directory.append(name)
                continue
            member = _member(name, data, level)
            self._directory.append(member.entry(at))
            fixed.append(member.local)
            at += len(member.local)
        self._fixed = b"".join(fixed)

    def pack(self, changed: Mapping[str, bytes]) -> bytes:
        """The file, with these contents for the members that change."""
        pieces, entries, at = [self._fixed], {}, len(self._fixed)
        for name, data in changed.items():
            member = _member(name, data, self.level)
            entries[name] = member.entry(at)
            pieces.append(member.local)
            at += len(member.local)
        directory = [entries[e] if isinstance(e, str) else e for e in self._directory]
        pieces += directory
        count, size = len(directory), sum(map(len, directory))
        pieces.append(_END.pack(b"PK\5\6", 0, 0, count, count, size, at, 0))
        return b"".join(pieces)


class _Member(NamedTuple):
    """One file of a zip: its description, its name and its bytes as they stand in the zip."""

    description: bytes
    name: bytes
    local: bytes

    def entry(self, at: int) -> bytes:
        """Its line in the directory, when it begins there."""
        return b"PK\1\2\x14\0" + self.description + _PLACE.pack(0, 0, 0, 0, at) + self.name


def _member(name: str, data: bytes, level: int) -> _Member:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed, method = packer.compress(data) + packer.flush(), _DEFLATED
    if len(packed) >= len(data):
        packed, method = data, _STORED
    encoded = name.encode()
    description = _DESCRIPTION.pack(
        20,
        0 if name.isascii() else _UTF8_NAME,
        method,
        *_NO_CLOCK,
        zlib.crc32(data),
        len(packed),
        len(data),
        len(encoded),
        0,
    )
    return _Member(description, encoded, b"PK\3\4" + description + encoded + packed)
