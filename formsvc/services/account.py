"""Who works here: accounts, log-ins and the tokens that programs call with.

Whatever lets somebody in is kept only as a hash that also needs the installation's secret. A
copied database lets nobody in, and the log-ins of a demo are worth nothing to a real service
that is started on the same database.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Final, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from formsvc import cleaning, clock, db
from formsvc.errors import FormsvcError, InvalidAnswers, NotFound, Problem
from formsvc.language import gettext as _
from formsvc.language import ngettext
from formsvc.models import Account, ApiToken, LoginAttempt, LoginSession, Role
from formsvc.services import audit

#: a log-in lasts a working day, however much it is used
SESSION_HOURS: Final = 8
#: so many log-ins may fail within the stretch; an address can be that of a whole town hall
STRETCH: Final = timedelta(minutes=15)
FAILURES: Final = {"e-mail": 10, "address": 50}
#: characters
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 200

# OWASP's argon2id for servers: half as much memory as the library's default would let a handful
# of log-ins at once eat more than the whole service may use.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class TooManyAttempts(FormsvcError):
    """Log-ins have failed too often for this e-mail or from this address."""

    status = 429

    def __init__(self, until: datetime) -> None:
        """:param until: when counting starts anew."""
        #: seconds until the next try, for the Retry-After header
        self.seconds = max(1, int((until - clock.now()).total_seconds()))
        minutes = -(-self.seconds // 60)
        super().__init__(
            ngettext(
                "Det har vært for mange mislykkede forsøk. Vent ett minutt og prøv igjen.",
                "Det har vært for mange mislykkede forsøk. Vent %(n)s minutter og prøv igjen.",
                minutes,
            )
        )


# An account is made


def create(session: Session, *, email: str, name: str, role: Role, password: str) -> Account:
    """Make an account.

    :raises InvalidAnswers: naming everything that is wrong with it.
    """
    problems = [
        *_email_problems(session, email),
        *_name_problems(name),
        *_role_problems(role),
        *_password_problems(password),
    ]
    if problems:
        raise InvalidAnswers(problems)
    account = Account(
        email=_plain_email(email),
        name=name.strip(),
        role=role,
        password_hash=_hash(session, password),
    )
    session.add(account)
    session.flush()
    audit.record(session, "account_created", subject="account", subject_id=account.id, role=role)
    return account


def by_email(session: Session, email: str) -> Account:
    """Find an account.

    :raises NotFound: when nobody has that e-mail.
    """
    account = _find(session, email)
    if account is None:
        raise NotFound(_("Ingen konto har e-postadressen %(email)s.", email=email))
    return account


def set_password(session: Session, account: Account, password: str) -> None:
    """Give an account another password, and end its log-ins everywhere.

    :raises InvalidAnswers: when the password is too short or too long.
    """
    if problems := _password_problems(password):
        raise InvalidAnswers(problems)
    account.password_hash = _hash(session, password)
    _end_sessions(session, account)


def close(session: Session, account: Account) -> None:
    """Let somebody who has left in no more; the papers they wrote stay."""
    account.active = False
    _end_sessions(session, account)
    session.execute(update(ApiToken).where(ApiToken.account == account).values(revoked=True))


def _end_sessions(session: Session, account: Account) -> None:
    session.execute(
        update(LoginSession).where(LoginSession.account == account).values(revoked=True)
    )


def _plain_email(email: str) -> str:
    return email.strip().lower()


def _find(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == _plain_email(email)))


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
    return [] if name.strip() else [Problem("name", _("Skriv navnet på den ansatte."))]


def _role_problems(role: str) -> list[Problem]:
    if role in get_args(Role):
        return []
    roles = ", ".join(get_args(Role))
    return [Problem("role", _("Velg en av rollene %(roles)s.", roles=roles))]


def _password_problems(password: str) -> list[Problem]:
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    message = _(
        "Velg et passord på mellom %(shortest)s og %(longest)s tegn. Flere ord etter hverandre"
        " er lette å huske.",
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )
    return [Problem("password", message)]


# A password is checked


def check(session: Session, email: str, password: str, *, address: str) -> Account | None:
    """Find the account that an e-mail and a password belong to, or nobody.

    Commit also when it is nobody: the failure is counted.

    :param address: the network address that the log-in comes from; "" when there is none.
    :raises TooManyAttempts: when too many have failed; the password is then not looked at.
    """
    counted = _count(session, email, address)
    account = _find(session, email)
    if not _fits(session, account, password) or account is None or not account.active:
        known = account.id if account else None
        audit.record(session, "log_in_failed", subject="account", subject_id=known)
        return None
    _forgive(session, counted)
    if _HASHER.check_needs_rehash(account.password_hash):
        account.password_hash = _hash(session, password)
    return account


def _fits(session: Session, account: Account | None, password: str) -> bool:
    """Whether it is the account's password; nobody's takes as long to check as somebody's."""
    nobody = _nobody()
    known = account.password_hash if account else nobody
    try:
        return _HASHER.verify(known, _bound(session, password))
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Make the hash of a password that nobody has."""
    return _HASHER.hash(secrets.token_bytes(32))


def _hash(session: Session, password: str) -> str:
    return _HASHER.hash(_bound(session, password))


def _bound(session: Session, password: str) -> str:
    """Tie a password to the installation; å is one letter, whichever way a keyboard sends it."""
    return db.keyring(session).hide(cleaning.composed(password).text, "password")


def _count(session: Session, email: str, address: str) -> list[str]:
    """Count a try as failed before it is made, so that those made at once are counted as well."""
    tries = [("e-mail", _plain_email(email)), ("address", address)]
    hidden = [(what, db.keyring(session).hide(value, what)) for what, value in tries if value]
    for what, key in hidden:
        failures, until = _one_more(session, key)
        if failures > FAILURES[what]:
            raise TooManyAttempts(until)
    return [key for _what, key in hidden]


def _one_more(session: Session, key: str) -> tuple[int, datetime]:
    now, until = clock.now(), clock.now() + STRETCH
    over = LoginAttempt.until <= now
    statement = (
        db.insert_into(session, LoginAttempt)
        .values(key=key, failures=1, until=until)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "failures": case((over, 1), else_=LoginAttempt.failures + 1),
                "until": case((over, until), else_=LoginAttempt.until),
            },
        )
        .returning(LoginAttempt.failures, LoginAttempt.until)
    )
    failures, until = session.execute(statement).one()
    return failures, until


def _forgive(session: Session, keys: list[str]) -> None:
    """Take back this try, which did not fail, and all earlier ones of the same e-mail."""
    email, *address = keys
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == email))
    session.execute(
        update(LoginAttempt)
        .where(LoginAttempt.key.in_(address))
        .values(failures=LoginAttempt.failures - 1)
        .execution_options(synchronize_session=False)
    )


# A browser is logged in


def open_session(session: Session, account: Account) -> str:
    """Log a browser in; the answer is what its cookie is to hold."""
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hidden(session, token),
            account=account,
            expires_at=clock.now() + timedelta(hours=SESSION_HOURS),
        )
    )
    session.flush()
    audit.record(session, "logged_in", account=account)
    return token


def session_account(session: Session, token: str) -> Account | None:
    """Find who is logged in; nobody when the log-in is over or the account closed."""
    return session.scalar(
        select(Account)
        .join(LoginSession)
        .where(
            LoginSession.token_hash == _hidden(session, token),
            LoginSession.expires_at > clock.now(),
            LoginSession.revoked.is_(False),
            Account.active.is_(True),
        )
    )


def close_session(session: Session, token: str) -> None:
    """Log a browser out; its cookie is worth nothing from then on."""
    mine = LoginSession.token_hash == _hidden(session, token), LoginSession.revoked.is_(False)
    account_id = session.scalar(
        update(LoginSession).where(*mine).values(revoked=True).returning(LoginSession.account_id)
    )
    if account_id:
        audit.record(session, "logged_out", account=account_id)


def _hidden(session: Session, token: str) -> str:
    return db.keyring(session).hide(token, "token")


# A program calls


def issue_token(session: Session, account: Account, label: str) -> str:
    """Make a token for a program that calls in an account's name; it is shown this once."""
    # the beginning lets a scanner for leaked secrets recognise it
    token = f"formsvc_{secrets.token_urlsafe(32)}"
    accept_token(session, account, label, token)
    return token


