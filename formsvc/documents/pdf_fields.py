"""What a PDF template asks for: its fields by their full names, and where they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from formsvc.documents.pdf_objects import opened
from formsvc.errors import BadTemplate

Kind = Literal["text", "check", "radio"]

_MULTILINE, _RADIO, _PUSH_BUTTON, _COMB = 1 << 12, 1 << 15, 1 << 16, 1 << 24
#: what a field has from the one above it (ISO 32000-1, table 220)
_INHERITED: Final = ("/FT", "/Ff", "/MaxLen", "/TU")


@dataclass(frozen=True)
class Widget:
    """One place on a page where a field is shown; measures are in points."""

    #: the number of its object in the file
    number: int
    page: int
    x: float
    y: float
    width: float
    height: float
    #: the tooltip of this place, such as one radio button's
    label: str
    #: of a check box or radio button: what it is called when it is chosen
    state: str = ""


@dataclass(frozen=True)
class Field:
    """A field of a template."""

    #: the full dotted name
    name: str
    #: the tooltip, which is what a screen reader says
    label: str
    kind: Kind
    #: the number of its object in the file
    number: int
    widgets: tuple[Widget, ...]
    multiline: bool = False
    #: the number of cells of a comb, or 0
    cells: int = 0

    @property
    def states(self) -> list[str]:
        """What may be chosen of a radio group."""
        return [widget.state for widget in self.widgets]


@lru_cache(maxsize=16)
def fields(template: bytes) -> Mapping[str, Field]:
    """The fields of a template in its own order.

    :raises BadTemplate: when the file cannot be read or holds no form.
    """
    writer = opened(template)
    form: Any = writer.root_object.get("/AcroForm", {})
    pages = {
        annotation.idnum: index
        for index, page in enumerate(writer.pages)
        for annotation in page.get("/Annots", ())
    }
    found = (field for top in form.get("/Fields", ()) for field in _under(top, {}, pages))
    known = {field.name: field for field in found}
    if not known:
        raise BadTemplate("The PDF template has no form fields. Save it as a form with fields.")
    return known


def _under(reference: Any, above: Mapping[str, Any], pages: Mapping[int, int]) -> Iterator[Field]:
    """The fields at and below a node; the parts of a dotted name are nodes of their own."""
    node = reference.get_object()
    known = {**above, **{key: node[key] for key in _INHERITED if key in node}}
    known["name"] = ".".join(part for part in (above.get("name"), node.get("/T")) if part)
    kids = node.get("/Kids", [])
    if any("/T" in kid.get_object() for kid in kids):
        for kid in kids:
            yield from _under(kid, known, pages)
    elif kind := _kind(known):
        flags = known.get("/Ff", 0)
        yield Field(
            name=known["name"],
            label=_label(known),
            kind=kind,
            number=reference.idnum,
            widgets=tuple(_widget(kid, known, pages) for kid in (kids or [reference])),
            multiline=bool(flags & _MULTILINE),
            cells=int(known.get("/MaxLen", 0)) if flags & _COMB else 0,
        )


def _kind(known: Mapping[str, Any]) -> Kind | None:
    """What kind of field it is; None for buttons that are pressed, lists and signatures."""
    flags = known.get("/Ff", 0)
    if known.get("/FT") == "/Tx":
        return "text"
    if known.get("/FT") == "/Btn" and not flags & _PUSH_BUTTON:
        return "radio" if flags & _RADIO else "check"
    return None


def _label(known: Mapping[str, Any]) -> str:
    return str(known.get("/TU") or known["name"])


def _widget(reference: Any, known: Mapping[str, Any], pages: Mapping[int, int]) -> Widget:
    annotation = reference.get_object()
    x0, y0, x1, y1 = (float(edge) for edge in annotation["/Rect"])
    looks = annotation.get("/AP", {}).get("/N", {})
    states = [state for state in looks if state != "/Off"] if known["/FT"] == "/Btn" else []
    return Widget(
        number=reference.idnum,
        page=pages.get(reference.idnum, 0),
        x=min(x0, x1),
        y=min(y0, y1),
        width=abs(x1 - x0),
        height=abs(y1 - y0),
        label=str(annotation.get("/TU") or _label(known)),
        state=states[0].removeprefix("/") if states else "",
    )
