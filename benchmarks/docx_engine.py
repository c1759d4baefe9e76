"""``python -m benchmarks.docx_engine``: the Word engine beside docxtpl, packed equally hard.

Each round runs every engine in turn, and ratios are taken round by round, so that noise hits all
alike; what counts is the processor's time, not the clock's. Ours is the whole way of the product:
plain data demanded, the sandbox, the document, and the look for answers that could be missing.
"""

from __future__ import annotations

import io
import itertools
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from docxtpl import DocxTemplate

from formsvc.documents import checks, docx
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

ROOT = Path(__file__).parents[1]
#: made with Word's habits: tags split over runs, a picture, header and footer, 16 members
BUSY = ROOT / "benchmarks" / "data" / "minutes.docx"
OWN = ROOT / "docx_templates" / "minutes.nb.docx"

SHORTEST = 0.02  # s: what is faster is repeated within its turn


class Result(NamedTuple):
    """The seconds that each round took for one document."""

    name: str
    seconds: list[float]

    def ratio(self, other: Result) -> str:
        """How many times faster than another, with the spread: 10th to 90th percentile."""
        ratios = sorted(b / a for a, b in zip(self.seconds, other.seconds, strict=True))
        tenth = len(ratios) // 10
        middle = statistics.median(ratios)
        return f"{middle:.1f} ({ratios[tenth]:.1f} to {ratios[-1 - tenth]:.1f})"


def measured(works: dict[str, Callable[[], object]], rounds: int) -> list[Result]:
    """Each work once a round, one after the other."""
    repeats = {name: _repeats(work) for name, work in works.items()}
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.process_time()
            for _ in range(repeats[name]):
                work()
            seconds[name].append((time.process_time() - start) / repeats[name])
    return [Result(name, taken) for name, taken in seconds.items()]


def _repeats(work: Callable[[], object]) -> int:
    work()
    start = time.process_time()
    work()
    return max(1, int(SHORTEST / (time.process_time() - start)))


class Work(NamedTuple):
    """A template and the answers that it is filled with."""

    name: str
    template: bytes
    answers: dict[str, Any]
    #: what of them has to stand on the paper
    printed: dict[str, Any]

    def by_docxtpl(self) -> bytes:
        template = DocxTemplate(io.BytesIO(self.template))
        template.render(self.answers, autoescape=True)
        file = io.BytesIO()
        template.save(file)
        return file.getvalue()

    def by_us(self, level: int) -> Callable[[], bytes]:
        compiled = docx.load(self.template, level=level)

        def filled() -> bytes:
            data = compiled.render(self.answers)
            if compiled.prints.unsure(self.printed):
                checks.nothing_lost(self.printed, docx.text(data))
            return data

        return filled


def busy(rows: int) -> Work:
    """The busy template with so many measures."""
    names = itertools.cycle(["Kari Nordmann", "Čáhci & Đorđe <AS>", "Ola Løkken-Åsheim"])
    words = "Tiltaket settes i verk før neste møte; «tilbakemelding» går til leder & referent. "
    answers: dict[str, Any] = {
        **dict.fromkeys(["org", "chair", "keeper", "referent"], "Fjelldal & Li kommune"),
        "title": "Ansvarsgruppemøte",
        "number": "AG-0041/2026",
        "date": "14.10.2026",
        "time_from": "09:30",
        "time_to": "11:15",
        "place": "Møterom 2, Tunvegen 1",
        "next_date": "18.11.2026",
        "next_place": "Skolen",
        "referent_phone": "61 70 00 00",
        "confidential": True,
        "participants": [
            {
                "nr": n,
                "name": next(names),
                "role": "Kontaktlærer",
                "org": "Skole",
                "phone": "617000",
            }
            for n in range(1, 13)
        ],
        "absences": [{"name": next(names), "reason": "meldt forfall"} for _ in range(3)],
        "agenda": [
            {"nr": n, "title": f"Sak {n}", "text": words * (n % 3 + 1)} for n in range(1, 6)
        ],
        "measures": [
            {
                "nr": n,
                "what": words[: 60 + n * 37 % 22],
                "who": next(names),
                "due": f"{n % 27 + 1:02}.{n % 12 + 1:02}.2027",
                "status": ("åpen", "i gang", "ferdig")[n % 3],
                "urgent": n % 3 == 0,
            }
            for n in range(1, rows + 1)
        ],
    }
    return Work(f"busy minutes, {rows} rows", BUSY.read_bytes(), answers, answers)


def own(rows: int) -> Work:
    """The shipped template of the minutes with so many measures."""
    kind = find("minutes")
    form = kind.form.from_answers(load("minutes.nb"))
    words = printing.context(kind, form, "S-2026-0041")
    words["measures"] = list(itertools.islice(itertools.cycle(words["measures"]), rows))
    printed = {k: v for k, v in words.items() if k in form.words() and k != "language"}
    return Work(f"own minutes, {rows} rows", OWN.read_bytes(), words, printed)


def main() -> None:
    print("| work | docxtpl ms | ours ms | docxtpl / ours (10 % to 90 %) | with level 1 | goal |")
    print("|---|---:|---:|---:|---:|---:|")
    for make, rows, goal in ((busy, 12, 40), (busy, 1000, 10), (own, 12, 40), (own, 1000, 10)):
        work = make(rows)
        engines = {"docxtpl": work.by_docxtpl, "6": work.by_us(6), "1": work.by_us(1)}
        docxtpl, ours, light = measured(engines, rounds=11 if rows < 100 else 5)
        figures = (statistics.median(each.seconds) * 1000 for each in (docxtpl, ours))
        print(
            f"| {work.name} | {' | '.join(f'{each:.2f}' for each in figures)}"
            f" | {ours.ratio(docxtpl)} | {light.ratio(docxtpl)} | {goal} |"
        )


if __name__ == "__main__":
    main()
