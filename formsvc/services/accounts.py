"""Who works here: accounts are made, listed, changed, closed and opened again.

Whatever lets somebody in is kept only as a hash that also needs the installation's secret. A
copied database lets nobody in, and the log-ins of a demo are worth nothing to a real service
that is started on the same database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from formsvc import clock
from formsvc.errors import Conflict, InvalidAnswers, NotFound, Problem
from formsvc.language import gettext as _
from formsvc.models import Account, PasswordLink
from formsvc.roles import Role
from formsvc.services import access, api_tokens, audit, login_sessions, paging
from formsvc.services import password as passwords

#: what is known of an employee at work, with the most characters of each; all may be blank
FACTS: Final = {"title": 200, "service": 200, "unit": 200, "phone": 40}
#: accounts on one page of the list
PAGE: Final = 50
#: characters; more than any name has, and fewer than SQLite's LIKE gives up at
LONGEST_SEARCH: Final = 200


class LastAdministrator(Conflict):
    """The one open administrator would be gone, and nobody left to let anybody in."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Dette er den eneste administratoren som kan logge inn. Gjør først noen andre til"
                " administrator."
            )
        )


# An account is made


def create(session: Session, *, email: str, name: str, role: Role, password: str) -> Account:
    """Make an account.

    :raises InvalidAnswers: naming everything that is wrong with it.
    """
    foolish = passwords.problems(password, name, email)
    # before anything is read, so that no transaction is open meanwhile
    password_hash = "" if foolish else passwords.hashed(session, password)
    problems = [*_problems(session, email, name, role), *foolish]
    if problems:
        raise InvalidAnswers(problems)
    account = _add(session, email=email, name=name, role=role, password_hash=password_hash)
    _record(session, "account_created", account, role=role)
    return account


def invite(
    session: Session, *, email: str, name: str, role: Role, facts: Mapping[str, str]
) -> Account:
    """Make an account that lets nobody in before a password has been chosen by a link.

    :param facts: those of ``FACTS`` that are known.
    :raises InvalidAnswers: naming everything that is wrong with it.
    """
    problems = [*_problems(session, email, name, role), *_fact_problems(facts)]
    if problems:
        raise InvalidAnswers(problems)
    account = _add(session, email=email, name=name, role=role, password_hash="")
    account.invited_at = clock.now()
    _set_facts(account, facts)
    session.flush()
    _record(session, "account_invited", account, role=role)
    return account


def _add(session: Session, *, email: str, name: str, role: Role, password_hash: str) -> Account:
    account = Account(
        email=plain_email(email), name=name.strip(), role=role, password_hash=password_hash
    )
    session.add(account)
    session.flush()
    return account


# Accounts are found


def by_email(session: Session, email: str) -> Account:
    """Find an account.

    :raises NotFound: when nobody has that e-mail.
    """
    account = _find(session, email)
    if account is None:
        raise NotFound(_("Ingen konto har e-postadressen %(email)s.", email=email))
    return account


def by_id(session: Session, account_id: UUID) -> Account:
    """Find an account.

    :raises NotFound: when there is none.
    """
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(_("Kontoen finnes ikke."))
    return account


class Page(NamedTuple):
    """Accounts in the order of their names, and where the next page begins."""

    accounts: Sequence[Account]
    #: the key of the next page; None when there are no more
    after: str | None


def listed(session: Session, search: str = "", after: str | None = None) -> Page:
    """List a page of accounts, open and closed.

    :param search: part of a name, an e-mail, a service or a unit; "" lists all.
    :param after: the key that the page before gave out.
    """
    by = (Account.name, Account.id)
    statement = paging.onward(select(Account), by, after or "", PAGE)
    if words := _printable(search[:LONGEST_SEARCH]).strip():
        statement = statement.where(_holds(words))
    shown, key = paging.cut(session.scalars(statement).all(), by, PAGE)
    return Page(shown, key or None)


def _holds(search: str) -> ColumnElement[bool]:
    columns = (Account.name, Account.email, Account.service, Account.unit)
    # SQLite knows capitals of a to z only: Ødegård is looked for in each way it may be written
    ways = {search, search.lower(), search.title(), search.upper()}
    return or_(*(column.icontains(way, autoescape=True) for column in columns for way in ways))


# An account is changed


