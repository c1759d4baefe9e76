"""The commands that check and list the trail."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from formsvc.cli import database, reports


@click.group()
def audit() -> None:
    """The trail: who did what, when and from where."""


@audit.command()
@click.option("--expect", metavar="SEQ:HASH", help="An end that was kept outside the database.")
def verify(expect: str | None) -> None:
    """Say whether any event was edited, deleted, moved, added or cut off outside the service."""
    from formsvc.services import audit as events

    with reports.refusals(), database.reading() as session:
        findings = events.verify(session, events.kept_outside(expect) if expect else None)
        for finding in findings:
            click.echo(finding, err=True)
        if not findings:
            click.echo("The trail is whole. Keep its end outside the database:")
            click.echo(events.head(session))
    sys.exit(1 if findings else 0)


@audit.command("list")
@click.option("--account", "email", help="Only what this account did, or had done to it.")
@click.option("--subject", help="Only what was done to this: an id, or a kind such as paper.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on (UTC).")
def list_events(email: str | None, subject: str | None, since: datetime | None) -> None:
    """List the events, the newest first, with tabs between the columns."""
    from formsvc.services import accounts, trail

    with reports.refusals(), database.reading() as session:
        by = accounts.by_email(session, email).id if email else None
        wanted = trail.wanted(by, subject, since and since.replace(tzinfo=UTC))
        for told in trail.all_of(session, wanted):
            click.echo("\t".join(trail.columns(told)))
