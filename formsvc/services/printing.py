"""Answers in, document out: checked, printed and read back. Knows no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from formsvc import config, norway, profile
from formsvc.documents import checks, docx, html_pdf, pdf_form
from formsvc.documents.form_values import form_values, written_values
from formsvc.errors import BadTemplate, InvalidAnswers, NoSuchFormat
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Format, Kind
from formsvc.language import PAPER_LANGUAGES, speaking
from formsvc.language import gettext as _


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
    if not kind.formats:
        raise NoSuchFormat(
            _("Dette skjemaet er anonymt og blir bare talt. Det lages ikke noe dokument.")
        )
    if wanted not in kind.formats:
        raise NoSuchFormat(
            _("Dette papiret finnes som %(formats)s.", formats=", ".join(kind.formats))
        )


def context(kind: Kind, form: DocumentForm, reference: str = "") -> dict[str, Any]:
    """All that a template sees: the answers in words, their codes, and what the profile says."""
    language, today = form.paper_language, norway.today()
    return {
        **form.words(),
        "codes": form.answers(),
        "paper": _frame(kind, language, today, reference),
    }


def _frame(kind: Kind, language: str, today: date, reference: str) -> dict[str, Any]:
    municipality = profile.current()
    return {
        "kind": kind.slug,
        "title": kind.title(language, today),
        "language": language,
        "reference": reference,
        "exempt": municipality.word("exempt", language, today),
        "municipality": municipality.municipality(language),
        "office": municipality.office("coordinating_unit", language, today),
        "texts": municipality.texts(kind.slug, language, today),
        "headings": municipality.headings(kind.slug, language, today),
        "legal": municipality.legal(kind.slug, language, today),
    }


def schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema of all that a template sees (``context``)."""
    answers = kind.form.schema()
    paper = _shape(_frame(kind, PAPER_LANGUAGES[0], norway.today(), ""))
    for named_by_profile in ("texts", "headings"):  # templates go through them by their names
        words = paper["properties"][named_by_profile]
        words["additionalProperties"] = next(iter(words["properties"].values()), _WORDS)
    return {**answers, "properties": {**answers["properties"], "codes": answers, "paper": paper}}


def _shape(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"properties": {key: _shape(each) for key, each in value.items()}}
    return {"items": _WORDS} if isinstance(value, list) else dict(_WORDS)


_WORDS: Final = {"type": "string"}


def render(kind: Kind, form: DocumentForm, wanted: Format, reference: str = "") -> Printed:
    """The document of a validated form, with every answer found again in it.

    :raises AnswersLost: when one is not; nothing is then handed out.
    """
    with speaking(form.paper_language):
        words = context(kind, form, reference)
        if wanted == "docx":
            return _word(kind, form, words)
        if wanted == "pdf":
            data = html_pdf.render(kind.slug, words)
            checks.nothing_lost(html_pdf.printable(form.words()), pdf_form.text(data))
            return Printed(data, html_pdf.template_sha256(kind.slug))
        return _official_pdf(kind, form, words, flatten=wanted == "flattened")


def _word(kind: Kind, form: DocumentForm, words: dict[str, Any]) -> Printed:
    template = _official(f"{kind.slug}.{form.paper_language}.docx")
    data = docx.render(template, words, form.paper_language)
    checks.nothing_lost(form.words(), docx.text(data))
    return Printed(data, hashlib.sha256(template).hexdigest())


def _official_pdf(
    kind: Kind, form: DocumentForm, words: dict[str, Any], *, flatten: bool
) -> Printed:
    template = _official(f"{kind.slug}.{form.paper_language}.pdf")
    values = form_values(form.answers(), form.words(), template)
    filled = pdf_form.fill(template, values, flatten=flatten)
    data = filled.data
    if filled.overflow:
        entries = [
            {"number": number, "label": entry.label, "text": entry.text}
            for number, entry in enumerate(filled.overflow, start=1)
        ]
        title = _("Vedlegg til %(title)s", title=words["paper"]["title"])
        beside = html_pdf.render("continuation", {**words, "title": title, "entries": entries})
        data = pdf_form.append(data, beside)
    written = html_pdf.printable(written_values(values, template))
    checks.nothing_lost(written, pdf_form.text(data))
    return Printed(data, hashlib.sha256(template).hexdigest())


def _official(name: str) -> bytes:
    path = config.template(name)
    if path is None:
        raise BadTemplate(
            f"The template {name} is missing. Put it in docx_templates/ or in FORMSVC_TEMPLATES."
        )
    return path.read_bytes()
