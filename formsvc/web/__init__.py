"""The web: one application, put together from the areas of the site in their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, request
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from formsvc import config, kinds, profile
from formsvc.config import Settings
from formsvc.language import gettext, ngettext, spoken
from formsvc.web import (
    access,
    account,
    accounts,
    api,
    assets,
    blanks,
    caller,
    compression,
    drafts,
    errors,
    evaluation,
    finishing,
    health,
    language,
    login,
    pages,
    papers,
    password,
    second_factor,
    security,
    sharing,
    start,
    traffic,
    trail,
    transaction,
    worker,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: the areas of the site; each of their addresses has its row in access.TABLE
AREAS: Final[tuple[Blueprint, ...]] = (
    health.area,
    start.area,
    blanks.area,
    login.area,
    second_factor.area,
    password.area,
    account.area,
    accounts.area,
    drafts.area,
    finishing.area,
    papers.area,
    sharing.area,
    evaluation.area,
    trail.area,
    pages.area,
    api.area,
)


class Service(transaction.Service):
    """The application; a name that a template does not know is an error, not an empty space."""

    jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request with the settings of this application."""
        with config.using(self.extensions["formsvc.settings"]):
            return super().__call__(environ, start_response)


def create_app(settings: Settings | None = None) -> Service:
    """Make the application of an installation.

    :raises MissingSetting: outside demo mode without a secret key.
    :raises InvalidProfile: at the first mistake in the municipality's profile.
    """
    settings = settings or config.current()
    with config.using(settings):
        return _put_together(settings)


def _put_together(settings: Settings) -> Service:
    kinds.demand_read(profile.current())
    app = Service("formsvc")
    app.extensions["formsvc.settings"] = settings
    traffic.init_app(app)
    compression.init_app(app)
    language.init_app(app)
    security.init_app(app, settings)
    transaction.init_app(app, settings)
    caller.init_app(app)
    access.init_app(app)
    security.csrf.init_app(app)
    assets.init_app(app)
    worker.init_app(app)
    evaluation.init_app(app)
    errors.init_app(app)
    if settings.proxies:
        # they say who is asking, and that it was by https; no more of them is believed
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    for area in AREAS:
        app.register_blueprint(area)
    security.csrf.exempt(api.area)
    app.jinja_env.globals.update(_=gettext, ngettext=ngettext)
    app.context_processor(lambda: _on_every_page(settings))
    return app


def _on_every_page(settings: Settings) -> dict[str, Any]:
    return {
        "municipality": profile.current().municipality(spoken()),
        "demo": settings.demo,
        "start_address": f"{request.script_root}/",
    }
