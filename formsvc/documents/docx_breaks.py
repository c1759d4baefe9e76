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
    words = words.replace("\n", _LINE_BREAK)
    if not ("\t" in words or "\a" in words or "\f" in words):
        return words
    run = _opening(xml, "w:r", start)
    style = _first(xml, "w:rPr", run, start)
    paragraph = _first(xml, "w:pPr", _opening(xml, "w:p", run), start)
    new = f"<w:p>{paragraph}<w:r>{style}{_TEXT}"
    end = "</w:t></w:r></w:p>"
    return (
        words.replace("\t", f"</w:t></w:r><w:r>{style}<w:tab/></w:r><w:r>{style}{_TEXT}")
        .replace("\a", end + new)
        .replace("\f", end + _PAGE + new)
    )


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


def _first(xml: str, name: str, start: int, end: int) -> str:
    """The first element of that name in a stretch, whole, with those of its name inside it."""
    begin = start = xml.find(f"<{name}>", start, end)
    if begin < 0:
        return ""
    close, nested = f"</{name}>", f"<{name}>"
    while True:
        last = xml.find(close, start) + len(close)
        if xml.count(nested, begin, last) == xml.count(close, begin, last):
            return xml[begin:last]
        start = last