def accept_token(session: Session, account: Account, label: str, token: str) -> None:
    """Accept a token that was made elsewhere, as the demo's is."""
    row = ApiToken(token_hash=_hidden(session, token), account=account, label=label)
    session.add(row)
    session.flush()
    audit.record(session, "token_created", subject="token", subject_id=row.id, of=account.id)


def token_account(session: Session, token: str) -> Account | None:
    """Find in whose name a program calls; nobody when the token is unknown or revoked."""
    return session.scalar(
        select(Account)
        .join(ApiToken)
        .where(
            ApiToken.token_hash == _hidden(session, token),
            ApiToken.revoked.is_(False),
            Account.active.is_(True),
        )
    )


def revoke_token(session: Session, token: str) -> None:
    """Accept a token no more."""
    session.execute(
        update(ApiToken).where(ApiToken.token_hash == _hidden(session, token)).values(revoked=True)
    )


# What is over is forgotten


def forget(session: Session) -> None:
    """Delete log-ins that are over and counts that no longer count."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= clock.now()))
    # those that another log-in is counting in stay: two that wait for each other would both fail
    over = select(LoginAttempt.key).where(LoginAttempt.until <= clock.now())
    free = over.with_for_update(skip_locked=True)
    session.execute(
        delete(LoginAttempt)
        .where(LoginAttempt.key.in_(free))
        .execution_options(synchronize_session=False)
    )
