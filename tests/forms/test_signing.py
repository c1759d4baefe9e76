"""Who must sign, by rules that the shipped profile does not have and a municipality may."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from formsvc import profile
from formsvc.config import settings
from formsvc.forms import signing

#: anybody at all is enough until ten
AGES = """
[[age_rules]]
from = 2026-01-01
version = "own"
ages = [
  { from_age = 0, guardians = "one", young_person = false },
  { from_age = 10, guardians = "all", young_person = false },
  { from_age = 18, guardians = "none", young_person = true },
]
"""
DAY = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def own_ages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A municipality with such rules."""
    file = tmp_path / "own.toml"
    file.write_text(AGES, "utf-8")
    monkeypatch.setenv("FORMSVC_PROFILE", str(file))
    settings.cache_clear()
    profile.of.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    profile.of.cache_clear()


@pytest.mark.parametrize(
    ("age", "roles", "is_enough"),
    [
        (9, ["parent"], True),
        (9, ["young_person"], True),
        (9, [], False),
        (10, ["parent"], True),
        (10, ["young_person"], False),
    ],
)
def test_where_one_is_enough_it_may_be_the_young_person(
    age: int, roles: list[str], *, is_enough: bool
) -> None:
    missing = signing.missing(birth_date=DAY.replace(year=DAY.year - age), day=DAY, roles=roles)
    assert (missing == "") == is_enough
