"""Receipts while documents are made, and papers that several finish at once."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from formsvc import clock, config
from formsvc.models import Draft, Job, ReferenceCounter
from formsvc.web import papers, worker
from tests.web.conftest import SQLITE_ONLY, Visitor
from tests.web.test_papers import begin, finish

LINK = re.compile(r'href="(/papers/[0-9a-f-]{36}/[a-z]+)"')


def files(page: TestResponse) -> dict[str, str]:
    """What a receipt says of each document."""
    found = re.findall(r'<li id="file-([a-z]+)">(.*?)</li>', page.text, re.DOTALL)
    return {made: " ".join(re.sub("<[^>]*>", " ", said).split()) for made, said in found}


def links(page: TestResponse) -> set[str]:
    """The formats that a receipt lets one download."""
    return {address.rpartition("/")[2] for address in LINK.findall(page.text)} - {"share"}


def steer(session: Session, **values: object) -> None:
    """Change the one job there is."""
    for name, value in values.items():
        setattr(session.scalars(select(Job)).one(), name, value)
    session.commit()


pytestmark = SQLITE_ONLY


def test_a_document_that_is_not_ready_is_said_to_be_so_at_once(as_kari: Visitor) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    answer = as_kari.get(f"{receipt}/pdf")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Dokumentet er ikke klart ennå" in answer.text
    assert f'href="{receipt}"' in answer.text
    assert as_kari.get(f"{receipt}/docx").status_code == 200


def test_waiting_for_a_document_is_no_error_in_the_log(
    as_kari: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    as_kari.get(f"{receipt}/pdf")
    assert "error" not in caplog.text


def test_a_receipt_says_what_is_being_made_and_mends_itself(app: Flask, as_kari: Visitor) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    page = as_kari.get(receipt)
    assert files(page)["pdf"] == "PDF Lages nå …"
    assert links(page) == {"docx"}
    assert "receipt.js" in page.text
    refresh = re.search(r'<noscript><meta http-equiv="refresh" content="2; url=(\S+)">', page.text)
    assert refresh
    worker.of(app).once()
    page = as_kari.get(refresh[1])
    assert links(page) == {"docx", "pdf"}
    assert "refresh" not in page.text
    assert "receipt.js" not in page.text


def test_a_consent_that_waits_for_a_decision_says_so_on_its_receipt(as_kari: Visitor) -> None:
    waits = {"parental_responsibility": "joint", "single_signature_reason": "cannot_be_reached"}
    for changes, is_told in ((waits, True), ({}, False)):
        receipt = as_kari.get(finish(as_kari, begin(as_kari, "consent", **changes)).location)
        assert receipt.status_code == 200
        assert ("Ikke gyldig ennå: " in receipt.text) == is_told


def test_a_receipt_does_not_look_for_ever(as_kari: Visitor) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    for looks, again in ((0, True), (papers.LOOKS - 1, True), (papers.LOOKS, False), (-1, False)):
        page = as_kari.get(f"{receipt}?look={looks}").text
        assert ('http-equiv="refresh"' in page) is again, looks


def test_a_document_that_will_be_tried_again_is_said_to_be_so_and_when(
    as_kari: Visitor, session: Session
) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    due = clock.now() + timedelta(minutes=5)
    steer(session, last_error="OSError", attempts=2, due_at=due)
    page = as_kari.get(receipt)
    time = due.astimezone(clock.OSLO).strftime("%H.%M")
    assert files(page)["pdf"] == f"PDF Kunne ikke lages. Vi prøver igjen kl. {time}."
    assert links(page) == {"docx"}
    assert as_kari.get(f"{receipt}/pdf").status_code == 503


def test_a_document_that_was_given_up_is_said_to_be_so_and_what_to_use(
    as_kari: Visitor, session: Session
) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    steer(session, last_error="OSError", given_up_at=clock.now())
    page = as_kari.get(receipt)
    assert files(page)["pdf"].startswith("PDF Kunne ikke lages. Bruk Word-dokumentet")
    assert links(page) == {"docx"}
    assert "refresh" not in page.text
    answer = as_kari.get(f"{receipt}/pdf")
    assert answer.status_code == 503
    assert "Retry-After" not in answer.headers
    assert "Dette dokumentet kunne ikke lages." in answer.text


def test_a_damaged_document_is_a_page_with_words_and_the_others_stay(
    app: Flask, as_kari: Visitor, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    receipt = finish(as_kari, begin(as_kari)).location
    worker.of(app).once()
    session.execute(text("UPDATE document SET data = x'0102' WHERE format = 'pdf'"))
    session.commit()
    answer = as_kari.get(f"{receipt}/pdf")
    assert answer.status_code == 503
    assert "skadet" in answer.text
    assert "is damaged" in caplog.text
    assert as_kari.get(f"{receipt}/docx").status_code == 200
    assert as_kari.get(receipt).status_code == 200


@pytest.fixture
def faulty_template(tmp_path: Path, app: Flask) -> None:
    """A municipality's own minutes, which are a consent."""
    shipped = config.SHIPPED / "consent.nb.docx"
    shutil.copyfile(shipped, tmp_path / "minutes.nb.docx")
    given = app.extensions["formsvc.settings"]
    app.extensions["formsvc.settings"] = replace(given, templates=tmp_path)


def test_a_refused_template_is_told_in_words_and_nothing_is_lost(
    as_kari: Visitor, session: Session, faulty_template: None, caplog: pytest.LogCaptureFixture
) -> None:
    answer = finish(as_kari, begin(as_kari))
    assert answer.status_code == 503
    assert "Dokumentet kan ikke lages akkurat nå" in answer.text
    assert "Kladden er lagret." in answer.text
    assert "no Word document of a minutes in nb: FaultyTemplate" in caplog.text
    assert len(session.scalars(select(Draft)).all()) == 1
    assert session.scalars(select(ReferenceCounter)).all() == []
