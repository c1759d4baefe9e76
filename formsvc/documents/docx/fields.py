"""The fields of a Word file: which only tell of the document, and which fetch or run something.

Word prints its own words in the place of a field's, so codes of the template do not belong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from formsvc.documents.docx.package import STRICT_W, W
from formsvc.errors import Fault
from formsvc.language import gettext as _

#: what a link in a letter may lead to
SCHEMES: Final = ("http://", "https://", "mailto:", "tel:", "#")
QUOTED: Final = 200
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
_OF_FIELDS: Final = ("fldSimple", "fldChar", "instrText", "delInstrText")
_LOOKED_AT: Final = (*(f"{{*}}{name}" for name in _OF_FIELDS), "{*}t")
#: what shows some of its words to some readers only
_CHOOSING: Final = ("{*}Choice", "{*}Fallback", "{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo")
#: a field within the code of another, whose words are known to Word alone
_NESTED: Final = " \0 "


def faults(name: str, root: etree._Element) -> Iterator[Fault]:
    """All that is wrong with the fields of one part."""
    for element in root.iter(*_LOOKED_AT[:-1]):
        if not _is_words_own(element):
            yield Fault(name, "", _odd_field())
            return
    if any("{" in words for words in _replaced(root)):
        yield Fault(name, "", _code_in_field())
    reading = _Reading()
    for element in root.iter(*_LOOKED_AT):
        reading.take(element)
    for code in reading.ended():
        yield from _field(name, code.strip())
    if reading.is_torn:
        yield Fault(name, "", _odd_field())


def odd_link() -> str:
    """What is said of a link that leads to no page."""
    return _("Lenka fører til en fil eller noe annet enn en nettside. Rett den, eller ta den bort.")


def attributes(element: etree._Element, name: str) -> list[str]:
    """The values of all attributes of that name, whatever their prefix: readers differ in it."""
    return [str(said) for key, said in element.items() if etree.QName(key).localname == name]


def _is_words_own(element: etree._Element) -> bool:
    """Whether a field's element, and what steers it, are Word's, and stand there once."""
    namespace = f"{{{etree.QName(element).namespace}}}"
    steering = {"fldSimple": "instr", "fldChar": "fldCharType"}.get(_name(element))
    if namespace not in (W, STRICT_W):
        return False
    return steering is None or (
        len(attributes(element, steering)) == 1 and element.get(namespace + steering) is not None
    )


def _odd_field() -> str:
    return _(
        "Et felt er skrevet slik at programmer kan lese det på flere måter. Godta alle endringer i"
        " Word, sett feltet inn på nytt, og lagre fila."
    )


class _Reading:
    """Reads the code of each field, also of those within the code of another.

    Codes of the template count with it, wherever in a field they stand: what they leave out would
    change it, and Word prints its own words in the place of a field's.
    """

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._begun: list[str] = []
        self._is_code: list[bool] = []
        self._places: list[tuple[etree._Element, ...]] = []
        #: whether some readers would see a part of a field that others do not
        self.is_torn = False

    def take(self, element: etree._Element) -> None:
        """Take the next element of a field, or the next words."""
        name = _name(element)
        if name == "fldSimple":
            words = "".join(map(_tags, element.iter("{*}t")))
            self._codes.append("".join(attributes(element, "instr")) + words)
        elif name == "fldChar":
            self._turn(element)
        elif name == "t":
            if self._begun:
                self._begun[-1] += (element.text or "") if self._is_code[-1] else _tags(element)
        elif self._begun and self._is_code[-1]:
            self._stand(element)
            self._begun[-1] += element.text or ""
        else:  # a code where no code belongs
            self._codes.append(element.text or "")

    def ended(self) -> list[str]:
        """All codes, with those of fields that never end."""
        return self._codes + self._begun

    def _turn(self, element: etree._Element) -> None:
        change = "".join(attributes(element, "fldCharType"))
        if change == "begin":
            self._begun = [
                code + _NESTED if is_code else code
                for code, is_code in zip(self._begun, self._is_code, strict=True)
            ]
            self._begun.append("")
            self._is_code.append(True)
            self._places.append(_place(element))
        elif self._begun:
            self._stand(element)
            self._is_code[-1] = False
            if change == "end":
                self._is_code.pop()
                self._places.pop()
                self._codes.append(self._begun.pop())

    def _stand(self, element: etree._Element) -> None:
        self.is_torn = self.is_torn or _place(element) != self._places[-1]


def _place(element: etree._Element) -> tuple[etree._Element, ...]:
    return tuple(element.iterancestors(*_CHOOSING))


def _replaced(root: etree._Element) -> Iterator[str]:
    """Words that Word puts its own in the place of: a control that shows a property."""
    for control in root.iter("{*}sdt"):
        if next(control.iter("{*}dataBinding"), None) is not None:
            yield from (text.text or "" for text in control.iter("{*}t"))


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _code_in_field() -> str:
    return _("En kode kan ikke stå inni et felt i Word.")


def _field(name: str, code: str) -> Iterator[Fault]:
    kind = code.split(maxsplit=1)[0].upper() if code else ""
    if "{" in code:
        yield Fault(name, code[:QUOTED], _code_in_field())
    elif kind == "HYPERLINK":
        if not all(target.lower().startswith(SCHEMES) for target in _targets(code)):
            yield Fault(name, code[:QUOTED], odd_link())
    elif kind and kind not in _FIELDS and not kind.startswith("="):
        yield Fault(
            name,
            code[:QUOTED],
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


def _tags(element: etree._Element) -> str:
    """The words of a text that holds a code of the template, or a part of one."""
    words = element.text or ""
    return words if "{" in words else ""
