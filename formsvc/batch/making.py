"""Many papers at once: a document of every row on all cores, and a report of the rows refused.

What a run has made it does not make again: it may be stopped, or killed, and started anew, also
after some rows, the template or the profile were changed. Memory does not grow with the rows.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal, NamedTuple

import formsvc
from formsvc import config, kinds, profile, whole_file
from formsvc.batch import rows, workers
from formsvc.batch.journal import Journal
from formsvc.batch.rows import Row, RowFile
from formsvc.batch.tables import CsvWriter
from formsvc.config import Settings
from formsvc.documents import html_pdf
from formsvc.errors import FormsvcError, InvalidAnswers, MissingLibrary, Problem
from formsvc.formats import Format
from formsvc.kinds import Kind
from formsvc.language import PAPER_LANGUAGES, speaking
from formsvc.language import gettext as _
from formsvc.services import printing, templates

log = logging.getLogger(__name__)

#: how many rows a process is handed at a time: some milliseconds' work each way
_CHUNK: Final[dict[Format, int]] = {"docx": 8}


class Outcome(NamedTuple):
    """What became of one row."""

    number: int
    what: Literal["made", "kept", "refused"]
    #: what has to be mended before it can be made, in the language of the paper
    problems: list[Problem]
    #: characters that were replaced, and the advice that a page would give
    notices: list[Problem]
    #: what it took, in the process that made it
    seconds: float


def run(
    kind: Kind, source: RowFile, out: Path, wanted: Format, jobs: int | None = None
) -> Generator[Outcome, None, None]:
    """Make a document of every row; the outcome of each, in the order of the rows.

    Documents are called ``<kind>-<row>.<ending>``. Refused rows are listed in ``refused.jsonl``,
    and those of a table also in ``refused.csv``, which can be mended and given to the next run.

    :param out: the folder; made if it is not there.
    :param jobs: how many processes; all cores by default, and with 1 only the caller's own.
    :raises NoSuchFormat: when the kind does not come in that format.
    :raises UnreadableRows: where the file of rows is damaged; all before it is done then.
    :raises BatchStopped: when another run works in the folder, or processes cannot work at all.
    :raises OSError: when something cannot be read or written.
    """
    printing.demand(kind, wanted)
    out.mkdir(parents=True, exist_ok=True)
    shapes = _fingerprint(kind, wanted)
    order = Order(kind.slug, wanted, out, bool(source.columns), shapes, config.current())
    with closing(Journal(order.journal)) as journal, journal.alone():
        order.sweep()
        # the cells of a refused row are needed until its outcome is told
        waiting: dict[int, Row] = {}
        work = workers.Work(
            partial(_ready, order), partial(_warm, kind, wanted), _lost, _CHUNK.get(wanted, 1)
        )
        with closing(_Report(out, source.columns)) as report:
            tasks = (waiting.setdefault(row.number, row) for row in source)
            for outcome in workers.each(work, tasks, jobs or workers.cores()):
                row = waiting.pop(outcome.number)
                if outcome.what == "refused":
                    report.add(row, outcome.problems)
                yield outcome
            report.publish()


@dataclass(frozen=True)
class Order:
    """What a process has to know to make the documents of a batch."""

    slug: str
    wanted: Format
    out: Path
    #: whether the rows come from a table
    table: bool
    #: of all that shapes a document, but for its row
    fingerprint: bytes
    #: of the installation that makes them
    settings: Settings

    @property
    def journal(self) -> Path:
        """Where it stands which rows are made."""
        return self.out / f".{self.slug}.{_ending(self.wanted)}.journal"

    def document(self, number: int) -> Path:
        """The file of a row's document."""
        return self.out / f"{self.slug}-{number:06}.{_ending(self.wanted)}"

    def sweep(self) -> None:
        """Remove what a run that was killed has left half written."""
        for part in self.out.glob(f".{self.slug}-*.{_ending(self.wanted)}.part"):
            part.unlink(missing_ok=True)


def _fingerprint(kind: Kind, wanted: Format) -> bytes:
    """Of all that shapes a document of this kind and format today, but for the answers."""
    shapes = hashlib.sha256(f"{formsvc.__version__} {kind.slug} {wanted}".encode())
    own = config.current()
    shapes.update(str(own.demo).encode())
    for path in (profile.SHIPPED, own.profile):
        shapes.update(path.read_bytes() if path else b"-")
    for language in PAPER_LANGUAGES:
        # the profile's words are dated: what they are today is what is printed
        form = kind.form.from_answers(kind.form.sample(language))
        words = printing.context(kind, form)["paper"]
        shapes.update(json.dumps(words, sort_keys=True, default=str).encode())
    for template in _templates(kind, wanted):
        shapes.update(template)
    return shapes.digest()


def _templates(kind: Kind, wanted: Format) -> Iterator[bytes]:
    if wanted == "pdf":
        yield html_pdf.template_sha256(kind.slug).encode()
        return
    if wanted != "docx":  # what does not fit in the official form is printed beside it
        yield html_pdf.template_sha256("continuation").encode()
    for language in PAPER_LANGUAGES:
        yield templates.in_use(f"{kind.slug}.{language}.{_ending(wanted)}")


