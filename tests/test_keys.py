"""Which keys open what: under another master key nothing starts, and what was stored stays."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import pytest
from alembic import command
from alembic.config import Config
from argon2 import PasswordHasher
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, MetaData, Table, select, text
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock, config, db, sealing
from formsvc.cli import main
from formsvc.config import Settings
from formsvc.errors import MissingSetting
from formsvc.keys import DataKey, Purpose, WrongKey
from formsvc.models import Account, Document, Draft, EvaluationAnswer, Paper
from formsvc.operations import health
from formsvc.services import api_tokens
from tests import people
from tests.operations.test_rotation import rotate

OLD, NEW, THIRD = "old-" * 10, "new-" * 10, "third-" * 10


@contextmanager
def opened(settings: Settings) -> Iterator[sessionmaker[Session]]:
    engine = db.engine(settings)
    try:
        yield db.session_factory(engine)
    finally:
        engine.dispose()


# --- what the first releases have stored ---------------------------------------------------------


def hkdf(purpose: str, length: int) -> bytes:
    info = f"formsvc: {purpose}".encode()
    return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(OLD.encode())


def first_sealed(plain: bytes, column: str) -> bytes:
    """As the first releases sealed a text: bound to its column only."""
    nonce = os.urandom(12)
    sealed = AESGCM(hkdf("stored texts", 32)).encrypt(nonce, plain, column.encode())
    return b"\x01" + hkdf("key id", 4) + nonce + sealed


def first_hidden(value: str, purpose: str) -> str:
    message = f"{purpose}\0{value}".encode()
    return hmac.new(hkdf("hidden keys", 32), message, hashlib.sha256).hexdigest()


@pytest.fixture
def first(bare_database: str) -> Settings:
    """An installation as the first releases left it, under the old key."""
    settings = Settings(secret_key=OLD, database_url=bare_database)
    engine = db.engine(settings)
    with engine.begin() as connection:
        alembic = Config()
        alembic.set_main_option("script_location", str(db.MIGRATIONS))
        alembic.set_main_option("path_separator", "os")
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0001")
        tables = MetaData()
        tables.reflect(connection)
        for name, values in first_rows().items():
            connection.execute(Table(name, tables).insert().values(plain(values, connection)))
    engine.dispose()
    return settings


def first_rows() -> dict[str, dict[str, object]]:
    kari, paper, now = uuid4(), uuid4(), clock.now()
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    bound = first_hidden(unicodedata.normalize("NFC", people.PASSWORD), "password")
    rows: dict[str, dict[str, object]] = {
        "account": {
            "id": kari,
            "email": people.KARI.email,
            "name": people.KARI.name,
            "role": people.KARI.role,
            "password_hash": hasher.hash(bound),
            "active": True,
            "created_at": now,
        },
        "api_token": {
            "id": uuid4(),
            "token_hash": first_hidden("formsvc_token", "token"),
            "account_id": kari,
            "label": "fagsystem",
            "created_at": now,
            "revoked": False,
        },
        "draft": {
            "id": uuid4(),
            "kind": "minutes",
            "language": "nb",
            "author_id": kari,
            "typed": first_sealed(b'{"place":["Otta"]}', "draft.typed"),
            "version": 1,
            "changed_by_id": kari,
            "changed_at": now,
            "created_at": now,
        },
        "paper": {
            "id": paper,
            "kind": "minutes",
            "language": "nb",
            "reference": "R-2026-0001",
            "answers": first_sealed(json.dumps({"name": "Nora"}).encode(), "paper.answers"),
            "author_id": kari,
            "issued_at": now,
            "rules_version": "1",
        },
        "document": {
            "id": uuid4(),
            "paper_id": paper,
            "format": "pdf",
            "state": "issued",
            "data": first_sealed(b"%PDF", "document.data"),
            "sha256": "0" * 64,
            "made_at": now,
        },
        "evaluation_answer": {
            "id": uuid4(),
            "unit": first_sealed(b'"Furuly"', "evaluation_answer.unit"),
            "period": "2026-2",
            "arena": "samba",
            "texts": first_sealed(b"{}", "evaluation_answer.texts"),
        },
    }
    return rows


def plain(values: dict[str, object], connection: Connection) -> dict[str, object]:
    """Ids as SQLite keeps them, which knows no type for them."""
    if connection.dialect.name != "sqlite":
        return values
    return {n: v.hex if isinstance(v, UUID) else v for n, v in values.items()}


def everything_opens(settings: Settings) -> None:
    with opened(settings) as sessions, sessions() as session:
        assert session.scalars(select(Draft)).one().typed == {"place": ["Otta"]}
        assert session.scalars(select(Paper)).one().answers == {"name": "Nora"}
        assert session.scalars(select(Document)).one().data == b"%PDF"
        assert session.scalars(select(EvaluationAnswer)).one().unit == "Furuly"
        assert people.log_in(session, people.KARI.email, people.PASSWORD)
        assert api_tokens.find(session, "formsvc_token")


def test_what_the_first_releases_stored_is_read_and_people_are_let_in_as_before(
    first: Settings,
) -> None:
    db.migrate(first)
    everything_opens(first)


def test_what_the_first_releases_stored_lives_on_under_another_key(first: Settings) -> None:
    both = replace(first, secret_key=NEW, older_keys=(OLD,))
    db.migrate(both)
    everything_opens(both)
    with opened(both) as sessions:
        assert rotate(sessions) == (2, 0)
    new = replace(first, secret_key=NEW)
    db.migrate(new)
    everything_opens(new)


def test_after_a_rotation_no_text_of_the_first_format_is_accepted_any_more(
    first: Settings,
) -> None:
    db.migrate(first)
    with opened(first) as sessions:
        rotate(sessions)
    forged = first_sealed(b'{"name":"Omar"}', "paper.answers")
    with opened(first) as sessions, sessions() as session:
        session.execute(text("UPDATE paper SET answers = :text"), {"text": forged})
        found = session.scalars(select(Paper)).one()
        with pytest.raises(db.Unreadable):
            _ = found.answers


def test_another_key_is_refused_before_the_first_tables_are_changed(first: Settings) -> None:
    with pytest.raises(WrongKey, match="FORMSVC_SECRET_KEY"):
        db.migrate(replace(first, secret_key=NEW))
    db.migrate(first)
    everything_opens(first)


# --- another master key --------------------------------------------------------------------------


@pytest.fixture
def real(bare_database: str) -> Settings:
    """A new installation under the old key."""
    settings = Settings(secret_key=OLD, database_url=bare_database)
    db.migrate(settings)
    return settings


@pytest.fixture
def under_another_key(real: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The process has another key than the database."""
    monkeypatch.setenv("FORMSVC_DEMO", "0")
    monkeypatch.setenv("FORMSVC_SECRET_KEY", NEW)
    monkeypatch.setenv("FORMSVC_DATABASE_URL", real.database_url)
    config.settings.cache_clear()
    yield config.settings()
    monkeypatch.undo()
    config.settings.cache_clear()


