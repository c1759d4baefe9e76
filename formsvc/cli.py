"""The command line: fill and check papers, run the service, look after it.

Heavy libraries are imported by the command that needs them, so that ``fill`` starts fast.
"""

from __future__ import annotations

import hashlib
import json
import signal
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

import click

from formsvc import origin
from formsvc.errors import FormsvcError, InvalidAnswers, Problem
from formsvc.language import LANGUAGES, PAPER_LANGUAGES, speaking
from formsvc.language import gettext as _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from formsvc.forms.base import DocumentForm
    from formsvc.kinds import Format, Kind
    from formsvc.services.backup import Contents
    from formsvc.services.batch import Outcome
    from formsvc.services.rows import RowFile

#: the exit code of a refusal: the answers, not the program, have to be mended
REFUSED = 2

_answers_file = click.option(
    "--data",
    "source",
    type=click.File("rb"),
    required=True,
    help="Answers as JSON; - reads them in.",
)
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")
ROLES = ["referent", "coordinator", "ke", "admin"]
_whose = click.option("--email", required=True, help="Whose account it is.")
_service_address = click.option(
    "--address",
    default="",
    envvar="FORMSVC_ADDRESS",
    help="Where the service is found, as https://skjema.kommune.no; the link begins with it.",
)


def _work_facts(command: Any) -> Any:
    """What is known of an employee at work."""
    for fact in ("--phone", "--unit", "--service", "--title"):
        command = click.option(fact)(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="formsvc")
def main() -> None:
    """The papers around children who get help from several services at once."""
    origin.set_current(origin.COMMAND_LINE)


@main.command()
@_as_json
def kinds(*, as_json: bool) -> None:
    """List the papers."""
    from formsvc.kinds import KINDS

    rows: list[dict[str, Any]] = [
        {
            "kind": kind.slug,
            "title": {code: kind.title(code) for code in LANGUAGES},
            "formats": list(kind.formats),
        }
        for kind in KINDS
    ]
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['kind']:<24} {row['title']['nb']}")


@main.command()
@click.argument("kind")
@_answers_file
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--fillable", is_flag=True, help="The official PDF form, filled in.")
@click.option("--flatten", is_flag=True, help="The official PDF form with its fields closed.")
@_as_json
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
    with _refusals(as_json=as_json):
        wanted = _format(out, fillable=fillable, flatten=flatten)
        found, form = _checked(kind, source)
        from formsvc.services import printing

        printing.demand(found, wanted)
        data = printing.render(found, form, wanted).data
        _write(out, data)
        with speaking(form.paper_language):
            _notice(form)


@main.command()
@click.argument("kind")
@_answers_file
@_as_json
def check(kind: str, source: IO[bytes], *, as_json: bool) -> None:
    """Check answers without making a document."""
    with _refusals(as_json=as_json):
        _found, form = _checked(kind, source)
        if as_json:
            _print_json([])
        with speaking(form.paper_language):
            _notice(form)


@main.command("check-template")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="The paper that it is a template of.")
@_as_json
def check_template(file: Path, kind: str, *, as_json: bool) -> None:
    """Say all that is wrong with a Word template or a PDF form of your own."""
    with _refusals(as_json=as_json):
        from formsvc.kinds import find
        from formsvc.services import template

        with file.open("rb") as opened:
            faults = template.check(find(kind), opened.read(template.MOST_BYTES + 1))
    if as_json:
        _print_json([fault._asdict() for fault in faults])
    for fault in [] if as_json else faults:
        place = ", ".join(filter(None, (fault.part, fault.where and f"«{fault.where}»")))
        message = fault.message if fault.refuses else _("Råd: %(advice)s", advice=fault.message)
        click.echo(f"{place}: {message}" if place else message, err=True)
    sys.exit(REFUSED if any(fault.refuses for fault in faults) else 0)


@main.command()
@click.argument("kind")
@click.option("--language", type=click.Choice(PAPER_LANGUAGES), default="nb", show_default=True)
def sample(kind: str, language: str) -> None:
    """Print a valid answer file, made by the fields themselves."""
    with _refusals():
        from formsvc.kinds import find

        _print_json(find(kind).form.sample(language))


