"""Templates in docxtpl's dialect, one for each thing that it can do, made by code."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, Listing, RichText, RichTextParagraph

from formsvc.originals.word.package import package
from formsvc.originals.word.parts import paragraph, run

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

#: one red pixel
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)

Words = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A template with what it is filled with."""

    body: str
    #: made for each document, because pictures belong to a ``DocxTemplate``
    words: Callable[[DocxTemplate], Words]
    header: str = ""
    footer: str = ""
    footnotes: str = ""
    filters: Mapping[str, Callable[..., object]] = field(default_factory=dict)

    def answers(self, template: DocxTemplate) -> Words:
        """What it is filled with, for a ``DocxTemplate`` of its own."""
        return {"paper": {"title": "Prøve"}, **self.words(template)}

    def template(self) -> bytes:
        """The bytes of the .docx."""
        empty = paragraph("")
        data = package(
            self.body,
            first_header=self.header or empty,
            header=empty,
            first_footer=empty,
            footer=self.footer or empty,
            locale="nb-NO",
        )
        return _with_footnotes(data, self.footnotes) if self.footnotes else data


def _with_footnotes(data: bytes, notes: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    xml = f'<w:footnotes xmlns:w="{_W}"><w:footnote w:id="1">{notes}</w:footnote></w:footnotes>'
    parts["word/footnotes.xml"] = xml.encode()
    added = {
        "[Content_Types].xml": '<Override PartName="/word/footnotes.xml"'
        f' ContentType="{_TYPE}.footnotes+xml"/></Types>',
        "word/_rels/document.xml.rels": f'<Relationship Id="rId99" Type="{_RELATION}/footnotes"'
        ' Target="footnotes.xml"/></Relationships>',
    }
    for name, end in added.items():
        closing = end[end.rindex("</") :].encode()
        parts[name] = parts[name].replace(closing, end.encode())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _split(*pieces: str, between: str = '<w:proofErr w:type="spellStart"/>') -> str:
    """A paragraph whose words stand in a run each, as Word leaves them after a while."""
    runs = "".join(f"<w:r><w:t>{piece}</w:t></w:r>{between}" for piece in pieces)
    return f"<w:p>{runs}</w:p>"


def _cell(*paragraphs: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr><w:tcW w:w='900'/>{properties}</w:tcPr>{''.join(paragraphs)}</w:tc>"


def _row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def _text_row(*words: str) -> str:
    return _row(*(_cell(paragraph(each)) for each in words))


def _table(columns: int, *rows: str) -> str:
    grid = '<w:gridCol w:w="1500"/>' * columns
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{paragraph('')}"


def _drawing(number: int) -> str:
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="{number}" name="x"/>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )


_ALTERNATE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' Requires="wps"><w:drawing><wp:inline><wp:docPr id="3" name="n"/><a:graphic>'
    '<a:graphicData uri="x"><wps:wsp><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx>'
    "</wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><w:txbxContent>{0}</w:txbxContent></w:pict></mc:Fallback>"
    "</mc:AlternateContent>"
)


def _shape(words: str) -> str:
    """A text box as Word writes it today, with its older form beside it."""
    return f"<w:p><w:r>{_ALTERNATE.format(paragraph(words))}</w:r></w:p>"


def _field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def _text_box(words: str) -> str:
    return (
        f"<w:p><w:r><w:pict><w:txbxContent>{paragraph(words)}</w:txbxContent></w:pict></w:r></w:p>"
    )


def _said(**words: Any) -> Callable[[DocxTemplate], Words]:
    return lambda _template: words


_PEOPLE = [
    {"name": "Ada Lund", "role": "Mor", "age": 41, "absent": False},
    {"name": "Bo & <Sønn> AS", "role": "“Far”", "age": 0, "absent": True},
    {"name": "Čáhci Đorđević", "role": "", "age": 7, "absent": False},
]
_WORDS = _said(
    people=_PEOPLE,
    nobody=[],
    title="Møte & <mer>",
    note="Linje",
    yes="x",
    no="",
    colour="FF0000",
    child={"name": "Kari", "address": {"city": "Otta"}},
    span=2,
    cols=["a", "b", "c", "d"],
    matrix=[["1", "2"], ["3", "4"]],
)


