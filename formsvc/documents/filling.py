"""Takes a template through the doors, and proves that the document holds every answer.

A template that came with the service is filled here; one from outside, in the jail.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, NamedTuple

from formsvc.documents import checks, docx, jail, pdf_form, pdf_text
from formsvc.documents.pdf_form import Filled, Overflow, form_values, written_values
from formsvc.documents.words import STEERING, in_two_lines, printable, unbroken
from formsvc.errors import AnswersLost
from formsvc.language import speaking


class Template(NamedTuple):
    """The bytes of a template."""

    data: bytes
    #: whether the municipality made it, and it did not come with the service
    outside: bool

    def run(self, work: Callable[..., Any], *given: object) -> Any:
        """Do a piece of work with the template: in the jail when it came from outside."""
        if self.outside:
            return jail.run(work, self.data, *given, kept=partial(_read, self.data))
        return work(self.data, *given)


class Form(NamedTuple):
    """A filled PDF form, with what there was no room for in it."""

    data: bytes
    overflow: list[Overflow]


class SamplePaper(NamedTuple):
    """A paper that a template is tried out with."""

    #: all that a template sees
    context: Mapping[str, Any]
    words: Mapping[str, Any]
    answers: Mapping[str, Any]
    language: str


def word(
    template: Template, context: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> bytes:
    """The Word document of a paper.

    :param context: all that the template sees
    :param words: those of it that are answers, each of which must stand on the paper
    :raises AnswersLost: when one does not
    :raises BadTemplate: the template cannot be read or filled
    """
    data: bytes = template.run(_word, context, words, language)
    return data


def _word(
    template: bytes, context: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> bytes:
    paper = unbroken(context["paper"])
    paper["title"] = in_two_lines(paper["title"])
    data = docx.render(template, {**context, "paper": paper}, language)
    printed = {name: said for name, said in words.items() if name not in STEERING}
    if docx.compiled(template).prints.unsure(printed):
        checks.nothing_lost(words, docx.text(data))
    return data


def form(
    template: Template, answers: Mapping[str, Any], words: Mapping[str, Any], *, flatten: bool
) -> Form:
    """The PDF form of a paper, filled in.

    :param answers: the plain answers: codes, ISO dates
    :param words: the same as a reader reads them
    :raises AnswersLost: when one is not found on it again
    :raises BadTemplate: the template cannot be read, or has no field for an answer
    """
    filled = template.run(_form, answers, words, flatten)
    overflow = [Overflow(*each) for each in filled["overflow"]]
    return Form(base64.b64decode(filled["data"]), overflow)


def _form(
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
    template: Template,
    answers: Mapping[str, Any],
    words: Mapping[str, Any],
    pages: bytes,
    *,
    flatten: bool,
) -> bytes:
    """The filled form, followed by the pages with what there was no room for in it."""
    data: bytes = template.run(_continued, answers, words, pages, flatten)
    return data


def _continued(
    template: bytes,
    answers: Mapping[str, Any],
    words: Mapping[str, Any],
    pages: bytes,
    flatten: bool,
) -> bytes:
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
        checks.nothing_lost_in_pdf(written_values(values, template), data)


def text(template: Template) -> str:
    """All that a template says before it is filled.

    :raises BadTemplate: it cannot be read.
    """
    said: str = template.run(_text)
    return said


def _text(template: bytes) -> str:
    return docx.text(template) if _is_word(template) else pdf_text.text(template)


def try_out(template: bytes, papers: list[SamplePaper], *, is_whole: bool, processor: int) -> None:
    """Fill a template from outside with sample papers, in the jail.

    :param is_whole: whether each of their answers must be found on them again
    :param processor: how many seconds of the processor that may take
    :raises AnswersLost: when one is not
    :raises BadTemplate: the template cannot be filled, or takes too long
    """
    jail.run(_try_all, template, papers, is_whole, processor=processor)


def _try_all(template: bytes, papers: list[SamplePaper], is_whole: bool) -> None:
    for paper in papers:
        with speaking(paper.language), nullcontext() if is_whole else suppress(AnswersLost):
            _try_one(template, paper)


def _try_one(template: bytes, paper: SamplePaper) -> None:
    if _is_word(template):
        _word(template, paper.context, paper.words, paper.language)
        return
    for flatten in (False, True):
        _form(template, paper.answers, paper.words, flatten)


def _read(template: bytes) -> None:
    """Read a template, and prove what can be proved of it, for those who fill it after that."""
    if _is_word(template):
        docx.compiled(template)
        return
    pdf_form.prove(template)
    printable("\u2603")


def _is_word(template: bytes) -> bool:
    return template[:4] == b"PK\3\4"
