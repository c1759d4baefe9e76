"""Accounts on the command line: somebody is let in and out without a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from formsvc import config, db
from formsvc.cli import main
from formsvc.models import Account
from formsvc.services import accounts, api_tokens, login_sessions, password_links, second_factor
from tests import people
from tests.services.test_second_factor import turn_on

NEW = "Seks røde hester i fjæra"
KARI = ("--email", people.KARI.email)


@pytest.fixture(autouse=True)
def _here(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the commands work on the test's database."""
    monkeypatch.setenv("FORMSVC_DATABASE_URL", database)
    monkeypatch.setenv("FORMSVC_DATA", str(tmp_path))
    config.settings.cache_clear()
    yield
    monkeypatch.undo()
    config.settings.cache_clear()


@pytest.fixture
def kari(session: Session) -> Account:
    """Kari, whom the commands can see."""
    made = people.employ(session, people.KARI)
    session.commit()
    return made


def call(*words: str, stdin: str | None = None, code: int = 0) -> Result:
    done = CliRunner().invoke(main, words, input=stdin)
    assert done.exit_code == code, done.output
    return done


def invite(*words: str, code: int = 0) -> Result:
    who = ("--email", "nora@eksempel.no", "--name", "Nora Lie", "--role", "coordinator")
    return call("invite-user", *who, *words, code=code)


def test_somebody_is_invited_by_a_link(session: Session) -> None:
    done = invite("--title", "Rektor", "--address", "https://skjema.eksempel.no/")
    link = re.fullmatch(r"https://skjema\.eksempel\.no/password/([\w-]{43})\n", done.stdout)
    assert link, done.stdout
    made = password_links.opened(session, link[1]).account
    assert (made.name, made.title) == ("Nora Lie", "Rektor")
    assert "It works once, for 72 hours." in done.stderr


def test_without_the_services_address_it_says_that_one_is_missing() -> None:
    done = invite()
    assert done.stdout.startswith("/password/")
    assert "Put the address of the service before it." in done.stderr


def test_the_services_address_is_taken_from_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORMSVC_ADDRESS", "https://skjema.eksempel.no/")
    config.settings.cache_clear()
    done = invite()
    assert done.stdout.startswith("https://skjema.eksempel.no/password/")
    assert "Put the address" not in done.stderr


def test_what_is_wrong_with_an_invitation_is_told_by_field() -> None:
    invite()
    again = invite("--phone", "ring meg", code=2)
    assert [line.split(":")[0] for line in again.stderr.splitlines()] == ["email", "phone"]


def test_accounts_are_listed_page_after_page(
    kari: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PAGE", 1)
    invite()
    rows = json.loads(call("list-users", "--json").stdout)
    assert [(row["name"], row["state"]) for row in rows] == [
        ("Kari Nygård", "open"),
        ("Nora Lie", "invited"),
    ]
    assert "nora@eksempel.no" not in call("list-users", "--search", "nygård").stdout


def test_an_account_is_changed_and_what_is_left_out_stays(session: Session, kari: Account) -> None:
    call("change-user", *KARI, "--role", "ke", "--unit", "Oppvekst")
    session.refresh(kari)
    assert (kari.name, kari.role, kari.unit, kari.title) == ("Kari Nygård", "ke", "Oppvekst", "")
    session.rollback()
    call("change-user", *KARI, "--unit", "")
    session.refresh(kari)
    assert kari.unit == ""


def test_a_password_is_set_and_logs_out_everywhere(session: Session, kari: Account) -> None:
    browser = login_sessions.open_(session, kari)
    program = api_tokens.issue(session, kari, "Fagsystemet")
    session.commit()
    done = call("set-password", *KARI, stdin=f"{NEW}\n{NEW}\n")
    assert "tokens revoked" in done.stdout
    session.expire_all()
    assert login_sessions.find(session, browser) is None
    assert api_tokens.find(session, program) is None
    assert people.log_in(session, people.KARI.email, NEW) is kari


def test_a_foolish_password_is_not_set(session: Session, kari: Account) -> None:
    refused = call("set-password", *KARI, stdin="KariNygård2026\nKariNygård2026\n", code=2)
    assert refused.stderr.startswith("password: ")
    assert people.log_in(session, people.KARI.email, people.PASSWORD) is kari


def test_a_password_is_reset_by_a_link(session: Session, kari: Account) -> None:
    done = call("reset-password", *KARI)
    assert "for 2 hours" in done.stderr + done.stdout
    token = done.stdout.splitlines()[0].removeprefix("/password/")
    assert password_links.opened(session, token).account is kari


def test_whoever_has_left_is_closed_and_let_in_when_they_come_back(
    session: Session, kari: Account
) -> None:
    token = api_tokens.issue(session, kari, "Fagsystemet")
    session.commit()
    call("close-account", *KARI)
    session.expire_all()
    assert people.log_in(session, people.KARI.email, people.PASSWORD) is None
    assert api_tokens.find(session, token) is None
    session.rollback()
    call("reopen-account", *KARI)
    session.expire_all()
    assert people.log_in(session, people.KARI.email, people.PASSWORD) is kari


def test_the_only_administrator_is_not_closed(session: Session) -> None:
    people.employ(session, people.TORBJORN)
    session.commit()
    refused = call("close-account", "--email", people.TORBJORN.email, code=2)
    assert "eneste administratoren" in refused.stderr


def test_browsers_are_logged_out(session: Session, kari: Account) -> None:
    browser = login_sessions.open_(session, kari)
    session.commit()
    call("end-sessions", *KARI)
    session.expire_all()
    assert login_sessions.find(session, browser) is None


def test_tokens_are_made_listed_and_revoked(session: Session, kari: Account) -> None:
    first = call("create-token", *KARI, "--label", "Fagsystemet").stdout.strip()
    second = call("create-token", *KARI, "--label", "Et annet").stdout.strip()
    listed = call("list-tokens", *KARI).stdout
    row = next(line for line in listed.splitlines() if "Fagsystemet" in line)
    call("revoke-token", "--id", row.split()[0])
    assert api_tokens.find(session, first) is None
    assert api_tokens.find(session, second)
    session.rollback()
    call("revoke-token", "--token", "-", stdin=f"{second}\n")
    session.expire_all()
    assert api_tokens.find(session, second) is None
    session.rollback()
    assert call("list-tokens", *KARI).stdout == ""


@pytest.mark.parametrize("words", [(), ("--id", "x"), ("--token", "formsvc_unknown")])
def test_a_token_that_is_not_named_rightly_is_not_revoked(words: tuple[str, ...]) -> None:
    assert call("revoke-token", *words, code=2).stderr


def test_a_second_factor_is_reset(session: Session, kari: Account) -> None:
    turn_on(session, kari)
    session.commit()
    call("reset-second-factor", *KARI)
    session.expire_all()
    assert not second_factor.active(session, kari)


@pytest.mark.parametrize(
    "command",
    [
        *("change-user", "close-account", "reopen-account", "end-sessions", "reset-password"),
        *("list-tokens", "reset-second-factor"),
    ],
)
def test_an_unknown_email_is_a_sentence(command: str) -> None:
    refused = call(command, "--email", "ingen@eksempel.no", code=2)
    assert refused.stderr == "Ingen konto har e-postadressen ingen@eksempel.no.\n"


def test_the_commands_write_where_the_installation_keeps_its_rows(database: str) -> None:
    invite()
    engine = db.engine(config.settings())
    with db.session_factory(engine, reading=True)() as reading:
        assert accounts.by_email(reading, "nora@eksempel.no").name == "Nora Lie"
    engine.dispose()
