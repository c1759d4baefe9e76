"""One part of a Word template, compiled: words go in, the bytes of its XML come out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Final

from jinja2 import Template, TemplateError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from lxml import etree

from formsvc.documents.docx import breaks, dialect, links, package, prints, tables
from formsvc.documents.docx.dialect import Source
from formsvc.documents.docx.jinja import WordEnvironment, markup
from formsvc.documents.docx.package import Surroundings
from formsvc.documents.docx.shape import Shape, shape_of
from formsvc.errors import BadTemplate
from formsvc.language import gettext as _

_KNOWN_FILTERS: Final = frozenset(FILTERS)
#: ``upper`` and ``title`` change the escaped forms of ``&`` and its like too
_ENTITY = re.compile(rb"&(?:amp|lt|gt|quot|apos);", re.IGNORECASE)
_RELATION = re.compile(r'\br:(?:id|embed|link)="([^"]*)"')
#: what of a value's XML makes tables and pictures other than those that were looked at
_OF_TABLES = re.compile("<w:(?:tbl|tr|tc|gridCol|gridSpan)\\b|<wp:docPr")
_UNPROVED: Final = Shape(is_sound=False, tables_vary=True, pictures_vary=True)
_FAULTS_OF_TEMPLATES: Final = (
    AttributeError,
    TemplateError,
    ArithmeticError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class Part:
    """A part that holds placeholders. All that does not hang on the data is decided here."""

    def __init__(
        self,
        environment: WordEnvironment,
        source: Source,
        own_filters: Collection[str],
        surroundings: Surroundings,
    ) -> None:
        self.name: Final = source.name
        self.is_body: Final = source.is_body
        self._source: Final = source
        self._has_links: Final = links.holds(source.name)
        self._shape: Final = shape_of(
            source.tree, _KNOWN_FILTERS.difference(own_filters), surroundings.hidden_styles
        )
        self._relations: Final = surroundings.relations(source.name)
        self.prints: Final = prints.sure_to_print(source.tree, self._shape.read, own_filters)
        self._template: Final = _compiled(environment, source)

    def fill(self, answers: Mapping[str, object], *, inserting: bool = False) -> bytes:
        """The bytes of the part with these answers.

        :param inserting: pictures and sub-documents are printed too, of which nothing is proved.
        :raises BadTemplate: with the paragraph in which the template asks for what is not there.
        """
        try:
            return self._filled(answers, inserting=inserting)
        except UndefinedError as error:
            raise self._told(error, str(error).rstrip(".")) from error
        except SecurityError as error:
            what = _(
                "Malen prøver på noe som en mal ikke får gjøre: %(what)s",
                what=str(error).rstrip("."),
            )
            raise self._told(error, what) from error
        except _FAULTS_OF_TEMPLATES as error:
            what = _("Malen kan ikke fylles ut. Se etter feil i kodene: %(what)s", what=str(error))
            raise self._told(error, what) from error

    def _filled(self, answers: Mapping[str, object], *, inserting: bool) -> bytes:
        with markup() as printed:
            xml = self._template.render(answers)
        is_proved = not inserting and not any(map(_OF_TABLES.search, printed))
        data = self._finished(breaks.finished(xml), self._shape if is_proved else _UNPROVED)
        if printed and not inserting:
            self._demand_whole(data, printed)
        if self._has_links:
            links.demand_sound(self.name, data)
        return data

    def _finished(self, xml: bytes, shape: Shape) -> bytes:
        """What is not proved is looked at or mended; docxtpl does the latter in the body only."""
        if self.is_body and shape.pictures_vary:
            xml = dialect.numbered_pictures(xml.decode()).encode()
        grids_vary = self.is_body and shape.tables_vary
        if shape.is_sound and not grids_vary:
            return xml
        tree = self._parsed(_ENTITY.sub(lambda found: found[0].lower(), xml))
        if grids_vary:
            tables.fit_grids(tree)
        return etree.tostring(tree, encoding="UTF-8", standalone=True)

    def _demand_whole(self, xml: bytes, printed: list[str]) -> None:
        """Look at a part in which XML from the answers was printed, of which nothing is proved."""
        try:
            package.parse(xml, self.name)
        except BadTemplate as error:
            raise BadTemplate(
                _("En formatert tekst i svarene er ikke skrevet slik at Word kan lese den.")
            ) from error
        # a link of a rich text is known to docxtpl's template alone, and would lead nowhere
        for name in _RELATION.findall("".join(printed)):
            if name not in self._relations:
                raise BadTemplate(
                    _(
                        "En formatert tekst har en lenke («%(name)s») som dokumentet ikke kjenner."
                        " Legg lenka i malen, eller send teksten uten lenke.",
                        name=name,
                    )
                )

    def _parsed(self, xml: bytes) -> etree._Element:
        try:
            return package.parse(xml, self.name, keep_blanks=self.is_body)
        except BadTemplate as error:
            raise BadTemplate(
                _(
                    "Dokumentet blir ødelagt med disse svarene: en if eller for i malen begynner i"
                    " én celle eller tabell og slutter i en annen. La den begynne og slutte i"
                    " samme avsnitt, eller skriv p, tr eller tc først i koden."
                )
            ) from error

    def _told(self, error: BaseException, what: str) -> BadTemplate:
        """What is wrong, and the words of the paragraph in which it is."""
        words = self._source.paragraph(_line(error.__traceback__, self.name))
        where = _("Det gjelder avsnittet «%(words)s».", words=words) if words else ""
        return BadTemplate(f"{what}. {where}".rstrip())


def _compiled(environment: WordEnvironment, source: Source) -> Template:
    try:
        code = environment.compile(source.tree, source.name, source.name)
    except dialect.FAULTS_OF_SOURCES as error:  # such as a filter that is not there
        raise dialect.badly_written(error, source) from error
    return Template.from_code(environment, code, environment.make_globals(None))


def _line(traceback: TracebackType | None, name: str) -> int:
    """The last line of the template that was at work when an error arose; 0 when none was."""
    line = 0
    while traceback:
        if traceback.tb_frame.f_code.co_filename == name:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
