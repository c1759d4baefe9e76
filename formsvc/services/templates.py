"""The templates of the papers: which is used, what it sees, what is wrong with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from formsvc import clock, config, originals, profile
from formsvc.documents import docx, filling, jail, pdf_form
from formsvc.documents.filling import Template
from formsvc.errors import AnswersLost, BadTemplate, Fault, FaultyTemplate
from formsvc.forms import letter, wording
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind
from formsvc.language import PAPER_LANGUAGES
from formsvc.language import gettext as _

log = logging.getLogger(__name__)

#: far more than any template needs
MOST_BYTES: Final = 20_000_000
#: seconds of the processor for all of its sample papers, which take a hundredth of one
MOST_SECONDS: Final = 5
#: the facts of a municipality that no other one has
_OF_ONE: Final = ("name", "organisation_number", "address", "phone", "email", "website")
#: for how many seconds a refusal stands before the template is looked at again
REFUSED_FOR: Final = 60


def find(kind: Kind, name: str) -> Template:
    """The template of that file name: the municipality's own, else the original of its profile.

    :raises FaultyTemplate: naming all that is wrong with the municipality's own.
    :raises BadTemplate: there is none.
    """
    own = config.own_template(name)
    if own is not None:
        template = Template(own.read_bytes(), outside=True)
        _demand_sound(kind, name, template.data)
        return template
    original = originals.of(name)
    if original is None:
        raise BadTemplate(
            f"The template {name} is missing. Put it in docx_templates/ or in FORMSVC_TEMPLATES."
        )
    return Template(original, outside=False)


def in_use(name: str) -> bytes:
    """The bytes of the template of that file name, sound or not; none where there is none."""
    own = config.own_template(name)
    return own.read_bytes() if own else originals.of(name) or b""


@lru_cache(maxsize=64)
def _demand_sound(kind: Kind, name: str, data: bytes) -> None:
    refusals = _refusals(kind, name, data, int(time.monotonic() // REFUSED_FOR))
    if refusals:
        raise FaultyTemplate(refusals)


@lru_cache(maxsize=64)
def _refusals(kind: Kind, name: str, data: bytes, _now: int) -> list[Fault]:
    """Why a template may not be used; told to the one who runs the service, too."""
    refusals = [fault for fault in check(kind, data) if fault.refuses]
    if refusals:
        log.error(
            "your template %s cannot be used, and its documents are refused until it is mended"
            " (formsvc check-template says all): %s",
            name,
            refusals[0].told(),
        )
    return refusals


def check(kind: Kind, data: bytes) -> list[Fault]:
    """All that is wrong with a template of that kind, in words for the one who made it.

    It is looked at, and then filled with sample papers, in the jail, so that a file which stops its
    reader stops nothing else.

    :param data: a Word template, or a PDF form.
    """
    if len(data) > MOST_BYTES:
        return [
            Fault("", "", _("Fila er altfor stor. Ta bort store bilder, og lagre den på nytt."))
        ]
    is_form = data.lstrip()[:5] == b"%PDF-"
    work, seen = (pdf_form.check, kind.form.schema()) if is_form else (docx.check, schema(kind))
    try:
        faults = [Fault(*each) for each in jail.run(work, data, seen)]
        if not any(fault.refuses for fault in faults):
            _try_out(kind, data, is_whole=not faults)
    except BadTemplate as error:
        return [Fault("", "", str(error))]
    except AnswersLost as error:
        return [Fault("", "", _("Et prøvedokument kunne ikke lages av malen: %(why)s", why=error))]
    return faults


def doubts(name: str) -> list[str]:
    """What to look at in a template of the municipality's own; it is used all the same."""
    own = config.own_template(name)
    if own is None:
        return []
    copied_from = originals.made_from(own.parent).keys.get(name)
    changed = name in originals.NAMES and copied_from not in (None, originals.key(name))
    told = ["its original has changed since it was copied"] if changed else []
    return told + [f"it says «{fact}»" for fact in _facts_of_another(own.read_bytes())]


def _facts_of_another(data: bytes) -> list[str]:
    """What a template says of the invented municipality, where that is not the one at work."""
    here, shipped = (
        {held.municipality(language)[fact] for language in PAPER_LANGUAGES for fact in _OF_ONE}
        for held in (profile.current(), profile.of(None))
    )
    try:
        text = " ".join(filling.text(Template(data, outside=True)).split())
    except BadTemplate:
        return []  # that is told of it already
    return sorted(fact for fact in shipped - here if fact in text)


