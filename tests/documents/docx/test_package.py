from __future__ import annotations

import io
import zipfile

import pytest

from formsvc.documents import docx
from formsvc.documents.docx.package import Packer
from formsvc.originals.word.parts import paragraph
from tests.documents.docx.corpus import Case

MEMBERS = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": b"x" * 5000,
    "word/media/b.png": bytes(range(256)),
    "word/ÆØÅ.xml": b"fast" * 50,
    "tom": b"",
}


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_a_package_holds_what_was_put_in_in_the_same_order() -> None:
    changed = {"word/document.xml": "ny å".encode() * 100}
    with opened(Packer(MEMBERS, changed, 6).pack(changed)) as package:
        assert package.testzip() is None
        assert package.namelist() == list(MEMBERS)
        assert {name: package.read(name) for name in MEMBERS} == {**MEMBERS, **changed}


def test_a_package_knows_no_clock() -> None:
    packed = [Packer(MEMBERS, (), 6).pack({}) for _ in range(2)]
    assert packed[0] == packed[1]
    with opened(packed[0]) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_deflating_makes_no_smaller_is_stored() -> None:
    with opened(Packer(MEMBERS, (), 9).pack({})) as package:
        methods = {info.filename: info.compress_type for info in package.infolist()}
    assert methods["word/media/b.png"] == zipfile.ZIP_STORED
    assert methods["word/document.xml"] == zipfile.ZIP_DEFLATED


@pytest.mark.parametrize("level", range(10))
def test_a_document_is_packed_as_hard_as_asked(level: int) -> None:
    source = Case(paragraph("{{ x }}"), lambda _template: {}).template()
    text = "ord " * 5000
    words = {"x": text, "paper": {"title": ""}}
    data = docx.load(source, level=level).render(words)
    assert docx.text(data).strip() == text.strip()
    assert len(data) <= len(docx.load(source, level=0).render(words))
