"""The press: a process that makes documents, has limits, and knows no secret."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from formsvc import clock, config
from formsvc.config import Settings
from formsvc.documents import pdf_text
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.services import press, printing

LAST_MOMENT = "2026-12-31T22:59:59.999+00:00"


@pytest.fixture(autouse=True)
def own_press() -> Iterator[None]:
    """A press that begins and ends with the test."""
    press.stop()
    yield
    press.stop()


def order(wanted: Format, slug: str = "consent", day: str = "2026-11-26") -> press.Order:
    """A sample to be made, of noon that day."""
    answers = find(slug).form.sample()
    return press.Order(slug, answers, wanted, "S-2026-0042", f"{day}T11:00:00+00:00")


def process_id() -> int:
    """The process that is waiting for orders."""
    press.warm()
    process = press._press._process  # noqa: SLF001
    assert process
    return process.pid


@pytest.mark.parametrize("wanted", ["docx", "pdf", "fillable"])
def test_the_press_makes_what_the_service_would(wanted: Format) -> None:
    given = order(wanted)
    kind = find(given.kind)
    form = kind.form.from_answers(given.answers)
    assert press.make(given) == printing.render(kind, form, wanted, given.reference)


def test_a_paper_is_printed_with_the_words_of_its_own_day(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "profile.toml").write_text(
        "[[titles.minutes]]\nfrom = 2026-01-01\nnb = 'Protokoll'\nnn = 'Protokoll'\n"
        "[[titles.minutes]]\nfrom = 2026-11-26\nnb = 'Møtebok'\nnn = 'Møtebok'\n"
    )
    monkeypatch.chdir(tmp_path)  # the press stands elsewhere
    with config.using(Settings(demo=True, profile=Path("profile.toml"))):
        for day, title in (("2026-11-25", "Protokoll"), ("2026-11-26", "Møtebok")):
            assert title in pdf_text.text(press.make(order("pdf", "minutes", day)).data)
    assert "Møtebok" not in pdf_text.text(press.make(order("pdf", "minutes", "2026-11-26")).data)


def test_a_paper_of_the_last_moment_of_a_day_is_of_that_day() -> None:
    last = press.Order("minutes", find("minutes").form.sample(), "pdf", "R-2026-0042", LAST_MOMENT)
    printed: list[object] = []

    def render(*_given: object) -> printing.Printed:
        time.sleep(0.01)
        printed.append(clock.today())
        return printing.Printed(b"", "")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "render", render)
        press._made(last)  # noqa: SLF001 - what the process does with an order
    assert [str(day) for day in printed] == ["2026-12-31"]


@pytest.mark.parametrize(
    "change",
    [
        {"was_asked_once": "Det Nora sa den gangen"},
        {"child": {"name": "Nora Nygård", "nickname": "Nusse"}},
        {"purposes": ["a_purpose_of_then"]},
    ],
    ids=["a field", "a field of a group", "a code"],
)
def test_what_the_form_of_today_has_no_place_for_is_an_error_and_never_dropped(
    change: dict[str, object],
) -> None:
    given = order("pdf")
    with pytest.raises(press.Failed) as failed:
        press.make(given._replace(answers={**given.answers, **change}))
    assert failed.value.kind == "FormChanged"


def test_one_process_makes_one_document_after_the_other_and_a_new_one_follows_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(press, "MOST_DOCUMENTS", 2)
    first = process_id()
    press.make(order("fillable"))
    assert process_id() == first
    press.make(order("fillable"))
    assert process_id() != first


def test_a_press_that_was_killed_while_it_waited_is_replaced() -> None:
    first = process_id()
    os.kill(first, signal.SIGKILL)
    press._press._process.wait()  # type: ignore[union-attr]  # noqa: SLF001
    assert press.make(order("fillable")).data
    assert process_id() != first


def test_what_goes_wrong_within_is_told_by_its_kind() -> None:
    with pytest.raises(press.Failed) as failed:
        press.make(order("fillable")._replace(kind="Nora"))
    assert failed.value.kind == str(failed.value) == "UnknownKind"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's environment")
def test_the_press_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FORMSVC_SECRET_KEY", "not for the press")
    monkeypatch.setenv("FORMSVC_SECRET_KEY_FILE", str(tmp_path))
    monkeypatch.setenv("FORMSVC_DATABASE_URL", "postgresql://user:password@localhost/formsvc")
    environment = Path(f"/proc/{process_id()}/environ")
    while not (known := environment.read_text()):  # it has just begun
        time.sleep(0.01)
    assert "FORMSVC_DEMO=1" in known
    assert "SECRET" not in known
    assert "DATABASE" not in known


class _LateTimer(threading.Timer):
    """A watch that strikes when it is taken away, as one may that has just run out."""

    def cancel(self) -> None:
        self.function()
        super().cancel()


def test_a_watch_that_strikes_after_the_answer_costs_the_next_order_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as late:
        late.setattr(threading, "Timer", _LateTimer)
        assert press.make(order("fillable")).data
        process = press._press._process  # noqa: SLF001
        assert process is None, "it is killed, and not for the next order"
    assert press.make(order("fillable")).data


def test_an_order_that_meets_a_dead_press_is_handed_in_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = process_id()
    process = press._press._process  # noqa: SLF001
    assert process
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    # dead, and the look before the order came a moment too early to see it
    monkeypatch.setattr(process, "poll", lambda: None)
    assert press.make(order("fillable")).data


def test_a_press_that_dies_again_and_again_is_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(press, "MEMORY", 60_000_000)  # Python has begun, and gets no further
    with pytest.raises(press.Stopped):
        press.make(order("pdf")._replace(answers={"place": "Rom " * 100_000}))


def test_presses_that_follow_one_another_are_ended_once_at_the_exit() -> None:
    process_id()
    before = atexit._ncallbacks()  # noqa: SLF001
    press.stop()
    process_id()
    assert atexit._ncallbacks() == before  # noqa: SLF001
