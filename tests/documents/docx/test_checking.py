from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc import config
from formsvc.documents import docx
from formsvc.errors import BadTemplate, Fault, FaultyTemplate
from formsvc.kinds import KINDS, find
from formsvc.originals.word.parts import Column, code, paragraph, run, table
from formsvc.services import templates as templates
from tests.documents.docx.corpus import Case

SCHEMA = {
    "properties": {
        "language": {"enum": ["nb", "nn"]},
        "referent": {"type": "string", "title": "Referent"},
        "place": {"type": "string", "title": "Sted"},
        "anonymous": {"type": ["boolean", "null"]},
        "child": {
            "properties": {"name": {"type": "string"}, "birth_date": {"type": "string"}},
            "required": ["name"],
        },
        "purposes": {"title": "Formål", "type": "array", "items": {"enum": ["a", "b"]}},
        "measures": {
            "type": "array",
            "items": {
                "properties": {
                    "measure": {"type": "string", "title": "Tiltak"},
                    "deadline": {"type": "string", "title": "Frist"},
                },
                "required": ["measure", "deadline"],
            },
        },
        "paper": {"properties": {"title": {"type": "string"}}},
    },
    "required": ["referent", "purposes", "measures"],
}
GOOD = (
    paragraph("{{ referent }} {{ place }} {{ child.name }} {{ child.birth_date }}")
    + paragraph("{{ purposes|join(', ') }}")
    + table(
        "Tiltak",
        "m in measures",
        Column("Tiltak", 1, "{{ m.measure }}"),
        Column("Frist", 1, "{{ m.deadline|default('–') }}"),
    )
)


def faults(body: str, **parts: str) -> list[Fault]:
    return docx.check(Case(body, lambda _template: {}, **parts).template(), SCHEMA)  # type: ignore[arg-type]


def told(body: str, **parts: str) -> list[str]:
    return [fault.message for fault in faults(GOOD + body, **parts)]


def test_a_good_template_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("slug", [kind.slug for kind in KINDS if kind.formats])
def test_no_shipped_template_has_any(slug: str, language: str) -> None:
    template = (config.SHIPPED / f"{slug}.{language}.docx").read_bytes()
    assert docx.check(template, templates.schema(find(slug))) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("{{ refferent }}", "Skjemaet har ikke «refferent». Mente du `referent`?"),
        ("{{ child.nam }}", "Skjemaet har ikke «child.nam». Mente du `child.name`?"),
        ("{{ birth_date }}", "Skjemaet har ikke «birth_date». Mente du `child.birth_date`?"),
        ("{{ xyzzy }}", "Skjemaet har ikke «xyzzy». Rett navnet"),
        ("{{ paper.tittel }}", "Mente du `paper.title`?"),
        ("{{ measures.deadline }}", "«measures» er en liste"),
        ("{{ measures }}", "hel liste eller gruppe"),
        ("{{ child }}", "hel liste eller gruppe"),
        ("{% for x in place %}{% endfor %}", "«place» er ingen liste"),
        ("{% for m in measures %}{{ m.dedline }}{% endfor %}", "Mente du `measures.deadline`?"),
        ("{% if refferent %}x{% endif %}", "Mente du `referent`?"),
        ("{{ 'x' if refferent else 'y' }}", "Mente du `referent`?"),
        ("{{ place|default(refferent) }}", "Mente du `referent`?"),
        ("{{ place", "}} mangler"),
        ("{% if place", "%} mangler"),
        ("{{ place {{ referent }}", "}} mangler"),
        ("place }}", "som ikke begynner"),
        ("{{ “place” }}", "krøllete"),
        ("{{ place|default(«x») }}", "krøllete"),
        ("{% if place %}x", "uten noen endif"),
        ("{% for m in measures %}x", "uten noen endfor"),
        ("x{% endif %}", "ingenting er begynt"),
        ("{% if place %}{% for m in measures %}{% endif %}{% endfor %}", "Skriv endfor først"),
        ("{% edif %}", "Mente du `endif`?"),
        ("{% p if place %}{% endif %}", "Skriv {%p uten mellomrom"),
        ("{% set x = 1 %}", "«set» kan ikke brukes"),
        ("{% macro x() %}{% endmacro %}", "«macro» kan ikke brukes"),
        ("{% include 'x' %}", "kan ikke brukes"),
        ("{{ place.upper() }}", "«( )», som ikke er lov"),
        ("{{ ''.__class__ }}", "«__class__», som ikke er lov"),
        ("{{ place[:3] }}", "«[ ]», som ikke er lov"),
        ("{{ 'x' * 99999999 }}", "«*», som ikke er lov"),
        ("{{ place|safe }}", "Filteret «safe» kan ikke brukes"),
        ("{{ place|truncate(3) }}", "Filteret «truncate» kan ikke brukes"),
        ("{% if place is sameas referent %}{% endif %}", "«is sameas» kan ikke brukes"),
        ("{{ place " + "~ place" * 500 + " }}", "altfor lang"),
        ("{{ ) }}", "ikke er riktig skrevet"),
    ],
)
def test_a_fault_is_told_with_its_paragraph_and_its_mend(words: str, message: str) -> None:
    found = faults(GOOD + paragraph("Uskyldig") + paragraph(words))
    assert [fault for fault in found if message in fault.message], found
    assert found[0].part == "word/document.xml"
    assert words[:20] in found[0].where or not found[0].where
    assert all(fault.refuses for fault in found)


