"""Who acts: an employee who is logged in, a program that calls for one, or the service itself.

The edge says once who it is: a request's log-in or key, the command line, the worker. Every act
is of an actor, and what an actor may is decided by ``match`` over these, with ``assert_never``: a
kind of actor that is added to ``Actor`` is found by mypy at each place that has to know of it.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeAlias, assert_never
from uuid import UUID

from sqlalchemy import inspect

from formsvc.errors import NotAllowed
from formsvc.models import Account


@dataclass(frozen=True)
class Employee:
    """Somebody who works here and is logged in."""

    account: Account


@dataclass(frozen=True)
class Program:
    """A program that calls by a key, with the rights of the account that the key is for."""

    account: Account


@dataclass(frozen=True)
class System:
    """The service itself: the worker, and the command line of whoever runs it."""


Actor: TypeAlias = Employee | Program | System

_current: ContextVar[Actor | None] = ContextVar("actor", default=System())  # noqa: B039 - frozen


def current() -> Actor | None:
    """Whoever acts now; None in a request of somebody who is not known."""
    return _current.get()


def set_current(by: Actor | None) -> None:
    """From here on in this context, they act."""
    _current.set(by)


def account_id(by: Actor) -> UUID | None:
    """The account in whose name somebody acts; the service itself has none."""
    match by:
        case Employee(account) | Program(account):
            # Not `account.id`: that reads the account again after a rollback, on the request's
            # session, which then holds the place for writers against the one that asks here.
            identity = inspect(account).identity
            return identity[0] if identity else account.id
        case System():
            return None
        case _:
            assert_never(by)


def account(by: Actor) -> Account:
    """The account in whose name somebody writes.

    :raises NotAllowed: for the service itself, which writes in nobody's name.
    """
    match by:
        case Employee(account) | Program(account):
            return account
        case System():
            raise NotAllowed
        case _:
            assert_never(by)
