"""The pages at the foot of every page: privacy, accessibility, contact, in the profile's words."""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import Blueprint, Response, render_template
from werkzeug.exceptions import NotFound

from formsvc import clock, profile
from formsvc.language import gettext as _
from formsvc.language import spoken
from formsvc.web.assets import FOR_GOOD

area = Blueprint("pages", __name__)

#: of the arms, by what the picture is
MIMETYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}
#: how a paragraph of the profile begins when it is a heading
HEADING: Final = "## "


class Block(NamedTuple):
    """A heading or a paragraph."""

    tag: str
    text: str


@area.get("/privacy")
def privacy() -> str:
    """What the municipality does with what is written here."""
    return page(_("Personvern"), "site.privacy")


@area.get("/accessibility")
def accessibility() -> str:
    """The accessibility statement."""
    return page(_("Tilgjengelighetserklæring"), "site.accessibility")


@area.get("/contact")
def contact() -> str:
    """Whom to ask."""
    return page(_("Kontakt oss"), "site.contact")


@area.get("/arms/<name>")
def arms(name: str) -> Response:
    """The municipality's arms; another picture has another address."""
    held = profile.current().sender.arms
    if held is None or held.name != name:
        raise NotFound
    return _for_good(Response(held.picture, mimetype=MIMETYPES[held.ending]))


@area.get("/colour/<code>.css")
def colour(code: str) -> Response:
    """The municipality's colour, for the style sheet; another colour has another address."""
    if f"#{code}" != profile.current().sender.colour:
        raise NotFound
    return _for_good(Response(f":root {{ --municipality: #{code} }}\n", mimetype="text/css"))


def _for_good(response: Response) -> Response:
    response.headers["Cache-Control"] = FOR_GOOD
    return response


def page(title: str, key: str) -> str:
    """A page of the profile's words."""
    paragraphs = profile.current().text(key, spoken(), on=clock.today())
    return render_template("page.html", title=title, blocks=list(map(_block, paragraphs)))


def _block(paragraph: str) -> Block:
    text = paragraph.removeprefix(HEADING)
    return Block("h2" if text != paragraph else "p", text)
