"""The people who work here, how they are let in, and the programs that call in their name."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from formsvc.clock import now
from formsvc.db import Base, one_of

#: ``ke`` is the coordinating unit (koordinerende enhet)
Role = Literal["referent", "coordinator", "ke", "admin"]


class Account(Base):
    """One employee. Accounts are closed, never deleted: papers go on naming their author."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(one_of(Role))
    #: argon2id, with its parameters and salt
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class LoginSession(Base):
    """One browser that is logged in; only a hash of what its cookie holds."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    account: Mapped[Account] = relationship()
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: absolute: using the service does not move it
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked: Mapped[bool] = mapped_column(default=False)


class LoginAttempt(Base):
    """How many log-ins have failed for one e-mail or from one address in one stretch of time."""

    __tablename__ = "login_attempt"

    #: the e-mail or the address, hidden by the installation's secret
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    #: the end of the stretch; from then on counting starts anew
    until: Mapped[datetime] = mapped_column(index=True)


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
    revoked: Mapped[bool] = mapped_column(default=False)
