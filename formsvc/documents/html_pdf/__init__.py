"""Prints a paper: an HTML template and plain data in, one archive-proof and readable PDF out.

A file is at once PDF/A-2a (for the archive) and PDF/UA-1 (for a screen reader). WeasyPrint
writes one standard at a time, so the last step before writing (``_finish``) mends the rest:
one XMP packet that names both, the scope of header cells, and the letters of each glyph.

Some scripts (Tamil, Devanagari, Bengali, Burmese …) draw several letters with glyphs that stand
for none of them alone. No list of glyphs and letters is then true, which 2a and UA-1 ask for:
such a paper is still printed and tagged, but says PDF/A-2b. Nobody is refused for their script.

Nothing outside ``templates/documents`` is reachable from a template, and equal input gives equal
bytes: no clock, no chance, and only the bundled fonts.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from formsvc import letters
from formsvc.config import PACKAGE
from formsvc.documents import fonts
from formsvc.documents.html_pdf import glyphs
from formsvc.documents.words import written
from formsvc.errors import DocumentFailed, MissingLibrary, MissingResource
from formsvc.language import gettext, ngettext, speaking, spoken

if TYPE_CHECKING:
    import pydyf
    from weasyprint import CSS, Document
    from weasyprint.pdf.metadata import DocumentMetadata
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

TEMPLATES: Final = PACKAGE / "templates" / "documents"

#: where templates think they are: an address that cannot exist, so a fetch that slips out fails
_BASE: Final = "https://papers.invalid/"

#: the pictures that a template may show
_PICTURES: Final = {".svg": "image/svg+xml", ".png": "image/png"}
_PLAIN_NAME: Final = re.compile(r"[a-z0-9_-]+\.[a-z]+")

#: what whoever runs the service is told where a system cannot print PDFs
NO_PANGO: Final = (
    "Pango mangler på maskinen, så det kan ikke lages PDF."
    " På Debian og Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0"
    " libharfbuzz-subset0. På macOS: brew install pango."
)

_LONG_WORD: Final = re.compile(r"\S{40,}")
#: between two letters or signs of their own; never before a mark that belongs to a letter
_MAY_BREAK: Final = re.compile(r"(\S{7}[!-~\w])(?=[!-~\w])")
#: more than two blank lines in a row say no more than two, and could fill whole pages
_BLANK_LINES: Final = re.compile(r"\n(?:[^\S\n]*\n){3,}")

#: Pango's font maps are not made for two threads at once, nor to be forked halfway
_press = threading.Lock()
os.register_at_fork(
    before=_press.acquire, after_in_parent=_press.release, after_in_child=_press.release
)


def available() -> bool:
    """Whether the system has the libraries that PDFs are printed with (Pango, HarfBuzz …)."""
    try:
        import weasyprint  # noqa: F401 - half a second, and only papers need it
    except OSError:
        return False
    return True


def warm_up() -> None:
    """Load all that printing needs, so that the first paper is printed as fast as the next.

    A second of work, to be done before workers are forked, since they then share what was loaded.
    Python never looks for garbage among that again.

    :raises MissingLibrary: when the system cannot print PDFs
    """
    print_html('<html lang="nb"><head><title>Å</title></head><body><h1>Å</h1></body></html>')
    gc.collect()
    gc.freeze()


def render(kind_slug: str, context: Mapping[str, Any]) -> bytes:
    """The paper of that kind as a PDF.

    :param kind_slug: a kind, or ``continuation`` for text that did not fit in a fillable form
    :param context: the answers as a reader reads them, ``codes`` and ``paper``; plain data only
    :raises MissingLibrary: when the system cannot print PDFs
    :raises MissingResource: when the template asks for something that is not there or forbidden
    :raises jinja2.UndefinedError: when the template names something that the paper doesn't have
    """
    return print_html(page(kind_slug, context))


def page(kind_slug: str, context: Mapping[str, Any]) -> str:
    """The paper of that kind as the HTML page that is printed.

    :raises jinja2.UndefinedError: when the template names something that the paper doesn't have
    """
    with speaking(context.get("paper", {}).get("language") or spoken()):
        return _templates().get_template(f"{kind_slug}.html").render(printable(context))


def printable(value: Any) -> Any:
    """The same data with U+FFFD for each character that no bundled font can draw.

    A reader then sees that something stood there; a missing glyph would be an invalid archive
    file and a lost character. ``render`` does this itself; whoever compares the printed text
    with the answers must compare with these.
    """
    if isinstance(value, str):
        return letters.drawable(value)
    if isinstance(value, Mapping):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value


@cache
def template_sha256(kind_slug: str) -> str:
    """The hash of all that shapes a paper of that kind: its template, and what all papers share."""
    own = TEMPLATES / f"{kind_slug}.html"
    shared = sorted([*TEMPLATES.glob("_*"), *TEMPLATES.glob("*.svg")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in (own, *shared))).hexdigest()


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("formsvc", "templates/documents"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_set,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_=gettext, ngettext=ngettext)
    return environment


def _set(value: object) -> object:
    """What a template prints, as the typesetter is given it.

    A word of 100,000 letters would take it four minutes, so long ones are offered places to break.
    """
    word = written(value)
    if isinstance(word, Markup) or not isinstance(word, str):
        return word
    word = _BLANK_LINES.sub("\n\n\n", word)
    return _LONG_WORD.sub(lambda found: _MAY_BREAK.sub("\\1\u200b", found[0]), word)


def print_html(html: str) -> bytes:
    """A finished HTML page as PDF/A-2a and PDF/UA-1; it must hold ``lang``, a title and an h1.

    :raises MissingResource: when it asks for anything but the resources beside the templates
    """
    if not available():
        raise MissingLibrary(NO_PANGO)
    from formsvc.documents.html_pdf.source import Page  # noqa: PLC0415 - it loads WeasyPrint

    shelf = _Shelf()
    with _press, _undisturbed(), warnings.catch_warnings():
        # WeasyPrint forgets to close its colour profile; Python does so right afterwards
        warnings.simplefilter("ignore", ResourceWarning)
        font_config, css = _typography()
        data: bytes = Page(html, _BASE, shelf).write_pdf(
            pdf_variant="pdf/a-2a",
            stylesheets=[css],
            font_config=font_config,
            finisher=_finish,
        )
    shelf.close()
    return data


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Within the block, no garbage is looked for: a page being laid out has none yet."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@cache
def _typography() -> tuple[FontConfiguration, CSS]:
    """The fonts and the style sheet, read once: each further font configuration would leak."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    shelf = _Shelf()
    with fonts.only_bundled():
        font_config = FontConfiguration()
    chain = ", ".join(f'"{family}"' for family in fonts.families())
    css = weasyprint.CSS(
        string=f"html {{ font-family: {chain} }}\n" + (TEMPLATES / "_letter.css").read_text(),
        base_url=_BASE,
        url_fetcher=shelf,
        font_config=font_config,
    )
    shelf.close()
    return font_config, css


