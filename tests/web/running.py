"""The service as it really runs: `formsvc run` in a process of its own, asked through sockets."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

#: seconds; only a safety net, for a machine that is busy
PATIENCE = 60
START = "from formsvc.cli import main; main()"


class Form(NamedTuple):
    """A form as one browser sees it."""

    service: Running
    address: str
    cookie: str
    token: str

    def send(
        self, typed: Mapping[str, str | list[str]], **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """Send what is typed, with the form's token and the browser's cookies."""
        body = urlencode({**typed, "csrf_token": self.token}, doseq=True)
        return self.service.ask(self.address, body, Cookie=self.cookie, **headers)


class Running(NamedTuple):
    """A running service."""

    port: int
    process: subprocess.Popen[bytes]
    #: what it wrote on standard error
    log: Path
    data: Path

    def ask(
        self, address: str, body: str | None = None, method: str = "", **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """Ask over a connection of its own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("Content-Type", "application/x-www-form-urlencoded")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method or ("GET" if body is None else "POST"), address, body, named)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def form_of(self, address: str, **headers: str) -> Form:
        """The form on a page, opened by a browser that has not been here before."""
        shown, page = self.ask(address, **headers)
        held = re.search(rb'name="csrf_token" value="([^"]+)"', page)
        assert held
        cookies = shown.headers.get_all("Set-Cookie") or []
        cookie = "; ".join(each.partition(";")[0] for each in cookies)
        return Form(self, address, cookie, held[1].decode())

    def raw(self, sent: bytes) -> bytes:
        """All that is answered to some bytes, up to the end of the connection."""
        with self.connected() as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            answered = b""
            try:
                while more := line.recv(65536):
                    answered += more
            except ConnectionResetError:
                pass
            return answered

    def connected(self) -> socket.socket:
        """An open connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def errors(self) -> str:
        """What it wrote on standard error so far."""
        return self.log.read_text(encoding="utf-8")

    def stopped(self) -> int:
        """Its exit code, after a friendly word to stop."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


@contextmanager
def running(data: Path, *arguments: str, before: str = "", **settings: str) -> Iterator[Running]:
    """Run the service with a folder of its own and FORMSVC_ settings; it is stopped afterwards.

    :param before: what its process does first, such as making a limit shorter than a test is long
    """
    port = free_port()
    environment = {name: text for name, text in os.environ.items() if "FORMSVC_" not in name}
    environment |= {"FORMSVC_DEMO": "1", "FORMSVC_DATA": str(data)}
    environment |= {f"FORMSVC_{name}": text for name, text in settings.items()}
    command = [sys.executable, "-c", before + START, "run", "--port", str(port), *arguments]
    log = data / "stderr.txt"
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=errors
        ) as process,
    ):
        service = Running(port, process, log, data)
        try:
            await_start(service)
            yield service
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def await_start(service: Running) -> None:
    """Wait until it answers."""
    until = time.monotonic() + PATIENCE
    while True:
        assert service.process.poll() is None, service.errors()
        try:
            service.ask("/healthz")
        except OSError:
            assert time.monotonic() < until, service.errors()
            time.sleep(0.05)
        else:
            return


def free_port() -> int:
    """A port that nobody listens on, and that no system gives to the next who asks for any.

    Tests run beside each other, and the port that the system gave to one here could be the end of
    another's connection before the service has come to listen on it.
    """
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
