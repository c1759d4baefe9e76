"""The PDF form engine beside its peers, each as its manual says, on the same form of 30 fields."""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pikepdf
from pypdf import PdfReader, PdfWriter

from benchmarks.measure import Group, Peer, in_process
from benchmarks.node_engines import Node
from formsvc.documents import checks, pdf_form, pdf_text

DATA = Path(__file__).parent / "data"
FORM = (DATA / "consent.pdf").read_bytes()
#: by kind of field: TEXT, CHECK and RADIO
SAID: Mapping[str, Mapping[str, Any]] = json.loads(
    (DATA / "consent_values.json").read_text("utf-8")
)

VALUES: Mapping[str, str | bool] = {**SAID["TEXT"], **SAID["CHECK"], **SAID["RADIO"]}
#: the same as pypdf and pikepdf take them: a state is a name
NAMED: Mapping[str, str] = {
    **SAID["TEXT"],
    **{name: "/Yes" if ticked else "/Off" for name, ticked in SAID["CHECK"].items()},
    **{name: f"/{chosen}" for name, chosen in SAID["RADIO"].items()},
}


def groups(node: Node | None) -> Iterator[Group]:
    """The form that can be changed, and the one that is only pages."""
    yield _group("Form of 30 fields, editable", "editable", node, {"pypdf": 60, "pikepdf": 15})
    yield _group("Form of 30 fields, flattened", "flattened", node, {"pypdf": 60})


def _group(name: str, of: str, node: Node | None, goals: Mapping[str, float]) -> Group:
    flatten = of == "flattened"
    makers = _FLAT if flatten else _EDITABLE
    peers = [
        Peer(in_process(f"{peer} {version(peer.lower())}", make), goals.get(peer, 0))
        for peer, make in makers.items()
    ]
    if node:
        peers.append(Peer(node.work("pdf-lib", of)))
    ours = in_process("formsvc", _by_us(flatten=flatten))
    return Group(name, ours, peers, 11, _lacks_flat if flatten else _lacks)


def _by_us(*, flatten: bool) -> Callable[[], bytes]:
    """Ours, with the product's look for values that could be missing."""
    compiled = pdf_form.CompiledForm(FORM)

    def filled() -> bytes:
        made = compiled.fill(VALUES, flatten=flatten)
        if compiled.unsure(VALUES, made, flatten=flatten):
            checks.nothing_lost(SAID["TEXT"], pdf_text.text(made))
        return made

    return filled


# --- what a document lacks ----------------------------------------------------------------------


def _lacks(data: bytes) -> list[str]:
    """The fields whose value the file does not hold, as pypdf reads it."""
    fields = (PdfReader(io.BytesIO(data)).get_fields() or {}) if data else {}
    found = {name: str(field.get("/V", "/Off")) for name, field in fields.items()}
    return [name for name, value in NAMED.items() if found.get(name) != value]


def _lacks_flat(data: bytes) -> list[str]:
    """The fields whose text does not stand on a page, as pypdf reads it."""
    pages = PdfReader(io.BytesIO(data)).pages if data else []
    drawn = _bare("".join(page.extract_text() for page in pages))
    return [name for name, value in SAID["TEXT"].items() if _bare(value) not in drawn]


def _bare(text: str) -> str:
    return "".join(text.split())


# --- the peers ----------------------------------------------------------------------------------


def _pypdf(*, flatten: bool) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(FORM))
    named: Any = NAMED
    for page in writer.pages:
        writer.update_page_form_field_values(page, named, auto_regenerate=False, flatten=flatten)
    if flatten:
        writer.remove_annotations(subtypes="/Widget")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pikepdf() -> bytes:
    with pikepdf.open(io.BytesIO(FORM)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            value = NAMED[str(field.T)]
            if field.FT == "/Tx":
                field.V = pikepdf.String(value)
                continue
            field.V = pikepdf.Name(value)
            for button in field.get("/Kids", [field]):
                button.AS = field.V if value in button.AP.N else pikepdf.Name.Off
        pdf.generate_appearance_streams()
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _pymupdf(*, flatten: bool) -> bytes:
    pymupdf: Any = importlib.import_module("pymupdf")  # it says too little of its types
    document = pymupdf.open(stream=FORM)
    for page in document:
        for widget in page.widgets():
            value = VALUES[widget.field_name]
            if widget.field_type == pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON:
                widget.field_value = value == widget.on_state()
            else:
                widget.field_value = value
            widget.update()
    if flatten:
        document.bake()
    return bytes(document.tobytes())


_EDITABLE: Mapping[str, Callable[[], bytes]] = {
    "pypdf": lambda: _pypdf(flatten=False),
    "pikepdf": _pikepdf,
    "PyMuPDF": lambda: _pymupdf(flatten=False),
}
_FLAT: Mapping[str, Callable[[], bytes]] = {
    "pypdf": lambda: _pypdf(flatten=True),
    "PyMuPDF": lambda: _pymupdf(flatten=True),
}
