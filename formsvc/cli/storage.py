"""The commands for what is stored: its backup, the end of its time, its keys."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from formsvc.cli import database, reports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from formsvc.operations.backup import Contents


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy all that is stored into a new file, also while the service runs.

    The secret key is not in it: keep that apart, for without it the backup cannot be read.
    """
    with reports.refusals():
        from formsvc.config import settings
        from formsvc.operations import backup as backups
        from formsvc.services import audit

        contents = backups.write(settings(), file)
    with reports.refusals(), database.writing() as session:
        audit.record(session, "backup_made", sha256=_sha256(file))
    _tell_contents(contents, f"{file} holds")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Only read the backup through; nothing is changed.")
def restore(file: Path, *, verify: bool) -> None:
    """Bring a backup back into an empty database, SQLite or PostgreSQL, and read it through."""
    with reports.refusals():
        from formsvc.config import settings
        from formsvc.operations import backup as backups
        from formsvc.services import audit

        if verify:
            _tell_contents(backups.verify(settings(), file), f"{file} holds")
            return
        contents = backups.restore(settings(), file)
    with reports.refusals(), database.writing() as session:
        audit.record(session, "restored", sha256=_sha256(file))
    _tell_contents(contents, "Brought back:")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def purge(*, dry_run: bool) -> None:
    """Announce the drafts whose end is near, and delete what is over: drafts, and jobs done.

    The daily run of the service does the same, a step at a time.
    """
    with reports.refusals(), database.writing() as session:
        from formsvc.services import retention, work

        plan = retention.plan(session) if dry_run else retention.purge(session)
        click.echo(f"Drafts: {plan.announced} announced, {plan.deleted} deleted, {plan.left} left.")
        click.echo(f"Jobs that were done {work.DONE_STAYS.days} days ago: {plan.jobs} deleted.")
        if plan.newest:
            click.echo(f"The newest that is stored is of {plan.newest:%Y-%m-%d %H:%M} UTC.")
        if plan.clock_is_behind:
            click.echo("The clock of this machine stands before it: nothing is deleted.", err=True)
            sys.exit(1)


def _tell_contents(contents: Contents, begin: str) -> None:
    numbers = {what: n for what, n in contents._asdict().items() if what != "faults"}
    click.echo(f"{begin} " + ", ".join(f"{n} {what}" for what, n in numbers.items()) + ".")
    for fault in contents.faults:
        click.echo(fault, err=True)
    sys.exit(1 if contents.faults else 0)


@click.command("rotate-keys")
def rotate_keys() -> None:
    """Wrap the keys under a new FORMSVC_SECRET_KEY, and seal all that is stored with a new one.

    The service may run meanwhile. Afterwards FORMSVC_SECRET_KEY_OLD is not needed any more.
    """
    from formsvc.operations import rotation

    with reports.refusals(), database.sessions() as sessions:
        with sessions.begin() as session:
            click.echo(f"{rotation.begin(session)} keys are wrapped under FORMSVC_SECRET_KEY.")
        unreadable = _reseal(sessions)
        with sessions.begin() as session:
            deleted, needed = rotation.finish(session)
        click.echo(f"{deleted} earlier keys are deleted, {needed} are still needed.")
        click.echo("FORMSVC_SECRET_KEY_OLD is not needed any more.")
    sys.exit(1 if unreadable else 0)


def _reseal(sessions: sessionmaker[Session]) -> int:
    """Seal every text anew, column by column; how many could not be opened."""
    from formsvc import sealing
    from formsvc.operations import rotation

    unreadable = 0
    for column in sealing.columns():
        sealed, last = 0, None
        while True:
            with sessions.begin() as session:
                batch = rotation.reseal(session, column, last)
            sealed, last = sealed + batch.sealed, batch.last
            unreadable += batch.unreadable
            if last is None:
                break
        click.echo(f"{column}: {sealed} sealed anew.")
    if unreadable:
        click.echo(f"{unreadable} texts cannot be opened, and were left as they are.", err=True)
    return unreadable
