"""Fills the official PDF forms: a template and plain values in, a finished PDF out.

Each value is drawn with an embedded font, so that every reader shows the same letters, and stands
in the field too, so that the form can be changed and read. ``flatten`` makes it plain pages. Text
that has no room, or letters that the font lacks, is never cut: the field shows the beginning and a
reference, and the whole text is handed back for a continuation page, which ``append`` joins to the
form. Equal input gives equal bytes.

A value goes from ``CompiledForm.fill`` to its part in ``parts``, which lays it out (``layout``);
``Look.drawn`` in ``look`` makes the operators, ``editable`` and ``flat`` the objects, and ``write``
the file. Before that ``checking`` looks a template through, and after it ``proof`` knows what need
not be read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from formsvc import config
from formsvc.documents.pdf_form import checking, hazards, typeface
from formsvc.documents.pdf_form.drawn import completed, empty_font
from formsvc.documents.pdf_form.editable import Editable, Increments
from formsvc.documents.pdf_form.fallback import reserved
from formsvc.documents.pdf_form.fields import Field, found
from formsvc.documents.pdf_form.flat import Flattened
from formsvc.documents.pdf_form.look import FONT
from formsvc.documents.pdf_form.objects import (
    finished,
    is_locked,
    numbered_as_is,
    opened,
    put,
    reader,
    stream,
)
from formsvc.documents.pdf_form.parts import ButtonPart, Overflow, TextPart, Written, no_such_field
from formsvc.documents.pdf_form.prepare import prepared, remarks
from formsvc.documents.pdf_form.proof import Proof, proved, texts, unsure
from formsvc.documents.pdf_form.tags import Tags
from formsvc.documents.pdf_form.values import form_values, written_values
from formsvc.errors import BadTemplate, Fault, FormsvcError

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter

__all__ = [
    "FONT",
    "CompiledForm",
    "Filled",
    "Overflow",
    "append",
    "check",
    "completed",
    "empty_font",
    "fill",
    "form_values",
    "load",
    "prove",
    "warm",
    "written_values",
]

#: what the metadata say of PDF/A-2a, PDF/A-2b and PDF/UA-1
_ACCESSIBLE: Final = b"<pdfaid:conformance>A</pdfaid:conformance>"
_BASIC: Final = b"<pdfaid:conformance>B</pdfaid:conformance>"
_UNIVERSAL: Final = b"<pdfuaid:part>1</pdfuaid:part>"


class Filled(bytes):
    """A filled form: the bytes of its file, and what there was no room for in it."""

    overflow: list[Overflow]

    @property
    def data(self) -> bytes:
        """The file itself."""
        return bytes(self)

    @classmethod
    def of(cls, data: bytes, overflow: Iterable[Overflow]) -> Filled:
        filled = cls(data)
        filled.overflow = list(overflow)
        return filled


class CompiledForm:
    """A template, parsed and taken apart; safe to fill from several threads and after a fork."""

    def __init__(self, data: bytes) -> None:
        """Read a template.

        :raises BadTemplate: when it cannot be read, holds no form, or one that nobody can fill.
        """
        data = data[max(0, data.find(b"%PDF-")) :]
        locked = is_locked(data)
        as_is = None if locked else numbered_as_is(data)
        writer = as_is or opened(data)
        size = len(writer._objects) + 1  # noqa: SLF001 - how many there are before ours
        held = {hazard.kind for hazard in hazards.hazards(writer)}
        #: what filling leaves out or leaves alone, in plain sentences
        self.remarks: Sequence[str] = remarks(writer, held, locked=locked)
        self._signed = "signed" in held
        ready = prepared(writer, found(writer))
        spare = reserved(writer)
        self._named = [(i, one.part.field.name, one.part) for i, one in enumerate(ready.fields)]
        #: the fields by their full names
        self.fields: Mapping[str, Field] = {name: part.field for _, name, part in self._named}
        self._identifier = hashlib.sha256(data).hexdigest()
        self._given = {
            index: one.part.as_before(one.known.get("/V", ""))
            for index, one in enumerate(ready.fields)
            if one.redrawn and isinstance(one.part, TextPart)
        }
        self._increments = Increments(writer, ready, spare, data, size) if as_is else None
        self._editable = Editable(writer, ready, spare, data)
        self._flattened = Flattened(writer, ready, spare, data)
        self._proofs: dict[Editable | Flattened | Increments, Proof] = {}

    def fill(
        self,
        values: Mapping[str, str | bool],
        *,
        flatten: bool = False,
        incremental: bool = False,
    ) -> Filled:
        """The template with values: a text, True or False, what a button or an option is called.

        What has no room stands in ``overflow`` of what is returned, for pages that the caller
        appends, and the field refers to them in the language spoken.

        :param flatten: draw the values on plain pages, with no form any more
        :param incremental: leave the template's own bytes, and add to them
        :raises BadTemplate: naming a value that the template has no field for, or cannot show.
        """
        for name in values:
            if name not in self.fields:
                raise no_such_field(name, self.fields)
        way = self._way(flatten=flatten, incremental=incremental)
        overflow: dict[str, Overflow] = {}
        decided = self._decided(values, overflow)
        given = [values.get(name) for _, name, _ in self._named]
        said = (self._identifier, given, flatten, incremental, list(overflow))
        identifier = hashlib.sha256(repr(said).encode("utf-8", "surrogatepass")).digest()[:16]
        return Filled.of(way.made(decided, identifier), overflow.values())

    def unsure(
        self,
        values: Mapping[str, str | bool],
        filled: Filled,
        *,
        flatten: bool = False,
        incremental: bool = False,
    ) -> list[str]:
        """The names of the fields whose text must be looked for in the filled form, by ``text``.

        Of all others it is known that a reader finds their text: the field, and each letter of its
        font, has been read back once, and the value stands in the bytes of this file.

        :param filled: what ``fill`` has made of these values, in this way
        """
        if filled.overflow:
            return texts(self._named, values)
        way = self._way(flatten=flatten, incremental=incremental)
        proof = self._proofs.get(way)
        if proof is None:  # two threads may both make it: they are equal
            proof = proved(self, self._named, flatten=flatten, incremental=incremental)
            self._proofs[way] = proof
        changed = filled[way.fixed :]
        return unsure(self._named, values, proof, changed, flatten=flatten, ordered=not incremental)

    def _decided(
        self, values: Mapping[str, str | bool], overflow: dict[str, Overflow]
    ) -> dict[int, Written | str]:
        """What each field is to hold."""
        decided: dict[int, Written | str] = dict(self._given)
        for index, name, part in self._named:
            value = values.get(name)
            if value is None:
                continue
            if isinstance(part, ButtonPart):
                decided[index] = part.state(value)
            else:
                decided[index] = part.written(value, overflow)
        return decided

    def _way(self, *, flatten: bool, incremental: bool) -> Editable | Flattened | Increments:
        """What writes the file that is asked for."""
        if incremental:
            if flatten:
                raise ValueError("A form is flattened or added to, not both.")
            if self._increments is None or not self._increments.possible:
                raise BadTemplate(
                    "The PDF template is locked or damaged, so nothing can be added to it as it"
                    " is. Save it anew, or fill it without incremental=True."
                )
            return self._increments
        if self._signed:
            raise BadTemplate(
                "The PDF template is signed, and the signature would be broken. Take the unsigned"
                " file as the template, or add to this one with incremental=True."
            )
        return self._flattened if flatten else self._editable


@lru_cache(maxsize=16)
def load(data: bytes) -> CompiledForm:
    """A template made ready to be filled; the same bytes are read once while they are in use.

    :raises BadTemplate: when it cannot be read, holds no form, or one that nobody can fill.
    """
    try:
        return CompiledForm(data)
    except FormsvcError:
        raise
    except Exception as error:  # pypdf lets KeyError, AttributeError … out of broken files
        raise BadTemplate(
            "The form of the PDF template is broken. Open it in a program for PDF forms, and save"
            " it anew."
        ) from error


def prove(data: bytes) -> None:
    """Read a template, prove what can be proved of it, and load the letters that it may lack.

    :raises BadTemplate: when it cannot be read, holds no form, or one that nobody can fill.
    """
    form = load(data)
    for flatten in (False, True):
        form.unsure({}, form.fill({}, flatten=flatten), flatten=flatten)
    typeface.fallback()


def warm() -> None:
    """Load what every form needs: 25 MB, so only where forms are filled."""
    load((config.SHIPPED / "consent.nb.pdf").read_bytes())


def check(data: bytes, schema: Mapping[str, Any]) -> list[Fault]:
    """All that is wrong with a template, each with its mend; nothing when it may be used.

    :param schema: the JSON Schema of the paper's answers
    """
    return checking.faults(data, schema, load)


def fill(template: bytes, values: Mapping[str, str | bool], *, flatten: bool = False) -> Filled:
    """The template with values: text, True or False for a check box, a code for a radio group.

    What has no room is handed back for a page that the paper itself prints; references to that are
    in the language spoken.

    :raises BadTemplate: naming a value that the template has no field for, or cannot show.
    """
    return load(template).fill(values, flatten=flatten)


def append(filled: bytes, continuation: bytes) -> bytes:
    """The filled form followed by the pages of the continuation, tags and all.

    The file promises no more than both do: where the continuation holds a script whose letters
    cannot all be told from their glyphs, and is PDF/A-2b only, so is the whole.
    """
    writer, other = opened(filled), reader(continuation)
    if _BASIC in _metadata(other):
        basic = _metadata(writer).replace(_ACCESSIBLE, _BASIC).replace(_UNIVERSAL, b"")
        packet = stream(writer, {"/Type": "/Metadata", "/Subtype": "/XML"}, basic)
        put(writer.root_object, {"/Metadata": packet})
    tags = Tags(writer)
    tags.adopt(other, [writer.add_page(page) for page in other.pages])
    tags.write()
    return finished(writer, hashlib.sha256(filled + continuation).hexdigest())


def _metadata(file: PdfReader | PdfWriter) -> bytes:
    """The XMP packet, which says what standards the file follows; empty where there is none."""
    packet: Any = file.root_object.get("/Metadata")
    return bytes(packet.get_object().get_data()) if packet else b""
