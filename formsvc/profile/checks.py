"""What holds for a whole profile: placeholders that stand for something, and no key in vain."""

from __future__ import annotations

from collections.abc import Iterator

from formsvc.profile.contents import Profile, short, small
from formsvc.profile.parts import PAGES, PLACEHOLDER, NotInProfile, Words
from formsvc.profile.tables import InvalidProfile, refuse_unread


def placeholders(profile: Profile) -> None:
    """Refuse a placeholder that stands for nothing.

    :raises InvalidProfile: naming the text.
    """
    for path, words in _texts(profile):
        _check_text(profile, path, words)


def _texts(profile: Profile) -> Iterator[tuple[str, Words]]:
    groups = {**profile.resources, "legal": profile.references}
    for group, texts in groups.items():
        for key, words in texts.items():
            yield f"texts.{group}.{key}", words


def named_in_texts(profile: Profile) -> set[tuple[str, str]]:
    """What placeholders stand for: the table and the key, of a word with its form."""
    return {
        _named(place)
        for _path, words in _texts(profile)
        for _since, wording in words.versions
        for text in wording.values()
        for place in PLACEHOLDER.findall(text)
    }


def _named(place: str) -> tuple[str, str]:
    table, _, key = place.partition(".")
    return (table, small(key)) if table == "words" else (table, key.partition(".")[0])


def _check_text(profile: Profile, path: str, words: Words) -> None:
    for since, wording in words.versions:
        for language in wording:
            try:
                profile.paragraphs(words, language, since)
            except NotInProfile as error:
                mend = f"a placeholder in the {language} text is not known. {error}"
                raise InvalidProfile(path, mend) from error


def refuse_unread_keys(profile: Profile, shipped: Profile) -> None:
    """Refuse what a municipality has added where only what is asked for by name is ever read.

    Everything shipped is; an own office or word is where a text names it.

    :raises InvalidProfile: naming the key and the nearest one that is read.
    """
    named = named_in_texts(profile)
    for table, keys, known in (
        ("offices", profile.offices, shipped.offices),
        ("words", profile.words, shipped.words),
    ):
        refuse_unread(table, [key for key in keys if (table, key) not in named], known)
    refuse_unread("word_lists", profile.word_lists, shipped.word_lists)
    refuse_unread(f"texts.{PAGES}", profile.resources[PAGES], shipped.resources[PAGES])
    for group, headings in profile.all_headings.items():
        texts = profile.resources.get(group, {})
        refuse_unread(f"headings.{group}", map(short, headings), {*map(short, texts)})
