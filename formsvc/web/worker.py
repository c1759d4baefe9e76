"""The application's worker: woken by the requests that add work, started by the server."""

from __future__ import annotations

from flask import Flask, Response, after_this_request, current_app

from formsvc.web import transaction
from formsvc.worker import Worker


def init_app(app: Flask) -> None:
    """Give an application its worker; until it is started, others do the work."""
    makers = transaction.makers(app)
    app.extensions["formsvc.worker"] = Worker(makers.reading, makers.writing)


def of(app: Flask) -> Worker:
    """The application's worker."""
    worker: Worker = app.extensions["formsvc.worker"]
    return worker


def wake_after_this_request() -> None:
    """Do what this request adds, once it is committed and answered."""
    worker = of(current_app)

    @after_this_request
    def _wake(response: Response) -> Response:
        worker.wake()
        return response
