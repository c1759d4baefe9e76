"""What a page, a submission, a document and a start take here, and the limits that they keep."""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from flask.testing import FlaskClient

from benchmarks.measure import Alone, Broken, alone
from formsvc import config, db
from formsvc.config import Settings
from formsvc.documents import docx, html_pdf
from formsvc.formats import Format
from formsvc.forms.base import DocumentForm
from formsvc.kinds import find
from formsvc.operations import demo
from formsvc.services import printing
from formsvc.web import create_app

ROOT = Path(__file__).parents[1]
FORMSVC = [sys.executable, "-c", "from formsvc.cli import main; main()"]
SAMPLE = ROOT / "tests" / "samples" / "minutes.nb.json"
#: what a person who is logged in looks at, over and over
PAGES: Final = ("/", "/papers/", "/papers/drafts/", "/papers/minutes/new", "/account")


def figures() -> Iterator[Alone]:
    """Every limit of the product, in milliseconds and megabytes."""
    os.environ["FORMSVC_DEMO"] = "1"
    config.settings.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        yield from _processes(Path(folder))
        yield from _documents()
        yield from _pages(Path(folder))


def _minutes() -> DocumentForm:
    form = find("minutes").form.from_answers(json.loads(SAMPLE.read_text("utf-8")))
    if not form.validate():
        raise Broken(f"{SAMPLE} does not hold: {form.problems()}")
    return form


def _documents() -> Iterator[Alone]:
    form = _minutes()
    words = printing.context(find("minutes"), form)
    template = (ROOT / "docx_templates" / "minutes.nb.docx").read_bytes()
    for name, work, rounds, limit in (
        ("Minutes to Word, read back", _printing(form, "docx"), 40, 60),
        ("Minutes to Word, filling alone", lambda: docx.render(template, words, "nb"), 40, 60),
        ("Minutes to PDF, read back", _printing(form, "pdf"), 15, 400),
        ("Minutes to PDF, printing alone", lambda: html_pdf.render("minutes", words), 15, 400),
    ):
        yield alone(name, work, rounds=rounds, limit=limit)


def _printing(form: DocumentForm, wanted: Format) -> Callable[[], object]:
    return lambda: printing.render(find("minutes"), form, wanted)


def _pages(folder: Path) -> Iterator[Alone]:
    settings = Settings(demo=True, data=folder / "pages", https=False)
    db.migrate(settings)
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        demo.load(session)
    app = create_app(settings)
    client = app.test_client()
    first = demo.LOG_INS[0]
    _post(client, "/login", email=first.email, password=first.password)
    page = "/papers/minutes/new"
    yield alone("Form page of the minutes", lambda: client.get(page), rounds=40, limit=50)
    yield alone("Submission with its commit", _submission(client), rounds=20, limit=150)


def _post(client: FlaskClient, address: str, **typed: object) -> str:
    """Send the form of a page, as a browser would; the address that the answer leads to."""
    page = client.get(address).text
    hidden = dict(
        re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    )
    sent = client.post(address, data={**hidden, **typed})
    if sent.status_code != 303:
        raise Broken(f"{address} answered {sent.status}")
    return str(sent.location)


def _submission(client: FlaskClient) -> Callable[[], object]:
    typed = _minutes().typed()
    looks = [_post(client, "/papers/minutes/new", **typed, _action="review") for _ in range(23)]
    waiting = iter([(look, _issue_form(client.get(look).text)) for look in looks])

    def submit() -> None:
        look, (address, hidden) = next(waiting)
        sent = client.post(address, data=hidden)
        if sent.status_code != 303 or "/papers/drafts/" in str(sent.location):
            raise Broken(f"{look} was not issued: {sent.status}")

    return submit


def _issue_form(page: str) -> tuple[str, dict[str, str]]:
    """Where the last button of the look-over page sends, and what goes with it."""
    found = re.search(r'<form[^>]*action="([^"]*/issue)".*?</form>', page, re.DOTALL)
    if found is None:
        raise Broken("the page has no form that issues the paper")
    fields = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', found[0])
    return found[1], dict(fields)


def _processes(folder: Path) -> Iterator[Alone]:
    out = folder / "minutes.docx"
    fill = [*FORMSVC, "fill", "minutes", "--data", str(SAMPLE), "--out", str(out)]
    yield alone(
        "Command line: fill to Word, cold",
        lambda: subprocess.run(fill, check=True),
        rounds=7,
        limit=1200,
    )
    server = folder / "server"
    _start(server)  # the first one makes the database and the demo data
    starts = [_start(server) for _ in range(3)]
    yield Alone("Start-up of the server", statistics.median(starts), "ms", 2000, max(starts))
    if Path("/proc/self/smaps_rollup").exists():  # Linux
        yield from _memory(server)


def _start(data: Path) -> float:
    """Start the server and stop it: milliseconds to the first answer."""
    start = time.perf_counter()
    with _served(data):
        return (time.perf_counter() - start) * 1000


def _memory(data: Path) -> Iterator[Alone]:
    """What the service takes of the machine's memory once people and programs have used it."""
    with _served(data) as (address, pid):
        browser = _logged_in(address)
        for page in PAGES * (200 // len(PAGES)):
            browser.open(address + page).read()
        with ThreadPoolExecutor(8) as crowd:
            list(crowd.map(_logged_in, [address] * 80))
        for _ in range(20):
            _render(f"{address}/api/v1/render/minutes?format=pdf")
        server = _megabytes(pid, "Rss")
        yield Alone(
            "Memory of the server, without its presses (RSS; after 200 pages, 80 log-ins, 20 PDFs)",
            server,
            "MB",
            150,
        )
        everything = sum(_megabytes(each, "Pss") for each in (pid, *_children(pid)))
        yield Alone(
            "Memory of the server and both its presses (PSS; after 200 pages, 80 log-ins, 20 PDFs)",
            everything,
            "MB",
            350,
        )


@contextmanager
def _served(data: Path) -> Iterator[tuple[str, int]]:
    """The address and the process of a server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FORMSVC_DATA": str(data)}
    address = f"http://127.0.0.1:{port}"
    with _running([*FORMSVC, "run", "--port", str(port)], environment) as pid:
        _wait(f"{address}/healthz")
        yield address, pid


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(address: str) -> None:
    for _ in range(1000):
        try:
            urllib.request.urlopen(address)
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise Broken(f"{address} did not answer")


def _render(address: str) -> None:
    headers = {"Authorization": f"Bearer {demo.TOKEN}", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(address, SAMPLE.read_bytes(), headers)).read()


def _logged_in(address: str) -> urllib.request.OpenerDirector:
    """A browser of its own, in which somebody is logged in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = browser.open(f"{address}/login").read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    somebody = demo.LOG_INS[0]
    typed = {
        "email": somebody.email,
        "password": somebody.password,
        "csrf_token": token and token[1],
    }
    answer = browser.open(f"{address}/login", urlencode(typed).encode())
    if answer.url != f"{address}/":
        raise Broken(f"{somebody.email} cannot log in")
    return browser


def _megabytes(pid: int, what: str) -> float:
    """The memory that a process takes: ``Rss``, or ``Pss`` where what is shared is divided."""
    found = re.search(
        rf"^{what}:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE
    )
    return int(found[1]) / 1024 if found else 0


def _children(pid: int) -> list[int]:
    """The processes that a process has begun."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]
