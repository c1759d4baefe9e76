"""Serving on one machine: the database brought up to date, demo data at first, then waitress."""

from __future__ import annotations

import sys

from formsvc import db
from formsvc.config import Settings
from formsvc.services import demo
from formsvc.web import create_app, printer


def run(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped.

    :raises MissingSetting: outside demo mode without a secret key.
    """
    import waitress  # noqa: PLC0415 - only a running service needs it

    settings.secret()
    db.migrate(settings)
    app = create_app(settings)
    lines = _demo_lines(settings) if settings.demo else []
    printer.of(app).wake()  # what an earlier run left
    _say(f"formsvc: http://{host}:{port}", *lines, "Stop it with Ctrl+C.")
    waitress.serve(app, host=host, port=port, threads=8, ident=None)


def _demo_lines(settings: Settings) -> list[str]:
    engine = db.engine(settings)
    with db.session_factory(engine).begin() as session:
        lines = demo.load(session)
    engine.dispose()
    return ["", "Demo: invented people only. Log in with", *lines, ""]


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
