"""A sign of life for whoever watches over the service."""

from __future__ import annotations

from flask import Blueprint, Response

area = Blueprint("health", __name__)


@area.get("/healthz")
def alive() -> Response:
    """Answer 204 without a word: the process takes requests."""
    return Response(status=204)
