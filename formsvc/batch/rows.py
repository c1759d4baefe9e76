"""A file of rows, one set of answers each: JSON lines, CSV or XLSX, read one at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from formsvc.batch import cells, tables
from formsvc.errors import InvalidAnswers, Problem, UnreadableRows
from formsvc.forms import answer_file
from formsvc.forms.base import DocumentForm
from formsvc.kinds import Kind
from formsvc.language import gettext as _
from formsvc.language import speaking

#: the column that says which row of the first file this was: a mended row keeps its number
NUMBER: Final = "#rad"
#: the column with the sentences on what to mend
PROBLEMS: Final = "#feil"
#: columns whose heading begins so are remarks, and no answers
_REMARK: Final = "#"
#: so many rows no spreadsheet has
MOST_ROWS: Final = 9_999_999


class Row(NamedTuple):
    """One set of answers as it stands in its file."""

    #: the line of a file of JSON lines; the row of a spreadsheet, whose headings are row 1
    number: int
    #: JSON: the answers, or in a table the text of each cell under its column
    data: bytes


class JsonLines:
    """Sets of answers as JSON, one on each line."""

    #: a file without columns
    columns: tuple[str, ...] = ()

    def __init__(self, source: Path | BinaryIO) -> None:
        """The lines of a file, or of what is open already, such as standard input."""
        self._source, self._read = source, 0

    def told(self) -> str:
        """Nothing: there is one way to read it."""
        return ""

    def portion(self) -> float | None:
        """How much is read, from 0 to 1; None where nobody knows."""
        if not isinstance(self._source, Path):
            return None
        return self._read / max(1, self._source.stat().st_size)

    def __iter__(self) -> Iterator[Row]:
        with self._opened() as lines:
            for number, line in enumerate(lines, start=1):
                self._read += len(line)
                if line.strip():
                    yield Row(number, line.strip())

    def _opened(self) -> AbstractContextManager[BinaryIO]:
        return (
            self._source.open("rb") if isinstance(self._source, Path) else nullcontext(self._source)
        )


class TableRows:
    """The rows of a table whose headings are the names of the answers."""

    def __init__(self, table: tables.CsvTable | tables.XlsxTable, kind: Kind) -> None:
        """Read the headings.

        :raises UnreadableRows: when one of them is no answer of the paper.
        """
        self._table = table
        self._records = table.records()
        headings = next((each for _number, each in self._records if _filled(each)), ())
        self._headings = [str("" if each is None else each).strip() for each in headings]
        #: the columns with answers, in the order of the table
        self.columns = tuple(
            each for each in self._headings if each and not each.startswith(_REMARK)
        )
        if not self.columns:
            raise UnreadableRows(
                _("Fila har ingen overskrifter. Den første raden skal si hva kolonnene heter.")
            )
        cells.demand_columns(kind.form, self.columns)
        self._fields = [cells.field(kind.form, each) for each in self._headings]

    def told(self) -> str:
        """How the table is read."""
        return self._table.told()

    def portion(self) -> float | None:
        """How much is read, from 0 to 1; None where nobody knows."""
        return self._table.portion()

    def __iter__(self) -> Iterator[Row]:
        numbers = _Numbers(self._headings)
        for number, record in self._records:
            texts = self._texts(record)
            if texts:
                given = numbers.of(number, record)
                plain = {c: tables.as_it_was(t) for c, t in texts.items()}
                data = json.dumps(plain if numbers.given else texts, sort_keys=True)
                yield Row(given, data.encode())

    def _texts(self, record: Sequence[object]) -> dict[str, str]:
        """Column → text of the cells that hold an answer."""
        texts = {}
        for place, cell in enumerate(record):
            heading = self._headings[place] if place < len(self._headings) else cells.NO_COLUMN
            into = self._fields[place] if place < len(self._headings) else None
            if not heading.startswith(_REMARK) and (text := cells.text(cell, into)):
                texts[heading] = text
        return texts


class _Numbers:
    """The numbers of the rows: their place in the table, or what the column ``#rad`` says."""

    def __init__(self, headings: Sequence[str]) -> None:
        self.given = NUMBER in headings
        self._place = headings.index(NUMBER) if self.given else 0
        self._seen: set[int] = set()

    def of(self, number: int, record: Sequence[object]) -> int:
        """The number of a record.

        :raises UnreadableRows: when its number is none, or stands there twice: one document
            would then be written over the other.
        """
        if not self.given:
            return number
        said = cells.text(record[self._place] if self._place < len(record) else "", None).strip()
        meant = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
        if not 0 < meant <= MOST_ROWS or meant in self._seen:
            raise UnreadableRows(
                _(
                    "I rad %(row)s står «%(said)s» i kolonnen #rad. Der skal det stå et tall som"
                    " ingen andre rader har. Rett det, eller ta bort hele kolonnen.",
                    row=number,
                    said=said,
                )
            )
        self._seen.add(meant)
        return meant


RowFile = JsonLines | TableRows


def read(path: Path, kind: Kind) -> RowFile:
    """The rows of a file, whose ending says what it is.

    :raises UnreadableRows: when it is something else, or has columns the paper doesn't know.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        return TableRows(tables.CsvTable(path), kind)
    if ending == ".xlsx":
        return TableRows(tables.XlsxTable(path, kind.slug), kind)
    if ending in ("", ".jsonl", ".ndjson"):
        return JsonLines(path)
    raise UnreadableRows(
        _(
            "%(file)s: rader leses fra .jsonl (ett JSON-objekt på hver linje), .csv og .xlsx."
            " Lagre fila som en av dem.",
            file=path.name,
        )
    )


def form(kind: Kind, row: Row, *, table: bool) -> DocumentForm:
    """The validated form of a row.

    :param table: whether the row came from a table.
    :raises InvalidAnswers: with everything to mend, in the language of the paper.
    """
    if not table:
        return answer_file.filled(kind.form, row.data)
    texts = answer_file.parsed(row.data)
    with speaking(str(texts.get("language", "")).strip()):
        misfits: list[Problem] = []
        filled = kind.form.from_typed(cells.typed(kind.form, texts, misfits))
        filled.misfits = misfits
        if not filled.validate():
            raise InvalidAnswers(filled.problems())
        return filled


def _filled(record: Sequence[object]) -> bool:
    return any(cells.text(cell, None) for cell in record)
