from __future__ import annotations

from pathlib import Path

import pytest

from formsvc import kinds
from formsvc.documents import checks, docx
from formsvc.documents.docx import package
from formsvc.errors import AnswersLost
from formsvc.originals.word.parts import Column, code, paragraph, run, table
from tests.documents.docx.corpus import Case
from tests.samples import load

TEMPLATES = Path(__file__).parents[3] / "docx_templates"
SAMPLES = Path(__file__).parents[2] / "samples"


def compiled(body: str, **kwargs: str) -> docx.CompiledDocx:
    template = Case(body, lambda _template: {}, **kwargs).template()  # type: ignore[arg-type]
    return docx.load(template, trusted=True)


def sure(body: str) -> set[str]:
    return set(compiled(body).prints.paths)


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        ("{{ note }}", {"note"}),
        ("{{ child.name }} {{ child['city'] }}", {"child.name", "child.city"}),
        ("{% if note %}{{ note }}{% endif %}", {"note"}),
        ("{% if child %}{{ child.name }}{% endif %}", {"child.name"}),
        ("{% if not note %}–{% else %}{{ note }}{% endif %}", {"note"}),
        ("{% if a or b %}{{ a }}{{ b }}{{ c }}{% endif %}", {"a", "b"}),
        ("{% if a %}{{ note }} a{% elif b %}{{ note }} b{% else %}{{ note }}{% endif %}", {"note"}),
        ("{{ note or '–' }}", {"note"}),
        ("{{ note if note else '–' }}", {"note"}),
        # two tables of the same rows, one with a column that is left out where nobody has it
        (("{% if rows|join(attribute='a') %}{% for r in rows %}{{ r.a }}{{ r.b }}{% endfor %}"
          "{% else %}{% for r in rows %}{{ r.b }}{% endfor %}{% endif %}"),
         {"rows.*.a", "rows.*.b"}),
        ("{{ note|default('–') }}{{ city|e }}", {"note", "city"}),
        ("{{ a ~ ' ' ~ b }}", {"a", "b"}),
        ("{{ names|join(', ') }}", {"names.*"}),
        ("{% for r in rows %}{{ r.name }}{% endfor %}", {"rows.*.name"}),
        (
            "{% for r in a.rows %}{% for s in r.all %}{{ s }}{% endfor %}{% endfor %}",
            {"a.rows.*.all.*"},
        ),
        ("{% for r in rows %}{% if r.x %}{{ r.x }}{% endif %}{% endfor %}", {"rows.*.x"}),
        ("{% if note is defined %}{{ note }}{% endif %}", {"note"}),
        ("{% if a and b %}{{ a }} {{ b }}{% else %}{{ a or b }}{% endif %}", {"a", "b"}),
        ("{{ a or b }}{% if a and b %}{{ b }}{% endif %}", {"a", "b"}),
        ("{% if a %}{{ a }}, {{ b }}{% endif %}{% if not a and b %}{{ b }}{% endif %}", {"a", "b"}),
        ("{% if x == 1 %}{{ a }}{% elif x == 2 %}{{ a }}{% else %}{{ a }}{% endif %}", {"a"}),
        ("{% for r in rows %}{{ r.a or r.b }}{% if r.a %}{{ r.b }}{% endif %}{% endfor %}",
         {"rows.*.a", "rows.*.b"}),
        ("{% for a, b in rows %}{{ a }}{% endfor %}{{ a }}", {"a"}),
    ],
)  # fmt: skip
def test_what_is_printed_whenever_it_was_given_is_sure(words: str, printed: set[str]) -> None:
    assert sure(paragraph(words)) == printed


