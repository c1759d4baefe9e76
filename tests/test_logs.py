"""The log: each line tells when, how grave and from where, and never what somebody typed."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from sqlalchemy import select

from formsvc import db, logs, origin
from formsvc.config import Settings
from formsvc.kinds import KINDS, Kind
from formsvc.models import Event
from formsvc.operations import demo
from formsvc.services import audit

#: what is typed everywhere, and must stand nowhere
CANARY = "Kanarifugl"
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 (DEBUG|INFO|WARNING|ERROR) \S+( \S+)? [\w.]+: .+"
)


def line(record: logging.LogRecord) -> str:
    return logs.Line().format(record)


def record(name: str, words: str, *values: object, error: BaseException | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return line(logging.LogRecord(name, logging.INFO, "here.py", 7, words, values, exc_info))


def test_a_line_tells_when_how_grave_and_from_where() -> None:
    origin.set_current("192.0.2.7")
    told = record("formsvc.web.access", "refused: %s", "papers.mine")
    assert LINE.fullmatch(told)
    assert told.endswith(" INFO 192.0.2.7 formsvc.web.access: refused: papers.mine")


def test_of_another_librarys_words_only_the_constant_part_is_written() -> None:
    assert record("waitress.queue", "Task queue depth is %d", 3).endswith("Task queue depth is %d")
    assert record("weasyprint", f"no glyph for {CANARY}").endswith(" weasyprint: here:7")


def test_of_an_error_only_its_kind_and_place_are_written() -> None:
    try:
        int(CANARY)
    except ValueError as error:
        told = record("formsvc.web", "it failed", error=error)
    assert CANARY not in told
    assert re.search(r"it failed ValueError at .*test_logs\.py:\d+ test_of_an_error", told)
    assert "\n" not in told


def test_a_thread_that_ends_and_a_warning_say_no_word_of_what_they_were_about() -> None:
    code = f"""
import threading, warnings
from formsvc import logs
logs.configure()
logs.configure()
thread = threading.Thread(target=int, args=("{CANARY}",))
thread.start()
thread.join()
warnings.warn("{CANARY}")
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = ended.stderr.splitlines()
    assert "a thread ended: ValueError at " in first
    assert " py.warnings: " in second
    assert CANARY not in ended.stderr


class Running(NamedTuple):
    """The real service, in a process of its own."""

    port: int
    settings: Settings
    log: Path


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-c", "from formsvc.cli import main; main()"]
    environment = {**os.environ, "FORMSVC_DATA": str(tmp_path), "FORMSVC_DEMO": "1"}
    log = tmp_path / "log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [*program, "run", "--port", str(port)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
        ) as process,
    ):
        assert process.stdout
        assert any(b"Ctrl+C" in said for said in process.stdout), log.read_text()
        yield Running(port, Settings(demo=True, data=tmp_path), log)
        process.terminate()


class Browser:
    """A browser that types the canary wherever it can."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._opener = build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self._opener.addheaders = [("User-Agent", CANARY), ("Referer", f"http://{CANARY}/")]
        self._csrf = ""

    def open(
        self, path: str, body: bytes | None = None, *, forwarded: str = "192.0.2.9", token: str = ""
    ) -> tuple[int, str, str]:
        """Ask for a page; its status, where it stands, and its text."""
        headers = {"X-Forwarded-For": forwarded}
        if token:
            headers |= {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        asked = Request(self.address + path, body, headers)  # noqa: S310
        try:
            answer = self._opener.open(asked)
        except HTTPError as refused:
            answer = refused
        with answer:
            text = answer.read().decode("utf-8", "replace")
            csrf = re.search(r'name="csrf_token" value="([^"]+)"', text)
            self._csrf = csrf[1] if csrf else self._csrf
            return answer.status, answer.url.removeprefix(self.address), text

    def send(self, path: str, form: dict[str, list[str]]) -> tuple[int, str, str]:
        return self.open(path, urlencode({**form, "csrf_token": self._csrf}, doseq=True).encode())

    def log_in(self, email: str, password: str) -> int:
        self.open(f"/login?next=/{CANARY}")
        return self.send("/login", {"email": [email], "password": [password]})[0]


def canaries(kind: Kind) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The canary in every field; and in as many as a valid paper can hold it in."""
    typed = {
        name: list(texts)
        for name, texts in kind.form.from_answers(kind.form.sample()).typed().items()
    }
    everywhere = {name: [CANARY for _text in texts] or [CANARY] for name, texts in typed.items()}
    valid = dict(typed)
    for name, words in everywhere.items():
        form = kind.form.from_typed(valid | {name: words})
        if form.validate() and CANARY in json.dumps(form.answers()):
            valid[name] = words
    return everywhere, valid


