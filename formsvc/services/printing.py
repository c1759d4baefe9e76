"""Answers in, document out: checked, printed and read back. Knows no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from formsvc.documents import checks, filling, html_pdf
from formsvc.errors import InvalidAnswers, NoSuchFormat
from formsvc.formats import Format
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.language import speaking
from formsvc.services import templates


class Printed(NamedTuple):
    """A document, and the hash of the template that made it."""

    data: bytes
    template_sha256: str


def check(kind: Kind, answers: Mapping[str, Any]) -> DocumentForm:
    """The form with these answers.

    :raises InvalidAnswers: with everything to mend, in the language spoken.
    """
    form = kind.form.from_answers(answers)
    if not form.validate():
        raise InvalidAnswers(form.problems())
    return form


def make(kind: Kind, answers: Mapping[str, Any], wanted: Format) -> bytes:
    """The document that plain answers become, without a reference and without being stored.

    :raises InvalidAnswers: with everything to mend, in the paper's language.
    :raises NoSuchFormat: when the kind does not come in that format.
    """
    with speaking(str(answers.get("language", ""))):
        demand(kind, wanted)
        return render(kind, check(kind, answers), wanted).data


def demand(kind: Kind, wanted: Format) -> None:
    """Make sure that a kind comes in a format.

    :raises NoSuchFormat: naming those that it does come in.
    """
    if kind.counted:
        raise NoSuchFormat(
            _("Dette skjemaet er anonymt og blir bare talt. Det lages ikke noe dokument.")
        )
    if wanted not in kind.formats:
        raise NoSuchFormat(
            _("Dette skjemaet finnes som %(formats)s.", formats=", ".join(kind.formats))
        )


def context(kind: Kind, form: DocumentForm, reference: str = "") -> dict[str, Any]:
    """All that a template sees."""
    return templates.context(kind, form, reference)


def render(
    kind: Kind,
    form: DocumentForm,
    wanted: Format,
    reference: str = "",
) -> Printed:
    """The document of a validated form, with every answer found again in it.

    :raises AnswersLost: when one is not; nothing is then handed out.
    """
    with speaking(form.paper_language):
        words = context(kind, form, reference)
        if wanted == "docx":
            return _word(kind, form, words)
        if wanted == "pdf":
            data = html_pdf.render(kind.slug, words)
            checks.nothing_lost_in_pdf(form.words(), data)
            return Printed(data, html_pdf.template_sha256(kind.slug))
        return _filled_form(kind, form, words, flatten=wanted == "flattened")


def _word(kind: Kind, form: DocumentForm, words: dict[str, Any]) -> Printed:
    template = templates.find(kind, f"{kind.slug}.{form.paper_language}.docx")
    data = filling.word(template, words, form.words(), form.paper_language)
    return Printed(data, _sha256(template))


def _filled_form(
    kind: Kind, form: DocumentForm, words: dict[str, Any], *, flatten: bool
) -> Printed:
    template = templates.find(kind, f"{kind.slug}.{form.paper_language}.pdf")
    identity = {name: words["paper"][name] for name in ("reference", "concerns")}
    given = (form.codes(), {**form.words(), "paper": identity})
    filled = filling.form(template, *given, flatten=flatten)
    if not filled.overflow:
        return Printed(filled.data, _sha256(template))
    entries = [
        {"number": number, "label": entry.label, "text": entry.text}
        for number, entry in enumerate(filled.overflow, start=1)
    ]
    title = _("Vedlegg til «%(title)s»", title=words["paper"]["title"])
    pages = html_pdf.render("continuation", {**words, "title": title, "entries": entries})
    data = filling.continued(template, *given, pages, flatten=flatten)
    return Printed(data, _sha256(template))


def _sha256(template: filling.Template) -> str:
    return hashlib.sha256(template.data).hexdigest()
