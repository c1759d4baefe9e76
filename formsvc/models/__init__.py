"""The rows that the service keeps. Rows are rows: what one does with them stands in services."""

from formsvc.models.account import (
    Account,
    ApiToken,
    LinkAct,
    LoginAttempt,
    LoginSession,
    PasswordLink,
    RecoveryCode,
    Role,
    SecondFactor,
)
from formsvc.models.evaluation import EvaluationAnswer
from formsvc.models.paper import Document, Draft, Format, Paper, ReferenceCounter, State

__all__ = [
    "Account",
    "ApiToken",
    "Document",
    "Draft",
    "EvaluationAnswer",
    "Format",
    "LinkAct",
    "LoginAttempt",
    "LoginSession",
    "Paper",
    "PasswordLink",
    "RecoveryCode",
    "ReferenceCounter",
    "Role",
    "SecondFactor",
    "State",
]
