"""What every answer carries, and what is refused before any page sees it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import flask
import pytest
from flask import Flask
from flask_wtf.csrf import generate_csrf, validate_csrf

from formsvc.config import Settings
from formsvc.errors import MissingSetting
from formsvc.web import create_app, security, transaction
from tests import people
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY


@pytest.fixture
def https_app(settings: Settings) -> Flask:
    return create_app(Settings(demo=True, database_url=settings.database_url, https=True))


def test_outside_demo_mode_the_service_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="FORMSVC_SECRET_KEY"):
        create_app(Settings(demo=False, data=tmp_path))
    with pytest.raises(MissingSetting):
        create_app(Settings(demo=False, data=tmp_path, secret_key="too short"))


@pytest.mark.parametrize("address", ["/login", "/no-such-page", "/api/v1/kinds", "/healthz"])
def test_every_answer_carries_the_headers(visitor: Visitor, address: str) -> None:
    headers = visitor.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_policy_allows_only_what_the_page_itself_names(visitor: Visitor) -> None:
    first, second = visitor.get("/login"), visitor.get("/login")
    policy = first.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    found = re.search(r"script-src 'nonce-([^']+)'", policy)
    assert found
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{found[1]}"' in script for script in scripts)
    assert found[1] not in second.headers["Content-Security-Policy"]


def test_a_page_has_no_styles_or_handlers_in_its_markup(visitor: Visitor) -> None:
    page = visitor.get("/login").text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)


def test_over_https_the_cookie_is_bound_to_the_host(https_app: Flask) -> None:
    answer = https_app.test_client().get("/login", base_url="https://skjema.eksempel.no")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "session" in c)
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]
    transaction.dispose(https_app)


def test_versioned_files_are_kept_and_others_are_asked_for_again(visitor: Visitor) -> None:
    address = re.search(r"/static/app\.css\?v=\w+", visitor.get("/login").text)
    assert address
    with visitor.get(address[0]) as versioned, visitor.get("/static/app.css") as plain:
        assert "immutable" in versioned.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]
    assert visitor.get("/static/no-such.css?v=1").headers["Cache-Control"] == "no-store"


def test_a_form_without_its_token_is_refused_in_words(visitor: Visitor) -> None:
    answer = visitor.post("/login", data={"email": "kari@eksempel.no", "password": "x"})
    assert answer.status_code == 400
    assert "Siden var for gammel" in answer.text


def test_a_token_of_another_browser_is_worth_nothing(app: Flask, visitor: Visitor) -> None:
    other = app.test_client()
    assert isinstance(other, Visitor)
    visitor.get("/login")
    token = other.csrf_token()
    assert visitor.post("/login", data={"csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://ond.eksempel.no"},
        {"Origin": "http://localhost.ond.no"},
    ],
)
def test_a_form_from_another_site_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    data = {"csrf_token": visitor.csrf_token(), "email": "kari@eksempel.no", "password": "x"}
    assert visitor.post("/login", data=data, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://localhost"}]
)
def test_a_form_from_here_is_not(visitor: Visitor, headers: dict[str, str]) -> None:
    data = {"csrf_token": visitor.csrf_token(), "email": "kari@eksempel.no", "password": "x"}
    assert visitor.post("/login", data=data, headers=headers).status_code == 422


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_body_that_is_too_large_is_refused_in_words(visitor: Visitor, language: str) -> None:
    answer = visitor.post(f"/login?lang={language}", data={"email": "x" * security.LONGEST})
    assert answer.status_code == 413
    assert f'<html lang="{language}"' in answer.text


def test_more_fields_than_any_paper_has_are_refused(visitor: Visitor) -> None:
    data = {f"a{number}": "" for number in range(security.MOST_FIELDS + 1)}
    assert visitor.post("/login", data=data).status_code == 413


def test_multipart_is_refused_because_its_parser_can_lose_a_field(visitor: Visitor) -> None:
    answer = visitor.post("/login", data={"email": ""}, content_type="multipart/form-data")
    assert answer.status_code == 415


def test_a_large_text_comes_through(visitor: Visitor) -> None:
    answer = visitor.send("/login", email="å" * 100_000, password="x")
    assert answer.status_code == 422


def test_what_was_typed_is_shown_as_text(visitor: Visitor) -> None:
    answer = visitor.send("/login", email='"><script>alert(1)</script>', password="x")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_a_logged_in_page_is_kept_nowhere(as_kari: Visitor) -> None:
    answer = as_kari.get("/account")
    assert people.KARI.name in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_opened_after_a_change_of_the_master_key_needs_the_old_one_no_more(
    settings: Settings,
) -> None:
    old, new = settings.secret(), "new-" * 10
    both = create_app(replace(settings, secret_key=new, older_keys=(old,)))
    only_new = create_app(replace(settings, secret_key=new))
    with both.test_request_context():
        token = generate_csrf()
        raw = flask.session["csrf_token"]
    with only_new.test_request_context():
        flask.session["csrf_token"] = raw
        validate_csrf(token)  # raises where it was signed with another key
    for made in (both, only_new):
        transaction.dispose(made)
