"""Pages that fields are drawn on: rewritten once, so that a document brings only its drawings."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from formsvc.documents.pdf_form import fallback, typeface
from formsvc.documents.pdf_form.fields import Widget
from formsvc.documents.pdf_form.hazards import runs
from formsvc.documents.pdf_form.look import Look, number
from formsvc.documents.pdf_form.objects import add, pdf, put, stream
from formsvc.documents.pdf_form.parts import Written
from formsvc.documents.pdf_form.tags import END, Tags
from formsvc.documents.pdf_form.write import Numbers, numbered

if TYPE_CHECKING:
    from pypdf import PdfWriter

_HIDDEN, _PRINTED, _NOT_SEEN = 2, 4, 32


@dataclass
class Page:
    """One page with fields: the objects that change with the document, and what is always drawn."""

    #: numbers, in the opened template, of the stream that draws and of the page's list of fonts
    drawing: int
    fonts: int
    #: the fonts of the page and of the fields on it, but for the fallback
    named: dict[str, Any] = field(default_factory=dict)
    always: list[bytes] = field(default_factory=list)


class Pages:
    """The opened template turned into plain pages, ready for drawings."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self.tags = Tags(writer)
        self.pages: dict[int, Page] = {}
        self._changing: set[int] = set()
        for index, page in enumerate(writer.pages):
            annotations: Any = page.get("/Annots", ())
            if any(one.get_object().get("/Subtype") == "/Widget" for one in annotations):
                self.pages[index] = self._opened(page)

    def _opened(self, page: Any) -> Page:
        """Let a page draw more, whatever state its own drawing leaves behind."""
        resources = dict(page["/Resources"].items()) if "/Resources" in page else {}
        fonts = dict(resources.get("/Font", {}).items())
        look = stream(self._writer, {}, b"")
        named = add(self._writer, {})
        drawings = dict(resources.get("/XObject", {}).items())
        put(page, {"/Resources": {**resources, "/Font": named, "/XObject": drawings}})
        own: list[Any] = []
        if "/Contents" in page:
            contents = page.raw_get("/Contents")
            there = contents.get_object()
            own = list(there) if isinstance(there, list) else [contents]
        put(page, {"/Contents": [stream(self._writer, {}, b"q"), *own, look]})
        return Page(look.idnum, named.idnum, fonts)

    def mark(self, field: Any, widget: Widget) -> tuple[bytes, bytes]:
        """What begins and ends a drawing so that it is what the structure tree holds."""
        annotation: Any = self._writer.get_object(widget.number)
        begin = self.tags.printed(field, widget, self._writer.pages[widget.page], annotation)
        return begin, END if begin else b""

    def changes(self, element: Any) -> bool:
        """Whether an element can change with one button; of several buttons, one says it all."""
        if element.idnum in self._changing:
            return False
        self._changing.add(element.idnum)
        return True

    def seen(self, widget: Widget) -> bool:
        annotation: Any = self._writer.get_object(widget.number)
        hidden = int(annotation.get("/F", 0)) & (_HIDDEN | _NOT_SEEN)
        return widget.page in self.pages and not hidden

    def drawn(self, widget: Widget, look: Any, suffix: str = "") -> bytes:
        """The operators that draw a ready look of a widget in its place.

        It becomes a resource of the page, named by the widget's number: two widgets with buttons
        of the same name would otherwise be drawn alike.
        """
        stretch = _stretch(widget, look.get_object())
        if not stretch or not look.get_object().get_data().strip():
            return b""
        name = f"/Field{widget.number}{suffix}"
        resources: Any = self._writer.pages[widget.page]["/Resources"]
        resources["/XObject"][pdf(name)] = look
        return b"q %s cm %s Do Q" % (b" ".join(map(number, stretch)), name.encode())

    def draw_others(self, fields: Iterable[Widget]) -> None:
        """Draw what stands in fields of other kinds, such as signatures, and take all away."""
        known = {widget.number for widget in fields}
        for index, page in enumerate(self._writer.pages):
            annotations: Any = page.get("/Annots", ())
            kept = []
            for one in annotations:
                annotation = one.get_object()
                if annotation.get("/Subtype") != "/Widget":
                    kept.append(one)
                elif getattr(one, "idnum", 0) not in known:
                    self._draw_other(index, one, annotation)
            page.pop("/Annots", None)
            if kept:
                put(page, {"/Annots": kept})

    def _draw_other(self, index: int, reference: Any, annotation: Any) -> None:
        looks = annotation.get("/AP", {})
        flags = int(annotation.get("/F", 0))
        if "/N" not in looks or not flags & _PRINTED or flags & (_HIDDEN | _NOT_SEEN):
            return
        look = looks.raw_get("/N")
        if hasattr(look.get_object(), "get_data"):
            x0, y0, x1, y1 = (float(edge) for edge in annotation["/Rect"])
            place = (min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
            widget = Widget(reference.idnum, index, *place, label="")
            self.pages[index].always.append(self.drawn(widget, look))

    def close(self) -> None:
        """Take the form away, and whatever would run in it."""
        root: Any = self._writer.root_object
        for key in ("/AcroForm", "/AA", "/NeedsRendering", "/Perms"):
            root.pop(key, None)
        if runs(root.get("/OpenAction")):
            del root["/OpenAction"]
        if "/Names" in root:
            root["/Names"].get_object().pop("/JavaScript", None)
        for page in self._writer.pages:
            page.pop("/AA", None)
        for ours in self.pages.values():
            put(self._writer.get_object(ours.fonts), ours.named)
        self.tags.write()


def _stretch(widget: Widget, look: Any) -> tuple[float, ...]:
    """What brings a look to its widget's place (ISO 32000-1, 12.5.5); nothing for an empty one."""
    x0, y0, x1, y1 = (float(edge) for edge in look.get("/BBox", (0, 0, 0, 0)))
    a, b, c, d, e, f = (float(part) for part in look.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
    left, low = (min(axis) for axis in zip(*corners, strict=True))
    right, high = (max(axis) for axis in zip(*corners, strict=True))
    if right <= left or high <= low:
        return ()
    wide, tall = widget.width / (right - left), widget.height / (high - low)
    return (wide, 0, 0, tall, widget.x - left * wide, widget.y - low * tall)


class TextDrawing:
    """Where a text field is drawn on the pages."""

    def __init__(self, widgets: Sequence[Widget], looks: Sequence[Look], name: bytes) -> None:
        """Make the places known.

        :param name: what the pages call the font
        """
        self._name = name
        self._widgets, self._looks = widgets, looks
        self._places: list[tuple[int, int, bytes, Look, bytes]] = []

    def place(self, index: int, mark: tuple[bytes, bytes]) -> None:
        """Let one of the widgets be drawn, between what marks it for the structure tree."""
        widget, look = self._widgets[index], self._looks[index]
        turned = b"%s cm " % b" ".join(map(number, look.matrix)) if look.matrix else b""
        put_in = b"q 1 0 0 1 %s %s cm %s" % (number(widget.x), number(widget.y), turned)
        self._places.append((index, widget.page, mark[0] + put_in, look, b" Q" + mark[1]))

    def made(self, written: Written) -> list[tuple[int, bytes]]:
        """What is drawn on which page."""
        made = []
        for index, page, begin, look, end in self._places:
            laid, font = written.places[index]
            name = self._name if font else fallback.NAME
            drawing = look.drawn(laid, font or typeface.fallback(), name)
            made.append((page, b"%s%s%s" % (begin, drawing, end)))
        return made


def said(numbers: Numbers, reference: Any, *, on: bool) -> bytes:
    """The element of a printed button, which says whether it is chosen."""
    element = reference.get_object()
    put(element["/A"], {"/checked": "/on" if on else "/off"})
    return numbers.object(reference.idnum, element)


def page_objects(
    page: Page, numbers: Numbers, drawings: Sequence[bytes], fonts: bytes
) -> list[bytes]:
    """The objects of a page that change with the document."""
    packed = zlib.compress(b"Q\n" + b"\n".join(drawings), 1)
    drawing = b"<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (len(packed), packed)
    return [numbered(numbers[page.drawing], drawing), numbered(numbers[page.fonts], fonts)]