@pytest.mark.parametrize(
    "words",
    [
        "{% if other %}{{ note }}{% endif %}",
        "{% if note and other %}{{ note }}{% endif %}",
        "{% if note == 'x' %}{{ note }}{% endif %}",
        "{% if not note %}{{ note }}{% endif %}",
        "{% if child.name %}{{ child }}{% endif %}",
        "{% for r in rows %}{{ note }}{% endfor %}",
        "{% for r in rows if r.x %}{{ r.name }}{% endfor %}",
        "{% for r in rows|sort %}{{ r.name }}{% endfor %}",
        "{% for r in rows %}{% if loop.first %}{{ r.name }}{% endif %}{% endfor %}",
        "{% for r in a %}{% for s in a %}{% if r.x %}{{ s.x }}{% endif %}{% endfor %}{% endfor %}",
        "{% for r in a %}{% if r.x %}{% for s in a %}{{ s.x }}{% endfor %}{% endif %}{% endfor %}",
        ("{% if a|join(attribute='x') %}{% for r in a %}{% if r.x %}{{ r.y }}{% endif %}"
         "{% endfor %}{% else %}{% for r in a %}{{ r.y }}{% endfor %}{% endif %}"),
        "{% if a|join(attribute='x') %}{% for r in a %}{{ r.y }}{% endfor %}{% endif %}",
        "{% for r in rows %}{% else %}{{ note }}{% endfor %}",
        "{{ note|upper }}{{ note[:3] }}{{ note|truncate(5) }}",
        "{{ rows|join(', ', attribute='name') }}",
        "{% set note = 'x' %}{{ note }}",
        "{{ 'x' if other else note }}",
        "{{ other.items }}",
        "{# {{ note }} #}",
        "{% if not a and note %}{{ note }}{% endif %}{% if a and b %}{{ note }}{% endif %}",
        "{% if x == 1 %}{{ note }}{% endif %}{% if x != 1 %}{{ note }}{% endif %}",
        "{{ x == 1 or note }}",
        "{% if note is not defined %}{{ note }}{% endif %}",
        "{% if note is string %}{{ note }}{% endif %}",
        "{% if false %}{{ note }}{% endif %}",
        "{% with note = 'x' %}{{ note }}{% endwith %}",
        "{% macro m(note) %}{{ note }}{% endmacro %}{{ m('x') }}",
        "{% filter upper %}{{ note }}{% endfilter %}",
        "{% autoescape false %}{{ note }}{% endautoescape %}",
        "{% set b %}{{ note }}{% endset %}",
        "{% for a, b in rows %}{{ a }}{% endfor %}",
        "{% for r in rows[:1] %}{{ r.name }}{% endfor %}",
        "{% for r in rows recursive %}{{ r.name }}{% endfor %}",
        "{% raw %}{{ note }}{% endraw %}",
        "{{ self }}{{ loop }}",
    ],
)  # fmt: skip
def test_what_may_be_left_out_is_not_sure(words: str) -> None:
    assert sure(paragraph(words)) == set()


def test_an_answer_that_is_hidden_deleted_or_in_an_attribute_is_not_sure() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{{ a }}</w:t></w:r></w:p>"
    deleted = '<w:p><w:del w:id="1" w:author="x"><w:r><w:t>{{ b }}</w:t></w:r></w:del></w:p>'
    field = '<w:p><w:fldSimple w:instr="{{ c }}"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>'
    assert sure(hidden + deleted + field + paragraph("{{ d }}")) == {"d"}


def test_an_answer_in_a_style_or_a_row_that_is_hidden_is_not_sure() -> None:
    styles = (
        '<w:style w:styleId="Own"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="Below"><w:basedOn w:val="Own"/></w:style>'
        '<w:style w:styleId="Shown"><w:basedOn w:val="Own"/>'
        '<w:rPr><w:vanish w:val="0"/></w:rPr></w:style></w:styles>'
    )
    hidden = "<w:tr><w:trPr><w:hidden/></w:trPr><w:tc>{}</w:tc></w:tr>".format(paragraph("{{ e }}"))
    body = (
        paragraph("{{ a }}", "Own")
        + f"<w:p>{run('{{ b }}', 'Below')}{run('{{ c }}', 'Shown')}</w:p>"
        + f'<w:p><w:r><w:rPr><w:rStyle w:val="Own"/><w:vanish w:val="false"/></w:rPr>'
        f"<w:t>{{{{ d }}}}</w:t></w:r></w:p><w:tbl>{hidden}</w:tbl>"
    )
    data = _changed(_template(body), "word/styles.xml", "</w:styles>", styles)
    assert docx.load(data).prints.paths == {"c", "d"}


def test_what_stands_in_a_comment_is_not_read_and_makes_nothing_sure() -> None:
    assert sure("<!-- > <w:p><w:r><w:t>{{ a }}</w:t></w:r></w:p> -->" + paragraph("x")) == set()


@pytest.mark.parametrize(
    ("section", "is_seen"),
    [("<w:titlePg/>", False), ('<w:titlePg w:val="0"/>', True),
     ('<w:titlePg w:val="0"/><w:pgNumType w:start="2"/>', False),
     ('<w:titlePg w:val="0"/><w:pgNumType w:start="3"/>', True)],
)  # fmt: skip
def test_a_header_is_sure_to_be_seen_where_the_first_page_shows_it(
    section: str, is_seen: bool
) -> None:
    template = _template(paragraph("x"), footer=paragraph("{{ a }}"))
    data = _changed(template, "word/document.xml", "<w:titlePg/>", section)
    assert ("a" in docx.load(data).prints) is is_seen