@main.command()
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
    begin with # are remarks. Rows that were made before and are the same still are left as they
    are, so that a run that was stopped can be started again.

    Refused rows are listed in refused.jsonl. Those of a table stand in refused.csv too: mend
    them there and give that file to --rows.
    """
    counts: dict[str, int] = dict.fromkeys(("made", "kept", "refused"), 0)
    with _refusals(), _summary(counts):
        from formsvc.kinds import find
        from formsvc.services import batch as batches

        rows = _rows(source, find(kind))
        for outcome in _shown(batches.run(find(kind), rows, out, wanted, jobs), rows):
            counts[outcome.what] += 1
            for told in outcome.problems or outcome.notices:
                click.echo(f"row {outcome.number}: {_sentence(told)}", err=True)
    sys.exit(1 if counts["refused"] else 0)


def _rows(source: Path, kind: Kind) -> RowFile:
    from formsvc.services import rows

    if source.name == "-":
        return rows.JsonLines(sys.stdin.buffer)
    found = rows.read(source, kind)
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


# -- the service ----------------------------------------------------------------------------------


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--no-worker", is_flag=True, help="Leave the PDFs to `formsvc worker`.")
def run(port: int, host: str, processes: int, *, no_worker: bool) -> None:
    """Serve the pages and the API; the database is brought up to date first.

    One process uses one core. Stop it with Ctrl+C or SIGTERM: whoever is being served gets ten
    seconds to finish.
    """
    with _refusals():
        from formsvc.config import settings
        from formsvc.web import server

        server.run(settings(), host, port, processes, worker=not no_worker)


@main.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def worker(*, once: bool) -> None:
    """Do the work beside the requests, such as PDFs; any number of workers share it."""
    from formsvc import db, logs
    from formsvc.config import settings
    from formsvc.services.background import Worker

    with _refusals():
        logs.configure()
        db.migrate(settings())
        engine = db.engine(settings())
        hand = Worker(db.session_factory(engine, reading=True), db.session_factory(engine))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            if once:
                hand.plan_the_day()
                click.echo(f"{hand.once()} jobs were begun. `formsvc jobs` shows what is left.")
            else:
                hand.start()
                threading.Event().wait()
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
        finally:
            hand.stop()
            engine.dispose()


@main.command()
@click.option("--retry", metavar="ID|all", help="Begin a job anew, or all that failed.")
@click.option("--give-up", type=click.UUID, metavar="ID", help="Let nobody try a job any more.")
@_as_json
def jobs(*, retry: str | None, give_up: UUID | None, as_json: bool) -> None:
    """List the work that is not done: what waits, what failed, what was given up."""
    from formsvc.services import background, work

    with _refusals(as_json=as_json), _writing() as session:
        if retry:
            work.retry(session, None if retry == "all" else _job_id(retry))
        if give_up:
            work.give_up(session, give_up)
        rows = background.listed(session)
    if as_json:
        _print_json([row._asdict() for row in rows])
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


@main.command("init-db")
def init_db() -> None:
    """Make the tables, or bring them to the newest version."""
    with _refusals():
        from formsvc import db
        from formsvc.config import settings

        db.migrate(settings())
        click.echo("The database is up to date.")


@main.command("create-user")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option("--role", type=click.Choice(ROLES), prompt=True)
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="FORMSVC_PASSWORD",
)
def create_user(email: str, name: str, role: Any, password: str) -> None:
    """Make an account for an employee."""
    from formsvc.services import account

    with _refusals(), _writing() as session:
        account.create(session, email=email, name=name, role=role, password=password)
        click.echo(f"{email} can log in now.")


@main.command("invite-user")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option("--role", type=click.Choice(ROLES), prompt=True)
@_work_facts
@_service_address
def invite_user(email: str, name: str, role: Any, address: str, **facts: str | None) -> None:
    """Make an account and print the link by which its owner chooses a password."""
    from formsvc.services import account

    with _refusals(), _writing() as session:
        given = {fact: text for fact, text in facts.items() if text is not None}
        made = account.invite(session, email=email, name=name, role=role, facts=given)
        _hand_over(session, made, address)


@main.command("list-users")
@click.option("--search", default="", help="Part of a name, an e-mail, a service or a unit.")
@_as_json
def list_users(search: str, *, as_json: bool) -> None:
    """List the accounts, closed ones too."""
    from formsvc.services import account

    rows: list[Any] = []
    with _refusals(), _writing() as session:
        page = account.listed(session, search)
        rows += page.accounts
        while page.after:
            page = account.listed(session, search, page.after)
            rows += page.accounts
        told = [_account_row(row) for row in rows]
    if as_json:
        _print_json(told)
        return
    for row in told:
        click.echo(f"{row['state']:<8} {row['role']:<12} {row['email']:<40} {row['name']}")


def _account_row(account: Any) -> dict[str, str]:
    state = "open" if account.password_hash else "invited"
    last = account.last_login_at
    return {
        "email": account.email,
        "name": account.name,
        "role": account.role,
        "state": state if account.active else "closed",
        **{fact: getattr(account, fact) for fact in ("title", "service", "unit", "phone")},
        "last_login": last.isoformat(timespec="minutes") if last else "",
    }


@main.command("change-user")
@_whose
@click.option("--name")
@click.option("--role", type=click.Choice(ROLES))
@_work_facts
def change_user(email: str, name: str | None, role: Any, **facts: str | None) -> None:
    """Change who somebody is at work, and what they may do; what is left out stays."""
    from formsvc.services import account

    with _refusals(), _writing() as session:
        found = account.by_email(session, email)
        given = {fact: text for fact, text in facts.items() if text is not None}
        account.change(
            session, found, name=name or found.name, role=role or found.role, facts=given
        )
        click.echo(f"{found.email} is changed.")


@main.command("set-password")
@_whose
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="FORMSVC_PASSWORD",
)
def set_password(email: str, password: str) -> None:
    """Give somebody another password; they are logged out everywhere."""
    from formsvc.services import account
    from formsvc.services import password as passwords

    with _refusals(), _writing() as session:
        hashed = passwords.hashed(session, password)  # before anything is locked
        found = account.by_email(session, email)
        passwords.demand(password, found)
        passwords.change(session, found, hashed)
        click.echo(f"{found.email} has another password, and is logged out everywhere.")


@main.command("reset-password")
@_whose
@_service_address
def reset_password(email: str, address: str) -> None:
    """Print a link by which somebody chooses another password; older links stop working."""
    from formsvc.services import account

    with _refusals(), _writing() as session:
        _hand_over(session, account.by_email(session, email), address)


def _hand_over(session: Any, account: Any, address: str) -> None:
    """Print a link. This is where a mail is written once there is a mail gateway."""
    from formsvc.services import password_link

    hours = int(password_link.HOLDS[password_link.act_for(account)].total_seconds()) // 3600
    token = password_link.issue(session, account)
    click.echo(f"{address.rstrip('/')}/password/{token}")
    told = f"Hand it to {account.name} and nobody else. It works once, for {hours} hours."
    click.echo(told if address else f"{told} Put the address of the service before it.", err=True)


@main.command("close-account")
@_whose
def close_account(email: str) -> None:
    """Let somebody who has left in no more; their papers stay."""
    from formsvc.services import account

    with _refusals(), _writing() as session:
        found = account.by_email(session, email)
        account.close(session, found)
        click.echo(f"{found.email} is closed: logged out everywhere, tokens revoked.")


@main.command("reopen-account")
@_whose
def reopen_account(email: str) -> None:
    """Let somebody who has come back in again, by the password they had."""
    from formsvc.services import account

    with _refusals(), _writing() as session:
        found = account.by_email(session, email)
        account.reopen(session, found)
        click.echo(f"{found.email} can log in again.")


@main.command("end-sessions")
@_whose
def end_sessions(email: str) -> None:
    """Log somebody out of every browser; their tokens go on."""
    from formsvc.services import account, login_session

    with _refusals(), _writing() as session:
        found = account.by_email(session, email)
        login_session.end_all(session, found)
        click.echo(f"{found.email} is logged out everywhere.")


@main.command("reset-second-factor")
@_whose
def reset_second_factor(email: str) -> None:
    """Ask somebody who has lost their phone for no code any more, and log them out."""
    from formsvc.services import account, login_session, second_factor

    with _refusals(), _writing() as session:
        found = account.by_email(session, email)
        second_factor.reset(session, found)
        login_session.end_all(session, found)
        click.echo(f"{found.email} is asked for no code any more.")


@main.command("create-token")
@click.option("--email", required=True, help="The account in whose name the program calls.")
@click.option("--label", required=True, help="What the token is for.")
def create_token(email: str, label: str) -> None:
    """Make a token for the API; it is shown once."""
    from formsvc.services import account, api_token

    with _refusals(), _writing() as session:
        click.echo(api_token.issue(session, account.by_email(session, email), label))


@main.command("list-tokens")
@_whose
def list_tokens(email: str) -> None:
    """List somebody's tokens: id, when it was made and last used, and its label."""
    from formsvc.services import account, api_token

    with _refusals(), _writing() as session:
        for row in api_token.listed(session, account.by_email(session, email)):
            click.echo(f"{row.id}  {row.created_at:%Y-%m-%d}  {row.last_used_on}  {row.label}")


