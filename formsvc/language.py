"""Bokmål, nynorsk and English: which one is spoken now, and the words of the catalogues.

Bokmål texts stand in the code where they are used and are the catalogues' keys. The spoken
language belongs to the running context (a request, a command, a paper being printed), so the
same form class can refuse in nynorsk on one thread and in English on another.
"""

from __future__ import annotations

import gettext as gettext_module
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final, cast

from babel.support import LazyProxy

#: the languages of the pages; papers are printed in the first two
LANGUAGES: Final = ("nb", "nn", "en")
PAPER_LANGUAGES: Final = ("nb", "nn")
SOURCE: Final = "nb"

#: a message and its language → the message in the municipality's words
Vocabulary = Callable[[str, str], str]


def _no_words(message: str, _language: str) -> str:
    raise LookupError(f"«{message}» names a word of the profile. Import formsvc.profile.")


_vocabulary: Vocabulary = _no_words
_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


@cache
def _catalogue(language: str) -> gettext_module.NullTranslations:
    if language == SOURCE:
        return gettext_module.NullTranslations()
    folder = Path(__file__).with_name("translations")
    return gettext_module.translation("messages", folder, [language])


def spoken() -> str:
    """The language spoken now: ``nb``, ``nn`` or ``en``."""
    return _spoken.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language within the block; an unknown one is spoken as bokmål.

    >>> with speaking("nn"):
    ...     spoken()
    'nn'
    """
    token = _spoken.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _spoken.reset(token)


def speak_with(vocabulary: Vocabulary) -> None:
    """Have messages that name a word, as ``{words.absence.definite}``, filled by what is given.

    The profile gives it when it is loaded, and it asks whose words are in use at each message.
    """
    global _vocabulary  # one for the process: whose words, the context says
    _vocabulary = vocabulary


def gettext(text: str, **values: object) -> str:
    """The text in the language spoken now; ``%(name)s`` in it is filled from the values."""
    words = _in_own_words(_catalogue(_spoken.get()).gettext(text)) if text else ""
    return words % values if values else words


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """The text for one or for many, in the language spoken now; ``%(n)s`` is the number."""
    words = _in_own_words(_catalogue(_spoken.get()).ngettext(one, many, n))
    return words % {"n": n, **values}


def _in_own_words(message: str) -> str:
    # before values are filled in: what people wrote names no words
    return _vocabulary(message, _spoken.get()) if "{words." in message else message


def lazy(text: str) -> str:
    """A text that is looked up each time it is read: for labels in class bodies.

    It behaves as a str wherever one is read; ``str()`` gives the words of the moment.
    """
    return cast("str", LazyProxy(gettext, text, enable_cache=False))
