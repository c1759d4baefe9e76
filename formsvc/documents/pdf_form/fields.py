"""What a PDF template asks for: its fields by their full names, and where they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from formsvc.documents.pdf_form.objects import opened
from formsvc.errors import BadTemplate

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

Kind = Literal["text", "check", "radio", "choice"]

_MULTILINE, _RADIO, _PUSH_BUTTON, _COMB = 1 << 12, 1 << 15, 1 << 16, 1 << 24
_COMBO = 1 << 17
#: what a field has from the one above it (ISO 32000-1, table 220 and 12.7.3.3)
_INHERITED: Final = ("/FT", "/Ff", "/V", "/MaxLen", "/TU", "/DA", "/Q", "/Opt")
#: a comb with more cells, and places further out, are mistakes or traps
_MOST_CELLS: Final = 500
_FARTHEST: Final = 14_400.0


@dataclass(frozen=True)
class Widget:
    """One place on a page where a field is shown; measures are in points."""

    #: the number of its object in the file
    number: int
    #: its page, the first is 0; -1 when it is on none
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
    #: of a list: what may be chosen, each with what is stored; of buttons: what is exported
    options: tuple[tuple[str, str], ...] = ()

    @property
    def states(self) -> list[str]:
        """What may be chosen of a radio group."""
        return [widget.state for widget in self.widgets]


class Found(NamedTuple):
    """A field, and all that its object and those above it say of it."""

    field: Field
    known: Mapping[str, Any]


@lru_cache(maxsize=16)
def fields(template: bytes) -> Mapping[str, Field]:
    """The fields of a template in its own order.

    :raises BadTemplate: when the file cannot be read or holds no form.
    """
    known: dict[str, Field] = {}
    for one in found(opened(template)):
        known.setdefault(one.field.name, one.field)
    return known


def found(writer: PdfReader | PdfWriter) -> list[Found]:
    """The fields of an opened template; a name may occur twice.

    :raises BadTemplate: when the file holds no form.
    """
    form: Any = writer.root_object.get("/AcroForm", {})
    pages = {
        getattr(annotation, "idnum", 0): index
        for index, page in enumerate(writer.pages)
        for annotation in page.get("/Annots", ())
    }
    if not writer.pages:
        raise BadTemplate("The PDF template has no pages. Save it anew as a form.")
    above = {"/DA": form["/DA"]} if "/DA" in form else {}
    met: set[int] = set()
    listed = [one for top in form.get("/Fields", ()) for one in _under(top, above, pages, met)]
    if not listed:
        raise BadTemplate("The PDF template has no form fields. Save it as a form with fields.")
    return listed


def _under(
    reference: Any, above: Mapping[str, Any], pages: Mapping[int, int], met: set[int]
) -> Iterator[Found]:
    """The fields at and below a node; the parts of a dotted name are nodes of their own.

    :param met: the nodes seen so far: a broken form may list one twice, or go in circles
    """
    node = reference.get_object()
    if not hasattr(node, "raw_get") or not hasattr(reference, "idnum"):
        raise BadTemplate("The form of the PDF template is broken. Save it anew as a form.")
    if reference.idnum in met:
        return
    met.add(reference.idnum)
    known = {**above, **{key: node[key] for key in _INHERITED if key in node}}
    known["name"] = ".".join(part for part in (above.get("name"), node.get("/T")) if part)
    kids = node.get("/Kids", [])
    if any("/T" in kid.get_object() for kid in kids):
        for kid in kids:
            yield from _under(kid, known, pages, met)
    elif kind := _kind(known):
        flags = known.get("/Ff", 0)
        field = Field(
            name=known["name"],
            label=_label(known),
            kind=kind,
            number=reference.idnum,
            widgets=tuple(_widget(kid, known, pages) for kid in dict.fromkeys(kids or [reference])),
            multiline=not flags & _COMBO if kind == "choice" else bool(flags & _MULTILINE),
            cells=_cells(known) if flags & _COMB and kind == "text" else 0,
            options=tuple(_option(option) for option in known.get("/Opt", ())),
        )
        yield Found(field, known)


def _kind(known: Mapping[str, Any]) -> Kind | None:
    """What kind of field it is; None for buttons that are pressed and for signatures."""
    flags = known.get("/Ff", 0)
    if known.get("/FT") == "/Tx":
        return "text"
    if known.get("/FT") == "/Ch":
        return "choice"
    if known.get("/FT") == "/Btn" and not flags & _PUSH_BUTTON:
        return "radio" if flags & _RADIO else "check"
    return None


def _cells(known: Mapping[str, Any]) -> int:
    """The cells of a comb; none of one that nobody could read."""
    cells = int(known.get("/MaxLen", 0))
    return cells if 0 < cells <= _MOST_CELLS else 0


def _label(known: Mapping[str, Any]) -> str:
    return str(known.get("/TU") or known["name"])


def _option(option: Any) -> tuple[str, str]:
    """What is stored of an option, and what is shown."""
    said = option.get_object()
    if isinstance(said, list):
        return str(said[0]), str(said[-1])
    return str(said), str(said)


def _widget(reference: Any, known: Mapping[str, Any], pages: Mapping[int, int]) -> Widget:
    annotation = reference.get_object()
    x0, y0, x1, y1 = (_within(edge) for edge in annotation.get("/Rect", (0, 0, 0, 0)))
    return Widget(
        number=reference.idnum,
        page=pages.get(reference.idnum, -1),
        x=min(x0, x1),
        y=min(y0, y1),
        width=abs(x1 - x0),
        height=abs(y1 - y0),
        label=str(annotation.get("/TU") or _label(known)),
        state=_state(annotation) if known["/FT"] == "/Btn" else "",
    )


def _within(edge: Any) -> float:
    """A place on a page, or as far out as a page may reach (ISO 32000-1, annex C)."""
    return max(-_FARTHEST, min(_FARTHEST, float(edge)))


def _state(annotation: Any) -> str:
    """What a button is called when it is chosen; «Yes» of one that is drawn in no way."""
    looks = annotation.get("/AP", {}).get("/N", {})
    states = [state for state in looks if state != "/Off"]
    return str(states[0]).removeprefix("/") if states else "Yes"
