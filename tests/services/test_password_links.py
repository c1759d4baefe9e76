"""One-time links: they hold for a while, for one, once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from formsvc import clock
from formsvc.errors import NotFound
from formsvc.models import Account, LinkAct, PasswordLink
from formsvc.services import accounts, api_tokens, login_sessions, password, password_links
from formsvc.services.password_links import HOLDS, LinkOver
from tests import people

NEW = "Seks røde hester i fjæra"


@pytest.fixture
def nora(session: Session) -> Account:
    """Nora Lie, who is invited."""
    return accounts.invite(
        session, email="nora.lie@eksempel.no", name="Nora Lie", role="coordinator", facts={}
    )


def test_the_invited_choose_a_password_and_log_in(session: Session, nora: Account) -> None:
    token = password_links.issue(session, nora)
    assert password_links.opened(session, token).act == "invitation"
    assert password_links.redeem(session, token, password.hashed(session, NEW)) is nora
    assert people.log_in(session, nora.email, NEW) is nora


def test_another_password_logs_out_everywhere(session: Session, kari: Account) -> None:
    browser = login_sessions.open_(session, kari)
    program = api_tokens.issue(session, kari, "fagsystem")
    token = password_links.issue(session, kari)
    assert password_links.opened(session, token).act == "reset"
    password_links.redeem(session, token, password.hashed(session, NEW))
    assert login_sessions.find(session, browser) is None
    assert api_tokens.find(session, program) is None
    assert people.log_in(session, kari.email, people.PASSWORD) is None
    assert people.log_in(session, kari.email, NEW) is kari


def test_looking_at_a_link_uses_nothing_up(session: Session, kari: Account) -> None:
    token = password_links.issue(session, kari)
    for _ in range(3):
        assert password_links.opened(session, token).account is kari
    assert not session.dirty


def test_a_link_is_used_once(session: Session, kari: Account) -> None:
    token = password_links.issue(session, kari)
    password_links.redeem(session, token, password.hashed(session, NEW))
    with pytest.raises(LinkOver):
        password_links.opened(session, token)
    with pytest.raises(LinkOver):
        password_links.redeem(session, token, "another")
    assert people.log_in(session, kari.email, NEW) is kari


def test_a_new_link_takes_the_place_of_the_old_one(session: Session, kari: Account) -> None:
    old, new = password_links.issue(session, kari), password_links.issue(session, kari)
    for act in (
        lambda: password_links.opened(session, old),
        lambda: password_links.redeem(session, old, "x"),
    ):
        with pytest.raises(LinkOver):
            act()
    assert password_links.opened(session, new).account is kari


@pytest.mark.parametrize("act", ["invitation", "reset"])
def test_a_link_holds_so_long_and_no_longer(
    session: Session, kari: Account, nora: Account, act: LinkAct
) -> None:
    token = password_links.issue(session, nora if act == "invitation" else kari)
    assert {"invitation": timedelta(hours=72), "reset": timedelta(hours=2)} == HOLDS
    with clock.moved(HOLDS[act] - timedelta(seconds=5)):
        assert password_links.opened(session, token).act == act
    with clock.moved(HOLDS[act]):
        with pytest.raises(LinkOver):
            password_links.opened(session, token)
        with pytest.raises(LinkOver):
            password_links.redeem(session, token, "x")


@pytest.mark.parametrize("token", ["", "x", "formsvc_x", "æ" * 300, "\0"])
def test_a_link_that_nobody_made_opens_nothing(session: Session, token: str) -> None:
    with pytest.raises(LinkOver):
        password_links.opened(session, token)


def test_the_closed_get_no_link(session: Session, kari: Account) -> None:
    accounts.close(session, kari)
    with pytest.raises(NotFound):
        password_links.issue(session, kari)


def test_of_many_who_use_a_link_at_once_one_gets_through(
    session: Session, sessions: sessionmaker[Session], kari: Account
) -> None:
    token = password_links.issue(session, kari)
    session.commit()
    hashes = [f"hash {number}" for number in range(6)]
    through: list[str] = []
    start = threading.Barrier(len(hashes))

    def use(password_hash: str) -> None:
        start.wait()
        try:
            with sessions.begin() as own:
                password_links.redeem(own, token, password_hash)
        except LinkOver:
            return
        through.append(password_hash)

    threads = [threading.Thread(target=use, args=[each]) for each in hashes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert through == [kari.password_hash]


def test_links_that_have_been_over_for_long_are_forgotten(session: Session, kari: Account) -> None:
    password_links.issue(session, kari)
    for later, left in ((timedelta(days=30), 1), (timedelta(days=30, hours=2), 0)):
        with clock.moved(later):
            password_links.forget(session)
        assert len(session.scalars(select(PasswordLink)).all()) == left
