"""A file with the answers of one paper, in JSON: read, and the form that it fills in."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from formsvc.errors import InvalidAnswers, Problem
from formsvc.forms.base import DocumentForm
from formsvc.language import gettext as _
from formsvc.language import speaking

Form = TypeVar("Form", bound=DocumentForm)


def filled(form_class: type[Form], data: bytes) -> Form:
    """The validated form with the answers of a file.

    :raises InvalidAnswers: with everything to mend, in the language of the paper.
    """
    answers = parsed(data)
    with speaking(str(answers.get("language", "")).strip()):
        form = form_class.from_answers(answers)
        if not form.validate():
            raise InvalidAnswers(form.problems())
        return form


def parsed(data: bytes) -> dict[str, Any]:
    """Answers from JSON.

    :raises InvalidAnswers: when it is no JSON object.
    """
    try:
        answers = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidAnswers(
            [Problem("", _("Fila er ikke gyldig JSON: %(error)s", error=error))]
        ) from None
    if not isinstance(answers, dict):
        raise InvalidAnswers([Problem("", _("Svarene skal være ett JSON-objekt: { … }"))])
    return answers
