"""The second factor: codes from an app (TOTP, RFC 6238), and recovery codes on paper.

The standard library does the arithmetic in ten lines, so no package is needed for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Final
from urllib.parse import quote

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from formsvc import clock, db, profile
from formsvc.errors import InvalidAnswers, NotFound, Problem
from formsvc.language import gettext as _
from formsvc.models import Account, RecoveryCode, SecondFactor
from formsvc.services import attempts, audit

#: what every app takes for granted (RFC 6238, section 4): SHA-1, 30 seconds, six digits
STEP: Final = 30
DIGITS: Final = 6
#: steps before and after, for a phone whose clock is not quite right
DRIFT: Final = 1
RECOVERY_CODES: Final = 10
#: of 31 letters and digits: 59 bits. At the most tries that ``attempts`` lets through (100 in 15
#: minutes) one of ten codes is guessed within a year with a chance of 1 in 20 thousand millions.
_LETTERS: Final = 12
#: letters and digits that nobody takes for one another
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def demanded(account: Account) -> bool:
    """Whether the municipality wants a second factor of everybody in that role."""
    return account.role in profile.current().accounts.second_factor


def active(session: Session, account: Account) -> bool:
    """Whether an account is asked for a code after its password."""
    factor = session.get(SecondFactor, account.id)
    return factor is not None and factor.confirmed_at is not None


# Turned on and off


def begin(session: Session, account: Account) -> None:
    """Make a secret for an app to take up; nothing is asked for before it is confirmed.

    :raises NotFound: when one is in use already; it has to be turned off first.
    """
    factor = session.get(SecondFactor, account.id)
    if factor is not None and factor.confirmed_at is not None:
        raise NotFound(_("Totrinns innlogging er slått på allerede."))
    if factor is None:
        factor = SecondFactor(id=account.id)
        session.add(factor)
    factor.secret = secrets.token_bytes(20)
    factor.last_step = 0
    session.flush()


def waiting(session: Session, account: Account) -> SecondFactor | None:
    """Find the factor that waits for its first code."""
    factor = session.get(SecondFactor, account.id)
    return factor if factor is not None and factor.confirmed_at is None else None


def shown_secret(factor: SecondFactor) -> str:
    """The secret as one types it into an app."""
    return base64.b32encode(factor.secret or b"").decode()


def address(factor: SecondFactor, account: Account) -> str:
    """What the square code holds (Google's «Key Uri Format», which all apps read)."""
    issuer = quote(profile.current().name("nb"))
    name = quote(account.email)
    return f"otpauth://totp/{issuer}:{name}?secret={shown_secret(factor)}&issuer={issuer}"


def confirm(session: Session, account: Account, code: str) -> list[str]:
    """Turn the second factor on by the first code, and make the recovery codes.

    :returns: the codes; they are shown this once.
    :raises InvalidAnswers: when the code is not the app's.
    """
    factor = waiting(session, account)
    if factor is None or not _use_code(session, account, code):
        raise InvalidAnswers([Problem("code", wrong_code())])
    factor.confirmed_at = clock.now()
    session.flush()
    _record(session, "second_factor_added", account)
    return _make_recovery_codes(session, account)


def reset(session: Session, account: Account) -> None:
    """Ask an account for no code any more: its owner, or whoever looks after the service."""
    for of_account in (RecoveryCode.account_id, SecondFactor.id):
        session.execute(
            delete(of_account.class_)
            .where(of_account == account.id)
            .execution_options(synchronize_session="fetch")
        )
    attempts.forgive_codes(session, account.id)
    _record(session, "second_factor_removed", account)


def _record(session: Session, what: str, account: Account) -> None:
    audit.record(session, what, subject="account", subject_id=account.id, method="totp")


def _make_recovery_codes(session: Session, account: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(
        RecoveryCode(code_hash=_hidden(session, account, code), account_id=account.id)
        for code in codes
    )
    session.flush()
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def recovery_codes_left(session: Session, account: Account) -> int:
    """How many recovery codes have not been used."""
    count = select(func.count()).where(RecoveryCode.account_id == account.id)
    return session.scalar(count) or 0


# A code is given


def accept(session: Session, account: Account, code: str) -> bool:
    """Use up a code, from the app or from the paper; each is good once."""
    if not active(session, account):
        return False
    use = _use_recovery_code if is_recovery_code(code) else _use_code
    return use(session, account, code)


def is_recovery_code(code: str) -> bool:
    """Whether somebody has typed what can only be a recovery code, right or wrong."""
    return len(_plain(code)) == _LETTERS


def wrong_code() -> str:
    """What is said when a code is not right."""
    return _("Koden er feil eller brukt. Skriv koden som appen viser nå.")


def _use_code(session: Session, account: Account, code: str) -> bool:
    factor = session.get(SecondFactor, account.id)
    typed = "".join(code.split())
    now = int(clock.now().timestamp()) // STEP
    steps = range(now - DRIFT, now + DRIFT + 1)
    found = [
        step
        for step in steps
        if factor and hmac.compare_digest(totp(factor.secret or b"", step).encode(), typed.encode())
    ]
    # one statement, so that of two who show the same code at once one gets in (RFC 6238, 5.2)
    return any(
        session.scalar(
            update(SecondFactor)
            .where(
                SecondFactor.id == account.id,
                # a step that is not here yet was used up while the clock ran ahead
                (SecondFactor.last_step < step)
                | (SecondFactor.last_step > now + DRIFT + clock.SKEW.seconds // STEP),
            )
            .values(last_step=step)
            .returning(SecondFactor.last_step)
        )
        for step in found
    )


def totp(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, section 5.3).

    >>> totp(b"12345678901234567890", 59 // 30)  # RFC 6238, appendix B
    '287082'
    """
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def _use_recovery_code(session: Session, account: Account, code: str) -> bool:
    used = session.scalar(
        delete(RecoveryCode)
        .where(
            RecoveryCode.code_hash == _hidden(session, account, code),
            RecoveryCode.account_id == account.id,
        )
        .returning(RecoveryCode.code_hash)
    )
    if used is not None:
        attempts.forgive_codes(session, account.id)  # a right one ends the row of wrong ones
    return used is not None


def _hidden(session: Session, account: Account, code: str) -> str:
    return db.keyring(session).hide(f"{account.id} {_plain(code)}", "recovery code")


def _plain(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum())
