"""Answers are sent packed to those who can read that, and not twice where nothing has changed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from formsvc.kinds import find
from formsvc.web import compression
from tests import people
from tests.people import Employee
from tests.web.conftest import SQLITE_ONLY, Visitor

pytestmark = SQLITE_ONLY

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
STATIC = "/static/app.css?v=1"


@pytest.mark.parametrize("address", ["/login", "/no-such-page", "/api/v1/openapi.json", STATIC])
def test_text_comes_packed_to_whoever_reads_gzip(visitor: Visitor, address: str) -> None:
    with visitor.get(address) as plain, visitor.get(address, headers=GZIP) as packed:
        assert packed.status_code == plain.status_code
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.content_length == len(packed.data) < len(plain.data) / 2
        unpacked = gzip.decompress(packed.data)
        if address in (STATIC, "/api/v1/openapi.json"):
            assert unpacked == plain.data
        assert unpacked.endswith(plain.data[-20:])
        for answer in (plain, packed):
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity", "gzip;q=0, *"])
def test_whoever_does_not_read_gzip_gets_it_plain(visitor: Visitor, accepted: str) -> None:
    for address in ("/login", STATIC):
        with visitor.get(address, headers={"Accept-Encoding": accepted}) as answer:
            assert "Content-Encoding" not in answer.headers


def test_what_is_short_or_packed_already_is_left_alone(visitor: Visitor) -> None:
    with (
        visitor.get("/healthz", headers=GZIP) as short,
        visitor.get("/static/vendor/inter/inter-latin.woff2", headers=GZIP) as font,
    ):
        assert font.status_code == 200
        assert "Content-Encoding" not in short.headers
        assert "Content-Encoding" not in font.headers


@pytest.mark.parametrize("size", [compression.WORTH_IT - 1, compression.WORTH_IT])
def test_packing_begins_where_it_is_worth_it(visitor: Visitor, size: int) -> None:
    app = visitor.application
    app.view_functions["pages.privacy"] = lambda: "a" * size
    answer = visitor.get("/privacy", headers=GZIP)
    assert ("Content-Encoding" in answer.headers) == (size == compression.WORTH_IT)


@pytest.mark.parametrize("headers", [{}, GZIP])
def test_a_file_that_has_not_changed_is_not_sent_again(
    visitor: Visitor, headers: dict[str, str]
) -> None:
    with visitor.get(STATIC, headers=headers) as first:
        etag = first.headers["ETag"]
    assert etag.startswith("W/") == bool(headers)
    with visitor.get(STATIC, headers={**headers, "If-None-Match": etag}) as again:
        assert again.status_code == 304
        assert again.data == b""
        assert "immutable" in again.headers["Cache-Control"]
        assert "Accept-Encoding" in again.headers["Vary"]
    with visitor.get(STATIC, headers={**headers, "If-None-Match": '"other"'}) as changed:
        assert changed.status_code == 200


@pytest.mark.parametrize("address", ["/privacy", STATIC])
def test_head_says_what_get_would_send(visitor: Visitor, address: str) -> None:
    with visitor.head(address, headers=GZIP) as head, visitor.get(address, headers=GZIP) as get:
        assert head.data == b""
        assert head.headers["Content-Encoding"] == "gzip"
        if address == STATIC:
            assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_a_part_of_a_file_is_a_part_of_the_file_itself(visitor: Visitor) -> None:
    headers = {**GZIP, "Range": "bytes=0-9"}
    with visitor.get(STATIC) as whole, visitor.get(STATIC, headers=headers) as part:
        assert part.status_code == 206
        assert part.data == whole.data[:10]
        assert "Content-Encoding" not in part.headers


def test_the_packed_length_of_a_page_is_blurred(
    visitor: Visitor,
) -> None:
    pages = [visitor.get("/privacy", headers=GZIP).data for _each in range(40)]
    unpacked = {re.sub(rb'nonce="[^"]+"', b"", gzip.decompress(page)) for page in pages}
    assert len(unpacked) == 1
    assert max(map(len, pages)) - min(map(len, pages)) > compression.PADDING // 3


def test_a_page_with_many_rows_is_sent_in_an_eighth(
    log_in: Callable[[Employee], Visitor],
) -> None:
    kari = log_in(people.KARI)
    form = find("minutes").form
    sample = form.sample()
    rows = {"items": sample["items"] * 40} if "items" in sample else {}
    typed = form.from_answers({**sample, **rows}).typed()
    draft = kari.send("/papers/minutes/new", **typed, _action="save")
    page = kari.get(draft.location, headers=GZIP)
    assert page.status_code == 200
    assert len(page.data) < len(gzip.decompress(page.data)) / 8