@pytest.mark.parametrize(
    "call",
    [
        ["run", "--port", "1"],
        ["init-db"],
        ["create-user", "--email", "a@eksempel.no", "--name", "A", "--role", "ke"],
        ["create-token", "--email", people.KARI.email, "--label", "x"],
        ["rotate-keys"],
    ],
)
@pytest.mark.usefixtures("under_another_key")
def test_no_command_works_under_another_key_and_each_says_why(call: list[str]) -> None:
    result = CliRunner().invoke(main, call, env={"FORMSVC_PASSWORD": people.PASSWORD})
    assert result.exit_code == 1
    assert "filled under another FORMSVC_SECRET_KEY" in result.stderr
    assert "FORMSVC_SECRET_KEY_OLD" in result.stderr


@pytest.mark.usefixtures("under_another_key")
def test_the_doctor_says_that_the_key_is_another_one() -> None:
    mends = [finding.mend for finding in health.findings() if finding.what == "Database"]
    assert "filled under another FORMSVC_SECRET_KEY" in mends[0]


@pytest.mark.parametrize("rotated", [False, True])
def test_the_doctor_asks_for_a_rotation_until_no_text_needs_an_earlier_key(
    first: Settings, *, rotated: bool
) -> None:
    db.migrate(first)
    if rotated:
        with opened(first) as sessions:
            rotate(sessions)
    with config.using(first):
        finding = next(found for found in health.findings() if found.what == "Database")
        assert finding.ok is rotated
        assert ("rotate-keys" in finding.mend) is not rotated


