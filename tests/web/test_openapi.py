"""The API does what its description says, whatever schemathesis thinks of to send."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from schemathesis.checks import positive_data_acceptance
from sqlalchemy.orm import Session

from formsvc.kinds import KINDS
from formsvc.models import Account
from formsvc.services import api_tokens
from formsvc.web import openapi
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY
DESCRIPTION = openapi.document()


@pytest.fixture
def token(session: Session, kari: Account) -> str:
    made = api_tokens.issue(session, kari, "schemathesis")
    session.commit()
    return made


@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods],
)
def test_the_api_keeps_its_description(app: Flask, token: str, path: str, method: str) -> None:
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path][method]

    @effort(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            # plain, since Werkzeug's client hands out what was packed as it came
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            # answers of the right shape may still break a rule between them, such as start < end
            excluded_checks=[positive_data_acceptance],
        )

    ask()


def test_the_description_names_every_paper(visitor: Visitor) -> None:
    paths = json.loads(visitor.get("/api/v1/openapi.json").text)["paths"]
    for kind in KINDS:
        assert f"/api/v1/kinds/{kind.slug}/schema" in paths
        assert (f"/api/v1/render/{kind.slug}" in paths) == bool(kind.formats)


def test_every_reference_in_the_description_leads_somewhere() -> None:
    whole = openapi.document()

    def follow(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                follow(each)
        if isinstance(value, dict):
            if "$ref" in value:
                found: Any = whole
                for step in value["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
            for each in value.values():
                follow(each)

    follow(whole)
