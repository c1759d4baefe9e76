"""The formats that a paper comes in, and what each is called in a header."""

from __future__ import annotations

from typing import Final, Literal

#: docx and pdf are for everyone to read; ``fillable`` is the official PDF form, filled in and still
#: a form; ``flattened`` is the same with its fields closed, to be read and signed and not changed
Format = Literal["docx", "pdf", "fillable", "flattened"]

_PDF: Final = "application/pdf"
MEDIA_TYPES: Final[dict[Format, str]] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": _PDF,
    "fillable": _PDF,
    "flattened": _PDF,
}
