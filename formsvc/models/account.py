"""The people who work here, how they are let in, and the programs that call in their name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from formsvc.clock import now
from formsvc.db import Base, one_of
from formsvc.roles import Role
from formsvc.sealing import SealedBytes

#: ``ke`` is the coordinating unit (koordinerende enhet)
#: what a one-time link is for: the first password, or another one
LinkAct = Literal["invitation", "reset"]


class Account(Base):
    """One employee. Accounts are closed, never deleted: papers go on naming their author."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(one_of(Role))
    #: what they are at work, the service and the unit they belong to, and their phone there
    title: Mapped[str] = mapped_column(String(200), default="")
    service: Mapped[str] = mapped_column(String(200), default="")
    unit: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    #: argon2id, with its parameters and salt; "" until the invited has chosen a password
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    invited_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]


class LoginSession(Base):
    """One browser that is logged in; only a hash of what its cookie holds."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    account: Mapped[Account] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: absolute: using the service does not move it
    expires_at: Mapped[datetime] = mapped_column(index=True)
    #: noted once a minute at most
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    #: as people know it, such as «Chrome på Windows»; "" when it does not say
    device: Mapped[str] = mapped_column(String(60), default="")
    #: False between the password and the second factor: such a log-in opens no page
    complete: Mapped[bool] = mapped_column(default=True)
    revoked: Mapped[bool] = mapped_column(default=False)


class LoginAttempt(Base):
    """How many tries have failed for one e-mail, address, browser, or e-mail from an address."""

    __tablename__ = "login_attempt"

    #: what is counted, hidden by the installation's secret
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    #: the end of the stretch; from then on counting starts anew
    until: Mapped[datetime] = mapped_column(index=True)
    #: no try is looked at before then
    next_at: Mapped[datetime] = mapped_column(default=now)


class ApiToken(Base):
    """A program that may call the API with an account's rights; only a hash of its token."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    account: Mapped[Account] = relationship()
    #: what the token is for, in the words of whoever ordered it
    label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_on: Mapped[date | None]
    revoked: Mapped[bool] = mapped_column(default=False)


class PasswordLink(Base):
    """A link by which somebody chooses their password, once; only a hash of what it holds."""

    __tablename__ = "password_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    account: Mapped[Account] = relationship()
    act: Mapped[LinkAct] = mapped_column(one_of(LinkAct))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    #: a newer link took its place, or the account was closed
    revoked_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The app that shows an account's codes (TOTP, RFC 6238)."""

    __tablename__ = "second_factor"

    #: the account's own: it has one or none
    id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    secret = SealedBytes()
    #: when the first right code was given; until then nothing is asked for
    confirmed_at: Mapped[datetime | None]
    #: the step of the last code that was accepted: it and all before are used up
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code for whoever has lost their app; the row goes when it is used."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
