"""What holds in every paper, whatever it is about: letters, identity numbers, addresses, days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from formsvc import norway
from formsvc.errors import Problem
from formsvc.forms import addresses
from formsvc.forms.fields import LONGEST_NAME, AnswerField, Date, Text
from formsvc.language import gettext as _


def refuse_missing_letters(leaves: Iterable[AnswerField]) -> None:
    """Refuse the texts with letters that papers cannot be printed with."""
    for leaf in leaves:
        if isinstance(leaf, Text) and (sentence := leaf.missing_letters()):
            leaf.refuse(sentence)


def refuse_identity_numbers(leaves: Iterable[AnswerField]) -> None:
    """Refuse the texts that hold an identity number: it has a field of its own."""
    for leaf in _own_words(leaves):
        if norway.identity_numbers(leaf.text):
            leaf.refuse(
                _(
                    "Ta bort fødselsnummeret. Det skal bare stå i"
                    " {words.application.definite} om individuell plan, i feltet som spør etter"
                    " det."
                )
            )


def advice(leaves: Iterable[AnswerField]) -> Iterator[Problem]:
    """What is better left out of a text, and days on which nobody is at work."""
    leaves = list(leaves)
    for text in _own_words(leaves):
        in_sentences = text.longest > LONGEST_NAME
        sentence = addresses.protected(text.text)
        if sentence := sentence or (addresses.street(text.text) if in_sentences else ""):
            yield Problem(text.path, sentence)
    for day in leaves:
        if isinstance(day, Date) and (name := day.holiday()):
            yield Problem(
                day.path, _("Dagen er %(name)s. Velg en annen dag hvis dere kan.", name=name)
            )


def _own_words(leaves: Iterable[AnswerField]) -> Iterator[Text]:
    """What people have written in their own words and is not too long to be looked at."""
    for leaf in leaves:
        if isinstance(leaf, Text) and leaf.own_words and not leaf.is_too_long():
            yield leaf
