"""Behind nginx, as docs/nginx.conf says: that very file, with two processes of the service."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from formsvc import profile
from formsvc.forms.evaluation import EvaluationForm
from formsvc.operations import demo
from tests.web.running import PATIENCE, Running, free_port, running

NGINX: Final = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
ROOT: Final = Path(__file__).parents[2]
NAME: Final = "skjema.eksempel.no"
PROCESSES: Final = 2

pytestmark = pytest.mark.skipif(
    NGINX is None and os.environ.get("CI") != "true", reason="no nginx: apt install nginx-light"
)


class Site(NamedTuple):
    """The service as visitors meet it."""

    port: int
    plain_port: int
    folder: Path
    service: Running

    def ask(
        self,
        address: str,
        body: bytes | str | None = None,
        *,
        come_from: str = "127.0.0.1",
        **headers: str,
    ) -> tuple[HTTPResponse, bytes]:
        """Ask over TLS, from one of the addresses of this machine."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named["Content-Type"] = "application/x-www-form-urlencoded"
        trust = ssl.create_default_context(cafile=str(self.folder / "formsvc.pem"))
        trust.check_hostname = False
        connection = HTTPSConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, context=trust, source_address=(come_from, 0)
        )
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, address, body, {"Host": NAME, **named})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    make_certificate(folder)
    place = {"PROXIES": "1", "HTTPS": "1"}
    data = tmp_path_factory.mktemp("data")
    with running(data, "--processes", str(PROCESSES), **place) as service:
        made = Site(free_port(), free_port(), folder, service)
        write_configuration(made)
        command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        with (
            (folder / "stderr.txt").open("wb") as log,
            subprocess.Popen(command, stderr=log) as proxy,
        ):
            try:
                await_proxy(made, proxy)
                yield made
            finally:
                proxy.terminate()


def make_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "formsvc.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "formsvc.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def write_configuration(site: Site) -> None:
    """The file of the docs, with the ports and the folder of a test."""
    told = (ROOT / "docs" / "nginx.conf").read_text(encoding="utf-8")
    for there, here in (
        ("listen 80;", f"listen 127.0.0.1:{site.plain_port};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{site.port} ssl http2;"),
        ("127.0.0.1:8000;", f"127.0.0.1:{site.service.port};"),
        ("/etc/ssl/", f"{site.folder}/"),
    ):
        assert there in told
        told = told.replace(there, here)
    (site.folder / "formsvc.conf").write_text(told, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    kept = " ".join(
        f"{name}_temp_path {site.folder};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (site.folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {site.folder}/pid; error_log stderr warn; events {{}}\n"
        f"http {{ access_log {site.folder}/access.txt; {kept} include formsvc.conf; }}\n",
        encoding="utf-8",
    )


def await_proxy(site: Site, proxy: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        assert proxy.poll() is None, (site.folder / "stderr.txt").read_text("utf-8")
        try:
            site.ask("/healthz")
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            return


def opened(site: Site, address: str, **headers: str) -> tuple[str, str]:
    """The cookies and the token that a page gives to a browser."""
    shown, page = site.ask(address, **headers)
    assert shown.status == 200
    held = re.search(rb'name="csrf_token" value="([^"]+)"', page)
    assert held
    cookies = shown.headers.get_all("Set-Cookie") or []
    return "; ".join(each.partition(";")[0] for each in cookies), held[1].decode()


def test_plain_http_is_led_to_https(site: Site) -> None:
    plain = Running(site.plain_port, site.service.process, site.service.log, site.service.data)
    answer, _page = plain.ask("/login?next=/papers/", Host=NAME)
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{NAME}/login?next=/papers/"


def test_an_employee_logs_in_and_opens_a_form(site: Site) -> None:
    cookie, token = opened(site, "/login")
    assert cookie.startswith("__Host-session=")
    log_in = demo.LOG_INS[0]
    typed = {"email": log_in.email, "password": demo.PASSWORD, "csrf_token": token}
    headers = {"Origin": f"https://{NAME}", "Sec_Fetch_Site": "same-origin"}
    answer, _page = site.ask("/login", urlencode(typed), Cookie=cookie, **headers)
    assert answer.status == 303
    cookies = answer.headers.get_all("Set-Cookie") or []
    assert all("Secure" in each for each in cookies)
    (session,) = (each for each in cookies if each.startswith("__Host-session="))
    form, page = site.ask("/papers/minutes/new", Cookie=session.partition(";")[0])
    assert form.status == 200
    assert b"csrf_token" in page
    assert form.headers["Strict-Transport-Security"]


def test_a_static_file_comes_packed_and_is_kept(site: Site) -> None:
    _shown, page = site.ask("/login")
    address = re.search(rb"/static/[^\"]*designsystemet\.css\?v=\w+", page)
    assert address
    answer, packed = site.ask(address[0].decode(), Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert len(packed) < 40_000


def test_a_body_that_is_too_large_goes_no_further(site: Site) -> None:
    assert site.ask("/login", b"x" * (5 * 1024 * 1024))[0].status == 413


def test_each_visitor_is_counted_by_the_address_that_nginx_saw(site: Site) -> None:
    most = profile.current().limits.evaluations * PROCESSES
    typed = EvaluationForm.from_answers(EvaluationForm.sample()).typed()
    cookie, token = opened(site, "/evaluation/")
    sent = urlencode({**typed, "csrf_token": token}, doseq=True)

    def answer(number: int, come_from: str) -> int:
        forged = f"10.0.0.{number}"  # what a visitor writes there is written over
        return site.ask(
            "/evaluation/", sent, come_from=come_from, Cookie=cookie, X_Forwarded_For=forged
        )[0].status

    assert answer(0, "127.0.0.2") == 303
    assert 429 in {answer(number, "127.0.0.2") for number in range(most)}
    assert answer(0, "127.0.0.3") == 303
    assert "evaluation" not in (site.folder / "access.txt").read_text("utf-8")


def test_whoever_asks_without_end_is_told_to_wait_and_others_are_not(site: Site) -> None:
    def ask(_number: int) -> int:
        return site.ask("/healthz", come_from="127.0.0.4")[0].status

    with ThreadPoolExecutor(8) as visitors:
        statuses = set(visitors.map(ask, range(1000)))
    assert statuses == {204, 429}
    assert site.ask("/healthz", come_from="127.0.0.5")[0].status == 204


def test_nginx_says_in_words_that_the_service_is_away(site: Site) -> None:
    assert site.service.stopped() == 0  # the last test of this file
    answer, words = site.ask("/login")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Tjenesten starter på nytt." in words.decode()