def fill_in(browser: Browser, kind: Kind) -> bool:
    """Save, be refused, finish and read a paper; whether it could be finished."""
    everywhere, valid = canaries(kind)
    browser.open(f"/papers/{kind.slug}/new?child={CANARY}")
    status, address, _text = browser.send(
        f"/papers/{kind.slug}/new", everywhere | {"_action": ["review"]}
    )
    assert status == 422, kind.slug
    draft = address.partition("/review")[0]
    sent = valid | {"_action": ["review"], "_version": ["1"]}
    status, _address, text = browser.send(draft, sent)
    assert (status, CANARY in text) == (200, True), kind.slug
    status, receipt, text = browser.send(f"{draft}/issue", {"_version": ["2"]})
    assert status == 200, text
    for wanted in kind.kept:
        browser.open(f"{receipt}/{wanted}?name={CANARY}")
    return "/papers/" in receipt


def misuse(browser: Browser, port: int) -> None:
    """Send the canary where nothing is to be typed."""
    for path in (f"/papers/{CANARY}/new", f"/{CANARY}", f"/papers/?{CANARY}={CANARY}"):
        browser.open(path)
    browser.open("/evaluation/results", forwarded=CANARY)
    for body in (f'{{"{CANARY}": "{CANARY}"}}', f'"{CANARY}', CANARY):
        browser.open("/api/v1/render/minutes", body.encode(), token=demo.TOKEN)
    browser.open("/api/v1/render/minutes", b"{}", token=CANARY)
    odd = http.client.HTTPConnection("127.0.0.1", port)
    odd.request(CANARY.upper(), f"/{CANARY}", headers={"Host": CANARY * 8, "Cookie": CANARY})
    odd.getresponse().read()
    odd.close()


def test_what_is_typed_stands_in_no_line_of_the_log_and_in_no_event(running: Running) -> None:
    browser = Browser(running.port)
    assert browser.log_in(f"{CANARY}@eksempel.no", CANARY) == 422
    assert browser.log_in("referent@eksempel.no", CANARY) == 422
    browser.open("/evaluation/")
    answered = next(kind for kind in KINDS if not kind.formats)
    for typed in canaries(answered):
        browser.send("/evaluation/", typed)
    assert browser.log_in("referent@eksempel.no", demo.PASSWORD) == 200
    papers = [kind for kind in KINDS if kind.formats]
    assert [kind for kind in papers if not fill_in(browser, kind)] == []
    misuse(browser, running.port)

    log = running.log.read_text()
    assert CANARY.lower() not in log.lower()
    assert "@eksempel" not in log
    assert demo.PASSWORD not in log
    lines = log.splitlines()
    assert [each for each in lines if not LINE.fullmatch(each)] == []
    assert not [each for each in lines if "evaluation.ask" in each], "a family's answer has a time"
    for told in ("POST login.log_in 422", "log_in_failed", "logged_in", "papers.receipt 200"):
        assert told in log, told
    assert " 127.0.0.1 formsvc.web.traffic: " in log
    _check_events(running.settings, len(papers))


def _check_events(settings: Settings, papers: int) -> None:
    engine = db.engine(settings)
    with db.session_factory(engine, reading=True)() as session:
        events = session.scalars(select(Event)).all()
        rows = [
            str({column.name: getattr(each, column.name) for column in Event.__table__.columns})
            for each in events
        ]
        assert CANARY.lower() not in "".join(rows).lower()
        assert sum(each.what == "paper_issued" for each in events) == papers
        assert audit.verify(session) == []
    engine.dispose()
