"""Templates that nobody would write: equal to docxtpl's, and proved only where it is true."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

import jinja2
from docxtpl import DocxTemplate
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from formsvc.documents import docx
from formsvc.documents.words import written
from formsvc.errors import BadTemplate
from formsvc.originals.word.parts import paragraph
from tests.documents.docx.corpus import Case
from tests.documents.docx.test_corpus import NOT_THE_SAME, parts

_NAMES = ["a", "b", "g.a", "g.b", "g['a']", "r.a", "r.b", "s.a", "s"]
#: what stands for a name is put in for ``{}``, one after the other
_EXPRESSIONS = [
    *["{}"] * 6,
    "{}|default('–')",
    "{} or {}",
    "{} if {} else {}",
    "{} ~ ' og ' ~ {}",
    "{}|string",
    "{}|string|upper",
    "({}|string)[:3]",
    "{} == {}",
    "names|join(', ')",
    "[{}, {}]|join('/')",
    "rows|length",
    "g|string",
]
_TESTS = [
    *["{}"] * 3,
    "not {}",
    "{} or {}",
    "{} and {}",
    "not ({} or not {})",
    "{} == {}",
    "{} is defined",
    "{} is string",
    "rows",
    "names and {}",
]
_LOOPS = ["r in rows", "s in rows", "s in names", "r in rows[:1]", "r in rows if r.a", "a in names"]


def _put(patterns: list[str]) -> st.SearchStrategy[str]:
    names = st.lists(st.sampled_from(_NAMES), min_size=3, max_size=3)
    return st.builds(
        lambda pattern, names: pattern.format(*names), st.sampled_from(patterns), names
    )


def _inline(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% endif %}}".format, _put(_TESTS), inner),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, _put(_TESTS), inner, inner),
        st.builds(
            "{{% if {} %}}{}{{% elif {} %}}{}{{% endif %}}".format,
            _put(_TESTS), inner, _put(_TESTS), inner,
        ),
        st.builds("{{% for {} %}}{}{{% endfor %}}".format, st.sampled_from(_LOOPS), inner),
        st.builds("{{% set {} = {} %}}{}".format, st.sampled_from("ab"), _put(_EXPRESSIONS), inner),
        st.builds("{{% with a = {} %}}{}{{% endwith %}}".format, _put(_EXPRESSIONS), inner),
        st.builds("{}{}".format, inner, inner),
    )  # fmt: skip


INLINE = st.recursive(
    st.builds("«{{{{ {} }}}}» ".format, _put(_EXPRESSIONS)), _inline, max_leaves=4
)


@st.composite
def _paragraphs(draw: st.DrawFn) -> str:
    """A paragraph whose words are split over runs, some of them hidden."""
    words = draw(INLINE)
    cuts = sorted(draw(st.sets(st.integers(1, len(words)), max_size=4)))
    pieces = [words[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
    looks = st.sampled_from(["", "", "", "<w:rPr><w:b/></w:rPr>", "<w:rPr><w:vanish/></w:rPr>"])
    runs = (
        f'<w:r>{draw(looks)}<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
        for piece in pieces
    )
    return f"<w:p>{'<w:proofErr/>'.join(runs)}</w:p>"


def _row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:tcPr/>{cell}</w:tc>' for cell in cells)}</w:tr>"


def _table(loop: str, cells: list[str], columns: int) -> str:
    code = [paragraph("")] * (len(cells) - 1)
    grid = '<w:gridCol w:w="900"/>' * columns
    return (
        f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>"
        + _row(paragraph(f"{{%tr for {loop} %}}"), *code)
        + _row(*(f"{cell}{paragraph('')}" for cell in cells))
        + _row(paragraph("{%tr endfor %}"), *code)
        + "</w:tbl>"
        + paragraph("")
    )


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def when(test: str, yes: str, no: str) -> str:
        tags = [paragraph(f"{{%p {tag} %}}") for tag in (f"if {test}", "else", "endif")]
        return tags[0] + yes + tags[1] + no + tags[2]

    def each(loop: str, body: str) -> str:
        return paragraph(f"{{%p for {loop} %}}") + body + paragraph("{%p endfor %}")

    loops = st.sampled_from(_LOOPS)
    return st.one_of(
        st.builds(when, _put(_TESTS), inner, inner),
        st.builds(each, loops, inner),
        st.builds(_table, loops, st.lists(inner, min_size=1, max_size=3), st.integers(1, 3)),
        st.builds("{}{}".format, inner, inner),
    )


BODIES = st.recursive(_paragraphs(), _blocks, max_leaves=5)

TEXTS = st.one_of(
    st.just(""), st.integers(0, 9**9).map("ord {}\n& <b>\t'".format), st.integers(0, 999)
)
GROUPS = st.fixed_dictionaries({"a": TEXTS, "b": TEXTS})
ANSWERS = st.fixed_dictionaries(
    {"a": TEXTS, "b": TEXTS, "g": GROUPS, "r": GROUPS, "s": GROUPS}
    | {"rows": st.lists(GROUPS, max_size=3), "names": st.lists(TEXTS, max_size=3)}
)


def _rendered(template: bytes, words: Mapping[str, object]) -> tuple[docx.CompiledDocx, bytes]:
    try:
        compiled = docx.load(template)
        return compiled, compiled.render({"paper": {"title": ""}, **words})
    except BadTemplate:  # a name that is not there, a whole group printed, a text as a list
        assume(False)
        raise


def _by_docxtpl(template: bytes, words: Mapping[str, object]) -> bytes:
    theirs = DocxTemplate(io.BytesIO(template))
    theirs.render(
        {"paper": {"title": ""}, **words},
        jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, finalize=written),
    )
    file = io.BytesIO()
    theirs.save(file)
    return file.getvalue()


def _leaves(answers: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(answers, dict):
        for key, answer in answers.items():
            yield from _leaves(answer, f"{path}.{key}".lstrip("."))
    elif isinstance(answers, list):
        for number, answer in enumerate(answers):
            yield from _leaves(answer, f"{path}.{number}")
    elif answers != "":
        yield path, str(answers)


_ODD = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@_ODD
@given(BODIES, INLINE, ANSWERS)
def test_any_template_becomes_what_docxtpl_makes_of_it(
    body: str, header: str, words: dict[str, Any]
) -> None:
    template = Case(body, lambda _template: {}, header=paragraph(header)).template()
    _compiled, made = _rendered(template, words)
    theirs, ours = parts(_by_docxtpl(template, words)), parts(made)
    for part in set(ours) - NOT_THE_SAME:
        assert ours[part] == theirs[part], part


@settings(_ODD, max_examples=150)
@given(BODIES, INLINE, ANSWERS)
def test_an_answer_that_is_not_in_a_document_is_never_taken_for_sure(
    body: str, header: str, words: dict[str, Any]
) -> None:
    template = Case(body, lambda _template: {}, header=paragraph(header)).template()
    compiled, made = _rendered(template, words)
    unsure, read = set(compiled.prints.unsure(words)), docx.text(made)
    for path, answer in _leaves(words):
        assert path in unsure or answer in read, path


def test_the_odd_templates_are_not_all_unproved() -> None:
    """Otherwise the test above would say little."""
    body = paragraph("{{ a }}{% if g.a or g.b %}{{ g.a or g.b }}{% endif %}")
    compiled = docx.load(Case(body, lambda _template: {}).template())
    assert compiled.prints.paths == {"a", "g.a"}
