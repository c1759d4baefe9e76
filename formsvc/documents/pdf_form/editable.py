"""The form that can still be changed: the objects of its fields, ready but for the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from formsvc.documents.pdf_form import typeface
from formsvc.documents.pdf_form.fallback import NAME, Fallback
from formsvc.documents.pdf_form.fields import Widget
from formsvc.documents.pdf_form.look import Look, number
from formsvc.documents.pdf_form.objects import pdf
from formsvc.documents.pdf_form.parts import OFF, ButtonPart, Decided, Written
from formsvc.documents.pdf_form.prepare import Prepared, Ready, current
from formsvc.documents.pdf_form.write import (
    Numbers,
    Original,
    begin,
    increment,
    numbered,
    original,
    whole,
)

if TYPE_CHECKING:
    from pypdf import PdfWriter


class Fonts(NamedTuple):
    """What the drawings of a field call its font and the fallback, and where these are."""

    name: bytes
    reference: bytes
    fallback: bytes

    def of(self, written: Written, place: int) -> tuple[bytes, bytes]:
        if written.places[place].font is None:
            return NAME, self.fallback
        return self.name, self.reference


class TextObjects:
    """The objects of a text field: the field, and the drawing of each of its places."""

    def __init__(
        self,
        numbers: Numbers,
        field: tuple[int, Any],
        places: Sequence[tuple[int, Look]],
        fonts: Fonts,
    ) -> None:
        """Make all ready but for the value.

        :param field: the field's number in the opened template, and the field
        :param places: the same of each drawing, with its look
        """
        opened = numbers.opened(field[1], without=frozenset({"/V", "/RV", "/I", "/TI"}))
        self._head = b"%d 0 obj\n%s/V " % (numbers[field[0]], opened)
        self._fonts = fonts
        self._places = [
            (b"%d 0 obj\n%s" % (numbers[drawing], _form(look)), look) for drawing, look in places
        ]

    def made(self, written: Written) -> list[bytes]:
        """The objects that hold and show a text."""
        made = [b"%s%s>>\nendobj\n" % (self._head, written.value)]
        for index, (head, look) in enumerate(self._places):
            laid, font = written.places[index]
            name, reference = self._fonts.of(written, index)
            drawing = look.drawn(laid, font or typeface.fallback(), name)
            made.append(
                b"%s/Resources<</Font<<%s %s>>>>/Length %d>>\nstream\n%s\nendstream\nendobj\n"
                % (head, name, reference, len(drawing), drawing)
            )
        return made


def _form(look: Look) -> bytes:
    """The beginning of a drawing's dictionary."""
    matrix = b"/Matrix[%s]" % b" ".join(map(number, look.matrix)) if look.matrix else b""
    size = (number(look.box.width), number(look.box.height))
    return b"<</Type/XObject/Subtype/Form/BBox[0 0 %s %s]%s" % (*size, matrix)


def button_objects(
    numbers: Numbers,
    field: tuple[int, Any],
    widgets: Sequence[tuple[Widget, Any]],
) -> Mapping[str, list[bytes]]:
    """The objects of a check box or radio group for each of its states, ready to write."""
    names = {widget.state: _name(numbers, widget.state) for widget, _ in widgets} | {OFF: b"/Off"}
    one = widgets[0][0].number == field[0]
    ready: dict[str, list[bytes]] = {}
    changing = frozenset({"/V", "/AS"})
    heads = [numbers.opened(annotation, without=changing) for _, annotation in widgets]
    group = numbers.opened(field[1], without=changing)
    for state, name in names.items():
        value = b"/V %s" % name
        objects = [] if one else [numbered(numbers[field[0]], b"%s%s>>" % (group, value))]
        for head, (widget, _) in zip(heads, widgets, strict=True):
            shown = name if widget.state == state else b"/Off"
            ending = b"/AS %s%s>>" % (shown, value if one else b"")
            objects.append(numbered(numbers[widget.number], head + ending))
        ready[state] = objects
    return ready


def _name(numbers: Numbers, state: str) -> bytes:
    return numbers.written(pdf(f"/{state}"))


