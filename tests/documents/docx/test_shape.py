"""What is proved of a template holds for whatever it is filled with."""

from __future__ import annotations

from itertools import product

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError
from jinja2.filters import FILTERS
from lxml import etree

from formsvc.documents.docx.package import W
from formsvc.documents.docx.shape import Shape, shape_of
from formsvc.documents.docx.tables import fit_grids

ENVIRONMENT = Environment(autoescape=True)
ROOT = f'<x xmlns:w="{W[1:-1]}">{{}}</x>'
BLOCKS = st.sampled_from(
    ["{% if a %}", "{% elif b %}", "{% else %}", "{% endif %}", "{% for x in xs %}", "{% endfor %}"]
)
PIECES = st.one_of(
    BLOCKS,
    st.sampled_from(["<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:br/>"]),
    st.sampled_from(["{{ a }}", '<w:t w:val="', '">', '"/>', "<w:", "ord", "{{ a|safe }}"]),
)
CELL = "<w:tc><w:p/></w:tc>"
WIDE = '<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p/></w:tc>'
TABLE_PIECES = st.one_of(BLOCKS, st.sampled_from(["<w:tr>", "</w:tr>", CELL, CELL, WIDE]))
WORDS = [
    {"a": a, "b": b, "xs": xs} for a, b, xs in product(['<&">', ""], [True, False], ["", "x", "xy"])
]


def read(xml: str) -> tuple[Shape, list[str]]:
    """The proved shape of a template, and what it becomes with all kinds of words."""
    try:
        tree = ENVIRONMENT.parse(xml)
    except TemplateSyntaxError:
        assume(False)
        raise
    shape = shape_of(tree, frozenset(FILTERS))
    return shape, [ENVIRONMENT.from_string(xml).render(words) for words in WORDS]


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=14).map("".join))
@example("<w:p>{% if a %}</w:p><w:p>{% endif %}</w:p>")
@example("<w:p>{% for x in xs %}</w:p><w:p>{% endfor %}</w:p>")
@example('<w:t w:val="{% if a %}{{ a }}{% else %}y{% endif %}"/>')
@example('<w:t w:val="{% if a %}"/>{% else %}y"/>{% endif %}')
@example("{% if a %}<w:p>{% else %}<w:p><w:br/>{% endif %}</w:p>")
def test_what_is_proved_to_be_sound_is_well_formed_with_any_words(pieces: str) -> None:
    shape, results = read(ROOT.format(pieces))
    if shape.is_sound:
        for result in results:
            etree.fromstring(result)


@settings(max_examples=300)
@given(st.integers(0, 3), st.lists(TABLE_PIECES, max_size=10).map("".join))
@example(
    2, "<w:tr>" + WIDE + "</w:tr>{% for x in xs %}<w:tr>" + CELL + CELL + "</w:tr>{% endfor %}"
)
def test_a_table_that_is_proved_to_fit_is_not_changed(columns: int, rows: str) -> None:
    grid = '<w:gridCol w:w="900"/>' * columns
    table = f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    shape, results = read(ROOT.format(table))
    if shape.is_sound and not shape.tables_vary:
        for result in results:
            tree = etree.fromstring(result)
            before = etree.tostring(tree)
            fit_grids(tree)
            assert etree.tostring(tree) == before


def test_the_usual_template_is_proved() -> None:
    row = f"<w:tr>{CELL}{CELL}</w:tr>"
    table = "<w:tbl><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>{}</w:tbl>"
    loop = "{% for x in xs %}" + row + "{% endfor %}"
    shape, _results = read(ROOT.format(table.format(row + loop)))
    assert shape.is_sound
    assert not shape.tables_vary
