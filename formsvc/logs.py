"""How the service writes its log: when, how grave, from where, and nothing that somebody wrote."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Final

from formsvc import origin

log = logging.getLogger(__name__)

#: whose words are our own, and hold ids and numbers only
_OURS: Final = "formsvc"


class Line(logging.Formatter):
    """One line a record: time in UTC, level, address, logger, words.

    Of another library's record only the constant part of its words is written, and of an error
    only its kind and place: what is filled in may be what somebody typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as a line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        head = f"{moment} {record.levelname} {origin.current()} {record.name}"
        error = record.exc_info[1] if record.exc_info else None
        where = f" {type(error).__name__} at {places(error)}" if error else ""
        return f"{head}: {_words(record)}{where}"


def _words(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] == _OURS:
        return record.getMessage()
    if record.args:
        return str(record.msg)  # what would have been filled in is left out
    return f"{record.module}:{record.lineno}"


def places(error: BaseException) -> str:
    """The places that an error went through: files, lines and names of functions."""
    return " > ".join(
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )


def configure() -> None:
    """Send the log of this process to standard error; asked again, it does nothing."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, Line) for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    root.addHandler(handler)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    # what else Python would print by itself, with words
    logging.captureWarnings(True)
    threading.excepthook = _thread_ended


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    error = ended.exc_value
    if error is not None:
        log.error("a thread ended: %s at %s", type(error).__name__, places(error))
