"""The form as plain pages: whole files without fields, which show all that was filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from formsvc.documents.pdf_form import fallback
from formsvc.documents.pdf_form.fallback import Fallback
from formsvc.documents.pdf_form.fields import Widget
from formsvc.documents.pdf_form.look import FONT
from formsvc.documents.pdf_form.objects import pdf, reference
from formsvc.documents.pdf_form.pages import Pages, TextDrawing, page_objects, said
from formsvc.documents.pdf_form.parts import OFF, ButtonPart, Decided, TextPart, Written
from formsvc.documents.pdf_form.prepare import Prepared, Ready, current
from formsvc.documents.pdf_form.write import Numbers, begin, whole

if TYPE_CHECKING:
    from pypdf import PdfWriter

_Drawings = list[tuple[int, bytes]]


class _Drawn(NamedTuple):
    """How one field is drawn on the pages."""

    as_is: _Drawings
    text: TextDrawing | None
    states: Mapping[str, _Drawings]
    #: by state, the elements of the structure tree that say what was chosen
    elements: Mapping[str, list[bytes]]
    current: str


class Flattened:
    """Whole files without a form: the opened template is turned into plain pages for good."""

    def __init__(
        self, writer: PdfWriter, ready: Ready, spare: Sequence[int], header: bytes
    ) -> None:
        pages = Pages(writer)
        plans = [_Plan(pages, writer, one) for one in ready.fields]
        pages.draw_others(widget for one in ready.fields for widget in one.part.field.widgets)
        pages.close()
        order = sorted(pages.pages)
        changing = [n for i in order for n in (pages.pages[i].drawing, pages.pages[i].fonts)]
        changing += [element.idnum for plan in plans for element in plan.elements.values()]
        self._beginning, numbers = begin(writer, changing, spare, header)
        self._fallback = Fallback([numbers[number] for number in spare])
        self._fields = [plan.drawn(numbers) for plan in plans]
        #: each page with its fonts, open for one more
        self._pages = [
            (index, page, numbers.opened(pdf(page.named)))
            for index, page in sorted(pages.pages.items())
        ]
        for page in pages.pages.values():
            page.named.clear()  # they hold on to the opened template, which is not needed again
        self._numbers = numbers

    @property
    def fixed(self) -> int:
        """How many bytes every file begins with."""
        return len(self._beginning.head)

    def made(self, decided: Decided, identifier: bytes) -> bytes:
        drawings = {index: list(page.always) for index, page, _ in self._pages}
        elements: list[bytes] = []
        falls_back = False
        for index, field in enumerate(self._fields):
            what = decided.get(index)
            if isinstance(what, Written) and field.text:
                on_pages = field.text.made(what)
                falls_back = falls_back or what.falls_back
            elif field.text:
                on_pages = field.as_is
            else:
                state = what if isinstance(what, str) else field.current
                on_pages = field.states[state]
                elements += field.elements[state]
            for page, drawing in on_pages:
                drawings[page].append(drawing)
        more = b"%s %s>>" % (fallback.NAME, self._fallback.reference) if falls_back else b">>"
        changed = [
            written
            for index, page, fonts in self._pages
            for written in page_objects(page, self._numbers, drawings[index], fonts + more)
        ]
        spare = self._fallback.objects() if falls_back else []
        return whole(self._beginning, [*changed, *elements, *spare], identifier)


class _Plan:
    """A field on the pages, before the objects have their numbers."""

    def __init__(self, pages: Pages, writer: PdfWriter, one: Prepared) -> None:
        self._one = one
        #: the elements of the structure tree that change with the value, by widget
        self.elements: dict[int, Any] = {}
        self._as_is: _Drawings = []
        self._text: TextDrawing | None = None
        self._states: dict[str, _Drawings] = {}
        if isinstance(one.part, TextPart):
            self._text = self._of_text(pages, writer, one, one.part)
        else:
            self._of_button(pages, writer, one.part)

    def _of_text(
        self, pages: Pages, writer: PdfWriter, one: Prepared, part: TextPart
    ) -> TextDrawing:
        name = FONT if one.font_name == FONT else f"/FormsvcOf{one.font_name[1:]}"
        text = TextDrawing(part.field.widgets, part.looks, name.encode())
        for place, widget in enumerate(part.field.widgets):
            if not pages.seen(widget):
                continue
            if one.font is not None:
                pages.pages[widget.page].named[name] = one.font
            mark = pages.mark(part.field, widget)
            text.place(place, mark)
            drawing = b""
            if not one.redrawn:
                drawing = pages.drawn(widget, reference(writer, one.drawings[place]))
            self._as_is.append((widget.page, mark[0] + drawing + mark[1]))
        return text

    def _of_button(self, pages: Pages, writer: PdfWriter, part: ButtonPart) -> None:
        seen = [widget for widget in part.field.widgets if pages.seen(widget)]
        marks = {}
        for widget in seen:
            element = pages.tags.element(writer.get_object(widget.number))
            marks[widget.number] = pages.mark(part.field, widget)
            if marks[widget.number][0] and pages.changes(element):
                self.elements[widget.number] = element
        looks = {widget.number: _looks(pages, writer, widget) for widget in seen}
        for state in dict.fromkeys([*part.field.states, OFF]):
            self._states[state] = []
            for widget in seen:
                (start, end), (on, off) = marks[widget.number], looks[widget.number]
                drawing = on if state == widget.state else off
                self._states[state].append((widget.page, start + drawing + end))

    def drawn(self, numbers: Numbers) -> _Drawn:
        said_by = {
            state: [
                said(numbers, self.elements[widget.number], on=widget.state == state)
                for widget in self._one.part.field.widgets
                if widget.number in self.elements
            ]
            for state in self._states
        }
        return _Drawn(self._as_is, self._text, self._states, said_by, current(self._one))


def _looks(pages: Pages, writer: PdfWriter, widget: Widget) -> tuple[bytes, bytes]:
    """The operators that draw a button chosen and not chosen."""
    annotation: Any = writer.get_object(widget.number)
    states = annotation["/AP"]["/N"]
    drawn = []
    for state, suffix in ((f"/{widget.state}", ""), ("/Off", "Off")):
        look = states.raw_get(state) if state in states else None
        drawn.append(pages.drawn(widget, look, suffix) if look is not None else b"")
    return drawn[0], drawn[1]