class _Shelf:
    """Hands WeasyPrint the files that lie beside the templates, by name, and nothing else.

    WeasyPrint takes a refusal as a picture that is not there and prints on (within inline SVG
    it even swallows the errors meant to be fatal), so refusals are kept and ``close`` tells.
    """

    #: read by WeasyPrint after a refusal; without it a fetch ends in an AttributeError
    _fail_on_errors = False

    def __init__(self) -> None:
        self._refused: list[str] = []

    def __call__(self, url: str) -> URLFetcherResponse:
        from weasyprint.urls import URLFetcherResponse

        name = url.removeprefix(_BASE)
        path = TEMPLATES / name
        kind = _PICTURES.get(path.suffix)
        if url == name or not _PLAIN_NAME.fullmatch(name) or not kind or not path.is_file():
            self._refused.append(url[:200])
            raise ValueError(url[:200])
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    def close(self) -> None:
        """Say what was asked for in vain.

        :raises MissingResource: if anything was
        """
        if self._refused:
            raise MissingResource(
                "Malen ber om noe som ikke finnes eller ikke er lov: "
                + ", ".join(self._refused)
                + f". Legg bildet i {TEMPLATES.name}-mappa og bruk bare filnavnet."
            )


def _finish(document: Document, pdf: pydyf.PDF) -> None:
    """The last touch before the file is written: what one PDF variant alone doesn't give."""
    from formsvc.documents.html_pdf.pack import pack  # noqa: PLC0415 - it loads pydyf

    complete = _spell_out_glyphs(document, pdf)
    _scope_header_cells(pdf)
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [_xmp(pdf, document.metadata, complete=complete)]
    # an archive reads the packet without knowing PDF
    metadata.compress = False
    pack(pdf)


