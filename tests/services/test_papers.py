"""Papers that are issued: numbered without holes, kept whole, handed out only as they were kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from formsvc import clock, config, originals, profile
from formsvc.documents import docx, pdf_text
from formsvc.errors import NoSuchFormat, NotFound
from formsvc.kinds import find
from formsvc.models import Account, Document, Job, Paper
from formsvc.services import actor, finish, papers, press, work
from formsvc.services.paging import Turn
from formsvc.services.printing import Printed
from tests import stored

MINUTES = find("minutes")
PRINTED = Printed(b"%PDF-1.7 made", "f" * 64)


def issue(session: Session, author: Account, slug: str = "minutes") -> Paper:
    """A sample, issued."""
    kind = find(slug)
    return finish.issue(session, kind, kind.form.from_answers(kind.form.sample()), author)


def of(issued: Paper, wanted: str) -> Document:
    """A paper's document in a format, made or not."""
    return next(document for document in issued.documents if document.format == wanted)


def give_up(session: Session, document: Document) -> None:
    """Give up the job that makes a document."""
    work.give_up(session, work.about(session, "print", [document.id])[document.id].id)


def test_a_paper_has_its_word_document_at_once_and_a_job_for_each_other(
    session: Session, kari: Account
) -> None:
    issued = issue(session, kari, "consent")
    made = papers.document(session, issued, "docx")
    assert made.data
    assert issued.reference in docx.text(made.data)
    jobs = session.scalars(select(Job)).all()
    others = {document.id for document in issued.documents if document.format != "docx"}
    assert len(others) == 2
    assert {job.subject_id for job in jobs} == others


def test_a_paper_keeps_what_it_was_made_from(session: Session, kari: Account) -> None:
    issued = issue(session, kari)
    assert issued.rules_version == profile.current().rules_version != ""
    expected = hashlib.sha256(originals.of("minutes.nb.docx") or b"").hexdigest()
    assert of(issued, "docx").template_sha256 == expected


RULES = """
[[age_rules]]
from = 2020-01-01
version = "old"
ages = [
  { from_age = 0, guardians = "all", young_person = false },
  { from_age = 18, guardians = "none", young_person = true },
]
"""


def test_a_consent_keeps_the_name_of_the_age_rules_of_the_day_of_signing(
    session: Session, kari: Account, tmp_path: Path
) -> None:
    since = clock.today()
    (tmp_path / "own.toml").write_text(
        RULES + RULES.replace("2020-01-01", since.isoformat()).replace("old", "new"), "utf-8"
    )
    own = replace(config.current(), profile=tmp_path / "own.toml")
    consent = find("consent")
    with config.using(own):
        for days, version in ((1, "old"), (0, "new")):
            signed = {"signed_on": (since - timedelta(days=days)).isoformat()}
            form = consent.form.from_answers(consent.form.sample() | signed)
            assert form.validate()
            assert finish.issue(session, consent, form, kari).rules_version == version


def test_a_pdf_is_made_from_the_answers_with_the_paper_s_own_number_and_day(
    session: Session, kari: Account
) -> None:
    with clock.moved(timedelta(days=-400)):
        issued = issue(session, kari)
    order = papers.order(session, of(issued, "pdf").id)
    assert order is not None
    assert order.at == issued.issued_at.isoformat()
    printed = press.make(order)
    assert issued.reference in pdf_text.text(printed.data)
    papers.keep(session, of(issued, "pdf").id, printed)
    kept = papers.document(session, issued, "pdf")
    assert kept.data == printed.data
    assert kept.template_sha256 == printed.template_sha256


def test_an_issued_document_is_never_overwritten(session: Session, kari: Account) -> None:
    document = of(issue(session, kari), "docx")
    before = document.data
    papers.keep(session, document.id, PRINTED)
    session.flush()
    session.expire_all()
    assert document.data == before
    assert papers.order(session, document.id) is None


def test_what_is_gone_is_not_made(session: Session) -> None:
    assert papers.order(session, uuid4()) is None
    papers.keep(session, uuid4(), PRINTED)


def test_a_document_that_is_not_there_is_not_handed_out(session: Session, kari: Account) -> None:
    issued = issue(session, kari)
    with pytest.raises(papers.NotReady) as wait:
        papers.document(session, issued, "pdf")
    assert wait.value.seconds > 0
    give_up(session, of(issued, "pdf"))
    with pytest.raises(papers.CouldNotBeMade, match="Word"):
        papers.document(session, issued, "pdf")
    with pytest.raises(NoSuchFormat):
        papers.document(session, issued, "fillable")
    assert papers.document(session, issued, "docx").data


@pytest.mark.parametrize("harm", ["another one's bytes", "bytes that nobody wrote"])
def test_a_damaged_document_is_not_handed_out_and_the_others_are(
    session: Session, kari: Account, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    issued = issue(session, kari)
    pdf = of(issued, "pdf")
    papers.keep(session, pdf.id, PRINTED)
    session.flush()
    if harm == "another one's bytes":
        pdf.data = b"%PDF-1.7 other"
        session.flush()
    else:
        statement = text("UPDATE document SET data = :data WHERE format = 'pdf'")
        session.execute(statement, {"data": b"\x01nonsense, long enough to be a sealed text"})
    session.expire_all()
    with pytest.raises(papers.CannotBeOpened):
        papers.document(session, issued, "pdf")
    assert str(pdf.id) in caplog.text
    assert papers.document(session, issued, "docx").data


def test_the_newest_papers_come_first_and_others_stay_their_authors(
    session: Session, kari: Account, amir: Account
) -> None:
    for author, days in ((kari, 2), (amir, 3), (kari, 1)):
        with clock.moved(timedelta(days=-days)):
            issue(session, author)
    of_kari = papers.listed(session, actor.Employee(kari), Turn()).papers
    assert [listed.reference[-4:] for listed in of_kari] == ["0003", "0001"]
    (of_amir,) = papers.listed(session, actor.Employee(amir), Turn()).papers
    with pytest.raises(NotFound):
        papers.opened(session, of_amir.id, actor.Employee(kari))


def test_documents_are_called_by_their_paper_s_number(session: Session, kari: Account) -> None:
    issued = issue(session, kari)
    names = papers.document_names(session, [document.id for document in issued.documents])
    assert set(names.values()) == {f"{issued.reference} docx", f"{issued.reference} pdf"}


def test_the_id_of_a_draft_leads_nobody_to_a_paper_that_is_not_for_them(
    session: Session, kari: Account, amir: Account
) -> None:
    draft_id = uuid4()
    issued = stored.issued(session, kari, draft_id=draft_id)
    assert papers.made_from(session, draft_id, actor.Employee(kari)) is issued
    assert papers.made_from(session, draft_id, actor.Employee(amir)) is None
