"""The official templates, filled and proved to hold every answer; in the jail if from outside."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from formsvc.documents import filling, jail
from formsvc.documents.filling import SamplePaper, warm, warm_word
from formsvc.documents.pdf_form import Overflow

__all__ = [
    "Form",
    "SamplePaper",
    "Template",
    "continued",
    "form",
    "try_out",
    "warm",
    "warm_word",
    "word",
]


class Template(NamedTuple):
    """The bytes of a template."""

    data: bytes
    #: whether the municipality made it, and it did not come with the service
    outside: bool

    def run(self, work: Callable[..., Any], *given: object) -> Any:
        """Do a piece of work with the template: in the jail when it came from outside."""
        if self.outside:
            return jail.run(work, self.data, *given, kept=partial(filling.read, self.data))
        return work(self.data, *given)


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
    made: bytes = template.run(filling.word, context, words, language)
    return made


def form(
    template: Template, answers: Mapping[str, Any], words: Mapping[str, Any], *, flatten: bool
) -> Form:
    """The PDF form of a paper, filled in.

    :param answers: the plain answers: codes, ISO dates
    :param words: the same as a reader reads them
    :raises AnswersLost: when one is not found on it again
    :raises BadTemplate: the template cannot be read, or has no field for an answer
    """
    made = template.run(filling.form, answers, words, flatten)
    overflow = [Overflow(*each) for each in made["overflow"]]
    return Form(base64.b64decode(made["data"]), overflow)


def continued(
    template: Template,
    answers: Mapping[str, Any],
    words: Mapping[str, Any],
    pages: bytes,
    *,
    flatten: bool,
) -> bytes:
    """The filled form, followed by the pages with what there was no room for in it."""
    made: bytes = template.run(filling.continued, answers, words, pages, flatten)
    return made


def try_out(template: bytes, papers: list[SamplePaper], *, is_whole: bool, processor: int) -> None:
    """Fill a template from outside with sample papers, in the jail.

    :param is_whole: whether each of their answers must be found on them again
    :param processor: how many seconds of the processor that may take
    :raises AnswersLost: when one is not
    :raises BadTemplate: the template cannot be filled, or takes too long
    """
    jail.run(filling.try_out, template, papers, is_whole, processor=processor)
