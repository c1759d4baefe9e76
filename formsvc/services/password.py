"""Passwords: which ones are refused, how they are hashed and how one is checked.

Hashing costs 19 MiB and a twentieth of a second on purpose, so it is done outside any
transaction and by two threads for everybody.
"""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from formsvc import cleaning, db, profile
from formsvc.errors import InvalidAnswers, Problem
from formsvc.language import gettext as _
from formsvc.models import Account
from formsvc.services import audit, login_sessions

#: characters
SHORTEST: Final = 12
LONGEST: Final = 200

#: what everybody tries first; NIST SP 800-63B, 3.1.1.2, wants such passwords refused
COMMON: Final = Path(__file__).with_name("common_passwords.txt")
#: hands on a keyboard, the alphabet and counting, forth and (below) back
_ROWS: Final = (
    *("01234567890123456789012345678901234567890", "12345678901234567890123456789012345678901"),
    *(
        "qwertyuiopå",
        "asdfghjkløæ",
        "zxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    ),
    "abcdefghijklmnopqrstuvwxyzæøå",
)
#: so many characters in a row are a run
_RUN: Final = 4
#: so many must be left when a run, a name or a digit behind a word are taken away
_ENOUGH: Final = 8

# OWASP's argon2id for servers: half as much memory as the library's default would let a handful
# of log-ins at once eat more than the whole service may use.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# What argon2 has used stays with the thread that used it: hashed by each of the server's eight
# threads in turn, a morning's 80 log-ins left the process 160 MB larger, by these two 40.
_workers = ThreadPoolExecutor(2, "password")


def _begin_workers() -> None:
    """Have threads of one's own after a fork, which leaves the parent's behind."""
    global _workers
    _workers = ThreadPoolExecutor(2, "password")


if hasattr(os, "register_at_fork"):  # Windows cannot fork
    os.register_at_fork(after_in_child=_begin_workers)


# Which ones are refused


def problems(password: str, *about: str, field: str = "password") -> list[Problem]:
    """What is wrong with a password, if anything.

    :param about: what everybody knows of its owner: name and e-mail.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        message = _(
            "Velg et passord på mellom %(shortest)s og %(longest)s tegn. Flere ord etter hverandre"
            " er lette å huske.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
        return [Problem(field, message)]
    if not _foolish(password, about):
        return []
    message = _(
        "Dette passordet er lett å gjette: det er vanlig, følger et mønster eller likner på navnet,"
        " e-posten eller kommunen. Velg heller flere ord som ikke hører sammen."
    )
    return [Problem(field, message)]


def demand(password: str, account: Account, *, field: str = "password") -> None:
    """Let a password pass for an account.

    :raises InvalidAnswers: when it is too short, too long or foolish.
    """
    if found := problems(password, account.name, account.email, field=field):
        raise InvalidAnswers(found)


def _foolish(password: str, about: Iterable[str]) -> bool:
    folded = _folded(password)
    letters = re.sub(r"[\W_]", "", folded)
    return (
        len(set(folded)) < 5
        or _repeats(folded)
        or letters in _common()
        # a common word with a year or an exclamation mark to make it long enough
        or letters.strip("0123456789") in _common()
        or _left(letters) < _ENOUGH
        or _without(letters, about) < _ENOUGH
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _repeats(text: str) -> bool:
    """Whether something too short is written over and over: aaaa…, abcabc…, sol1sol1…."""
    longest = min(SHORTEST - 1, len(text) // 2)
    return any(text[each:] == text[:-each] for each in range(1, longest + 1))


def _left(text: str) -> int:
    """How many characters are left when runs along a row are taken away.

    >>> [_left(text) for text in ("123456789012", "qwertyuiop12", "hest1234fjær")]
    [0, 2, 8]
    """
    at = left = 0
    while at < len(text):
        run = _run(text[at:])
        at += run or 1
        left += not run
    return left


def _run(text: str) -> int:
    """How many characters of a row the text begins with; 0 when they are too few to matter."""
    rows = [way for row in _ROWS for way in (row, row[::-1])]
    return next(
        (
            length
            for length in range(min(len(text), 30), _RUN - 1, -1)
            if any(text[:length] in row for row in rows)
        ),
        0,
    )


def _without(text: str, about: Iterable[str]) -> int:
    """How many letters are left without what everybody knows: names, the e-mail, the place."""
    known = " ".join((*about, *profile.current().sender.name.versions[-1][1].values(), "formsvc"))
    words = {word for word in re.split(r"[\W_\d]+", _folded(known)) if len(word) > 2}
    found = [word for word in words if word in text]
    for word in sorted(found, key=len, reverse=True):
        text = text.replace(word, "")
    return len(re.sub(r"\d", "", text)) if found else len(text)


# How they are hashed and checked


def hashed(session: Session, password: str) -> str:
    """The hash of a password; the session is only asked for its keys, no transaction begins."""
    return _workers.submit(_HASHER.hash, _bound(session, password)).result()


class Question(NamedTuple):
    """A password to be checked, with all that it takes: no transaction need be open."""

    #: the account's hash; "" where there is none, and then nobody's is checked: it takes as long
    known: str
    #: the password as it was typed, tied to the installation
    typed: str


class Verdict(NamedTuple):
    """What a check said."""

    fits: bool
    #: a hash to keep in place of one that was made with older costs; "" when it is good
    renewed: str


def question(session: Session, account: Account | None, password: str) -> Question:
    """Ask whether a password is an account's; :func:`verdict` answers."""
    return Question(account.password_hash if account else "", _bound(session, password))


def verdict(asked: Question) -> Verdict:
    """Check a password: outside any transaction, for it takes its time."""
    return _workers.submit(_check, asked).result()


def _check(asked: Question) -> Verdict:
    try:
        fits = _HASHER.verify(asked.known or _nobody(_HASHER), asked.typed)
    except (VerifyMismatchError, InvalidHashError):
        return Verdict(fits=False, renewed="")
    old = _HASHER.check_needs_rehash(asked.known)
    return Verdict(fits, _HASHER.hash(asked.typed) if old else "")


def change(session: Session, account: Account, password_hash: str) -> None:
    """Give an account another password, and end its log-ins everywhere.

    :param password_hash: of :func:`hashed`, for a password that :func:`demand` let pass.
    """
    account.password_hash = password_hash
    session.flush()
    login_sessions.end_all(session, account)
    audit.record(session, "password_changed", subject="account", subject_id=account.id)


@cache
def _nobody(hasher: PasswordHasher) -> str:
    """Make the hash of a password that nobody has, at the cost of everybody's."""
    return hasher.hash(secrets.token_bytes(32))


def _bound(session: Session, password: str) -> str:
    """Tie a password to the installation; å is one letter, whichever way a keyboard sends it."""
    return db.keyring(session).hide(cleaning.composed(password).text, "password")
