"""The door to pypdf: opens a PDF, makes PDF objects of plain Python, and writes the file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from formsvc.documents.pdf_form.typeface import FormFont
from formsvc.errors import BadTemplate

if TYPE_CHECKING:
    from pypdf import PdfReader, PdfWriter


def opened(data: bytes) -> PdfWriter:
    """A copy of a PDF that can be changed.

    :raises BadTemplate: when the file cannot be read.
    """
    from pypdf import PdfWriter  # 130 ms, and only PDF forms need it

    try:
        writer = PdfWriter(clone_from=io.BytesIO(data))
        writer.root_object["/Pages"]
    except Exception as error:  # pypdf lets KeyError, AttributeError … out of broken files
        raise BadTemplate(
            "The PDF cannot be read. Save it anew as a PDF, without a password."
        ) from error
    return writer


def is_locked(data: bytes) -> bool:
    """Whether a PDF is encrypted.

    :raises BadTemplate: when it cannot be read at all.
    """
    try:
        return reader(data).is_encrypted
    except Exception as error:  # pypdf lets KeyError, AttributeError … out of broken files
        raise BadTemplate(
            "The PDF cannot be read. Save it anew as a PDF, without a password."
        ) from error


def numbered_as_is(data: bytes) -> PdfWriter | None:
    """The same with every object under its own number; None for a file too broken for that."""
    from pypdf import PdfWriter  # 130 ms, and only PDF forms need it

    try:
        writer = PdfWriter(io.BytesIO(data), incremental=True)
        writer.root_object["/Pages"]
    except Exception:
        return None
    return writer


def reader(data: bytes) -> PdfReader:
    """A PDF to be read only."""
    from pypdf import PdfReader  # 130 ms, and only PDF forms need it

    return PdfReader(io.BytesIO(data))


@contextmanager
def limited(unpacked: int, fields: int) -> Iterator[None]:
    """Read only what stays within bounds; beyond them pypdf raises an error.

    :param unpacked: how many bytes a stream may become
    :param fields: how many fields a form may have
    """
    from pypdf import apply_configuration  # 130 ms, and only PDF forms need it

    slow = unpacked // 25  # these are unpacked in Python, byte by byte
    with apply_configuration(
        zlib_maximum_output_length=unpacked,
        stream_decoding_work_maximum_length=2 * unpacked,
        lzw_maximum_output_length=slow,
        run_length_maximum_output_length=slow,
        zlib_maximum_recovery_input_length=slow,
        flate_maximum_columns=100_000,
        form_fields_maximum_entries=fields,
        page_tree_maximum_entries=fields,
        stream_filters_maximum_length=2,
        jbig2dec_binary=None,
    ):
        yield


def pdf(plain: Any) -> Any:
    """Plain Python as a PDF object: a str is a name (``/Off``), bytes are text in ASCII."""
    from pypdf import generic  # 130 ms, and only PDF forms need it

    if isinstance(plain, generic.PdfObject):
        return plain
    if isinstance(plain, Mapping):
        made = generic.DictionaryObject()
        made.update({generic.NameObject(key): pdf(value) for key, value in plain.items()})
        return made
    if isinstance(plain, list):
        return generic.ArrayObject([pdf(item) for item in plain])
    if isinstance(plain, str):
        return generic.NameObject(plain)
    if isinstance(plain, bytes):
        return generic.TextStringObject(plain.decode("ascii"))
    if isinstance(plain, float):
        return generic.FloatObject(f"{plain:.3f}")
    return generic.NumberObject(plain)


def pdf_text(text: str) -> Any:
    """A text as a PDF string, whatever its letters."""
    from pypdf.generic import TextStringObject  # 130 ms, and only PDF forms need it

    return TextStringObject(text)


def put(target: Any, plain: Mapping[str, Any]) -> None:
    """Set entries of a PDF dictionary."""
    target.update(pdf(plain))


def add(writer: PdfWriter, plain: Any) -> Any:
    """Put an object into the file; its reference."""
    return writer._add_object(pdf(plain))  # noqa: SLF001 - pypdf has no other name for it


def reference(writer: PdfWriter, number: int) -> Any:
    """The reference of an object of the file."""
    found: Any = writer.get_object(number)
    return found.indirect_reference


def scratch() -> PdfWriter:
    """A file with nothing in it, to make objects in."""
    from pypdf import PdfWriter  # 130 ms, and only PDF forms need it

    return PdfWriter()


def stream(
    writer: PdfWriter, plain: Mapping[str, Any], data: bytes, *, packed: bool = False
) -> Any:
    """Put a stream into the file; its reference."""
    from pypdf.generic import StreamObject  # 130 ms, and only PDF forms need it

    made = StreamObject()
    put(made, plain)
    made.set_data(data)
    return add(writer, made.flate_encode() if packed else made)


def embed(writer: PdfWriter, font: FormFont) -> Any:
    """Put a font into the file, all its letters; its reference."""
    name = f"/{font.name}"
    descriptor = {
        "/Type": "/FontDescriptor",
        "/FontName": name,
        "/Flags": 4,
        "/FontBBox": list(font.box),
        "/ItalicAngle": 0,
        "/Ascent": font.ascent,
        "/Descent": font.descent,
        "/CapHeight": font.cap_height,
        "/StemV": 80,
        "/FontFile2": stream(writer, {"/Length1": len(font.program)}, font.program, packed=True),
    }
    glyphs = {
        "/Type": "/Font",
        "/Subtype": "/CIDFontType2",
        "/BaseFont": name,
        "/CIDSystemInfo": {"/Registry": b"Adobe", "/Ordering": b"Identity", "/Supplement": 0},
        "/FontDescriptor": add(writer, descriptor),
        "/W": [0, list(font.widths)],
        "/CIDToGIDMap": "/Identity",
    }
    whole = {
        "/Type": "/Font",
        "/Subtype": "/Type0",
        "/BaseFont": name,
        "/Encoding": "/Identity-H",
        "/DescendantFonts": [add(writer, glyphs)],
        "/ToUnicode": stream(writer, {}, font.to_unicode(), packed=True),
    }
    return add(writer, whole)


class Metrics(NamedTuple):
    """The measures of a font that every reader has, in thousandths of the size."""

    widths: Mapping[str, int]
    ascent: int
    cap_height: int


def core_metrics(name: str) -> Metrics:
    """The measures of one of the fourteen standard fonts; none of another one."""
    # 130 ms, and only PDF forms need it
    from pypdf._codecs.core_font_metrics import CORE_FONT_METRICS

    known = CORE_FONT_METRICS.get(name)
    if known is None or known.font_descriptor.name in ("Symbol", "ZapfDingbats"):
        return Metrics({}, 0, 0)
    widths = {key: round(width) for key, width in known.character_widths.items() if len(key) == 1}
    widths.setdefault("\N{NO-BREAK SPACE}", widths[" "])
    look = known.font_descriptor
    return Metrics(widths, round(look.ascent), round(look.cap_height))


def finished(writer: PdfWriter, made_of: str) -> bytes:
    """The file, without what nothing refers to any more.

    :param made_of: what the file was made of; its identifier follows from that and the first one,
        since a random one would make equal input give unequal bytes
    """
    from pypdf.generic import ByteStringObject  # 130 ms, and only PDF forms need it

    writer.compress_identical_objects(remove_duplicates=False)
    before = writer._ID  # noqa: SLF001 - pypdf's own way to set it draws lots
    first = before[0].original_bytes if before else b""
    second = hashlib.sha256(first + made_of.encode("utf-8", "surrogatepass")).digest()[:16]
    writer._ID = pdf(  # noqa: SLF001 - the same
        [ByteStringObject(first or second), ByteStringObject(second)]
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
