"""Requests of every odd shape, sent as bytes to the real server: none is an error of ours."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from tests.web.running import Running, running

HOSTS = (
    *("a" * 63 + ".no", "a" * 64 + ".no", ".".join(["a" * 63] * 4), "x" * 300, "x" * 5000),
    *("a..b", ".", "..", ".no", "no.", "-a.no", "a-.no", "a_b.no", "*", "a b", "a,b", "a/b", "a@b"),
    *("xn--a", "xn--" + "a" * 50, "xn--vler-qoa.kommune.no", "våler.no", "\xff\xfe", "%00", "%2e"),
    *("[", "[]", "[::1", "[::1]", "[::1]:80", "[....]", "[v1.x]", "[fe80::1%25eth0]", "::1"),
    *("a:b", "a:", ":80", "a:99999999", "a:-1", "a:80:80", "http://a", "a?b", "a#b", "a\\b", "a'b"),
    *("", " ", "\t", "<script>", "{{7*7}}", "localhost", "127.0.0.1", "a\x00b", "a\x7fb", "a\x0bb"),
)
PATHS = (
    *(
        "/%",
        "/%zz",
        "/%00",
        "/%ff",
        "/%c3%28",
        "/%e0%80%af",
        "/%ed%a0%80",
        "/%2e%2e/%2e%2e/etc/passwd",
    ),
    *(
        "//",
        "///login",
        "/./login",
        "/../login",
        "/login/",
        "/login%0d%0aX:1",
        "/\\login",
        "/login;a=b",
    ),
    *("/static/", "/static/..%2f..%2fconfig.py", "/static/app.css%00.png", "/static/" + "a" * 300),
    *(
        "/papers/%00",
        "/papers/" + "9" * 500,
        "/kinds/%F0%9F%98%80",
        "/evaluation/%0a",
        "*",
        "login",
    ),
    *(
        "/login?next=//ond.no",
        "/login?next=%00",
        "/login?next=%ed%a0%80",
        "/login?lang=%00&lang=nn",
    ),
    *("/login?" + "a=b&" * 3000, "/?" + "%00" * 500, "/login?" + "[" * 900, "/login?a[]=%ff&=&&&"),
    *("/" + "a" * 20_000, "/" + "a/" * 5_000, "/?" + "a" * 60_000, "/" + "%C3%A5" * 3_000),
    *(
        "http://ond.eksempel.no/login",
        "http://[::1/login",
        "http://" + "a" * 64 + ".no/",
        "http://",
    ),
    *("/login#f", "/ø", "/\xff\xfe", "/login?q=\xff", "/api/v1/kinds/%00", "/api/v1/nothing/%ff"),
)
METHODS = (
    "get",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "CONNECT",
    "BREW",
    "G{T",
    "",
)
HEADERS = (
    *(
        "Cookie: session=\xff\x00",
        "Cookie: " + "a=b; " * 900,
        "Cookie: =; ;;=;\x01=\x02",
        "Cookie: language=%00",
    ),
    *("Cookie: session=.eJx.aaaa.bbbb", 'Cookie: a="\\777\\000"', "Cookie: session=" + "A" * 9_000),
    *(
        "Accept-Language: " + "a-" * 2_000,
        "Accept-Language: nb;q=1e999, *;q=nan",
        "Accept-Language: \xff",
    ),
    *("Accept: " + "*/*;q=x," * 900, "Accept: ;;;", "Accept: text/html;q=-1", "Accept: \xe5/\xf8"),
    *(
        "Accept-Encoding: gzip;q=x",
        "Accept-Encoding: " + "gzip," * 900,
        "Accept-Encoding: \xff;q=0",
    ),
    *(
        "Range: bytes=-",
        "Range: bytes=9-1",
        "Range: bytes=0-" + "9" * 90,
        "If-Range: x",
        "If-Match: *",
    ),
    *(
        "If-None-Match: W/",
        'If-None-Match: "\xff',
        "If-Modified-Since: yesterday",
        "If-Modified-Since: 1",
    ),
    *(
        "Content-Type: ;;;",
        "Content-Type: multipart/form-data",
        "Content-Type: \xff",
        "Content-Length: 0",
    ),
    *(
        "Content-Length: -1",
        "Content-Length: x",
        "Content-Length: 1e3",
        "Content-Length: " + "9" * 30,
    ),
    *("Transfer-Encoding: gzip", "Transfer-Encoding: \x0bchunked", "Transfer-Encoding: chunked, x"),
    *(
        "Expect: 200-ok",
        "Upgrade: h2c",
        "Connection: \xff",
        "Authorization: Bearer \xff",
        "Authorization: x",
    ),
    *(
        "Authorization: Bearer " + "a" * 9_000,
        "Origin: \xff",
        "Origin: null",
        "Sec-Fetch-Site: \x01",
    ),
    *(
        "X-Forwarded-For: \xff",
        "X-Forwarded-Host: " + "a" * 64 + ".no",
        "X-Forwarded-Proto: javascript",
    ),
    *(
        "X-Forwarded-For: " + "1," * 3_000,
        "Forwarded: for=;;=",
        "Referer: \x00",
        "X" * 40_000 + ": 1",
    ),
    *(
        "\xff: 1",
        "No colon",
        " folded: 1",
        "Space : 1",
        ": empty",
        "A\x00: 1",
        "A: \x00",
        "A: 1\n2",
    ),
)
TYPED = "Content-Type: application/x-www-form-urlencoded"
BODIES = (
    *(
        b"",
        b"a",
        b"=&=&&==",
        b"%00=%ff",
        b"csrf_token=\xff\xfe",
        b"csrf_token=" + b"A" * 70_000,
        b"\x00" * 999,
    ),
    *(
        b"a=b&" * 4_000,
        b"a=b&" * 6_000,
        b"[" * 9_000,
        "å=ø".encode(),
        "å=ø".encode("latin-1"),
        b"_action=%ed%a0%80",
    ),
)
CHUNKS = (
    *(
        b"0\r\n\r\n",
        b"zz\r\n\r\n",
        b"-1\r\n\r\n",
        b"1\r\nab\r\n0\r\n\r\n",
        b"1;a=b\r\na\r\n0\r\n\r\n",
        b"\r\n",
    ),
    *(
        b"f" * 40 + b"\r\n",
        b"5\r\nab",
        b"1\r\na\r\n0\r\nX: 1\r\n\r\n",
        b"1 ;\r\na\r\n",
        b"0x1\r\na\r\n0\r\n\r\n",
        b"1_0\r\n",
    ),
)
RAW = (
    *(b"\r\n\r\n", b"\x00" * 99, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n"),
    *(
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\n\n",
    ),
    *(b"GET  /  HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / http/1.1\r\n\r\n"),
    *(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n"),
    *(b"GET /\x00 HTTP/1.1\r\n\r\n",),
)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Running]]:
    """One service without a proxy, and one that believes what a proxy says."""
    with (
        running(tmp_path_factory.mktemp("alone")) as alone,
        running(tmp_path_factory.mktemp("behind"), PROXIES="1", HTTPS="1") as behind,
    ):
        yield alone, behind


def request(first: str, *lines: str, body: bytes = b"") -> bytes:
    head = "\r\n".join((first, *lines, "Connection: close", "", ""))
    return head.encode("latin-1") + body


def shapes() -> Iterator[bytes]:
    """Each odd thing by itself, then several at once."""
    usual = "GET /login HTTP/1.1", "Host: localhost"
    for host in HOSTS:
        for line in (f"Host: {host}", f"X-Forwarded-Host: {host}"):
            yield request("GET /login?lang=nn HTTP/1.1", line)
            yield request("GET /no-such-page HTTP/1.1", line)
    yield from (request(f"GET {path} HTTP/1.1", "Host: localhost") for path in PATHS)
    yield from (request(f"{method} /login HTTP/1.1", "Host: localhost") for method in METHODS)
    yield from (request(*usual, header) for header in HEADERS)
    for address in ("/login", "/evaluation/", "/api/v1/render/minutes"):
        for body in BODIES:
            length = f"Content-Length: {len(body)}"
            yield request(f"POST {address} HTTP/1.1", "Host: localhost", TYPED, length, body=body)
    for chunk in CHUNKS:
        chunked = ("Host: localhost", TYPED, "Transfer-Encoding: chunked")
        yield request("POST /evaluation/ HTTP/1.1", *chunked, body=chunk)
    yield from RAW
    dice = random.Random(7)  # noqa: S311 - the same shapes each time
    for _each in range(150):
        method = dice.choice(("GET", "POST", *METHODS))
        first = f"{method} {dice.choice(PATHS)} HTTP/1.1"
        yield request(first, f"Host: {dice.choice(HOSTS)}", *dice.sample(HEADERS, 3))


def test_no_shape_of_a_request_is_an_error_of_ours(services: tuple[Running, Running]) -> None:
    for service in services:
        for number, sent in enumerate(shapes()):
            answered = service.raw(sent)
            told = f"{number}: {sent[:300]!r} -> {answered[:300]!r}"
            for status in re.findall(rb"^HTTP/1\.[01] (\d{3})", answered):
                # 501 is waitress's word for a Transfer-Encoding that it does not know
                assert status < b"500" or status == b"501", told
            if answered.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.0 5", b"HTTP/1.1 5")):
                assert b"Content-Security-Policy: " in answered, told
                assert b"X-Content-Type-Options: nosniff" in answered, told
                assert b"Cache-Control: no-store" in answered, told
        assert service.ask("/login")[0].status == 200
        assert not re.search("Traceback|uncaptured", service.errors()), service.errors()
        assert not re.search(r"error [0-9a-f]{8}", service.errors()), service.errors()


@pytest.mark.parametrize("host", ["a" * 64 + ".no", "a..b", "xn--a", "[....]", "a b"])
def test_a_host_that_cannot_be_one_is_refused_in_words(
    services: tuple[Running, Running], host: str
) -> None:
    answered = services[0].raw(request("GET /login?lang=nn HTTP/1.1", f"Host: {host}"))
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert b'<html lang="nn"' in answered


@pytest.mark.parametrize(
    "host", ["a" * 63 + ".no", "xn--vler-qoa.kommune.no", "[::1]:80", "skjema.eksempel.no:8443"]
)
def test_a_host_that_can_be_one_is_not(services: tuple[Running, Running], host: str) -> None:
    answered = services[0].raw(request("GET /login HTTP/1.1", f"Host: {host}"))
    assert answered.startswith(b"HTTP/1.1 200 ")
