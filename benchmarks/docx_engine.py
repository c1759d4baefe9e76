"""The Word engine beside docxtpl and the engines of Node, packed equally hard.

Ours is the whole way of the product: plain data demanded, the sandbox, the document, and the look
for answers that could be missing.
"""

from __future__ import annotations

import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from docxtpl import DocxTemplate

from benchmarks.measure import Group, Peer, in_process
from benchmarks.node_engines import Node
from formsvc.documents import checks, docx
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

ROOT = Path(__file__).parents[1]
#: made with Word's habits: tags split over runs, a picture, header and footer, 16 members
BUSY = ROOT / "benchmarks" / "data" / "minutes.docx"
OWN = ROOT / "docx_templates" / "minutes.nb.docx"


class Paper(NamedTuple):
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

    def by_us(self) -> Callable[[], bytes]:
        compiled = docx.load(self.template, level=6)  # as docxtpl and the others pack

        def filled() -> bytes:
            data = compiled.render(self.answers)
            if compiled.prints.unsure(self.printed):
                checks.nothing_lost(self.printed, docx.text(data))
            return data

        return filled


def busy(rows: int) -> Paper:
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
    return Paper(f"Minutes to Word, {rows:,} rows", BUSY.read_bytes(), answers, answers)


def own(rows: int) -> Paper:
    """The shipped template of the minutes with so many measures."""
    kind = find("minutes")
    form = kind.form.from_answers(load("minutes.nb"))
    words = printing.context(kind, form, "S-2026-0041")
    words["measures"] = list(itertools.islice(itertools.cycle(words["measures"]), rows))
    printed = {k: v for k, v in words.items() if k in form.words() and k != "language"}
    return Paper(f"Our own minutes to Word, {rows:,} rows", OWN.read_bytes(), words, printed)


#: for Node, by the names that its works ask for
ROWS = {"12": busy(12), "1000": busy(1000)}


def groups(node: Node | None) -> Iterator[Group]:
    """Few rows and many, in a template as Word leaves them and in our own."""
    for of, goal, goal_node, rounds in (("12", 40, 10, 15), ("1000", 10, 0, 9)):
        peers = [Peer(node.work(each, of), goal_node) for each in _NODE] if node else []
        yield _group(ROWS[of], goal, rounds, peers)
    yield _group(own(12), 40, 11, [])
    yield _group(own(1000), 10, 7, [])


_NODE = ("docxtemplater", "easy-template-x", "carbone")


def _group(paper: Paper, goal: float, rounds: int, peers: Sequence[Peer]) -> Group:
    docxtpl = in_process(f"docxtpl {version('docxtpl')}", paper.by_docxtpl)
    wanted = Counter(docx.text(paper.by_docxtpl()).split())

    def lacks(data: bytes) -> list[str]:
        found = Counter(docx.text(data).split()) if data else Counter[str]()
        return sorted(wanted - found)

    ours = in_process("formsvc", paper.by_us())
    return Group(paper.name, ours, [Peer(docxtpl, goal), *peers], rounds, lacks)
