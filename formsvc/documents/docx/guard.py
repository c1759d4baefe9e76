"""What would hurt to read of a Word file: looked for in its bytes, before anything is parsed.

Bombs, members that two readers understand in two ways, and XML that declares entities are refused
(OWASP ASVS 5.0, 1.5.1 and 5.2.3). What a file would do later, in Word, is ``active``'s.
"""

from __future__ import annotations

import re
import zipfile
from typing import Final

from formsvc.errors import BadTemplate
from formsvc.language import gettext as _

#: far more than any letter needs, and little enough to be read at once
MOST_MEMBERS: Final = 2_000
MOST_BYTES: Final = 200 * 1024 * 1024
MOST_XML: Final = 40 * 1024 * 1024

_READABLE: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LOCKED: Final = 0x1
_XML_NAMES: Final = (".xml", ".rels", ".vml")
BYTE_ORDERS: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_EBCDIC: Final = "<?xm".encode("cp037")
_HIDDEN_EBCDIC: Final = _EBCDIC.decode("latin-1")
#: how XML begins, after marks and any number of blanks, in each encoding that readers guess:
#: UTF-8, UTF-16 and UTF-32 with and without a mark, EBCDIC
_BEGINS_AS_XML = re.compile(rb"[\xef\xbb\xbf\xfe\xff\0 \t\r\n\v\f]*+(?:<|%b)" % _EBCDIC)
_ENCODING = re.compile(r"""\bencoding\s*=\s*["']([^"']*)["']""")
_LONGEST_DECLARATION: Final = 200
_ENCODINGS: Final = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"})
_DECLARES = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)")


def unpacked(package: zipfile.ZipFile) -> dict[str, bytes]:
    """The members by name, in their order, when they can be unpacked and read without harm.

    :raises BadTemplate: it is a bomb, or holds members or XML that readers understand in two ways.
    """
    members = package.infolist()
    if _is_huge(members):
        raise BadTemplate(
            _(
                "Fila er altfor stor når den pakkes ut. Ta bort store bilder, og lagre den på nytt"
                " i Word."
            )
        )
    names = {member.filename.lower() for member in members}
    if len(names) < len(members) or any(map(_is_odd, members)):
        raise BadTemplate(
            _(
                "Fila er pakket på en måte som ikke Word bruker: låste deler, deler med samme navn"
                " eller navn som fører ut av fila. Åpne den i Word, og lagre den på nytt."
            )
        )
    contents = {member.filename: _content(package, member) for member in members}
    for name, content in contents.items():
        if looks_like_xml(name, content):
            demand_plain(name, content)
    return contents


def _content(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What a member holds; never more than it says, which a bomb would not say."""
    with package.open(member) as opened:
        content = opened.read(member.file_size + 1)
        if len(content) != member.file_size or opened.read(1):
            raise zipfile.BadZipFile(member.filename)
    return content


def _is_huge(members: list[zipfile.ZipInfo]) -> bool:
    xml = (each.file_size for each in members if each.filename.lower().endswith(_XML_NAMES))
    return (
        len(members) > MOST_MEMBERS
        or sum(member.file_size for member in members) > MOST_BYTES
        or sum(xml) > MOST_XML
    )


def _is_odd(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    return bool(
        member.flag_bits & _LOCKED
        or member.compress_type not in _READABLE
        or "\\" in name
        or name.startswith("/")
        or ".." in name.split("/")
    )


def looks_like_xml(name: str, content: bytes) -> bool:
    """Whether a reader of XML would begin to read there, whatever the member is called."""
    return bool(name.lower().endswith(_XML_NAMES) or _BEGINS_AS_XML.match(content))


def demand_plain(name: str, content: bytes) -> None:
    """Make sure that a piece of XML declares nothing.

    An entity can stand for a file, or for itself a billion times over. It needs a declaration,
    which is looked for in the text as it will be read. Word writes UTF-8 and UTF-16 (ECMA-376,
    part 2, 6.3); what hides markup from those who look for it in ASCII is refused.

    :raises BadTemplate: naming the part.
    """
    text = xml_text(content)
    if text is None:
        raise BadTemplate(_("Delen %(name)s av Word-dokumentet kan ikke leses.", name=name))
    if _DECLARES.search(text):
        raise BadTemplate(has_dtd(name))


def has_dtd(name: str) -> str:
    """What is said of a part that declares something."""
    return _(
        "Delen %(name)s har en DTD, som ikke hører hjemme i et Word-dokument. Åpne fila i Word, og"
        " lagre den på nytt.",
        name=name,
    )


def xml_text(content: bytes) -> str | None:
    """The markup of a piece of XML as text; None when it is written in a way that could hide it.

    Of what is not UTF-16 the letters beyond ASCII may be others than are shown here.
    """
    order = BYTE_ORDERS.get(content[:2])
    text = content[2:].decode(order, "replace") if order else content.decode("latin-1")
    declaration, ended, _rest = text[:_LONGEST_DECLARATION].partition("?>")
    is_declared = text.lstrip().startswith("<?xml")
    declared = _ENCODING.search(declaration) if is_declared else None
    if "\0" in text or text.startswith(_HIDDEN_EBCDIC) or (is_declared and not ended):
        return None
    return None if declared and declared[1].lower() not in _ENCODINGS else text
