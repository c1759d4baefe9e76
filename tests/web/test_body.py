"""JSON from programs, read strictly."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formsvc.web import body

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_any_json_is_read_exactly_or_refused(value: Any) -> None:
    try:
        read = body.parse(json.dumps(value).encode())
    except body.UnreadableBody:
        return
    assert read == value


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(body.UnreadableBody):
        body.parse(data)


@pytest.mark.parametrize(("text", "number"), [("2.0", 2), ("-0", 0), ("1e2", 100), ("0.5", 0.5)])
def test_a_number_is_one_however_it_is_written(text: str, number: float) -> None:
    read = body.parse(text.encode())
    assert (read, type(read)) == (number, type(number))


@pytest.mark.parametrize("text", ["9007199254740993", "-9007199254740993", "1e400"])
def test_a_number_that_others_would_round_is_refused(text: str) -> None:
    with pytest.raises(body.UnreadableBody, match="for stort"):
        body.parse(text.encode())
