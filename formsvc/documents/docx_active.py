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
_GUESTS: Final = frozenset(
    {"altChunk", "object", "OLEObject", "control", "subDoc", "webVideoPr", "mailMerge"}
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
_WORD_OF_FIELD = re.compile(r'"[^"]*"|\S+')
_OF_FIELDS: Final = ("{*}fldSimple", "{*}fldChar", "{*}instrText", "{*}delInstrText", "{*}t")
#: a field within the code of another, whose words are known to Word alone
_NESTED: Final = " \0 "


def faults(members: Mapping[str, bytes]) -> Iterator[Fault]:
    """All that the members of a file would fetch or run when somebody opens it.

    :raises BadTemplate: naming a part that is no XML.
    """
    yield from _programs(members)
    for name, content in members.items():
        if docx_guard.looks_like_xml(name, content):
            yield from _acts(name, docx_package.parse(content, name))


def _programs(members: Mapping[str, bytes]) -> Iterator[Fault]:
    for name in members:
        low = name.lower()
        if "vbaproject" in low or "vbadata" in low or low.startswith("customui/"):
            yield Fault(name, "", _macros())
        elif "/embeddings/" in low or "/activex/" in low or "oleobject" in low:
            yield Fault(name, "", _embedded())
    types = docx_package.parse(members[docx_package.CONTENT_TYPES], docx_package.CONTENT_TYPES)
    for entry in types.iter("*"):
        kind = entry.get("ContentType", "").lower()
        if "macroenabled" in kind or "vba" in kind:
            yield Fault(docx_package.CONTENT_TYPES, "", _macros())
        elif "oleobject" in kind or "activex" in kind:
            yield Fault(docx_package.CONTENT_TYPES, "", _embedded())


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
    for element in root.iter("*"):
        if _name(element) in _GUESTS:
            yield Fault(name, "", _embedded())
    for target in _addresses(root):
        yield Fault(name, target[:_QUOTED], _odd_link())
    if any("{" in words for words in _replaced(root)):
        yield Fault(name, "", _code_in_field())
    for code in _codes(root):
        yield from _field(name, code.strip())


def _addresses(root: etree._Element) -> Iterator[str]:
    """Where drawings lead to other than pages and parts of the file."""
    for element in root.iter("*"):
        said = _said(element)
        yield from (said[key] for key in ("href", "src") if _is_odd(said.get(key, "")))


def _replaced(root: etree._Element) -> Iterator[str]:
    """Words that Word puts its own in the place of: a control that shows a property."""
    for control in root.iter("{*}sdt"):
        if next(control.iter("{*}dataBinding"), None) is not None:
            yield from (text.text or "" for text in control.iter("{*}t"))


def _is_odd(target: str) -> bool:
    """Whether an address leads to something else than a page or another part of the file."""
    leads_out = ":" in target or target.startswith(("\\\\", "//"))
    return leads_out and not target.lower().startswith(_SCHEMES)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _said(element: etree._Element) -> dict[str, str]:
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.items()}


def _relation(name: str, said: Mapping[str, str]) -> Iterator[Fault]:
    kind, target = said.get("Type", "").rpartition("/")[2].lower(), said.get("Target", "")
    if any(word in kind for word in _BRINGING):
        yield Fault(name, target[:_QUOTED], _embedded())
    elif said.get("TargetMode", "").strip().lower() != "external":
        return
    elif kind == "attachedtemplate":
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


def _code_in_field() -> str:
    return _("En kode kan ikke stå inni et felt i Word.")


def _field(name: str, code: str) -> Iterator[Fault]:
    kind = code.split(maxsplit=1)[0].upper() if code else ""
    if "{" in code:
        yield Fault(name, code[:_QUOTED], _code_in_field())
    elif kind == "HYPERLINK":
        if not all(target.lower().startswith(_SCHEMES) for target in _targets(code)):
            yield Fault(name, code[:_QUOTED], _odd_link())
    elif kind and kind not in _FIELDS and not kind.startswith("="):
        yield Fault(
            name,
            code[:_QUOTED],
            _(
                "Feltet «%(kind)s» henter eller kjører noe når noen åpner dokumentet. Ta det bort:"
                " merk det, og trykk Ctrl+Skift+F9.",
                kind=kind[:40],
            ),
        )


def _targets(code: str) -> Iterator[str]:
    """What the field of a link leads to: all its words but switches and what belongs to them."""
    words = iter(_WORD_OF_FIELD.findall(code)[1:])
    for word in words:
        if word.lower() in ("\\l", "\\o", "\\t"):
            next(words, None)
        elif not word.startswith("\\"):
            yield word.strip('"')


def _codes(root: etree._Element) -> Iterator[str]:
    """The code of each field, also of those within the code of another.

    Codes of the template count with it, wherever in a field they stand: what they leave out would
    change it, and Word prints its own words in the place of a field's.
    """
    begun: list[str] = []
    is_code: list[bool] = []
    for element in root.iter(
        "{*}fldSimple", "{*}fldChar", "{*}instrText", "{*}delInstrText", "{*}t"
    ):
        said, words = _said(element), element.text or ""
        change = said.get("fldCharType")
        if _name(element) == "fldSimple":
            yield said.get("instr", "") + "".join(map(_tags, element.iter("{*}t")))
        elif change == "begin":
            begun = [_with_nested(*each) for each in zip(begun, is_code, strict=True)]
            begun.append("")
            is_code.append(True)
        elif change == "separate" and begun:
            is_code[-1] = False
        elif change == "end" and begun:
            is_code.pop()
            yield begun.pop()
        elif begun:
            begun[-1] += words if is_code[-1] else _tags(element)
        elif _name(element) != "t":
            yield words
    yield from begun


def _with_nested(code: str, is_code: bool) -> str:
    return code + _NESTED if is_code else code


def _tags(element: etree._Element) -> str:
    """The words of a text that holds a code of the template, or a part of one."""
    words = element.text or ""
    return words if "{" in words else ""
