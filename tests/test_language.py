"""Messages are said in the words of the municipality that is at work, and in no other's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from formsvc import clock, config
from formsvc.config import Settings
from formsvc.forms import wording
from formsvc.forms.base import DocumentForm
from formsvc.language import LANGUAGES, gettext, lazy, ngettext, speaking
from formsvc.profile import NotInProfile
from formsvc.profile.parts import FORMS

MESSAGE = "{words.Absence.definite} er %(what)s."
LABEL = lazy("{words.Absence.plural}")


@pytest.fixture
def with_other_words(tmp_path: Path) -> Settings:
    return _with_words(tmp_path / "own.toml", "2026-01-01")


def _with_words(file: Path, since: str) -> Settings:
    forms = ", ".join(f'{form} = "frafall-{form}"' for form in FORMS)
    words = "\n".join(f"{language} = {{{forms}}}" for language in LANGUAGES)
    file.write_text(f"[[words.absence]]\nfrom = {since}\n{words}\n", "utf-8")
    return Settings(demo=True, profile=file)


def test_a_message_is_said_in_the_words_of_the_municipality(with_other_words: Settings) -> None:
    assert gettext(MESSAGE, what="meldt") == "Forfallet er meldt."
    with config.using(with_other_words):
        assert gettext(MESSAGE, what="meldt") == "Frafall-definite er meldt."
        assert str(LABEL) == "Frafall-plural"
        assert ngettext("Ett {words.absence.indefinite}", "%(n)s {words.absence.plural}", 3) == (
            "3 frafall-plural"
        )
    assert str(LABEL) == "Forfall"


@pytest.mark.parametrize(
    ("language", "word"), [("nb", "avgjørelsen"), ("nn", "avgjerda"), ("en", "the decision")]
)
def test_a_word_is_said_in_the_language_that_is_spoken(language: str, word: str) -> None:
    with speaking(language):
        assert gettext("{words.decision.definite}") == word


def test_what_people_wrote_names_no_words() -> None:
    written = "{words.absence.definite} og {words.nothing}"
    assert gettext("%(what)s", what=written) == written
    assert gettext(MESSAGE, what=written) == f"Forfallet er {written}."


def test_a_word_that_there_is_not_is_named() -> None:
    with pytest.raises(NotInProfile, match=r"words\.absence\.dative"):
        gettext("{words.absence.dative}")


def test_two_municipalities_at_once_each_hear_their_own_words(with_other_words: Settings) -> None:
    together = Barrier(2)

    def said(settings: Settings) -> set[str]:
        with config.using(settings):
            together.wait(60)
            return {gettext(MESSAGE, what=number) for number in range(500)}

    with ThreadPoolExecutor(2) as threads:
        shipped, other = threads.map(said, [Settings(demo=True), with_other_words])
    assert shipped == {f"Forfallet er {number}." for number in range(500)}
    assert other == {f"Frafall-definite er {number}." for number in range(500)}


def test_a_message_says_the_new_word_from_its_day(tmp_path: Path) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    with config.using(_with_words(tmp_path / "own.toml", tomorrow.isoformat())):
        assert str(LABEL) == "Forfall"
        with clock.moved(timedelta(days=1)):
            assert str(LABEL) == "Frafall-plural"
        assert str(LABEL) == "Forfall"


class Absences(DocumentForm):
    phrases = {"none": LABEL}


def test_what_papers_say_is_said_in_the_words_of_each_municipality(
    with_other_words: Settings,
) -> None:
    assert wording.of(Absences, "nb").phrases["none"] == "Forfall"
    with config.using(with_other_words):
        assert wording.of(Absences, "nn").phrases["none"] == "Frafall-plural"
    assert wording.of(Absences, "nb").phrases["none"] == "Forfall"
