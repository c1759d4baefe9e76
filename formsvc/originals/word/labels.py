"""The words of the Word templates: those that the form of a paper says for all its formats."""

from __future__ import annotations

from typing import Final

from formsvc import kinds, profile
from formsvc.forms import wording

LANGUAGES: Final = ("nb", "nn")
#: letters of texts that stay together on a page; the same in templates/documents/_parts.html
SHORT: Final = 1200


class Labels:
    """The words of one kind of paper in one language: ``labels["child.name"]``."""

    def __init__(self, kind: str, language: str) -> None:
        self.form = kinds.find(kind).form
        self._kind, self._language = kind, language
        self._words = wording.of(self.form, language)

    def __getitem__(self, path: str) -> str:
        """The label of an answer."""
        return self._words.labels[path]

    def has(self, path: str) -> bool:
        """Whether the paper has that answer."""
        return path in self._words.labels

    def section(self, name: str) -> str:
        """The heading of the section that begins with that answer."""
        return self._words.headings[name]

    @property
    def are_texts_short(self) -> bool:
        """Whether the municipality's texts with a heading have room on a third of a page."""
        held = profile.current()
        texts = held.texts(self._kind, self._language)
        headed = set(held.headings(self._kind, self._language)) - {"next"}
        return sum(len("".join(texts.get(key, []))) for key in headed) < SHORT

    def phrase(self, name: str) -> str:
        """What is printed word for word; "" where this kind does not say it."""
        return self._words.phrases[name]