@main.command("revoke-token")
@click.option("--id", "token_id", type=click.UUID, help="As list-tokens shows it.")
@click.option("--token", help="The token itself, where it was found; - reads it in.")
def revoke_token(token_id: UUID | None, token: str | None) -> None:
    """Accept a token no more."""
    from formsvc.services import api_token

    if (token_id is None) == (token is None):
        raise click.UsageError("Give --id or --token.")
    with _refusals(), _writing() as session:
        if token_id is not None:
            api_token.end(session, token_id)
        else:
            given = sys.stdin.read() if token == "-" else token or ""  # noqa: S105 - a dash
            api_token.revoke(session, given.strip())
        click.echo("It is accepted no more.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy all that is stored into a new file, also while the service runs.

    The secret key is not in it: keep that apart, for without it the backup cannot be read.
    """
    with _refusals():
        from formsvc.config import settings
        from formsvc.services import audit
        from formsvc.services import backup as backups

        contents = backups.write(settings(), file)
    with _refusals(), _writing() as session:
        audit.record(session, "backup_made", sha256=_sha256(file))
    _tell_contents(contents, f"{file} holds")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Only read the backup through; nothing is changed.")
def restore(file: Path, *, verify: bool) -> None:
    """Bring a backup back into an empty database, SQLite or PostgreSQL, and read it through."""
    with _refusals():
        from formsvc.config import settings
        from formsvc.services import audit
        from formsvc.services import backup as backups

        if verify:
            _tell_contents(backups.verify(settings(), file), f"{file} holds")
            return
        contents = backups.restore(settings(), file)
    with _refusals(), _writing() as session:
        audit.record(session, "restored", sha256=_sha256(file))
    _tell_contents(contents, "Brought back:")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def purge(*, dry_run: bool) -> None:
    """Announce the drafts whose end is near, and delete those whose time is over."""
    with _refusals(), _writing() as session:
        from formsvc.services import retention

        plan = retention.plan(session) if dry_run else retention.purge(session)
        click.echo(f"Drafts: {plan.announced} announced, {plan.deleted} deleted, {plan.left} left.")
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


@main.command("rotate-keys")
def rotate_keys() -> None:
    """Wrap the keys under a new FORMSVC_SECRET_KEY, and seal all that is stored with a new one.

    The service may run meanwhile. Afterwards FORMSVC_SECRET_KEY_OLD is not needed any more.
    """
    from formsvc.services import rotation

    with _refusals(), _database() as sessions:
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
    from formsvc.services import rotation

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


@main.command("demo-data")
@click.option(
    "--size",
    type=click.Choice(["municipality", "10-municipalities"]),
    help="Add ten years of papers of 20,000 inhabitants, or of ten times as many, to measure with.",
)
def demo_data(size: str | None) -> None:
    """Load invented people and papers; only in demo mode."""
    from formsvc.services import demo, municipality

    with _refusals(), _writing() as session:
        for line in demo.load(session):
            click.echo(line)
        for line in municipality.fill(session, municipality.SIZES[size]) if size else ():
            session.commit()
            click.echo(line)


@main.command()
@_as_json
def doctor(*, as_json: bool) -> None:
    """Say what is missing on this machine, and how to mend it."""
    from formsvc.services import health

    with _refusals(as_json=as_json):  # a setting that cannot be read stops every look
        findings = health.findings()
    if as_json:
        _print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            mark = (
                click.style("ok  ", fg="green") if finding.ok else click.style("miss", fg="yellow")
            )
            click.echo(f"{mark} {finding.what}" + ("" if finding.ok else f"\n     {finding.mend}"))
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.group()
def audit() -> None:
    """The trail: who did what, when and from where."""


@audit.command()
@click.option("--expect", metavar="SEQ:HASH", help="An end that was kept outside the database.")
def verify(expect: str | None) -> None:
    """Say whether any event was edited, deleted, moved, added or cut off outside the service."""
    from formsvc.services import audit as events

    with _refusals(), _reading() as session:
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
    from formsvc.services import account, trail

    with _refusals(), _reading() as session:
        by = account.by_email(session, email).id if email else None
        wanted = trail.wanted(by, subject, since and since.replace(tzinfo=UTC))
        for told in trail.all_of(session, wanted):
            click.echo("\t".join(trail.columns(told)))


# -- what the commands share ----------------------------------------------------------------------


@contextmanager
def _refusals(*, as_json: bool = False) -> Iterator[None]:
    """Print what has to be mended and leave with the exit code of a refusal."""
    try:
        yield
    except InvalidAnswers as invalid:
        _report(invalid.problems, as_json=as_json)
        sys.exit(REFUSED)
    except FormsvcError as error:
        _report([Problem("", str(error))], as_json=as_json)
        sys.exit(REFUSED if error.status < 500 else 1)


def _report(problems: list[Problem], *, as_json: bool) -> None:
    if as_json:
        _print_json(_plain(problems))
        return
    for problem in problems:
        click.echo(_sentence(problem), err=True)


def _sentence(problem: Problem) -> str:
    message = " ".join(problem.message.splitlines())
    return f"{problem.field}: {message}" if problem.field else message


def _plain(problems: list[Problem]) -> list[dict[str, str]]:
    return [problem._asdict() for problem in problems]


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() != "utf-8", indent=2))


def _checked(kind: str, source: IO[bytes]) -> tuple[Kind, DocumentForm]:
    from formsvc.kinds import find
    from formsvc.services.rows import Row, form

    found = find(kind)
    return found, form(found, Row(1, source.read()), table=False)


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
    """Write a whole file or none."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(data)
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise click.ClickException(f"{out} cannot be written: {error.strerror}") from None


@contextmanager
def _writing() -> Iterator[Any]:
    """A database session that is committed when the command has done its work."""
    with _database() as sessions, sessions() as session:
        yield session
        session.commit()  # a command that writes much has committed in between


@contextmanager
def _database() -> Iterator[sessionmaker[Session]]:
    """The maker of sessions for writing, on a database that is up to date."""
    from formsvc import db
    from formsvc.config import settings

    db.migrate(settings())
    engine = db.engine(settings())
    try:
        yield db.session_factory(engine)
    finally:
        engine.dispose()


@contextmanager
def _reading() -> Iterator[Any]:
    """A database session of one moment, whatever others write meanwhile."""
    from formsvc import db
    from formsvc.config import settings

    db.migrate(settings())
    engine = db.engine(settings())
    try:
        opened = engine
        if engine.dialect.name == "postgresql":  # SQLite's reading transactions are of one moment
            opened = engine.execution_options(isolation_level="REPEATABLE READ")
        with db.session_factory(opened, reading=True)() as session:
            yield session
    finally:
        engine.dispose()
