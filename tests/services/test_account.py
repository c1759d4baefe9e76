"""Who is let in, and who is not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock
from formsvc.db import Base
from formsvc.errors import InvalidAnswers, NotFound
from formsvc.models import Account, LoginAttempt, LoginSession
from formsvc.services import account
from formsvc.services.account import FAILURES, TooManyAttempts
from tests import people
from tests.people import PASSWORD

HERE = "192.0.2.7"


def employ_nora(session: Session, **changes: str) -> Account:
    given: dict[str, Any] = {
        "email": "nora.lie@eksempel.no",
        "name": "Nora Lie",
        "role": "coordinator",
        "password": "Små føtter i fjæra",
    }
    return account.create(session, **given | changes)


def later(session: Session, wait: timedelta) -> None:
    """Let time pass: everything that ends, ends so much earlier."""
    session.execute(update(LoginSession).values(expires_at=LoginSession.expires_at))
    for row in session.scalars(select(LoginSession)):
        row.expires_at -= wait
    for attempt in session.scalars(select(LoginAttempt)):
        attempt.until -= wait
    session.flush()


# Accounts


def test_an_account_is_made_and_logs_in(session: Session) -> None:
    made = employ_nora(session)
    assert made.active
    assert account.check(session, made.email, "Små føtter i fjæra", address=HERE) is made


def test_capitals_and_spaces_around_an_email_do_not_matter(session: Session) -> None:
    made = employ_nora(session, email=" Nora.Lie@Eksempel.no ")
    assert made.email == "nora.lie@eksempel.no"
    typed = " NORA.LIE@eksempel.no"
    assert account.check(session, typed, "Små føtter i fjæra", address=HERE) is made
    assert account.by_email(session, typed) is made


def test_a_letter_is_the_same_letter_from_every_keyboard(session: Session) -> None:
    made = employ_nora(session, password="blåbær på fjellet")
    decomposed = "bla\u030abær pa\u030a fjellet"
    assert account.check(session, made.email, decomposed, address=HERE) is made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nora"),
        ("email", ""),
        ("name", "  "),
        ("role", "boss"),
        ("password", "kort"),
        ("password", "x" * 201),
    ],
)
def test_an_account_that_is_not_whole_is_refused_with_what_to_mend(
    session: Session, field: str, value: str
) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        employ_nora(session, **{field: value})
    assert [problem.field for problem in refused.value.problems] == [field]
    assert refused.value.problems[0].message.endswith(".")


def test_everything_that_is_wrong_with_an_account_is_named_at_once(session: Session) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        employ_nora(session, email="nora", name="", password="kort")
    assert [problem.field for problem in refused.value.problems] == ["email", "name", "password"]


def test_an_email_has_one_account(session: Session) -> None:
    employ_nora(session)
    with pytest.raises(InvalidAnswers, match="har allerede en konto"):
        employ_nora(session, email="NORA.LIE@eksempel.no")


def test_an_unknown_email_is_named_when_it_is_looked_up(session: Session) -> None:
    with pytest.raises(NotFound, match=r"ingen@eksempel\.no"):
        account.by_email(session, "ingen@eksempel.no")


def test_passwords_are_kept_as_argon2id(session: Session) -> None:
    assert employ_nora(session).password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_older_hash_is_renewed_at_the_next_log_in(session: Session, kari: Account) -> None:
    old = kari.password_hash
    assert account.check(session, kari.email, PASSWORD, address=HERE)
    assert kari.password_hash != old
    assert account.check(session, kari.email, PASSWORD, address=HERE)


def test_a_new_password_ends_every_log_in(session: Session, kari: Account) -> None:
    token = account.open_session(session, kari)
    account.set_password(session, kari, "Seks røde hester i fjæra")
    assert account.session_account(session, token) is None
    assert account.check(session, kari.email, PASSWORD, address=HERE) is None
    assert account.check(session, kari.email, "Seks røde hester i fjæra", address=HERE)


def test_whoever_has_left_is_not_let_in(session: Session, kari: Account) -> None:
    browser = account.open_session(session, kari)
    program = account.issue_token(session, kari, "fagsystem")
    account.close(session, kari)
    assert account.check(session, kari.email, PASSWORD, address=HERE) is None
    assert account.session_account(session, browser) is None
    assert account.token_account(session, program) is None


# Passwords


def test_a_wrong_password_is_nobodys(session: Session, kari: Account) -> None:
    assert account.check(session, kari.email, PASSWORD + " ", address=HERE) is None
    assert account.check(session, kari.email, "", address=HERE) is None


def test_an_unknown_email_takes_the_same_path_as_a_wrong_password(
    session: Session, kari: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = Mock(wraps=account._HASHER)  # noqa: SLF001 its work is what an attacker could time
    monkeypatch.setattr(account, "_HASHER", hasher)
    account.check(session, "ukjent@eksempel.no", "feil passord her", address=HERE)
    hasher.reset_mock()

    def work(email: str) -> list[str]:
        assert account.check(session, email, "feil passord her", address=HERE) is None
        calls = [str(call)[:11] for call in hasher.mock_calls]
        hasher.reset_mock()
        return calls

    assert work("ukjent@eksempel.no") == work(kari.email) == ["call.verify"]


def test_the_hash_that_unknown_emails_are_checked_against_costs_as_much_as_a_real_one(
    session: Session,
) -> None:
    nobodys = account._nobody()  # noqa: SLF001 see above
    costs = employ_nora(session).password_hash.split("$")[1:4]
    assert nobodys.split("$")[1:4] == costs


# The rate limit


def fail(session: Session, email: str, *, times: int, address: str = HERE) -> None:
    for _ in range(times):
        assert account.check(session, email, "feil passord her", address=address) is None


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check passwords quickly: these tests make many tries."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(account, "_HASHER", quick)
    account._nobody.cache_clear()  # noqa: SLF001 made with the other one


@pytest.mark.usefixtures("cheap")
def test_after_too_many_failures_even_the_right_password_waits(
    session: Session, kari: Account
) -> None:
    fail(session, kari.email, times=FAILURES["e-mail"])
    with pytest.raises(TooManyAttempts, match="Vent 15 minutter") as refused:
        account.check(session, kari.email, PASSWORD, address="192.0.2.8")
    assert refused.value.status == 429
    assert 14 * 60 < refused.value.seconds <= 15 * 60


@pytest.mark.usefixtures("cheap")
def test_unknown_emails_are_limited_like_known_ones(session: Session) -> None:
    fail(session, "ukjent@eksempel.no", times=FAILURES["e-mail"])
    with pytest.raises(TooManyAttempts):
        fail(session, "ukjent@eksempel.no", times=1)


@pytest.mark.usefixtures("cheap")
def test_writing_an_email_differently_does_not_help(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=FAILURES["e-mail"])
    with pytest.raises(TooManyAttempts):
        account.check(session, f" {kari.email.upper()}", PASSWORD, address=HERE)


@pytest.mark.usefixtures("cheap")
def test_one_address_cannot_try_everybody(session: Session, kari: Account) -> None:
    for number in range(FAILURES["address"]):
        fail(session, f"ansatt{number}@eksempel.no", times=1)
    with pytest.raises(TooManyAttempts):
        account.check(session, kari.email, PASSWORD, address=HERE)
    assert account.check(session, kari.email, PASSWORD, address="192.0.2.8") is kari


@pytest.mark.usefixtures("cheap")
def test_after_the_wait_counting_starts_anew(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=FAILURES["e-mail"])
    later(session, account.STRETCH)
    assert account.check(session, kari.email, PASSWORD, address=HERE) is kari


@pytest.mark.usefixtures("cheap")
def test_the_right_password_forgives_the_wrong_ones(session: Session, kari: Account) -> None:
    for _ in range(3):
        fail(session, kari.email, times=FAILURES["e-mail"] - 1)
        assert account.check(session, kari.email, PASSWORD, address=HERE) is kari


@pytest.mark.usefixtures("cheap")
def test_a_town_hall_behind_one_address_logs_in_all_day(session: Session, kari: Account) -> None:
    for _ in range(FAILURES["address"] + 5):
        assert account.check(session, kari.email, PASSWORD, address=HERE) is kari


@pytest.mark.usefixtures("cheap")
def test_ones_own_account_does_not_buy_more_tries_at_others(
    session: Session, kari: Account
) -> None:
    for number in range(FAILURES["address"]):
        fail(session, f"ansatt{number}@eksempel.no", times=1)
        if number % 10 == 0:
            account.check(session, kari.email, PASSWORD, address=HERE)
    with pytest.raises(TooManyAttempts):
        fail(session, "ansatt@eksempel.no", times=1)


@pytest.mark.usefixtures("cheap")
def test_tries_made_at_once_are_all_counted(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    session.commit()
    looked_at: list[int] = []

    def guess() -> None:
        for _ in range(5):
            with sessions() as own:
                try:
                    account.check(own, kari.email, "feil passord her", address=HERE)
                except TooManyAttempts:
                    continue
                own.commit()
                looked_at.append(1)

    together(guess, 4)
    assert len(looked_at) == FAILURES["e-mail"]


def together(work: Callable[[], None], threads: int) -> None:
    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def test_what_counts_the_tries_does_not_tell_whose_they_were(
    session: Session, kari: Account
) -> None:
    fail(session, kari.email, times=1)
    rows = session.execute(text("SELECT * FROM login_attempt")).all()
    assert len(rows) == 2
    assert kari.email not in str(rows)
    assert HERE not in str(rows)


# Log-ins and tokens


def test_a_log_in_knows_who_it_is(session: Session, kari: Account, amir: Account) -> None:
    tokens = {account.open_session(session, somebody): somebody for somebody in (kari, amir)}
    for token, somebody in tokens.items():
        assert account.session_account(session, token) is somebody


def test_a_log_in_that_nobody_made_is_nobodys(session: Session, kari: Account) -> None:
    token = account.open_session(session, kari)
    for invented in ("", token[:-1], token.swapcase(), "x"):
        assert account.session_account(session, invented) is None
        assert account.token_account(session, invented) is None


def test_a_log_in_lasts_a_working_day_and_no_longer(session: Session, kari: Account) -> None:
    token = account.open_session(session, kari)
    later(session, timedelta(hours=7, minutes=59))
    assert account.session_account(session, token) is kari
    later(session, timedelta(minutes=1))
    assert account.session_account(session, token) is None


def test_after_the_log_out_the_cookie_is_worth_nothing(
    session: Session, kari: Account, amir: Account
) -> None:
    token, other = account.open_session(session, kari), account.open_session(session, amir)
    account.close_session(session, token)
    assert account.session_account(session, token) is None
    assert account.session_account(session, other) is amir


def test_a_program_calls_in_somebodys_name_until_its_token_is_revoked(
    session: Session, kari: Account
) -> None:
    token = account.issue_token(session, kari, "fagsystem")
    assert token.startswith("formsvc_")
    assert account.token_account(session, token) is kari
    assert account.session_account(session, token) is None, "a token is no log-in"
    account.revoke_token(session, token)
    assert account.token_account(session, token) is None


def test_the_database_holds_no_token_and_no_password(session: Session, kari: Account) -> None:
    tokens = [account.open_session(session, kari), account.issue_token(session, kari, "fagsystem")]
    rows = [
        str(session.execute(text(f"SELECT * FROM {table.name}")).all())  # noqa: S608 our names
        for table in Base.metadata.sorted_tables
    ]
    for secret in (*tokens, people.PASSWORD):
        assert not any(secret in row for row in rows)


def test_what_is_over_is_forgotten(session: Session, kari: Account) -> None:
    account.open_session(session, kari)
    fail(session, kari.email, times=1)
    later(session, timedelta(hours=9))
    lasting = account.open_session(session, kari)
    account.forget(session)
    assert len(session.scalars(select(LoginSession)).all()) == 1
    assert account.session_account(session, lasting) is kari
    assert session.scalars(select(LoginAttempt)).all() == []


def test_forgetting_keeps_what_still_counts(session: Session, kari: Account) -> None:
    fail(session, kari.email, times=1)
    account.forget(session)
    assert {row.until > clock.now() for row in session.scalars(select(LoginAttempt))} == {True}
