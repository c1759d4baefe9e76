"""Accounts: made, invited, listed, changed, closed and opened again."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from formsvc.db import Base
from formsvc.errors import InvalidAnswers, NotFound
from formsvc.models import Account
from formsvc.services import accounts, actor, api_tokens, audit, login_sessions, password_links
from formsvc.services.accounts import LastAdministrator
from tests import people
from tests.people import PASSWORD


def employ_nora(session: Session, **changes: str) -> Account:
    given: dict[str, Any] = {
        "email": "nora.lie@eksempel.no",
        "name": "Nora Lie",
        "role": "coordinator",
        "password": "Små føtter i fjæra",
    }
    return accounts.create(session, **given | changes)


def invite_nora(session: Session, **changes: str) -> Account:
    given: dict[str, Any] = {
        "email": "nora.lie@eksempel.no",
        "name": "Nora Lie",
        "role": "coordinator",
    }
    facts = {name: changes.pop(name) for name in accounts.FACTS if name in changes}
    return accounts.invite(session, **given | changes, facts=facts)


def test_an_account_is_made_and_logs_in(session: Session) -> None:
    made = employ_nora(session)
    assert made.active
    assert people.log_in(session, made.email, "Små føtter i fjæra") is made


def test_capitals_and_spaces_around_an_email_do_not_matter(session: Session) -> None:
    made = employ_nora(session, email=" Nora.Lie@Eksempel.no ")
    assert made.email == "nora.lie@eksempel.no"
    typed = " NORA.LIE@eksempel.no"
    assert people.log_in(session, typed, "Små føtter i fjæra") is made
    assert accounts.by_email(session, typed) is made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nora"),
        ("email", ""),
        ("name", "  "),
        ("name", "N" * 201),
        ("role", "boss"),
        ("password", "kort"),
        ("password", "x" * 201),
        ("password", "a" * 12),
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
        accounts.by_email(session, "ingen@eksempel.no")


# Invited


def test_the_invited_are_not_let_in_before_they_have_a_password(session: Session) -> None:
    made = invite_nora(session, title="Koordinator", phone="61 70 00 00")
    assert (made.title, made.phone, made.unit) == ("Koordinator", "61 70 00 00", "")
    assert made.invited_at
    assert people.log_in(session, made.email, "") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "x" * 201), ("unit", "to\nlinjer"), ("phone", "ring meg"), ("phone", "1" * 41)],
)
def test_a_fact_that_cannot_be_kept_is_refused_at_its_field(
    session: Session, field: str, value: str
) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        invite_nora(session, **{field: value})
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_fact_of_just_the_longest_length_is_kept(session: Session) -> None:
    assert len(invite_nora(session, title="x" * 200).title) == 200


# Listed


def test_accounts_are_listed_by_name_page_by_page(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PAGE", 2)
    names = ["Anne", "Bodil", "Bodil", "Cecilie", "Dagny"]
    for number, name in enumerate(names):
        invite_nora(session, name=name, email=f"a{number}@eksempel.no")
    pages, after = [], None
    while True:
        page = accounts.listed(session, after=after)
        pages.append([each.name for each in page.accounts])
        if (after := page.after) is None:
            break
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(name for page in pages for name in page) == names
    seen = accounts.listed(session, after=None).accounts[-1]
    assert seen.name == "Bodil"


@pytest.mark.parametrize("search", ["ødegård", "Ødegård", "ØDEG", "liv@", "  liv  ", "PPT"])
def test_an_account_is_found_by_part_of_what_is_known(
    session: Session, liv: Account, kari: Account, search: str
) -> None:
    liv.unit = "PPT og helse"
    session.flush()
    assert [each.id for each in accounts.listed(session, search).accounts] == [liv.id]


@pytest.mark.parametrize("search", ["%", "_", "\\", "'"])
def test_signs_that_mean_something_to_a_database_are_looked_for_as_they_are(
    session: Session, liv: Account, search: str
) -> None:
    assert accounts.listed(session, search).accounts == []


# Changed


def test_an_account_is_changed_and_what_is_not_given_stays(session: Session) -> None:
    made = invite_nora(session, title="Lærer", unit="Heidal skole")
    accounts.change(session, made, name="Nora Lie Moen", role="ke", facts={"title": "Rektor"})
    assert (made.name, made.role, made.title, made.unit) == (
        "Nora Lie Moen",
        "ke",
        "Rektor",
        "Heidal skole",
    )


def test_the_only_administrator_cannot_leave_or_be_demoted(
    session: Session, torbjorn: Account
) -> None:
    invite_nora(session, role="admin")  # has chosen no password, and so lets nobody in
    with pytest.raises(LastAdministrator):
        accounts.close(session, torbjorn)
    with pytest.raises(LastAdministrator):
        accounts.change(session, torbjorn, name="Torbjørn", role="ke", facts={})
    assert torbjorn.active
    assert torbjorn.role == "admin"
    accounts.change(session, torbjorn, name="Torbjørn Aas", role="admin", facts={})


def test_what_is_closed_can_be_closed_again_though_nobody_else_is_administrator(
    session: Session, torbjorn: Account
) -> None:
    torbjorn.active = False
    accounts.close(session, torbjorn)
    assert not torbjorn.active


def test_one_of_two_administrators_may_leave(session: Session, torbjorn: Account) -> None:
    other = employ_nora(session, role="admin")
    accounts.close(session, torbjorn)
    with pytest.raises(LastAdministrator):
        accounts.close(session, other)


def test_two_administrators_who_close_each_other_at_once_are_not_both_gone(
    session: Session, sessions: sessionmaker[Session], torbjorn: Account
) -> None:
    other = employ_nora(session, role="admin")
    session.commit()
    refused: list[LastAdministrator] = []

    def close(account_id: Any) -> None:
        try:
            with sessions.begin() as own:
                accounts.close(own, accounts.by_id(own, account_id))
        except LastAdministrator as error:
            refused.append(error)

    threads = [threading.Thread(target=close, args=[each.id]) for each in (torbjorn, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    assert [torbjorn.active, other.active].count(True) == 1
    assert len(refused) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_acts_of_administrators_are_recorded_while_one_of_them_is_closed(
    session: Session, sessions: sessionmaker[Session], torbjorn: Account
) -> None:
    other = employ_nora(session, role="admin")
    session.commit()
    accounts.close(session, other)
    # whoever records holds the chain's end, which the one who closes will wait for at the commit
    with sessions.begin() as own:
        audit.record(own, "trail_viewed", by=actor.Employee(torbjorn))
    session.commit()
    assert not other.active


def test_whoever_has_left_is_not_let_in(session: Session, kari: Account) -> None:
    browser = login_sessions.open_(session, kari)
    program = api_tokens.issue(session, kari, "fagsystem")
    link = password_links.issue(session, kari)
    accounts.close(session, kari)
    assert people.log_in(session, kari.email, PASSWORD) is None
    assert login_sessions.find(session, browser) is None
    assert api_tokens.find(session, program) is None
    with pytest.raises(password_links.LinkOver):
        password_links.opened(session, link)


def test_whoever_comes_back_logs_in_anew(session: Session, kari: Account) -> None:
    browser = login_sessions.open_(session, kari)
    program = api_tokens.issue(session, kari, "fagsystem")
    accounts.close(session, kari)
    accounts.reopen(session, kari)
    session.expire_all()
    assert people.log_in(session, kari.email, PASSWORD) is kari
    assert login_sessions.find(session, browser) is None
    assert api_tokens.find(session, program) is None


def test_the_database_holds_no_token_and_no_password(session: Session, kari: Account) -> None:
    tokens = [
        login_sessions.open_(session, kari),
        api_tokens.issue(session, kari, "fagsystem"),
        password_links.issue(session, kari),
    ]
    rows = [
        str(session.execute(text(f"SELECT * FROM {table.name}")).all())  # noqa: S608 our names
        for table in Base.metadata.sorted_tables
    ]
    for secret in (*tokens, people.PASSWORD):
        assert not any(secret in row for row in rows)
