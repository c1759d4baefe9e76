"""Serving on one machine: the database brought up to date, demo data at first, then waitress."""

from __future__ import annotations

import sys

from formsvc import db
from formsvc.config import Settings
from formsvc.errors import FormsvcError
from formsvc.services import demo, evaluation
from formsvc.web import create_app, printer


class PortTaken(FormsvcError):
    """The port is in use, or may not be used."""


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped.

    :raises MissingSetting: outside demo mode without a secret key.
    :raises PortTaken: when something else is served there.
    """
    import waitress  # noqa: PLC0415 - only a running service needs it

    settings.secret()
    db.migrate(settings)
    _sort_in(settings)
    app = create_app(settings)
    try:
        server = waitress.create_server(app, host=host, port=port, threads=8, ident=None)
    except OSError as error:
        raise PortTaken(
            f"{host}:{port} cannot be served on ({error.strerror})."
            " Something else may be running there: choose another with --port."
        ) from None
    lines = _demo_lines(settings) if settings.demo else []
    printer.of(app).wake()  # what an earlier run left
    _say(f"formsvc: http://{host}:{port}", *lines, "Stop it with Ctrl+C.")
    server.run()


def _sort_in(settings: Settings) -> None:
    """Sort in what an older version kept of evaluations, a little at a time."""
    engine = db.engine(settings)
    place, ended = None, False
    while not ended:
        with db.session_factory(engine).begin() as session:
            place = evaluation.sort_in(session, place)
        ended = place is None
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