def _template(body: str, **parts: str) -> bytes:
    return Case(body, lambda _template: {}, **parts).template()  # type: ignore[arg-type]


def _changed(data: bytes, part: str, old: str, new: str) -> bytes:
    members = package.unpack(data)
    members[part] = members[part].replace(old.encode(), new.encode())
    return package.Packer(members, (), 6).pack({})


def test_a_group_that_a_filter_prints_as_python_is_looked_into() -> None:
    prints = compiled(paragraph("{{ child|string }}{{ rows|join(', ') }}")).prints
    assert prints.unsure({"child": {"name": "a\nb"}}) == ["child.name"]
    assert prints.unsure({"rows": ["a", {"x": "O'Hara \\"}]}) == ["rows.1.x"]


def test_a_key_is_taken_whole() -> None:
    assert compiled(paragraph("{{ child['a:b'] }}")).prints.unsure({"child": {"a": "x"}}) == [
        "child.a"
    ]


def test_only_the_first_pages_header_is_sure_to_be_seen() -> None:
    # the package of the corpus has a header of its own for the first page
    first = compiled(paragraph("x"), header=paragraph("{{ seen }}"))
    assert "seen" in first.prints
    later = compiled(paragraph("x"), footer=paragraph("{{ unseen }}"))
    assert "unseen" not in later.prints


def test_rows_blocks_and_runs_of_the_dialect_are_seen_through() -> None:
    body = table(
        "Tabell", "m in measures", Column("Hva", 1, "{{ m.what }}"), Column("N", 1, "{{ m.who }}")
    )
    body += code("for p in people") + paragraph("{{ p }}") + code("endfor")
    body += "<w:p>" + run("{%r if place %}") + run("{{ place }}") + run("{%r endif %}") + "</w:p>"
    assert sure(body) == {"measures.*.what", "measures.*.who", "people.*", "place"}


PRINTS = compiled(
    paragraph("{{ note }}{{ child.name }}{% for r in rows %}{{ r.a }}{% endfor %}")
    + paragraph("{% for n in names %}{{ n }}{% endfor %}{% if count %}{{ count }}{% endif %}")
).prints


@pytest.mark.parametrize(
    ("answers", "unsure"),
    [
        ({"note": "x", "child": {"name": "Ada"}, "rows": [{"a": "1"}], "names": ["b"]}, []),
        ({"note": "", "other": "", "nothing": None, "group": {}, "list": []}, []),
        ({"other": "x"}, ["other"]),
        ({"yes": True, "no": False}, []),
        ({"count": 3}, []),
        ({"count": 0}, ["count"]),
        ({"child": {"name": "Ada", "born": "i går"}}, ["child.born"]),
        ({"rows": [{"a": "1"}, {"a": "1", "b": "2", "c": ""}]}, ["rows.1.b"]),
        ({"rows": [{"a": 0}]}, ["rows.0.a"]),
        ({"strangers": ["x", ""]}, ["strangers.0"]),
        ({"deep": {"rows": [{"in": [{"x": "y"}]}]}}, ["deep.rows.0.in.0.x"]),
    ],
)
def test_answers_that_may_be_missing_are_named(
    answers: dict[str, object], unsure: list[str]
) -> None:
    assert PRINTS.unsure(answers) == unsure


def test_an_answer_that_is_not_sure_is_looked_for_and_missed() -> None:
    template = compiled(paragraph("{{ note }}{% if codes.x %}{{ place }}{% endif %}"))
    words = {"note": "Kort", "place": "Otta"}
    assert template.prints.unsure(words) == ["place"]
    data = template.render({**words, "codes": {"x": False}, "paper": {"title": ""}})
    with pytest.raises(AnswersLost, match="place"):
        checks.nothing_lost(words, docx.text(data))


SHIPPED = sorted(path.name for path in TEMPLATES.glob("*.docx"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_templates_are_sure_to_print_every_answer(name: str) -> None:
    slug, _language, _ending = name.split(".")
    kind = kinds.find(slug)
    prints = docx.compiled((TEMPLATES / name).read_bytes()).prints
    for sample in SAMPLES.glob(f"{slug}.*.json"):
        words = kind.form.from_answers(load(sample.stem)).words()
        assert prints.unsure({k: v for k, v in words.items() if k != "language"}) == []
