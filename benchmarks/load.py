"""``python -m benchmarks.load``: how long pages take when many people ask for them at once.

It starts the real service on a database with a municipality in it (loaded first where it is not
there), logs as many people in as there are clients, and lets each of them ask for one page after
another over HTTP, with a pause between two as somebody has who reads. ``--pause 0`` measures what
the service can do at most: clients then wait for each other, and the time says how many they are.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlencode

from formsvc.operations.demo import PASSWORD
from formsvc.operations.sample_municipality import SIZES, STAFF

#: what issue and README promise of a page: 95 of 100 are there in so many milliseconds
GOAL: Final = 300
HOST: Final = "127.0.0.1"


class Asked(NamedTuple):
    """What was measured of one page."""

    page: str
    milliseconds: list[float]
    seconds: float
    failures: int

    def quantile(self, part: float) -> float:
        """The time in which so great a part of the answers was there."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else 0.0

    def __str__(self) -> str:
        """One line of the table."""
        times = " | ".join(f"{self.quantile(part):,.0f}" for part in (0.5, 0.95, 0.99, 1))
        rate = len(self.milliseconds) / self.seconds
        reached = "yes" if self.quantile(0.95) <= GOAL and not self.failures else "no"
        return f"| {self.page} | {rate:.0f} | {times} | {self.failures} | {reached} |"


class Person:
    """Somebody with a browser: logged in, with one connection that is kept open."""

    def __init__(self, port: int, email: str) -> None:
        """:raises RuntimeError: when the log-in is refused."""
        self._port = port
        self._connection = http.client.HTTPConnection(HOST, port, timeout=60)
        self._cookies = SimpleCookie()
        page = self.get("/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        fields = {"email": email, "password": PASSWORD, "csrf_token": token[1] if token else ""}
        status, _body = self._ask("POST", "/login", urlencode(fields))
        if status != 303:
            raise RuntimeError(f"{email} cannot log in ({status})")

    def get(self, address: str) -> str:
        """A page.

        :raises RuntimeError: when it is not there.
        """
        status, body = self._ask("GET", address)
        if status != 200:
            raise RuntimeError(f"{address}: {status}")
        return body

    def _ask(self, method: str, address: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": self._cookies.output([], "", ";").strip()} if self._cookies else {}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, address, body or None, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return answer.status, text


def main() -> None:
    """Load, serve, ask, tell."""
    asked = _asked()
    env = {**os.environ, "FORMSVC_DEMO": "1", "FORMSVC_DATA": str(asked.data)}
    if asked.database_url:
        env["FORMSVC_DATABASE_URL"] = asked.database_url
    _formsvc(env, "demo-data", "--size", asked.size)
    with _served(env) as port:
        people = [Person(port, email) for email in _emails(asked.clients, asked.size)]
        head = f"{asked.clients} clients, a pause of {asked.pause} s, {asked.seconds} s a page"
        print(
            f"\n{head}\n\n| page | a second | p50 ms | p95 ms | p99 ms | max ms | failed | goal |"
        )
        print("|---|---:|---:|---:|---:|---:|---:|---|")
        measured = []
        for page, addresses in _pages(people).items():
            measured.append(_measure(page, people, addresses, asked.seconds, asked.pause))
            print(measured[-1], flush=True)
    sys.exit(1 if any(each.failures for each in measured) else 0)


def _emails(clients: int, size: str) -> list[str]:
    """Those who write papers, and for every sixteen of them one of the coordinating unit."""
    unit = SIZES[size] * sum(STAFF[role] for role in ("referent", "coordinator"))
    numbers = [*range(unit, unit + clients // 16), *range(clients)]
    return [f"ansatt{number}@eksempel.no" for number in numbers[:clients]]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder for the database")
    parser.add_argument("--database-url", default="", help="PostgreSQL; SQLite in --data without")
    parser.add_argument("--size", choices=list(SIZES), default="municipality")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each page")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two pages")
    return parser.parse_args()


def _formsvc(env: dict[str, str], *words: str) -> None:
    command = [str(Path(sys.executable).with_name("formsvc")), *words]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def _served(env: dict[str, str]) -> Iterator[int]:
    """The port of a service that runs for as long as the block lasts."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("formsvc")), "run", "--port", str(port)]
    service = subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port)
        yield port
    finally:
        service.terminate()
        service.wait(30)


def _await(port: int) -> None:
    for _try in range(300):
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.2)
    raise RuntimeError("the service has not started within a minute")


def _pages(people: list[Person]) -> dict[str, list[Callable[[int], str]]]:
    """For each page, what each person asks for at their first, second, … turn."""

    def always(address: str) -> list[Callable[[int], str]]:
        return [lambda _turn: address for _person in people]

    return {
        "start": always("/"),
        "papers": [_walk(person, "/papers/") for person in people],
        "drafts": always("/papers/drafts/"),
        "receipt": [_each(person, r"/papers/[0-9a-f-]{36}", "/papers/") for person in people],
        "form, new": always("/papers/minutes/new"),
        "form, draft": [
            _each(person, r"/papers/drafts/[0-9a-f-]{36}", "/papers/drafts/") for person in people
        ],
    }


def _each(person: Person, address: str, listed: str) -> Callable[[int], str]:
    """Each of the addresses that a list leads to, in turn."""
    links = re.findall(f'href="({address})"', person.get(listed))
    return lambda turn: str(links[turn % len(links)])


def _walk(person: Person, first: str) -> Callable[[int], str]:
    """The pages of a list one after the other, and from the last one to the first again."""
    way, page = [first], person.get(first)
    while (older := re.search(r'href="([^"]+)"\s+rel="next"', page)) and len(way) < 10:
        way.append(older[1].replace("&amp;", "&"))
        page = person.get(way[-1])
    return lambda turn: way[turn % len(way)]


def _measure(
    page: str,
    people: list[Person],
    addresses: list[Callable[[int], str]],
    seconds: float,
    pause: float,
) -> Asked:
    begin = time.perf_counter() + 0.5
    end = begin + seconds
    times: list[list[float]] = [[] for _person in people]
    failures = [0] * len(people)

    def ask(number: int) -> None:
        # they do not all begin in the same moment: nobody's day does
        time.sleep(max(0.0, begin - time.perf_counter()) + pause * number / len(people))
        turn = 0
        while time.perf_counter() < end:
            asked_at = time.perf_counter()
            try:
                people[number].get(addresses[number](turn))
            except (OSError, RuntimeError, http.client.HTTPException):
                failures[number] += 1
            times[number].append((time.perf_counter() - asked_at) * 1000)
            turn += 1
            time.sleep(pause)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Asked(page, [one for own in times for one in own], seconds, sum(failures))


if __name__ == "__main__":
    main()
