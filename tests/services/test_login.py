"""A log-in in three steps: what is counted, checked and let in, and what happens in between."""

from __future__ import annotations

from sqlalchemy.orm import Session, sessionmaker

from formsvc.models import Account
from formsvc.services import accounts, login, password
from tests import people
from tests.people import PASSWORD


def test_a_wrong_password_is_nobodys(session: Session, kari: Account) -> None:
    assert people.log_in(session, kari.email, PASSWORD + " ") is None
    assert people.log_in(session, kari.email, "") is None


def test_no_transaction_is_open_while_a_password_is_checked(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    session.commit()
    with sessions.begin() as own:
        claim = login.claim(own, kari.email, PASSWORD, address="")
    with sessions.begin() as another:  # writes meanwhile, at once
        people.employ(another, people.AMIR)
    verdict = password.verdict(claim.question)
    with sessions.begin() as own:
        assert login.admit(own, claim, verdict)


def test_whoever_is_closed_while_the_password_is_checked_is_not_let_in(
    session: Session, kari: Account
) -> None:
    claim = login.claim(session, kari.email, PASSWORD, address="")
    verdict = password.verdict(claim.question)
    assert verdict.fits
    accounts.close(session, kari)
    assert login.admit(session, claim, verdict) is None


def test_a_password_that_is_changed_while_it_is_checked_lets_nobody_in(
    session: Session, kari: Account
) -> None:
    claim = login.claim(session, kari.email, PASSWORD, address="")
    verdict = password.verdict(claim.question)
    password.change(session, kari, password.hashed(session, "Seks røde hester i fjæra"))
    assert login.admit(session, claim, verdict) is None


def test_of_two_who_log_in_at_once_both_are_let_in_though_the_hash_is_renewed(
    session: Session, kari: Account
) -> None:
    claims = [login.claim(session, kari.email, PASSWORD, address="") for _ in range(2)]
    verdicts = [password.verdict(claim.question) for claim in claims]
    assert all(verdict.renewed for verdict in verdicts)
    for claim, verdict in zip(claims, verdicts, strict=True):
        assert login.admit(session, claim, verdict) is kari


def test_a_log_in_is_noted(session: Session, kari: Account) -> None:
    assert kari.last_login_at is None
    login.entered(session, kari)
    assert kari.last_login_at
