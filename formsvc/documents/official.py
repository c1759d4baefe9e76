"""The official templates, filled and proved to hold every answer; in the jail if from outside."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, NamedTuple

from formsvc import config
from formsvc.documents import checks, docx, jail, pdf_form
from formsvc.documents.docx import guard
from formsvc.documents.html_pdf import printable
from formsvc.documents.pdf_form import Filled, Overflow, typeface
from formsvc.documents.pdf_form.values import form_values, written_values
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
            return jail.run(work, self.data, *given, kept=partial(_compile, self.data))
        return work(self.data, *given)


class SamplePaper(NamedTuple):
    """A paper that a template is tried out with."""

    #: all that a template sees
    context: Mapping[str, Any]
    words: Mapping[str, Any]
    answers: Mapping[str, Any]
    language: str


class Form(NamedTuple):
    """A filled PDF form, with what there was no room for in it."""

    data: bytes
    overflow: list[Overflow]


def word(
    template: Template, context: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> bytes:
    """The Word document of a paper.

    :param context: all that the template sees
    :param words: those of it that are answers, each of which must stand on the paper
    :raises AnswersLost: when one does not
    :raises BadTemplate: the template cannot be read or filled
    """
    made: bytes = template.run(_word, context, words, language)
    return made


def _word(
    template: bytes, context: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> bytes:
    data = docx.render(template, context, language)
    printed = {name: said for name, said in words.items() if name not in checks.NOT_PRINTED}
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
    made = template.run(_form, answers, words, flatten)
    overflow = [Overflow(*each) for each in made["overflow"]]
    return Form(base64.b64decode(made["data"]), overflow)


def _form(
    template: bytes, answers: Mapping[str, Any], words: Mapping[str, Any], flatten: bool
) -> dict[str, Any]:
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
    made: bytes = template.run(_continued, answers, words, pages, flatten)
    return made


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
        _word(template, paper.context, paper.words, paper.language)
        return
    for flatten in (False, True):
        _form(template, paper.answers, paper.words, flatten)


def _compile(template: bytes) -> None:
    """Read a template, and prove what can be proved of it."""
    if template[:4] == b"PK\3\4":
        docx.compiled(template)
        return
    compiled = pdf_form.load(template)
    for flatten in (False, True):
        compiled.unsure({}, compiled.fill({}, flatten=flatten), flatten=flatten)
    typeface.fallback()  # for letters that the form lacks
    printable("\u2603")


def warm() -> None:
    """Load what every template needs, as the jail does before it gives up its rights."""
    docx.compiled((config.SHIPPED / "consent.nb.docx").read_bytes())
    pdf_form.load((config.SHIPPED / "consent.nb.pdf").read_bytes())
    for encoding in guard.BYTE_ORDERS.values():  # Python reads them in when first used
        codecs.lookup(encoding)
