from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from docxtpl import DocxTemplate
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from formsvc import kinds
from formsvc.documents import docx
from formsvc.errors import BadTemplate
from formsvc.originals.word.package import package
from formsvc.originals.word.parts import Column, code, paragraph, run, table
from formsvc.services import printing
from tests.samples import load

TEMPLATES = Path(__file__).parents[3] / "docx_templates"
PAPER: dict[str, object] = {"paper": {"title": "Prøve"}}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def template(body: str, header: str = "") -> bytes:
    """A Word template with this body."""
    empty = paragraph("")
    return package(
        body,
        first_header=header or empty,
        header=empty,
        first_footer=empty,
        footer=empty,
        locale="nb-NO",
    )


def filled(body: str, /, **words: object) -> str:
    """The text of a template's body when it is filled."""
    return docx.text(docx.render(template(body), PAPER | words, "nb")).strip("\n")


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package_:
        return {name: package_.read(name) for name in package_.namelist()}


HOSTILE = [
    "Per & Kari <Huset> </w:t></w:r> ]]> &amp; &#65;",
    "{{ 7 * 7 }} {% if x %} {# nei #} {_{ 1 }_} {_% %_}",
    "første linje\nandre linje\n\nfjerde",
    "navn\ttelefon",
    "  mellomrom først og sist  ",
    "Čáhci đŋšŧž Łódź Ελλάδα Київ",
    "שלום עולם, مرحبا",
    "👩‍👧 🇳🇴 e\u0301 \u00ad \u00a0",
    "“Hermetegn” og ‘enkle’ med { klamme }",
    "x" * 100_000,
    "ord " * 25_000 + "slutt",
]


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: repr(words[:20]))
def test_any_text_comes_out_as_it_was_written(words: str) -> None:
    assert filled(paragraph("«{{ note }}»"), note=words) == f"«{words}»"


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200))
@example("\ufffe\uffff")
@example("a\n\tb")
def test_no_text_is_lost_whatever_it_is(words: str) -> None:
    found = filled(paragraph("«{{ note }}»"), note=words)
    assert found == "«" + words.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd") + "»"


@pytest.mark.parametrize("forbidden", ["\x00", "\x0b", "\x1b", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_replaced_in_sight(forbidden: str) -> None:
    assert filled(paragraph("{{ note }}"), note=f"før{forbidden}etter") == "før\ufffdetter"


def test_windows_line_ends_are_one_line_break_each() -> None:
    assert filled(paragraph("{{ note }}"), note="en\r\nto\rtre") == "en\nto\ntre"


def test_line_breaks_keep_the_run_with_its_style() -> None:
    data = docx.render(
        template(paragraph("{{ note }}", "Heading1")), PAPER | {"note": "a\nb"}, "nb"
    )
    body = etree.fromstring(members(data)["word/document.xml"])
    first = body.find(f".//{W}p")
    assert first is not None
    assert len(first.findall(f".//{W}br")) == 1
    assert len(first.findall(f"{W}r")) == 1


def test_equal_input_gives_equal_bytes() -> None:
    body = paragraph("{{ note }}")
    words = PAPER | {"note": "likt"}
    assert docx.render(template(body), words, "nb") == docx.render(template(body), words, "nb")


def test_what_a_template_does_not_fill_is_left_byte_for_byte() -> None:
    source = template(paragraph("{{ note }}"))
    before, after = members(source), members(docx.render(source, PAPER | {"note": "x"}, "nb"))
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"word/document.xml", "docProps/core.xml"}


def test_the_title_among_the_properties_is_escaped_once() -> None:
    source = template(paragraph("x"))
    data = docx.render(source, {"paper": {"title": "Barn & unge <6>"}}, "nb")
    core = etree.fromstring(members(data)["docProps/core.xml"])
    assert core.findtext("{http://purl.org/dc/elements/1.1/}title") == "Barn & unge <6>"


def test_braces_that_a_template_wants_printed_are_printed() -> None:
    assert filled(paragraph("{_{ note }_} {_% if %_}")) == "{{ note }} {% if %}"


def test_yes_no_and_nothing_are_printed_as_words() -> None:
    body = paragraph("{{ a }}, {{ b }}, «{{ c }}», {{ d }}")
    assert filled(body, a=True, b=False, c=None, d=3) == "Ja, Nei, «», 3"


def test_a_tag_that_word_has_split_over_runs_is_read_as_one() -> None:
    split = "<w:p>" + run("{") + run("{ no") + run("te }") + run("}") + "</w:p>"
    assert filled(split, note="hel") == "hel"


def test_curly_quotes_in_a_tag_are_read_as_straight() -> None:
    assert filled(paragraph("{% if a == “x” %}ja{% endif %}"), a="x") == "ja"


def test_a_table_whose_cells_are_looped_gets_a_grid_to_match() -> None:
    cells = "".join(
        f"<w:tc><w:tcPr/>{paragraph(words)}</w:tc>"
        for words in ("{%tc for x in xs %}", "{{ x }}", "{%tc endfor %}")
    )
    grid = '<w:tblGrid><w:gridCol w:w="900"/></w:tblGrid>'
    body = f"<w:tbl><w:tblPr/>{grid}<w:tr>{cells}</w:tr></w:tbl>"
    data = docx.render(template(body + paragraph("")), PAPER | {"xs": ["a", "b", "c"]}, "nb")
    document = etree.fromstring(members(data)["word/document.xml"])
    assert len(document.findall(f".//{W}gridCol")) == 3
    assert docx.text(data).strip("\n") == "a\nb\nc"


@pytest.mark.parametrize("kind", ["minutes", "consent", "ip_application", "invitation"])
def test_docxtpl_would_have_made_the_same_document(kind: str) -> None:
    """It is the dialect: for words without its faults, each part is equal to what it makes."""
    source = (TEMPLATES / f"{kind}.nb.docx").read_bytes()
    form = kinds.find(kind).form.from_answers(load(f"{kind}.nb"))
    context = printing.context(kinds.find(kind), form, "S-2026-0041")
    reference = DocxTemplate(io.BytesIO(source))
    reference.render(context, autoescape=True)
    file = io.BytesIO()
    reference.save(file)
    theirs, ours = members(file.getvalue()), members(docx.render(source, context, "nb"))
    for name in ours:
        if name.startswith(("word/document", "word/header", "word/footer")):
            assert _canonical(ours[name]) == _canonical(theirs[name]), name


def _canonical(xml: bytes) -> bytes:
    return etree.tostring(etree.fromstring(xml), method="c14n")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (paragraph("{{ refrent }}"), "refrent"),
        (paragraph("{{ child.nam }}"), "nam"),
        (code("if chidl") + paragraph("x") + code("endif"), "chidl"),
        (paragraph("{{ cycler }}"), "cycler"),
    ],
)
def test_a_name_that_the_paper_does_not_have_is_named(body: str, named: str) -> None:
    with pytest.raises(BadTemplate, match=f"«{named}».*Rett navnet i malen"):
        filled(body, child={"name": "Ada"}, referent="Bo")


