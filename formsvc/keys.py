"""The keys of an installation: data keys in the database, each wrapped under a master key.

Texts are sealed, values hidden, passwords bound and events signed with data keys. The master key,
FORMSVC_SECRET_KEY, only wraps them, so that it can be changed without touching what they made.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args
from weakref import ref

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Engine, Index, LargeBinary, String, insert, inspect, select, text
from sqlalchemy.orm import Mapped, mapped_column

from formsvc import clock
from formsvc.columns import Base, one_of
from formsvc.errors import FormsvcError
from formsvc.outages import Outage

#: ``store`` seals texts, ``index`` hides what is looked up, ``password`` binds passwords to the
#: installation, ``audit`` signs the trail
Purpose = Literal["store", "index", "password", "audit"]

_NONCE: Final = 12
#: how a sealed text begins: with the format of the first releases, which knew its column only,
#: and with today's, which knows its row
FIRST: Final = b"\x01"
BOUND: Final = b"\x02"
#: how long the id of a data key is in a text of each format
_ID: Final = {FIRST: 4, BOUND: 8}


class Unreadable(FormsvcError):
    """A stored text cannot be opened: another key wrote it, or it has been moved or changed."""


class WrongKey(Outage):
    """The database was filled under another master key."""


class NoKeys(Outage):
    """The database has not been prepared, or has lost its keys."""


class DataKey(Base):
    """A key that data is kept with, wrapped under a master key; one of a purpose is in use."""

    __tablename__ = "data_key"
    __table_args__ = (
        Index(
            "uq_data_key_in_use",
            "purpose",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    #: as hexadecimal digits; each sealed text begins with it
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: from then on nothing more is sealed with it; it opens what is not sealed anew yet
    retired_at: Mapped[datetime | None]


class Row(NamedTuple):
    """A data key as it lies in the database."""

    id: str
    purpose: Purpose
    wrapped: bytes
    retired_at: datetime | None

    @property
    def name(self) -> str:
        """What the wrapping is bound to: a key cannot be given out as another one."""
        return f"data_key\0{self.id}\0{self.purpose}"


_KEYS: Final = select(DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.retired_at)


def derived(secret: str, purpose: str, length: int = 32) -> bytes:
    """A key of its own for a purpose, from a secret key, by HKDF (RFC 5869)."""
    info = f"formsvc: {purpose}".encode()
    return HKDF(hashes.SHA256(), length, salt=None, info=info).derive(secret.encode())


class Masters:
    """The master keys of an installation: the newest wraps, the older ones still unwrap.

    A wrapped key is ``master id (8) | nonce (12) | AES-256-GCM ciphertext and tag``.
    """

    def __init__(self, newest: str, *older: str) -> None:
        #: newest first
        self.secrets = (newest, *older)
        self._ciphers = {
            derived(secret, "master id", 8): AESGCM(derived(secret, "data keys"))
            for secret in self.secrets
        }
        self._newest = next(iter(self._ciphers))

    def wrap(self, key: bytes, name: str) -> bytes:
        """Encrypt a data key under the newest master key."""
        nonce = os.urandom(_NONCE)
        cipher = self._ciphers[self._newest]
        return self._newest + nonce + cipher.encrypt(nonce, key, name.encode())

    def unwrap(self, row: Row) -> bytes:
        """Decrypt a data key.

        :raises WrongKey: when none of the master keys has wrapped it.
        """
        cipher = self._ciphers.get(row.wrapped[:8])
        if cipher is None:
            raise WrongKey(
                "This database was filled under another FORMSVC_SECRET_KEY. Start with that one."
                " If the key has been changed, give the earlier one in FORMSVC_SECRET_KEY_OLD."
            )
        nonce, sealed = row.wrapped[8 : 8 + _NONCE], row.wrapped[8 + _NONCE :]
        try:
            return cipher.decrypt(nonce, sealed, row.name.encode())
        except InvalidTag:
            raise WrongKey(
                f"The data key {row.id} is damaged, or has been changed outside the service."
                " Take the table data_key from the last backup."
            ) from None


class Keyring:
    """The data keys of one database, read when they are needed.

    A sealed text is ``version (1) | key id (8) | nonce (12) | AES-256-GCM ciphertext and tag``.
    """

    def __init__(self, opened: Engine, masters: Masters) -> None:
        #: weak: the keys of an engine go when it goes
        self._engine = ref(opened)
        self.masters = masters
        self._keys: dict[str, bytes] = {}
        #: of the purposes whose key is never replaced
        self._lasting: dict[Purpose, bytes] = {}

    def seal(self, connection: Connection, plain: bytes, place: str) -> bytes:
        """Encrypt what belongs in a place; it opens only as from there.

        :param connection: that of the transaction which will write it.
        """
        # Asked in the writing transaction, and held until its end: whoever retires the key waits
        # for those that are writing with it, and afterwards nobody does. So a retired key that
        # no text needs can be deleted, though other processes had it in memory.
        query = _KEYS.where(DataKey.purpose == "store", DataKey.retired_at.is_(None))
        for _try in range(3):
            row = connection.execute(query.with_for_update(read=True)).one_or_none()
            if row is not None:
                return _encrypt(self._learned(Row(*row)), row.id, plain, place)
            # retired while this waited for it; the next look sees the one that came after it
        raise _no_keys()

    def open(self, sealed: bytes, place: str, column: str) -> bytes:
        """Decrypt what stood in a place.

        :param column: all that a text of the first format knows of its place.
        :raises Unreadable: when it was sealed elsewhere, or a single bit has been changed.
        """
        version = sealed[:1]
        start = 1 + _ID.get(version, 0)
        key = self._find(sealed[1:start].hex()) if version in _ID else None
        if key is None:
            raise Unreadable(
                f"{column} was sealed with a key that this database does not have."
                " Take the row, or the table data_key, from the last backup."
            )
        nonce, body = sealed[start : start + _NONCE], sealed[start + _NONCE :]
        about = column if version == FIRST else place
        try:
            return AESGCM(key).decrypt(nonce, body, about.encode())
        except (InvalidTag, ValueError):
            raise Unreadable(
                f"{column} has been moved or changed outside the service, or is damaged."
                " Take the row from the last backup."
            ) from None

    def check(self) -> None:
        """See that the master keys open every data key.

        :raises WrongKey: when the database was filled under another master key.
        :raises NoKeys: when it has not been prepared.
        """
        self._load()

    def mac(self, purpose: Purpose, message: bytes) -> bytes:
        """Sign a message (HMAC-SHA-256) with the key of a purpose; that key never changes."""
        if purpose not in self._lasting:
            self._load()
        if purpose not in self._lasting:
            raise _no_keys()
        return hmac.new(self._lasting[purpose], message, hashlib.sha256).digest()

    def hide(self, value: str, purpose: str) -> str:
        """Make a key by which a value is found again, and which does not give it away."""
        key: Purpose = "password" if purpose == "password" else "index"
        return self.mac(key, f"{purpose}\0{value}".encode()).hex()

    def _find(self, key_id: str) -> bytes | None:
        # one that is not known may have been made since, by a command beside the service
        if key_id not in self._keys:
            self._load()
        return self._keys.get(key_id)

    def _load(self) -> None:
        opened = self._engine()
        if opened is None:
            return
        with opened.execution_options(reading=True).connect() as connection:
            if not inspect(connection).has_table("data_key"):
                raise _no_keys()
            rows = [Row(*row) for row in connection.execute(_KEYS)]
        for row in rows:
            key = self._learned(row)
            if row.retired_at is None:
                self._lasting[row.purpose] = key

    def _learned(self, row: Row) -> bytes:
        if row.id not in self._keys:
            self._keys[row.id] = self.masters.unwrap(row)
        return self._keys[row.id]


def _no_keys() -> NoKeys:
    return NoKeys("The database has no keys yet. Prepare it with `formsvc init-db`.")


def _encrypt(key: bytes, key_id: str, plain: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, plain, place.encode())
    return BOUND + bytes.fromhex(key_id) + nonce + sealed


# --- keys are made -------------------------------------------------------------------------------


def provide(
    connection: Connection, masters: Masters, beginnings: Callable[[], Iterable[bytes]]
) -> None:
    """See that the master keys open the data keys; make data keys where there are none.

    :param beginnings: asks for the first five bytes of the texts that are stored already.
    :raises WrongKey: when the database was filled under another master key.
    """
    rows = [Row(*row) for row in connection.execute(_KEYS)]
    for row in rows:
        masters.unwrap(row)
    if rows:
        return
    wrote = _first_masters(masters, set(beginnings()))
    for secret in wrote:
        first_id = derived(secret, "key id", 4).hex()
        stored = derived(secret, "stored texts")
        _add(connection, masters, "store", stored, key_id=first_id, retired=True)
    # whatever the first releases have hidden is found again, and passwords go on working
    hidden = derived((wrote or masters.secrets)[0], "hidden keys")
    given: dict[Purpose, bytes] = {"index": hidden, "password": hidden} if _used(connection) else {}
    for purpose in get_args(Purpose):
        _add(connection, masters, purpose, given.get(purpose, os.urandom(32)))


def _used(connection: Connection) -> bool:
    """Whether the first releases have let anybody in here."""
    return connection.scalar(text("SELECT 1 FROM account LIMIT 1")) is not None


def _first_masters(masters: Masters, beginnings: set[bytes]) -> list[str]:
    """The master keys that the first releases sealed the stored texts with.

    :raises WrongKey: when it was done with none of them.
    """
    wrote = [
        secret for secret in masters.secrets if FIRST + derived(secret, "key id", 4) in beginnings
    ]
    if beginnings and not wrote:
        raise WrongKey(
            "The texts in this database were sealed with another FORMSVC_SECRET_KEY, or the table"
            " data_key has been emptied. Start with the key that it was filled with, or take the"
            " table from the last backup."
        )
    return wrote


def add(connection: Connection, masters: Masters, purpose: Purpose) -> str:
    """Make a data key for a purpose that has none in use; its id."""
    return _add(connection, masters, purpose, os.urandom(32))


def _add(
    connection: Connection,
    masters: Masters,
    purpose: Purpose,
    key: bytes,
    *,
    key_id: str = "",
    retired: bool = False,
) -> str:
    key_id = key_id or os.urandom(8).hex()
    row = Row(key_id, purpose, b"", clock.now() if retired else None)
    values = {**row._asdict(), "wrapped": masters.wrap(key, row.name)}
    connection.execute(insert(DataKey).values(**values, created_at=clock.now()))
    return key_id
