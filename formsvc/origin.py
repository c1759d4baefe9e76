"""Where what happens now comes from, and who does it: for the trail and the log.

The edge says it once (a request, a command): a network address, the command line, or the service
itself, and the account that is at work. It belongs to the running context, as the spoken language
does.
"""

from __future__ import annotations

import ipaddress
import re
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from uuid import UUID

#: what no person asked for, such as a document that is made afterwards
SYSTEM: Final = "system"
COMMAND_LINE: Final = "command line"
#: where no address is known, or none may be kept
UNKNOWN: Final = "unknown"

_WITH_PORT: Final = re.compile(r"\[(?P<six>[^\]]*)\](?::[0-9]+)?|(?P<four>[0-9.]+):[0-9]+")

_origin: ContextVar[str] = ContextVar("origin", default=SYSTEM)
_actor: ContextVar[UUID | None] = ContextVar("actor", default=None)


def current() -> str:
    """Where what happens now comes from."""
    return _origin.get()


def set_current(origin: str) -> None:
    """From here on in this context, things come from there."""
    _origin.set(origin)


def actor() -> UUID | None:
    """The account of whoever does it; none on the command line, and before a log-in."""
    return _actor.get()


def set_actor(account_id: UUID | None) -> None:
    """From here on in this context, that account is at work."""
    _actor.set(account_id)


def address(told: str | None) -> str:
    """A network address as it is kept; what a proxy told and is none is not repeated.

    >>> address("2001:DB8::1%eth0"), address("Nora Bakken"), address(None)
    ('2001:db8::1', 'unknown', 'unknown')
    """
    known = _read(told or "")
    return str(known) if known else UNKNOWN


def household(address: str) -> str:
    """The address; of IPv6 its first half, since a household has as many as it likes below that.

    >>> household("2001:db8:1:2:3:4:5:6")
    '2001:db8:1:2::'
    """
    known = _read(address)
    if known is None:  # whatever a proxy wrote
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known.packed[:8] + bytes(8), 64)).network_address)


def _read(told: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it: in IPv6 clothes where they listen to both, or with a port.

    >>> _read("::ffff:10.1.2.3"), _read("10.1.2.3:50312"), _read("[2001:db8::1]:443")
    (IPv4Address('10.1.2.3'), IPv4Address('10.1.2.3'), IPv6Address('2001:db8::1'))
    """
    written = _WITH_PORT.fullmatch(told)
    bare = (written["six"] or written["four"]) if written else told
    try:
        known = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    # the first half of all these is the same, so the whole world would be one household
    return getattr(known, "ipv4_mapped", None) or known
