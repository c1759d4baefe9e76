"""The pages at the foot of every page: privacy, accessibility, contact, in the profile's words."""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import Blueprint, render_template

from formsvc import clock, profile
from formsvc.language import gettext as _
from formsvc.language import spoken

area = Blueprint("pages", __name__)

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


def page(title: str, key: str) -> str:
    """A page of the profile's words."""
    paragraphs = profile.current().text(key, spoken(), on=clock.today())
    return render_template("page.html", title=title, blocks=list(map(_block, paragraphs)))


def _block(paragraph: str) -> Block:
    text = paragraph.removeprefix(HEADING)
    return Block("h2" if text != paragraph else "p", text)
