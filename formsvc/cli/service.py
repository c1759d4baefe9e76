"""The commands that run the service and look after it."""

from __future__ import annotations

import signal
import sys
from concurrent.futures import Future, wait
from typing import TypeVar
from uuid import UUID

import click

from formsvc.cli import database, reports

Result = TypeVar("Result")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--no-worker", is_flag=True, help="Leave the PDFs to `formsvc worker`.")
def run(port: int, host: str, processes: int, *, no_worker: bool) -> None:
    """Serve the pages and the API; the database is brought up to date first.

    One process uses one core. Stop it with Ctrl+C or SIGTERM: whoever is being served gets ten
    seconds to finish.
    """
    with reports.refusals():
        from formsvc.config import settings
        from formsvc.web import server

        server.run(settings(), host, port, processes, worker=not no_worker)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def worker(*, once: bool) -> None:
    """Do the work beside the requests, such as PDFs; any number of workers share it."""
    from formsvc import db, logs
    from formsvc.config import settings
    from formsvc.worker import Worker

    with reports.refusals():
        logs.configure()
        db.migrate(settings())
        engine = db.engine(settings())
        hand = Worker(db.session_factory(engine, reading=True), db.session_factory(engine))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            if once:
                begun = _end_of(hand.start_once())
                click.echo(f"{begun} jobs were begun. `formsvc jobs` shows what is left.")
            else:
                _end_of(hand.start())
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
        finally:
            hand.stop()
            engine.dispose()


def _end_of(work: Future[Result]) -> Result:
    """What comes of work in a thread, unless the process is told to end meanwhile.

    It looks up each second: a signal that comes while Python is about to wait is only noted, so a
    wait without end would never hear of it (seen in 2 of 100 processes).
    """
    while not work.done():
        wait([work], timeout=1)
    return work.result()


@click.command()
@click.option("--retry", metavar="ID|all", help="Begin a job anew, or all that failed.")
@click.option("--give-up", type=click.UUID, metavar="ID", help="Let nobody try a job any more.")
@reports.json_option
def jobs(*, retry: str | None, give_up: UUID | None, as_json: bool) -> None:
    """List the work that is not done: what waits, what failed, what was given up."""
    from formsvc.services import work
    from formsvc.worker import listed

    with reports.refusals(as_json=as_json), database.writing() as session:
        if retry:
            work.retry(session, None if retry == "all" else _job_id(retry))
        if give_up:
            work.give_up(session, give_up)
        rows = listed(session)
    if as_json:
        reports.print_json([row._asdict() for row in rows])
        return
    for row in rows:
        click.echo("  ".join(filter(None, row)))
    if not rows:
        click.echo("Nothing is left to do.")


def _job_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise click.BadParameter("give the id of a job, or all", param_hint="--retry") from None


@click.command("init-db")
def init_db() -> None:
    """Make the tables, or bring them to the newest version."""
    with reports.refusals():
        from formsvc import db
        from formsvc.config import settings

        db.migrate(settings())
        click.echo("The database is up to date.")


@click.command("demo-data")
@click.option(
    "--size",
    type=click.Choice(["municipality", "10-municipalities"]),
    help="Add ten years of forms of 20,000 inhabitants, or of ten times as many, to measure with.",
)
def demo_data(size: str | None) -> None:
    """Load invented people and forms; only in demo mode."""
    from formsvc.operations import demo, sample_municipality

    with reports.refusals(), database.writing() as session:
        for line in demo.load(session):
            click.echo(line)
        for line in (
            sample_municipality.fill(session, sample_municipality.SIZES[size]) if size else ()
        ):
            session.commit()
            click.echo(line)


@click.command()
@reports.json_option
def doctor(*, as_json: bool) -> None:
    """Say what is missing on this machine, and how to mend it."""
    from formsvc.operations import health

    with reports.refusals(as_json=as_json):  # a setting that cannot be read stops every look
        findings = health.findings()
    if as_json:
        reports.print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            mark = (
                click.style("ok  ", fg="green") if finding.ok else click.style("miss", fg="yellow")
            )
            click.echo(f"{mark} {finding.what}" + ("" if finding.ok else f"\n     {finding.mend}"))
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
