"""The benchmark's own arithmetic and pictures; how long anything takes is no matter here."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest
from lxml import etree

from benchmarks import chart, table
from benchmarks.dialects import Carbone, Dialect, Mustache, translated
from benchmarks.measure import Alone, Beside, Broken, Group, Peer, Work, beside, in_process
from formsvc.documents import docx

BUSY = Path(__file__).parents[1] / "benchmarks" / "data" / "minutes.docx"
LINE = Beside("Minutes & more", "docxtpl", 0.5, 25, 50, 45, 55, 40)


def _taking(*seconds: float, makes: bytes = b"Kari") -> Work:
    """A work whose turns take so long, one after the other, however the clock goes."""
    turns = cycle(seconds)
    return Work("stopped", lambda times: next(turns) * times, lambda: makes)


def _lacks(data: bytes) -> list[str]:
    return [] if b"Kari" in data else ["Kari"]


def test_the_ratio_is_taken_within_each_round() -> None:
    # both get twice as slow in every other round, so that each ratio is the same
    ours, theirs = _taking(1, 2), _taking(10, 20)
    (line,) = beside(Group("noise", ours, [Peer(theirs, 10)], rounds=5))
    assert (line.least, line.ratio, line.most) == (10, 10, 10)
    assert line.reached


def test_a_work_is_repeated_until_its_turn_can_be_measured() -> None:
    asked: list[int] = []

    def turn(times: int) -> float:
        asked.append(times)
        return times / 1000

    beside(Group("short", Work("short", turn), [Peer(_taking(1))], rounds=2))
    assert asked[-2:] == [250, 250]


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # of other tests
def test_each_work_of_this_program_has_a_process_of_its_own() -> None:
    done: list[int] = []

    def make() -> bytes:
        done.append(1)
        sum(range(100_000))
        return b"Kari"

    beside(Group("apart", in_process("apart", make), [], 1, _lacks))
    assert done == [1]  # the look at what it makes; all else happened elsewhere


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")  # of other tests
def test_a_work_that_fails_in_its_process_breaks_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    looked = iter([b"Kari"])
    fails_later = in_process("fails", lambda: next(looked))
    with pytest.raises(Broken, match="fails has failed"):
        beside(Group("late", fails_later, [], 1, _lacks))
    assert "StopIteration" in capfd.readouterr().err


def test_a_peer_that_makes_nothing_breaks_the_run() -> None:
    nobody = Group("empty", _taking(1), [Peer(_taking(9, makes=b""))], 3, _lacks)
    with pytest.raises(Broken, match="none of the answers"):
        beside(nobody)


def test_ours_may_lack_nothing() -> None:
    def two(data: bytes) -> list[str]:
        return [*_lacks(data), *([] if b"Ola" in data else ["Ola"])]

    with pytest.raises(Broken, match="lacks Ola"):
        beside(Group("half", _taking(1), [], 3, two))
    (line,) = beside(Group("half", _taking(1, makes=b"Kari Ola"), [Peer(_taking(1))], 3, two))
    assert line.remark == "lacks Ola"


@pytest.mark.parametrize(
    ("dialect", "tags"),
    [
        (Mustache(), ["{#measures}{nr}", "{status}{/measures}", "{#confidential}", "{title}"]),
        (Carbone(), ["{d.measures[i].nr}", "{d.measures[i+1].nr}", "{d.title}"]),
    ],
)
def test_a_template_keeps_its_words_in_another_dialect(dialect: Dialect, tags: list[str]) -> None:
    before = docx.text(BUSY.read_bytes())
    after = docx.text(translated(BUSY.read_bytes(), dialect))
    assert "{%" not in after
    assert "{{" not in after
    for tag in tags:
        assert tag in after
    plain = {word for word in before.split() if word.isalpha() and word not in _TAG_WORDS}
    assert plain <= set(after.split())


#: of docxtpl's tags, which are no words of the paper
_TAG_WORDS = {"m", "a", "for", "in", "if", "endfor", "endif"} | {
    "participants", "absences", "agenda", "measures", "confidential", "title", "number", "date",
    "org", "place", "chair", "keeper", "referent"
}  # fmt: skip


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = etree.fromstring(chart.svg([LINE, LINE._replace(peer="carbone", ratio=0.5, goal=0)]))
    described = root.findtext("{*}desc")
    assert described is not None
    assert "Minutes & more: 50.0 times faster than docxtpl, where the goal is 40." in described
    assert "carbone" in described
    widths = [float(bar.attrib["width"]) for bar in root.iterfind("{*}rect[@class='bar']")]
    assert widths[0] > 300
    assert widths[1] == 0  # slower than the peer


def test_the_readme_shows_the_lines_that_have_a_goal() -> None:
    readme = "before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n"
    lines = [LINE, LINE._replace(peer="carbone", goal=0)]
    shown = table.in_readme(readme, lines)
    assert shown.startswith("before\n")
    assert shown.endswith("after\n")
    assert "old" not in shown
    assert "**50.0** (45.0–55.0) | 40 | yes |" in shown
    assert "carbone" not in shown


def test_a_limit_that_is_passed_is_said() -> None:
    over = table.page([LINE], [Alone("memory", 11, "MiB", 10)])
    assert "| memory | 11.0 MiB |  | 10 MiB | **no** |" in over
