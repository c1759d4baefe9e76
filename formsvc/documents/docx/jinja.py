"""Jinja as Word templates get it: in the sandbox, strict about names, quick with plain data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import escape

from formsvc.documents.words import written
from formsvc.errors import BadTemplate
from formsvc.language import gettext as _

Filters = Mapping[str, Callable[..., object]]

#: what a template gets of a group before the keys that are named alike
METHODS_OF_DICT: Final = frozenset(dir(dict))


_FACTS_OF_LOOPS: Final = frozenset({"index", "index0", "first", "last", "length", "depth"})

_INSERTING: Final = ContextVar("_INSERTING", default=False)


@contextmanager
def inserting() -> Iterator[None]:
    """While pictures and sub-documents are printed, in this thread."""
    before = _INSERTING.set(True)
    try:
        yield
    finally:
        _INSERTING.reset(before)


_MARKUP: Final[ContextVar[list[str] | None]] = ContextVar("_MARKUP", default=None)
#: what escaping leaves; it can neither open nor close anything
_ESCAPED = re.compile('[^<&"]*(?:&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);[^<&"]*)*')


@contextmanager
def markup() -> Iterator[list[str]]:
    """Notes the values that are printed as XML of their own, such as rich text, in this thread."""
    printed: list[str] = []
    before = _MARKUP.set(printed)
    try:
        yield printed
    finally:
        _MARKUP.reset(before)


class NeedsPackage(Exception):
    """A picture or a sub-document is to be printed, which brings files into the package."""

    def __init__(self, value: Any) -> None:
        self.value = value
        super().__init__()


class Missing(StrictUndefined):
    """A name that the paper does not have; to print it or ask of it is an error that names it."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        return _(
            "Malen bruker «%(name)s», som dette skjemaet ikke har. Rett navnet i malen.",
            name=self._undefined_name,
        )


def from_docxtpl(value: object) -> bool:
    """Whether it is one of docxtpl's own values: rich text, a listing, a picture, a document."""
    return _is_docxtpls(type(value))  # type: ignore[arg-type]  # a type is hashable


@lru_cache(maxsize=256)
def _is_docxtpls(kind: type) -> bool:
    return any(each.__module__.startswith("docxtpl.") for each in kind.__mro__)


class _Printing(CodeGenerator):
    """Writes one call for each ``{{ … }}``, which does what Jinja's finalize and escape do."""

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if self._escapes(frame):
            self.write("environment.printed(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if self._escapes(frame):
            self.write(")")
        else:
            super()._output_child_post(node, frame, finalize)

    @staticmethod
    def _escapes(frame: Frame) -> bool:
        return bool(frame.eval_ctx.autoescape) and not frame.eval_ctx.volatile


class WordEnvironment(ImmutableSandboxedEnvironment):
    """Jinja with nothing but the words that it is given; data can never become markup."""

    code_generator_class = _Printing

    def __init__(self, filters: Filters | None = None, *, trusted: bool = False) -> None:
        super().__init__(autoescape=True, undefined=Missing, finalize=_finalized, cache_size=0)
        if not trusted:
            self.globals.clear()
            del self.filters["safe"]
        self.filters.update(filters or {})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """``child.name``: the key of a plain dict; Jinja would look for an attribute first."""
        if obj.__class__ is dict and attribute not in METHODS_OF_DICT:
            try:
                return obj[attribute]
            except KeyError:
                return self.undefined(obj=obj, name=attribute)
        if obj.__class__ is LoopContext and attribute in _FACTS_OF_LOOPS:
            return getattr(obj, attribute)  # numbers and yes or no: nothing for the sandbox
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """What a template may ask for; a picture would lead it to docxtpl, which writes files."""
        return not from_docxtpl(obj) and super().is_safe_attribute(obj, attr, value)

    @staticmethod
    def printed(value: object) -> str:
        """What stands in the document for a value: every placeholder becomes text here."""
        if type(value) is str:
            return _escaped(value)
        if type(value) is int:
            return str(value)
        text = str(escape(_finalized(value)))
        if hasattr(value, "__html__") and not _ESCAPED.fullmatch(text):
            noted = _MARKUP.get()
            if noted is not None:
                noted.append(text)
        return text


def _finalized(value: object) -> object:
    """The value as a reader reads it."""
    if isinstance(value, Undefined):
        return str(value)  # raises, and names it; nothing for an inline if without its else
    if isinstance(value, (list, dict)) or callable(value):
        raise BadTemplate(
            _(
                "En kode i malen skriver ut en hel liste eller gruppe på én gang. Gå gjennom"
                " lista med for og endfor, eller skriv navnet på feltet etter et punktum."
            )
        )
    if from_docxtpl(value) and hasattr(value, "tpl") and not _INSERTING.get():
        raise NeedsPackage(value)
    return written(value)


def _escaped(text: str) -> str:
    # as markupsafe does, without the Markup object that it makes: that costs five times as much
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
    )
