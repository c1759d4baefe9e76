"""Word in, Word out: a template in docxtpl's dialect becomes bytes filled with plain data.

A template is read once: docxtpl lifts its tags out of Word's XML, Jinja compiles each part, and
the result is kept as long as the template is the same. Filling is then: render the parts, mend
line breaks, write the package. Equal input gives equal bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2 import Template as JinjaTemplate
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from formsvc.documents.words import written
from formsvc.errors import BadTemplate
from formsvc.language import gettext as _
from formsvc.language import speaking

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
#: the parts that are read by people, by the end of their content type
_READ: Final = ("document.main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
_CORE: Final = "docProps/core.xml"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

_FORBIDDEN_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT_ELEMENT = re.compile(r"(<w:t(?: [^>]*)?>)([^<]*[\n\t][^<]*)")
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_TAG = re.compile(r"<[^>]+>")
#: tags whose rows may get another number of cells than the table's grid
_CELL_TAGS = re.compile(r"\{%-?\s*(?:tc|hm|colspan)\b|<w:gridSpan[^>]*\{\{")

_FAULTS_OF_TEMPLATES: Final = (
    TemplateError,
    ArithmeticError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)

_LINE_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'
_TABULATOR: Final = '</w:t><w:tab/><w:t xml:space="preserve">'


def render(template: bytes, context: Mapping[str, object], language: str) -> bytes:
    """The Word document that the template becomes with these words.

    :param template: a .docx file in docxtpl's dialect.
    :param context: plain data only: str, bool, int, float, None, and lists and dicts of them.
    :param language: ``nb`` or ``nn``: how a bare True or False is printed.
    :raises BadTemplate: the template cannot be read, or names what the context does not have.
    :raises TypeError: the context holds something else than plain data.
    """
    words = _plain(context)
    with speaking(language):
        return _read(template).fill(words)


def text(data: bytes) -> str:
    """The words of a Word document as a reader meets them: body, headers, footers, notes.

    Paragraphs are joined by newline; line breaks and tabs are kept. It knows nothing of how the
    document was made, so that it can witness that nothing was lost.

    :raises BadTemplate: the bytes are no Word document.
    """
    members = _unpack(data)
    return "\n".join(
        line
        for name in _names_of_read_parts(members)
        for line in _lines(_parse(members[name], name))
    )


class _Part(NamedTuple):
    """One XML part of the package that holds placeholders."""

    name: str
    template: JinjaTemplate
    cells_vary: bool

    def fill(self, words: dict[str, object]) -> bytes:
        xml = self.template.render(words)
        if self.cells_vary:
            xml = _with_fitting_grids(xml)
        xml = _TEXT_ELEMENT.sub(_with_breaks, xml)
        return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + xml.encode()


class _WordTemplate(NamedTuple):
    """A template that has been read: all its members, and which of them are filled."""

    members: dict[str, bytes]
    parts: tuple[_Part, ...]

    def fill(self, words: dict[str, object]) -> bytes:
        try:
            filled = {part.name: part.fill(words) for part in self.parts}
        except UndefinedError as error:
            raise BadTemplate(str(error)) from error
        except SecurityError as error:
            raise BadTemplate(
                _("Malen prøver på noe som en mal ikke får gjøre: %(what)s", what=str(error))
            ) from error
        except _FAULTS_OF_TEMPLATES as error:
            raise BadTemplate(
                _("Malen kan ikke fylles ut. Se etter feil i kodene: %(what)s", what=str(error))
            ) from error
        return _pack({**self.members, **filled})


class _Missing(StrictUndefined):
    """A name that the paper does not have; to print it or ask of it is an error that names it."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        return _(
            "Malen bruker «%(name)s», som dette papiret ikke har. Rett navnet i malen.",
            name=self._undefined_name,
        )


def _printed(value: object) -> object:
    """What is printed for a value; Jinja calls it for every ``{{ … }}``."""
    if isinstance(value, (list, dict)):
        raise BadTemplate(
            _(
                "En kode i malen skriver ut en hel liste eller gruppe på én gang. Gå gjennom"
                " lista med for og endfor, eller skriv navnet på feltet etter et punktum."
            )
        )
    return written(value)


