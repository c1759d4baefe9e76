"""The wordings of a profile, read: a text in every language and version, a word in every form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from formsvc.cleaning import clean, is_blank
from formsvc.language import LANGUAGES, PAPER_LANGUAGES, SOURCE
from formsvc.profile.parts import FORMS, INFLECTED, NO_BREAK, Words
from formsvc.profile.tables import BEGINNING, InvalidProfile, Table, refuse_unread


def of(table: Table, key: str) -> Words:
    """The wording of a key.

    :raises InvalidProfile: where a language or the text is missing, as all here do.
    """
    return read(table(key), table.value(key))


def read(path: str, value: object) -> Words:
    """A wording in its versions, of a text or of tables by language and day."""
    if isinstance(value, str):
        value = dict.fromkeys(LANGUAGES, value)
    dated = isinstance(value, list)
    tables = value if isinstance(value, list) else [value]
    versions = sorted((_version(path, table, dated=dated) for table in tables), key=lambda v: v[0])
    days = [since for since, _ in versions]
    if not days or len(set(days)) < len(days):
        raise InvalidProfile(path, "needs one version for each day it changes; two share a day.")
    return Words(tuple(versions))


def _version(path: str, value: object, *, dated: bool) -> tuple[date, Mapping[str, str]]:
    if not isinstance(value, dict):
        example = '{nb = "…", nn = "…", en = "…"}'
        raise InvalidProfile(path, f"is missing or no wording; write {example}.")
    table = Table(path, value)
    since = table.need("from", date, "from = 2026-01-01") if dated else BEGINNING
    wording = {lang: _wording(table, lang) for lang in PAPER_LANGUAGES}
    wording["en"] = _wording(table, "en") if table.value("en") else wording[SOURCE]
    table.close()
    return since, wording


def _wording(table: Table, language: str) -> str:
    both = f'{language} = "…" too: papers are printed in bokmål (nb) and nynorsk (nn)'
    text, replaced = clean(table.need(language, str, both))
    if replaced or is_blank(text):
        raise InvalidProfile(
            table(language), "holds no text, or characters that cannot be printed."
        )
    return text.replace("§ ", f"§{NO_BREAK}")  # no number stands on a line of its own


def of_each(table: Table) -> dict[str, Words]:
    """The wording of each key of a table."""
    return {key: read(table(key), value) for key, value in table.each()}


def vocabulary(table: Table) -> dict[str, Words]:
    """The words by key; those that are inflected by key and form."""
    vocabulary: dict[str, Words] = {}
    for key, value in table.each():
        path = table(key)
        if key in INFLECTED or _is_inflected(value):
            forms = {form: read(path, _in_form(path, value, form)) for form in FORMS}
            vocabulary |= {f"{key}.{form}": word for form, word in forms.items()}
        else:
            vocabulary[key] = read(path, value)
    for key, word in vocabulary.items():
        if any(set("{}%") & set(said) for _, wording in word.versions for said in wording.values()):
            raise InvalidProfile(table(key), "holds {, } or %, which sentences are filled by.")
    return vocabulary


def _is_inflected(value: object) -> bool:
    version = value[0] if isinstance(value, list) and value else value
    return isinstance(version, dict) and any(isinstance(version.get(x), dict) for x in LANGUAGES)


def _in_form(path: str, value: object, form: str) -> object:
    """One form of a word as a wording of its own, in as many versions as the word."""
    if isinstance(value, list):
        return [_in_form(path, version, form) for version in value]
    if not isinstance(value, dict) or any(isinstance(value.get(x), str) for x in LANGUAGES):
        raise InvalidProfile(path, f'needs all its forms; write nb = {{{FORMS[0]} = "…", …}}.')
    version = Table(path, value)
    wording = {key: each for key, each in version.each() if key not in LANGUAGES}
    for language in LANGUAGES:
        if version.value(language) is not None:
            forms = version.table(language)
            wording[language] = forms.need(form, str, f'{form} = "…"; all forms go together')
            refuse_unread(forms.path, [key for key, _ in forms.each()], FORMS)
    return wording


def word_list(table: Table) -> dict[str, tuple[str, ...]]:
    """Words to look for in what is written, by language."""
    lists: dict[str, tuple[str, ...]] = {}
    for language in LANGUAGES:
        words = table.may(language, list, list(lists.get(SOURCE, ())), '["…", "…"]')
        if not words or not all(isinstance(word, str) and word.strip() for word in words):
            raise InvalidProfile(table(language), 'must be a list of words; write ["…", "…"].')
        lists[language] = tuple(words)
    table.close()
    return lists
