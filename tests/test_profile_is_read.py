"""No key of the profile is in vain: whatever it holds is asked for somewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pytest

import formsvc
from formsvc import kinds, profile
from formsvc.profile import InvalidProfile, checks, contents, parts
from formsvc.profile.contents import small
from formsvc.profile.parts import WORD

PACKAGE: Final = Path(formsvc.__file__).parent
#: what they fill in is not read by it
READERS: Final = ("reading.py", "wordings.py", "tables.py", "checks.py")

#: what is held, and what the code calls one that it asks: under another name it counts as unread
CALLED: Final[dict[type, set[str]]] = {
    parts.Office: {"office"},
    parts.Service: {"service"},
    parts.Arena: {"arena"},
    parts.SigningRule: {"rule"},
    parts.AgeRules: {"self", "rules", "rules_on()"},
    parts.Limits: {"limits"},
    parts.Accounts: {"accounts"},
    parts.Arms: {"arms", "held", "self"},
    parts.Municipality: {"sender"},
    contents.Profile: {"self", "current()", "of()", "here", "municipality", "of_kind", "held"},
}


def _nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name != "profile" or path.name not in READERS:
            yield from ((path, node) for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def _name(asked: ast.expr) -> str:
    match asked:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=called):
            return f"{_name(called)}()"
    return ""


#: every ``whom.what`` in the code; ```self`` is a part of the profile in two files only
ASKED: Final = {
    (_name(node.value), node.attr)
    for path, node in _nodes()
    if isinstance(node, ast.Attribute)
    and (_name(node.value) != "self" or path in (Path(contents.__file__), Path(parts.__file__)))
}
#: every text that the code is called with, as in ``word("exempt", …)``
ARGUMENTS: Final = {
    argument.value
    for _path, node in _nodes()
    if isinstance(node, ast.Call)
    for argument in node.args
    if isinstance(argument, ast.Constant)
}


def _held() -> Iterator[Any]:
    for held, called in CALLED.items():
        names = [field.name for field in fields(held)]
        names += [name for name in vars(held) if not name.startswith("_") and name not in names]
        for name in names:
            yield pytest.param(name, called, id=f"{held.__name__}.{name}")


@pytest.mark.parametrize(("name", "called"), list(_held()))
def test_everything_that_a_profile_holds_is_asked_for(name: str, called: set[str]) -> None:
    assert any((whom, name) in ASKED for whom in called)


def test_every_part_of_a_profile_is_looked_through() -> None:
    holding = {
        thing
        for thing in (*vars(contents).values(), *vars(parts).values())
        if isinstance(thing, type) and hasattr(thing, "__dataclass_fields__")
    }
    assert holding - CALLED.keys() == {parts.Words}  # asked with [] and say() everywhere


def _everything() -> str:
    """The shipped profile, all messages and all pages, in which words are named."""
    files = [profile.SHIPPED, *PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]
    return "\n".join(
        line
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if not line.lstrip().startswith("#")
    )


def test_every_shipped_word_office_and_list_is_asked_for_or_named_in_a_text() -> None:
    here = profile.load()
    named = checks.named_in_texts(here)
    assert {key for key in here.offices if ("offices", key) not in named} <= ARGUMENTS
    in_use = {small(key).partition(".")[0] for key in WORD.findall(_everything())}
    assert {key.partition(".")[0] for key in here.words} - in_use <= ARGUMENTS
    assert here.word_lists.keys() <= ARGUMENTS
    assert {f"{profile.PAGES}.{page}" for page in here.resources[profile.PAGES]} <= ARGUMENTS


def test_what_is_said_of_a_paper_is_said_of_one_that_there_is() -> None:
    kinds.demand_read(profile.load())


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('[titles]\nminuts = "Referat"', "titles.minuts: .* did you mean minutes?"),
        ('[legal]\nconsents = "Loven"', "legal.consents: .* did you mean consent?"),
        ('[texts.minuts]\nnext = "x"', "texts.minuts: .* did you mean minutes?"),
        (
            '[texts.plan]\nnext = "x"\n[headings.plan]\nnext = "x"',
            "texts.plan: is not known here; known: consent, ",
        ),
    ],
)
def test_what_is_said_of_a_paper_that_is_not_is_refused_when_the_service_starts(
    toml: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text(toml, "utf-8")
    with pytest.raises(InvalidProfile, match=f"^The municipality's profile, {message}"):
        kinds.demand_read(profile.load(tmp_path / "own.toml"))
