from __future__ import annotations

import io
import re
import zipfile

import pytest
from docxtpl import DocxTemplate
from jinja2 import Environment
from lxml import etree

from formsvc.documents import docx
from formsvc.errors import BadTemplate
from template_sources.word.parts import paragraph, run
from tests.documents.corpus import CASES, Case

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


@pytest.mark.parametrize("name", CASES)
def test_every_part_is_equal_to_docxtpls(name: str) -> None:
    theirs, ours = parts(by_docxtpl(CASES[name])), parts(by_us(CASES[name]))
    assert set(ours) == set(theirs)
    for part in set(ours) - NOT_THE_SAME:
        assert ours[part] == theirs[part], part


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
