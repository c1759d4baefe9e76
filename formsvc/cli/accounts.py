"""The commands for the accounts of employees: their passwords, sessions and tokens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import click

from formsvc.cli import database, reports
from formsvc.roles import ROLES

if TYPE_CHECKING:  # a command imports what it alone needs
    from sqlalchemy.orm import Session

    from formsvc.models import Account
    from formsvc.roles import Role

_Command = TypeVar("_Command", bound=Callable[..., None])

_whose = click.option("--email", required=True, help="Whose account it is.")
_service_address = click.option(
    "--address",
    default="",
    help="Where people reach the service; as FORMSVC_ADDRESS says where it is left out.",
)


def _work_facts(command: _Command) -> _Command:
    """What is known of an employee at work."""
    for fact in ("--phone", "--unit", "--service", "--title"):
        command = click.option(fact)(command)
    return command


@click.command("create-user")
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
def create_user(email: str, name: str, role: Role, password: str) -> None:
    """Make an account for an employee."""
    from formsvc.services import accounts

    with reports.refusals(), database.writing() as session:
        accounts.create(session, email=email, name=name, role=role, password=password)
        click.echo(f"{email} can log in now.")


@click.command("invite-user")
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option("--role", type=click.Choice(ROLES), prompt=True)
@_work_facts
@_service_address
def invite_user(email: str, name: str, role: Role, address: str, **facts: str | None) -> None:
    """Make an account and print the link by which its owner chooses a password."""
    from formsvc.services import accounts

    with reports.refusals(), database.writing() as session:
        given = {fact: text for fact, text in facts.items() if text is not None}
        made = accounts.invite(session, email=email, name=name, role=role, facts=given)
        _hand_over(session, made, address)


@click.command("list-users")
@click.option("--search", default="", help="Part of a name, an e-mail, a service or a unit.")
@reports.json_option
def list_users(search: str, *, as_json: bool) -> None:
    """List the accounts, closed ones too."""
    from formsvc.services import accounts

    rows: list[Account] = []
    with reports.refusals(), database.writing() as session:
        page = accounts.listed(session, search)
        rows += page.accounts
        while page.after:
            page = accounts.listed(session, search, page.after)
            rows += page.accounts
        told = [_account_row(row) for row in rows]
    if as_json:
        reports.print_json(told)
        return
    for row in told:
        click.echo(f"{row['state']:<8} {row['role']:<12} {row['email']:<40} {row['name']}")


def _account_row(account: Account) -> dict[str, str]:
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


@click.command("change-user")
@_whose
@click.option("--name")
@click.option("--role", type=click.Choice(ROLES))
@_work_facts
def change_user(email: str, name: str | None, role: Role | None, **facts: str | None) -> None:
    """Change who somebody is at work, and what they may do; what is left out stays."""
    from formsvc.services import accounts

    with reports.refusals(), database.writing() as session:
        found = accounts.by_email(session, email)
        given = {fact: text for fact, text in facts.items() if text is not None}
        accounts.change(
            session, found, name=name or found.name, role=role or found.role, facts=given
        )
        click.echo(f"{found.email} is changed.")


@click.command("set-password")
@_whose
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="FORMSVC_PASSWORD",
)
def set_password(email: str, password: str) -> None:
    """Give somebody another password; they are logged out everywhere, their tokens revoked."""
    from formsvc.services import accounts
    from formsvc.services import password as passwords

    with reports.refusals(), database.writing() as session:
        hashed = passwords.hashed(session, password)  # before anything is locked
        found = accounts.by_email(session, email)
        passwords.demand(password, found)
        passwords.change(session, found, hashed)
        accounts.shut_out(session, found)
        click.echo(f"{found.email} has another password: logged out everywhere, tokens revoked.")


@click.command("reset-password")
@_whose
@_service_address
def reset_password(email: str, address: str) -> None:
    """Print a link by which somebody chooses another password; older links stop working."""
    from formsvc.services import accounts

    with reports.refusals(), database.writing() as session:
        _hand_over(session, accounts.by_email(session, email), address)


def _hand_over(session: Session, account: Account, address: str) -> None:
    """Print a link. This is where a mail is written once there is a mail gateway."""
    from formsvc import config
    from formsvc.services import password_links

    address = address.rstrip("/") or config.current().address
    hours = int(password_links.HOLDS[password_links.act_for(account)].total_seconds()) // 3600
    token = password_links.issue(session, account)
    click.echo(f"{address}/password/{token}")
    told = f"Hand it to {account.name} and nobody else. It works once, for {hours} hours."
    click.echo(told if address else f"{told} Put the address of the service before it.", err=True)


@click.command("close-account")
@_whose
def close_account(email: str) -> None:
    """Let somebody who has left in no more; their forms stay."""
    from formsvc.services import accounts

    with reports.refusals(), database.writing() as session:
        found = accounts.by_email(session, email)
        accounts.close(session, found)
        click.echo(f"{found.email} is closed: logged out everywhere, tokens revoked.")


@click.command("reopen-account")
@_whose
def reopen_account(email: str) -> None:
    """Let somebody who has come back in again, by the password they had."""
    from formsvc.services import accounts

    with reports.refusals(), database.writing() as session:
        found = accounts.by_email(session, email)
        accounts.reopen(session, found)
        click.echo(f"{found.email} can log in again.")


@click.command("end-sessions")
@_whose
def end_sessions(email: str) -> None:
    """Log somebody out of every browser; their tokens go on."""
    from formsvc.services import accounts, login_sessions

    with reports.refusals(), database.writing() as session:
        found = accounts.by_email(session, email)
        login_sessions.end_all(session, found)
        click.echo(f"{found.email} is logged out everywhere.")


@click.command("reset-second-factor")
@_whose
def reset_second_factor(email: str) -> None:
    """Ask somebody who has lost their phone for no code any more, and log them out."""
    from formsvc.services import accounts, login_sessions, second_factor

    with reports.refusals(), database.writing() as session:
        found = accounts.by_email(session, email)
        second_factor.reset(session, found)
        login_sessions.end_all(session, found)
        click.echo(f"{found.email} is asked for no code any more.")


@click.command("create-token")
@click.option("--email", required=True, help="The account in whose name the program calls.")
@click.option("--label", required=True, help="What the token is for.")
def create_token(email: str, label: str) -> None:
    """Make a token for the API; it is shown once."""
    from formsvc.services import accounts, api_tokens

    with reports.refusals(), database.writing() as session:
        click.echo(api_tokens.issue(session, accounts.by_email(session, email), label))


@click.command("list-tokens")
@_whose
def list_tokens(email: str) -> None:
    """List somebody's tokens: id, when it was made and last used, and its label."""
    from formsvc.services import accounts, api_tokens

    with reports.refusals(), database.writing() as session:
        for row in api_tokens.listed(session, accounts.by_email(session, email)):
            click.echo(f"{row.id}  {row.created_at:%Y-%m-%d}  {row.last_used_on}  {row.label}")


@click.command("revoke-token")
@click.option("--id", "token_id", type=click.UUID, help="As list-tokens shows it.")
@click.option("--token", help="The token itself, where it was found; - reads it in.")
def revoke_token(token_id: UUID | None, token: str | None) -> None:
    """Accept a token no more."""
    from formsvc.services import api_tokens

    if (token_id is None) == (token is None):
        raise click.UsageError("Give --id or --token.")
    with reports.refusals(), database.writing() as session:
        if token_id is not None:
            api_tokens.end(session, token_id)
        else:
            given = sys.stdin.read() if token == "-" else token or ""  # noqa: S105 - a dash
            api_tokens.revoke(session, given.strip())
        click.echo("It is accepted no more.")
