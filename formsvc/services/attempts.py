"""Tries at guessing: each one is counted before it is made, and too many have to wait.

Whoever guesses is slowed, whoever works here is not held out: what is counted first of all is an
e-mail from one address, or from one browser that has let its owner in before (OWASP's «device
cookie»). The counts of a whole e-mail and of a whole address are for those who guess from many
places or at many people, and never concern such a browser.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from formsvc import clock, db, origin
from formsvc.errors import FormsvcError
from formsvc.language import ngettext
from formsvc.models import LoginAttempt

What = Literal["pair", "device", "e-mail", "address", "code"]

#: a count begins anew so long after a place's last failure, or a wider count's first
STRETCH: Final = timedelta(minutes=15)
#: after so many failures the next try waits 1 second, and twice as long each time
FREE: Final = 5
LONGEST_WAIT: Final = timedelta(minutes=1)
#: so many may fail within the stretch; an address can be that of a whole town hall
MOST: Final[dict[What, int]] = {"e-mail": 100, "address": 200, "code": 30}
#: codes of six digits are guessed by whoever knows the password already: so many in a row, and then
#: no more for a day, unless an administrator turns the second factor off; recovery codes go on
DAY: Final = timedelta(days=1)


class TooManyAttempts(FormsvcError):
    """Too many tries have failed; the next one has to wait."""

    status = 429

    def __init__(self, until: datetime) -> None:
        """:param until: when the next try is looked at."""
        #: seconds until the next try, for the Retry-After header
        self.seconds = max(1, -(-int((until - clock.now()).total_seconds() * 1000) // 1000))
        super().__init__(_sentence(self.seconds))


class TooManyCodes(TooManyAttempts):
    """Too many codes of an app were wrong; a recovery code would be looked at."""


def _sentence(seconds: int) -> str:
    if seconds <= LONGEST_WAIT.total_seconds():
        return ngettext(
            "Det har vært for mange mislykkede forsøk. Vent ett sekund og prøv igjen.",
            "Det har vært for mange mislykkede forsøk. Vent %(n)s sekunder og prøv igjen.",
            seconds,
        )
    if seconds > 7200:
        return ngettext(
            "Det har vært for mange mislykkede forsøk. Vent én time og prøv igjen.",
            "Det har vært for mange mislykkede forsøk. Vent %(n)s timer og prøv igjen.",
            -(-seconds // 3600),
        )
    return ngettext(
        "Det har vært for mange mislykkede forsøk. Vent ett minutt og prøv igjen.",
        "Det har vært for mange mislykkede forsøk. Vent %(n)s minutter og prøv igjen.",
        -(-seconds // 60),
    )


class Counted(NamedTuple):
    """A try that has been counted as failed: what to take back when it did not."""

    what: What
    key: str


def count(
    session: Session, who: str, *, address: str, device: str = "", code: bool = False
) -> list[Counted]:
    """Count a try as failed before it is made, so that those made at once are counted as well.

    :param who: whose secret is guessed at: an e-mail in its plain form, or an account's id.
    :param address: the network address that the try comes from; "" when there is none.
    :param device: what is known of a browser that has logged in as that account before.
    :param code: whether it is a code of an app that is guessed at, and not a password or a
        recovery code: those are too long to be guessed at the speed that the other counts allow.
    :raises TooManyCodes: when it is for the codes of the app that the try has to wait.
    :raises TooManyAttempts: when the try has to wait; it is then not counted.
    """
    of_code: list[tuple[What, str]] = [("code", who)] if code else []
    counted = [
        Counted(what, db.keyring(session).hide(value, what))
        for what, value in (*_counters(who, origin.household(address), device), *of_code)
    ]
    # always in this order, so that no two tries wait for each other's rows
    rows = [(each.what, _row(session, each)) for each in counted]
    waits = {what: row.next_at for what, row in rows if row.next_at > clock.now()}
    if waits:
        refusal = TooManyCodes if "code" in waits else TooManyAttempts
        raise refusal(max(waits.values()))
    for what, row in rows:
        _one_more(row, what)
    session.flush()
    return counted


def _counters(who: str, address: str, device: str) -> list[tuple[What, str]]:
    if device:
        return [("device", device)]
    found: list[tuple[What, str]] = [("pair", f"{who}\0{address}"), ("e-mail", who)]
    return [*found, ("address", address)] if address else found


def _row(session: Session, counted: Counted) -> LoginAttempt:
    """The count under that key, locked; a new one where there is none or its stretch is over."""
    now, stretch = clock.now(), DAY if counted.what == "code" else STRETCH
    statement = (
        db.insert_into(session, LoginAttempt)
        .values(key=counted.key, failures=0, until=now + stretch, next_at=now)
        # changes nothing, and so locks the row that another try has made
        .on_conflict_do_update(index_elements=["key"], set_={"key": LoginAttempt.key})
        .returning(LoginAttempt)
    )
    row = session.scalars(statement, execution_options={"populate_existing": True}).one()
    # over, or counted while the clock ran ahead: no stretch ends so far from now
    if not now < row.until <= now + stretch + clock.SKEW:
        row.failures, row.next_at, row.until = 0, now, now + stretch
    return row


def _one_more(row: LoginAttempt, what: What) -> None:
    row.failures += 1
    if what in MOST:
        # the stretch stands still: a town hall that mistypes all day never comes to the end
        row.next_at = row.until if row.failures >= MOST[what] else clock.now()
    else:
        row.until = clock.now() + STRETCH
        row.next_at = clock.now() + _wait(row.failures)


def _wait(failures: int) -> timedelta:
    """How long the next try waits after so many failures.

    >>> [int(_wait(failures).total_seconds()) for failures in (4, 5, 6, 7, 10, 11, 5000)]
    [0, 1, 2, 4, 32, 60, 60]
    """
    if failures < FREE:
        return timedelta()
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(failures - FREE, 10)))


def forgive(session: Session, counted: list[Counted]) -> None:
    """Take back a try that did not fail, and all earlier ones of the same place.

    The wider counts lose only this one: an account of one's own buys no tries at others'.
    """
    for what, key in counted:
        if what in MOST and what != "code":
            session.execute(
                update(LoginAttempt)
                .where(LoginAttempt.key == key, LoginAttempt.failures > 0)
                .values(failures=LoginAttempt.failures - 1, next_at=clock.now())
                .execution_options(synchronize_session=False)
            )
        else:
            session.execute(delete(LoginAttempt).where(LoginAttempt.key == key))


def forgive_codes(session: Session, account_id: UUID) -> None:
    """Forget the wrong codes of an account that gets another app: they guessed at the old one."""
    key = db.keyring(session).hide(str(account_id), "code")
    session.execute(
        delete(LoginAttempt)
        .where(LoginAttempt.key == key)
        .execution_options(synchronize_session="fetch")
    )


def forget(session: Session) -> None:
    """Delete counts that no longer count."""
    # those that another log-in is counting in stay: two that wait for each other would both fail
    now, until = clock.now(), LoginAttempt.until
    over = select(LoginAttempt.key).where((until <= now) | (until > now + DAY + clock.SKEW))
    free = over.with_for_update(skip_locked=True)
    session.execute(
        delete(LoginAttempt)
        .where(LoginAttempt.key.in_(free))
        .execution_options(synchronize_session=False)
    )
