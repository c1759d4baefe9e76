"""The font for letters that a form's own font lacks, put only into files that need it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from formsvc.documents.pdf_form import typeface
from formsvc.documents.pdf_form.objects import add, embed, scratch
from formsvc.documents.pdf_form.write import Numbers, reached

if TYPE_CHECKING:
    from pypdf import PdfWriter

#: what drawings call it
NAME: Final = b"/FormsvcMore"
_OBJECTS: Final = 5


def reserved(writer: PdfWriter) -> list[int]:
    """Numbers for its objects, in an opened template."""
    return [add(writer, {}).idnum for _ in range(_OBJECTS)]


class Fallback:
    """Its objects in the files of one template, made when one first needs them."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = numbers
        self.reference = b"%d 0 R" % numbers[0]
        self._made: list[bytes] = []

    def objects(self) -> list[bytes]:
        if not self._made:  # two threads may both make them: they are equal
            order = _embedded()
            mine = zip(order, self.numbers, strict=True)
            numbers = Numbers({reference.idnum: number for reference, number in mine})
            self._made = [numbers.object(one.idnum, one.get_object()) for one in order]
        return self._made


@cache
def _embedded() -> list[Any]:
    """References of its objects, the font itself first."""
    writer = scratch()
    font = embed(writer, typeface.fallback())
    objects: list[Any] = [writer.get_object(number) for number in reached([font])]
    return [one.indirect_reference for one in objects]
