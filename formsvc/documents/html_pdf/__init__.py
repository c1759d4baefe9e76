"""Prints a paper: an HTML template and plain data in, one archive-proof and readable PDF out.

A file is at once PDF/A-2a (for the archive) and PDF/UA-1 (for a screen reader). WeasyPrint
writes one standard at a time, so the last step before writing (``standards``) mends the rest.

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
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from formsvc import profile
from formsvc.config import PACKAGE
from formsvc.documents import fonts
from formsvc.documents.html_pdf import standards
from formsvc.documents.words import WHOLE, printable, written
from formsvc.errors import MissingLibrary, MissingResource
from formsvc.language import gettext, ngettext, speaking, spoken
from formsvc.language import lazy as _l

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

__all__ = [
    "NO_PANGO",
    "TEMPLATES",
    "available",
    "lay_out_form",
    "page",
    "print_html",
    "render",
    "template_sha256",
    "warm_up",
]

TEMPLATES: Final = PACKAGE / "templates" / "documents"

#: where templates think they are: an address that cannot exist, so a fetch that slips out fails
_BASE: Final = "https://papers.invalid/"

#: the pictures that a template may show
_PICTURES: Final = {".svg": "image/svg+xml", ".png": "image/png"}
#: what a page with fields holds itself
_HELD: Final = re.compile(r"data:(image/svg\+xml|image/png|font/ttf);base64,([A-Za-z0-9+/=]+)")
_PLAIN_NAME: Final = re.compile(r"[a-z0-9_-]+\.[a-z]+")

#: what whoever runs the service is told where a system cannot print PDFs
NO_PANGO: Final = _l(
    "Pango mangler på maskinen, så det kan ikke lages PDF."
    " På Debian og Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0"
    " libharfbuzz-subset0. På macOS: brew install pango."
)

_LONG_WORD: Final = re.compile(r"\S{40,}")
#: between two letters or signs of their own; never before a mark that belongs to a letter
_MAY_BREAK: Final = re.compile(r"(\S{7}[!-~\w])(?=[!-~\w])")
#: what stands between two tags, with a figure or an e-mail address in it
_WORDS: Final = re.compile(r">[^<]*[0-9@][^<]*<")
_ON_ONE_LINE: Final = r'<span class="whole">\g<0></span>'
#: an e-mail address that may not have room on one line is broken behind its @
_LONG_EMAIL: Final = re.compile(r"([\w.+-]{10,}@)(?=[\w-]+\.[\w.-]+)")
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
    return print_html(unbroken(page(kind_slug, context)))


def page(kind_slug: str, context: Mapping[str, Any]) -> str:
    """The paper of that kind as the HTML page that is printed.

    :raises jinja2.UndefinedError: when the template names something that the paper doesn't have
    """
    with speaking(context.get("paper", {}).get("language") or spoken()):
        return _templates().get_template(f"{kind_slug}.html").render(printable(context))


def unbroken(html: str) -> str:
    """The page with what must stand on one line marked so: «§ 22», «kl. 13.00», a phone, a date.

    The letters stay as they are, so that what is read back is what was written.
    """
    head, body, rest = html.partition("<body")
    return head + body + _WORDS.sub(_marked, rest)


def _marked(words: re.Match[str]) -> str:
    return _LONG_EMAIL.sub("\\1\u200b", WHOLE.sub(_ON_ONE_LINE, words[0]))


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
    return _laid_out(html)


def lay_out_form(html: str) -> bytes:
    """A page with fields, each in its place with its tooltip and tag: ``pdf_form`` completes it.

    :param html: with its own style sheets, and pictures and fonts as data: URLs
    :raises MissingResource: when it asks for anything else
    """
    return _laid_out(html, fields=True)


def _laid_out(html: str, *, fields: bool = False) -> bytes:
    if not available():
        raise MissingLibrary(str(NO_PANGO))
    from formsvc.documents.html_pdf.source import Page  # noqa: PLC0415 - it loads WeasyPrint

    shelf = _Shelf(data_urls=fields)
    with _press, _undisturbed(), warnings.catch_warnings():
        # WeasyPrint forgets to close its colour profile; Python does so right afterwards
        warnings.simplefilter("ignore", ResourceWarning)
        # a form brings a font of its own, which no other page shall have
        font_config, css = (_faces(), []) if fields else _typography()
        data: bytes = Page(html, _BASE, shelf).write_pdf(
            pdf_variant="pdf/a-2a",
            pdf_forms=fields,
            stylesheets=css,
            font_config=font_config,
            finisher=standards.finish,
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
def _typography() -> tuple[FontConfiguration, list[CSS]]:
    """The fonts and the style sheet, read once: each further font configuration would leak."""
    import weasyprint

    shelf = _Shelf()
    font_config = _faces()
    chain = ", ".join(f'"{family}"' for family in fonts.families())
    css = weasyprint.CSS(
        string=f"html {{ font-family: {chain} }}\n" + (TEMPLATES / "_letter.css").read_text(),
        base_url=_BASE,
        url_fetcher=shelf,
        font_config=font_config,
    )
    shelf.close()
    return font_config, [css]


def _faces() -> FontConfiguration:
    from weasyprint.text.fonts import FontConfiguration

    with fonts.only_bundled():
        return FontConfiguration()


class _Shelf:
    """Hands WeasyPrint the arms and the files beside the templates, by name, and nothing else.

    WeasyPrint takes a refusal as a picture that is not there and prints on (within inline SVG
    it even swallows the errors meant to be fatal), so refusals are kept and ``close`` tells.
    """

    #: read by WeasyPrint after a refusal; without it a fetch ends in an AttributeError
    _fail_on_errors = False

    def __init__(self, *, data_urls: bool = False) -> None:
        self._refused: list[str] = []
        self._data_urls = data_urls

    def __call__(self, url: str) -> URLFetcherResponse:
        from weasyprint.urls import URLFetcherResponse

        if self._data_urls and (held := _HELD.fullmatch(url)):
            return URLFetcherResponse(url, b64decode(held[2]), {"Content-Type": held[1]})

        name = url.removeprefix(_BASE)
        arms = profile.current().sender.arms
        if arms and url == _BASE + arms.name:
            return URLFetcherResponse(
                url, arms.picture, {"Content-Type": _PICTURES[f".{arms.ending}"]}
            )
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
                gettext(
                    "Malen ber om noe som ikke finnes eller ikke er lov: %(asked)s. Legg bildet i"
                    " mappa %(folder)s, og bruk bare filnavnet.",
                    asked=", ".join(self._refused),
                    folder=TEMPLATES.name,
                )
            )
