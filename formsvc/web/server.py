"""Serving on one machine: the database brought up to date, demo data at first, then waitress."""

from __future__ import annotations

import sys

from formsvc import db, logs
from formsvc.config import Settings
from formsvc.errors import FormsvcError
from formsvc.services import demo, installed
from formsvc.web import create_app
from formsvc.web import worker as workers


class PortTaken(FormsvcError):
    """The port is in use, or may not be used."""


def run(settings: Settings, host: str, port: int, *, worker: bool = True) -> None:
    """Serve until stopped.

    :param worker: False where ``formsvc worker`` does the work beside the requests.
    :raises MissingSetting: outside demo mode without a secret key.
    :raises PortTaken: when something else is served there.
    """
    import waitress  # noqa: PLC0415 - only a running service needs it

    logs.configure()
    settings.secret()
    db.migrate(settings)
    _notice_changes(settings)
    app = create_app(settings)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        raise PortTaken(
            f"{host}:{port} cannot be served on ({error.strerror})."
            " Something else may be running there: choose another with --port."
        ) from None
    lines = _demo_lines(settings) if settings.demo else []
    if worker:
        workers.of(app).start()
    _say(f"formsvc: http://{host}:{port}", *lines, "Stop it with Ctrl+C.")
    try:
        server.run()
    finally:
        workers.of(app).stop()


def _notice_changes(settings: Settings) -> None:
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        installed.notice(session)
    engine.dispose()


def _demo_lines(settings: Settings) -> list[str]:
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        lines = demo.load(session)
    engine.dispose()
    return ["", "Demo: invented people only. Log in with", *lines, ""]


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
