"""Fills a template, and proves that the document holds every answer; within the jail, too."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from typing import Any, NamedTuple

from formsvc import config
from formsvc.documents import checks, docx, pdf_form
from formsvc.documents.html_pdf import printable
from formsvc.documents.pdf_form import Filled, form_values, written_values
from formsvc.documents.words import STEERING, in_two_lines, unbroken
from formsvc.errors import AnswersLost
from formsvc.language import speaking


class SamplePaper(NamedTuple):
    """A paper that a template is tried out with."""

    #: all that a template sees
    context: Mapping[str, Any]
    words: Mapping[str, Any]
    answers: Mapping[str, Any]
    language: str


def word(
    template: bytes, context: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> bytes:
    """The Word document."""
    paper = unbroken(context["paper"])
    paper["title"] = in_two_lines(paper["title"])
    data = docx.render(template, {**context, "paper": paper}, language)
    printed = {name: said for name, said in words.items() if name not in STEERING}
    if docx.compiled(template).prints.unsure(printed):
        checks.nothing_lost(words, docx.text(data))
    return data


def form(
    template: bytes, answers: Mapping[str, Any], words: Mapping[str, Any], flatten: bool
) -> dict[str, Any]:
    """The PDF form in Base64, and what there was no room for in it: as JSON knows it."""
    values = form_values(answers, words, template)
    filled = pdf_form.fill(template, values, flatten=flatten)
    if not filled.overflow:
        _demand_whole(template, values, filled, filled, flatten=flatten)
    return {
        "data": base64.b64encode(filled).decode(),
        "overflow": [list(each) for each in filled.overflow],
    }


def continued(
    template: bytes,
    answers: Mapping[str, Any],
    words: Mapping[str, Any],
    pages: bytes,
    flatten: bool,
) -> bytes:
    """The PDF form, followed by the pages with what there was no room for in it."""
    values = form_values(answers, words, template)
    filled = pdf_form.fill(template, values, flatten=flatten)
    data = pdf_form.append(filled, pages)
    _demand_whole(template, values, filled, data, flatten=flatten)
    return data


def _demand_whole(
    template: bytes,
    values: Mapping[str, str | bool],
    filled: Filled,
    data: bytes,
    *,
    flatten: bool,
) -> None:
    """Make sure that every answer is found again, where that is not proved of the template."""
    if pdf_form.load(template).unsure(values, filled, flatten=flatten):
        checks.nothing_lost(printable(written_values(values, template)), pdf_form.text(data))


def try_out(template: bytes, papers: list[SamplePaper], is_whole: bool) -> None:
    """Fill a template with sample papers.

    :param is_whole: whether each of their answers must be found on them again
    :raises AnswersLost: when one is not
    :raises BadTemplate: the template cannot be filled
    """
    for paper in papers:
        with speaking(paper.language), nullcontext() if is_whole else suppress(AnswersLost):
            _try_out(template, paper)


def _try_out(template: bytes, paper: SamplePaper) -> None:
    if template[:4] == b"PK\3\4":
        word(template, paper.context, paper.words, paper.language)
        return
    for flatten in (False, True):
        form(template, paper.answers, paper.words, flatten)


def read(template: bytes) -> None:
    """Read a template, and prove what can be proved of it, for those who fill it after that."""
    if template[:4] == b"PK\3\4":
        docx.compiled(template)
        return
    pdf_form.prove(template)
    printable("\u2603")


def warm() -> None:
    """Load what every template needs, as the jail does before it gives up its rights."""
    warm_word()
    pdf_form.load((config.SHIPPED / "consent.nb.pdf").read_bytes())


def warm_word() -> None:
    """Load what Word templates need: forms need 25 MB more, and the service fills none itself."""
    docx.compiled((config.SHIPPED / "consent.nb.docx").read_bytes())
    docx.warm()
