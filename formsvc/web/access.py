"""Who may ask for what: every address of the service, in the order of the site.

What is not in the table is refused to everyone, and a test walks the addresses to find it.
"""

from __future__ import annotations

import logging
from typing import Final, get_args

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from formsvc.errors import FormsvcError, NotAllowed
from formsvc.language import gettext as _
from formsvc.roles import Role
from formsvc.services import access, actor
from formsvc.services.actor import Actor
from formsvc.web import caller, transaction
from formsvc.web.errors import wants_json

log = logging.getLogger(__name__)

#: whoever asks, logged in or not
ANYONE: Final = frozenset({"anyone"})
#: programs, by an API token and never by a browser's cookie
PROGRAMS: Final = frozenset({"programs"})
#: every employee with an account
STAFF: Final[frozenset[str]] = frozenset(get_args(Role))

#: whoever looks after the service
ADMINISTRATORS: Final = access.holders("administer")

#: endpoint → who may; an object's own rules (whose paper it is) stand in services.access
TABLE: Final[dict[str, frozenset[str]]] = {
    # behind the pages
    "static": ANYONE,
    "health.alive": ANYONE,
    "pages.arms": ANYONE,
    "pages.colour": ANYONE,
    "start.start": ANYONE,
    # log-in
    "login.log_in": ANYONE,
    "login.log_out": ANYONE,
    "login.forgotten": ANYONE,
    # half a log-in lets nobody further than to these: the page itself asks for it
    "login.code": ANYONE,
    "second_factor.show": ANYONE,
    "second_factor.begin": ANYONE,
    "second_factor.confirm": ANYONE,
    "second_factor.turn_off": STAFF,
    # whoever has the link, once
    "password.choose": ANYONE,
    # oneself
    "account.mine": STAFF,
    "account.end_session": STAFF,
    "account.end_others": STAFF,
    "account.make_token": STAFF,
    "account.end_token": STAFF,
    "password.change": STAFF,
    # everybody's accounts
    "accounts.listed": ADMINISTRATORS,
    "accounts.invite": ADMINISTRATORS,
    "accounts.one": ADMINISTRATORS,
    "accounts.change": ADMINISTRATORS,
    "accounts.link": ADMINISTRATORS,
    "accounts.close": ADMINISTRATORS,
    "accounts.reopen": ADMINISTRATORS,
    "accounts.end_sessions": ADMINISTRATORS,
    "accounts.reset_second_factor": ADMINISTRATORS,
    # papers being filled in
    "blanks.listed": STAFF,
    "blanks.document": STAFF,
    "start.drafts": STAFF,
    "drafts.blank": STAFF,
    "drafts.begin": STAFF,
    "drafts.write": STAFF,
    "drafts.save": STAFF,
    "finishing.review": STAFF,
    "finishing.issue": STAFF,
    "drafts.discard": STAFF,
    # finished papers
    "papers.mine": STAFF,
    "papers.receipt": STAFF,
    "papers.document": STAFF,
    # either is shared by its author
    "sharing.draft": STAFF,
    "sharing.share_draft": STAFF,
    "sharing.paper": STAFF,
    "sharing.share_paper": STAFF,
    # the family's evaluation
    "evaluation.ask": ANYONE,
    "evaluation.thanks": ANYONE,
    "evaluation.results": access.holders("count"),
    "evaluation.texts": access.holders("count"),
    # who did what
    "trail.everything": ADMINISTRATORS,
    # the foot of every page
    "pages.privacy": ANYONE,
    "pages.accessibility": ANYONE,
    "pages.contact": ANYONE,
    # for programs
    "api.kinds": ANYONE,
    "api.schema": ANYONE,
    "api.description": ANYONE,
    "api.render": PROGRAMS,
    "api.blank": PROGRAMS,
}

#: answered without asking the database who it is
SILENT: Final = frozenset(
    {"static", "pages.arms", "pages.colour", "health.alive"}
    | {"api.kinds", "api.schema", "api.description"}
)

#: asked by POST, though nothing is stored: they hold up nobody who writes
READING: Final = frozenset({"api.render"})


class NotLoggedIn(FormsvcError):
    """The one who asks has to say who it is."""

    status = 401


def init_app(app: Flask) -> None:
    """Check every request before any page sees it."""
    app.before_request(check)


def check() -> ResponseReturnValue | None:
    """Let a request through, send its browser to the log-in, or refuse it.

    :raises NotLoggedIn: 401, to programs and to pages' own scripts
    :raises NotAllowed: 403, to an account without the right role
    """
    endpoint = request.endpoint
    if endpoint in SILENT:
        return None
    allowed = TABLE.get(endpoint, frozenset()) if endpoint else ANYONE
    if endpoint in READING:
        transaction.read_only()
    who = program() if allowed is PROGRAMS else caller.look_up()
    if allowed is ANYONE or (who and (allowed is PROGRAMS or actor.account(who).role in allowed)):
        return None
    log.warning(
        "refused: %s %s to %s", request.method, endpoint, actor.account_id(who) if who else "nobody"
    )
    if who:
        transaction.seen("refused", endpoint=endpoint or "")
        transaction.write_down()
        raise NotAllowed(_("Denne siden er ikke for rollen din."))
    if wants_json():
        raise NotLoggedIn(_("Logg inn og prøv igjen."))
    return to_log_in()


def program() -> Actor | None:
    """The program that calls, by the token in its Authorization header."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return caller.look_up_program(token.strip())


def to_log_in() -> ResponseReturnValue:
    """The way to the log-in and, where the address can be opened, back here."""
    adapter = current_app.create_url_adapter(request)
    opens = adapter is not None and adapter.test(request.path, "GET")
    here = request.full_path.rstrip("?") if opens else None
    return redirect(url_for("login.log_in", next=here), 303)
