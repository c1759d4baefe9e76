"""Papers that are finished: numbered without holes, and what they set off is kept with them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, config
from formsvc.errors import BadTemplate, NotFound
from formsvc.forms.base import DocumentForm
from formsvc.kinds import KINDS, find
from formsvc.models import Account, Draft, Event, Paper
from formsvc.services import actor, drafts, finish, papers, shares
from formsvc.services.actor import Actor
from formsvc.services.finish import LookedOver

MINUTES = find("minutes")


@pytest.fixture
def faulty_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A municipality's own minutes, which are a consent."""
    shipped = config.SHIPPED / "consent.nb.docx"
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


def test_word_of_yesterday_is_made_again(session: Session, kari: Account) -> None:
    form = MINUTES.form.from_answers(MINUTES.form.sample())
    before = datetime(2027, 5, 3, 21, 59, 59, tzinfo=UTC)
    with clock.stopped(before):
        made = finish.word(LookedOver(MINUTES, form, finish.propose(session, MINUTES)))
    with clock.stopped(before + timedelta(seconds=1)), pytest.raises(finish.NumberTaken):
        finish.issue(session, MINUTES, form, kari, made)
    session.rollback()
    with clock.stopped(before):
        assert finish.issue(session, MINUTES, form, kari, made).issued_at == before


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
    def note(own: Session, issued: Paper, form: DocumentForm, by: Actor) -> None:
        assert (own, by) == (session, actor.Employee(kari))
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


def begin(session: Session, author: Account) -> Draft:
    """A draft of sample minutes, ready to be finished."""
    typed = MINUTES.form.from_answers(MINUTES.form.sample()).typed()
    return drafts.begin(session, "minutes", typed, actor.Employee(author))


def test_what_a_colleague_finishes_tells_who_wrote_it_who_saved_it_and_who_finished_it(
    session: Session, kari: Account, amir: Account, liv: Account
) -> None:
    begun = begin(session, kari)
    for colleague in (amir, liv):
        shares.give(session, begun, colleague.id, actor.Employee(kari), may_write=True)
    drafts.save(
        session, begun, {**begun.typed, "place": ["Rom 2"]}, actor.Employee(amir), version=1
    )
    issued = finish.issue_draft(session, begun.id, 2, actor.Employee(liv), None)
    assert issued is not None
    assert (issued.author, issued.changed_by_id, issued.issued_by_id) == (kari, amir.id, liv.id)
    assert issued.form_version == MINUTES.form.version() != ""
    session.commit()
    told = session.scalars(select(Event).where(Event.what == "paper_issued")).one()
    assert (told.account_id, told.subject_id) == (liv.id, issued.id)


def test_a_draft_that_became_a_paper_is_gone(session: Session, kari: Account) -> None:
    begun = begin(session, kari)
    draft_id = begun.id
    assert finish.issue_draft(session, draft_id, 1, actor.Employee(kari), None)
    with pytest.raises(NotFound):
        drafts.find(session, draft_id, actor.Employee(kari))


def test_what_was_saved_since_it_was_looked_over_is_not_finished(
    session: Session, kari: Account
) -> None:
    begun = begin(session, kari)
    drafts.save(
        session, begun, {**begun.typed, "place": ["Rom 2"]}, actor.Employee(kari), version=1
    )
    for version in (1, 3):
        assert finish.look_over(session, begun.id, version, actor.Employee(kari)) is None
        assert finish.issue_draft(session, begun.id, version, actor.Employee(kari), None) is None
    assert finish.look_over(session, begun.id, 2, actor.Employee(kari))


def test_what_is_not_valid_is_not_finished(session: Session, kari: Account) -> None:
    begun = drafts.begin(session, "minutes", {"place": ["Rom 2"]}, actor.Employee(kari))
    assert finish.look_over(session, begun.id, 1, actor.Employee(kari)) is None
    assert finish.issue_draft(session, begun.id, 1, actor.Employee(kari), None) is None
    assert drafts.find(session, begun.id, actor.Employee(kari)) is begun
    assert session.scalar(select(func.count()).select_from(Paper)) == 0
