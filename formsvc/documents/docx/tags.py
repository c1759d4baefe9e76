"""The tags of a Word template as its writer sees them: paragraph by paragraph, before any is read.

What Jinja would tell in its own words, or not at all, is told here in a secretary's: a brace that
is missing, a tag over two paragraphs, quotes that Word has curled, an ``if`` without its ``endif``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final, NamedTuple

from lxml import etree

from formsvc.documents.docx.package import W
from formsvc.errors import BadTemplate, Fault
from formsvc.language import gettext as _

#: far more than any paper needs; docxtpl's patterns take long over more
MOST_TAGS: Final = 5_000
LONGEST_TAG: Final = 2_000
#: of tags that are never closed docxtpl looks for the end in all that follows
_MOST_OPEN: Final = 100

_OPENING = re.compile(r"\{[{%#]")
_CLOSING: Final = {"{{": "}}", "{%": "%}", "{#": "#}"}
_STRAY = re.compile(r"\}\}|%\}|#\}")
_MARKUP = re.compile(r"<[^>]*>")
_CURLED: Final = "“”‘’„‚"
#: what Word makes of quotes in Norwegian; between straight ones they are ordinary words
_ANGLED: Final = "«»"
_STRAIGHT = re.compile(r'"[^"]*"|' + r"'[^']*'")
_STATEMENT = re.compile(r"(?:(p|tr|tc|r)\s+)?[-+]?\s*([^\s-]*)")
_LIFTS: Final = frozenset({"p", "tr", "tc", "r"})
#: each statement that must be ended, and what ends it
_ENDS: Final = {"for": "endfor", "if": "endif"}
_BETWEEN: Final = ("else", "elif")
#: docxtpl's own, which end by themselves
_ALONE: Final = frozenset({"cellbg", "colspan", "vm", "hm"})
_STATEMENTS: Final = (*_ENDS, *_ENDS.values(), *_BETWEEN, *_ALONE)
_QUOTED: Final = 200


class _Tag(NamedTuple):
    kind: str
    words: str
    paragraph: str


def demand_readable(xml: str) -> None:
    """Make sure that docxtpl's patterns get through a part in good time.

    :raises BadTemplate: many tags are begun in it and not ended.
    """
    words = _MARKUP.sub("", xml)
    opened = sum(words.count(opening) for opening in _CLOSING)
    closed = sum(words.count(closing) for closing in _CLOSING.values())
    if opened - closed > _MOST_OPEN:
        raise BadTemplate(
            _("Malen har mange koder som begynner og ikke slutter. Se etter klammer som mangler.")
        )


def faults(part: str, root: etree._Element) -> list[Fault]:
    """What is wrong with the tags of a part, in the order in which they stand."""
    paragraphs = list(_paragraphs(root))
    if sum(words.count("{") for words in paragraphs) > 2 * MOST_TAGS:
        most = _("Malen har altfor mange koder. Her er det plass til %(most)s.", most=MOST_TAGS)
        return [Fault(part, "", most)]
    tags: list[_Tag] = []
    found = [Fault(part, *said) for words in paragraphs for said in _broken(words, tags)]
    found += [Fault(part, *said) for tag in tags for said in _curled(tag)]
    return found or [Fault(part, *said) for said in _unended(tags)]


def _paragraphs(root: etree._Element) -> Iterator[str]:
    """The words of each paragraph; a text box within one has paragraphs of its own."""
    words: dict[etree._Element, list[str]] = {p: [] for p in root.iter(f"{W}p")}
    if not words:  # properties of the document: each is a text
        yield from (element.text or "" for element in root.iter("*"))
    for text in root.iter(f"{W}t"):
        paragraph = next(text.iterancestors(f"{W}p"), None)
        if paragraph is not None:
            words[paragraph].append(text.text or "")
    yield from map("".join, words.values())


def _broken(words: str, tags: list[_Tag]) -> Iterator[tuple[str, str]]:
    """Tags of a paragraph without beginning or end; the whole ones are added to the list."""
    where, at = words.strip()[:_QUOTED], 0
    while opening := _OPENING.search(words, at):
        if _STRAY.search(words, at, opening.start()):
            yield where, _unopened()
        closing = _CLOSING[opening[0]]
        end = words.find(closing, opening.end())
        again = words.find(opening[0], opening.end())
        if end < 0 or -1 < again < end:
            yield (
                where,
                _(
                    "Koden begynner med %(opening)s, men %(closing)s mangler. Hele koden må stå i"
                    " samme avsnitt.",
                    opening=opening[0],
                    closing=closing,
                ),
            )
            return
        tag = words[opening.end() : end]
        if len(tag) > LONGEST_TAG:
            yield where, too_long()
        elif opening[0] != "{#":
            tags.append(_Tag(opening[0], tag, where))
        at = end + len(closing)
    if _STRAY.search(words, at):
        yield where, _unopened()


def too_long() -> str:
    """What is said of a tag that would take too much to read."""
    return _("Koden er altfor lang. Skriv den kortere.")


def _unopened() -> str:
    return _(
        "Her slutter en kode som ikke begynner. Sett inn %(braces)s foran, i samme avsnitt.",
        braces="{{",
    )


def _curled(tag: _Tag) -> Iterator[tuple[str, str]]:
    outside = _STRAIGHT.sub("", tag.words)
    if any(quote in tag.words for quote in _CURLED) or any(q in outside for q in _ANGLED):
        yield (
            tag.paragraph,
            _(
                "Word har gjort anførselstegnene i koden krøllete. Slett dem, skriv dem på nytt,"
                " og trykk Ctrl+Z straks Word har byttet dem ut."
            ),
        )


def _unended(tags: list[_Tag]) -> Iterator[tuple[str, str]]:
    """Statements that are not known, and pairs that do not fit together."""
    begun: list[tuple[str, str]] = []
    for tag in tags:
        word = _statement(tag) if tag.kind == "{%" else ""
        wrong = _misplaced(word, begun) if word and word not in _ALONE else ""
        if wrong:
            yield tag.paragraph, wrong
            return  # what follows would be told of for the same reason
        if word in _ENDS:
            begun.append((word, tag.paragraph))
        elif word in _ENDS.values():
            begun.pop()
    for word, paragraph in begun:
        end = _ENDS[word]
        yield (
            paragraph,
            _("Her begynner en %(word)s uten noen %(end)s etter seg.", word=word, end=end),
        )


def _misplaced(word: str, begun: list[tuple[str, str]]) -> str:
    """What is wrong with a statement in this place; empty when nothing is."""
    if word not in _STATEMENTS:
        return _unknown(word)
    if word in _ENDS:
        return ""
    if not begun:
        return _("Her står %(word)s, men ingenting er begynt.", word=word)
    last = begun[-1][0]
    fits = word == "else" or word == _ENDS[last] or (word == "elif" and last == "if")
    return "" if fits else _crossed(word, *begun[-1])


def _statement(tag: _Tag) -> str:
    found = _STATEMENT.match(tag.words.strip() if tag.words[:1].isspace() else tag.words)
    # only right after the brace does a letter lift the tag out of its row or paragraph
    if tag.words[:1].isspace() and found and found[1]:
        return str(found[1])
    return str(found[2]) if found else ""


def _unknown(word: str) -> str:
    if word in _LIFTS:
        return _("Skriv %(tag)s uten mellomrom etter klammen.", tag=f"{{%{word}")
    near = get_close_matches(word, _STATEMENTS, n=1)
    if near:
        return _(
            "«%(word)s» er ingen kode. Mente du `%(near)s`?", word=word[:_QUOTED], near=near[0]
        )
    return _(
        "«%(word)s» kan ikke brukes i en mal. Der kan du bruke if, elif, else, endif, for og"
        " endfor.",
        word=word[:_QUOTED],
    )


def _crossed(word: str, begun: str, paragraph: str) -> str:
    return _(
        "Her står %(word)s, men det er %(begun)s i «%(paragraph)s» som er begynt. Skriv %(end)s"
        " først.",
        word=word,
        begun=begun,
        paragraph=paragraph,
        end=_ENDS[begun],
    )
