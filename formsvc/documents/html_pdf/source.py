"""A page as WeasyPrint is given it, read and styled in half the time, to the very same print.

Two things cost WeasyPrint a fifth of its time and give a paper nothing: its parser mends HTML as
browsers do, though the templates write it as well as XML, and its own style sheet styles a mark
for a list and five kinds of footnotes for every element there is. Only this module knows of it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import weasyprint  # noqa: TID253 - this module is itself imported late
from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # it has no types
from weasyprint.html import UA, UA_COUNTER_STYLE, UA_FORM_STYLESHEET  # noqa: TID253 - this module, too

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.urls import URLFetcher

#: what a page begins with that is written as well as XML
XML: Final = "<?xml "

_NOTES: Final = re.compile(r"^::(?:foot)?note-\S+ +\{[^}]*\}$", re.MULTILINE)
_MARKERS: Final = re.compile(r"^::marker \{", re.MULTILINE)


class Page(weasyprint.HTML):  # type: ignore[misc]  # WeasyPrint has no types
    """A page to be printed, with the parts of ``weasyprint.HTML`` that cost too much replaced."""

    def __init__(self, html: str, base_url: str, url_fetcher: URLFetcher) -> None:
        """Read a page.

        :raises xml.etree.ElementTree.ParseError: when it says that it is XML, and isn't
        """
        if not html.startswith(XML):
            super().__init__(string=html, base_url=base_url, url_fetcher=url_fetcher)
            return
        self.base_url = base_url
        self.url_fetcher = url_fetcher
        self.media_type = "print"
        root = ET.XML(html)
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = root

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return [_browser_rules(), UA_FORM_STYLESHEET] if forms else [_browser_rules()]


@cache
def _browser_rules() -> CSS:
    """WeasyPrint's own style sheet without footnotes, and with marks for items of lists alone."""
    rules = _MARKERS.sub("li::marker {", _NOTES.sub("", UA))
    return weasyprint.CSS(string=rules, counter_style=UA_COUNTER_STYLE)
