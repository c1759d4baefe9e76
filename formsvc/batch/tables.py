"""Tables as Norwegian offices keep them: CSV as Excel writes it, and XLSX; one record at a time."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, Final
from zipfile import BadZipFile

from formsvc.errors import UnreadableRows
from formsvc.language import gettext as _

#: the number of a record, as a spreadsheet shows it beside the row, and its cells
Record = tuple[int, Sequence[object]]

_DELIMITERS: Final = ";,\t"
#: the first line that some programs write for Excel's sake
_SEP: Final = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_BLOCK: Final = 1 << 20
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: a carriage return and the like, as Office Open XML writes them within a text
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CsvTable:
    """A CSV file: separated by semicolon, comma or tab, in UTF-8, UTF-16 or Windows-1252."""

    def __init__(self, path: Path) -> None:
        """Look through the file once, for its letters.

        :raises UnreadableRows: when it is no text.
        """
        with path.open("rb") as file:
            self._encoding = _encoding(file)
        with path.open(encoding=self._encoding, newline="") as lines:
            first = next((line for line in lines if line.strip()), "")
        said = _SEP.fullmatch(first)
        self._skipped = 1 if said else 0
        self._delimiter = said[1] if said else max(_DELIMITERS, key=first.count)
        self._path = path
        self._at = 0

    def told(self) -> str:
        """How it is read, for the one who wonders why a letter or a column came out wrong."""
        encoding = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(self._encoding)
        names = {";": _("semikolon"), ",": _("komma"), "\t": _("tabulator")}
        return _(
            "Leser %(file)s som %(encoding)s med %(delimiter)s mellom cellene.",
            file=self._path.name,
            encoding=encoding or self._encoding.upper(),
            delimiter=names.get(self._delimiter, self._delimiter),
        )

    def records(self) -> Iterator[Record]:
        """Each record in turn; a line break in quotation marks does not end one.

        :raises UnreadableRows: where a quotation mark is never closed, or the like.
        """
        with (
            self._path.open("rb") as file,
            io.TextIOWrapper(file, self._encoding, newline="") as lines,
        ):
            for _line in range(self._skipped):
                lines.readline()
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    self._at = file.tell()
                    yield number, cells
            except csv.Error as error:
                raise UnreadableRows(
                    _(
                        "Rad %(row)s kan ikke leses som CSV (%(error)s). Se etter et anførselstegn"
                        " som ikke er lukket, eller lagre fila som XLSX.",
                        row=number + 1,
                        error=error,
                    )
                ) from None

    def portion(self) -> float | None:
        """How much of the file is read, from 0 to 1."""
        return self._at / max(1, self._path.stat().st_size)


def _encoding(file: BinaryIO) -> str:
    """The encoding that all of the file can be read in; UTF-8 is never taken for another."""
    start = file.read(4)
    if start.startswith((_ZIP, _OLD_OFFICE)):
        raise UnreadableRows(
            _("Dette er ikke CSV, men en arbeidsbok. Gi fila et navn som slutter på .xlsx.")
        )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        file.seek(0)
        if _is_written_in(encoding, file):
            return encoding
    raise UnreadableRows(_("Fila er ikke tekst. Lagre tabellen som «CSV UTF-8» eller XLSX."))


def _is_written_in(encoding: str, file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(_BLOCK):
            if "\x00" in decoder.decode(block):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class XlsxTable:
    """The first sheet of a workbook, or the one that is named as the paper."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        self._title, self._at, self._size = "", 0, 0

    def told(self) -> str:
        """Which sheet is read, once it is."""
        return _("Leser arket «%(sheet)s» i %(file)s.", sheet=self._title, file=self._path.name)

    def records(self) -> Iterator[Record]:
        """Each row in turn; formulas give the value that was last worked out.

        :raises UnreadableRows: when it is no workbook, or a locked or damaged one.
        """
        book = _workbook(self._path)
        with closing(book):
            sheet = self._sheet(book)
            rows = enumerate(sheet.iter_rows(values_only=True), start=1)
            while record := _read_or_refuse(self._path, lambda: next(rows, None)):
                self._at, cells = record
                yield self._at, [_unescaped(cell) for cell in cells]

    def _sheet(self, book: Any) -> Any:
        named = [each for each in book.worksheets if each.title.casefold() == self._name]
        sheet = next(iter([*named, *book.worksheets]), None)
        if sheet is None:
            raise UnreadableRows(_("Arbeidsboken har ingen ark med rader."))
        self._title, self._size = sheet.title, sheet.max_row or 0
        # some programs write another size into the file than the sheet has
        sheet.reset_dimensions()
        return sheet

    def portion(self) -> float | None:
        """How much of the sheet is read, from 0 to 1; None where its size is not written down."""
        return min(1.0, self._at / self._size) if self._size else None


def _workbook(path: Path) -> Any:
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD_OFFICE:
        raise UnreadableRows(
            _(
                "%(file)s er låst med passord eller lagret i et eldre format."
                " Lagre den som XLSX uten passord.",
                file=path.name,
            )
        )
    from openpyxl import load_workbook  # late: 0.2 s, for those who come with XLSX

    # what it warns of (styles, lists to choose from) is no matter when only values are read
    warnings.filterwarnings("ignore", module="openpyxl")
    return _read_or_refuse(path, lambda: load_workbook(path, read_only=True, data_only=True))


def _read_or_refuse(path: Path, read: Any) -> Any:
    """What a reading gives; damaged files make openpyxl raise anything, also plain KeyErrors."""
    try:
        return read()
    except (OSError, MemoryError):
        raise
    except Exception as error:
        damage = str(error) if isinstance(error, BadZipFile) else type(error).__name__
        raise UnreadableRows(
            _(
                "%(file)s kan ikke leses som XLSX (%(damage)s). Åpne den i regnearket og lagre"
                " den på nytt.",
                file=path.name,
                damage=damage,
            )
        ) from None


def _unescaped(cell: object) -> object:
    if isinstance(cell, str) and "_x" in cell:
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
    return cell


# -- out ------------------------------------------------------------------------------------------


#: what a spreadsheet would take for a formula
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


class CsvWriter:
    """Writes a CSV file that Excel opens as it is meant: nothing in it is run as a formula."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        # the mark in front is how Excel knows UTF-8
        self._file = path.open("w", encoding="utf-8-sig", errors="replace", newline="")
        self._writer = csv.writer(self._file, delimiter=";")
        self._writer.writerow(columns)

    def write(self, cells: Sequence[object]) -> None:
        """One record; a text that begins like a formula is given an apostrophe in front."""
        self._writer.writerow([harmless(str(cell)) for cell in cells])

    def close(self) -> None:
        self._file.close()


def harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run.

    >>> harmless("+4790909090"), harmless("Åse")
    ("'+4790909090", 'Åse')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def as_it_was(text: str) -> str:
    """The text that ``harmless`` was given.

    >>> as_it_was("'+4790909090"), as_it_was("'sant'")
    ('+4790909090', "'sant'")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
