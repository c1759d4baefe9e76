"""From a part of a Word file to Jinja: docxtpl lifts its tags out of the XML, Jinja parses them."""

from __future__ import annotations

import io
import re
from functools import cache
from itertools import count
from typing import Any, Final, NamedTuple

from jinja2 import Environment, TemplateSyntaxError, nodes
from lxml import etree

from formsvc.documents.docx import package, split, tags
from formsvc.documents.docx.package import W
from formsvc.errors import BadTemplate
from formsvc.language import gettext as _

# without a line break after it: every one makes ``breaks`` look closer
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARAGRAPH = re.compile(r"<w:p(?=[ >])")
_MARKED_PARAGRAPH = re.compile(r"\n<w:p(?=[ >])")
_TAG = re.compile(r"<[^>]+>")
_PICTURE_ID = re.compile(r'(<wp:docPr\b[^>]*?\bid=")[^"]*(")')
#: a wrong tag, and what is too deep or too long for Python
FAULTS_OF_SOURCES: Final = (TemplateSyntaxError, SyntaxError, RecursionError, ValueError)
#: docxtpl numbers pictures from here
_FIRST_PICTURE: Final = 1001
_LONGEST_QUOTE: Final = 200


class Source(NamedTuple):
    """A part that holds placeholders, parsed."""

    name: str
    is_body: bool
    #: the text that Jinja's line numbers speak of: a new line for each paragraph
    lines: str
    tree: nodes.Template

    def paragraph(self, line: int) -> str:
        """The words of the paragraph that a line number of Jinja's points at."""
        lines = self.lines.split("\n")
        if not 0 < line <= len(lines):
            return ""
        # the tags of rows and paragraphs stand after the paragraph before them
        words = (_TAG.sub("", words).strip() for words in lines[line - 1].split("</w:p>"))
        return next((each for each in words if each), "")[:_LONGEST_QUOTE]


def read(
    environment: Environment, name: str, data: bytes, *, is_body: bool = False
) -> Source | None:
    """The part as Jinja; None when it holds nothing to fill.

    :param is_body: docxtpl numbers the pictures of the body, and of no other part.
    :raises BadTemplate: with the words of the paragraph in which a tag is wrong.
    """
    # docxtpl's reader drops the white space between elements, so that its patterns meet none
    root = _with_usual_names(package.parse(data, name, keep_blanks=False))
    xml = etree.tostring(root, encoding="unicode")
    if "{" not in xml and not is_body:
        return None
    tags.demand_readable(xml)
    patched = split.mended(_patch(xml))
    if is_body:
        patched = numbered_pictures(patched)
    source = Source(name, is_body, _PARAGRAPH.sub("\n<w:p", patched), nodes.Template([]))
    return source._replace(tree=_parsed(environment, source))


def _with_usual_names(root: etree._Element) -> etree._Element:
    """The part with ``w:`` before the names of Word's elements, as docxtpl's patterns want it."""
    if not root.tag.startswith(W) or root.prefix == "w":
        return root
    spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix and uri != W[1:-1]}
    usual = etree.Element(root.tag, nsmap={**spaces, "w": W[1:-1]})
    usual.attrib.update(root.attrib)
    usual.extend(root)
    return usual


def numbered_pictures(xml: str) -> str:
    """Pictures with numbers of their own, as Word wants them; docxtpl does the same."""
    if "<wp:docPr" not in xml:
        return xml
    number = count(_FIRST_PICTURE)
    return _PICTURE_ID.sub(lambda found: f"{found[1]}{next(number)}{found[2]}", xml)


def _parsed(environment: Environment, source: Source) -> nodes.Template:
    try:
        tree = environment.parse(source.lines)
    except FAULTS_OF_SOURCES as error:
        raise badly_written(error, source) from error
    for data in tree.find_all(nodes.TemplateData):
        data.data = _with_braces(_MARKED_PARAGRAPH.sub("<w:p", data.data))
    _read_constants(tree)
    tree.body.insert(0, nodes.Output([nodes.TemplateData(_DECLARATION)], lineno=1))
    return tree


def badly_written(error: Exception, source: Source) -> BadTemplate:
    """The error that tells in which paragraph Jinja stopped."""
    what, line = str(error), 0
    if isinstance(error, TemplateSyntaxError):
        what, line = error.message or "", error.lineno
    return BadTemplate(
        _(
            "Malen har en kode som ikke er riktig skrevet (%(what)s), i eller like etter"
            " «%(where)s». Se etter en klamme, en endif eller en endfor som mangler.",
            what=what,
            where=source.paragraph(line),
        )
    )


def _patch(xml: str) -> str:
    patched: str = _docxtpl().patch_xml(xml)
    return patched


@cache
def _docxtpl() -> Any:
    """A template without a file: only the way in which it patches XML is used."""
    # late: docxtpl brings python-docx, 150 ms that no other command should wait for
    from docxtpl import DocxTemplate

    return DocxTemplate(io.BytesIO())


def _with_braces(words: str) -> str:
    """A template writes ``{_{`` for braces that are to be printed; in data that is only text."""
    for escaped, printed in (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}")):
        words = words.replace(escaped, printed)
    return words


def _read_constants(tree: nodes.Template) -> None:
    """Texts that stand in tags, as the author wrote them: docxtpl leaves an ``&`` escaped."""
    markup = [
        *(each for each in tree.find_all(nodes.Filter) if each.name == "safe"),
        *tree.find_all(nodes.ScopedEvalContextModifier),
    ]
    kept = {id(constant) for each in markup for constant in each.find_all(nodes.Const)}
    for constant in tree.find_all(nodes.Const):
        if isinstance(constant.value, str) and id(constant) not in kept:
            constant.value = constant.value.replace("&amp;", "&")
    for output in tree.find_all(nodes.Output):
        for child in output.nodes:
            if isinstance(child, nodes.Const) and isinstance(child.value, str):
                child.value = _with_braces(child.value)