# -- whole files -----------------------------------------------------------------------------------


class _Slot(NamedTuple):
    """The objects of one field."""

    as_is: list[bytes]
    #: of a text, what makes them; of buttons, all of them by state
    text: TextObjects | None
    states: Mapping[str, list[bytes]]


class Editable:
    """Whole files with the form in them, or increments to the template."""

    def __init__(
        self, writer: PdfWriter, ready: Ready, spare: Sequence[int], header: bytes
    ) -> None:
        changing = [number for one in ready.fields for number in _changing(one)]
        self._beginning, numbers = begin(writer, changing, spare, header)
        self._fallback = Fallback([numbers[number] for number in spare])
        self._slots = _slots(writer, ready, numbers, self._fallback)

    @property
    def fixed(self) -> int:
        """How many bytes every file begins with."""
        return len(self._beginning.head)

    def made(self, decided: Decided, identifier: bytes) -> bytes:
        changed: list[bytes] = []
        falls_back = False
        for index, slot in enumerate(self._slots):
            what = decided.get(index)
            if what is None:
                changed += slot.as_is
            elif isinstance(what, str):
                changed += slot.states[what]
            elif slot.text:
                changed += slot.text.made(what)
                falls_back = falls_back or what.falls_back
        if falls_back:
            changed += self._fallback.objects()
        return whole(self._beginning, changed, identifier)


def _changing(one: Prepared) -> list[int]:
    """The numbers of the objects that change with a field's value."""
    field = one.part.field
    places = one.drawings or [widget.number for widget in field.widgets]
    return list(dict.fromkeys([field.number, *places]))


def _slots(writer: PdfWriter, ready: Ready, numbers: Numbers, fallback: Fallback) -> list[_Slot]:
    return [_slot(writer, one, numbers, fallback) for one in ready.fields]


def _slot(writer: PdfWriter, one: Prepared, numbers: Numbers, fallback: Fallback) -> _Slot:
    field: Any = one.part.field
    own = (field.number, writer.get_object(field.number))
    if isinstance(one.part, ButtonPart):
        widgets = [(widget, writer.get_object(widget.number)) for widget in field.widgets]
        states = button_objects(numbers, own, widgets)
        return _Slot(states[current(one)], None, states)
    reference = numbers.written(one.font) if one.font is not None else fallback.reference
    name = numbers.written(pdf(one.font_name)) if one.font is not None else NAME
    fonts = Fonts(name, reference, fallback.reference)
    places = list(zip(one.drawings, one.part.looks, strict=True))
    text = TextObjects(numbers, own, places, fonts)
    as_is = [numbers.object(number, writer.get_object(number)) for number in _changing(one)]
    return _Slot(as_is, text, {})


class Increments:
    """The template as it is, and what is new after its end."""

    def __init__(
        self, writer: PdfWriter, ready: Ready, spare: Sequence[int], data: bytes, size: int
    ) -> None:
        numbers = Numbers({number: number for number in range(1, spare[-1] + 1)})
        self._file: Original | None = original(data, writer, numbers, size)
        self._fallback = Fallback(spare)
        self._slots = _slots(writer, ready, numbers, self._fallback)
        self._numbers = [_changing(one) for one in ready.fields]
        self._altered = {
            number: numbers.object(number, writer.get_object(number)) for number in ready.altered
        }

    @property
    def possible(self) -> bool:
        return self._file is not None

    @property
    def fixed(self) -> int:
        """How many bytes every file begins with: the template's own."""
        return len(self._file.data) if self._file else 0

    def made(self, decided: Decided, identifier: bytes) -> bytes:
        changed = dict(self._altered)
        for index, what in decided.items():
            slot = self._slots[index]
            text = slot.text.made(what) if slot.text and isinstance(what, Written) else []
            objects = slot.states[what] if isinstance(what, str) else text
            changed.update(zip(self._numbers[index], objects, strict=True))
            if isinstance(what, Written) and what.falls_back:
                changed.update(zip(self._fallback.numbers, self._fallback.objects(), strict=True))
        assert self._file is not None  # noqa: S101 - CompiledForm asks first
        return increment(self._file, changed, identifier)
