"""The commands that make papers: of one file of answers, or a document of every row."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from formsvc import whole_file
from formsvc.cli import reports
from formsvc.errors import FormsvcError, InvalidAnswers, Problem
from formsvc.language import LANGUAGES, PAPER_LANGUAGES, speaking
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from formsvc.batch import Outcome, RowFile
    from formsvc.formats import Format
    from formsvc.forms.base import DocumentForm
    from formsvc.kinds import Kind

_answers_file = click.option(
    "--data",
    "source",
    type=click.File("rb"),
    required=True,
    help="Answers as JSON; - reads them in.",
)


@click.command()
@reports.json_option
def kinds(*, as_json: bool) -> None:
    """List the forms."""
    from formsvc.kinds import KINDS

    rows: list[dict[str, Any]] = [
        {
            "kind": kind.slug,
            "title": {code: kind.title(code) for code in LANGUAGES},
            "version": kind.form.version(),
            "formats": list(kind.formats),
        }
        for kind in KINDS
    ]
    if as_json:
        reports.print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['kind']:<24} {row['title']['nb']}")


@click.command()
@click.argument("kind")
@_answers_file
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--fillable", is_flag=True, help="The official PDF form, filled in.")
@click.option("--flatten", is_flag=True, help="The official PDF form with its fields closed.")
@reports.json_option
def fill(
    kind: str,
    source: IO[bytes],
    out: Path,
    *,
    fillable: bool,
    flatten: bool,
    as_json: bool,
) -> None:
    """Make a Word document or a PDF from answers: the ending of --out decides."""
    with reports.refusals(as_json=as_json):
        wanted = _format(out, fillable=fillable, flatten=flatten)
        found, form = _checked(kind, source)
        from formsvc.services import printing

        printing.demand(found, wanted)
        data = printing.render(found, form, wanted).data
        _write(out, data)
        with speaking(form.paper_language):
            _notice(form)


@click.command()
@click.argument("kind")
@_answers_file
@reports.json_option
def check(kind: str, source: IO[bytes], *, as_json: bool) -> None:
    """Check answers without making a document."""
    with reports.refusals(as_json=as_json):
        _found, form = _checked(kind, source)
        if as_json:
            reports.print_json([])
        with speaking(form.paper_language):
            _notice(form)


def _checked(kind: str, source: IO[bytes]) -> tuple[Kind, DocumentForm]:
    from formsvc.forms import answer_file

    found = _kind(kind)
    return found, answer_file.filled(found.form, source.read())


def _kind(slug: str) -> Kind:
    """The kind of that name, where the profile says nothing that nobody would read."""
    from formsvc import profile
    from formsvc.kinds import demand_read, find

    demand_read(profile.current())
    return find(slug)


def _notice(form: DocumentForm) -> None:
    """Say what was replaced, and give the advice that a page would."""
    for notice in (*form.notices(), *form.advice()):
        click.echo(f"{notice.field}: {notice.message}", err=True)


def _format(out: Path, *, fillable: bool, flatten: bool) -> Format:
    ending = out.suffix.lower()
    if ending == ".docx" and not (fillable or flatten):
        return "docx"
    if ending == ".pdf":
        return "flattened" if flatten else "fillable" if fillable else "pdf"
    raise InvalidAnswers(
        [
            Problem(
                "",
                _("Navnet etter --out må slutte på .docx eller .pdf, og et skjema er alltid .pdf."),
            )
        ]
    )


def _write(out: Path, data: bytes) -> None:
    try:
        whole_file.write(out, data)
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None


@click.command()
@click.argument("kind")
@click.option("--language", type=click.Choice(PAPER_LANGUAGES), default="nb", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@reports.json_option
def blank(kind: str, language: str, out: Path, *, as_json: bool) -> None:
    """Make a blank form to write on by hand: the ending of --out decides."""
    with reports.refusals(as_json=as_json):
        from formsvc.services import blanks

        wanted = _format(out, fillable=False, flatten=False)
        data = blanks.make(_kind(kind), language, "docx" if wanted == "docx" else "pdf")
        _write(out, data)


@click.command("check-template")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="The form that it is a template of.")
@reports.json_option
def check_template(file: Path, kind: str, *, as_json: bool) -> None:
    """Say all that is wrong with a Word template or a PDF form of your own."""
    with reports.refusals(as_json=as_json):
        from formsvc.services import templates

        with file.open("rb") as opened:
            faults = templates.check(_kind(kind), opened.read(templates.MOST_BYTES + 1))
    if as_json:
        reports.print_json([fault._asdict() for fault in faults])
    for fault in [] if as_json else faults:
        place = ", ".join(filter(None, (fault.part, fault.where and f"«{fault.where}»")))
        message = fault.message if fault.refuses else _("Råd: %(advice)s", advice=fault.message)
        click.echo(f"{place}: {message}" if place else message, err=True)
    sys.exit(reports.REFUSED if any(fault.refuses for fault in faults) else 0)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def originals(folder: Path) -> None:
    """Write the official Word templates and PDF forms, with your profile in them, to edit.

    Then FORMSVC_TEMPLATES is to name the folder: what you leave out of it, or do not change, is
    better taken away, since the service makes it itself, always as your profile is that day.
    """
    with reports.refusals():
        from formsvc import originals as official
        from formsvc import profile

        profile.current()
        folder.mkdir(parents=True, exist_ok=True)
        if there := [name for name in official.NAMES if (folder / name).exists()]:
            raise click.UsageError(
                f"{folder} has {there[0]} already, and nothing is written over: name an empty one."
            )
        for name in official.write(folder):
            click.echo(name)


@click.command()
@click.argument("kind")
@click.option("--language", type=click.Choice(PAPER_LANGUAGES), default="nb", show_default=True)
def sample(kind: str, language: str) -> None:
    """Print a valid answer file, made by the fields themselves."""
    with reports.refusals():
        reports.print_json(_kind(kind).form.sample(language))


@click.command()
@click.argument("kind")
@click.option(
    "--rows",
    "source",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    required=True,
    help="Answers: .jsonl (an object a line), .csv or .xlsx; - reads JSON lines in.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["docx", "pdf", "fillable", "flattened"]),
    default="docx",
    show_default=True,
)
@click.option("--jobs", type=click.IntRange(1, 512), help="Processes; all cores by default.")
def batch(kind: str, source: Path, out: Path, wanted: Format, jobs: int | None) -> None:
    """Make a document of every row.

    Columns are called what the answers are called: child.name, measures.0.deadline. Those that
    begin with # are comments. Rows that were made before and are the same still are left as they
    are, so that a run that was stopped can be started again.

    Refused rows are listed in refused.jsonl. Those of a table stand in refused.csv too: mend
    them there and give that file to --rows.
    """
    counts: dict[str, int] = dict.fromkeys(("made", "kept", "refused"), 0)
    with reports.refusals(), _summary(counts):
        from formsvc.batch import run

        found = _kind(kind)
        rows = _rows(source, found)
        for outcome in _shown(run(found, rows, out, wanted, jobs), rows):
            counts[outcome.what] += 1
            for told in outcome.problems or outcome.notices:
                click.echo(f"row {outcome.number}: {reports.sentence(told)}", err=True)
    sys.exit(1 if counts["refused"] else 0)


def _rows(source: Path, kind: Kind) -> RowFile:
    from formsvc.batch import JsonLines, read

    if source.name == "-":
        return JsonLines(sys.stdin.buffer)
    found = read(source, kind)
    if found.told():
        click.echo(found.told(), err=True)
    return found


def _shown(outcomes: Generator[Outcome, None, None], rows: RowFile) -> Iterator[Outcome]:
    """The outcomes, while a bar shows on a terminal how much of the file is done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.fields[done]} rows"), TimeRemainingColumn())
    # drawn by hand: a thread that draws by itself would be in the way when processes are forked
    progress = Progress(
        *columns, console=console, auto_refresh=False, disable=not console.is_terminal
    )
    drawn = 0.0
    with progress, closing(outcomes):
        bar = progress.add_task("", total=1.0 if rows.portion() is not None else None, done=0)
        for done, outcome in enumerate(outcomes, start=1):
            yield outcome
            if time.monotonic() - drawn > 0.1:
                progress.update(bar, completed=rows.portion(), done=done, refresh=True)
                drawn = time.monotonic()
        progress.update(bar, total=1.0, completed=1.0, refresh=True)


@contextmanager
def _summary(counts: dict[str, int]) -> Iterator[None]:
    """Say at the end what became of the rows, also where the end came early."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"Stopped. {_counted(counts)}. The same command goes on from there.", err=True)
        sys.exit(1)
    except OSError as error:
        name = error.filename2 or error.filename
        raise click.ClickException(f"{name}: {error.strerror}") from None
    except FormsvcError:
        if any(counts.values()):
            click.echo(_counted(counts), err=True)
        raise
    click.echo(_counted(counts), err=True)


def _counted(counts: dict[str, int]) -> str:
    kept = f", {counts['kept']} were made before" if counts["kept"] else ""
    return f"{counts['made']} made, {counts['refused']} refused{kept}"
