"""What a Word file from outside may consist of: the parts, pictures and relations of a letter.

Whatever is not named here is refused: a list of what is harmful is never whole (OWASP ASVS 5.0,
5.2.2). Each part must be what its content type says, and each relation must lead to a part of its
own type (ECMA-376, part 1, 11.3 and 15.2; part 2, 6.2 and 6.5), so that no two readers take one
part for two things.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lxml import etree

from formsvc.documents.docx import guard, package
from formsvc.documents.docx.package import CONTENT_TYPES, TYPES
from formsvc.errors import BadTemplate, Fault
from formsvc.language import gettext as _

RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_RELATIONS_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_WORD: Final = f"{_OFFICE}wordprocessingml."
_CUSTOM: Final = "application/xml"
SVG_TYPE: Final = "image/svg+xml"

#: each part written in XML: its content type, and how its root is called
ROOTS: Final[Mapping[str, str]] = {
    f"{_WORD}document.main+xml": "document",
    f"{_WORD}document.glossary+xml": "glossaryDocument",
    f"{_WORD}header+xml": "hdr",
    f"{_WORD}footer+xml": "ftr",
    f"{_WORD}footnotes+xml": "footnotes",
    f"{_WORD}endnotes+xml": "endnotes",
    f"{_WORD}comments+xml": "comments",
    f"{_WORD}commentsExtended+xml": "commentsEx",
    f"{_WORD}commentsIds+xml": "commentsIds",
    f"{_WORD}commentsExtensible+xml": "commentsExtensible",
    f"{_WORD}people+xml": "people",
    f"{_WORD}styles+xml": "styles",
    f"{_WORD}numbering+xml": "numbering",
    f"{_WORD}settings+xml": "settings",
    f"{_WORD}webSettings+xml": "webSettings",
    f"{_WORD}fontTable+xml": "fonts",
    f"{_OFFICE}theme+xml": "theme",
    f"{_OFFICE}extended-properties+xml": "Properties",
    f"{_OFFICE}custom-properties+xml": "Properties",
    f"{_OFFICE}customXmlProperties+xml": "datastoreItem",
    "application/vnd.openxmlformats-package.core-properties+xml": "coreProperties",
    "application/vnd.ms-word.stylesWithEffects+xml": "styles",
    "application/vnd.ms-office.classificationlabels+xml": "labelList",
    _RELATIONS_TYPE: "Relationships",
    SVG_TYPE: "svg",
}


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(marks)


def _is_emf(content: bytes) -> bool:
    return content.startswith(b"\1\0\0\0") and content[40:44] == b" EMF"


#: pictures: how their names end, and how their bytes begin
_PICTURES: Final[Mapping[str, tuple[tuple[str, ...], Callable[[bytes], bool]]]] = {
    "image/png": (("png",), _begins(b"\x89PNG\r\n\x1a\n")),
    "image/jpeg": (("jpg", "jpeg", "jpe", "jfif"), _begins(b"\xff\xd8\xff")),
    "image/gif": (("gif",), _begins(b"GIF87a", b"GIF89a")),
    "image/bmp": (("bmp",), _begins(b"BM")),
    "image/tiff": (("tif", "tiff"), _begins(b"II*\0", b"MM\0*")),
    "image/x-emf": (("emf",), _is_emf),
    SVG_TYPE: (("svg",), lambda _content: True),  # its root is looked at with those of all XML
}

_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/"
_MICROSOFT: Final = "http://schemas.microsoft.com/office/"
#: where Word's own relations begin: usual files, and those of the kind «Strict Open XML»
_BASES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/",
)
#: relations within the file, by their last word, and the content type of what they lead to
_LEADS_TO: Final[Mapping[str, str]] = {
    "officeDocument": f"{_WORD}document.main+xml",
    "glossaryDocument": f"{_WORD}document.glossary+xml",
    **{
        name: f"{_WORD}{name}+xml"
        for name in (
            *("header", "footer", "footnotes", "endnotes", "comments"),
            *("styles", "numbering", "settings", "webSettings", "fontTable"),
        )
    },
    "theme": f"{_OFFICE}theme+xml",
    "image": "image/",
    "customXml": _CUSTOM,
    "customXmlProps": f"{_OFFICE}customXmlProperties+xml",
    "extended-properties": f"{_OFFICE}extended-properties+xml",
    "extendedProperties": f"{_OFFICE}extended-properties+xml",
    "custom-properties": f"{_OFFICE}custom-properties+xml",
    "customProperties": f"{_OFFICE}custom-properties+xml",
}
_INTERNAL: Final[Mapping[str, str]] = {
    **{base + name: kind for base in _BASES for name, kind in _LEADS_TO.items()},
    f"{_PACKAGE}core-properties": "application/vnd.openxmlformats-package.core-properties+xml",
    f"{_PACKAGE}thumbnail": "image/",
    f"{_MICROSOFT}2007/relationships/stylesWithEffects": (
        "application/vnd.ms-word.stylesWithEffects+xml"
    ),
    f"{_MICROSOFT}2011/relationships/commentsExtended": f"{_WORD}commentsExtended+xml",
    f"{_MICROSOFT}2011/relationships/people": f"{_WORD}people+xml",
    f"{_MICROSOFT}2016/09/relationships/commentsIds": f"{_WORD}commentsIds+xml",
    f"{_MICROSOFT}2018/08/relationships/commentsExtensible": f"{_WORD}commentsExtensible+xml",
    f"{_MICROSOFT}2020/02/relationships/classificationlabels": (
        "application/vnd.ms-office.classificationlabels+xml"
    ),
}
HYPERLINKS: Final = tuple(f"{base}hyperlink" for base in _BASES)
_MAIN: Final = tuple(f"{base}officeDocument" for base in _BASES)
_OF_RELATIONS: Final = frozenset({"Id", "Type", "Target", "TargetMode"})
_OF_TYPES: Final = {
    f"{TYPES}Default": {"Extension", "ContentType"},
    f"{TYPES}Override": {"PartName", "ContentType"},
}
#: a part's name as Word writes it; a sign in code could be read as another name (part 2, 6.2.2)
_NAME = re.compile(r"[\w.()\- /]+")
_QUOTED: Final = 200


def faults(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """Every part and relation that a letter has no need for, or that is not what it says.

    :raises BadTemplate: naming a part that is no XML, or that would hurt to read.
    """
    kinds = package.content_types(members)
    yield from _of_list(members)
    for name, content in members.items():
        is_folder = name.endswith("/") and not content
        if name != CONTENT_TYPES and not is_folder:
            yield from _of_part(name, content, kinds[name])
    relations = [name for name in members if name.lower().endswith(".rels")]
    main = []
    for name in relations:
        root = package.parse(members[name], name)
        yield from _of_relations(name, root, kinds)
        main += [each for each in root if each.get("Type") in _MAIN]
    if len(main) != 1:
        yield Fault("_rels/.rels", "", oddly_made())


def is_xml(name: str, content: bytes, kind: str) -> bool:
    """Whether some reader would read a part as XML: by its type, its name, or how it begins."""
    return kind in ROOTS or kind.endswith("xml") or guard.looks_like_xml(name, content)


def oddly_made() -> str:
    """What is said of a file that no Word has written."""
    return _(
        "Fila er satt sammen på en måte som Word ikke gjør. Åpne den i Word, og lagre den på nytt."
    )


def _of_list(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """The list of types must say one thing of each part, whoever reads it (part 2, 6.2.3)."""
    root = package.parse(members[CONTENT_TYPES], CONTENT_TYPES)
    listed: list[str] = []
    for entry in root.iterchildren("*"):
        said = _OF_TYPES.get(str(entry.tag))
        if said is None or set(map(str, entry.attrib)) != said:
            yield Fault(CONTENT_TYPES, "", oddly_made())
            return
        listed.append(entry.get("Extension", "") or entry.get("PartName", ""))
    by_small = {name.lower(): name for name in members}
    for name, times in Counter(each.lower() for each in listed).items():
        part = by_small.get(name.lstrip("/"), "")
        is_named_otherwise = name.startswith("/") and part and f"/{part}" not in listed
        if times > 1 or is_named_otherwise:
            yield Fault(CONTENT_TYPES, name[:_QUOTED], oddly_made())


def _of_part(name: str, content: bytes, kind: str) -> Iterator[Fault]:
    if not _NAME.fullmatch(name):
        yield Fault(name[:_QUOTED], "", oddly_made())
    elif kind in _PICTURES and not _is_picture(name, content, kind):
        yield Fault(
            name,
            "",
            _("Bildet er noe annet enn det navnet sier. Sett det inn på nytt som PNG eller JPEG."),
        )
    elif is_xml(name, content, kind):
        yield from _of_xml(name, content, kind)
    elif kind not in _PICTURES:
        yield Fault(name, kind[:_QUOTED], _no_part_of_a_letter(kind))


def _of_xml(name: str, content: bytes, kind: str) -> Iterator[Fault]:
    guard.demand_plain(name, content)
    root = package.parse(content, name)
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadTemplate(guard.has_dtd(name))
    is_custom = kind == _CUSTOM and name.lower().startswith("customxml/")
    if not is_custom and etree.QName(root).localname != ROOTS.get(kind):
        yield Fault(name, kind[:_QUOTED], _no_part_of_a_letter(kind))
    if name.lower().endswith(".rels") != (kind == _RELATIONS_TYPE):
        yield Fault(name, "", oddly_made())


def _is_picture(name: str, content: bytes, kind: str) -> bool:
    endings, looks_right = _PICTURES[kind]
    return name.rpartition(".")[2].lower() in endings and looks_right(content)


def _no_part_of_a_letter(kind: str) -> str:
    if kind.startswith("image/"):
        return _(
            "Bildet har et format som ikke kan brukes. Sett det inn på nytt som PNG eller JPEG."
        )
    if "font" in kind.lower():
        return _(
            "Fila har skrifter i seg. Ta dem bort i Word: Fil, Alternativer, Lagre, og fjern haken"
            " ved «Bygg inn skrifter i filen»."
        )
    return _(
        "Denne delen hører ikke hjemme i et brev. Ta bort det som er satt inn fra andre programmer,"
        " for eksempel diagrammer og figurer (eller lim det inn som bilde), og lagre fila på nytt i"
        " Word."
    )


# -- relations --------------------------------------------------------------------------------


def _of_relations(name: str, root: etree._Element, kinds: Mapping[str, str]) -> Iterator[Fault]:
    owner = owner_of(name)
    if owner is None or (owner and owner not in kinds):
        yield Fault(name, "", oddly_made())
        return
    ids = Counter(each.get("Id") for each in root.iterchildren("*"))
    for relation in root.iterchildren("*"):
        target = relation.get("Target", "")
        is_plain = relation.tag == RELATION and _OF_RELATIONS.issuperset(map(str, relation.attrib))
        if not is_plain or ids[relation.get("Id")] > 1:
            yield Fault(name, target[:_QUOTED], oddly_made())
        elif not _leads_right(relation, posixpath.dirname(owner), kinds):
            yield Fault(
                name,
                target[:_QUOTED],
                _(
                    "Fila viser til noe som ikke hører hjemme i et brev, eller som mangler. Ta det"
                    " bort i Word, og lagre fila på nytt."
                ),
            )


def _leads_right(relation: etree._Element, folder: str, kinds: Mapping[str, str]) -> bool:
    """Whether a relation is a link, or leads to a part of the type that it speaks of."""
    kind, target = relation.get("Type", ""), relation.get("Target", "")
    mode = relation.get("TargetMode", "Internal")
    if kind in HYPERLINKS:
        return mode == "External" or target.startswith("#")  # where it leads: ``active``
    wanted = _INTERNAL.get(kind)
    part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    found = kinds.get(part, "")
    return mode == "Internal" and wanted is not None and bool(found) and found.startswith(wanted)


def owner_of(name: str) -> str | None:
    """The part that relations belong to: ``""`` for the file's own; None where there is none."""
    folder, file = posixpath.split(name)
    above, below = posixpath.split(folder)
    if below != "_rels" or not file.endswith(".rels"):
        return None
    return posixpath.join(above, file.removesuffix(".rels"))
