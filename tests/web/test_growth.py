"""No page asks more of the database, opens more or says more because there is more stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from formsvc.keys import Keyring
from formsvc.models import Account, Document, Draft, Paper
from formsvc.models.evaluation import SCALES
from formsvc.services import accounts, actor, audit, evaluations, login_sessions, shares, work
from formsvc.web import history
from formsvc.worker import listed
from tests import people, stored
from tests.people import Employee
from tests.queries import counted
from tests.web.conftest import Visitor

LogIn = Callable[[Employee], Visitor]

#: both more than any page shows, so that only what grows with what is stored can differ
FEW, MANY = 52, 104


@contextmanager
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A line for each sealed text that is opened meanwhile."""
    texts: list[int] = []
    really = Keyring.open

    def note(keyring: Keyring, *given: object) -> bytes:
        texts.append(1)
        return really(keyring, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Keyring, "open", note)
        yield texts


class Town:
    """A municipality that gets ever more of everything."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._size = 0
        self.kari = accounts.by_email(session, people.KARI.email)
        self.paper = stored.issued(session, self.kari, 900_000)
        self.draft = stored.begun(session, self.kari, 900_000)

    def grow(self, size: int) -> None:
        """So many of each: colleagues, their papers and drafts, looks, answers, jobs."""
        for number in range(self._size, size):
            email = f"n{number}@eksempel.no"
            self._colleague(
                people.employ(self._session, Employee(f"Nr. {number}", email, "referent")), number
            )
            for unit in ("Stor skole", f"Skole {number // 3}"):
                figures = dict.fromkeys(SCALES, 3)
                answers = {"unit": unit, "period": "2026-2", "arena": "other", "good": "Bra."}
                evaluations.keep(self._session, answers | figures)
        self._size = size
        self._session.commit()
        self._session.expunge_all()

    def _colleague(self, colleague: Account, number: int) -> None:
        self._looks(colleague)
        paper = stored.issued(self._session, colleague, number, kind="ke_ip_declined")
        document = Document(paper_id=paper.id, format="pdf")
        self._session.add(document)
        self._session.flush()
        work.add(self._session, "print", document.id)
        rows: list[Paper | Draft] = [paper, stored.begun(self._session, colleague, number)]
        for row in rows:
            shares.give(
                self._session, row, self.kari.id, actor.Employee(colleague), may_write=False
            )
        stored.issued(self._session, self.kari, 500_000 + number, changed_by=colleague)

    def _looks(self, colleague: Account) -> None:
        for subject, row in (("paper", self.paper), ("draft", self.draft)):
            audit.record(
                self._session,
                f"{subject}_viewed",
                by=actor.Employee(colleague),
                subject=subject,
                subject_id=row.id,
                kind="minutes",
            )

    def pages(self) -> dict[str, Employee]:
        """Where one sees what there is much of, and who does."""
        (school,) = evaluations.results(self._session).results
        self._session.rollback()  # the tables are for the pages now
        texts = f"/evaluation/results/{school.unit_id}/{school.period}/good"
        own = [
            *("/", "/papers/", "/papers/?whose=shared", "/papers/?kind=minutes"),
            *("/papers/drafts/", f"/papers/{self.paper.id}", f"/papers/{self.paper.id}/share"),
            *(f"/papers/drafts/{self.draft.id}", "/papers/minutes/new", "/account"),
        ]
        received = ["/papers/?whose=received", "/evaluation/results", texts]
        run = ["/accounts/", "/trail/?what=paper_viewed"]
        return {
            **dict.fromkeys(own, people.KARI),
            **dict.fromkeys(received, people.LIV),
            **dict.fromkeys(run, people.TORBJORN),
        }


def test_no_page_asks_or_opens_more_where_more_is_stored(
    app: Flask, log_in: LogIn, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsers = {who: log_in(who) for who in (people.KARI, people.LIV, people.TORBJORN)}
    town = Town(session)
    # once a minute a page notes that its log-in is in use, whatever is stored
    monkeypatch.setattr(login_sessions, "is_seen", lambda _login: True)
    cost: list[dict[str, tuple[int, int]]] = []
    for size in (FEW, MANY):
        town.grow(size)
        cost.append({})
        for page, who in town.pages().items():
            browsers[who].get(page)
            engine = app.extensions["formsvc.engine"]
            with counted(engine) as queries, opened(monkeypatch) as texts:
                assert browsers[who].get(page).status_code == 200, page
            cost[-1][page] = len(queries), len(texts)
        with counted(session) as queries:
            assert len(listed(session)) == size
        session.rollback()
        cost[-1]["jobs"] = len(queries), 0
    assert cost[0] == cost[1]
    assert max(texts for _queries, texts in cost[1].values()) <= 51, "what is not shown is opened"


@pytest.mark.parametrize("colleagues", [history.MOST - 1, history.MOST, history.MOST + 1])
def test_of_many_who_have_looked_the_last_ones_are_told(
    log_in: LogIn, session: Session, colleagues: int
) -> None:
    visitor = log_in(people.KARI)
    town = Town(session)
    town.grow(colleagues)
    for page in (f"/papers/{town.paper.id}", f"/papers/drafts/{town.draft.id}"):
        shown = visitor.get(page).text
        assert shown.count(" så på ") == min(colleagues, history.MOST)
        assert ("Flere har vært her før det." in shown) == (colleagues > history.MOST)
