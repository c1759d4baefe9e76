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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Times, times
from formsvc import config, db
from formsvc.config import Settings
from formsvc.documents import docx, html_pdf
from formsvc.kinds import find
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
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_documents(), *_pages(Path(folder)), *_processes(Path(folder))]
    print(f"| {'work':<34} | {'median':>8} | {'p95':>8} | {'limit':>8} |   |")
    print(f"|{'-' * 36}|{'-' * 9}:|{'-' * 9}:|{'-' * 9}:|---|")
    for row in rows:
        kept = "ok" if row.measured.median <= row.limit else "over"
        figures = (f"{figure:>5.0f} {row.unit:<2}" for figure in (*row.measured, row.limit))
        print(f"| {row.what:<34} | {' | '.join(figures)} | {kept} |")


def _documents() -> Iterator[Row]:
    minutes = find("minutes")
    form = minutes.form.from_answers(json.loads(SAMPLE.read_text("utf-8")))
    form.validate()
    yield Row("minutes: Word, read back", "ms", times(_printing(form, "docx"), 40), 60)
    yield Row("minutes: PDF/A + UA, read back", "ms", times(_printing(form, "pdf"), 15), 400)
    words = printing.context(minutes, form)
    template = (ROOT / "docx_templates" / "minutes.nb.docx").read_bytes()
    yield Row("minutes: Word, filling alone", "ms", times(lambda: docx.render(template, words, "nb"), 40), 60)
    yield Row("minutes: PDF, printing alone", "ms", times(lambda: html_pdf.render("minutes", words), 15), 400)


def _printing(form, wanted):  # noqa: ANN001, ANN202
    return lambda: printing.render(find("minutes"), form, wanted)


def _pages(folder: Path) -> Iterator[Row]:
    settings = Settings(demo=True, data=folder / "pages", https=False)
    db.migrate(settings)
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        demo.load(session)
    client = create_app(settings).test_client()
    page = client.get("/login").text
    client.post("/login", data={"csrf_token": _token(page), **_credentials()})
    yield Row("form page of the minutes", "ms", times(lambda: _ok(client.get("/papers/minutes/new")), 40), 50)
    yield Row("submit with its commit", "ms", times(_submission(client), 20), 150)


def _credentials() -> dict[str, str]:
    first = demo.LOG_INS[0]
    return {"email": first.email, "password": first.password}


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no CSRF token"
    return found[1]


def _ok(response):  # noqa: ANN001, ANN202
    assert response.status_code in (200, 303), response.status
    return response


def _submission(client):  # noqa: ANN001, ANN202
    typed = find("minutes").form.from_answers(json.loads(SAMPLE.read_text("utf-8"))).typed()
    token = _token(client.get("/papers/minutes/new").text)

    def drafted() -> str:
        sent = client.post(
            "/papers/minutes/new", data={**typed, "csrf_token": token, "_action": "review"}
        )
        assert sent.status_code == 303, sent.status
        return str(sent.location)

    waiting = iter([drafted() for _ in range(25)])
    return lambda: _ok(client.post(next(waiting), data={"csrf_token": token}))


def _processes(folder: Path) -> Iterator[Row]:
    out = folder / "minutes.docx"
    fill = [*FORMSVC, "fill", "minutes", "--data", str(SAMPLE), "--out", str(out)]
    yield Row("CLI: fill to Word, cold", "ms", times(lambda: subprocess.run(fill, check=True), 7), 1200)
    starts, sizes = [], []
    for number in range(3):
        with _server(folder / "server") as (started, size):
            if number:  # the first start makes the database and the demo data
                starts.append(started)
                sizes.append(size())
    yield Row("start-up of the server", "ms", Times(min(starts), max(starts)), 2000)
    yield Row("memory of the server after use", "MB", Times(min(sizes), max(sizes)), 200)


@contextmanager
def _server(data: Path):  # noqa: ANN202
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "FORMSVC_DEMO": "1", "FORMSVC_DATA": str(data)}
    start = time.perf_counter()
    process = subprocess.Popen(
        [*FORMSVC, "run", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/healthz")
        started = (time.perf_counter() - start) * 1000

        def size() -> float:
            for wanted in ("docx", "pdf") * 5:
                _render(f"{address}/api/v1/render/minutes?format={wanted}", demo.TOKEN)
            return _resident_megabytes(process.pid)

        yield started, size
    finally:
        process.terminate()
        process.wait()


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address)
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise SystemExit(f"{address} did not answer")


def _render(address: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(address, SAMPLE.read_bytes(), headers)).read()


def _resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    main()
