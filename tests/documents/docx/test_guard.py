from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from formsvc.documents import docx
from formsvc.documents.docx.package import unpack
from formsvc.errors import BadTemplate
from formsvc.originals.word.parts import paragraph, run
from tests.documents.docx.corpus import Case

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DOCUMENT = "word/document.xml"
_RELATIONS = "word/_rels/document.xml.rels"

Members = dict[str, bytes]


def source(body: str = "") -> bytes:
    return Case(body or paragraph("x"), lambda _template: {}).template()


def packed(members: Members) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return file.getvalue()


def changed(change: Callable[[Members], object]) -> bytes:
    members = unpack(source())
    change(members)
    return packed(members)


def refused(data: bytes, *, trusted: bool = False) -> str:
    with pytest.raises(BadTemplate) as raised:
        docx.load(data, trusted=trusted)
    assert docx.check(data, {"properties": {"paper": {"properties": {"title": {}}}}})
    return str(raised.value)


# -- what hurts when it is read: refused whoever trusts the template ----------------------------


def _bomb(members: Members) -> None:
    members["word/media/image1.png"] = bytes(300 * 1024 * 1024)


def _huge_body(members: Members) -> None:
    members[_DOCUMENT] = b"<w:document>" + b" " * 50 * 1024 * 1024 + b"</w:document>"


def _many(members: Members) -> None:
    members.update({f"word/x{n}.bin": b"" for n in range(3000)})


@pytest.mark.parametrize("change", [_bomb, _huge_body, _many])
def test_what_would_fill_the_memory_is_refused_before_it_is_unpacked(
    change: Callable[[Members], None],
) -> None:
    assert "altfor stor" in refused(changed(change), trusted=True)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&b;'
    "</w:document>"
)
OUTSIDE = LAUGHS.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/passwd"')


