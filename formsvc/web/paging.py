"""Long lists in the pages: where one stands by the address, and the links to newer and older."""

from __future__ import annotations

from typing import NamedTuple

from flask import request, url_for

from formsvc.services.paging import Page, Turn


class Beside(NamedTuple):
    """The addresses of the pages beside this one; "" where there is none."""

    newer: str
    older: str


def turn() -> Turn:
    """Where the address says that one stands in a list."""
    return Turn(request.args.get("after", ""), request.args.get("before", ""))


def beside(page: Page, **filters: str) -> Beside:
    """The way to newer and to older rows, through the same filters."""
    chosen = {name: value for name, value in filters.items() if value}
    here = {**(request.view_args or {}), **chosen}
    return Beside(
        url_for(str(request.endpoint), **here, before=page.newer) if page.newer else "",
        url_for(str(request.endpoint), **here, after=page.older) if page.older else "",
    )
