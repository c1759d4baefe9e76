from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from docxtpl import DocxTemplate, RichText
from jinja2 import Environment
from lxml import etree
from markupsafe import Markup

from formsvc.documents import docx
from formsvc.documents.docx.package import W
from formsvc.errors import BadTemplate
from formsvc.originals.word.parts import paragraph, run
from tests.documents.docx.corpus import CASES, Case

#: docxtpl adds empty properties, and escapes the others twice
NOT_THE_SAME = {"docProps/core.xml"}


def by_docxtpl(case: Case) -> bytes:
    template = DocxTemplate(io.BytesIO(case.template()))
    environment = Environment(autoescape=True)
    environment.filters.update(case.filters)
    template.render(case.answers(template), environment, autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def by_us(case: Case) -> bytes:
    data = case.template()
    compiled = docx.load(data, filters=case.filters, trusted=True)
    return compiled.render(case.answers(DocxTemplate(io.BytesIO(data))))


def parts(data: bytes) -> dict[str, list[str]]:
    """The canonical form of each XML part; in lists of files and relations order says nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            name: _canonical(name, etree.fromstring(package.read(name)))
            for name in package.namelist()
            if name.endswith((".xml", ".rels"))
        }


def _canonical(name: str, root: etree._Element) -> list[str]:
    unordered = name.endswith(".rels") or name == "[Content_Types].xml"
    found = [etree.tostring(e, method="c14n").decode() for e in (root if unordered else [root])]
    return sorted(found)


def others(data: bytes) -> dict[str, bytes]:
    """The members that are no XML, such as pictures."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            name: package.read(name)
            for name in package.namelist()
            if not name.endswith((".xml", ".rels"))
        }


@pytest.mark.parametrize("name", CASES)
def test_every_part_is_equal_to_docxtpls(name: str) -> None:
    by_them, by_ours = by_docxtpl(CASES[name]), by_us(CASES[name])
    theirs, ours = parts(by_them), parts(by_ours)
    assert set(ours) == set(theirs)
    for part in set(ours) - NOT_THE_SAME:
        assert ours[part] == theirs[part], part
    assert others(by_ours) == others(by_them)


# -- where docxtpl is wrong ---------------------------------------------------------------------


def reference_text(body: str, autoescape: bool = True, **words: object) -> str:
    template = DocxTemplate(io.BytesIO(_template(body)))
    template.render({"paper": {"title": ""}, **words}, autoescape=autoescape)
    file = io.BytesIO()
    template.save(file)
    return docx.text(file.getvalue()).strip("\n")


def our_text(body: str, **words: object) -> str:
    compiled = docx.load(_template(body), trusted=True)
    return docx.text(compiled.render({"paper": {"title": ""}, **words})).strip("\n")


def _template(body: str) -> bytes:
    return Case(body, lambda _template: {}).template()


def test_markup_in_an_answer_is_text_where_docxtpl_silently_drops_what_follows() -> None:
    body, words = paragraph("A {{ x }} B"), "R & D <b> mer"
    assert reference_text(body, autoescape=False, x=words) == "A R  D "
    assert our_text(body, x=words) == "A R & D <b> mer B"


def test_a_line_break_beside_a_text_box_is_kept_where_docxtpl_makes_a_space_of_it() -> None:
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('i boksen')}</w:txbxContent></w:pict></w:r>"
    body = f"<w:p>{box}{run('{{ x }}')}</w:p>"
    assert "<w:br/>" not in _document(body, by_reference=True)
    assert "<w:br/>" in _document(body, by_reference=False)


