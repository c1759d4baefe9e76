"""The access table: whole, and kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import get_args

import pytest
from flask import Flask

from formsvc.roles import Role
from formsvc.web import access
from tests import people
from tests.people import Employee
from tests.web.conftest import SQLITE_ONLY, Visitor

#: who may what does not depend on the kind of database
pytestmark = SQLITE_ONLY
EMPLOYEES = (people.KARI, people.AMIR, people.LIV, people.TORBJORN)


def test_every_address_stands_in_the_table_and_the_table_has_no_other(app: Flask) -> None:
    addresses = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert addresses - set(access.TABLE) == set(), "add a row to access.TABLE"
    assert set(access.TABLE) - addresses == set(), "a row of access.TABLE has no address"


def test_every_row_names_those_who_may() -> None:
    for endpoint, allowed in access.TABLE.items():
        assert allowed, f"{endpoint}: nobody may"
        named = allowed <= set(get_args(Role)) or allowed in (access.ANYONE, access.PROGRAMS)
        assert named, f"{endpoint}: {allowed}"


def test_what_is_open_to_anyone_is_this_and_nothing_else() -> None:
    open_to_anyone = {name for name, allowed in access.TABLE.items() if allowed is access.ANYONE}
    assert open_to_anyone == {
        "static",
        "health.alive",
        "start.start",
        "login.log_in",
        "login.log_out",
        "login.forgotten",
        "login.code",
        "second_factor.show",
        "second_factor.begin",
        "second_factor.confirm",
        "password.choose",
        "evaluation.ask",
        "evaluation.thanks",
        "pages.privacy",
        "pages.accessibility",
        "pages.contact",
        "pages.arms",
        "pages.colour",
        "api.kinds",
        "api.schema",
        "api.description",
    }


def test_what_not_every_employee_may_is_this_and_nothing_else() -> None:
    narrower = {name: allowed for name, allowed in access.TABLE.items() if allowed < access.STAFF}
    accounts = {name for name in access.TABLE if name.partition(".")[0] == "accounts"}
    for_administrators = accounts | {"trail.everything"}
    assert accounts
    assert {name for name, roles in narrower.items() if roles == {"admin"}} == for_administrators
    counted = {"evaluation.results", "evaluation.texts"}
    assert {name for name, roles in narrower.items() if roles == {"ke"}} == counted
    assert narrower.keys() == for_administrators | counted


def addresses_of(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, an address) for everything that is not open to anyone."""
    adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        if access.TABLE[rule.endpoint] is access.ANYONE:
            continue
        values = {
            name: 1 if "Integer" in type(made).__name__ else "00000000-0000-0000-0000-000000000000"
            for name, made in rule._converters.items()  # noqa: SLF001
        }
        address = adapter.build(rule.endpoint, values)
        found += [(rule.endpoint, method, address) for method in sorted(rule.methods or ())]
    return found


def test_nobody_gets_further_than_the_log_in(app: Flask, visitor: Visitor) -> None:
    for endpoint, method, address in addresses_of(app):
        answer = visitor.open(address, method=method)
        if access.TABLE[endpoint] is access.PROGRAMS:
            assert answer.status_code == 401, endpoint
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), endpoint
        else:
            assert answer.status_code == 303, endpoint
            assert answer.headers["Location"].startswith("/login"), endpoint


@pytest.mark.parametrize("employee", EMPLOYEES, ids=[each.role for each in EMPLOYEES])
def test_a_role_gets_what_its_rows_say_and_nothing_else(
    app: Flask, log_in: Callable[[Employee], Visitor], employee: Employee
) -> None:
    visitor = log_in(employee)
    for endpoint, method, address in addresses_of(app):
        if method != "GET":
            continue
        answer = visitor.get(address)
        if employee.role in access.TABLE[endpoint]:
            assert answer.status_code in (200, 404), endpoint
        elif access.TABLE[endpoint] is access.PROGRAMS:  # a log-in is no program
            assert answer.status_code == 401, endpoint
        else:
            assert answer.status_code == 403, endpoint


def test_an_address_without_a_row_is_refused_to_everyone(
    app: Flask, as_torbjorn_later: Callable[[], Visitor]
) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    visitor = as_torbjorn_later()
    assert visitor.get("/forgotten").status_code == 403
    assert app.test_client().get("/forgotten").status_code == 303


@pytest.fixture
def as_torbjorn_later(
    log_in: Callable[[Employee], Visitor],
) -> Callable[[], Visitor]:
    # an address can be added only before the first request
    return lambda: log_in(people.TORBJORN)


def test_a_cookie_opens_no_door_for_programs(as_kari: Visitor) -> None:
    assert as_kari.post("/api/v1/render/consent", json={}).status_code == 401


def test_a_page_is_opened_again_after_the_log_in_but_a_sent_form_is_not(visitor: Visitor) -> None:
    assert visitor.get("/account?a=1").headers["Location"] == "/login?next=/account?a%3D1"
    answer = visitor.post("/account")
    assert answer.status_code in (303, 405)


def test_a_pages_own_script_hears_401_and_no_redirect(visitor: Visitor) -> None:
    answer = visitor.get("/account", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_refusal_is_logged_with_ids_and_nothing_else(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        visitor.get("/account?child=Nora")
    told = [record.getMessage() for record in caplog.records]
    assert "refused: GET account.mine to nobody" in told
    assert "Nora" not in "".join(told)