def _try_out(kind: Kind, data: bytes, *, is_whole: bool) -> None:
    """Fill a template with sample papers, as it will be filled with those of people.

    :param is_whole: whether it is known to print every answer; else that was told already.
    :raises BadTemplate: it cannot be filled, or takes too long.
    :raises AnswersLost: it prints less than it seemed to.
    """
    forms = [form(kind, language) for language in PAPER_LANGUAGES for form in (full, bare)]
    papers = [
        filling.SamplePaper(context(kind, form), form.words(), form.codes(), form.paper_language)
        for form in forms
    ]
    filling.try_out(data, papers, is_whole=is_whole, processor=MOST_SECONDS)


def full(kind: Kind, language: str) -> DocumentForm:
    """A sample paper with all that the fields have an example of."""
    return kind.form.from_answers(kind.form.sample(language))


def bare(kind: Kind, language: str) -> DocumentForm:
    """A sample paper with no more answers than it must have."""
    answers = kind.form.sample(language)
    # a real service refuses the invented identity numbers of samples, with and without the rest
    refused = _refused(kind, answers)
    for name in list(answers):
        fewer = {other: answer for other, answer in answers.items() if other != name}
        if name != "language" and _refused(kind, fewer) <= refused:
            answers = fewer
    return kind.form.from_answers(answers)


def _refused(kind: Kind, answers: Mapping[str, Any]) -> set[str]:
    form = kind.form.from_answers(answers)
    return set() if form.validate() else {problem.field for problem in form.problems()}


def context(kind: Kind, form: DocumentForm, reference: str = "") -> dict[str, Any]:
    """All that a template sees: the answers in words, their codes, and what the profile says."""
    return {**form.words(), "codes": form.codes(), "paper": frame(kind, form, reference)}


def frame(kind: Kind, form: DocumentForm, reference: str = "") -> dict[str, Any]:
    """What a template sees beside the answers: what the form and the profile say.

    :param form: of an empty one, it is what a blank paper says.
    """
    municipality, today = profile.current(), clock.today()
    language, concern = form.paper_language, form.concern
    words = wording.of(kind.form, language)
    texts = municipality.texts(kind.slug, language, today, concern)
    headings = municipality.headings(kind.slug, language, today, concern)
    # what is declared stands above the names, and not among what is good to know
    unsaid = {"declaration", *form.unsaid()}
    return {
        "kind": kind.slug,
        "title": kind.title(language, today),
        "language": language,
        "reference": reference,
        "exempt": municipality.exempt(language, today, concern),
        "municipality": municipality.municipality(language),
        "addressee": _addressee(kind, language, today),
        **letter.of(form)._asdict(),
        "texts": {key: text for key, text in texts.items() if key not in unsaid},
        "headings": {key: heading for key, heading in headings.items() if key not in unsaid},
        "legal": municipality.legal(kind.slug, language, today),
        "sections": words.headings,
        "labels": words.labels,
        "phrases": _phrases(words.phrases, texts),
    }


def _addressee(kind: Kind, language: str, today: date) -> dict[str, str]:
    """The name and the address of the office that papers of a kind go to; "" for no office."""
    office = kind.form.addressed_to
    if not office:
        return {"name": "", "address": ""}
    municipality = profile.current()
    return {
        "name": municipality.office(office, language, today),
        "address": municipality.office_address(office),
    }


def _phrases(phrases: Mapping[str, str], texts: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What is printed word for word; what is declared is as the municipality says it."""
    own = {"declaration": " ".join(texts["declaration"])} if "declaration" in texts else {}
    return {**phrases, **own}


def schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema of all that a template sees."""
    answers = kind.form.schema()
    paper = _shape(frame(kind, kind.form.from_answers({})))
    for named_by_profile in ("texts", "headings"):  # templates go through them by their names
        words = paper["properties"][named_by_profile]
        words["additionalProperties"] = next(iter(words["properties"].values()), _WORDS)
    return {**answers, "properties": {**answers["properties"], "codes": answers, "paper": paper}}


def _shape(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"properties": {key: _shape(each) for key, each in value.items()}}
    return {"items": _WORDS} if isinstance(value, list) else dict(_WORDS)


_WORDS: Final = {"type": "string"}
