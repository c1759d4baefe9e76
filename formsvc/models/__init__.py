"""The rows that the service keeps. Rows are rows: what one does with them stands in services."""

from formsvc.models.account import (
    Account,
    ApiToken,
    LinkAct,
    LoginAttempt,
    LoginSession,
    PasswordLink,
    RecoveryCode,
    SecondFactor,
)
from formsvc.models.evaluation import EvaluationAnswer, EvaluationText, EvaluationUnit
from formsvc.models.event import Event, EventHead
from formsvc.models.paper import Document, Draft, Paper, ReferenceCounter, State
from formsvc.models.share import Share
from formsvc.models.work import Job, What

__all__ = [
    "Account",
    "ApiToken",
    "Document",
    "Draft",
    "EvaluationAnswer",
    "EvaluationText",
    "EvaluationUnit",
    "Event",
    "EventHead",
    "Job",
    "LinkAct",
    "LoginAttempt",
    "LoginSession",
    "Paper",
    "PasswordLink",
    "RecoveryCode",
    "ReferenceCounter",
    "SecondFactor",
    "Share",
    "State",
    "What",
]
