"""Each address of a draft or a paper, asked for by each role: own, shared, sent, other people's."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple, get_args
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from formsvc.models import Account, Document, Draft, Paper, Share
from formsvc.roles import Role
from formsvc.services import actor, api_tokens, shares
from formsvc.services.access import Act
from formsvc.web import access
from tests import people, stored
from tests.people import Employee
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY

#: what each address of a draft or a paper is for; one that is added has to be added here
ACTS: dict[tuple[str, str], Act] = {
    ("drafts.write", "GET"): "read",
    ("drafts.save", "POST"): "write",
    ("finishing.review", "GET"): "write",
    ("finishing.issue", "POST"): "write",
    ("drafts.discard", "GET"): "own",
    ("drafts.discard", "POST"): "own",
    ("papers.receipt", "GET"): "read",
    ("papers.document", "GET"): "read",
    ("sharing.draft", "GET"): "own",
    ("sharing.share_draft", "POST"): "own",
    ("sharing.paper", "GET"): "own",
    ("sharing.share_paper", "POST"): "own",
}
#: areas whose ids are of no draft or paper; what accounts may be asked for is tested with them
OTHERS = {"evaluation", "account", "accounts"}
EMPLOYEES = {each.role: each for each in (people.KARI, people.AMIR, people.LIV, people.TORBJORN)}
ANOTHER = Employee("Mina Berg", "mina@eksempel.no", "referent")


class Thing(NamedTuple):
    """A draft or paper, and what somebody who is not its author may do with it."""

    model: type[Draft | Paper]
    kind: str
    #: "own" when it is the visitor's; else how it is shared
    whose: str
    may: dict[Role, set[Act]]


def everybody(*acts: Act) -> dict[Role, set[Act]]:
    return {role: set(acts) for role in get_args(Role)}


THINGS = (
    Thing(Draft, "ip_application", "own", everybody("read", "write", "own")),
    Thing(Draft, "ip_application", "shared to read", everybody("read")),
    Thing(Draft, "ip_application", "shared to write", everybody("read", "write")),
    Thing(Draft, "ip_application", "taken back", everybody()),
    Thing(Draft, "ip_application", "shared with another", everybody()),
    Thing(Draft, "ip_application", "other", everybody()),
    Thing(Paper, "minutes", "own", everybody("read", "write", "own")),
    Thing(Paper, "minutes", "shared to read", everybody("read")),
    Thing(Paper, "minutes", "taken back", everybody()),
    Thing(Paper, "minutes", "shared with another", everybody()),
    Thing(Paper, "minutes", "other", everybody()),
    Thing(Paper, "consent", "other", everybody()),
    Thing(Paper, "ip_application", "other", everybody() | {"ke": {"read"}}),
    Thing(Paper, "ke_group_created", "other", everybody() | {"ke": {"read"}}),
)


class Address(NamedTuple):
    """A rule of the site with an id in it."""

    endpoint: str
    method: str
    id_name: str


def addresses(app: Flask) -> list[Address]:
    """Every address with an id in it, read from the application itself."""
    return [
        Address(rule.endpoint, method, name)
        for rule in app.url_map.iter_rules()
        for name, made in rule._converters.items()  # noqa: SLF001
        if type(made).__name__ == "UUIDConverter"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def of_papers(app: Flask) -> list[Address]:
    """Those of drafts and papers."""
    return [each for each in addresses(app) if each.endpoint.partition(".")[0] not in OTHERS]


def test_every_address_of_an_object_is_in_the_matrix(app: Flask) -> None:
    asked = {(each.endpoint, each.method) for each in of_papers(app)}
    assert asked == set(ACTS)
    assert all(access.TABLE[name] == access.STAFF for name, _method in ACTS)


def test_no_program_reaches_a_draft_or_a_paper_by_its_key(
    app: Flask, visitor: Visitor, session: Session, kari: Account
) -> None:
    """One that may some day gets a row in ACTS, and its account's rights (services.access)."""
    token = api_tokens.issue(session, kari, "Fagsystemet")
    session.commit()
    reached = [each.endpoint for each in addresses(app) if each.endpoint.startswith("api.")]
    assert reached == []
    adapter = app.url_map.bind("localhost")
    for address, thing in itertools.product(of_papers(app), THINGS):
        if thing.whose != "own" or (address.id_name == "draft_id") != (thing.model is Draft):
            continue
        values = {address.id_name: thing_of(session, thing, kari, kari), "wanted": "docx"}
        path = adapter.build(address.endpoint, values, method=address.method)
        bearer = {"Authorization": f"Bearer {token}"}
        answer = visitor.open(path, method=address.method, headers=bearer)
        assert answer.status_code == 303, address
        assert answer.headers["Location"].startswith("/login"), address
        clear(session)


def clear(session: Session) -> None:
    """Give the next one the numbers to itself."""
    for model in (Share, Document, Draft, Paper):
        session.execute(delete(model))
    session.commit()


def thing_of(session: Session, thing: Thing, visitor: Account, author: Account) -> UUID:
    """The thing, as it stands to the visitor."""
    make = stored.begun if thing.model is Draft else stored.issued
    row = make(session, visitor if thing.whose == "own" else author, kind=thing.kind)
    if thing.whose in ("shared to read", "shared to write", "taken back"):
        given = shares.give(
            session,
            row,
            visitor.id,
            actor.Employee(author),
            may_write=thing.whose == "shared to write",
        )
        if thing.whose == "taken back":
            shares.end(session, row, given.id, actor.Employee(author))
    if thing.whose == "shared with another":
        shares.give(session, row, another(session).id, actor.Employee(author), may_write=True)
    session.commit()
    return row.id


def another(session: Session) -> Account:
    known = session.scalar(select(Account).where(Account.email == ANOTHER.email))
    return known or people.employ(session, ANOTHER)


@pytest.mark.parametrize("role", get_args(Role))
def test_each_address_gives_each_role_what_it_may_have_and_nothing_else(
    app: Flask, log_in: Callable[[Employee], Visitor], session: Session, role: Role
) -> None:
    browser = log_in(EMPLOYEES[role])
    me = session.scalars(select(Account).where(Account.email == EMPLOYEES[role].email)).one()
    jonas = people.employ(session, people.JONAS)
    adapter = app.url_map.bind("localhost")
    for address, thing in itertools.product(of_papers(app), THINGS):
        if address.endpoint in OTHERS:
            continue
        of_draft = address.id_name == "draft_id"
        if of_draft != (thing.model is Draft):
            continue
        row_id = thing_of(session, thing, me, jonas)
        values = {address.id_name: row_id, "wanted": "docx"}
        path = adapter.build(address.endpoint, values, method=address.method)
        answer = browser.get(path) if address.method == "GET" else browser.send(path, _version="9")
        if ACTS[address[:2]] in thing.may[role]:
            assert answer.status_code in (200, 303, 409, 422), (address, thing)
        else:
            # who may read it hears that they may not do this; to others there is nothing
            expected = 403 if "read" in thing.may[role] else 404
            assert answer.status_code == expected, (address, thing)
        clear(session)


def test_an_id_of_nothing_is_not_found_by_anybody(
    app: Flask, log_in: Callable[[Employee], Visitor]
) -> None:
    browser = log_in(people.TORBJORN)
    adapter = app.url_map.bind("localhost")
    for address in of_papers(app):
        values = {
            address.id_name: uuid4(),
            "wanted": "docx",
            "period": "2026-1",
            "question": "good",
        }
        path = adapter.build(address.endpoint, values, method=address.method)
        answer = browser.get(path) if address.method == "GET" else browser.send(path)
        assert answer.status_code == 404, address
