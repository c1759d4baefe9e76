"""Settings that cannot be used are named, with the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from formsvc import config, db
from formsvc.config import Settings
from formsvc.errors import MissingSetting


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_SECRET_KEY_FILE"):
        config.read({"FORMSVC_SECRET_KEY_FILE": str(tmp_path / "key")})


def test_a_key_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("k" * 40 + "\n")
    assert config.read({"FORMSVC_SECRET_KEY_FILE": str(file)}).secret() == "k" * 40


@pytest.mark.parametrize("number", ["x", "-1", "1.5", ""])
def test_a_number_that_is_none_is_named(number: str) -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_PROXIES"):
        config.read({"FORMSVC_PROXIES": number})


@pytest.mark.parametrize("address", ["https://skjema.no", "https://skjema.no/", "http://[::1]:80"])
def test_the_address_of_the_service_is_read(address: str) -> None:
    assert config.read({"FORMSVC_ADDRESS": address}).address == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    ["skjema.no", "ftp://skjema.no", "https://", "https://skjema.no?a", "http://a b"],
)
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_ADDRESS"):
        config.read({"FORMSVC_ADDRESS": address})


@pytest.mark.parametrize("key", ["", "too short"])
def test_outside_demo_mode_nothing_starts_without_a_real_secret(key: str) -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_SECRET_KEY"):
        Settings(secret_key=key).secret()


def test_https_is_on_unless_it_is_a_demo() -> None:
    assert config.read({}).https
    assert not config.read({"FORMSVC_DEMO": "1"}).https
    assert config.read({"FORMSVC_DEMO": "1", "FORMSVC_HTTPS": "1"}).https


def test_an_address_that_is_no_databases_is_named() -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_DATABASE_URL"):
        db.engine(Settings(demo=True, database_url="nonsense"))


def test_a_database_that_does_not_answer_is_told_from_a_fault() -> None:
    nowhere = Settings(demo=True, database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(db.Unreachable, match="does not answer"):
        db.migrate(nowhere)
