"""Invented people for whoever tries the service: log-ins, a token for the API, begun drafts."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from formsvc import config
from formsvc.errors import NotAllowed
from formsvc.kinds import find
from formsvc.models import Account
from formsvc.roles import Role
from formsvc.services import accounts, api_tokens, drafts
from formsvc.services.actor import Employee

#: what everybody in the demo logs in with
PASSWORD: Final = "demo-passord"  # noqa: S105 public on purpose
#: what programs call the demo's API with
TOKEN: Final = "formsvc_demo"  # noqa: S105 public on purpose


class LogIn(NamedTuple):
    """Somebody one can be in the demo."""

    role: Role
    name: str
    email: str
    password: str = PASSWORD


LOG_INS: Final = (
    LogIn("referent", "Kari Nygård", "referent@eksempel.no"),
    LogIn("coordinator", "Amir Haddad", "koordinator@eksempel.no"),
    LogIn("ke", "Liv Ødegård", "ke@eksempel.no"),
    LogIn("admin", "Torbjørn Aas", "admin@eksempel.no"),
)


class Begun(NamedTuple):
    """A draft that lies ready: the form's own sample, but for what is not written yet."""

    by: str
    kind: str
    language: str
    #: the answers that are not written yet, with what stands there instead
    unwritten: dict[str, Any]


DRAFTS: Final = (
    Begun("referent@eksempel.no", "minutes", "nb", {"measures": [], "absences": []}),
    Begun("koordinator@eksempel.no", "consent", "nn", {"services": [], "information": []}),
    Begun("koordinator@eksempel.no", "invitation", "nb", {"agenda": [], "place": ""}),
)


def load(session: Session) -> list[str]:
    """Fill the database, unless it has been filled before; say what one can log in with.

    The log-ins are worth nothing outside demo mode, where the secret key is another one.

    :raises NotAllowed: outside demo mode.
    """
    if not config.current().demo:
        raise NotAllowed("Demo data is for demo mode only. Start with FORMSVC_DEMO=1.")
    if not _loaded(session):
        _employ(session)
        _begin_drafts(session)
    log_ins = [f"{log_in.email}  {log_in.password}  ({log_in.role})" for log_in in LOG_INS]
    return [*log_ins, f"API token: {TOKEN}"]


def _loaded(session: Session) -> bool:
    emails = [log_in.email for log_in in LOG_INS]
    return session.scalar(select(Account.id).where(Account.email.in_(emails)).limit(1)) is not None


def _employ(session: Session) -> None:
    for log_in in LOG_INS:
        account = accounts.create(
            session,
            email=log_in.email,
            name=log_in.name,
            role=log_in.role,
            password=log_in.password,
        )
        if log_in.role == "coordinator":
            api_tokens.accept(session, account, "Demo", TOKEN)


def _begin_drafts(session: Session) -> None:
    for begun in DRAFTS:
        form = find(begun.kind).form
        answers = {**form.sample(begun.language), **begun.unwritten}
        author = accounts.by_email(session, begun.by)
        drafts.begin(session, begun.kind, form.from_answers(answers).typed(), Employee(author))
