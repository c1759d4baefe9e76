"""An application lives by the settings it was given, whatever else runs in its process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import config, profile
from formsvc.config import Settings
from formsvc.documents import pdf_text
from formsvc.kinds import find
from formsvc.models import Account, Document
from formsvc.profile import InvalidProfile
from formsvc.services import finish
from formsvc.web import create_app, transaction, worker
from tests.samples import load
from tests.web.conftest import SQLITE_ONLY

pytestmark = SQLITE_ONLY

Opened = Callable[[str], Flask]


@pytest.fixture
def opened(settings: Settings, tmp_path: Path) -> Iterator[Opened]:
    """Makes the application of a municipality, by its name."""
    made: list[Flask] = []

    def make(name: str) -> Flask:
        own = tmp_path / f"{name}.toml"
        own.write_text(f'[municipality]\nname = "{name} kommune"\n', "utf-8")
        made.append(create_app(replace(settings, profile=own)))
        return made[-1]

    yield make
    for app in made:
        transaction.dispose(app)


def test_two_municipalities_in_one_process_each_show_their_own_name(opened: Opened) -> None:
    sel, lom = opened("Sel"), opened("Lom")
    for app, name, other in ((sel, "Sel", "Lom"), (lom, "Lom", "Sel"), (sel, "Sel", "Lom")):
        page = app.test_client().get("/login").text
        assert f"{name} kommune" in page
        assert f"{other} kommune" not in page
    assert profile.current().name("nb") == "Eksempel kommune"


def test_what_is_made_beside_the_requests_is_made_by_the_same_settings(
    opened: Opened, session: Session, kari: Account
) -> None:
    app = opened("Sel")
    kind = find("minutes")
    finish.issue(session, kind, kind.form.from_answers(load("minutes.nb")), kari)
    session.commit()
    assert worker.of(app).once()
    made = session.scalars(select(Document).where(Document.format == "pdf")).one()
    assert "Sel kommune" in pdf_text.text(made.data or b"")


def test_an_application_is_not_made_of_a_profile_with_a_mistake(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "own.toml").write_text('[titles]\nminuts = "Referat"', "utf-8")
    with pytest.raises(InvalidProfile, match="did you mean minutes"):
        create_app(replace(settings, profile=tmp_path / "own.toml"))


def test_settings_are_in_use_within_the_block_and_in_no_other_thread() -> None:
    before, elsewhere = config.current(), list[Settings]()
    with config.using(Settings(proxies=7)):
        other = Thread(target=lambda: elsewhere.append(config.current()))
        other.start()
        other.join()
        assert config.current().proxies == 7
    assert config.current() == before == elsewhere[0]
