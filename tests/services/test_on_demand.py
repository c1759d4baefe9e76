"""Documents for programs: in a press that can be stopped, with few who wait for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from formsvc import clock
from formsvc.documents import html_pdf
from formsvc.errors import (
    BadTemplate,
    DocumentFailed,
    InvalidAnswers,
    MissingLibrary,
    NoSuchFormat,
)
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.services import on_demand, press, printing
from tests.samples import load

#: takes minutes to lay out, and every text of it is allowed
HEAVY = load("minutes.nb") | {
    "items": [{"title": f"Sak {n}", "conclusion": "Rom " * 4900} for n in range(28)]
}


@pytest.fixture(autouse=True)
def own_press() -> Iterator[None]:
    """A press that begins and ends with the test."""
    on_demand._press.stop()  # noqa: SLF001
    yield
    on_demand._press.stop()  # noqa: SLF001


@pytest.mark.parametrize(
    ("slug", "wanted"),
    [("minutes", "docx"), ("minutes", "pdf"), ("consent", "fillable"), ("consent", "flattened")],
)
def test_a_program_is_given_what_the_service_itself_would_print(slug: str, wanted: Format) -> None:
    kind, answers = find(slug), load(f"{slug}.nn")
    assert on_demand.make(kind, answers, wanted) == printing.make(kind, answers, wanted)


def test_a_pdf_is_made_beside_the_service_and_beside_the_stored_papers() -> None:
    on_demand.make(find("consent"), load("consent.nb"), "fillable")
    own = on_demand._press._process  # noqa: SLF001
    assert own
    assert own is not press._press._process  # noqa: SLF001


def test_what_is_wrong_with_the_answers_is_told_before_anything_is_pressed() -> None:
    with pytest.raises(InvalidAnswers):
        on_demand.make(find("minutes"), {}, "pdf")
    with pytest.raises(NoSuchFormat, match="docx, pdf"):
        on_demand.make(find("minutes"), load("minutes.nb"), "fillable")
    assert on_demand._press._process is None  # noqa: SLF001


def test_a_pdf_that_takes_too_long_is_stopped_in_words_and_the_next_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as short:
        short.setattr(on_demand, "WALL", 2)
        with pytest.raises(on_demand.TooHeavy, match="Kort ned teksten"):
            on_demand.make(find("minutes"), HEAVY, "pdf")
    assert on_demand.make(find("consent"), load("consent.nb"), "fillable")


def test_two_may_be_made_or_wait_and_the_third_is_told_at_once() -> None:
    given = find("consent"), load("consent.nb"), "fillable"
    begun = threading.Barrier(3)

    def one() -> bytes:
        begun.wait()
        return on_demand.make(*given)  # type: ignore[arg-type]

    turn = on_demand._press._turn  # noqa: SLF001
    with ThreadPoolExecutor(3) as programs:
        with turn:  # as while another document is made
            asked = [programs.submit(one) for _program in range(3)]
            refused = _first_done(asked)
            assert isinstance(refused, on_demand.TooManyDocuments)
        refusals = [each for each in asked if each.exception()]
        assert len(refusals) == 1
    assert on_demand.make(*given)  # type: ignore[arg-type]


def _first_done(asked: list[Future[bytes]]) -> BaseException | None:
    done, _waiting = wait(asked, timeout=60, return_when=FIRST_COMPLETED)
    (only,) = done
    return only.exception()


def test_a_machine_without_pango_is_told_of_as_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library pango')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(MissingLibrary) as told:
        on_demand.make(find("minutes"), load("minutes.nb"), "pdf")
    assert str(told.value) == str(html_pdf.NO_PANGO)


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("MemoryError", on_demand.TooHeavy),
        ("FaultyTemplate", BadTemplate),
        ("BadTemplate", BadTemplate),
        ("AnswersLost", DocumentFailed),
        ("ZeroDivisionError", DocumentFailed),
    ],
)
def test_each_kind_of_failure_is_an_error_with_words(kind: str, meant: type[Exception]) -> None:
    error = on_demand._meant(kind)  # noqa: SLF001
    assert type(error) is meant
    assert str(error)


def test_a_pdf_is_printed_with_the_words_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[press.Order] = []
    monkeypatch.setattr(on_demand, "_pressed", orders.append)
    on_demand.make(find("minutes"), load("minutes.nb"), "pdf")
    assert [each.at[:10] for each in orders] == [clock.now().date().isoformat()]
