"""Pages wait behind nobody: what takes long, or would be done twice, has threads of its own."""

from __future__ import annotations

import re
import time
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

from formsvc.kinds import find
from formsvc.operations import demo
from formsvc.web.connections import THREADS
from tests.web.running import PATIENCE, Running, running

#: passwords are looked at for as long as this file is not there
HELD = """
import formsvc.services.password as p, pathlib, sys, time
check = p._check
def held(asked):
    sys.stderr.write("CHECKING\\n")
    while not pathlib.Path({until!r}).exists():
        time.sleep(0.01)
    return check(asked)
p._check = held
"""
#: each Word document that is made is told
TOLD = """
import formsvc.services.printing as p, sys
render = p.render
def told(*given):
    sys.stderr.write("MADE\\n")
    return render(*given)
p.render = told
"""


class Browser:
    """A browser that keeps its cookies."""

    def __init__(self, service: Running, cookie: str = "") -> None:
        self._service = service
        self.cookie = cookie
        page = self.ask("/login" if not cookie else "/papers/minutes/new")[1]
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        self._token = token[1]

    def ask(self, address: str, body: str | None = None) -> tuple[int, str]:
        """Ask for a page: its status and, where it leads elsewhere, that address, else itself."""
        answer, page = self._service.ask(address, body, Cookie=self.cookie)
        cookies = [each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or []]
        self.cookie = "; ".join(cookies) or self.cookie
        return answer.status, answer.getheader("Location") or page.decode()

    def send(self, address: str, typed: dict[str, list[str]], **own: str) -> tuple[int, str]:
        """Press a button of a page."""
        fields = {**typed, **own, "csrf_token": self._token}
        return self.ask(address, urlencode(fields, doseq=True))

    def log_in(self) -> int:
        """Log in as the demo's coordinator."""
        somebody = demo.LOG_INS[1]
        return self.send("/login", {}, email=somebody.email, password=somebody.password)[0]


def at_once(acts: list[Thread]) -> None:
    for act in acts:
        act.start()


def test_pages_do_not_wait_behind_log_ins(tmp_path: Path) -> None:
    until, statuses = tmp_path / "now", []
    with running(tmp_path, before=HELD.format(until=str(until))) as service:
        crowd = [Browser(service) for _each in range(2 * THREADS)]
        acts = [Thread(target=lambda each=each: statuses.append(each.log_in())) for each in crowd]
        at_once(acts)
        end = time.monotonic() + PATIENCE
        while "CHECKING" not in service.errors():
            assert time.monotonic() < end
            time.sleep(0.01)
        for _page in range(THREADS):
            assert service.ask("/login")[0].status == 200
        assert statuses == []
        until.touch()
        for act in acts:
            act.join()
    assert statuses == [303] * len(crowd)


def test_word_is_made_once_for_each_of_many_papers_finished_at_once(tmp_path: Path) -> None:
    form = find("minutes").form
    typed = form.from_answers(form.sample()).typed()
    answers: list[tuple[int, str]] = []
    with running(tmp_path, before=TOLD) as service:
        first = Browser(service)
        assert first.log_in() == 303
        crowd = [Browser(service, first.cookie) for _each in range(2 * THREADS)]
        begun = [each.send("/papers/minutes/new", typed, _action="save") for each in crowd]
        drafts = [address.partition("?")[0] for _status, address in begun]

        def finish(browser: Browser, draft: str) -> None:
            answers.append(browser.send(f"{draft}/issue", {}, _version="1"))

        acts = [Thread(target=finish, args=pair) for pair in zip(crowd, drafts, strict=True)]
        at_once(acts)
        for act in acts:
            act.join()
        assert [status for status, _address in answers] == [303] * len(crowd)
        assert len({address for _status, address in answers}) == len(crowd)
        assert service.errors().count("MADE") == len(crowd)
