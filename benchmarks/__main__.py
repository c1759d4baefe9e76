"""``python3 dev.py bench``: what a page, a submission, a document and a start take here.

Prints a Markdown table with the limits of the product beside what was measured.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from flask.testing import FlaskClient

from benchmarks.measure import Times, times
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


class Row(NamedTuple):
    """One line of the table."""

    what: str
    unit: str
    measured: Times
    limit: float


def main() -> None:
    os.environ["FORMSVC_DEMO"] = "1"
    config.settings.cache_clear()
    print(f"| {'work':<34} | {'median':>8} | {'p95':>8} | {'limit':>8} |      |")
    print(f"|{'-' * 36}|{'-' * 9}:|{'-' * 9}:|{'-' * 9}:|------|")
    with tempfile.TemporaryDirectory() as folder:
        for work in (_processes(Path(folder)), _documents(), _pages(Path(folder))):
            for row in work:
                _show(row)


def _show(row: Row) -> None:
    kept = "ok" if row.measured.median <= row.limit else "over"
    figures = " | ".join(f"{figure:>5.0f} {row.unit:<2}" for figure in (*row.measured, row.limit))
    print(f"| {row.what:<34} | {figures} | {kept:<4} |", flush=True)


def _minutes() -> DocumentForm:
    form = find("minutes").form.from_answers(json.loads(SAMPLE.read_text("utf-8")))
    if not form.validate():
        raise SystemExit(f"{SAMPLE} does not hold: {form.problems()}")
    return form


def _documents() -> Iterator[Row]:
    form = _minutes()
    words = printing.context(find("minutes"), form)
    template = (ROOT / "docx_templates" / "minutes.nb.docx").read_bytes()
    yield Row("minutes: Word, read back", "ms", times(_printing(form, "docx"), 40), 60)
    filling = times(lambda: docx.render(template, words, "nb"), 40)
    yield Row("minutes: Word, filling alone", "ms", filling, 60)
    yield Row("minutes: PDF/A + UA, read back", "ms", times(_printing(form, "pdf"), 15), 400)
    printing_alone = times(lambda: html_pdf.render("minutes", words), 15)
    yield Row("minutes: PDF, printing alone", "ms", printing_alone, 400)


def _printing(form: DocumentForm, wanted: Format) -> Callable[[], object]:
    return lambda: printing.render(find("minutes"), form, wanted)


def _pages(folder: Path) -> Iterator[Row]:
    settings = Settings(demo=True, data=folder / "pages", https=False)
    db.migrate(settings)
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        demo.load(session)
    app = create_app(settings)
    app.extensions["formsvc.printer"].wake = lambda: None  # what comes after the answer
    client = app.test_client()
    first = demo.LOG_INS[0]
    _post(client, "/login", email=first.email, password=first.password)
    form_page = times(lambda: client.get("/papers/minutes/new"), 40)
    yield Row("form page of the minutes", "ms", form_page, 50)
    yield Row("submit with its commit", "ms", times(_submission(client), 20), 150)


def _post(client: FlaskClient, address: str, **typed: object) -> str:
    """Send the form of a page, as a browser would; the address that the answer leads to."""
    page = client.get(address).text
    hidden = dict(
        re.findall(r'<input[^>]*type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
    )
    sent = client.post(address, data={**hidden, **typed})
    if sent.status_code != 303:
        raise SystemExit(f"{address} answered {sent.status}")
    return str(sent.location)


def _submission(client: FlaskClient) -> Callable[[], object]:
    typed = _minutes().typed()
    looks = [_post(client, "/papers/minutes/new", **typed, _action="review") for _ in range(23)]
    waiting = iter([(look, _issue_form(client.get(look).text)) for look in looks])

    def submit() -> None:
        look, (address, hidden) = next(waiting)
        sent = client.post(address, data=hidden)
        if sent.status_code != 303 or "/papers/drafts/" in str(sent.location):
            raise SystemExit(f"{look} was not issued: {sent.status}")

    return submit


def _issue_form(page: str) -> tuple[str, dict[str, str]]:
    """Where the last button of the look-over page sends, and what goes with it."""
    found = re.search(r'<form[^>]*action="([^"]*/issue)".*?</form>', page, re.DOTALL)
    if found is None:
        raise SystemExit("the page has no form that issues the paper")
    fields = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', found[0])
    return found[1], dict(fields)


def _processes(folder: Path) -> Iterator[Row]:
    out = folder / "minutes.docx"
    fill = [*FORMSVC, "fill", "minutes", "--data", str(SAMPLE), "--out", str(out)]
    cold = times(lambda: subprocess.run(fill, check=True), 7)
    yield Row("CLI: fill to Word, cold", "ms", cold, 1200)
    starts, sizes = [], []
    for number in range(4):
        started, size = _server(folder / "server")
        if number:  # the first start makes the database and the demo data
            starts.append(started)
            sizes.append(size)
    yield Row("start-up of the server", "ms", Times(sorted(starts)[1], max(starts)), 2000)
    yield Row("memory of the server after use", "MB", Times(sorted(sizes)[1], max(sizes)), 200)


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
    raise SystemExit(f"{address} did not answer")


def _render(address: str) -> None:
    headers = {"Authorization": f"Bearer {demo.TOKEN}", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(address, SAMPLE.read_bytes(), headers)).read()


def _resident_megabytes(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0


if __name__ == "__main__":
    main()
