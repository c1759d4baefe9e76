"""What the names in a template lead to: a paper's answers, followed through their JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from formsvc.documents.words import STEERING
from formsvc.errors import Fault
from formsvc.language import gettext as _

#: JSON Schema of what a template is given; None where nothing is known of it
Schema = Mapping[str, Any]

#: how an answer is reached: the names that lead to it
Path = tuple[str, ...]
#: in a path: each of a list
EACH: Final = "*"
#: what is given beside the answers: the same in codes, and the words of the municipality
_BESIDE: Final = frozenset({"codes", "paper"})
_LONGEST_NAME: Final = 200


class Found(NamedTuple):
    """What a name leads to: the path of an answer and its schema."""

    path: Path
    schema: Schema | None


NOTHING_KNOWN: Final = Found((), None)


def items(schema: Schema | None) -> Schema | None:
    """What each of a list is, or each of a group whose names are not fixed."""
    each = schema and (schema.get("items") or schema.get("additionalProperties"))
    return each or None


def holds_many(schema: Schema | None) -> bool:
    return schema is not None and ("properties" in schema or bool(items(schema)))


def unknown(above: Found, name: str, schema: Schema) -> str:
    here = dotted(above.path)
    written = dotted((*above.path, name))[:_LONGEST_NAME]
    if above.schema and "items" in above.schema:
        return _(
            "«%(here)s» er en liste. Gå gjennom den med for og endfor, og skriv navnet fra for"
            " foran punktumet.",
            here=here,
        )
    near = _near(above, name, schema)
    if near:
        return _("Skjemaet har ikke «%(name)s». Mente du `%(near)s`?", name=written, near=near)
    return _("Skjemaet har ikke «%(name)s». Rett navnet, eller ta bort koden.", name=written)


def _near(above: Found, name: str, schema: Schema) -> str:
    """The name that was meant: one like it in the same group, or the same in another group."""
    known = above.schema.get("properties", {}) if above.schema else {}
    like = get_close_matches(name, known, n=1, cutoff=0.7)
    if like:
        return dotted((*above.path, like[0]))
    elsewhere = (path for path, *_rest in _leaves(schema) if path[-1] == name)
    return dotted(next(elsewhere, ()))


def dotted(path: Path) -> str:
    """The path as a template writes it, where each of a list goes by the list's name."""
    return ".".join(step for step in path if step != EACH)


# -- what is never printed ------------------------------------------------------------------------


def _leaves(
    schema: Schema, path: Path = (), *, required: bool = False
) -> Iterator[tuple[Path, Schema, bool]]:
    """Each single answer: its path, its schema, and whether it must be given."""
    if "properties" in schema:
        for name, below in schema["properties"].items():
            must = name in schema.get("required", ())
            yield from _leaves(below, (*path, name), required=must)
    elif "items" in schema:
        yield from _leaves(schema["items"], (*path, EACH), required=required)
    else:
        yield path, schema, required


def never_printed(schema: Schema, printed: set[Path]) -> Iterator[Fault]:
    """The answers that a template has no place for, but for those that stand on no paper."""
    for path, answer, required in _leaves(schema):
        stands_elsewhere = path[0] in _BESIDE | STEERING or answer.get("writeOnly", False)
        if stands_elsewhere or path in printed or _is_yes_or_no(answer):
            continue
        name = dotted(path)
        label = answer.get("title") or _label_of_list(schema, path) or name
        if required:
            message = _(
                "Malen skriver aldri ut «%(label)s», som alltid skal stå i dokumentet. Sett inn"
                " koden for %(name)s.",
                label=label,
                name=name,
            )
        else:
            message = _(
                "Malen skriver aldri ut «%(label)s» (%(name)s). Et dokument med et slikt svar blir"
                " ikke laget, for ingen svar skal gå tapt.",
                label=label,
                name=name,
            )
        yield Fault("", name, message, refuses=required)


def _label_of_list(schema: Schema, path: Path) -> str:
    for step in path[:-1]:
        schema = schema.get("properties", {}).get(step) or schema.get("items", {})
    return str(schema.get("title", "")) if path[-1] == EACH else ""


def _is_yes_or_no(answer: Schema) -> bool:
    kinds = answer.get("type", ())
    return "const" in answer or "boolean" in ((kinds,) if isinstance(kinds, str) else kinds)
