"""Word in, Word out: a template in docxtpl's dialect becomes bytes filled with plain data.

The way of a placeholder: ``dialect`` reads it out of Word's XML, ``shape`` and ``prints`` prove
what no answer can change, ``jinja`` prints an answer in its place, ``breaks`` gives line breaks and
tabs the form that Word knows, ``package`` joins the filled parts with all that stays as it was. The
first three work once for each template; equal input gives equal bytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from formsvc import config
from formsvc.documents.docx import active, checking, dialect, guard, inserted, links, package
from formsvc.documents.docx.dialect import Source
from formsvc.documents.docx.jinja import Filters, NeedsPackage, WordEnvironment, from_docxtpl
from formsvc.documents.docx.parts import Part
from formsvc.documents.docx.prints import Prints
from formsvc.documents.docx.reading import BODY, READ, text
from formsvc.errors import BadTemplate, Fault, FaultyTemplate
from formsvc.language import gettext as _
from formsvc.language import speaking

__all__ = ["CompiledDocx", "check", "compiled", "load", "render", "text", "warm"]

_CORE: Final = "docProps/core.xml"
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def render(template: bytes, context: Mapping[str, object], language: str) -> bytes:
    """The Word document that the template becomes with these words.

    :param template: a .docx file in docxtpl's dialect.
    :param context: plain data only: str, bool, int, float, None, and lists and dicts of them.
    :param language: ``nb`` or ``nn``: how a bare True or False is printed.
    :raises BadTemplate: the template cannot be read, or names what the context does not have.
    :raises TypeError: the context holds something else than plain data.
    """
    with speaking(language):
        return compiled(template).render(context)


def load(
    data: bytes, *, filters: Filters | None = None, trusted: bool = False, level: int = 6
) -> CompiledDocx:
    """The template, read and compiled; all that no answer can change is decided here.

    :param filters: of your own, by the name that templates use.
    :param trusted: all of Jinja and any objects as answers, still in the sandbox.
    :param level: how hard the document is packed, from 0 to 9.
    :raises BadTemplate: the template cannot be read, or a tag in it is wrong.
    """
    members = links.with_codes(package.unpack(data))
    environment = WordEnvironment(filters, trusted=trusted)
    sources = _sources(members, environment)
    if not trusted:
        _demand_allowed(members, sources, filters or {})
    surroundings = package.Surroundings(members)
    parts = [Part(environment, source, filters or {}, surroundings) for source in sources]
    packer = package.Packer(members, [part.name for part in parts], level)
    return CompiledDocx(parts, packer, _prints(members, parts), trusted=trusted)


def check(data: bytes, schema: Mapping[str, object]) -> list[Fault]:
    """All that is wrong with a template, for the one who made it; nothing of it is run.

    :param schema: JSON Schema of the context that ``render`` will be given.
    """
    try:
        members = links.with_codes(package.unpack(data))
        return checking.faults(members, _fillable(members), schema)
    except BadTemplate as error:
        return [Fault("", "", str(error))]


def _demand_allowed(
    members: Mapping[str, bytes], sources: list[Source], own_filters: Filters
) -> None:
    """Refuse what a template from outside may not hold, before anything of it is compiled."""
    found = list(active.faults(members))
    for source in sources:
        found += checking.faults_of_words(source, own_filters)
    if found:
        raise FaultyTemplate(found)


def _fillable(members: Mapping[str, bytes]) -> list[str]:
    """The names of the parts that are filled."""
    read = package.names_of(members, READ)
    return [*read, *links.names_of(members), *[_CORE] * (_CORE in members)]


def _sources(members: Mapping[str, bytes], environment: WordEnvironment) -> list[Source]:
    """The parts that hold something to fill, parsed; the body is always among them."""
    bodies = package.names_of(members, BODY)
    if not bodies:
        raise BadTemplate(
            _(
                "Fila er ikke et vanlig Word-dokument. Åpne den i Word, velg «Lagre som» og"
                " filtypen Word-dokument (.docx)."
            )
        )
    read = (
        dialect.read(environment, name, members[name], is_body=name in bodies)
        for name in _fillable(members)
    )
    return [source for source in read if source]


def _prints(members: Mapping[str, bytes], parts: list[Part]) -> Prints:
    bodies = [part.name for part in parts if part.is_body]
    seen = {*bodies, *package.around_first_page(members, bodies)}
    return Prints(part.prints for part in parts if part.name in seen)


@lru_cache(maxsize=64)
def compiled(template: bytes) -> CompiledDocx:
    """The compiled template, kept as long as it is among the 64 that were used last.

    The file's whole content is the key. The cache needs no lock that a fork could leave closed,
    and what it hands out is never changed, so that threads share it.
    """
    return load(template)


def warm() -> None:
    """Load what every template needs, while files can still be opened, and for whoever is first."""
    compiled((config.SHIPPED / "consent.nb.docx").read_bytes())
    for encoding in guard.BYTE_ORDERS.values():
        codecs.lookup(encoding)


class CompiledDocx:
    """A template that is ready to be filled, from any number of threads at once."""

    def __init__(
        self, parts: list[Part], packer: package.Packer, prints: Prints, *, trusted: bool
    ) -> None:
        #: the answers that are sure to stand in every document, as all can see; only those that
        #: ``prints.unsure(answers)`` names have to be looked for in a finished one
        self.prints: Final = prints
        self._parts: Final = {part.name: part for part in parts}
        self._packer: Final = packer
        self._trusted: Final = trusted

    def render(self, answers: Mapping[str, object]) -> bytes:
        """The finished document.

        :param answers: plain data, and docxtpl's own values; trusted templates take any object.
        :raises BadTemplate: the template names what the answers do not have.
        :raises TypeError: the answers hold something else than plain data.
        """
        if not self._trusted:
            _demand_plain(answers)
        try:
            filled = {name: part.fill(answers) for name, part in self._parts.items()}
        except NeedsPackage as needs:
            return self._with_insertions(needs.value, answers)
        return self._packer.pack(filled)

    def _with_insertions(self, value: object, answers: Mapping[str, object]) -> bytes:
        """The slow way, for a picture or a sub-document that was met among the answers."""
        members = inserted.package_of(
            value, self._parts, lambda name: self._parts[name].fill(answers, inserting=True)
        )
        return package.Packer(members, (), self._packer.level).pack({})


def _demand_plain(value: object) -> None:
    if not isinstance(value, (Mapping, list, tuple)):
        if from_docxtpl(value):
            return
        raise TypeError(
            f"A Word template sees plain data only, not {type(value).__name__}: {value!r}"
        )
    values = value.values() if isinstance(value, Mapping) else value
    if not _SCALARS.issuperset(map(type, values)):
        for each in values:
            if each.__class__ not in _SCALARS:
                _demand_plain(each)