def _ending(wanted: Format) -> str:
    return "docx" if wanted == "docx" else "pdf"


def _warm(kind: Kind, wanted: Format) -> None:
    """Make one document for nothing, so that templates and fonts are loaded before the fork.

    :raises MissingLibrary: when the system cannot print PDFs, which no row can mend.
    """
    try:
        printing.render(kind, kind.form.from_answers(kind.form.sample()), wanted)
    except MissingLibrary:
        raise
    except Exception:
        log.debug("The sample could not be printed; each row will say so itself.", exc_info=True)


def _lost(row: Row) -> Outcome:
    sentence = _(
        "Prosessen som laget dokumentet, ble avbrutt to ganger. Trolig tok maskinens minne slutt."
        " Kjør på nytt med --jobs 1."
    )
    return Outcome(row.number, "refused", [Problem("", sentence)], [], 0.0)


# -- in each process ------------------------------------------------------------------------------


@contextmanager
def _ready(order: Order) -> Iterator[Callable[[Row], Outcome]]:
    with config.using(order.settings), closing(Journal(order.journal)) as journal:
        yield partial(_outcome, order, kinds.find(order.slug), journal)


def _outcome(order: Order, kind: Kind, journal: Journal, row: Row) -> Outcome:
    """Make the document of a row, unless it stands there already."""
    start = time.perf_counter()
    document = order.document(row.number)
    fingerprint = hashlib.sha256(order.fingerprint + row.data).digest()
    before = journal[row.number]
    if before == fingerprint and _stands(document):
        return Outcome(row.number, "kept", [], [], time.perf_counter() - start)
    if before:
        journal[row.number] = b""  # first: what stands there is soon another row's
    made = _made(order, kind, row)
    if isinstance(made, Outcome):
        if before:
            document.unlink(missing_ok=True)  # of what the row was; it must not be sent
        return made._replace(seconds=time.perf_counter() - start)
    data, notices = made
    whole_file.write(document, data)
    journal[row.number] = fingerprint
    return Outcome(row.number, "made", [], notices, time.perf_counter() - start)


def _made(order: Order, kind: Kind, row: Row) -> tuple[bytes, list[Problem]] | Outcome:
    """The document of a row and what is to be said of it, or why there is none."""
    try:
        form = rows.form(kind, row, table=order.table)
        data = printing.render(kind, form, order.wanted).data
        with speaking(form.paper_language):
            return data, [*form.notices(), *form.advice()]
    except InvalidAnswers as invalid:
        problems = invalid.problems
    except FormsvcError as error:
        problems = [Problem("", str(error))]
    except OSError:
        raise
    except Exception as error:  # a row that nobody thought of stops no other
        problems = [Problem("", _unforeseen(error))]
    return Outcome(row.number, "refused", problems, [], 0.0)


def _unforeseen(error: Exception) -> str:
    return _(
        "Dokumentet kunne ikke lages (%(error)s). Feilen ligger i programmet eller malen:"
        " prøv raden alene med «formsvc fill», og meld fra.",
        error=type(error).__name__,
    )


def _stands(document: Path) -> bool:
    try:
        return document.stat().st_size > 0
    except FileNotFoundError:
        return False


# -- the report -----------------------------------------------------------------------------------


class _Report:
    """The rows that were refused: for programs as JSON, and as a table that can be mended."""

    def __init__(self, out: Path, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._files = {out / "refused.jsonl": out / ".refused.jsonl.part"}
        self._lines = self._files[out / "refused.jsonl"].open(
            "w", encoding="utf-8", errors="backslashreplace"
        )
        self._table: CsvWriter | None = None
        if columns:
            self._files[out / "refused.csv"] = out / ".refused.csv.part"
            headings = (rows.NUMBER, rows.PROBLEMS, *columns)
            self._table = CsvWriter(self._files[out / "refused.csv"], headings)
        self._none = True

    def add(self, row: Row, problems: list[Problem]) -> None:
        """Tell of one row."""
        self._none = False
        plain = {"row": row.number, "problems": [problem._asdict() for problem in problems]}
        self._lines.write(json.dumps(plain, ensure_ascii=False) + "\n")
        if self._table:
            texts = json.loads(row.data)
            told = " | ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems)
            self._table.write([row.number, told, *(texts.get(c, "") for c in self._columns)])

    def publish(self) -> None:
        """Put the report where it is looked for; where nothing was refused there is none."""
        self._shut()
        for name, part in self._files.items():
            if self._none:
                name.unlink(missing_ok=True)
            else:
                part.replace(name)

    def close(self) -> None:
        """Keep what a run knows that did not come to its end.

        An earlier report stays as it is: this run may have been reading the rows mended in it.
        """
        self._shut()
        for name, part in self._files.items():
            if part.exists() and not self._none and not name.exists():
                part.replace(name)
            part.unlink(missing_ok=True)

    def _shut(self) -> None:
        self._lines.close()
        if self._table:
            self._table.close()
