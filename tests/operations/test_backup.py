"""A backup taken while people write holds all that was acknowledged, and comes back whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import db, kinds
from formsvc.config import Settings
from formsvc.errors import FormsvcError
from formsvc.models import Account, Document, Draft, Paper
from formsvc.operations import backup
from formsvc.operations.backup import BadBackup, NotEmpty
from formsvc.services import actor, drafts, finish
from tests import people, postgres

MINUTES = kinds.find("minutes")


def issue(session: Session, author: Account) -> Paper:
    return finish.issue(session, MINUTES, MINUTES.form.from_answers(MINUTES.form.sample()), author)


@pytest.fixture
def stored(session: Session, kari: Account) -> Paper:
    """One paper and one draft of Kari's."""
    drafts.begin(session, "minutes", {"note": ["så langt kom jeg"]}, actor.Employee(kari))
    made = issue(session, kari)
    session.commit()
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, settings: Settings
) -> Iterator[Settings]:
    """An empty place to bring a backup back to, of either kind."""
    if request.param == "sqlite":
        yield replace(settings, database_url=f"sqlite:///{tmp_path / 'elsewhere' / 'f.sqlite3'}")
        return
    folder: str = request.getfixturevalue("postgres_server")
    with postgres.database(folder, "elsewhere") as address:
        yield replace(settings, database_url=address)


def test_what_was_stored_comes_back_on_either_kind_of_database(
    settings: Settings, elsewhere: Settings, stored: Paper, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    written = backup.write(settings, file)
    assert written == backup.verify(settings, file) == backup.restore(elsewhere, file)
    assert (written.accounts, written.drafts, written.papers, written.faults) == (1, 1, 1, ())
    engine = db.engine(elsewhere)
    with db.session_factory(engine)() as there:
        back = there.get_one(Paper, stored.id)
        assert (back.answers, back.reference) == (stored.answers, stored.reference)
        assert back.issued_at == stored.issued_at
        assert there.scalars(select(Draft)).one().typed == {"note": ["så langt kom jeg"]}
        # numbers go on where they were
        assert issue(there, back.author).reference == "R-2026-0002"
    engine.dispose()


def test_a_backup_taken_while_people_write_is_of_one_moment(
    settings: Settings,
    sessions: sessionmaker[Session],
    session: Session,
    kari: Account,
    elsewhere: Settings,
    tmp_path: Path,
) -> None:
    session.commit()
    acknowledged: list[str] = []
    enough, over = threading.Event(), threading.Event()

    def write() -> None:
        while not over.is_set():
            with sessions.begin() as own:
                reference = issue(own, own.get_one(Account, kari.id)).reference
            acknowledged.append(reference)
            if len(acknowledged) > 5:
                enough.set()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    before = set(acknowledged)
    contents = backup.write(settings, tmp_path / "backup.sqlite3")
    over.set()
    for writer in writers:
        writer.join()
    assert backup.restore(elsewhere, tmp_path / "backup.sqlite3") == contents
    engine = db.engine(elsewhere)
    with db.session_factory(engine, reading=True)() as there:
        references = set(there.scalars(select(Paper.reference)))
        documents = there.scalar(select(func.count()).select_from(Document))
    engine.dispose()
    assert before <= references <= set(acknowledged), "an acknowledged paper is missing"
    assert len(references) == contents.papers
    assert documents == contents.papers * len(MINUTES.kept), "half a paper was copied"


def test_nothing_stored_stands_in_the_clear_in_a_backup(
    settings: Settings, stored: Paper, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    backup.write(settings, file)
    name = str(stored.answers["child"]["name"])
    assert name.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0, "others on the machine may read it"
    assert [each.name for each in tmp_path.glob("*backup*")] == ["backup.sqlite3"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_is_not_written_over_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.sqlite3").write_text("noe viktig")
    with pytest.raises(BadBackup, match="there already"):
        backup.write(settings, tmp_path / "backup.sqlite3")
    assert (tmp_path / "backup.sqlite3").read_text() == "noe viktig"


def test_a_backup_is_not_brought_back_over_what_is_stored(
    settings: Settings, stored: Paper, tmp_path: Path
) -> None:
    backup.write(settings, tmp_path / "backup.sqlite3")
    with pytest.raises(NotEmpty, match="already"):
        backup.restore(settings, tmp_path / "backup.sqlite3")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", ["text", "empty", "cut", "another database"])
def test_what_is_no_whole_backup_is_refused(
    damage: str, settings: Settings, stored: Paper, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    backup.write(settings, file)
    whole = file.read_bytes()
    contents = {"text": b"Hei!", "empty": b"", "cut": whole[: len(whole) // 2]}
    file.write_bytes(contents.get(damage, b""))
    with pytest.raises(BadBackup, match="no whole backup"):
        backup.restore(
            replace(settings, database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}"), file
        )
    assert not (tmp_path / "new.sqlite3").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_byte_of_a_backup_is_changed_unnoticed(
    settings: Settings, stored: Paper, tmp_path: Path
) -> None:
    file, changed = tmp_path / "backup.sqlite3", tmp_path / "changed.sqlite3"
    backup.write(settings, file)
    whole = file.read_bytes()
    assert whole[3000] == 0, "one that is not in use"
    chance = Random(2026)  # noqa: S311 - any bytes will do
    ending = [-1, -2, -64, -65, -66, -87, -88, -89]
    for place in [18, 3000, *ending, *chance.choices(range(len(whole)), k=20)]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        changed.write_bytes(flipped)
        try:
            faults = backup.verify(settings, changed).faults
        except FormsvcError:
            continue
        assert any(backup.CHANGED in fault for fault in faults), f"byte {place}"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_of_a_changed_backup_all_that_can_be_read_is_brought_back_and_it_is_told(
    settings: Settings, stored: Paper, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    written = backup.write(settings, file)
    whole = bytearray(file.read_bytes())
    whole[3000] = 1
    file.write_bytes(whole)
    back = backup.restore(elsewhere, file)
    assert back == written._replace(faults=(f"{file}: {backup.CHANGED}",))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_of_a_version_that_wrote_no_digest_is_taken(
    settings: Settings, stored: Paper, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.sqlite3"
    written = backup.write(settings, file)
    database, ending, _digest = file.read_bytes().partition(b"\nformsvc backup sha256 ")
    assert ending
    file.write_bytes(database)
    assert backup.restore(elsewhere, file) == written


def test_a_damaged_document_is_named_and_the_rest_is_copied(
    settings: Settings, stored: Paper, engine: Engine, tmp_path: Path
) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE document SET sha256 = :no"), {"no": "0" * 64})
    contents = backup.write(settings, tmp_path / "backup.sqlite3")
    assert contents.papers == 1
    (fault,) = contents.faults
    assert "not the one that was issued" in fault
    assert people.NORA.name not in fault