def _rich(_template: DocxTemplate) -> Words:
    rich = RichText("rød", color="ff0000", bold=True, italic=True, underline=True)
    rich.add(" og\nny linje\tog tab & <mer>", size=40, font="Arial", strike=True, style="Sterk")
    rich.add(" opp", superscript=True, highlight="#ffff00", rtl=True, lang="nb-NO")
    paragraphs = RichTextParagraph("første", parastyle="Heading1")
    paragraphs.add(RichText("andre", bold=True))
    return {"rich": rich, "paragraphs": paragraphs}


def _listing(_template: DocxTemplate) -> Words:
    return {
        "listing": Listing("en\nto\atre & <fire>\tfem\fseks"),
        "plain": "en\nto\n\ntre\tfire\afem",
        "rows": [{"note": "a\nb"}, {"note": "uten"}, {"note": "c\td"}],
    }


def _images(template: DocxTemplate) -> Words:
    def image(**size: Any) -> InlineImage:
        return InlineImage(template, io.BytesIO(PNG), **size)

    return {
        "image": image(width=Mm(20)),
        "linked": image(height=Mm(5), anchor="https://eksempel.no/"),
        "people": [{"name": "Ada", "picture": image()}, {"name": "Bo", "picture": image()}],
        "title": "A & B",
    }


def _styled(template: DocxTemplate) -> Words:
    options: list[dict[str, Any]] = [
        {"style": "Strong", "lang": "nn-NO"},
        {"color": "#00ff00", "highlight": "ff0000", "size": 40},
        {"subscript": True, "underline": "dotDash", "strike": True},
        {"superscript": True, "font": "eastAsia:Noto Sans"},
        {"rtl": True, "bold": True, "italic": True},
    ]
    whole = RichText(RichText("først ", bold=True))
    for each in options:
        whole.add("en <b> & «x»\nto\tre\afire\fsiste", **each)
    rows = [{"note": RichText(f"rad {n} & <{n}>", **each)} for n, each in enumerate(options)]
    return {"rich": whole, "rows": rows, "note": "etter"}


def _linked(template: DocxTemplate) -> Words:
    rich = RichText("se ")
    rich.add("lenka", url_id=template.build_url_id("https://eksempel.no/?a=1&b=2"), color="0000ff")
    return {"rich": rich, "image": InlineImage(template, io.BytesIO(PNG))}


def _subdocument(template: DocxTemplate) -> Words:
    made = template.new_subdoc()
    made.add_paragraph("Et eget avsnitt & <mer>")
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = "celle"
    return {"sub": made, "note": "etter"}


def _many_documents(template: DocxTemplate) -> Words:
    made = template.new_subdoc()
    made.add_paragraph("A & <b>\nx")
    made.add_picture(io.BytesIO(PNG))
    other = _document_from_elsewhere(template)["sub"]
    return {
        "rows": [{"sub": made, "n": 1}, {"sub": other, "n": 2}],
        "image": InlineImage(template, io.BytesIO(PNG)),
        "title": "Hode",
    }


def _document_from_elsewhere(template: DocxTemplate) -> Words:
    other = Document()
    other.add_heading("Fra et annet dokument", level=1)
    other.add_picture(io.BytesIO(PNG))
    file = io.BytesIO()
    other.save(file)
    file.seek(0)
    return {"sub": template.new_subdoc(file), "note": "etter"}


