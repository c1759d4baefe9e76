"""Keeps the structure tree of a PDF true when its form becomes plain pages or grows pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from formsvc.documents.pdf_form.objects import add, pdf, pdf_text, put

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

    from formsvc.documents.pdf_form.fields import Field, Widget

#: the operator that ends what ``printed`` begins
END: Final = b" EMC"
_ROLES: Final = {"text": "/tv", "choice": "/tv", "check": "/cb", "radio": "/rb"}


class Tags:
    """The tree's list of what is where: a page's or annotation's number to its elements.

    Of a file without tags nothing is kept.
    """

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self._root: Any = writer.root_object.get("/StructTreeRoot", {})
        #: elements that hold drawings already: one may stand for several buttons
        self._printed: set[int] = set()
        self._places = dict(_number_tree(self._root["/ParentTree"])) if self._root else {}

    def element(self, annotation: Any) -> Any:
        """The reference of the element of an annotation; None where it has none."""
        return self._places.get(annotation.get("/StructParent"))

    def keep(self, annotation: Any) -> None:
        """Let the document hold the element of an annotation: in a page's margin it is left out."""
        element, document = self.element(annotation), _document(self._root)
        while (above := element.get_object().raw_get("/P")) != document.indirect_reference:
            element = above
        if element not in _kids(document):
            put(document, {"/K": [*_kids(document), element]})

    def printed(self, field: Field, widget: Widget, page: Any, annotation: Any) -> bytes:
        """Let the element of an annotation hold a drawing on the page instead.

        It stays a Form element, and says what kind of field was printed (ISO 32000-1, 14.8.5.6).

        :returns: the operator that begins the drawing, to be followed by it and ``END``; none for
            an annotation without an element
        """
        key, page_key = annotation.get("/StructParent"), page.get("/StructParents")
        if key not in self._places or page_key not in self._places:
            return b""
        reference = self._places.pop(key)
        on_page = list(self._places[page_key].get_object())
        self._places[page_key] = pdf([*on_page, reference])
        mark = len(on_page)
        drawing: Any = {"/Type": "/MCR", "/Pg": page.indirect_reference, "/MCID": mark}
        element = reference.get_object()
        held = [*_kids(element), drawing] if reference.idnum in self._printed else drawing
        put(element, {"/K": held, "/A": _attributes(field, widget, annotation)})
        self._printed.add(reference.idnum)
        return b"/Form <</MCID %d>> BDC " % mark

    def adopt(self, other: PdfReader, pages: Sequence[Any]) -> None:
        """Take over the elements of a file whose pages are now pages of this one too."""
        root: Any = other.root_object.get("/StructTreeRoot", {})
        if not self._root or not root:
            return
        shift = max(self._places, default=-1) + 1
        for key, place in _number_tree(root["/ParentTree"]):
            self._places[shift + key] = place.clone(self._writer)
        for page in pages:
            _shift(page, "/StructParents", shift)
            for annotation in page.get("/Annots", ()):
                _shift(annotation.get_object(), "/StructParent", shift)
        document = _document(self._root)
        for kid in _kids(_document(root)):
            element = kid.clone(self._writer)
            put(element.get_object(), {"/P": document.indirect_reference})
            put(document, {"/K": [*_kids(document), element]})

    def write(self) -> None:
        """Put the list back, in one level."""
        if self._root:
            numbers = [item for key in sorted(self._places) for item in (key, self._places[key])]
            following = max(self._places, default=-1) + 1
            tree = add(self._writer, {"/Nums": numbers})
            put(self._root, {"/ParentTree": tree, "/ParentTreeNextKey": following})


def _attributes(field: Field, widget: Widget, annotation: Any) -> Mapping[str, Any]:
    """What is said of a printed field (ISO 32000-1, table 348)."""
    said = {"/O": "/PrintField", "/Role": _ROLES[field.kind], "/Desc": pdf_text(widget.label)}
    if field.kind in ("text", "choice"):
        return said
    return said | {"/checked": "/off" if annotation.get("/AS", "/Off") == "/Off" else "/on"}


def _document(root: Any) -> Any:
    """The element that holds all others."""
    return _kids(root)[0].get_object()


def _kids(element: Any) -> list[Any]:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, list) else [element.raw_get("/K")]


def _shift(numbered: Any, key: str, by: int) -> None:
    if key in numbered:
        put(numbered, {key: numbered[key] + by})


def _number_tree(node: Any) -> Iterator[tuple[int, Any]]:
    """The entries of a number tree, whatever its levels (ISO 32000-1, 7.9.7)."""
    numbers = node.get_object().get("/Nums", ())
    for index in range(0, len(numbers), 2):
        yield int(numbers[index]), numbers[index + 1]
    for kid in node.get_object().get("/Kids", ()):
        yield from _number_tree(kid)
