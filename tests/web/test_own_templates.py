"""A template of the municipality's that cannot be used, as it meets people and programs."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from formsvc.kinds import find
from formsvc.models import Account, Draft, Paper
from formsvc.originals.word import template as shipped
from formsvc.services import actor, api_tokens
from formsvc.services import drafts as drafts
from tests.samples import load
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY


@pytest.fixture
def faulty(tmp_path: Path, app: Flask) -> Path:
    """The municipality's own consent, which is a template of another paper."""
    file = tmp_path / "consent.nb.docx"
    file.write_bytes(shipped("minutes", "nb"))
    given = app.extensions["formsvc.settings"]
    app.extensions["formsvc.settings"] = replace(given, templates=tmp_path)
    return file


@pytest.mark.usefixtures("faulty")
def test_the_one_who_fills_in_reads_plain_words_and_loses_nothing(
    as_kari: Visitor, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    kind = find("consent")
    form = kind.form.from_answers(load("consent.nb"))
    kept = drafts.begin(
        session, kind.slug, form.typed(), actor.Employee(session.scalars(select(Account)).one())
    )
    session.commit()
    with caplog.at_level(logging.ERROR):
        answer = as_kari.send(f"/papers/drafts/{kept.id}/issue", _version=str(kept.version))
    assert answer.status_code == 503
    assert "Dokumentet kan ikke lages akkurat nå" in answer.text
    assert "har fått beskjed" in answer.text
    assert "measures" not in answer.text
    assert "consent.nb.docx" in caplog.text
    assert session.scalar(select(func.count()).select_from(Paper)) == 0
    session.expire_all()
    assert session.scalars(select(Draft)).one().typed == form.typed()


def test_once_it_is_mended_the_draft_becomes_a_paper(
    as_kari: Visitor, session: Session, faulty: Path
) -> None:
    kind = find("consent")
    form = kind.form.from_answers(load("consent.nb"))
    kept = drafts.begin(
        session, kind.slug, form.typed(), actor.Employee(session.scalars(select(Account)).one())
    )
    session.commit()
    address, version = f"/papers/drafts/{kept.id}/issue", str(kept.version)
    assert as_kari.send(address, _version=version).status_code == 503
    faulty.write_bytes(shipped("consent", "nb"))
    assert as_kari.send(address, _version=version).status_code == 303


@pytest.mark.usefixtures("faulty")
def test_a_program_gets_a_problem(visitor: Visitor, session: Session, kari: Account) -> None:
    token = api_tokens.issue(session, kari, "Fagsystemet")
    session.commit()
    answer = visitor.post(
        "/api/v1/render/consent?format=docx",
        data=json.dumps(load("consent.nb")),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["title"] == "Dokumentet kan ikke lages akkurat nå"
    assert "measures" not in answer.text