def _document(body: str, *, by_reference: bool) -> str:
    words = {"paper": {"title": ""}, "x": "en\nto"}
    if not by_reference:
        return _body(docx.load(_template(body)).render(words))
    template = DocxTemplate(io.BytesIO(_template(body)))
    template.render(words, autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return _body(file.getvalue())


def _body(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read("word/document.xml").decode()


def test_a_windows_line_end_is_one_break_where_docxtpl_breaks_twice_or_not_at_all() -> None:
    assert reference_text(paragraph("{{ x }}"), x="a\r\nb\rc").count("\n") == 3
    assert our_text(paragraph("{{ x }}"), x="a\r\nb\rc") == "a\nb\nc"


@pytest.mark.parametrize(
    ("words", "theirs", "ours"),
    [
        ("{{ 'R & D' }}", "R &amp; D", "R & D"),
        ("{{ no|default('R & D', true) }}", "R &amp; D", "R & D"),
        ("{% if x == 'R & D' %}ja{% endif %}", "", "ja"),
        ("{{ x|replace('&', 'og') }}", "R & D", "R og D"),
        ("{{ '&lt;' }}", "&amp;lt;", "&lt;"),
    ],
)
def test_an_ampersand_in_a_tag_is_one_where_docxtpl_leaves_it_escaped(
    words: str, theirs: str, ours: str
) -> None:
    body = paragraph(f"«{words}»")  # which writes it as XML
    assert reference_text(body, x="R & D", no="") == f"«{theirs}»"
    assert our_text(body, x="R & D", no="") == f"«{ours}»"


def test_markup_of_the_author_keeps_its_entities() -> None:
    assert our_text(paragraph("{{ 'R & D'|safe }}")) == "R & D"


@pytest.mark.parametrize("words", ["{{ x|e|upper }}", "{% filter upper %}{{ x }}{% endfilter %}"])
def test_words_in_capitals_keep_their_signs_where_docxtpl_loses_them(words: str) -> None:
    assert "&" not in reference_text(paragraph(words), x="r & d")
    assert our_text(paragraph(words), x="r & d <e>") == "R & D <E>"


_WRAPPERS = {
    "smartTag": '<w:smartTag w:uri="u" w:element="e">',
    "ins": '<w:ins w:id="1" w:author="x">',
    "hyperlink": '<w:hyperlink w:anchor="a">',
}


@pytest.mark.parametrize("wrapper", _WRAPPERS)
@pytest.mark.parametrize(
    "runs",
    ["{open}<w:r><w:t>{{{{ no</w:t></w:r>{close}<w:r><w:t>te }}}} etter</w:t></w:r>",
     "<w:r><w:t>{{{{ no</w:t></w:r>{open}<w:r><w:t>te }}}} etter</w:t></w:r>{close}"],
    ids=["begins within", "ends within"],
)  # fmt: skip
def test_a_tag_that_begins_or_ends_in_a_wrapper_is_filled_where_docxtpl_breaks_the_page(
    wrapper: str, runs: str
) -> None:
    body = f"<w:p>{runs.format(open=_WRAPPERS[wrapper], close=f'</w:{wrapper}>')}</w:p>"
    body += f"<w:p>{_WRAPPERS[wrapper]}{run('hel')}</w:{wrapper}></w:p>"
    words = {"paper": {"title": ""}, "note": "Ord"}
    document = etree.fromstring(_body(docx.load(_template(body)).render(words)).encode())
    paragraphs = document.findall(f"{W}body/{W}p")
    assert [each.xpath("string()") for each in paragraphs] == ["Ord etter", "hel"]
    assert len(document.findall(f".//{W}{wrapper}")) == 1


def test_an_inline_condition_without_its_else_prints_nothing() -> None:
    assert our_text(paragraph("«{{ x if no }}»"), x="a", no="") == "«»"


def test_braces_in_an_answer_stay_as_written_where_docxtpl_rewrites_them() -> None:
    assert reference_text(paragraph("{{ x }}"), x="{_{ 1 }_}") == "{{ 1 }}"
    assert our_text(paragraph("{{ x }}"), x="{_{ 1 }_}") == "{_{ 1 }_}"


def test_a_control_character_leaves_a_mark_where_docxtpl_fails() -> None:
    with pytest.raises(ValueError, match="XML compatible"):
        reference_text(paragraph("{{ x }}"), x="a\x0bb", paper={"title": "\x0b"})
    assert our_text(paragraph("{{ x }}"), x="a\x0bb", paper={"title": "\x0b"}) == "a\ufffdb"


def test_a_document_that_would_be_broken_is_refused_where_docxtpl_drops_the_rest() -> None:
    table = "<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"
    body = paragraph("{% if x %}A") + table.format(paragraph("B{% endif %}")) + paragraph("C")
    assert "C" not in reference_text(body, x="")
    with pytest.raises(BadTemplate, match="samme avsnitt"):
        our_text(body, x="")


def test_a_style_with_a_tracked_change_goes_with_its_words_over_a_tab() -> None:
    change = '<w:rPrChange w:id="1" w:author="x"><w:rPr><w:i/></w:rPr></w:rPrChange>'
    style = f"<w:rPr><w:b/>{change}</w:rPr>"
    body = f"<w:p><w:r>{style}<w:t>{{{{ x }}}}</w:t></w:r></w:p>"
    assert (
        _body(docx.load(_template(body)).render({"paper": {"title": ""}, "x": "a\tb"})).count(style)
        == 3
    )


# -- files that others have written ---------------------------------------------------------------

_STRICT = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": (
        "http://purl.oclc.org/ooxml/wordprocessingml/main"
    ),
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def _strictly(xml: str) -> bytes:
    for usual, strict in _STRICT.items():
        xml = xml.replace(usual, strict)
    return xml.encode()


def _with_other_names(xml: str) -> bytes:
    return re.sub(r"(</?|[ ]|xmlns:)w(?=[:=])", r"\1x", xml).encode()


def _with_default_names(xml: str) -> bytes:
    return (
        re.sub(r"(</?)w:", r"\1", xml).replace("xmlns:w=", f'xmlns="{W[1:-1]}" xmlns:w=').encode()
    )


def _in_utf_16(xml: str) -> bytes:
    return xml.replace("UTF-8", "UTF-16").encode("utf-16")


WRITERS: dict[str, Callable[[str], bytes]] = {
    "strict": _strictly,
    "other names": _with_other_names,
    "default names": _with_default_names,
    "UTF-16": _in_utf_16,
    "a mark of byte order": lambda xml: xml.encode("utf-8-sig"),
    "Latin-1": lambda xml: xml.replace("UTF-8", "ISO-8859-1").encode("latin1"),
}


def _rewritten(
    data: bytes, write: Callable[[str], bytes], part: str = "word/document.xml"
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, write(content.decode()) if name == part else content)
    return file.getvalue()


@pytest.mark.parametrize("writer", WRITERS)
def test_words_are_filled_in_and_read_however_the_part_is_written(writer: str) -> None:
    rows = "{%p for r in rows %}", "«{{ r }}»", "{%p endfor %}"
    body = paragraph("Få {{ x }} & {% if x %}ja{% endif %}") + "".join(map(paragraph, rows))
    compiled = docx.load(_rewritten(_template(body), WRITERS[writer]))
    words = {"x": "en\nto\ttre <b>", "rows": ["Čáhci", "ŋ"]}
    data = compiled.render({"paper": {"title": ""}, **words})
    assert docx.text(data).strip("\n") == "Få en\nto\ttre <b> & ja\n«Čáhci»\n«ŋ»"
    assert "<w:br/>" in _body(data)
    assert compiled.prints.unsure(words) == []


@pytest.mark.parametrize(
    "kind",
    ["wordprocessingml.template.main+xml", "ms-word.document.macroEnabled.main+xml"],
)
def test_a_word_file_of_another_kind_is_refused_and_not_left_unfilled(kind: str) -> None:
    data = _rewritten(
        _template(paragraph("{{ x }}")),
        lambda xml: xml.replace("wordprocessingml.document.main+xml", kind).encode(),
        "[Content_Types].xml",
    )
    with pytest.raises(BadTemplate, match="Lagre som"):
        docx.load(data)


# -- pictures and sub-documents -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["inserted pictures", "a document from elsewhere"])
def test_what_is_inserted_is_in_the_package_and_related(name: str) -> None:
    data = by_us(CASES[name])
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        assert [member for member in package.namelist() if member.startswith("word/media/")]
        used = set(re.findall(r'r:embed="(\w+)"', package.read("word/document.xml").decode()))
        relations = package.read("word/_rels/document.xml.rels").decode()
        assert used <= set(re.findall(r'Id="(\w+)"', relations))


def test_a_link_that_only_docxtpl_knows_is_refused_and_leads_not_astray() -> None:
    source = _template(paragraph("{{r rich }}"))
    words = CASES["a link in rich text"].answers(DocxTemplate(io.BytesIO(source)))
    with pytest.raises(BadTemplate, match="lenke"):
        docx.load(source).render(words)


def test_xml_among_the_answers_that_is_broken_is_refused() -> None:
    compiled = docx.load(_template(paragraph("{{ x }}{{r rich }}")), trusted=True)
    words: dict[str, object] = {"paper": {"title": ""}, "x": "", "rich": ""}
    assert docx.text(compiled.render({**words, "x": Markup("a &amp; b")})).strip() == "a & b"
    for name, broken in (
        ("x", Markup("R & D")),
        ("x", Markup("a<b>")),
        ("x", Markup("&nbsp;")),
        ("rich", RichText("x", font='A"b')),
    ):
        with pytest.raises(BadTemplate, match="formatert tekst"):
            compiled.render({**words, name: broken})


def test_cells_among_the_answers_widen_the_grid() -> None:
    cell = Markup("<w:tc><w:tcPr/><w:p/></w:tc>")
    body = '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="900"/></w:tblGrid><w:tr>{}</w:tr></w:tbl>'
    words = {"paper": {"title": ""}, "cells": cell * 3}
    data = docx.load(_template(body.format("{{ cells }}")), trusted=True).render(words)
    assert _body(data).count("<w:gridCol ") == 3


def test_pictures_of_one_document_do_not_come_along_into_the_next() -> None:
    case = CASES["inserted pictures"]
    data = case.template()
    template = DocxTemplate(io.BytesIO(data))
    compiled = docx.load(data)
    first = compiled.render(case.answers(template))
    assert compiled.render(case.answers(template)) == first


def test_a_template_cannot_reach_docxtpl_through_a_picture() -> None:
    case = CASES["inserted pictures"]
    source = _template(paragraph("{{ image.tpl.save('/tmp/x') }}"))
    words = case.answers(DocxTemplate(io.BytesIO(source)))
    with pytest.raises(BadTemplate):
        docx.load(source, trusted=True).render(words)
