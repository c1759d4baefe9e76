"""Whatever is sent, nothing that reads it takes more than a time in proportion to its length."""

from __future__ import annotations

import pytest

from tests.any_length import ends


@pytest.mark.parametrize("work", ["readers", "forms", "page"])
def test_a_text_of_any_kind_and_length_is_read_in_one_go(work: str) -> None:
    assert ends(work)
