"""A changed profile and changed templates leave an event at the next start, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from formsvc import config
from formsvc.operations import installed
from formsvc.services import trail
from formsvc.services.trail import Wanted


@pytest.fixture(autouse=True)
def own_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "own.toml").write_text("", "utf-8")
    monkeypatch.setenv("FORMSVC_PROFILE", str(tmp_path / "own.toml"))
    monkeypatch.setenv("FORMSVC_TEMPLATES", str(tmp_path))
    config.settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    config.settings.cache_clear()


def start(session: Session) -> list[str]:
    """What a start notices."""
    before = trail.find(session, Wanted(), most=1)
    installed.notice(session)
    session.commit()
    events = trail.find(session, Wanted(), most=10)
    return sorted(told.what for told in events if not before or told.seq > before[0].seq)


def test_each_start_tells_what_has_changed_since_the_last(
    session: Session, own_files: Path
) -> None:
    assert start(session) == ["profile_changed", "templates_changed"]
    assert start(session) == []
    (own_files / "own.toml").write_text("# another word\n", "utf-8")
    assert start(session) == ["profile_changed"]
    (own_files / "minutes.nb.docx").write_bytes(b"a template")
    assert start(session) == ["templates_changed"]
    (own_files / "minutes.nb.docx").write_bytes(b"a template.")
    assert start(session) == ["templates_changed"]
    (own_files / "minutes.nb.docx").unlink()
    assert start(session) == ["templates_changed"]
    assert start(session) == []
