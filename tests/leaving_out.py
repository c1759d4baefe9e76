"""Templates that leave an answer out, as a slip of the hand would."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from jinja2 import Environment, Template
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, NumberObject


def of_print_html(
    monkeypatch: pytest.MonkeyPatch, name: str, words: str, instead: str = ""
) -> None:
    """Let the print template of that name be without these words of its source."""
    whole = Environment.get_template
    faulty: dict[Environment, Template] = {}

    def get_template(self: Environment, asked: Any, *more: Any, **named: Any) -> Any:
        if asked != name or self.loader is None:
            return whole(self, asked, *more, **named)
        if self not in faulty:
            source = self.loader.get_source(self, name)[0]
            assert words in source
            faulty[self] = self.from_string(source.replace(words, instead))
        return faulty[self]

    monkeypatch.setattr(Environment, "get_template", get_template)


def of_word(template: bytes, words: str, instead: str = "") -> bytes:
    """The Word template without these words of its body."""
    changed, name = io.BytesIO(), "word/document.xml"
    with zipfile.ZipFile(io.BytesIO(template)) as whole, zipfile.ZipFile(changed, "w") as package:
        for part in whole.namelist():
            content = whole.read(part)
            assert part != name or words.encode() in content
            package.writestr(
                part, content.replace(words.encode(), instead.encode()) if part == name else content
            )
    return changed.getvalue()


def hidden(form: bytes, name: str) -> bytes:
    """The PDF form with a field that is filled in and shown to nobody."""
    return _changed(form, name, lambda _page, field: field.update({NameObject("/F"): _HIDDEN}))


def off_its_page(form: bytes, name: str) -> bytes:
    """The PDF form with a field that stands on no page."""

    def taken_off(page: Any, field: Any) -> None:
        page["/Annots"].remove(field.indirect_reference)

    return _changed(form, name, taken_off)


def without_field(form: bytes, name: str) -> bytes:
    """The PDF form without that field."""

    def removed(page: Any, field: Any) -> None:
        page["/Annots"].remove(field.indirect_reference)
        root: Any = page.indirect_reference.pdf.root_object
        siblings = field["/Parent"]["/Kids"] if "/Parent" in field else root["/AcroForm"]["/Fields"]
        siblings.remove(field.indirect_reference)

    return _changed(form, name, removed)


_HIDDEN = NumberObject(2)


def _changed(form: bytes, name: str, change: Any) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(form)))
    fields = [
        (page, annotation.get_object())
        for page in writer.pages
        for annotation in page.get("/Annots", [])
    ]
    (found,) = [(page, field) for page, field in fields if _name(field) == name]
    change(*found)
    changed = io.BytesIO()
    writer.write(changed)
    return changed.getvalue()


def _name(field: Any) -> str:
    own = str(field.get("/T", ""))
    return f"{_name(field['/Parent'])}.{own}".strip(".") if "/Parent" in field else own
