"""What acts by itself in a Word file: macros, guests of other programs, links that are fetched.

None of that belongs in a letter to a family, so a template from outside is refused for it, by name
and with the mend (OWASP ASVS 5.0, 5.3.1). What a file may hold at all is ``content``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from formsvc.documents.docx import content, fields, links, package
from formsvc.documents.docx.content import HYPERLINKS
from formsvc.documents.docx.fields import QUOTED, SCHEMES, attributes, odd_link
from formsvc.documents.docx.package import STRICT_W, W
from formsvc.errors import Fault
from formsvc.language import gettext as _

#: documents and objects of other programs within a text, by the names of their elements
_GUESTS: Final = frozenset(
    {"altChunk", "object", "OLEObject", "control", "subDoc", "webVideoPr", "mailMerge"}
    | {"movie", "scriptAnchor", "binData", "saveThroughXslt", "entryMacro", "exitMacro"}
)
#: relations that bring such a thing along, by words of their names
_BRINGING: Final = (
    "afchunk",
    "extension",
    "extensibility",
    "vba",
    "control",
    "oleobject",
    "keymap",
)
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STRICT_DRAWING: Final = "{http://purl.oclc.org/ooxml/drawingml/main}"
_OFFICE: Final = "urn:schemas-microsoft-com:office:office"
#: the only elements that may lead out of the file, by the relation that they name
_LINKS: Final = frozenset(
    {f"{W}hyperlink", f"{STRICT_W}hyperlink"}
    | {
        f"{drawing}{name}"
        for drawing in (_DRAWING, _STRICT_DRAWING)
        for name in ("hlinkClick", "hlinkHover", "hlinkMouseOver")
    }
)
#: elements whose address is fetched when the file is opened, and not when somebody follows it
_FETCHING: Final = frozenset({"imagedata", "fill", "stroke", "image", "feImage", "use"})
#: what a picture drawn in XML may not have: it runs, or brings pages along
_RUNNING: Final = frozenset({"script", "foreignObject", "handler", "iframe", "embed", "object"})
#: words of such a picture that fetch, that could hide it, or that change an address later on
_FETCHES = re.compile(
    r"""@import|url\s*\(\s*+["']?+\s*+(?!\#)|\\|javascript:|^\s*(?:xlink:)?href\s*$""",
    re.IGNORECASE,
)
#: pictures within an address
_DATA: Final = ("data:image/png", "data:image/jpeg", "data:image/gif")


def faults(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """All that the members of a file would fetch or run when somebody opens it.

    :raises BadTemplate: naming a part that is no XML.
    """
    told: set[str] = set()
    for fault in (*_programs(members), *_all_acts(members)):
        told.add(fault.part)
        yield fault
    # the same is said once of a part, in the words that fit best
    yield from (fault for fault in content.faults(members) if fault.part not in told)


def _all_acts(members: Mapping[str, bytes]) -> Iterator[Fault]:
    kinds = package.content_types(members)
    parsed = {
        name: package.parse(data, name)
        for name, data in members.items()
        if content.is_xml(name, data, kinds[name])
    }
    links = {
        content.owner_of(name): _names_of_links(root)
        for name, root in parsed.items()
        if name.lower().endswith(".rels")
    }
    for name, root in parsed.items():
        yield from _acts(name, root, links.get(name, frozenset()))


def _programs(members: Mapping[str, bytes]) -> Iterator[Fault]:
    for name in members:
        low = name.lower()
        if "vbaproject" in low or "vbadata" in low or low.startswith("customui/"):
            yield Fault(name, "", _macros())
        elif "/embeddings/" in low or "/activex/" in low or "oleobject" in low:
            yield Fault(name, "", _embedded())
    types = package.parse(members[package.CONTENT_TYPES], package.CONTENT_TYPES)
    for entry in types.iter("*"):
        kind = entry.get("ContentType", "").lower()
        if "macroenabled" in kind or "vba" in kind:
            yield Fault(package.CONTENT_TYPES, "", _macros())
        elif "oleobject" in kind or "activex" in kind:
            yield Fault(package.CONTENT_TYPES, "", _embedded())


def _macros() -> str:
    return _("Fila har makroer. Lagre den i Word som «Word-dokument (*.docx)», uten makroer.")


def _embedded() -> str:
    return _(
        "Fila har et innebygd dokument eller objekt. Lim det inn som bilde i stedet, eller ta det"
        " bort."
    )


def _acts(name: str, root: etree._Element, links: frozenset[str]) -> Iterator[Fault]:
    """What one part fetches or runs; the names of elements count, whatever their prefix is."""
    if name.lower().endswith(".rels"):
        for relation in root.iter("{*}Relationship"):
            yield from _relation(name, relation)
        return
    for element in root.iter("*"):
        yield from _act(name, element, links)
    for instruction in (
        *root.itersiblings(etree.ProcessingInstruction, preceding=True),
        *root.iter(etree.ProcessingInstruction),
    ):
        if str(instruction).startswith("<?xml-stylesheet"):
            yield Fault(name, "", _fetched())
    if etree.QName(root).localname == "svg":
        yield from _svg(name, root)
    yield from fields.faults(name, root)


def _act(name: str, element: etree._Element, links: frozenset[str]) -> Iterator[Fault]:
    tag = etree.QName(element).localname
    if tag in _GUESTS:
        yield Fault(name, "", _embedded())
    if tag == "HyperlinkBase" and (element.text or "").strip():
        yield Fault(
            name,
            str(element.text)[:QUOTED],
            _(
                "Fila har et grunnlag for hyperkoblinger, som endrer hvor lenkene fører. Tøm det i"
                " Word: Fil, Info, Egenskaper, Avanserte egenskaper, Sammendrag."
            ),
        )
    for target in _addresses(tag, element):
        yield Fault(name, target[:QUOTED], odd_link())
    if links and element.tag not in _LINKS and not links.isdisjoint(_references(element)):
        yield Fault(name, "", _fetched())


def _addresses(tag: str, element: etree._Element) -> Iterator[str]:
    """Where drawings lead to other than pages and parts of the file."""
    for key in ("href", "src", "althref", "manifestLocation"):
        for target in attributes(element, key):
            is_fetched = key != "href" or tag in _FETCHING
            if _is_odd(target.strip().lower(), may_be_a_page=not is_fetched):
                yield target


def _is_odd(target: str, *, may_be_a_page: bool) -> bool:
    """Whether an address leads to something else than a page or another part of the file."""
    leads_out = ":" in target or target.startswith(("\\\\", "//"))
    return leads_out and not target.startswith(SCHEMES if may_be_a_page else _DATA)


def _references(element: etree._Element) -> Iterator[str]:
    """The relations that an element names."""
    for key, said in element.items():
        namespace = etree.QName(key).namespace or ""
        if namespace.endswith("/relationships") or namespace == _OFFICE:
            yield str(said)


def _names_of_links(relations: etree._Element) -> frozenset[str]:
    return frozenset(
        relation.get("Id", "")
        for relation in relations.iter("{*}Relationship")
        if relation.get("Type") in HYPERLINKS
    )


def _svg(name: str, root: etree._Element) -> Iterator[Fault]:
    """What a picture drawn in XML would run or fetch (SVG 2, 5.10, 15 and 16)."""
    for element in root.iter("*"):
        words = [element.text or ""] if etree.QName(element).localname == "style" else []
        words += [str(said) for key, said in element.items() if not _is_namespaced(key)]
        runs = etree.QName(element).localname in _RUNNING or any(
            str(key).lower().startswith("on") for key in element.attrib
        )
        if runs or any(map(_FETCHES.search, words)):
            yield Fault(
                name,
                "",
                _("Bildet kjører eller henter noe. Lagre det som PNG, og sett det inn på nytt."),
            )
            return


def _is_namespaced(key: object) -> bool:
    return str(key).startswith("{")


def _fetched() -> str:
    return _(
        "Fila henter noe utenfra når noen åpner dokumentet, for eksempel et bilde. Sett det"
        " inn i selve fila, eller ta det bort."
    )


def _relation(name: str, relation: etree._Element) -> Iterator[Fault]:
    kind = relation.get("Type", "").rpartition("/")[2].lower()
    target = relation.get("Target", "")
    if any(word in kind for word in _BRINGING):
        yield Fault(name, target[:QUOTED], _embedded())
    elif relation.get("TargetMode", "").strip().lower() != "external":
        return
    elif kind == "attachedtemplate":
        yield Fault(
            name,
            target[:QUOTED],
            _(
                "Fila er knyttet til en annen Word-mal, som hentes hver gang noen åpner"
                " dokumentet. Ta den bort i Word: Utvikler, Dokumentmal, velg Normal."
            ),
        )
    elif kind != "hyperlink":
        yield Fault(name, target[:QUOTED], _fetched())
    elif not (target.lower().startswith(SCHEMES) or links.is_code(target)):
        yield Fault(name, target[:QUOTED], odd_link())