CASES: dict[str, Case] = {
    "plain": Case(paragraph("{{ title }}, {{ child.name }} i {{ child.address.city }}"), _WORDS),
    "subscripts": Case(paragraph("{{ child['name'] }} {{ people[0].name }}"), _WORDS),
    "split runs": Case(
        _split("{", "{ ti", "tle }", "}") + _split("{% i", "f yes %", "}ja{", "% endif %}"), _WORDS
    ),
    "split runs with properties": Case(
        "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{{ child.</w:t></w:r><w:r><w:rPr><w:i/></w:rPr>"
        '<w:t xml:space="preserve">name }} og mer </w:t></w:r></w:p>',
        _WORDS,
    ),
    "rows": Case(
        _table(
            2,
            _text_row("Navn", "Rolle"),
            _text_row("{%tr for p in people %}", ""),
            _text_row("{{ loop.index }}. {{ p.name }}", "{{ p.role }}"),
            _text_row("{%tr endfor %}", ""),
        ),
        _WORDS,
    ),
    "rows that may all be gone": Case(
        _table(
            2,
            _text_row("{%tr for p in nobody %}", ""),
            _text_row("{{ p.name }}", "{{ p.role }}"),
            _text_row("{%tr endfor %}", ""),
        ),
        _WORDS,
    ),
    "rows with conditions": Case(
        _table(
            2,
            _text_row("Navn", "Rolle"),
            _text_row("{%tr for p in people %}", ""),
            _text_row("{%tr if p.absent %}", ""),
            _text_row("{{ p.name }} forfall", "{% if p.role %}{{ p.role }}{% else %}–{% endif %}"),
            _text_row("{%tr else %}", ""),
            _text_row("{{ p.name }}", "{{ p.age }}"),
            _text_row("{%tr endif %}", ""),
            _text_row("{%tr endfor %}", ""),
        ),
        _WORDS,
    ),
    "cells": Case(
        _table(
            1,
            _row(
                _cell(paragraph("{%tc for c in cols %}")),
                _cell(paragraph("{{ c }}")),
                _cell(paragraph("{%tc endfor %}")),
            ),
        ),
        _WORDS,
    ),
    "a matrix": Case(
        _table(
            1,
            _text_row("{%tr for row in matrix %}"),
            _row(
                _cell(paragraph("{%tc for c in row %}")),
                _cell(paragraph("{{ c }}")),
                _cell(paragraph("{%tc endfor %}")),
            ),
            _text_row("{%tr endfor %}"),
        ),
        _WORDS,
    ),
    "merged downwards": Case(
        _table(
            2,
            _text_row("{%tr for p in people %}", ""),
            _text_row("{% vm %}Alle", "{{ p.name }}"),
            _text_row("{%tr endfor %}", ""),
        ),
        _WORDS,
    ),
    "merged sideways": Case(
        _table(
            4,
            _row(
                _cell(paragraph("{%tc for c in cols %}")),
                _cell(paragraph("{% hm %}Overskrift")),
                _cell(paragraph("{%tc endfor %}")),
            ),
            _row(
                _cell(paragraph("{%tc for c in cols %}")),
                _cell(paragraph("{{ c }}")),
                _cell(paragraph("{%tc endfor %}")),
            ),
        ),
        _WORDS,
    ),
    "merged sideways with a span": Case(
        _table(
            4,
            _row(
                _cell(paragraph("{%tc for m in matrix %}")),
                _cell(paragraph("{% hm %}To"), properties='<w:gridSpan w:val="2"/>'),
                _cell(paragraph("{%tc endfor %}")),
            ),
            _text_row("a", "b", "c", "d"),
        ),
        _WORDS,
    ),
    "spans and colours": Case(
        _table(
            3,
            _row(
                _cell(
                    "<w:p><w:r><w:t>{% colspan span %}</w:t></w:r><w:r><w:t>Bred</w:t></w:r></w:p>"
                ),
                _cell(paragraph("smal")),
            ),
            _row(
                _cell(
                    "<w:p><w:r><w:t>{% cellbg colour %}</w:t></w:r><w:r><w:t>R</w:t></w:r></w:p>",
                    properties='<w:shd w:val="clear" w:fill="auto"/>',
                ),
                _cell(paragraph("b")),
                _cell(paragraph("c")),
            ),
        ),
        _WORDS,
    ),
    "a grid with a column too many": Case(
        _table(4, _text_row("a", "b"), _text_row("c", "{{ note }}")), _WORDS
    ),
    "a table in a table": Case(
        _table(
            1,
            _row(_cell(_table(2, _text_row("{{ title }}", "b")))),
            _text_row("{{ note }}"),
        ),
        _WORDS,
    ),
    "static spans": Case(
        _table(
            3,
            _row(_cell(paragraph("{{ title }}"), properties='<w:gridSpan w:val="3"/>')),
            _text_row("a", "b", "c"),
        ),
        _WORDS,
    ),
    "paragraphs": Case(
        paragraph("{%p for p in people %}")
        + paragraph("{{ p.name }}", "ListBullet")
        + paragraph("{%p if p.absent %}")
        + paragraph("forfall")
        + paragraph("{%p endif %}")
        + paragraph("{%p endfor %}")
        + paragraph("{%p for p in nobody %}")
        + paragraph("ingen")
        + paragraph("{%p else %}")
        + paragraph("Det var ingen")
        + paragraph("{%p endfor %}"),
        _WORDS,
    ),
    "runs": Case(
        "<w:p>"
        + run("Før {%r if yes %}")
        + run("midt {{ title }}", "Strong")
        + run("{%r endif %} etter")
        + "</w:p>",
        _WORDS,
    ),
    "conditions over paragraphs": Case(
        paragraph("En {% if yes %}to")
        + paragraph("tre {{ note }}{% endif %} fire")
        + paragraph("En {% if no %}to")
        + paragraph("tre{% endif %} fire"),
        _WORDS,
    ),
    "loops over paragraphs": Case(
        paragraph("Først {% for p in people %}{{ p.name }}") + paragraph("{% endfor %} sist"),
        _WORDS,
    ),
    "white space": Case(
        paragraph("{%-   if yes   -%}")
        + paragraph("  {{title}}  {{   note   }}  ")
        + paragraph("{%- endif -%}")
        + paragraph("a {%- if yes %} b {% endif -%} c")
        + _split("  ", "{{ note }}", "  "),
        _WORDS,
    ),
    "merged with the paragraphs beside": Case(
        paragraph("Navn:")
        + paragraph("{%- if yes %}")
        + paragraph(" {{ title }}")
        + paragraph("{%- endif %}")
        + paragraph("Slutt"),
        _WORDS,
    ),
    "curly quotes": Case(
        paragraph("{% if yes == “x” %}ja{% endif %}{% if note != ‘y’ %} og «ja»{% endif %}")
        + paragraph("“{{ child[‘name’] }}”"),
        _WORDS,
    ),
    "less and greater": Case(
        paragraph("{% for p in people if p.age > 5 and 50 > p.age %}{{ p.name }}; {% endfor %}")
        + paragraph("{% if 1 < 2 %}mindre{% endif %}"),
        _WORDS,
    ),
    "set and expressions": Case(
        paragraph("{% set n = people|length %}{{ n }} {{ n * 2 + 1 }} {{ title ~ '!' ~ note }}")
        + paragraph(
            "{{ note if yes else title }} {{ no or note }} {{ people|map(attribute='name')"
            "|join(', ') }}"
        )
        + paragraph("{{ title|upper|e }} {{ title|replace('ø', 'o') }} {{ nobody|length }}"),
        _WORDS,
    ),
    "macros": Case(
        paragraph("{%p macro line(x) %}")
        + paragraph("Linje {{ x }}")
        + paragraph("{%p endmacro %}")
        + paragraph("{{p line(title) }}")
        + paragraph("{{p line(note) }}"),
        _WORDS,
    ),
    "comments": Case(
        paragraph("Før {# ikke dette #} etter {{ note }}")
        + paragraph("{#p heller ikke dette #}")
        + _table(2, _text_row("a", "b"), _text_row("{#tr ikke denne #}", ""), _text_row("c", "d")),
        _WORDS,
    ),
    "braces as text": Case(paragraph("{_{ title }_} og {_% if %_} og {{ title }}"), _WORDS),
    "filters of their own": Case(
        paragraph("{{ note|loud }} {{ title|loud(3) }}"),
        _WORDS,
        filters={"loud": lambda words, times=1: f"{words}{'!' * times}<>"},
    ),
    "header and footer": Case(
        paragraph("{{ note }}") + _drawing(7),
        _WORDS,
        header=paragraph("{{ title }}")
        + paragraph("{%p for p in people %}")
        + paragraph("{{ p.name }}")
        + paragraph("{%p endfor %}"),
        footer=paragraph("{{ child.name }}, {% if yes %}side{% endif %}") + _drawing(3),
    ),
    "footnotes": Case(
        paragraph("{{ note }}"),
        _WORDS,
        footnotes=paragraph("Note om {{ child.name }} & {{ title }}"),
    ),
    "pictures": Case(
        _drawing(5)
        + paragraph("{%p for p in people %}")
        + _drawing(5)
        + paragraph("{%p endfor %}")
        + _drawing(9),
        _WORDS,
    ),
    "pictures that stay": Case(_drawing(5) + paragraph("{{ note }}") + _drawing(5), _WORDS),
    "a text box": Case(_text_box("I boksen: {{ title }}") + paragraph("{{ note }}"), _WORDS),
    "rich text": Case(
        paragraph("Før {{r rich }} etter") + paragraph("{{p paragraphs }}") + paragraph("slutt"),
        _rich,
    ),
    "listings": Case(
        paragraph("{{ listing }}", "ListBullet")
        + '<w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:b/></w:rPr>'
        "<w:t>«{{ plain }}»</w:t></w:r></w:p>"
        + _table(
            1,
            _text_row("{%tr for r in rows %}"),
            _text_row("{{ r.note }}"),
            _text_row("{%tr endfor %}"),
        ),
        _listing,
        header=paragraph("{{ plain }}"),
    ),
    "inserted pictures": Case(
        paragraph("{{ image }}")
        + _drawing(4)
        + paragraph("{{ linked }}")
        + _table(
            2,
            _text_row("{%tr for p in people %}", ""),
            _text_row("{{ p.name }}", "{{ p.picture }}"),
            _text_row("{%tr endfor %}", ""),
        ),
        _images,
        header=paragraph("{{ image }} {{ title }}"),
    ),
    "a sub-document": Case(paragraph("{{p sub }}") + paragraph("{{ note }}"), _subdocument),
    "a document from elsewhere": Case(
        paragraph("{{p sub }}") + paragraph("{{ note }}"), _document_from_elsewhere
    ),
    "rich text of all kinds, everywhere": Case(
        paragraph("før {{r rich }} etter {{ note }}")
        + _table(
            1,
            _text_row("{%tr for r in rows %}"),
            _text_row("{{r r.note }}"),
            _text_row("{%tr endfor %}"),
        ),
        _styled,
        header=paragraph("{{r rich }}"),
        footer=paragraph("{{r rich }}"),
        footnotes=paragraph("{{r rich }}"),
    ),
    "a link in rich text": Case(paragraph("{{r rich }} {{ image }}"), _linked),
    "pictures in all parts": Case(
        paragraph("{{ image }} og {{ linked }}")
        + _drawing(3)
        + paragraph("{%p for p in people %}")
        + paragraph("{{ p.picture }}")
        + paragraph("{%p endfor %}")
        + paragraph("{% for p in people %}{{ p.picture }}{% endfor %}"),
        _images,
        header=paragraph("{{ image }}") + _drawing(3),
        footer=paragraph("{{ linked }} {{ image }}"),
    ),
    "a picture in the header alone": Case(
        paragraph("{{ title }}"), _images, header=paragraph("{{ image }}")
    ),
    "sub-documents in cells": Case(
        _table(
            1,
            _text_row("{%tr for r in rows %}"),
            _row(_cell(paragraph("{{p r.sub }}"), paragraph("{{ r.n }}"))),
            _text_row("{%tr endfor %}"),
        )
        + paragraph("{%p for r in rows %}")
        + paragraph("{{p r.sub }}")
        + paragraph("{%p endfor %}")
        + paragraph("{{ image }}"),
        _many_documents,
        header=paragraph("{{ title }}"),
    ),
    "blocks that hold words": Case(
        paragraph("{% set b %}x {{ title }} y{% endset %}{{ b }}{% with a=title %}{{ a }}")
        + paragraph("{% endwith %}{% filter lower %}X {{ note }}{% endfilter %}")
        + paragraph("{% macro m(a) %}<{{ caller() }}{{ a }}>{% endmacro %}")
        + paragraph("{% call m(title) %}inne{% endcall %}")
        + paragraph("{% raw %}{{ x }} {% y %}{% endraw %} {{ note }}"),
        _WORDS,
    ),
    "facts of loops": Case(
        paragraph(
            "{% for p in people %}{{ loop.index0 }}{{ loop.cycle('a', 'b') }}{{ loop.revindex }}"
            "{% if loop.first %}F{% elif loop.last %}L{% endif %}{{ loop.depth }}"
            "{% if loop.changed(p.absent) %}C{% endif %}{% else %}ingen{% endfor %}"
        )
        + paragraph("{% for p in nobody %}x{% else %}ingen{% endfor %}{{ note if no }}")
        + paragraph(
            "{% for r in matrix recursive %}{{ r if r is string else loop(r) }}{% endfor %}"
        )
        + paragraph(
            "{% set ns = namespace(n=0) %}{% for p in people %}{% set ns.n = ns.n + p.age %}"
        )
        + paragraph("{% endfor %}{{ ns.n }}"),
        _WORDS,
    ),
    "filters of Jinja": Case(
        paragraph("{% for k, v in {'b': 1, 'a': 2}|dictsort %}{{ k }}={{ v }};{% endfor %}")
        + paragraph("{% for g in people|groupby('absent') %}{{ g.list|length }},{% endfor %}")
        + paragraph("{% for g in cols|batch(3, '-') %}{{ g|join }};{% endfor %}")
        + paragraph("{{ '%05.2f'|format(3.14159) }} {{ 1234567.5 }} {{ 7 // 2 }} {{ 7 % 4 }}")
        + paragraph("{{ note.upper() }} {{ note[::-1] }} {{ note[0] }} {{ title|title }}")
        + paragraph("{{ title|e }} {{ title|forceescape }} {{ note|default('–') }} {{ no or '–' }}")
        + paragraph("{{ range(3)|join(',') }} {{ dict(a=1).a }} {{ cols|first }} {{ 3.0 }}"),
        _WORDS,
    ),
    "tags over all that Word puts between": Case(
        _split(
            "{{ no",
            "te }} og {% i",
            "f yes %}",
            "ja{% endif %}",
            between='<w:bookmarkStart w:id="1" w:name="b"/><w:bookmarkEnd w:id="1"/>',
        )
        + "<w:p><w:r><w:t>{{ no</w:t></w:r><w:ins w:id='3' w:author='x'><w:r><w:t>te</w:t></w:r>"
        "</w:ins><w:r><w:t> }} etter</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>{{ </w:t></w:r><w:hyperlink w:anchor='b'><w:r><w:t>child.name</w:t></w:r>"
        "</w:hyperlink><w:r><w:t> }} e</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>{{ no</w:t><w:br/><w:t>te }}</w:t><w:t>{{ title</w:t><w:tab/><w:t> }}"
        "</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>{{\n  note\n}} {%\u00a0if\tyes\u00a0%}j{% endif %}</w:t></w:r></w:p>",
        _WORDS,
    ),
    "tracked changes": Case(
        "<w:p><w:ins w:id='3' w:author='x'><w:r><w:t>{{ note }}</w:t></w:r></w:ins>"
        "<w:del w:id='4' w:author='x'><w:r><w:delText>{{ title }}</w:delText></w:r></w:del></w:p>",
        _WORDS,
    ),
    "links, fields and controls": Case(
        "<w:p><w:hyperlink w:anchor='b'><w:r><w:t>{{ note }}</w:t></w:r></w:hyperlink>"
        "<w:fldSimple w:instr=' DATE '><w:r><w:t>{{ note }}</w:t></w:r></w:fldSimple>"
        + _field("begin")
        + "<w:r><w:instrText>HYPERLINK {{ title }}</w:instrText></w:r>"
        + _field("separate")
        + run("{{ title }}")
        + _field("end")
        + "</w:p>"
        + paragraph("{%p for p in people %}")
        + f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('{{ p.name }}')}</w:sdtContent></w:sdt>"
        + paragraph("{%p endfor %}"),
        _WORDS,
    ),
    "shapes with their older form": Case(
        paragraph("{%p for p in people %}")
        + _shape("{{ p.name }}")
        + paragraph("{%p endfor %}")
        + _shape("{{ title }}"),
        _WORDS,
    ),
    "loops in the cells of loops": Case(
        _table(
            1,
            _text_row("{%tr for p in people %}"),
            _row(
                _cell(
                    paragraph("{{ p.name }}"),
                    _table(
                        2,
                        _text_row("{%tr for c in cols %}", ""),
                        _text_row("{{ c }}", "{{ p.role }}"),
                        _text_row("{%tr endfor %}", ""),
                    ),
                )
            ),
            _text_row("{%tr endfor %}"),
        ),
        _WORDS,
    ),
    "a span that hangs on an answer": Case(
        _table(
            3,
            _row(
                _cell(
                    paragraph("{{ note }}"),
                    properties='<w:gridSpan w:val="{% if yes %}1{% else %}3{% endif %}"/>',
                ),
                _cell(paragraph("x")),
            ),
        ),
        _WORDS,
    ),
    "colours of rows": Case(
        _table(
            1,
            _text_row("{%tr for p in people %}"),
            _row(
                _cell(
                    "<w:p><w:r><w:t>{% cellbg p.role %}</w:t></w:r><w:r><w:t>R</w:t></w:r></w:p>",
                    properties='<w:shd w:val="clear" w:color="auto" w:fill="FFFFFF"/>',
                )
            ),
            _text_row("{%tr endfor %}"),
        ),
        _WORDS,
    ),
    "rows of either kind": Case(
        _table(
            2,
            _text_row("{%tr if no %}", ""),
            _text_row("a", "b"),
            _text_row("{%tr elif yes %}", ""),
            _text_row("c", "{{ note }}"),
            _text_row("{%tr else %}", ""),
            _text_row("e", "f"),
            _text_row("{%tr endif %}", ""),
        )
        + _table(
            3,
            _row(
                _cell(paragraph("{%tc if no %}")),
                _cell(paragraph("a")),
                _cell(paragraph("{%tc endif %}")),
                _cell(paragraph("{#tc borte #}")),
                _cell(paragraph("{{ note }}")),
            ),
        ),
        _WORDS,
    ),
    "braces beside braces": Case(
        paragraph("a {{ note }}_} b {_{x}_} c {_{{ note }}_} d {_%{{ note }}%_}")
        + paragraph("{{ '{{' }} {{ '{_{' }} {% raw %}{_{ {% endraw %} { a } } { %}"),
        _WORDS,
    ),
    "words in ways that XML has": Case(
        "<w:p><w:r><w:t><![CDATA[{{ note }} & <b>]]></w:t></w:r></w:p>"
        "<w:p><w:r><w:t>&#123;&#x7b; note }} &#8217; &quot; &#13; &#9;x</w:t></w:r></w:p>"
        "<w:p><!-- hei --><?hei du ?><w:r><w:t>{{ note }}</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>a\tb\nc</w:t></w:r></w:p>",
        _WORDS,
    ),
    "words in attributes": Case(
        '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="{{ title }}"'
        ' descr="{{ note }} og"/></wp:inline></w:drawing></w:r></w:p>',
        _WORDS,
    ),
    "sections": Case(
        paragraph("{{ note }}")
        + '<w:p><w:pPr><w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:pPr></w:p>'
        + paragraph("{{ title }}"),
        _WORDS,
    ),
    "a long document and a long tag": Case(
        "".join(paragraph(f"{{{{ note }}}} {number}") for number in range(1000))
        + paragraph("{{ " + " ~ ".join(["note"] * 150) + " }}"),
        _WORDS,
    ),
}
