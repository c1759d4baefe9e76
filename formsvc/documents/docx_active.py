"""What acts by itself in a Word file: macros, guests of other programs, links that are fetched.

None of that belongs in a letter to a family, so a template from outside is refused for it, by name
and with the mend (OWASP ASVS 5.0, 5.3.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from formsvc.documents import docx_guard, docx_package
from formsvc.errors import Fault
from formsvc.language import gettext as _

_QUOTED: Final = 200
#: documents and objects of other programs within a text, by the names of their elements
_GUESTS: Final = frozenset({"altChunk", "object", "OLEObject", "control", "subDoc"})
#: what a link in a letter may lead to
_SCHEMES: Final = ("http://", "https://", "mailto:", "tel:", "#")
#: the fields that only tell of the document itself; others fetch or run something
_FIELDS: Final = frozenset(
    """
    = ADVANCE AUTHOR COMMENTS CREATEDATE DATE DOCPROPERTY EDITTIME EQ FILENAME FILESIZE
    FORMCHECKBOX FORMDROPDOWN FORMTEXT HYPERLINK INDEX KEYWORDS LASTSAVEDBY LISTNUM NOTEREF
    NUMCHARS NUMPAGES NUMWORDS PAGE PAGEREF PRINTDATE REF REVNUM SAVEDATE SECTION SECTIONPAGES
    SEQ STYLEREF SUBJECT SYMBOL TC TIME TITLE TOC XE
    """.split()  # noqa: SIM905 - a list of forty literals would fill a page
)
#: where a link of a field leads; one to a place within the document has a switch there
_LINK_OF_FIELD = re.compile(r'HYPERLINK\s+(?!\\l)(?:\\[a-z]\s+)*"?([^"\s]+)', re.IGNORECASE)


def faults(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """All that the members of a file would fetch or run when somebody opens it.

    :raises BadTemplate: naming a part that is no XML.
    """
    yield from _programs(members)
    for name, content in members.items():
        if docx_guard.looks_like_xml(name, content):
            yield from _acts(name, docx_package.parse(content, name))


def _programs(members: Mapping[str, bytes]) -> Iterator[Fault]:
    types = docx_guard.xml_text(members.get("[Content_Types].xml", b"")) or ""
    for name in members:
        low = name.lower()
        if "vbaproject" in low or "vbadata" in low or low.startswith("customui/"):
            yield Fault(name, "", _macros())
        elif "/embeddings/" in low or "/activex/" in low or "oleobject" in low:
            yield Fault(name, "", _embedded())
    if re.search(r"macroEnabled|vbaProject|ms-word\.vba", types):
        yield Fault("[Content_Types].xml", "", _macros())
    if re.search(r"oleObject|activeX", types):
        yield Fault("[Content_Types].xml", "", _embedded())


def _macros() -> str:
    return _("Fila har makroer. Lagre den i Word som «Word-dokument (*.docx)», uten makroer.")


def _embedded() -> str:
    return _(
        "Fila har et innebygd dokument eller objekt. Lim det inn som bilde i stedet, eller ta det"
        " bort."
    )


def _acts(name: str, root: etree._Element) -> Iterator[Fault]:
    """What one part fetches or runs; the names of elements count, whatever their prefix is."""
    if name.lower().endswith(".rels"):
        for relation in root.iter("{*}Relationship"):
            yield from _relation(name, _said(relation))
        return
    if any(_name(element) in _GUESTS for element in root.iter("*")):
        yield Fault(name, "", _embedded())
    for code in _codes(root):
        yield from _field(name, code.strip())


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _said(element: etree._Element) -> dict[str, str]:
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.items()}


def _relation(name: str, said: Mapping[str, str]) -> Iterator[Fault]:
    kind, target = said.get("Type", "").rpartition("/")[2], said.get("Target", "")
    if kind == "aFChunk":
        yield Fault(name, target[:_QUOTED], _embedded())
    elif said.get("TargetMode", "").lower() != "external":
        return
    elif kind == "attachedTemplate":
        yield Fault(
            name,
            target[:_QUOTED],
            _(
                "Fila er knyttet til en annen Word-mal, som hentes hver gang noen åpner"
                " dokumentet. Ta den bort i Word: Utvikler, Dokumentmal, velg Normal."
            ),
        )
    elif kind != "hyperlink":
        yield Fault(
            name,
            target[:_QUOTED],
            _(
                "Fila henter noe utenfra når noen åpner dokumentet, for eksempel et bilde. Sett det"
                " inn i selve fila, eller ta det bort."
            ),
        )
    elif not target.lower().startswith(_SCHEMES):
        yield Fault(name, target[:_QUOTED], _odd_link())


def _odd_link() -> str:
    return _("Lenka fører til en fil eller noe annet enn en nettside. Rett den, eller ta den bort.")


def _field(name: str, code: str) -> Iterator[Fault]:
    kind = code.split(maxsplit=1)[0].upper() if code else "="
    link = _LINK_OF_FIELD.match(code)
    if "{{" in code or "{%" in code:
        yield Fault(name, code[:_QUOTED], _("En kode kan ikke stå inni et felt i Word."))
    elif kind not in _FIELDS and not kind.startswith("="):
        yield Fault(
            name,
            code[:_QUOTED],
            _(
                "Feltet «%(kind)s» henter eller kjører noe når noen åpner dokumentet. Ta det bort:"
                " merk det, og trykk Ctrl+Skift+F9.",
                kind=kind[:40],
            ),
        )
    elif link and not link[1].lower().startswith(_SCHEMES):
        yield Fault(name, code[:_QUOTED], _odd_link())


def _codes(root: etree._Element) -> Iterator[str]:
    """The code of each field, also of those within the code of another."""
    begun: list[str] = []
    for element in root.iter("{*}fldSimple", "{*}fldChar", "{*}instrText", "{*}delInstrText"):
        said = _said(element)
        change = said.get("fldCharType")
        if _name(element) == "fldSimple":
            yield said.get("instr", "")
        elif change == "begin":
            begun.append("")
        elif change == "separate" and begun:
            yield begun[-1]
            begun[-1] = ""
        elif change == "end" and begun:
            yield begun.pop()
        elif begun:
            begun[-1] += element.text or ""
        else:
            yield element.text or ""
    yield from begun