def _environment() -> ImmutableSandboxedEnvironment:
    """Jinja with nothing but the words that it is given; data can never become markup."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=_Missing, finalize=_printed, cache_size=0
    )
    environment.globals.clear()
    del environment.filters["safe"]
    return environment


@lru_cache(maxsize=64)
def _read(template: bytes) -> _WordTemplate:
    members = _unpack(template)
    names = _names_of_read_parts(members)
    if _CORE in members:
        names.append(_CORE)
    environment = _environment()
    dialect = _Dialect(environment)
    parts = (dialect.compile(name, members[name]) for name in names)
    return _WordTemplate(members, tuple(part for part in parts if part))


class _Dialect:
    """docxtpl's way of writing Jinja in Word: tags split over runs, {%tr %}, {%p %}, {%tc %}."""

    def __init__(self, environment: ImmutableSandboxedEnvironment) -> None:
        # late: docxtpl brings python-docx, 150 ms that no other command should wait for
        from docxtpl import DocxTemplate

        self._environment = environment
        # only its patching of XML is used, and that looks at no file
        self._patch = DocxTemplate(io.BytesIO()).patch_xml

    def compile(self, name: str, data: bytes) -> _Part | None:
        """The part ready to be filled; None when it holds no placeholder."""
        xml = etree.tostring(_parse(data, name), encoding="unicode")
        if "{" not in xml:
            return None
        cells_vary = bool(_CELL_TAGS.search(_TAG.sub("", xml)))
        source = _unescape_braces(self._patch(xml))
        return _Part(name, self._compile(source), cells_vary)

    def _compile(self, source: str) -> JinjaTemplate:
        try:
            return self._environment.from_string(source)
        except TemplateSyntaxError as error:
            raise BadTemplate(
                _(
                    "Malen har en kode som ikke er riktig skrevet (%(what)s), i eller like etter"
                    " «%(where)s». Se etter en klamme, en endif eller en endfor som mangler.",
                    what=error.message or "",
                    where=self._paragraph_of_error(source),
                )
            ) from error

    def _paragraph_of_error(self, source: str) -> str:
        """The text of the paragraph where Jinja stops: one line is made of each to find it."""
        lines = _PARAGRAPH.sub("\n<w:p", source.replace("\n", " "))
        try:
            self._environment.parse(lines)
        except TemplateSyntaxError as error:
            return _TAG.sub("", lines.split("\n")[error.lineno - 1]).strip()[:200]
        return ""


def _unescape_braces(source: str) -> str:
    """A template writes ``{_{`` for braces that are to be printed; in data that is only text."""
    for escaped, printed in (("{_{", "{{"), ("{_%", "{%")):
        source = source.replace(escaped, "{{ '" + printed + "' }}")
    return source.replace("}_}", "}}").replace("%_}", "%}")


def _plain(context: Mapping[str, object]) -> dict[str, object]:
    """A copy of plain data in which XML can hold every character; others become U+FFFD."""
    return {key: _plain_value(value) for key, value in context.items()}


def _plain_value(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if type(value) is str:
        return _FORBIDDEN_IN_XML.sub("\ufffd", value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, (list, tuple)):
        return [_plain_value(item) for item in value]
    if isinstance(value, dict):
        return _plain(value)
    raise TypeError(f"A Word template sees plain data only, not {type(value).__name__}: {value!r}")


def _with_breaks(found: re.Match[str]) -> str:
    start, words = found.groups()
    return start + words.replace("\n", _LINE_BREAK).replace("\t", _TABULATOR)


def _with_fitting_grids(xml: str) -> str:
    """Tables whose number of columns hangs on the data get a grid to match."""
    from docxtpl import DocxTemplate  # late, as above; already loaded by now

    tree = DocxTemplate(io.BytesIO()).fix_tables(xml)
    return etree.tostring(tree, encoding="unicode")


def _unpack(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadTemplate(_("Fila er ikke et Word-dokument (.docx).")) from error
    if "[Content_Types].xml" not in members:
        raise BadTemplate(_("Fila er ikke et Word-dokument (.docx)."))
    return members


def _pack(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, _EPOCH)  # no clock: equal input, equal bytes
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            package.writestr(info, data)
    return file.getvalue()


def _names_of_read_parts(members: dict[str, bytes]) -> list[str]:
    types = _parse(members["[Content_Types].xml"], "[Content_Types].xml")
    named = (
        (override.get("PartName", "").lstrip("/"), override.get("ContentType", ""))
        for override in types.iter(f"{_TYPES}Override")
    )
    return [name for name, kind in named if kind.endswith(_READ) and name in members]


def _parse(data: bytes, name: str) -> etree._Element:
    # documents are untrusted: no entity is resolved and nothing is fetched
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadTemplate(
            _("Delen %(name)s av Word-dokumentet kan ikke leses.", name=name)
        ) from error


def _lines(root: etree._Element) -> Iterator[str]:
    """The text of each paragraph, in order."""
    line: list[str] | None = None
    for element in root.iter(f"{_W}p", f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"):
        if element.tag == f"{_W}p":
            if line is not None:
                yield "".join(line)
            line = []
        elif line is not None:
            line.append(_read_as(element))
    if line is not None:
        yield "".join(line)


def _read_as(element: etree._Element) -> str:
    if element.tag == f"{_W}t":
        return element.text or ""
    parent = element.getparent()
    if parent is None or parent.tag != f"{_W}r":  # a tab stop, not a tab
        return ""
    return "\t" if element.tag == f"{_W}tab" else "\n"
