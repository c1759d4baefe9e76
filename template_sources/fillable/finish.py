"""Makes a proper form of what WeasyPrint laid out: names, groups, combs, one embedded font.

WeasyPrint gives the places, the tooltips and the tags. It asks every reader to draw the fields
itself, which PDF/A forbids, numbers radio buttons instead of naming them, and knows no combs.
"""

from __future__ import annotations

import hashlib
import io
from typing import Any, Final

from pypdf import PdfWriter
from pypdf.generic import ByteStringObject, TextStringObject

from formsvc.documents.pdf_form import FONT, _add, _bytes, _pdf, _stream, embed
from template_sources.fillable.font import carried

_COMB, _NO_TOGGLE, _RADIO = 1 << 24, 1 << 14, 1 << 15
#: how text looks while it is typed; the size is chosen by the reader
LOOK: Final = f"{FONT} 10 Tf 0 g"
#: a tick and a dot, drawn in a square of size 1
TICK: Final = "0.13 w 1 J 1 j 0 0.24 0.42 RG 0.2 0.52 m 0.42 0.26 l 0.82 0.78 l S"
DOT: Final = (
    "0 0.24 0.42 rg 0.78 0.5 m 0.78 0.655 0.655 0.78 0.5 0.78 c 0.345 0.78 0.22 0.655 0.22 0.5 c"
    " 0.22 0.345 0.345 0.22 0.5 0.22 c 0.655 0.22 0.78 0.345 0.78 0.5 c f"
)


def finish(data: bytes) -> bytes:
    """The laid out paper as a form that is PDF/A-2a and PDF/UA-1."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    form = writer.root_object["/AcroForm"]
    options = _options(form)
    tree = _Tree(writer)
    for page in writer.pages:
        for reference in page.get("/Annots", []):
            widget = reference.get_object()
            if widget["/Subtype"] == "/Widget":
                _place(writer, tree, reference, widget, options)
        page[_pdf("/Tabs")] = _pdf("/S")
    writer.root_object[_pdf("/AcroForm")] = _pdf(
        {
            "/Fields": tree.top,
            "/DA": TextStringObject(LOOK),
            "/DR": {"/Font": {FONT: embed(writer, carried())}},
        }
    )
    writer._ID = _pdf([ByteStringObject(hashlib.sha256(data).digest()[:16])] * 2)
    return _bytes(writer, "blank")


def _options(form: Any) -> dict[int, str]:
    """The value of each radio button, by its number in the file."""
    return {
        kid.idnum: str(value)
        for group in form["/Fields"]
        for kid, value in zip(
            group.get_object().get("/Kids", []), group.get_object().get("/Opt", []), strict=True
        )
    }


def _place(
    writer: PdfWriter, tree: _Tree, reference: Any, widget: Any, options: dict[int, str]
) -> None:
    name, _, cells = str(widget.get("/T") or widget["/Parent"]["/T"]).partition("#")
    x0, y0, x1, y1 = (float(edge) for edge in widget["/Rect"])
    rect = [round(edge, 3) for edge in (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))]
    size = (rect[2] - rect[0], rect[3] - rect[1])
    kind = widget["/FT"]
    flags = int(widget.get("/Ff", 0))
    for key in ("/AP", "/AS", "/DA", "/V", "/MK", "/Border", "/FT", "/Ff", "/Opt", "/MaxLen", "/T"):
        widget.pop(key, None)
    widget[_pdf("/Rect")] = _pdf(rect)
    if kind == "/Tx":
        widget.update(_pdf({"/FT": "/Tx", "/Ff": flags, "/V": TextStringObject("")}))
        widget.update(_pdf({"/DA": TextStringObject(LOOK), "/AP": {"/N": _look(writer, size, "")}}))
        if cells:
            widget.update(_pdf({"/MaxLen": int(cells), "/Ff": flags | _COMB}))
        tree.hang(name, reference)
        return
    radio = reference.idnum in options
    state = f"/{options[reference.idnum]}" if radio else "/Yes"
    drawing = DOT if radio else TICK
    looks = {state: _look(writer, size, drawing), "/Off": _look(writer, size, "")}
    widget.update(_pdf({"/AP": {"/N": looks}, "/AS": "/Off"}))
    if radio:
        tree.hang_button(name, reference)
    else:
        widget.update(_pdf({"/FT": "/Btn", "/V": "/Off"}))
        tree.hang(name, reference)


def _look(writer: PdfWriter, size: tuple[float, float], drawing: str) -> Any:
    plain = {"/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, *size], "/Resources": {}}
    scaled = f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm {drawing} Q" if drawing else ""
    return _stream(writer, plain, scaled.encode())


class _Tree:
    """The fields by their dotted names: each part of a name is a field of its own in the file."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._nodes: dict[str, Any] = {}
        self.top: list[Any] = []

    def hang(self, name: str, reference: Any) -> None:
        """Put a field where its name says."""
        above, _, last = name.rpartition(".")
        node = reference.get_object()
        node[_pdf("/T")] = TextStringObject(last)
        node.pop("/Parent", None)
        if not above:
            self.top.append(reference)
            return
        parent = self._node(above)
        node[_pdf("/Parent")] = parent
        kids = [*parent.get_object()["/Kids"], reference]
        parent.get_object()[_pdf("/Kids")] = _pdf(kids)

    def hang_button(self, name: str, reference: Any) -> None:
        """Put a radio button into its group; the group is called what the button's question is."""
        if name not in self._nodes:
            group = {"/FT": "/Btn", "/Ff": _NO_TOGGLE | _RADIO, "/V": "/Off", "/Kids": []}
            question = reference.get_object()["/Parent"]["/TU"]
            self._nodes[name] = _add(self._writer, group | {"/TU": TextStringObject(question)})
            self.hang(name, self._nodes[name])
        group = self._nodes[name]
        reference.get_object()[_pdf("/Parent")] = group
        group.get_object()[_pdf("/Kids")] = _pdf([*group.get_object()["/Kids"], reference])

    def _node(self, name: str) -> Any:
        if name not in self._nodes:
            self._nodes[name] = _add(self._writer, {"/Kids": []})
            self.hang(name, self._nodes[name])
        return self._nodes[name]
