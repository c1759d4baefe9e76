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
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.measure import Alone, Broken, alone
from formsvc import config, db
from formsvc.config import Settings
from formsvc.documents import docx, html_pdf
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Format, find
from formsvc.services import demo, printing
from formsvc.web import create_app

ROOT = Path(__file__).parents[1]
FORMSVC = [sys.executable, "-c", "from formsvc.cli import main; main()"]
SAMPLE = ROOT / "tests" / "samples" / "minutes.nb.json"


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
    _server(folder / "server")  # the first start makes the database and the demo data
    starts, sizes = zip(*(_server(folder / "server") for _ in range(3)), strict=True)
    start, size = statistics.median(starts), statistics.median(sizes)
    yield Alone("Start-up of the server", start, "ms", 2000, max(starts))
    yield Alone("Memory of the server after use", size, "MB", 200, max(sizes))


def _server(data: Path) -> tuple[float, float]:
    """Start the server, use it, stop it: milliseconds to the first answer, megabytes after use."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FORMSVC_DATA": str(data)}
    command = [*FORMSVC, "run", "--port", str(port)]
    start = time.perf_counter()
    with _running(command, environment) as pid:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/healthz")
        started = (time.perf_counter() - start) * 1000
        for wanted in ("docx", "pdf") * 5:
            _render(f"{address}/api/v1/render/minutes?format={wanted}")
        return started, _resident_megabytes(pid)


@contextmanager
def _running(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
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


def _resident_megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0
