"""``python -m benchmarks.kills``: the service is killed again and again while people work in it.

Four browsers begin, save, finish (with a double click) and discard papers without a pause, over
HTTP, and write down what the service acknowledged. Meanwhile ``kill -9`` meets the service at any
moment and it is started again. At the end what is stored is compared with what was acknowledged:
nothing lost, nothing doubled, nothing that was discarded back, no number left out, every document
made and whole. It exits with 1 where one of them does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from formsvc import db
from formsvc.config import Settings
from formsvc.kinds import find
from formsvc.models import Document, Draft, Paper
from formsvc.operations import backup, demo
from tests import postgres

KIND: Final = "minutes"
FORMSVC: Final = [sys.executable, "-c", "from formsvc.cli import main; main()"]
#: how long a start, or the documents that are left, may take on a busy machine, in seconds
PATIENCE: Final = 180
#: the same for the documents that are left: what a killed worker had is leased for three minutes
PATIENCE_FOR_DOCUMENTS: Final = 600
#: by hand, every time: what is told on a page is not looked at
TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
VERSION: Final = re.compile(r'name="_version"[^>]*value="(\d+)"')

Typed = dict[str, list[str]]


class Down(Exception):
    """The service did not answer: whether it did what it was asked is not known."""


class Service:
    """The service as a process of its own, on a port of its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.environment = os.environ | {
            "FORMSVC_DEMO": "1",
            "FORMSVC_DATA": str(folder),
            "FORMSVC_DATABASE_URL": settings.database_url,
        }
        self.log = (folder / "log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def start(self) -> float:
        """Start it; the seconds until it answers."""
        began = time.monotonic()
        command = [*FORMSVC, "run", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=self.log, stderr=self.log
        )
        while time.monotonic() - began < PATIENCE:
            with suppress(OSError, HTTPException):
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz")
                if connection.getresponse().status < 300:
                    return time.monotonic() - began
            time.sleep(0.05)
        raise SystemExit("The service does not start.")

    def end(self, how: signal.Signals) -> None:
        """Kill it, or ask it to stop, and wait until it is gone."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)


class Browser:
    """One person's browser: cookies, and the CSRF token of the page that was opened last."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: SimpleCookie = SimpleCookie()
        self.token = ""

    def ask(self, method: str, address: str, form: Typed | None = None) -> tuple[int, str, str]:
        """Status, where it leads to, and the page.

        :raises Down: without an answer, or with one that is cut.
        """
        headers = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrf_token": [self.token]}, doseq=True)
        try:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise Down from error
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        if token := TOKEN.search(page):
            self.token = token[1]
        return answer.status, answer.headers.get("Location", ""), page

    def log_in(self, who: demo.LogIn) -> None:
        """Log in as one of the demo's people."""
        self.ask("GET", "/login")
        answer = self.ask("POST", "/login", {"email": [who.email], "password": [who.password]})
        if answer[0] != 303:
            raise SystemExit(f"{who.email} cannot log in: {answer[0]}")
        self.ask("GET", f"/papers/{KIND}/new")


class Work(NamedTuple):
    """One draft, and what was acknowledged of it."""

    id: UUID
    #: the number that stands in the text that was acknowledged last
    number: int
    version: int


class Person(threading.Thread):
    """Works without a pause, and writes down what the service acknowledged."""

    def __init__(self, browser: Browser, over: threading.Event, seed: int) -> None:
        super().__init__()
        self.browser, self.over, self.chance = browser, over, random.Random(seed)  # noqa: S311
        self.drafts: dict[UUID, Work] = {}
        self.papers: dict[UUID, Work] = {}
        self.discarded: set[UUID] = set()
        #: drafts of which it is not known whether the last act on them was done
        self.open: set[UUID] = set()
        self.acknowledged = dict.fromkeys(("begun", "saved", "issued", "discarded"), 0)
        self.faults: list[str] = []

    def run(self) -> None:
        """Do one thing after the other until it is over."""
        while not self.over.is_set():
            act = self.chance.choice([self.begin, self.save, self.save, self.issue, self.discard])
            known = [work for work in self.drafts.values() if work.id not in self.open]
            work = self.chance.choice(known) if known else Work(uuid4(), 0, 0)
            try:
                act(work) if known else self.begin(work)
            except Down:
                self.open.add(work.id)
                time.sleep(0.05)

    def begin(self, _work: Work) -> None:
        """Begin a draft."""
        work = Work(uuid4(), 1, 1)
        self.open.add(work.id)  # until the answer is there
        form = typed(1) | {"_action": ["save"], "_draft": [str(work.id)]}
        status, address, _page = self.browser.ask("POST", f"/papers/{KIND}/new", form)
        if self.done(status, 303, "begin") and str(work.id) in address:
            self.open.discard(work.id)
            self.drafts[work.id] = work
            self.acknowledged["begun"] += 1

    def save(self, work: Work) -> None:
        """Save another text in it."""
        form = typed(work.number + 1) | {"_action": ["save"], "_version": [str(work.version)]}
        status, _address, _page = self.browser.ask("POST", f"/papers/drafts/{work.id}", form)
        if self.done(status, 303, "save"):
            self.drafts[work.id] = Work(work.id, work.number + 1, work.version + 1)
            self.acknowledged["saved"] += 1

    def issue(self, work: Work) -> None:
        """Finish it with a double click: both lead to the same paper."""
        form = {"_version": [str(work.version)]}
        address = f"/papers/drafts/{work.id}/issue"
        second: list[str] = []

        def click() -> None:
            with suppress(Down):
                second.append(other.ask("POST", address, dict(form))[1])

        other = Browser(self.browser.port)
        other.cookies, other.token = self.browser.cookies, self.browser.token
        clicking = threading.Thread(target=click)
        clicking.start()
        try:
            status, receipt, _page = self.browser.ask("POST", address, dict(form))
        finally:
            clicking.join()
        if self.done(status, 303, "issue"):
            self.papers[work.id] = self.drafts.pop(work.id)
            self.acknowledged["issued"] += 1
            if second and second[0] != receipt:
                self.faults.append(f"two clicks led to {receipt} and {second[0]}")

    def discard(self, work: Work) -> None:
        """Delete it."""
        form = {"_version": [str(work.version)]}
        answer = self.browser.ask("POST", f"/papers/drafts/{work.id}/discard", form)
        if self.done(answer[0], 303, "discard"):
            self.drafts.pop(work.id)
            self.discarded.add(work.id)
            self.acknowledged["discarded"] += 1

    def done(self, status: int, wanted: int, act: str) -> bool:
        """Whether it was acknowledged; what is neither that nor «try again» is a fault."""
        if status not in (wanted, 503):
            self.faults.append(f"{act}: status {status}")
        return status == wanted


def typed(number: int) -> Typed:
    """The sample of minutes as its page sends it, with a number in it."""
    form = find(KIND).form
    answers = form.sample() | {"place": f"Møterom {number}"}
    return {name: list(texts) for name, texts in form.from_answers(answers).typed().items()}


# What is compared at the end


def compared(session: Session, people: list[Person]) -> Iterator[str]:
    """Each fault that is found in what is stored."""
    for person in people:
        yield from person.faults
        for work in person.papers.values():
            yield from _compared_paper(session, work)
        for work in person.drafts.values():
            yield from _compared_draft(session, work, unknown=work.id in person.open)
        for draft_id in person.discarded:
            if session.get(Draft, draft_id):
                yield f"discarded, and back: {draft_id}"
    yield from _compared_numbers(session)


def _compared_paper(session: Session, work: Work) -> Iterator[str]:
    paper = session.scalar(select(Paper).where(Paper.draft_id == work.id))
    if paper is None:
        yield f"lost: the paper of draft {work.id}"
    elif _number(str(paper.answers["place"])) < work.number:
        yield f"older than acknowledged: {paper.reference}"
    if session.get(Draft, work.id):
        yield f"a draft is there beside its paper: {work.id}"


def _compared_draft(session: Session, work: Work, *, unknown: bool) -> Iterator[str]:
    draft = session.get(Draft, work.id)
    if draft is None:
        # an act on it that was not answered may have been to finish or to discard it
        if not unknown:
            yield f"lost: draft {work.id}"
    elif _number(draft.typed["place"][0]) < work.number:
        yield f"older than acknowledged: draft {work.id}"


def _number(place: str) -> int:
    return int(place.rpartition(" ")[2])


def _compared_numbers(session: Session) -> Iterator[str]:
    numbers = sorted(int(r.rpartition("-")[2]) for r in session.scalars(select(Paper.reference)))
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"numbers are left out or doubled: {len(numbers)} papers, the last {numbers[-1:]}"
    expected = len(numbers) * len(find(KIND).kept)
    made = session.scalar(
        select(func.count()).select_from(Document).where(Document.state == "issued")
    )
    if made != expected:
        yield f"{made} documents are made of {expected}"
    if session.get_bind().dialect.name == "sqlite":
        if (told := session.scalar(text("PRAGMA integrity_check"))) != "ok":
            yield f"integrity: {told}"
        if session.execute(text("PRAGMA foreign_key_check")).first():
            yield "a row points at one that is not there"


# The run


def run(settings: Settings, folder: Path, *, kills: int, clients: int, seconds: float) -> list[str]:
    """Let people work so long, and kill the service so many times; the faults that are found."""
    service, over = Service(settings, folder), threading.Event()
    service.start()
    people = [Person(Browser(service.port), over, seed) for seed in range(clients)]
    for person, who in zip(people, demo.LOG_INS * clients, strict=False):
        person.browser.log_in(who)
        person.start()
    chance, starts = random.Random(7), []  # noqa: S311 - a moment to kill at, not a secret
    time.sleep(seconds)
    for _ in range(kills):
        time.sleep(chance.uniform(0.2, 2.5))
        service.end(signal.SIGKILL)
        starts.append(service.start())
    over.set()
    for person in people:
        person.join()
    engine = db.engine(settings)
    try:
        with db.session_factory(engine, reading=True)() as session:
            _wait_for_documents(session)
            service.end(signal.SIGTERM)
            faults = list(compared(session, people))
    finally:
        engine.dispose()
    _tell(people, starts, kills)
    return faults


def _wait_for_documents(session: Session) -> None:
    deadline = time.monotonic() + PATIENCE_FOR_DOCUMENTS
    waiting = select(func.count()).select_from(Document).where(Document.state == "pending")
    while session.scalar(waiting) and time.monotonic() < deadline:
        session.rollback()  # a transaction sees the world as it was when it began
        time.sleep(0.2)
    session.rollback()


def _tell(people: list[Person], starts: list[float], kills: int) -> None:
    acts = {
        act: sum(person.acknowledged[act] for person in people)
        for act in ("begun", "saved", "issued", "discarded")
    }
    told = ", ".join(f"{number} {act}" for act, number in acts.items())
    middle = sorted(starts)[len(starts) // 2] if starts else 0
    print(
        f"{kills} kills; acknowledged: {told}; a start took {middle:.1f} s in the middle, "
        f"{max(starts, default=0):.1f} at most"
    )


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    with postgres.server() as folder, postgres.database(folder, "kills") as address:
        yield address


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kills", type=int, default=70)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=0, help="of work before the first kill")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, _database(asked.database) as address:
        folder = Path(name)
        settings = Settings(demo=True, data=folder, database_url=address, https=False)
        faults = run(
            settings, folder, kills=asked.kills, clients=asked.clients, seconds=asked.seconds
        )
        contents = backup.write(settings, folder / "backup.sqlite3")
        print(f"{contents.papers} papers, {contents.documents} documents, all opened and compared")
    for fault in (*faults, *contents.faults):
        print(fault, file=sys.stderr)
    sys.exit(1 if faults or contents.faults else 0)


if __name__ == "__main__":
    main()
