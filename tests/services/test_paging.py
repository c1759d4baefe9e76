"""Long lists are walked page by page: every row once, whatever comes meanwhile."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from formsvc.models import Account, Paper
from formsvc.services import accounts, paging
from formsvc.services.paging import Page, Turn
from tests import stored

NOBODY = "0" * 32


def page(session: Session, turn: Turn) -> Page:
    return paging.page(session, Paper.issued_at, Paper.id, [true()], turn)


@pytest.mark.parametrize(
    ("rows", "pages"), [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (6, 2), (7, 3)]
)
def test_every_row_is_shown_once_forth_and_back(
    session: Session, kari: Account, rows: int, pages: int
) -> None:
    newest_first = [stored.issued(session, kari, number).id for number in range(rows)][::-1]
    walked = [page(session, Turn(size=3))]
    while walked[-1].older:
        walked.append(page(session, Turn(after=walked[-1].older, size=3)))
    assert [row_id for each in walked for row_id in each.ids] == newest_first
    assert len(walked) == pages
    back = [walked[-1]]
    while back[-1].newer:
        back.append(page(session, Turn(before=back[-1].newer, size=3)))
    assert [each.ids for each in back] == [each.ids for each in reversed(walked)]


@pytest.mark.parametrize(("rows", "more"), [(0, False), (2, False), (3, False), (4, True)])
def test_a_list_that_is_walked_onward_has_a_next_page_only_where_there_is_one(
    session: Session, kari: Account, rows: int, *, more: bool
) -> None:
    for number in range(rows):
        stored.issued(session, kari, number)
    wanted = paging.onward(select(Paper.reference), (Paper.reference,), "", 3)
    shown, key = paging.cut(session.execute(wanted).all(), (Paper.reference,), 3)
    assert len(shown) == min(rows, 3)
    assert bool(key) == more


def test_rows_of_the_same_moment_are_told_apart(session: Session, kari: Account) -> None:
    at = stored.issued(session, kari, 0).issued_at
    ids = {stored.issued(session, kari, n, issued_at=at).id for n in range(1, 8)}
    shown, turn = [], Turn(size=3)
    while True:
        found = page(session, turn)
        shown += found.ids
        if not found.older:
            break
        turn = Turn(after=found.older, size=3)
    assert len(shown) == len(set(shown)) == len(ids) + 1


def test_a_row_that_comes_meanwhile_moves_none_to_another_page(
    session: Session, kari: Account
) -> None:
    old = [stored.issued(session, kari, number).id for number in range(6)][::-1]
    first = page(session, Turn(size=3))
    stored.issued(session, kari, 7)
    assert page(session, Turn(after=first.older, size=3)).ids == old[3:]
    assert page(session, Turn(before=first.newer, size=3)).newer == ""


@pytest.mark.parametrize("key", ["x", "====", "æøå", "MjAyNg", "\0", "a" * 5000])
def test_a_key_that_nobody_gave_out_shows_the_newest(
    session: Session, kari: Account, key: str
) -> None:
    newest = stored.issued(session, kari).id
    for turn in (Turn(after=key), Turn(before=key)):
        assert page(session, turn).ids == [newest]


def test_beyond_the_last_row_one_comes_back_to_the_newest(session: Session, kari: Account) -> None:
    rows = [stored.issued(session, kari, number) for number in range(4)]
    first = page(session, Turn(size=3))
    session.delete(rows[0].documents[0])
    session.delete(rows[0])
    session.flush()
    assert page(session, Turn(after=first.older, size=3)).ids == first.ids


@pytest.mark.parametrize(
    "texts",
    [["a\0b", NOBODY], ["\ud800", NOBODY], ["Kari"], [1, NOBODY], ["Kari", 1], {"a": 1}, None],
)
def test_a_key_of_somebody_elses_making_begins_at_the_beginning(
    session: Session, kari: Account, texts: object
) -> None:
    key = base64.urlsafe_b64encode(json.dumps(texts).encode()).decode()
    assert [each.id for each in accounts.listed(session, after=key).accounts] == [kari.id]


@given(st.binary(max_size=60))
def test_no_key_is_an_error(key: bytes) -> None:
    place = paging._place(base64.urlsafe_b64encode(key).decode())  # noqa: SLF001
    assert place is None or place.at.tzinfo is not None
