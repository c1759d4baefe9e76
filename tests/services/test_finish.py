"""Papers that are finished: numbered without holes, and what they set off is kept with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from formsvc import config
from formsvc.errors import BadTemplate
from formsvc.forms.base import DocumentForm
from formsvc.kinds import KINDS, find
from formsvc.models import Account, Paper
from formsvc.services import finish, papers
from formsvc.services.finish import LookedOver

MINUTES = find("minutes")


@pytest.fixture
def faulty_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A municipality's own minutes, which are a consent."""
    shipped = config.template("consent.nb.docx")
    assert shipped
    shutil.copyfile(shipped, tmp_path / "minutes.nb.docx")
    monkeypatch.setenv("FORMSVC_TEMPLATES", str(tmp_path))
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()


def issue(session: Session, author: Account) -> Paper:
    """Sample minutes, issued."""
    return finish.issue(session, MINUTES, MINUTES.form.from_answers(MINUTES.form.sample()), author)


def test_a_word_document_made_beforehand_is_kept_where_its_number_is_right(
    session: Session, kari: Account
) -> None:
    form = MINUTES.form.from_answers(MINUTES.form.sample())
    word = finish.word(LookedOver(MINUTES, form, finish.propose(session, MINUTES)))
    issued = finish.issue(session, MINUTES, form, kari, document=word)
    assert issued.reference == word.reference
    assert papers.document(session, issued, "docx").data == word.printed.data


def test_where_somebody_was_faster_nothing_is_kept_and_no_number_is_lost(
    sessions: sessionmaker[Session], session: Session, kari: Account
) -> None:
    session.commit()
    form = MINUTES.form.from_answers(MINUTES.form.sample())
    word = finish.word(LookedOver(MINUTES, form, finish.propose(session, MINUTES)))
    assert issue(session, kari).reference == word.reference
    session.commit()
    with pytest.raises(finish.NumberTaken), sessions.begin() as slow:
        finish.issue(slow, MINUTES, form, kari, document=word)
    assert session.scalar(select(func.count()).select_from(Paper)) == 1
    assert issue(session, kari).reference.endswith("-0002")


def test_a_paper_whose_word_document_cannot_be_made_takes_no_number(
    session: Session, kari: Account, faulty_template: None, caplog: pytest.LogCaptureFixture
) -> None:
    kari_id = kari.id
    session.commit()
    with pytest.raises(BadTemplate) as told:
        issue(session, kari)
    assert told.value.status == 503
    assert "FaultyTemplate" in caplog.text
    session.rollback()
    assert finish.propose(session, MINUTES).endswith("-0001")
    assert session.get(Account, kari_id)


def test_asked_twice_for_one_draft_there_is_one_paper(session: Session, kari: Account) -> None:
    form = MINUTES.form.from_answers(MINUTES.form.sample())
    draft = uuid4()
    first = finish.issue(session, MINUTES, form, kari, draft_id=draft)
    assert finish.issue(session, MINUTES, form, kari, draft_id=draft) is first
    assert finish.propose(session, MINUTES).endswith("-0002")


def test_what_a_paper_sets_off_is_done_in_its_own_transaction_and_with_it_or_not_at_all(
    session: Session, kari: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(own: Session, issued: Paper, form: DocumentForm) -> None:
        assert own is session
        assert form.answers() == issued.answers
        set_off.append(issued.reference)
        if len(set_off) > 1:
            raise RuntimeError("the effect failed")

    set_off: list[str] = []
    monkeypatch.setattr(finish, "EFFECTS", {"minutes": note})
    issued = issue(session, kari)
    assert set_off == [issued.reference]
    session.commit()
    with pytest.raises(RuntimeError):
        issue(session, kari)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Paper)) == 1
    assert finish.propose(session, MINUTES).endswith("-0002")


def test_effects_are_those_of_kinds_there_are() -> None:
    assert set(finish.EFFECTS) <= {kind.slug for kind in KINDS}
