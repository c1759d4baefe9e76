"""Templates from outside that hide something active or foreign, each made of a shipped one."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from formsvc import config
from formsvc.documents import docx
from formsvc.documents.docx import active
from formsvc.documents.docx.package import CONTENT_TYPES, unpack
from formsvc.errors import BadTemplate
from formsvc.kinds import find
from formsvc.services import templates
from tests.documents.docx.corpus import PNG
from tests.documents.docx.test_guard import Members, packed

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DOCUMENT = "word/document.xml"
_RELATIONS = "word/_rels/document.xml.rels"
_SETTINGS = "word/_rels/settings.xml.rels"
_BLANKS = b" " * 100
_DDE = r'DDEAUTO c:\windows\system32\cmd.exe "/k calc.exe"'

Change = Callable[[Members], object]


def shipped(kind: str = "consent") -> Members:
    return unpack((config.SHIPPED / f"{kind}.nb.docx").read_bytes())


def refused(change: Change) -> str:
    """What is said of a changed template, which neither the check nor the filling accepts."""
    members = shipped()
    change(members)
    data = packed(members)
    told = [fault.message for fault in templates.check(find("consent"), data) if fault.refuses]
    assert told
    with pytest.raises(BadTemplate):
        docx.load(data)
    return "\n".join(told)


def insert(members: Members, part: str, before: str, words: str) -> None:
    """Put words in front of the last place where others stand."""
    head, mark, tail = members[part].decode().rpartition(before)
    assert mark
    members[part] = f"{head}{words}{mark}{tail}".encode()


def typed(members: Members, entry: str) -> None:
    insert(members, CONTENT_TYPES, "</Types>", entry)


def related(members: Members, attributes: str, part: str = _RELATIONS) -> None:
    members.setdefault(
        part,
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b"</Relationships>",
    )
    insert(members, part, "</Relationships>", f"<Relationship {attributes}/>")


def in_body(members: Members, words: str, part: str = _DOCUMENT) -> None:
    insert(members, part, "<w:sectPr", words)


def field(code: str) -> str:
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{way}"/></w:r>' for way in ("begin", "end"))
    code = code.replace('"', "&quot;")
    return f"<w:p>{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{end}</w:p>"


def moved(members: Members, part: str, new: str, content: bytes) -> None:
    """Put a part in the place of another, under a name that says nothing of XML."""
    del members[part]
    members[new] = content
    for name in (CONTENT_TYPES, _RELATIONS, "_rels/.rels"):
        old, given = part.removeprefix("word/"), new.removeprefix("word/")
        members[name] = members[name].replace(old.encode(), given.encode())
    relations = f"word/_rels/{part.removeprefix('word/')}.rels"
    if relations in members:
        members[f"word/_rels/{new.removeprefix('word/')}.rels"] = members.pop(relations)


# -- the eleven ---------------------------------------------------------------------------------


def _hidden(part: str, new: str) -> Change:
    def change(members: Members) -> None:
        dde = f'<w:p><w:fldSimple w:instr="{_DDE.replace(chr(34), "&quot;")}"/></w:p>'
        end = "<w:sectPr" if part == _DOCUMENT else "</w:hdr>"
        insert(members, part, end, dde)
        declaration, _end, xml = members[part].partition(b"?>")
        assert declaration.startswith(b"<?xml")
        moved(members, part, new, _BLANKS + xml)

    return change


def _attached_template(mode: str, kind: str) -> Change:
    def change(members: Members) -> None:
        related(
            members,
            f'xmlns:y="urn:y" Id="rId1" Type="{_R}/attachedTemplate"'
            f' Target="https://x.invalid/mal.dotm" TargetMode="External" {mode} {kind}',
            _SETTINGS,
        )
        insert(members, "word/settings.xml", "</w:settings>", '<w:attachedTemplate r:id="rId1"/>')

    return change


def _picture(relation: str, reference: str) -> Change:
    def change(members: Members) -> None:
        related(
            members,
            f'Id="rId77" Target="https://x.invalid/img.png" TargetMode="External" {relation}',
        )
        in_body(
            members,
            f'<w:p><w:r><w:drawing><a:blip xmlns:a="{_DRAWING}" {reference}="rId77"/></w:drawing>'
            "</w:r></w:p>",
        )

    return change


_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_AS_LINK = f'Type="{_R}/hyperlink"'


def _chunk(members: Members) -> None:
    members["word/chunk.html"] = b"<html><script>x</script></html>"
    typed(members, '<Default Extension="html" ContentType="text/html"/>')
    related(
        members,
        f'xmlns:y="urn:y" Id="rId77" Type="{_R}/aFChunk" y:Type="x/hyperlink" Target="chunk.html"',
    )
    in_body(members, '<w:altChunk r:id="rId77"/>')


def _overridden_field(members: Members) -> None:
    code = _DDE.replace('"', "&quot;")
    in_body(
        members,
        f'<w:p><w:fldSimple xmlns:z="urn:z" w:instr="{code}" z:instr="PAGE"/></w:p>',
    )


def _added(name: str, content: bytes, entry: str = "") -> Change:
    def change(members: Members) -> None:
        members[name] = content
        typed(members, entry)

    return change


_EXE = b"MZ\x90\0" + bytes(60)
_FOREIGN_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">'
    b'<image x:href="file:///c:/x.png"/></svg>'
)
_AS_PICTURE = '<Override PartName="/word/media/{}" ContentType="image/png"/>'

ELEVEN: dict[str, Change] = {
    "hidden main part": _hidden(_DOCUMENT, "word/document.bin"),
    "hidden header": _hidden("word/header2.xml", "word/header2.bin"),
    "hidden header, as a picture": _hidden("word/header1.xml", "word/header1.png"),
    "template attached, mode overridden": _attached_template('y:TargetMode="Internal"', ""),
    "template attached, type overridden": _attached_template("", 'y:Type="x/hyperlink"'),
    "picture behind a link": _picture(_AS_LINK, "r:link"),
    "picture, mode overridden": _picture(
        f'Type="{_R}/image" xmlns:y="urn:y" y:TargetMode="Internal"', "r:link"
    ),
    "field overridden": _overridden_field,
    "part of another format": _chunk,
    "program": _added(
        "word/media/evil.exe", _EXE, '<Default Extension="exe" ContentType="application/x-exe"/>'
    ),
    "program as a picture": _added("word/media/evil.png", _EXE),
    "page with scripts": _added(
        "word/media/x.hta", b"<hta/>", '<Default Extension="hta" ContentType="text/html"/>'
    ),
    "archive of a page": _added(
        "word/x.mht", b"MIME", '<Default Extension="mht" ContentType="message/rfc822"/>'
    ),
    "sheet as a picture": _added("word/media/x.png", b"PK\3\4" + bytes(40)),
    "macros under another name": _added(
        "word/x.dat",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40),
        '<Default Extension="dat" ContentType="application/octet-stream"/>',
    ),
    "a part without a type": _added("word/x.foo", b"x"),
    "SVG named PNG that fetches": _added("word/media/a.png", _BLANKS + _FOREIGN_SVG),
    "SVG named PNG with a DTD": _added(
        "word/media/a.png", _BLANKS + b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///x">]>' + PNG
    ),
    "SVG typed PNG that fetches": _added(
        "word/media/a.bin", _BLANKS + _FOREIGN_SVG, _AS_PICTURE.format("a.bin")
    ),
}


@pytest.mark.parametrize("change", ELEVEN.values(), ids=ELEVEN.keys())
def test_what_was_once_let_through_is_refused(change: Change) -> None:
    assert refused(change)


# -- its relatives ------------------------------------------------------------------------------


def _base(members: Members) -> None:
    members["docProps/app.xml"] = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'extended-properties"><HyperlinkBase>file://x/</HyperlinkBase></Properties>'
    )
    typed(
        members,
        '<Override PartName="/docProps/app.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.extended-properties+xml"/>',
    )
    related(members, f'Id="rId9" Type="{_R}/extended-properties" Target="docProps/app.xml"', _TOP)


_TOP = "_rels/.rels"


def _as_header(members: Members) -> None:
    members[CONTENT_TYPES] = members[CONTENT_TYPES].replace(b"document.main+xml", b"header+xml")


def _two_main_parts(members: Members) -> None:
    members["word/other.xml"] = members[_DOCUMENT]
    typed(
        members,
        f'<Override PartName="/word/other.xml" ContentType="{_TYPE}.document.main+xml"/>',
    )
    related(members, f'Id="rId9" Type="{_R}/officeDocument" Target="word/other.xml"', _TOP)


def _svg(inner: str) -> Change:
    def change(members: Members) -> None:
        members["word/media/a.svg"] = (
            f'<svg xmlns="http://www.w3.org/2000/svg">{inner}</svg>'.encode()
        )
        typed(members, '<Default Extension="svg" ContentType="image/svg+xml"/>')

    return change


def _in_body(words: str) -> Change:
    return lambda members: in_body(members, words)


def _linked_by(element: str) -> Change:
    def change(members: Members) -> None:
        related(
            members,
            f'Id="rId77" {_AS_LINK} Target="https://x.invalid/x.png" TargetMode="External"',
        )
        in_body(members, f"<w:p><w:r>{element}</w:r></w:p>")

    return change


_BEGIN = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
_MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'

RELATIVES: dict[str, Change] = {
    "grounds of links": _base,
    "main part typed as header": _as_header,
    "two main parts": _two_main_parts,
    "type by a foreign attribute": lambda m: typed(
        m, '<Default xmlns:y="urn:y" Extension="x" ContentType="image/png" y:ContentType="x"/>'
    ),
    "type said twice": lambda m: typed(m, '<Default Extension="PNG" ContentType="text/html"/>'),
    "type of a part in other letters": lambda m: typed(
        m, '<Override PartName="/word/Document.XML" ContentType="text/html"/>'
    ),
    "foreign element of relations": lambda m: insert(
        m, _RELATIONS, "</Relationships>", '<y:Relationship xmlns:y="urn:y" Id="rId77"/>'
    ),
    "relation said twice": lambda m: related(
        m, f'Id="rId5" Type="{_R}/header" Target="header2.xml"'
    ),
    "relation of an unknown type": lambda m: related(
        m, 'Id="rId77" Type="urn:x/image" Target="media/arms.png"'
    ),
    "relation to another type of part": lambda m: related(
        m, f'Id="rId77" Type="{_R}/image" Target="styles.xml"'
    ),
    "relation to nothing": lambda m: related(m, f'Id="rId77" Type="{_R}/image" Target="x.png"'),
    "relation that leads out of the file": lambda m: related(
        m, f'Id="rId77" Type="{_R}/image" Target="file:///c:/x.png"'
    ),
    "link within the file": lambda m: related(m, f'Id="rId77" {_AS_LINK} Target="x.exe"'),
    "relations of nobody": lambda m: related(m, f'Id="a" {_AS_LINK} Target="#"', "word/x.rels"),
    "part with a name in code": _added("word/media/a%2e.png", PNG),
    "SVG with a script": _svg("<script>x</script>"),
    "SVG with an event": _svg('<rect onload="x"/>'),
    "SVG with a page": _svg("<foreignObject/>"),
    "SVG with a fetching style": _svg("<style>@import 'https://x.invalid/x.css';</style>"),
    "SVG with a fetching attribute": _svg('<rect style="fill:url(https://x.invalid/a)"/>'),
    "SVG with a fetched picture": _svg('<image href="https://x.invalid/a.png"/>'),
    "SVG with an address that changes": _svg(
        '<use href="#a"><set attributeName="href" to="https://x.invalid/a.svg"/></use>'
    ),
    "SVG with a style that hides": _svg("<style>.a{fill:u\\72l(https://x.invalid/a)}</style>"),
    "SVG with a page in an address": _svg('<image href="data:text/html,x"/>'),
    "folder with something in it": _added("word/x/", _EXE),
    "field that runs a macro": _in_body(
        "<w:p><w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:entryMacro w:val='x'/></w:ffData>"
        f"</w:fldChar></w:r>{_END}</w:p>"
    ),
    "style sheet": lambda m: m.update(
        {_DOCUMENT: b'<?xml-stylesheet href="https://x.invalid/x.xsl"?>' + _bare(m[_DOCUMENT])}
    ),
    "field of a foreign name space": _in_body(
        field(_DDE).replace("</w:r><w:r><w:instr", "</w:r><z:fldChar xmlns:z='urn:z'"
                            " z:fldCharType='separate'/><w:r><w:instr")
    ),
    "field with two turns": _in_body(
        f'<w:p>{_BEGIN}<w:r><w:fldChar xmlns:z="urn:z" w:fldCharType="begin"'
        f' z:fldCharType="end"/></w:r>{_END}</w:p>'
    ),
    "field that differs by reader": _in_body(
        f"<w:p>{_BEGIN}<w:r><mc:AlternateContent {_MC}><mc:Choice Requires='w'>"
        "<w:instrText>AUTHOR </w:instrText></mc:Choice><mc:Fallback>"
        "<w:instrText>DDEAUTO x</w:instrText></mc:Fallback></mc:AlternateContent></w:r>"
        f"{_END}</w:p>"
    ),
    "field with deleted words": _in_body(
        f"<w:p>{_BEGIN}<w:del w:id='1' w:author='x'><w:r><w:delInstrText>AUTHOR "
        "</w:delInstrText></w:r></w:del><w:r><w:instrText>DDEAUTO x</w:instrText></w:r>"
        f"{_END}</w:p>"
    ),
    "code after the field's own": _in_body(
        f"<w:p>{_BEGIN}<w:r><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType='separate'/>"
        f"<w:instrText>DDEAUTO x</w:instrText></w:r>{_END}</w:p>"
    ),
    "old drawing that fetches": _in_body(
        f'<w:p><w:r><w:pict><v:imagedata {_VML} src="https://x.invalid/x.png"/></w:pict></w:r></w:p>'
    ),
    "old drawing that fetches by href": _in_body(
        f'<w:p><w:r><w:pict><v:fill {_VML} o:href="https://x.invalid/x.png"/></w:pict></w:r></w:p>'
    ),
    "link drawn as a picture": _linked_by(f'<v:imagedata {_VML} r:id="rId77"/>'),
    "link drawn as an old picture": _linked_by(f'<v:fill {_VML} o:relid="rId77"/>'),
    "link as film": _linked_by('<w:movie r:id="rId77"/>'),
    "link as a sheet to save through": _linked_by('<w:saveThroughXslt r:id="rId77"/>'),
}  # fmt: skip


def _bare(xml: bytes) -> bytes:
    return xml.partition(b"?>")[2]


@pytest.mark.parametrize("change", RELATIVES.values(), ids=RELATIVES.keys())
def test_its_relatives_are_refused_too(change: Change) -> None:
    assert refused(change)


def test_the_fault_names_the_part_and_says_what_to_do() -> None:
    members = shipped()
    ELEVEN["program"](members)
    (fault,) = (
        each
        for each in templates.check(find("consent"), packed(members))
        if each.part == "word/media/evil.exe"
    )
    assert "hører ikke hjemme i et brev" in fault.message
    assert "lagre fila på nytt" in fault.message


# -- what real templates have -------------------------------------------------------------------


def _usual(members: Members) -> None:
    """What Word itself adds to a letter: properties, a theme, labels, pictures, an XML store."""
    for number, (name, kind, relation, xml) in enumerate(
        (
            ("word/theme/theme1.xml", _OFFICE_TYPE + "theme", "theme", b"<theme xmlns='urn:a'/>"),
            ("word/webSettings.xml", _TYPE + ".webSettings", "webSettings", _word("webSettings")),
            ("customXml/item1.xml", "", "customXml", b"<Sources xmlns='urn:b'/>"),
        )
    ):
        members[name] = xml
        if kind:
            typed(members, f'<Override PartName="/{name}" ContentType="{kind}+xml"/>')
        related(members, f'Id="rId8{number}" Type="{_R}/{relation}" Target="/{name}"')
    for ending, content in (("PNG", PNG), ("jpeg", b"\xff\xd8\xff\xe0x"), ("gif", b"GIF89ax")):
        members[f"word/media/image1.{ending}"] = content
        if ending != "PNG":
            typed(members, f'<Default Extension="{ending}" ContentType="image/{ending}"/>')
        related(members, f'Id="rId9{ending}" Type="{_R}/image" Target="media/image1.{ending}"')
    _svg(
        "<style>.a{fill:url(#b);stroke:url( '#b')}</style>"
        '<use href="#b"/><image href="data:image/png;base64,AAAA"/>'
    )(members)
    related(
        members, f'Id="rId77" {_AS_LINK} Target="https://www.eksempel.no/" TargetMode="External"'
    )
    in_body(members, f'<w:p><w:hyperlink r:id="rId77"><w:r/></w:hyperlink></w:p>{field(" PAGE ")}')


_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument."


def _word(root: str) -> bytes:
    return f'<w:{root} xmlns:w="{_W}"/>'.encode()


def test_what_word_itself_adds_to_a_letter_is_allowed() -> None:
    members = shipped()
    _usual(members)
    assert templates.check(find("consent"), packed(members)) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_both_encodings_of_word_are_read_in_the_jail_too(encoding: str) -> None:
    members = shipped()
    text = members["word/header2.xml"].decode().partition("?>")[2]
    members["word/header2.xml"] = text.encode(encoding)
    assert templates.check(find("consent"), packed(members)) == []


# -- anywhere -----------------------------------------------------------------------------------

_ACTIVE: tuple[tuple[str, Callable[[Members, str], object]], ...] = (
    ("field", lambda m, part: _before_end(m, part, field(_DDE))),
    ("object", lambda m, part: _before_end(m, part, "<w:p><w:r><w:object/></w:r></w:p>")),
    ("chunk", lambda m, part: _before_end(m, part, '<w:altChunk r:id="rId1"/>')),
    ("fetched", lambda m, part: _fetched_in(m, part)),
)
_WORDS_OF = ("word/document.xml", "word/header1.xml", "word/header2.xml", "word/footer1.xml")


def _before_end(members: Members, part: str, words: str) -> None:
    insert(members, part, "<w:sectPr" if part == _DOCUMENT else "</w:", words)


def _fetched_in(members: Members, part: str) -> None:
    relations = f"word/_rels/{part.removeprefix('word/')}.rels"
    related(
        members,
        f'Id="rId66" Type="{_R}/image" Target="https://x.invalid/x" TargetMode="External"',
        relations,
    )
    _before_end(members, part, f'<w:p><w:r><x:b xmlns:x="{_DRAWING}" r:link="rId66"/></w:r></w:p>')


def _disguised(members: Members, part: str, chance: random.Random) -> str:
    """Hide a part in one of the ways that readers differ in; which one."""
    way = chance.choice(("plain", "blanks", "mark", "utf-16", "renamed", "prefix", "override"))
    content = members[part]
    text = content.decode().partition("?>")[2]
    if way == "blanks":
        members[part] = b" \r\n\t" * chance.randrange(1, 500) + text.encode()
    elif way == "mark":
        members[part] = b"\xef\xbb\xbf" + text.encode()
    elif way == "utf-16":
        members[part] = text.encode("utf-16")
    elif way == "renamed":
        ending = chance.choice(("bin", "png", "xml2", "dat"))
        blanks = b" " * chance.randrange(0, 300)
        moved(members, part, part.replace(".xml", f".{ending}"), blanks + text.encode())
    elif way == "prefix":
        members[part] = (
            text.replace("<w:", "<q:")
            .replace("</w:", "</q:")
            .replace("xmlns:w=", "xmlns:q=")
            .replace(" w:", " q:")
            .encode()
        )
    elif way == "override":
        members[part] = text.replace("w:instr=", 'z:instr="PAGE" xmlns:z="urn:z" w:instr=').encode()
    return way


@pytest.mark.parametrize("seed", range(200))
def test_nothing_active_is_accepted_wherever_and_however_it_is_hidden(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files each time
    members = shipped(chance.choice(("consent", "minutes", "invitation")))
    part = chance.choice(_WORDS_OF)
    name, act = chance.choice(_ACTIVE)
    act(members, part)
    way = _disguised(members, part, chance)
    data = packed(members)
    refusing: list[Any] = [fault for fault in docx.check(data, {}) if fault.refuses]
    assert refusing, (name, way, part)
    with pytest.raises(BadTemplate):
        docx.load(data)


def test_nothing_foreign_stands_in_a_finished_document() -> None:
    members = shipped()
    _usual(members)
    kind = find("consent")
    sample = kind.form.from_answers(kind.form.sample("nb"))
    with_words = docx.render(packed(members), templates.context(kind, sample), "nb")
    finished = unpack(with_words)
    assert list(active.faults(finished)) == []
    assert sorted(finished) == sorted(members)
    for name, content in finished.items():
        if name.endswith(".rels"):
            outside = [each for each in etree.fromstring(content) if each.get("TargetMode")]
            assert all(each.get("Type") == f"{_R}/hyperlink" for each in outside)
