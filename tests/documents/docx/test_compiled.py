from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docxtpl import DocxTemplate, Listing, RichText
from hypothesis import example, given, settings
from hypothesis import strategies as st

from formsvc.documents import docx
from formsvc.documents.docx.package import parse, unpack
from formsvc.errors import BadTemplate
from formsvc.language import speaking
from formsvc.originals.word.parts import Column, code, paragraph, run, table
from tests.documents.docx.corpus import CASES, Case


def source(body: str, **parts: str) -> bytes:
    return Case(body, lambda _template: {}, **parts).template()  # type: ignore[arg-type]


def filled(body: str, /, **words: Any) -> str:
    data = docx.load(source(body)).render({"paper": {"title": ""}, **words})
    return docx.text(data).strip("\n")


# -- any text -----------------------------------------------------------------------------------

EVERYWHERE = docx.load(
    source(
        paragraph("«{{ x }}»", "Heading1")
        + table("Tabell", "r in rows", Column("H", 1, "«{{ r.x }}»"))
        + code("for r in rows")
        + "<w:p><w:pPr><w:jc w:val='right'/></w:pPr>"
        + run("før ", "Strong")
        + run("«{{ r.x }}»")
        + "</w:p>"
        + code("endfor")
        + paragraph("{{r rich }}")
        + paragraph("«{{ listing }}»"),
        header=paragraph("«{{ x }}»"),
        footnotes=paragraph("«{{ x }}»"),
    )
)


