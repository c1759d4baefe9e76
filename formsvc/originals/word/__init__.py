"""The official Word templates, written as code so that they can be read, checked and remade.

A municipality may change the finished files in Word; this is how the shipped ones begin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from formsvc import kinds
from formsvc.originals import blank
from formsvc.originals.word import (
    by_hand,
    papers_application,
    papers_consent,
    papers_ke,
    papers_meeting,
)
from formsvc.originals.word.labels import LANGUAGES, Labels
from formsvc.originals.word.letterhead import footer, greeting, header, letterhead, opening
from formsvc.originals.word.package import package
from formsvc.originals.word.parts import TEXT_WIDTH, WIDE

#: each paper's name and the function that writes its body
PAPERS: Final[dict[str, Callable[[Labels], str]]] = {
    "consent": papers_consent.consent,
    "consent_withdrawal": papers_consent.consent_withdrawal,
    "ip_application": papers_application.ip_application,
    "ke_group_created": papers_ke.ke_group_created,
    "ke_group_dissolved": papers_ke.ke_group_dissolved,
    "ke_coordinator_changed": papers_ke.ke_coordinator_changed,
    "ke_ip_declined": papers_ke.ke_ip_declined,
    "invitation": papers_meeting.invitation,
    "minutes": papers_meeting.minutes,
    "action_plan": papers_meeting.action_plan,
}


#: those that are written on in a meeting, and need the width
LANDSCAPE: Final = frozenset({"action_plan"})
#: where the link of a paper leads: to an answer, and nowhere where there is none
LINKS: Final = {"invitation": "{{ video_link or '#' }}"}


def template(kind: str, language: str) -> bytes:
    """The Word template of one paper in ``nb`` or ``nn``."""
    labels = Labels(kind, language)
    form = labels.form
    closing = greeting(labels, form.sent_by) if form.greets else ""
    return _packed(
        opening(labels) + PAPERS[kind](labels) + closing,
        labels,
        language,
        landscape=kind in LANDSCAPE,
        link=LINKS.get(kind, ""),
    )


def blank_template(kind: str, language: str) -> bytes:
    """A paper to be written on by hand; what stands around it is filled in as in the others."""
    labels = Labels(kind, language)
    paper = blank.blank(kinds.find(kind), language)
    body = opening(labels) + by_hand.body(paper, labels)
    return _packed(body, labels, language, landscape=paper.wide)


def _packed(
    body: str, labels: Labels, language: str, *, landscape: bool = False, link: str = ""
) -> bytes:
    return package(
        body,
        first_header=letterhead(labels, WIDE if landscape else TEXT_WIDTH),
        header=header(),
        first_footer=footer(labels, address=True),
        footer=footer(labels, address=False),
        locale=f"{language}-NO",
        landscape=landscape,
        link=link,
    )


def templates() -> dict[str, bytes]:
    """Every template by its file name."""
    return {
        f"{kind}.{language}.docx": template(kind, language)
        for kind in PAPERS
        for language in LANGUAGES
    }