def change(
    session: Session, account: Account, *, name: str, role: Role, facts: Mapping[str, str]
) -> None:
    """Change what an account says of its owner, and what they may do.

    :raises InvalidAnswers: naming everything that is wrong.
    :raises LastAdministrator: when nobody would be left to look after the accounts.
    """
    problems = [*_name_problems(name), *_role_problems(role), *_fact_problems(facts)]
    if problems:
        raise InvalidAnswers(problems)
    if access.has(account.role, "administer") and not access.has(role, "administer"):
        _demand_another_administrator(session, account)
    before = _facts(account)
    account.name, account.role = name.strip(), role
    _set_facts(account, facts)
    session.flush()
    changed = [fact for fact, value in _facts(account).items() if before[fact] != value]
    if changed:
        _record(session, "account_changed", account, fields=changed)


def close(session: Session, account: Account) -> None:
    """Let somebody who has left in no more; the papers they wrote stay.

    :raises LastAdministrator: when nobody would be left to look after the accounts.
    """
    if access.has(account.role, "administer") and account.active:
        _demand_another_administrator(session, account)
    account.active = False
    shut_out(session, account)
    session.execute(
        update(PasswordLink)
        .where(PasswordLink.account == account, PasswordLink.used_at.is_(None))
        .values(revoked_at=clock.now())
    )
    _record(session, "account_closed", account)


def shut_out(session: Session, account: Account) -> None:
    """End all that an account is logged in with: browsers and programs."""
    login_sessions.end_all(session, account)
    api_tokens.end_all(session, account)


def reopen(session: Session, account: Account) -> None:
    """Let somebody who has come back in again, by the password they had."""
    account.active = True
    session.flush()
    _record(session, "account_reopened", account)


def _demand_another_administrator(session: Session, account: Account) -> None:
    """Two who close each other at once wait in turn here, and the second is refused."""
    open_ones = session.scalars(
        select(Account.id)
        .where(
            Account.role.in_(access.holders("administer")),
            Account.active.is_(True),
            Account.password_hash != "",
        )
        .order_by(Account.id)
        .with_for_update(key_share=True)  # an event of theirs points at the row meanwhile
    ).all()
    if set(open_ones) <= {account.id}:
        raise LastAdministrator


def _record(session: Session, what: str, account: Account, **keys: Any) -> None:
    audit.record(session, what, subject="account", subject_id=account.id, **keys)


def _facts(account: Account) -> dict[str, str]:
    return {fact: getattr(account, fact) for fact in ("name", "role", *FACTS)}


def plain_email(email: str) -> str:
    """An e-mail as it is kept: capitals and blanks around it do not matter."""
    return _printable(email).strip().lower()


def _printable(text: str) -> str:
    """A text without what no name has; PostgreSQL refuses to look for a NUL."""
    return "".join(filter(str.isprintable, text))


def _find(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == plain_email(email)))


def _set_facts(account: Account, facts: Mapping[str, str]) -> None:
    for fact in FACTS:
        if fact in facts:
            setattr(account, fact, " ".join(facts[fact].split()))


# What is wrong with one


def _problems(session: Session, email: str, name: str, role: str) -> list[Problem]:
    return [*_email_problems(session, email), *_name_problems(name), *_role_problems(role)]


def _email_problems(session: Session, email: str) -> list[Problem]:
    # with its tables of names it takes longer to load than most commands take to run
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        return [Problem("email", _("Skriv en e-postadresse, som navn@kommune.no."))]
    if _find(session, email):
        return [Problem("email", _("E-postadressen har allerede en konto."))]
    return []


def _name_problems(name: str) -> list[Problem]:
    if not name.strip():
        return [Problem("name", _("Skriv navnet på den ansatte."))]
    return _too_long("name", name, 200)


def _role_problems(role: str) -> list[Problem]:
    if role in get_args(Role):
        return []
    roles = ", ".join(get_args(Role))
    return [Problem("role", _("Velg en av rollene %(roles)s.", roles=roles))]


def _fact_problems(facts: Mapping[str, str]) -> list[Problem]:
    problems = [
        problem
        for fact, most in FACTS.items()
        for problem in _too_long(fact, facts.get(fact, ""), most)
    ]
    phone = facts.get("phone", "").strip()
    if phone and not problems and not re.fullmatch(r"\+?[\d ]{5,30}", phone):
        problems.append(
            Problem("phone", _("Skriv telefonnummeret med bare tall, som 61 70 00 00."))
        )
    return problems


def _too_long(field: str, text: str, most: int) -> list[Problem]:
    if len(text) <= most and text.isprintable():
        return []
    return [Problem(field, _("Skriv høyst %(n)s tegn, på én linje.", n=most))]