def test_a_name_that_is_missing_in_a_header_is_named_too() -> None:
    source = template(paragraph("x"), header=paragraph("{{ refrent }}"))
    with pytest.raises(BadTemplate, match="«refrent»"):
        docx.render(source, PAPER, "nb")


def test_a_tag_that_is_not_closed_is_told_with_its_paragraph() -> None:
    body = paragraph("Uskyldig") + paragraph("Møte {% for %} her") + paragraph("Etter")
    with pytest.raises(BadTemplate, match=re.escape("Møte {% for %} her")):
        filled(body)


def test_a_loop_without_its_end_is_refused_in_words() -> None:
    with pytest.raises(BadTemplate, match="endfor"):
        filled(code("for a in b") + paragraph("x"), b=[])


def test_a_whole_list_is_not_printed_as_python() -> None:
    with pytest.raises(BadTemplate, match="hel liste"):
        filled(paragraph("{{ names }}"), names=["a", "b"])


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__ }}",
        "{{ note.__init__.__globals__ }}",
        "{{ names.append('x') }}",
        "{{ child.update(name='x') }}",
        "{{ lipsum(99999) }}",
        "{{ range(999999999) }}",
        "{{ note|safe }}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
        "{% include 'x' %}",
        "{% import 'os' as os %}",
    ],
)
def test_a_template_can_do_nothing_but_print(attack: str) -> None:
    with pytest.raises(BadTemplate):
        filled(paragraph(attack), note="x", names=["a"], child={"name": "Ada"})


class _Row:
    name = "Ada"


@pytest.mark.parametrize("value", [_Row(), b"bytes", {1, 2}, [{"a": _Row()}]])
def test_only_plain_data_reaches_a_template(value: object) -> None:
    with pytest.raises(TypeError, match="plain data"):
        filled(paragraph("x"), note=value)


def test_what_is_given_is_not_changed() -> None:
    words: dict[str, object] = {"note": "a\r\nb", "rows": [{"x": "\x00"}]}
    filled(paragraph("{{ note }}"), **words)
    assert words == {"note": "a\r\nb", "rows": [{"x": "\x00"}]}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"dette er ikke en zip",
        b"PK\x03\x04 avkuttet",
        pytest.param(template(paragraph("x"))[:2000], id="cut short"),
    ],
)
def test_a_file_that_is_no_word_document_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadTemplate, match="ikke et Word-dokument"):
        docx.render(data, PAPER, "nb")
    with pytest.raises(BadTemplate, match="ikke et Word-dokument"):
        docx.text(data)


def test_a_part_with_broken_xml_is_named() -> None:
    parts = members(template(paragraph("x"))) | {"word/document.xml": b"<w:document>"}
    with pytest.raises(BadTemplate, match=r"word/document\.xml"):
        docx.text(_zipped(parts))


def test_an_entity_is_never_read_from_a_file() -> None:
    evil = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    document = members(template(paragraph("før&x;etter").replace("&amp;", "&")))
    xml = document["word/document.xml"].replace(b"?>\n", b"?>\n" + evil, 1)
    assert "root:" not in docx.text(_zipped(document | {"word/document.xml": xml}))


def _zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def test_the_text_holds_headers_tables_tabs_and_line_breaks_but_no_tab_stops() -> None:
    tab_stop = '<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>'
    body = (
        tab_stop
        + run("venstre\thøyre")
        + "</w:p>"
        + table("Tabell", "row in rows", Column("Navn", 1, "{{ row }}"))
        + "<w:p><w:r><w:t>en</w:t><w:br/><w:t>to</w:t></w:r></w:p>"
    )
    source = template(body, header=paragraph("Hodet"))
    found = docx.text(docx.render(source, PAPER | {"rows": ["Ada", "Bo"]}, "nb"))
    assert found.split("\n") == [
        "venstre\thøyre",
        "Navn",
        "Ada",
        "Bo",
        "en",
        "to",
        "Hodet",
        *[""] * 3,
    ]


def test_the_text_holds_footnotes() -> None:
    parts = members(template(paragraph("x")))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    types = parts["[Content_Types].xml"].replace(b"</Types>", override.encode())
    notes = f'<w:footnotes xmlns:w="{W[1:-1]}">{paragraph("En fotnote")}</w:footnotes>'
    added = {"[Content_Types].xml": types, "word/footnotes.xml": notes.encode()}
    assert "En fotnote" in docx.text(_zipped(parts | added)).split("\n")
