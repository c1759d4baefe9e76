"""Every answer of every paper has a place in its print template, whether it has an example or not.

The check needs no PDF: the page is put together from a paper in which every answer is marked, and
the marks are looked for. What Word templates leave out is told by ``docx.check``.
"""

from __future__ import annotations

from typing import Any

import pytest

from formsvc.documents import html_pdf
from formsvc.forms.base import DocumentForm
from formsvc.forms.fields import Check, Text
from formsvc.forms.minutes import MinutesForm
from formsvc.kinds import KINDS, Kind, find
from formsvc.language import PAPER_LANGUAGES
from formsvc.services import templates
from tests import leaving_out
from tests.forms import marked

PRINTED = [kind for kind in KINDS if "pdf" in kind.formats]
#: boxes that change nothing on a full paper, because other answers say the same
SAID_OTHERWISE = {
    "ip_application": {"person.has_national_id"},  # the number stands there, or not
    "invitation": {"anonymous"},  # stands where the child would
    "minutes": {"anonymous", "no_absences", "no_new_measures"},  # in place of the rows
}


def _page(kind: Kind, paper: dict[str, Any], language: str) -> str:
    frame = templates.frame(kind, kind.form.from_answers({"language": language}), "R-2027-0001")
    return html_pdf.page(kind.slug, {**paper, "language": language, "paper": frame})


def _never_printed(kind: Kind, form: DocumentForm, language: str = "nb") -> set[str]:
    """The paths of the answers that no paper of that kind shows."""
    missing = marked.marks(form)
    for paper in marked.papers(form):
        page = _page(kind, paper, language)
        missing = {path for path in missing if marked.mark(path) not in page}
        if not missing:
            break
    return missing


@pytest.mark.parametrize("language", PAPER_LANGUAGES)
@pytest.mark.parametrize("kind", PRINTED, ids=lambda kind: kind.slug)
def test_every_answer_has_a_place_in_print(kind: Kind, language: str) -> None:
    assert _never_printed(kind, kind.form(), language) == set()


@pytest.mark.parametrize("kind", PRINTED, ids=lambda kind: kind.slug)
def test_every_box_changes_what_is_printed(kind: Kind) -> None:
    form = kind.form()
    full = _page(kind, next(marked.papers(form)), "nb")
    silent = {path for path, paper in marked.boxes(form) if _page(kind, paper, "nb") == full}
    assert silent == SAID_OTHERWISE.get(kind.slug, set())


# -- a place left out -----------------------------------------------------------------------------


class _MoreMinutesForm(MinutesForm):
    """Minutes that ask for more than their template prints."""

    weather = Text("Været")
    sunny = Check("Sol")


def test_a_new_field_without_a_place_or_an_example_is_told() -> None:
    assert _never_printed(find("minutes"), _MoreMinutesForm()) == {"weather"}


def test_a_new_box_without_a_place_is_told() -> None:
    form, kind = _MoreMinutesForm(), find("minutes")
    full = _page(kind, next(marked.papers(form)), "nb")
    silent = {path for path, paper in marked.boxes(form) if _page(kind, paper, "nb") == full}
    assert silent - SAID_OTHERWISE["minutes"] == {"sunny"}


@pytest.mark.parametrize(
    ("kind", "name", "words", "told"),
    [
        ("minutes", "minutes.html", '{{ parts.fact("place", place) }}', {"place"}),
        ("minutes", "minutes.html", ', ["input"]', {"absences.input"}),
        ("minutes", "_parts.html", ", child.birth_date", {"child.birth_date"}),
        ("ke_ip_declined", "_ke.html", '{{ parts.said("remark", remark) }}', {"remark"}),
        ("action_plan", "action_plan.html", "{{ g.goal }}", {"goals.goal"}),
    ],
)
def test_an_answer_that_is_taken_out_of_a_template_is_told(
    kind: str, name: str, words: str, told: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    instead = ', ""' if words.startswith(",") else ""
    leaving_out.of_print_html(monkeypatch, name, words, instead)
    assert _never_printed(find(kind), find(kind).form()) == told


def test_an_answer_that_hangs_on_another_one_has_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = '{{ parts.fact("place", place) }}'
    for condition in (
        'codes.approval == "sent_for_remarks"',
        "not referent_external",
        "not next_meeting",
    ):
        with monkeypatch.context() as patch:
            instead = f"{{% if {condition} %}}{place}{{% endif %}}"
            leaving_out.of_print_html(patch, "minutes.html", place, instead)
            assert _never_printed(find("minutes"), MinutesForm()) == set()
    leaving_out.of_print_html(
        monkeypatch, "minutes.html", place, f'{{% if codes.approval == "no" %}}{place}{{% endif %}}'
    )
    assert _never_printed(find("minutes"), MinutesForm()) == {"place"}
