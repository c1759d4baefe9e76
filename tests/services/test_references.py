"""Every paper has a number of its own."""

from __future__ import annotations

import threading

from sqlalchemy.orm import Session, sessionmaker

from formsvc.services.references import next_reference


def test_references_count_up_by_prefix_and_year(session: Session) -> None:
    asked = [("S", 2026), ("S", 2026), ("R", 2026), ("S", 2027), ("S", 2026)]
    assert [next_reference(session, prefix, year) for prefix, year in asked] == [
        "S-2026-0001",
        "S-2026-0002",
        "R-2026-0001",
        "S-2027-0001",
        "S-2026-0003",
    ]


def test_papers_that_are_issued_at_once_get_numbers_of_their_own(
    sessions: sessionmaker[Session],
) -> None:
    given: list[str] = []

    def issue() -> None:
        for _ in range(10):
            with sessions.begin() as session:
                given.append(next_reference(session, "S", 2026))

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == [f"S-2026-{number:04}" for number in range(1, 41)]


def test_a_paper_that_failed_leaves_its_number_to_the_next(
    sessions: sessionmaker[Session],
) -> None:
    with sessions() as session:
        next_reference(session, "S", 2026)
        session.rollback()
    with sessions.begin() as session:
        assert next_reference(session, "S", 2026) == "S-2026-0001"


def test_the_ten_thousandth_paper_has_a_number_too(session: Session) -> None:
    for _ in range(3):
        next_reference(session, "S", 2026)
    session.connection().exec_driver_sql("UPDATE reference_counter SET last = 9999")
    assert next_reference(session, "S", 2026) == "S-2026-10000"
