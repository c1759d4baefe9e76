"""Links that lead to an answer: the address in a relation is a code, filled as the words are.

Word has the addresses of its links in a part of their own (ECMA-376, part 2, 6.5). One that is a
code is a placeholder like any other, and what it is filled with must be the address of a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from formsvc.documents.docx import package
from formsvc.documents.docx.content import HYPERLINKS
from formsvc.documents.docx.fields import SCHEMES, odd_link
from formsvc.errors import BadTemplate

#: an answer, or nowhere where there is none: «{{ video_link or '#' }}»
_CODE: Final = re.compile(r"\{\{ ?[a-z_]+(?:\.[a-z_]+)* or '#' ?\}\}")
_RELATIONS: Final = ".rels"
#: how Word writes the braces of an address that it has saved
_SAVED: Final = re.compile(rb'Target="([^"]*%7[bB]%7[bB][^"]*)"')


def is_code(target: str) -> bool:
    """Whether an address is a code that an answer is filled into."""
    return _CODE.fullmatch(target) is not None


def with_codes(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members of a file, with the codes in addresses as they were before Word saved them."""
    return {
        name: _SAVED.sub(_unquoted, data) if holds(name) else data for name, data in members.items()
    }


def _unquoted(found: re.Match[bytes]) -> bytes:
    target = unquote(found[1].decode())
    return f'Target="{target}"'.encode() if is_code(target) else found[0]


def holds(name: str) -> bool:
    """Whether a part of that name holds addresses."""
    return name.endswith(_RELATIONS)


def names_of(members: Mapping[str, bytes]) -> list[str]:
    """The parts in which an address is a code."""
    return [name for name, data in members.items() if holds(name) and b"{{" in data]


def demand_sound(name: str, data: bytes) -> None:
    """Make sure that the filled links of a part lead to pages.

    :raises BadTemplate: one leads to something else.
    """
    for relation in package.parse(data, name).iter("{*}Relationship"):
        is_link = relation.get("Type") in HYPERLINKS
        if is_link and not relation.get("Target", "").lower().startswith(SCHEMES):
            raise BadTemplate(odd_link())
