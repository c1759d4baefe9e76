from __future__ import annotations

from pathlib import Path

import pytest

from formsvc import kinds
from formsvc.documents import checks, docx
from formsvc.errors import AnswersLost
from formsvc.services import printing
from template_sources.word.parts import Column, code, paragraph, run, table
from tests.documents.corpus import Case
from tests.samples import load

TEMPLATES = Path(__file__).parents[2] / "docx_templates"


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
        ("{{ note|default('–') }}{{ city|e }}", {"note", "city"}),
        ("{{ a ~ ' ' ~ b }}", {"a", "b"}),
        ("{{ names|join(', ') }}", {"names.*"}),
        ("{% for r in rows %}{{ r.name }}{% endfor %}", {"rows.*.name"}),
        (
            "{% for r in a.rows %}{% for s in r.all %}{{ s }}{% endfor %}{% endfor %}",
            {"a.rows.*.all.*"},
        ),
        ("{% for r in rows %}{% if r.x %}{{ r.x }}{% endif %}{% endfor %}", {"rows.*.x"}),
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
        "{% for r in rows %}{% else %}{{ note }}{% endfor %}",
        "{{ note|upper }}{{ note[:3] }}{{ note|truncate(5) }}",
        "{{ rows|join(', ', attribute='name') }}",
        "{% set note = 'x' %}{{ note }}",
        "{{ 'x' if other else note }}",
        "{{ other.items }}",
        "{# {{ note }} #}",
    ],
)  # fmt: skip
def test_what_may_be_left_out_is_not_sure(words: str) -> None:
    assert sure(paragraph(words)) == set()


def test_an_answer_that_is_hidden_deleted_or_in_an_attribute_is_not_sure() -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{{ a }}</w:t></w:r></w:p>"
    deleted = '<w:p><w:del w:id="1" w:author="x"><w:r><w:t>{{ b }}</w:t></w:r></w:del></w:p>'
    field = '<w:p><w:fldSimple w:instr="{{ c }}"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>'
    assert sure(hidden + deleted + field + paragraph("{{ d }}")) == {"d"}


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


@pytest.mark.parametrize("name", ["minutes.nb", "minutes.nn", "invitation.nb", "consent.nb"])
def test_shipped_templates_are_sure_to_print_every_answer(name: str) -> None:
    kind = kinds.find(name.split(".")[0])
    words = printing.context(kind, kind.form.from_answers(load(name)))
    given = {k: v for k, v in words.items() if k not in ("codes", "paper", "language")}
    template = (TEMPLATES / f"{name}.docx").read_bytes()
    assert docx.compiled(template).prints.unsure(given) == []