@pytest.mark.parametrize(
    "xml", [LAUGHS, OUTSIDE, '<!DOCTYPE x SYSTEM "http://x.invalid/x.dtd"><x/>']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("part", [_DOCUMENT, "word/header1.xml", _RELATIONS, "word/any.bin"])
def test_a_declaration_is_refused_in_every_part_and_encoding(
    xml: str, encoding: str, part: str
) -> None:
    content = xml.encode(encoding)
    if encoding == "utf-16-be":
        content = b"\xfe\xff" + content
    said = refused(changed(lambda members: members.update({part: content})), trusted=True)
    assert "DTD" in said


@pytest.mark.parametrize("encoding", ["cp037", "utf-7", "utf-32", "latin-1"])
def test_xml_in_an_encoding_that_word_does_not_write_is_refused(encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{LAUGHS}'.encode(encoding)
    refused(changed(lambda members: members.update({_DOCUMENT: xml})), trusted=True)


def test_xml_in_an_encoding_that_readers_guess_is_refused_under_any_name() -> None:
    for content in (
        LAUGHS.encode("utf-16-be"),
        LAUGHS.encode("utf-32-be"),
        LAUGHS.encode("utf-16-le"),
        f'<?xml version="1.0" encoding="cp037"?>{LAUGHS}'.encode("cp037"),
        b'<?xml version="1.0"' + b" " * 250 + b'encoding="UTF-7"?>+ADwAIQ-DOCTYPE x []><x/>',
    ):
        data = changed(lambda members, c=content: members.update({"word/x.foo": c}))  # type: ignore[misc]
        assert "kan ikke leses" in refused(data, trusted=True)


def test_a_part_that_is_larger_than_it_says_is_never_unpacked() -> None:
    data = bytearray(changed(lambda members: members.update({"word/media/a.png": bytes(10**7)})))
    name = b"word/media/a.png"
    for mark, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        start = data.rfind(mark, 0, data.find(name) if at == 22 else data.rfind(name))
        data[start + at : start + at + 4] = (10).to_bytes(4, "little")
    refused(bytes(data), trusted=True)


def test_elements_without_end_in_each_other_are_refused_in_words() -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    refused(changed(lambda members: members.update({_DOCUMENT: deep})), trusted=True)


def _twice() -> bytes:
    file = io.BytesIO(source())
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as package:
        package.writestr(_DOCUMENT, b"<x/>")
    return file.getvalue()


def test_two_parts_of_one_name_are_refused() -> None:
    assert "samme navn" in refused(_twice(), trusted=True)
    other = changed(lambda members: members.update({"WORD/Document.xml": b"<x/>"}))
    assert "samme navn" in refused(other, trusted=True)


@pytest.mark.parametrize("name", ["../x.xml", "/etc/x", "word/..\\x", "word/../../x"])
def test_a_name_that_leads_out_of_the_file_is_refused(name: str) -> None:
    assert "ut av fila" in refused(changed(lambda members: members.update({name: b"x"})))


def test_locked_and_oddly_packed_parts_are_refused() -> None:
    data = bytearray(source())
    data[data.find(b"PK\1\2") + 8] |= 1
    refused(bytes(data), trusted=True)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as package:
        for name, content in unpack(source()).items():
            package.writestr(name, content)
    refused(file.getvalue(), trusted=True)


@pytest.mark.parametrize("part", range(20))
def test_a_file_cut_anywhere_is_refused_in_words(part: int) -> None:
    data = source()
    refused(data[: len(data) * part // 20])


def test_a_part_with_another_checksum_is_refused() -> None:
    data = bytearray(source())
    at = data.find(b"PK\1\2")
    data[at + 16] ^= 0xFF
    refused(bytes(data))


# -- what acts by itself: only in templates that are trusted ------------------------------------


def _relation(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    def change(members: Members) -> None:
        added = f'<Relationship Id="rId77" Type="{_RELATION}/{kind}" Target="{target}"{mode}/>'
        members[_RELATIONS] = members[_RELATIONS].replace(
            b"</Relationships>", added.encode() + b"</Relationships>"
        )

    return changed(change)


@pytest.mark.parametrize(
    ("kind", "target", "message"),
    [
        ("attachedTemplate", "https://x.invalid/mal.dotm", "annen Word-mal"),
        ("image", "https://x.invalid/bilde.png", "henter noe utenfra"),
        ("oleObject", "file://server/x.xlsx", "innebygd"),
        ("frame", "http://x.invalid/&gt;", "henter noe utenfra"),
        ("subDocument", "x.docx", "henter noe utenfra"),
        ("vbaProject", "m.bin", "innebygd"),
        ("webextensiontaskpanes", "x.xml", "innebygd"),
        ("hyperlink", "file:///C:/x.exe", "Lenka"),
        ("hyperlink", "javascript:alert(1)", "Lenka"),
        ("hyperlink", "\\\\server\\x", "Lenka"),
    ],
)
def test_a_reference_that_leads_outside_is_refused(kind: str, target: str, message: str) -> None:
    data = _relation(kind, target)
    assert message in refused(data)
    docx.load(data, trusted=True)


def test_a_mode_of_a_reference_is_read_as_word_reads_it() -> None:
    data = _relation("image", "https://x.invalid/x.png", mode=' TargetMode=" external "')
    assert "henter noe utenfra" in refused(data)


def test_a_type_with_macros_is_found_however_it_is_written() -> None:
    def change(members: Members) -> None:
        members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
            b"</Types>",
            b'<Default Extension="x" ContentType="application/vnd.ms-office.VB&#97;Project"/>'
            b"</Types>",
        )

    assert "makroer" in refused(changed(change))


def test_a_part_of_another_format_is_refused() -> None:
    assert "innebygd" in refused(_relation("aFChunk", "chunk.html", mode=""))


@pytest.mark.parametrize("target", ["https://www.eksempel.no/", "mailto:post@eksempel.no"])
def test_a_link_to_a_page_or_an_address_is_allowed(target: str) -> None:
    docx.load(_relation("hyperlink", target))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("word/vbaProject.bin", "makroer"),
        ("customUI/customUI.xml", "makroer"),
        ("word/embeddings/oleObject1.bin", "innebygd"),
        ("word/activeX/activeX1.xml", "innebygd"),
    ],
)
def test_programs_and_guests_are_refused(name: str, message: str) -> None:
    assert message in refused(changed(lambda members: members.update({name: b"<x/>"})))


def test_a_document_with_macros_is_refused_by_its_type() -> None:
    def change(members: Members) -> None:
        members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(
            b"vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"vnd.ms-word.document.macroEnabled.document.main+xml",
        )

    refused(changed(change))


def _field(*pieces: str) -> str:
    codes = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{change}"/></w:r>'
        for change in ("begin", "separate", "end")
    )
    return f"<w:p>{begin}{codes}{separate}{run('svar')}{end}</w:p>"


@pytest.mark.parametrize(
    "body",
    [
        _field(" DDEAUTO c:\\\\windows\\\\cmd.exe &quot;/k calc&quot; "),
        _field(" DD", "EAU", "TO x"),
        _field("INCLUDETEXT &quot;file:///etc/passwd&quot;"),
        _field("INCLUDEPICTURE &quot;http://x.invalid/x.png&quot; \\d"),
        _field("includepicture x"),
        _field("LINK Excel.Sheet.8 x"),
        _field("HYPERLINK &quot;file:///c:/x.exe&quot;"),
        _field("PAGE {{ x }}"),
        '<w:p><w:fldSimple w:instr=" DDE x y ">' + run("x") + "</w:fldSimple></w:p>",
        "<w:p><w:r><w:instrText>IMPORT x</w:instrText></w:r></w:p>",
        _field("QUOTE ")
        .replace("QUOTE ", "QUOTE </w:instrText></w:r>" + _field("DDE x")[5:-6])
        .replace("</w:p></w:instrText></w:r>", "</w:p>"),
        # a code of the template that would leave out a part of the field's own code
        _field("AUTHOR ", "DDEAUTO x").replace(
            "<w:r><w:instrText>AUTHOR", f"{run('{% if 0 %}')}<w:r><w:instrText>AUTHOR", 1
        ),
        _field("AUTHOR ", "DDEAUTO x").replace(
            "AUTHOR ", "</w:instrText><w:t>{# x #}</w:t><w:instrText>AUTHOR "
        ),
        _field("PAGE").replace("<w:instrText>PAGE</w:instrText>", "<w:t>DDEAUTO x</w:t>"),
        _field("DATE").replace("svar", "{{ paper.title }}"),
        '<w:p><w:fldSimple w:instr="DATE">' + run("{{ paper.title }}") + "</w:fldSimple></w:p>",
        _field('HYPERLINK \\l "a" "file://x/y.exe"'),
        _field('HYPERLINK \\o "https://ok.no" "file://x/y.exe"'),
        _field("HYPERLINK ").replace(
            "HYPERLINK ",
            "HYPERLINK </w:instrText></w:r>" + _field("DOCPROPERTY x")[5:-6] + "<w:r><w:instrText>",
        ),
        "<w:sdt><w:sdtPr><w:dataBinding/></w:sdtPr><w:sdtContent>"
        + paragraph("{{ paper.title }}")
        + "</w:sdtContent></w:sdt>",
        '<w:p><w:r><w:pict><x:shape xmlns:x="x" href="file://x/y.exe"/></w:pict></w:r></w:p>',
        '<w:p><w:r><w:pict><x:imagedata xmlns:x="x" src="\\\\x\\y.png"/></w:pict></w:r></w:p>',
        '<w:p><x:webVideoPr xmlns:x="urn:x"/></w:p>',
        '<w:altChunk xmlns:r="x" r:id="rId1"/>',
        "<w:p><w:r><w:object/></w:r></w:p>",
    ],
)
def test_fields_and_elements_that_fetch_or_run_are_refused(body: str) -> None:
    refused(source(paragraph("x") + body))


@pytest.mark.parametrize(
    "body",
    [
        _field(" PAGE "),
        _field("NUMPAGES \\* Arabic"),
        _field("HYPERLINK &quot;https://www.eksempel.no/&quot;"),
        _field("HYPERLINK \\l &quot;Bokmerke&quot;"),
        _field("= 1 + 2"),
        _field('HYPERLINK \\o "Tips" "https://www.eksempel.no/"'),
        _field("TOC \\o &quot;1-3&quot;"),
    ],
)
def test_fields_that_tell_of_the_document_are_allowed(body: str) -> None:
    docx.load(source(body))
