"""The people of the tests: invented, with synthetic identity numbers (month + 80)."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from formsvc import db
from formsvc.models import Account
from formsvc.roles import Role
from formsvc.services import login, password

#: what every employee of the tests logs in with
PASSWORD = "Fem blå hester i fjæra"


class Employee(NamedTuple):
    """Somebody who has, or is to get, an account."""

    name: str
    email: str
    role: Role


KARI = Employee("Kari Nygård", "kari@eksempel.no", "referent")
JONAS = Employee("Jonas Lien", "jonas@eksempel.no", "referent")
AMIR = Employee("Amir Haddad", "amir@eksempel.no", "coordinator")
LIV = Employee("Liv Ødegård", "liv@eksempel.no", "ke")
TORBJORN = Employee("Torbjørn Aas", "torbjorn@eksempel.no", "admin")


class Person(NamedTuple):
    """Somebody that a paper is about."""

    name: str
    birth_date: date
    identity_number: str


NORA = Person("Nora Čáhci-Bakken", date(2015, 5, 14), "14851564064")
OMAR = Person("Omar Ali Hassan", date(2012, 9, 3), "03891270002")
EMMA = Person("Emma Sæbø Øvrelid", date(2011, 1, 19), "19811160094")
INGRID = Person("Ingrid Bakken", date(1984, 11, 22), "22918410086")
MARET = Person("Máret Čáhci", date(1981, 2, 7), "07828120071")


def employ(session: Session, employee: Employee) -> Account:
    """Give an employee an account with PASSWORD, quickly; ``account.create`` is the real way."""
    account = Account(
        name=employee.name,
        email=employee.email,
        role=employee.role,
        password_hash=_hash(db.keyring(session).hide(PASSWORD, "password")),
    )
    session.add(account)
    session.flush()
    return account


def log_in(session: Session, email: str, typed: str, address: str = "") -> Account | None:
    """Log in as the edge does, step by step, but in one transaction."""
    claim = login.claim(session, email, typed, address=address)
    return login.admit(session, claim, password.verdict(claim.question))


@cache
def _hash(password: str) -> str:
    # as weak as argon2 allows: it is checked in many tests
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
