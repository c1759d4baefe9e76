"""``python -m benchmarks.form_engine``: the PDF form engine beside its peers, on the same form.

Every round does each work once, one after the other (A B C A B C), on one core and counted in
processor time; the ratio is taken round by round, so that noise from elsewhere meets both sides.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import logging
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from formsvc.documents import pdf_form

DATA = Path(__file__).parent / "data"
FORMS = ("consent.pdf", "consent_os.pdf")

Work = Callable[[], object]
Values = Mapping[str, str | bool]


class Row(NamedTuple):
    """One way to fill the form, beside ours."""

    name: str
    #: what it is compared with: the same kind of file, made by us
    beside: str
    #: how often in a round, so that a round of each takes about as long
    often: int
    work: Work
    #: the least ratio that is the goal
    goal: int = 0


class Measured(NamedTuple):
    """Milliseconds a document, and how many of ours that is."""

    row: Row
    milliseconds: float
    ratio: float
    least: float
    most: float


def measured(rows: Sequence[Row], rounds: int) -> list[Measured]:
    """Every row's median, and the median and spread of its ratio to ours."""
    for row in rows:
        row.work()
    taken: dict[str, list[float]] = {row.name: [] for row in rows}
    for _ in range(rounds):
        for row in rows:
            taken[row.name].append(_milliseconds(row))
    return [_beside(row, taken) for row in rows]


def _milliseconds(row: Row) -> float:
    start = time.process_time()
    for _ in range(row.often):
        row.work()
    return (time.process_time() - start) * 1000 / row.often


def _beside(row: Row, taken: Mapping[str, Sequence[float]]) -> Measured:
    pairs = zip(taken[row.name], taken[row.beside], strict=True)
    ratios = sorted(theirs / ours for theirs, ours in pairs)
    tenth = len(ratios) // 10
    return Measured(
        row,
        statistics.median(taken[row.name]),
        statistics.median(ratios),
        ratios[tenth],
        ratios[-1 - tenth],
    )


def rows(form: str) -> Iterator[Row]:
    """Ours, and every peer that is installed, each as its manual says."""
    data = (DATA / form).read_bytes()
    said = json.loads((DATA / "consent_values.json").read_text("utf-8"))
    values: Values = {**said["TEXT"], **said["CHECK"], **said["RADIO"]}
    compiled = pdf_form.CompiledForm(data)
    yield Row("formsvc", "formsvc", 40, lambda: compiled.fill(values))
    yield Row("formsvc, flattened", "formsvc, flattened", 40, _flat(compiled, values))
    yield Row(
        "formsvc, incremental", "formsvc", 40, lambda: compiled.fill(values, incremental=True)
    )
    yield Row("formsvc, load", "formsvc", 1, lambda: pdf_form.CompiledForm(data))
    yield Row("pypdf", "formsvc", 1, lambda: _pypdf(data, values, flatten=False), goal=60)
    flat = "formsvc, flattened"
    yield Row("pypdf, flattened", flat, 1, lambda: _pypdf(data, values, flatten=True), goal=60)
    if importlib.util.find_spec("pikepdf"):
        yield Row("pikepdf", "formsvc", 2, lambda: _pikepdf(data, values), goal=15)
    if importlib.util.find_spec("pymupdf"):
        yield Row("PyMuPDF", "formsvc", 1, lambda: _pymupdf(data, values, flatten=False))
        yield Row("PyMuPDF, baked", flat, 1, lambda: _pymupdf(data, values, flatten=True))


def _flat(compiled: pdf_form.CompiledForm, values: Values) -> Work:
    return lambda: compiled.fill(values, flatten=True)


def _names(values: Values) -> dict[str, str]:
    """The values as pypdf takes them: a state is a name."""
    groups = json.loads((DATA / "consent_values.json").read_text("utf-8"))["RADIO"]
    states = {name: f"/{value}" for name, value in groups.items()}
    checks = {n: "/Yes" if v else "/Off" for n, v in values.items() if isinstance(v, bool)}
    return {**{n: v for n, v in values.items() if isinstance(v, str)}, **states, **checks}


def _pypdf(data: bytes, values: Values, *, flatten: bool) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(data))
    for page in writer.pages:
        named: Any = _names(values)
        writer.update_page_form_field_values(page, named, auto_regenerate=False, flatten=flatten)
    if flatten:
        writer.remove_annotations(subtypes="/Widget")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pikepdf(data: bytes, values: Values) -> bytes:
    import pikepdf

    named = _names(values)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            value = named[str(field.T)]
            if field.FT == "/Tx":
                field.V = pikepdf.String(value)
                continue
            field.V = pikepdf.Name(value)
            for button in field.get("/Kids", [field]):
                button.AS = field.V if value in button.AP.N else pikepdf.Name.Off
        pdf.generate_appearance_streams()
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _pymupdf(data: bytes, values: Values, *, flatten: bool) -> bytes:
    pymupdf: Any = importlib.import_module("pymupdf")  # it ships no types
    document = pymupdf.open(stream=data)
    for page in document:
        for widget in page.widgets():
            value = values[widget.field_name]
            if widget.field_type == pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON:
                widget.field_value = value == widget.on_state()
            else:
                widget.field_value = value
            widget.update()
    if flatten:
        document.bake()
    return bytes(document.tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--form", choices=FORMS, default=FORMS[0])
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)  # pypdf warns of the buttons that it draws wrong
    print(f"| {chosen.form:<22} | ms/document | times ours | spread      | goal |   |")
    print(f"|{'-' * 24}|{'-' * 12}:|{'-' * 11}:|{'-' * 13}|{'-' * 5}:|---|")
    for one in measured(list(rows(chosen.form)), chosen.rounds):
        goal = one.row.goal
        kept = ("ok" if one.ratio >= goal else "below") if goal else ""
        spread = f"{one.least:5.1f}–{one.most:5.1f}"
        print(
            f"| {one.row.name:<22} | {one.milliseconds:>11.3f} | {one.ratio:>10.1f} | {spread} "
            f"| {goal or '':>4} | {kept} |"
        )


if __name__ == "__main__":
    main()