def test_every_fault_is_told_at_once_also_in_the_header() -> None:
    found = faults(
        GOOD + paragraph("{{ refferent }}") + paragraph("{{ plase }}"),
        header=paragraph("{{ titel }}"),
    )
    assert [fault.where for fault in found if fault.part == "word/document.xml"] == [
        "{{ refferent }}",
        "{{ plase }}",
    ]
    assert [fault.where for fault in found if "header" in fault.part] == ["{{ titel }}"]


def test_a_tag_over_two_paragraphs_is_told() -> None:
    assert "samme avsnitt" in told(paragraph("{{ pla") + paragraph("ce }}"))[0]


def test_a_tag_that_word_has_split_over_runs_is_no_fault() -> None:
    assert told("<w:p>" + run("{") + run("{ pla") + run("ce }") + run("}") + "</w:p>") == []


@pytest.mark.parametrize(
    "words",
    [
        "{{ child['name'] }} {{ measures[0].measure }}",
        "{% for x in [referent, place] %}{{ x|upper }}{% endfor %}",
        "{% if place == 'Otta' and not anonymous or place in ['a', 'b'] %}x{% else %}y{% endif %}",
        "{% for m in measures if m.deadline %}{{ loop.index }}{% else %}ingen{% endfor %}",
        "{{ place ~ ', ' ~ referent }} {_{ ikke en kode }_} {# bare en merknad #}",
        "{{ place|default('«ikke oppgitt»') }}",
    ],
)
def test_what_a_template_may_ask_for_is_no_fault(words: str) -> None:
    assert told(paragraph(words)) == []


def test_what_is_never_printed_is_told_and_refused_where_it_is_mandatory() -> None:
    found = faults(paragraph("{{ place }} {% if anonymous %}x{% endif %}"))
    assert {fault.where: fault.refuses for fault in found} == {
        "referent": True,
        "child.name": True,
        "child.birth_date": False,
        "purposes": True,
        "measures.measure": True,
        "measures.deadline": True,
    }
    assert "aldri ut «Referent»" in found[0].message


def test_a_box_that_is_ticked_by_a_choice_tells_of_it() -> None:
    body = GOOD.replace("{{ purposes|join(', ') }}", "{% for p in purposes %}{{ p }}{% endfor %}")
    assert faults(body) == []


def test_a_loop_in_rows_and_paragraphs_is_followed() -> None:
    body = code("for m in measures") + paragraph("{{ m.nope }}") + code("endfor")
    assert told(body) == ["Skjemaet har ikke «measures.nope». Rett navnet, eller ta bort koden."]


def test_an_untrusted_template_is_refused_at_load_with_all_that_it_may_not_use() -> None:
    body = paragraph("{{ place.upper() }}") + paragraph("{{ place|safe }}")
    source = Case(body, lambda _template: {}).template()
    with pytest.raises(FaultyTemplate) as raised:
        docx.load(source)
    assert [fault.where for fault in raised.value.faults] == [
        "{{ place.upper() }}",
        "{{ place|safe }}",
    ]
    docx.load(source, trusted=True)


def test_own_filters_are_allowed() -> None:
    source = Case(paragraph("{{ place|ropt }}"), lambda _template: {}).template()
    data = docx.load(source, filters={"ropt": str.upper}).render(
        {"paper": {"title": ""}, "place": "otta"}
    )
    assert docx.text(data).strip() == "OTTA"


@given(st.text(st.sampled_from("{}%# abif.|'\"«“()[]~\n")), st.booleans())
def test_any_tag_at_all_is_told_of_in_words_or_accepted(words: str, trusted: bool) -> None:
    source = Case(paragraph(words.replace("\n", " ")), lambda _template: {}).template()
    assert all(isinstance(fault, Fault) for fault in docx.check(source, SCHEMA))
    with contextlib.suppress(BadTemplate):
        docx.load(source, trusted=trusted)


def test_a_thousand_tags_that_are_never_closed_are_refused_before_docxtpl_reads_them() -> None:
    for words in ("{{ a " * 50_000, "{" * 200_000, "{% if " * 20_000, "{#" * 20_000):
        source = Case(paragraph(words), lambda _template: {}).template()
        assert docx.check(source, SCHEMA)
        with pytest.raises(BadTemplate):
            docx.load(source, trusted=True)
