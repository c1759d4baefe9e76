"""Characters that XML or Word does not hold as text: line breaks, tabs, new pages, forbidden ones.

They are looked for in what was printed, in one sweep over its bytes; only the texts that hold
one are touched. In docxtpl's dialect a bell is a new paragraph and a form feed a new page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_CONTROLS: Final = bytes(range(32))
_WITHOUT_FORM: Final = bytes(set(_CONTROLS) - set(b"\t\n\a\f"))
#: how U+FFFE and U+FFFF begin, like little else that is written in Europe
_FAR_END: Final = b"\xef"
_NON_CHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_FORBIDDEN = re.compile("[^\t\n\a\f\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BELL_OR_FEED = re.compile("[\a\f]")
_SPECIAL = re.compile("[\t\n\a\f]")

_TEXT: Final = '<w:t xml:space="preserve">'
_LINE_BREAK: Final = f"</w:t><w:br/>{_TEXT}"
_PAGE: Final = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
_PAGE_BREAK: Final = f'</w:t><w:br w:type="page"/>{_TEXT}'
_END: Final = "</w:t></w:r></w:p>"


def finished(xml: str) -> bytes:
    """The bytes of a part in which every special character has the form that Word knows."""
    try:
        data = xml.encode()
    except UnicodeEncodeError:  # half a character
        return finished(_visible(xml))
    if _holds_non_characters(data):
        return finished(_visible(xml))
    if not _holds(data, _CONTROLS):  # nearly always
        return data
    if _holds(data, _WITHOUT_FORM):
        return finished(_visible(xml))
    return "".join(_pieces(xml)).encode()


def _holds(data: bytes, some: bytes) -> bool:
    return len(data.translate(None, some)) != len(data)


def _holds_non_characters(data: bytes) -> bool:
    return _FAR_END in data and any(each in data for each in _NON_CHARACTERS)


def _visible(xml: str) -> str:
    """One kind of line break; what XML cannot hold leaves a mark that is seen."""
    return _FORBIDDEN.sub("\ufffd", xml.replace("\r\n", "\n").replace("\r", "\n"))


def _pieces(xml: str) -> Iterator[str]:
    done = 0
    while found := _SPECIAL.search(xml, done):
        at = found.start()
        start, end = xml.rfind(">", done, at) + 1 or done, xml.find("<", at)
        end = len(xml) if end < 0 else end
        yield xml[done:start]
        words = xml[start:end]
        yield _with_breaks(xml, start, words) if _is_text(xml, start, at) else _kept(words)
        done = end
    yield xml[done:]


def _is_text(xml: str, start: int, at: int) -> bool:
    """Whether the words that start there are those of a text element, and not of a tag."""
    tag = xml.rfind("<", 0, start)
    return xml.startswith(("<w:t>", "<w:t "), tag) and xml.find("<", start, at) < 0


def _kept(words: str) -> str:
    """Between elements and in attributes nothing can break; it is white space there."""
    return _BELL_OR_FEED.sub("\ufffd", words)


def _with_breaks(xml: str, start: int, words: str) -> str:
    if not ("\t" in words or "\a" in words or "\f" in words):
        return words.replace("\n", _LINE_BREAK)
    run = _opening(xml, "w:r", start)
    style = _style(xml, "w:rPr", run)
    words = words.replace("\t", f"</w:t></w:r><w:r>{style}<w:tab/></w:r><w:r>{style}{_TEXT}")
    paragraph = _opening(xml, "w:p", run)
    if _is_whole(xml[xml.find(">", paragraph) + 1 : run]):
        new = f"<w:p>{_style(xml, 'w:pPr', paragraph)}<w:r>{style}{_TEXT}"
        words = words.replace("\a", _END + new).replace("\f", _END + _PAGE + new)
    else:  # in a link or a field, which cannot go on in the next paragraph
        words = words.replace("\a", "\n").replace("\f", _PAGE_BREAK)
    return words.replace("\n", _LINE_BREAK)


def _is_whole(xml: str) -> bool:
    """Whether every element that begins in a piece of XML ends there."""
    return xml.count("<") - xml.count("/>") == 2 * xml.count("</")


def _opening(xml: str, name: str, at: int) -> int:
    """Where the innermost element of that name begins that is open at a place."""
    closed = 0
    while at > 0:
        at = xml.rfind(name, 0, at)
        if xml[at + len(name)] not in " >/":
            continue
        if xml[at - 1] == "<":
            if xml[xml.find(">", at) - 1] == "/":
                continue
            if not closed:
                return at - 1
            closed -= 1
        elif xml.startswith("</", at - 2):
            closed += 1
    return 0


def _style(xml: str, name: str, of: int) -> str:
    """The element of that name with which another one begins, whole; empty when it has none."""
    begin = start = xml.find(">", of) + 1
    opening, closing = f"<{name}>", f"</{name}>"
    if not xml.startswith(opening, begin):
        return ""
    while True:  # a tracked change holds the style from before
        end = xml.find(closing, start) + len(closing)
        if xml.count(opening, begin, end) == xml.count(closing, begin, end):
            return xml[begin:end]
        start = end
