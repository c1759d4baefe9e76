"""The official templates of the papers: which is used, what it sees, what is wrong with it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, Final

from formsvc import clock, config, profile
from formsvc.documents import docx, jail, pdf_form
from formsvc.documents.official import Template
from formsvc.errors import BadTemplate, Fault, FaultyTemplate
from formsvc.kinds import Kind
from formsvc.language import PAPER_LANGUAGES
from formsvc.language import gettext as _

#: far more than any template needs
MOST_BYTES: Final = 20_000_000


def official(kind: Kind, name: str) -> Template:
    """The template of that file name: the municipality's own, if it has one, else the shipped one.

    :raises FaultyTemplate: naming all that is wrong with the municipality's own.
    :raises BadTemplate: there is none.
    """
    path = config.template(name)
    if path is None:
        raise BadTemplate(
            f"The template {name} is missing. Put it in docx_templates/ or in FORMSVC_TEMPLATES."
        )
    found = Template(path.read_bytes(), outside=path == config.own_template(name))
    if found.outside:
        _demand_sound(kind, found.data)
    return found


@lru_cache(maxsize=64)
def _demand_sound(kind: Kind, data: bytes) -> None:
    faults = [fault for fault in check(kind, data) if fault.refuses]
    if faults:
        raise FaultyTemplate(faults)


def check(kind: Kind, data: bytes) -> list[Fault]:
    """All that is wrong with a template of that kind, in words for the one who made it.

    It is looked at in the jail, so that a file which stops its reader stops nothing else.

    :param data: a Word template, or a PDF form.
    """
    if len(data) > MOST_BYTES:
        return [
            Fault("", "", _("Fila er altfor stor. Ta bort store bilder, og lagre den på nytt."))
        ]
    is_form = data.lstrip()[:5] == b"%PDF-"
    work, seen = (pdf_form.check, kind.form.schema()) if is_form else (docx.check, schema(kind))
    try:
        return [Fault(*each) for each in jail.run(work, data, seen)]
    except BadTemplate as error:
        return [Fault("", "", str(error))]


def frame(kind: Kind, language: str, today: date, reference: str) -> dict[str, Any]:
    """What a template sees beside the answers: the paper's title, and what the profile says."""
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
    """JSON Schema of all that a template sees."""
    answers = kind.form.schema()
    paper = _shape(frame(kind, PAPER_LANGUAGES[0], clock.today(), ""))
    for named_by_profile in ("texts", "headings"):  # templates go through them by their names
        words = paper["properties"][named_by_profile]
        words["additionalProperties"] = next(iter(words["properties"].values()), _WORDS)
    return {**answers, "properties": {**answers["properties"], "codes": answers, "paper": paper}}


def _shape(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return {"properties": {key: _shape(each) for key, each in value.items()}}
    return {"items": _WORDS} if isinstance(value, list) else dict(_WORDS)


_WORDS: Final = {"type": "string"}