def test_an_older_key_is_read_with_until_it_is_taken_away(real: Settings) -> None:
    for keys in [(NEW, (OLD,)), (NEW, (THIRD, OLD)), (OLD, (NEW,))]:
        db.migrate(replace(real, secret_key=keys[0], older_keys=keys[1]))
    with pytest.raises(WrongKey):
        db.migrate(replace(real, secret_key=NEW, older_keys=(THIRD,)))


def test_a_data_key_is_not_taken_for_that_of_another_purpose(real: Settings) -> None:
    with opened(real) as sessions, sessions.begin() as session:
        index, password = (
            session.scalars(select(DataKey).where(DataKey.purpose == purpose)).one()
            for purpose in ("index", "password")
        )
        index.wrapped, password.wrapped = password.wrapped, index.wrapped
    with pytest.raises(WrongKey, match="last backup"):
        db.migrate(real)


def test_a_data_key_whose_purpose_is_changed_in_the_database_is_refused(real: Settings) -> None:
    with opened(real) as sessions, sessions.begin() as session:
        index, password = (
            session.scalars(select(DataKey).where(DataKey.purpose == purpose)).one()
            for purpose in ("index", "password")
        )
        session.delete(password)
        session.flush()  # of each purpose one key is in use
        index.purpose = "password"
    with pytest.raises(WrongKey, match="last backup"):
        db.migrate(real)


def test_keys_that_are_gone_are_not_made_anew_over_stored_texts(real: Settings) -> None:
    with opened(real) as sessions, sessions.begin() as session:
        kari = people.employ(session, people.KARI)
        session.add(Draft(kind="minutes", language="nb", typed={}, author=kari, changed_by=kari))
        session.flush()
        session.execute(text("DELETE FROM data_key"))
    with pytest.raises(WrongKey, match="backup"):
        db.migrate(real)


def test_each_purpose_has_a_key_of_its_own(session: Session, kari: Account) -> None:
    ring = sealing.keyring(session)
    assert ring.mac("audit", b"x") == ring.mac("audit", b"x")
    assert len({ring.mac(purpose, b"x") for purpose in ("audit", "index", "password")}) == 3
    assert ring.hide("x", "token") != ring.hide("x", "e-mail")
    for purpose, signed_by in (("password", "password"), ("token", "index"), ("e-mail", "index")):
        signed = ring.mac(cast("Purpose", signed_by), f"{purpose}\0x".encode())
        assert ring.hide("x", purpose) == signed.hex()


# --- how they are given --------------------------------------------------------------------------


def test_older_keys_are_separated_by_blanks_or_stand_on_lines_of_a_file(tmp_path: Path) -> None:
    given = config.read({"FORMSVC_SECRET_KEY": NEW, "FORMSVC_SECRET_KEY_OLD": f" {OLD}\n{THIRD} "})
    assert given.masters() == (NEW, OLD, THIRD)
    phrase = "fem blå hester i fjæra, og en til som er grønn"
    file = tmp_path / "old"
    file.write_text(f"{phrase}\n\n{OLD}\n", "utf-8")
    given = config.read({"FORMSVC_SECRET_KEY": NEW, "FORMSVC_SECRET_KEY_OLD_FILE": str(file)})
    assert given.masters() == (NEW, phrase, OLD)


def test_an_older_key_that_is_too_short_is_named() -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_SECRET_KEY_OLD"):
        Settings(secret_key=NEW, older_keys=("fem",)).masters()
