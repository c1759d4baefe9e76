"""Texts that the database never sees in the clear, each bound to the row that it belongs to.

A model declares them beside its columns::

    class Paper(Base):
        answers = SealedJSON[dict[str, Any]]()

``paper.answers`` is sealed when the row is written, and opened when it is asked for: a row that
has been damaged, or moved from elsewhere, harms nobody who does not ask for its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast, overload
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Column, Connection, Dialect, LargeBinary, event, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Mapper, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from formsvc.columns import Base
from formsvc.keys import Keyring

Plain = TypeVar("Plain")

#: a column type meets only its engine's dialect, so that is where it finds the keys
keyrings: WeakKeyDictionary[Dialect, Keyring] = WeakKeyDictionary()


def keyring(session: Session) -> Keyring:
    """Find the keys of the database that a session talks to."""
    return keyrings[session.get_bind().dialect]


class Ciphertext(bytes):
    """A sealed text as it lies in its column, with the keys that open it."""

    keys: Keyring

    def __new__(cls, sealed: bytes, keys: Keyring) -> Self:
        made = super().__new__(cls, sealed)
        made.keys = keys
        return made


class _Unsealed(NamedTuple):
    """What a row has been given and is not written yet."""

    plain: Any


class SealedText(TypeDecorator[Ciphertext]):
    """The column of a sealed text; nothing that is not sealed gets into it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, declared: Sealed[Any]) -> None:
        super().__init__()
        self.declared = declared

    def process_bind_param(self, value: object, dialect: Dialect) -> bytes | None:
        """Let sealed texts through.

        :raises TypeError: for anything else; the statement needs ``sealing.sealed``.
        """
        if value is not None and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.declared.column} takes what sealing.sealed() has made")
        return value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Ciphertext | None:
        """Give the text out as it is, with the keys that open it."""
        return None if value is None else Ciphertext(value, keyrings[dialect])


class Sealed(Generic[Plain]):
    """A text of a row; on the class it is the column, as ``undefer(Document.data)`` needs it."""

    def __init__(
        self, *, nullable: bool = False, deferred: bool = False, bound: tuple[str, ...] = ()
    ) -> None:
        """:param bound: further columns of the row, beside ``id``, that the text belongs to."""
        self._nullable, self._deferred = nullable, deferred
        #: the columns whose values the text belongs to
        self.bound = ("id", *bound)
        self._name = self._key = self.column = ""

    def __set_name__(self, owner: type[Base], name: str) -> None:
        """Give the model its column, before SQLAlchemy looks for it."""
        self._name, self._key = name, f"sealed_{name}"
        self.column = f"{owner.__tablename__}.{name}"
        column: Any = mapped_column(
            name, SealedText(self), nullable=self._nullable, deferred=self._deferred
        )
        setattr(owner, self._key, column)

    @overload
    def __get__(self, row: None, owner: type) -> InstrumentedAttribute[Any]: ...
    @overload
    def __get__(self, row: Base, owner: type) -> Plain: ...
    def __get__(self, row: Base | None, owner: type) -> InstrumentedAttribute[Any] | Plain:
        """Open the text.

        :raises Unreadable: when it was not sealed for this row, or a bit of it has been changed.
        """
        if row is None:
            return cast("InstrumentedAttribute[Any]", getattr(owner, self._key))
        stored = getattr(row, self._key)
        if not isinstance(stored, Ciphertext):
            return cast("Plain", stored.plain if isinstance(stored, _Unsealed) else None)
        known, plain = vars(row).get(self._name, (None, None))
        if known is not stored:
            plain = self.unpack(stored.keys.open(stored, self.place(row), self.column))
            vars(row)[self._name] = (stored, plain)
        return cast("Plain", plain)

    def __set__(self, row: Base, plain: Plain) -> None:
        """Give the row a text; it is sealed when the row is written."""
        setattr(row, self._key, None if plain is None else _Unsealed(plain))

    def seal_in(self, row: Base, connection: Connection) -> None:
        """Seal what the row has been given since it was written."""
        given = getattr(row, self._key) if self._key in vars(row) else None
        if isinstance(given, _Unsealed):
            ciphertext = self.sealed(row, given.plain, connection)
            setattr(row, self._key, ciphertext)
            vars(row)[self._name] = (ciphertext, given.plain)

    def sealed(self, row: Base, plain: Plain, writing: Connection) -> Ciphertext:
        """The sealed text for a row, by the connection that writes it."""
        keys = keyrings[writing.dialect]
        return Ciphertext(keys.seal(writing, self.pack(plain), self.place(row)), keys)

    def place(self, row: Base | Mapping[Any, Any]) -> str:
        """Where a row's text belongs, as it is sealed in."""
        values = row if isinstance(row, Mapping) else {n: getattr(row, n) for n in self.bound}
        return "\0".join((self.column, *(str(values[name]) for name in self.bound)))

    def pack(self, plain: Plain) -> bytes:
        """As the bytes to seal."""
        raise NotImplementedError

    def unpack(self, opened: bytes) -> Plain:
        """From the bytes that were sealed."""
        raise NotImplementedError


class SealedBytes(Sealed[bytes | None]):
    """Bytes, or none."""

    def pack(self, plain: bytes | None) -> bytes:
        """As they are."""
        return plain or b""

    def unpack(self, opened: bytes) -> bytes:
        """As they are."""
        return opened


class SealedJSON(Sealed[Plain]):
    """Plain data: dict, list, str, bool, int, None."""

    def pack(self, plain: Plain) -> bytes:
        """As JSON."""
        return json.dumps(
            plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()

    def unpack(self, opened: bytes) -> Plain:
        """From JSON."""
        return cast("Plain", json.loads(opened))


def sealed(
    session: Session, row: Base, attribute: InstrumentedAttribute[Any], plain: object
) -> Ciphertext:
    """A row's text for a statement that writes by itself.

    ``update(Draft).values({Draft.typed: sealed(session, draft, Draft.typed, typed)})``
    """
    declared: Sealed[Any] = attribute.property.columns[0].type.declared
    return declared.sealed(row, plain, session.connection())


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def _seal_all(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    declared = [found for found in vars(mapper.class_).values() if isinstance(found, Sealed)]
    if declared and row.id is None:
        row.id = uuid4()  # what is sealed knows its row, so the row needs its name now
    for found in declared:
        found.seal_in(row, connection)


# --- all of them ---------------------------------------------------------------------------------


def columns() -> Iterator[Column[Ciphertext]]:
    """Every column of sealed texts."""
    for table in Base.metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, SealedText))


def beginnings(connection: Connection, length: int = 5) -> set[bytes]:
    """How the stored texts begin, each way once: version and key id."""
    found: set[bytes] = set()
    for column in columns():
        begun = type_coerce(func.substr(column, 1, length), LargeBinary)
        found.update(connection.scalars(select(begun).where(column.is_not(None)).distinct()))
    return found
