"""A Word template of docxtpl in the words of other engines: same content, same split runs.

Only what the template of this benchmark uses is known: values, loops over rows and paragraphs,
and a condition around paragraphs. A tag that Word has split over runs is split as before.
"""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_FILLED = re.compile(r"word/(document|header\d|footer\d)\.xml")
_VALUE = re.compile(r"\{\{ *([\w.]+) *\}\}")
#: a tag that stands alone in its row or paragraph
_MARK = re.compile(r"\{%(?:tr|p) (for|endfor|if|endif)(?: (?:\w+ in )?(\w+))? %\}")

_Element: TypeAlias = Any  # lxml has no name for it that may be used


class Dialect(Protocol):
    """How an engine writes values, loops and conditions."""

    def value(self, name: str, rows: str, which: str = "i") -> str:
        """The tag of a value; of the list ``rows`` where that is named."""
        ...

    def loop(self, marks: Marks, body: Sequence[Original]) -> None:
        """Turn two marks into a loop over what stands between them."""
        ...

    def condition(self, marks: Marks) -> None:
        """Turn two marks into a condition on a truth."""
        ...


class Marks(NamedTuple):
    """The blocks that hold the opening and the closing tag, and the name in the first."""

    opening: _Element
    closing: _Element
    name: str

    @property
    def in_table(self) -> bool:
        return bool(self.opening.tag == f"{_W}tr")


class Original(NamedTuple):
    """A block of a loop: as it now stands in the document, and as it was in docxtpl's words."""

    block: _Element
    before: _Element


class Mustache:
    """docxtemplater and easy-template-x."""

    def value(self, name: str, rows: str, which: str = "i") -> str:
        return f"{{{name}}}"

    def loop(self, marks: Marks, body: Sequence[Original]) -> None:
        if not marks.in_table:
            self.condition(marks)
            return
        first, last = next(_texts(body[0].block)), [*_texts(body[-1].block)][-1]
        _write(first, f"{{#{marks.name}}}{first.text}")
        _write(last, f"{last.text}{{/{marks.name}}}")
        _remove(marks.opening)
        _remove(marks.closing)

    def condition(self, marks: Marks) -> None:
        _rewrite(marks.opening, _MARK, lambda _: f"{{#{marks.name}}}")
        _rewrite(marks.closing, _MARK, lambda _: f"{{/{marks.name}}}")


class Carbone:
    """carbone, which sees from a second row of the template what is to be repeated."""

    def value(self, name: str, rows: str, which: str = "i") -> str:
        return f"{{d.{rows}[{which}].{name}}}" if rows else f"{{d.{name}}}"

    def loop(self, marks: Marks, body: Sequence[Original]) -> None:
        for _block, before in body:
            following = copy.deepcopy(before)
            _fill(following, self, marks.name, "i+1")
            marks.closing.addprevious(following)
        _remove(marks.opening)
        _remove(marks.closing)

    def condition(self, marks: Marks) -> None:
        _rewrite(marks.opening, _MARK, lambda _: f"{{d.{marks.name}:ifEQ(true):showBegin}}")
        _rewrite(marks.closing, _MARK, lambda _: f"{{d.{marks.name}:showEnd}}")


def translated(template: bytes, dialect: Dialect) -> bytes:
    """The template in another dialect, packed as before."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if _FILLED.fullmatch(info.filename):
                data = _part(data, dialect)
            elif info.filename == "docProps/core.xml":
                named = _VALUE.sub(lambda tag: dialect.value(tag[1], ""), data.decode())
                data = named.encode()
            new.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _part(data: bytes, dialect: Dialect) -> bytes:
    root = etree.fromstring(data)
    for container in [*root.iter(f"{_W}tbl"), *root.iter(f"{_W}body")] or [root]:
        _translate(container, dialect)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _translate(container: _Element, dialect: Dialect) -> None:
    opening, rows, name = None, "", ""
    body: list[Original] = []
    for block in list(container):
        mark = _MARK.fullmatch("".join(text.text or "" for text in _texts(block)).strip())
        if mark is None:
            body.append(Original(block, copy.deepcopy(block)))
            _fill(block, dialect, rows)
        elif mark[2]:
            opening, body, name = block, [], mark[2]
            rows = name if mark[1] == "for" else ""
        else:
            marks = Marks(opening, block, name)
            dialect.loop(marks, body) if rows else dialect.condition(marks)
            rows = ""


def _fill(block: _Element, dialect: Dialect, rows: str, which: str = "i") -> None:
    def tag(found: re.Match[str]) -> str:
        variable, dot, name = found[1].partition(".")
        return dialect.value(name, rows, which) if dot else dialect.value(variable, "")

    for paragraph in block.iter(f"{_W}p"):
        _rewrite(paragraph, _VALUE, tag)


def _texts(block: _Element) -> Iterator[_Element]:
    yield from block.iter(f"{_W}t")


def _write(text: _Element, words: str) -> None:
    text.text = words
    text.set(_SPACE, "preserve")


def _remove(block: _Element) -> None:
    block.getparent().remove(block)


def _rewrite(block: _Element, tags: re.Pattern[str], new: Callable[[re.Match[str]], str]) -> None:
    """Put new words in the place of tags, split over the runs in the same proportions."""
    texts = list(_texts(block))
    letters = [(number, letter) for number, text in enumerate(texts) for letter in text.text or ""]
    whole = "".join(letter for _number, letter in letters)
    for found in reversed([*tags.finditer(whole)]):
        owners = [number for number, _letter in letters[found.start() : found.end()]]
        words = new(found)
        letters[found.start() : found.end()] = [
            (owners[at * len(owners) // len(words)], letter) for at, letter in enumerate(words)
        ]
    for number, text in enumerate(texts):
        _write(text, "".join(letter for owner, letter in letters if owner == number))
