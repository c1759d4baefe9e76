"""Whether every answer of a paper has a place in its PDF form, and every field of it an answer.

The rule by which fields are named is that of ``values``; here it is asked of a template and of
the JSON Schema of the paper's answers, before anybody has answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from formsvc.documents.pdf_form.fields import Field
from formsvc.documents.pdf_form.values import MORE, rows_in
from formsvc.documents.words import IDENTITY, STEERING
from formsvc.errors import Fault
from formsvc.language import gettext as _

_Form = Mapping[str, Field]
#: more are not drawn as buttons, but written
_FEW_CODES: Final = 10
_WRITABLE: Final = frozenset({"text", "choice"})


def misplaced(form: _Form, schema: Mapping[str, Any]) -> list[Fault]:
    """Fields that the paper does not have, and answers of the paper that no field takes.

    :param schema: the JSON Schema of the answers
    """
    paper = _Paper(form)
    faults = list(paper.homeless(schema, ""))
    known = [name for name in paper.names if name not in form]
    unknown = [name for name in form if name not in paper.names]
    return [*(_unknown(name, known or list(paper.names)) for name in unknown), *faults]


def _unknown(name: str, known: Sequence[str]) -> Fault:
    near = get_close_matches(name, known, n=1)
    if near:
        said = _(
            "Skjemaet har ikke noe svar med dette navnet. Mente du «%(near)s»? Gi feltet det"
            " navnet, eller ta det bort.",
            near=near[0],
        )
    else:
        said = _(
            "Skjemaet har ikke noe svar med dette navnet. Gi feltet navnet på et svar, eller ta"
            " det bort."
        )
    return Fault("", name, said)


class _Paper:
    """The answers of a paper, looked for among the fields of a form."""

    def __init__(self, form: _Form) -> None:
        self._form = form
        #: what fields may be called
        self.names: set[str] = {*STEERING, *IDENTITY}

    def homeless(self, schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
        """What is wrong with the place of an answer, or of each answer within it."""
        kind = _type(schema)
        if schema.get("writeOnly"):  # an answer that stands on no paper
            return
        if kind == "object":
            for name, inner in schema.get("properties", {}).items():
                if path or name not in STEERING:
                    yield from self.homeless(inner, f"{path}.{name}" if path else name)
            return
        self.names.add(path)
        if kind == "array":
            yield from self._of_list(schema, path)
        elif path not in self._form:
            yield _missing(path, schema)
        else:
            yield from _of_one(self._form[path], schema, kind)

    def _of_list(self, schema: Mapping[str, Any], path: str) -> Iterator[Fault]:
        items = schema.get("items", {})
        codes = _codes(items)
        rows = rows_in(path, self._form)
        self.names.update(f"{path}.{code}" for code in codes)
        whole = self._form.get(path)
        if whole:  # a text field takes the whole list, each item on its line
            yield from _written(whole, _("Svaret er en liste. Gjør feltet til et tekstfelt."))
        elif codes and not rows:
            yield from self._boxes(codes, path)
        else:
            yield from self._rows(schema, path, rows)

    def _boxes(self, codes: Sequence[str], path: str) -> Iterator[Fault]:
        """What is wrong with the boxes of a list of codes."""
        for code in codes:
            box = self._form.get(f"{path}.{code}")
            if box is None:
                said = _(
                    "Valget «%(code)s» har ingen rute. Lag en avkryssingsrute med dette navnet.",
                    code=code,
                )
                yield Fault("", f"{path}.{code}", said)
            elif box.kind != "check":
                said = _("Dette er ett av flere valg. Gjør feltet til en avkryssingsrute.")
                yield Fault("", box.name, said)

    def _rows(self, schema: Mapping[str, Any], path: str, rows: int) -> Iterator[Fault]:
        """What is wrong with a table, and with the place for what it has no room for."""
        more = f"{path}.{MORE}"
        self.names.add(more)
        for row in range(max(rows, 1)):
            yield from self.homeless(schema.get("items", {}), f"{path}.{row}")
        place = self._form.get(more)
        if place is None and rows < schema.get("maxItems", rows + 1):
            yield Fault(
                "",
                more,
                _(
                    "Tabellen har plass til %(rows)s rader, og skjemaet kan ha flere. Lag et"
                    " tekstfelt med dette navnet for resten.",
                    rows=rows,
                ),
            )
        elif place is not None:
            said = _(
                "Feltet skal ta rader som tabellen ikke har plass til. Gjør det til et tekstfelt."
            )
            yield from _written(place, said)


def _of_one(field: Field, schema: Mapping[str, Any], kind: str) -> Iterator[Fault]:
    """What is wrong with the field of one answer."""
    codes = _codes(schema)
    if kind == "boolean":
        if field.kind == "radio":
            yield from _buttons(field, ["yes", "no"])
    elif codes and field.kind == "radio":
        yield from _buttons(field, codes)
    elif codes:
        said = _(
            "Svaret er ett av flere valg. Gjør feltet til en gruppe med radioknapper, én for hver"
            " kode, eller til et tekstfelt."
        )
        yield from _written(field, said)
    else:
        yield from _written(field, _("Svaret er en tekst. Gjør feltet til et tekstfelt."))


def _buttons(field: Field, codes: Sequence[str]) -> Iterator[Fault]:
    """The codes that a radio group has no button for."""
    exported = [stored for stored, _shown in field.options][: len(field.states)]
    there = {*field.states, *exported}
    for code in codes:
        if code in there:
            continue
        near = get_close_matches(code, sorted(there - set(codes)), n=1)
        if near:
            said = _(
                "Gruppa har ingen knapp for «%(code)s», men en som heter «%(near)s». Rett"
                " eksportverdien på den.",
                code=code,
                near=near[0],
            )
        else:
            said = _(
                "Gruppa har ingen knapp for «%(code)s». Lag en knapp der eksportverdien er denne"
                " koden.",
                code=code,
            )
        yield Fault("", field.name, said)


def _written(field: Field, said: str) -> Iterator[Fault]:
    """What is to be said of a field that cannot be written in."""
    if field.kind not in _WRITABLE:
        yield Fault("", field.name, said)


def _missing(path: str, schema: Mapping[str, Any]) -> Fault:
    title = str(schema.get("title") or path)
    if _type(schema) == "boolean":
        said = _(
            "Svaret «%(title)s» har ikke noe felt. Lag en avkryssingsrute med dette navnet.",
            title=title,
        )
    elif 0 < len(_codes(schema)) <= _FEW_CODES:
        said = _(
            "Svaret «%(title)s» har ikke noe felt. Lag en gruppe med radioknapper med dette navnet,"
            " én knapp for hver kode.",
            title=title,
        )
    else:
        said = _(
            "Svaret «%(title)s» har ikke noe felt. Lag et tekstfelt med dette navnet.", title=title
        )
    return Fault("", path, said)


def _type(schema: Mapping[str, Any]) -> str:
    """What an answer is: the first type that is named, when it may also be left out."""
    if "const" in schema:
        return "boolean" if isinstance(schema["const"], bool) else "string"
    for other in schema.get("anyOf", ()):
        if "type" in other and other["type"] != "null":
            return _type(other)
    said = schema.get("type", "string")
    return str(said if isinstance(said, str) else next(iter(said), "string"))


def _codes(schema: Mapping[str, Any]) -> list[str]:
    """What may be chosen; empty where anything may be written."""
    return [code for code in schema.get("enum", ()) if isinstance(code, str) and code]