def as_read(words: str) -> str:
    """What a reader finds of a text: what Word cannot hold is marked, the rest is there."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    words = re.sub("[\x00-\x06\x08\x0b\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", words)
    return words.replace("\f", "\n\n\n").replace("\a", "\n")  # a page is a paragraph with a break


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=60))
@example("a\n\tb\fc\ad")
@example("\ud83d half")
@example("\ufffe\uffff\x00\x0b\r")
@example("</w:t></w:r></w:p> {{ x }} {_{ {% if %} &amp; ]]> <!-- -->")
def test_any_text_is_read_again_in_every_place(words: str) -> None:
    data = EVERYWHERE.render(
        {
            "paper": {"title": words},
            "x": words,
            "rows": [{"x": words}, {"x": ""}, {"x": words}],
            "rich": RichText(f"«{words}»", bold=True),
            "listing": Listing(words),
        }
    )
    assert docx.text(data).count(f"«{as_read(words)}»") == (9 if words else 11)
    for name, part in unpack(data).items():
        if name.endswith(".xml"):
            parse(part, name)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("\"'><&")
def test_any_text_in_an_attribute_leaves_the_document_whole(words: str) -> None:
    field = f'<w:p><w:fldSimple w:instr="{{{{ x }}}}">{run("«{{ x }}»")}</w:fldSimple></w:p>'
    data = docx.load(source(field), trusted=True).render({"paper": {"title": ""}, "x": words})
    # a field cannot go on in the next paragraph, so that a new one is a line break in it
    assert f"«{as_read(words.translate({7: 10, 12: 10}))}»" in docx.text(data)


WRAPPED = docx.load(
    source(
        "<w:p>"
        f'<w:hyperlink w:anchor="a">{run("«{{ x }}»")}</w:hyperlink>'
        f"<w:sdt><w:sdtContent>{run('«{{ x }}»')}</w:sdtContent></w:sdt>"
        f'<w:ins w:id="1" w:author="x">{run("«{{ x }}»")}</w:ins>'
        "</w:p>"
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="{{{{ x }}}}"/></wp:inline>'
        f"</w:drawing></w:r>{run('«{{ x }}»')}</w:p>",
        footer=paragraph("«{{ x }}»"),
    )
)


@given(st.text(st.characters(exclude_categories=[]), max_size=40))
@example("a\n\tb\fc\ad")
@example("\u202eom\u2066 vendt\u2069 \ufeff\u200b")
@example("--><![CDATA[ ]]> %} }} #} {{ {% {#")
def test_any_text_is_read_again_in_links_controls_and_tracked_words(words: str) -> None:
    data = WRAPPED.render({"paper": {"title": words}, "x": words})
    read = docx.text(data)
    inside = as_read(words.translate({7: 10, 12: 10}))
    assert read.count(f"«{inside}»") >= 3
    assert read.count(f"«{as_read(words)}»") >= 2
    for name, part in unpack(data).items():
        if name.endswith(".xml"):
            parse(part, name)
    Document(io.BytesIO(data))


def test_a_new_page_and_a_new_paragraph_keep_the_style() -> None:
    style = "<w:pPr><w:jc w:val='right'/></w:pPr>"
    bold = "<w:rPr><w:b/></w:rPr>"
    body = f"<w:p>{style}<w:r>{bold}<w:t>{{{{ x }}}}</w:t></w:r></w:p>"
    data = docx.load(source(body)).render({"paper": {"title": ""}, "x": "a\fb\ac"})
    xml = unpack(data)["word/document.xml"].decode()
    assert xml.count(bold) == 3
    assert xml.count('w:val="right"') == 3
    assert xml.count('<w:br w:type="page"/>') == 1


def test_ten_thousand_line_breaks_are_ten_thousand_line_breaks() -> None:
    rows = [{"x": "en\nto\tre"} for _ in range(5000)]
    body = table("Tabell", "r in rows", Column("H", 1, "{{ r.x }}")) + paragraph("")
    assert filled(body, rows=rows).count("en\nto\tre") == 5000


# -- what may be given --------------------------------------------------------------------------


class _Person:
    name = "Ada & Bo"


def test_a_trusted_template_may_be_given_any_object_and_all_of_jinja() -> None:
    body = paragraph("{{ p.name }} {{ x|safe }} {{ range(3)|list|length }}")
    compiled = docx.load(source(body), trusted=True)
    data = compiled.render({"paper": {"title": ""}, "p": _Person(), "x": "fast"})
    assert docx.text(data).strip() == "Ada & Bo fast 3"


def test_a_trusted_template_is_in_the_sandbox_too() -> None:
    compiled = docx.load(source(paragraph("{{ p.__class__.__mro__ }}")), trusted=True)
    with pytest.raises(BadTemplate):
        compiled.render({"paper": {"title": ""}, "p": _Person()})


def test_an_object_is_not_given_to_a_template_that_is_not_trusted() -> None:
    with pytest.raises(TypeError, match="plain data"):
        docx.load(source(paragraph("x"))).render({"p": [{"p": _Person()}]})


def test_filters_of_ones_own_are_used_and_their_results_are_escaped() -> None:
    compiled = docx.load(
        source(paragraph("{{ x|shout }}")), filters={"shout": lambda words: f"<{words}>!"}
    )
    data = compiled.render({"paper": {"title": ""}, "x": "hei"})
    assert docx.text(data).strip() == "<hei>!"


def test_a_method_of_a_group_is_not_printed_as_python() -> None:
    with pytest.raises(BadTemplate, match="hel liste eller gruppe"):
        filled(paragraph("{{ child.items }}"), child={"name": "Ada"})


def test_one_compiled_template_speaks_the_language_of_each_paper() -> None:
    compiled = docx.load(source(paragraph("{{ yes }}")))
    for language in ("nb", "nn"):
        with speaking(language):
            data = compiled.render({"paper": {"title": ""}, "yes": True})
        assert docx.text(data).strip() == "Ja"


# -- errors say where ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("Referent: {{ refrent }}", "«refrent»"),
        ("Referent: {{ child.nam }}", "«nam»"),
        ("Referent: {{ 1 / 0 }}", "Se etter feil i kodene"),
        ("Referent: {{ ''.__class__ }}", "Referent"),
        ("Referent: {% for x in 5 %}{% endfor %}", "Se etter feil i kodene"),
        ("Referent: {{ 'x'|dictsort }}", "Se etter feil i kodene"),
    ],
)
def test_an_error_while_filling_names_the_words_of_its_paragraph(words: str, error: str) -> None:
    cells = (Column("Hode", 1, words), Column("Hode", 1, "x"))
    body = paragraph("Uskyldig") + table("T", "r in rows", *cells) + paragraph("Ny")
    with pytest.raises(BadTemplate, match=re.escape(error)) as raised:
        docx.load(source(body), trusted=True).render(
            {"paper": {"title": ""}, "rows": ["a"], "child": {"name": "Ada"}}
        )
    assert f"«{words}»" in str(raised.value)
    assert "Uskyldig" not in str(raised.value)


def test_a_filter_that_is_not_there_is_told_when_the_template_is_read() -> None:
    with pytest.raises(BadTemplate, match=re.escape("«Her {{ x|loudd }}»")):
        docx.load(source(paragraph("Før") + paragraph("Her {{ x|loudd }}")))


@pytest.mark.parametrize(
    "words",
    ["{{ " + "9" * 5000 + " }}", "{% if x %}" * 150 + "{% endif %}" * 150, "{{ " + "(" * 3000],
    ids=["long number", "deep blocks", "deep brackets"],
)
def test_a_tag_that_is_too_much_for_python_is_refused_in_words(words: str) -> None:
    with pytest.raises(BadTemplate, match="ikke er riktig skrevet"):
        docx.load(source(paragraph(words)))


# -- many at once -------------------------------------------------------------------------------


def test_one_compiled_template_fills_many_documents_at_once() -> None:
    compiled = docx.load(source(paragraph("{{ x }}")))

    def text_of(number: int) -> str:
        return docx.text(compiled.render({"paper": {"title": ""}, "x": f"n{number}"})).strip()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(text_of, range(200))) == [f"n{number}" for number in range(200)]


def test_many_threads_make_the_same_bytes_as_one() -> None:
    case = CASES["rows with conditions"]
    data, words = case.template(), case.answers(DocxTemplate(io.BytesIO(case.template())))
    alone = docx.load(data).render(words)
    compiled = docx.load(data)
    with ThreadPoolExecutor(8) as pool:
        made = {each.result() for each in [pool.submit(compiled.render, words) for _ in range(64)]}
        assert made == {alone}
    assert _in_a_child(lambda: compiled.render(words) == alone)


def test_threads_with_rich_text_and_threads_without_do_not_meet() -> None:
    compiled = docx.load(source(paragraph("{{r x }}")), trusted=True)

    def filled_with(number: int) -> str:
        broken = RichText(f"n{number}", font='A"' if number % 2 else "A")
        try:
            return docx.text(compiled.render({"paper": {"title": ""}, "x": broken})).strip()
        except BadTemplate:
            return "broken"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(filled_with, range(64)))
    assert found == ["broken" if number % 2 else f"n{number}" for number in range(64)]


_IN_ANOTHER_PROCESS = """
import hashlib, io, sys
from docxtpl import DocxTemplate
from formsvc.documents import docx
from tests.documents.docx.corpus import CASES
case = CASES["rows with conditions"]
data = case.template()
words = case.answers(DocxTemplate(io.BytesIO(data)))
print(hashlib.sha256(docx.load(data).render(words)).hexdigest())
"""


def test_another_process_makes_the_same_bytes() -> None:
    made = {
        subprocess.run(
            [sys.executable, "-c", _IN_ANOTHER_PROCESS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_template_is_compiled_once_and_not_kept_for_ever() -> None:
    first = docx.compiled(source(paragraph("en")))
    assert docx.compiled(source(paragraph("en"))) is first
    most = docx.compiled.cache_info().maxsize
    assert most is not None
    assert most < 1000


def test_a_template_that_was_read_before_a_fork_is_filled_after_it() -> None:
    data = source(paragraph("{{ x }}"))
    words: dict[str, object] = {"paper": {"title": ""}, "x": "gren"}
    before = docx.render(data, words, "nb")
    assert _in_a_child(lambda: docx.render(data, words, "nb") == before)


def _in_a_child(holds: Callable[[], bool]) -> bool:
    child = os.fork()
    if child == 0:  # pragma: no cover - seen by the parent alone
        os._exit(0 if holds() else 1)
    return os.waitpid(child, 0)[1] == 0