def _scope_header_cells(pdf: pydyf.PDF) -> None:
    """Say of each header cell whether it heads a column or a row."""
    dictionaries: list[Any] = [item for item in pdf.objects if isinstance(item, dict)]
    elements = {item.reference: item for item in dictionaries if "S" in item}
    for cell in elements.values():
        if cell["S"] == "/TH":
            section = elements.get(elements[cell["P"]]["P"], {})
            cell["A"]["Scope"] = "/Column" if section.get("S") == "/THead" else "/Row"


def _spell_out_glyphs(document: Document, pdf: pydyf.PDF) -> bool:
    """Write down for each glyph the letters it stands for; False when that can't be told."""
    from weasyprint.text.fonts import get_hb_object_data

    used = document.fonts.values()
    missing = {chr(point) for font in used for point in font.missing}
    if missing:
        raise DocumentFailed(f"Skriftene har ikke disse tegnene: {' '.join(sorted(missing))}")
    if not any(glyphs.doubtful(font.to_unicode) for font in used):
        return True
    complete = True
    for font in used:
        text = glyphs.letters(get_hb_object_data(font.hb_face), font.to_unicode)
        complete = complete and all(text.values())
        entry = next(o for o in pdf.objects if _is_font(o, font.name))
        pdf.objects[int(entry["ToUnicode"].split()[0])].stream = [_cmap(text)]
    return complete


def _is_font(pdf_object: object, name: bytes) -> bool:
    return (
        isinstance(pdf_object, dict)
        and pdf_object.get("BaseFont") == name
        and "ToUnicode" in pdf_object
    )


def _cmap(text: Mapping[int, str]) -> bytes:
    """A ToUnicode map (ISO 32000-1, 9.10.3), in the blocks of at most 100 that it asks for."""
    lines = [f"<{glyph:04x}> <{t.encode('utf-16-be').hex()}>" for glyph, t in text.items()]
    blocks = (lines[start : start + 100] for start in range(0, len(lines), 100))
    return "\n".join(
        (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <ffff> endcodespacerange",
            *(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        )
    ).encode()


def _xmp(pdf: pydyf.PDF, named: DocumentMetadata, *, complete: bool) -> bytes:
    """The metadata packet, as elements: PDFBox Preflight refuses attributes.

    PDF/UA's own name space isn't known to PDF/A, so the packet describes it too (ISO 19005-2,
    6.6.2.3).
    """
    creators = "".join(f"<rdf:li>{escape(author)}</rdf:li>" for author in named.authors)
    return _PACKET.format(
        conformance="A" if complete else "B",
        title=escape(named.title),
        creators=creators,
        producer=escape(pdf.info["Producer"].string),
        accessible=_ACCESSIBLE if complete else "",
    ).encode()


_ACCESSIBLE: Final = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""

_PACKET: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>{conformance}</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
{accessible}
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
