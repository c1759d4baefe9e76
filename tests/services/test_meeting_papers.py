"""The papers of meetings as they are sent: links to press, rows to write in."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from typing import Any

import pytest
from pypdf import PdfReader

from formsvc.documents import docx
from formsvc.errors import BadTemplate
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.originals import word
from formsvc.services import printing, templates
from tests.samples import load

LINK = load("invitation.nn")["video_link"]
RELATIONS = "word/_rels/document.xml.rels"


def _made(kind: str, wanted: Format, sample: str, **changes: Any) -> bytes:
    return printing.make(find(kind), {**load(sample), **changes}, wanted)


@cache
def _text(kind: str, wanted: Format, sample: str) -> str:
    data = _made(kind, wanted, sample)
    if wanted == "docx":
        return docx.text(data)
    return _words_of(data)


def _words_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def _members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _packed(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return target.getvalue()


# -- the link to a video meeting ------------------------------------------------------------------


def test_the_link_of_the_pdf_can_be_pressed() -> None:
    pages = PdfReader(io.BytesIO(_made("invitation", "pdf", "invitation.nn"))).pages
    annotations = [each.get_object() for page in pages for each in page.get("/Annots", [])]
    assert [each["/A"]["/URI"] for each in annotations if each["/Subtype"] == "/Link"][:1] == [LINK]


def test_the_link_of_word_can_be_pressed() -> None:
    members = _members(_made("invitation", "docx", "invitation.nn"))
    [(name, words)] = re.findall(
        r'<w:hyperlink r:id="(\w+)"[^>]*>.*?<w:t[^>]*>([^<]*)</w:t>',
        members["word/document.xml"].decode(),
    )
    assert words == "Bli med i videomøtet"
    [target] = re.findall(
        rf'Id="{name}" Type="[^"]*/hyperlink" Target="([^"]*)" TargetMode="External"',
        members[RELATIONS].decode(),
    )
    assert target.replace("&amp;", "&") == LINK


def test_without_a_link_there_is_nothing_to_press() -> None:
    members = _members(_made("invitation", "docx", "invitation.nb"))
    assert b"w:hyperlink" not in members["word/document.xml"]
    assert b"{{" not in members[RELATIONS]
    pages = PdfReader(io.BytesIO(_made("invitation", "pdf", "invitation.nb"))).pages
    assert not any("/Annots" in page for page in pages)


def _template(target: str) -> bytes:
    members = _members(word.template("invitation", "nn"))
    before = members[RELATIONS]
    members[RELATIONS] = re.sub(rb'Target="\{\{[^"]*', f'Target="{target}'.encode(), before)
    assert members[RELATIONS] != before or target in before.decode()
    return _packed(members)


def _filled(template: bytes) -> bytes:
    invitation = find("invitation")
    form = invitation.form.from_answers(load("invitation.nn"))
    return docx.render(template, printing.context(invitation, form), "nn")


def test_a_link_leads_to_its_answer_after_word_has_saved_the_template() -> None:
    saved = "%7B%7B%20video_link%20or%20'%23'%20%7D%7D"
    relations = _members(_filled(_template(saved)))[RELATIONS]
    assert LINK.replace("&", "&amp;").encode() in relations


def test_a_template_with_a_link_to_an_answer_may_be_ones_own() -> None:
    faults = templates.check(find("invitation"), _template("{{ video_link or '#' }}"))
    assert not [fault for fault in faults if fault.refuses]


def test_a_link_to_an_answer_that_is_no_page_is_refused() -> None:
    with pytest.raises(BadTemplate, match="nettside"):
        _filled(_template("{{ purpose or '#' }}"))


@pytest.mark.parametrize(
    "target",
    [
        "{{ video_link }}",
        "file://{{ video_link or '#' }}",
        "{{ video_link or 'file://x' }}",
        "{% if video_link %}javascript:x{% endif %}",
    ],
)
def test_a_link_of_another_kind_is_refused(target: str) -> None:
    assert any(fault.refuses for fault in templates.check(find("invitation"), _template(target)))


def test_a_link_to_an_answer_that_the_paper_does_not_have_is_told() -> None:
    faults = templates.check(find("invitation"), _template("{{ video_lnk or '#' }}"))
    assert any("video_link" in fault.told() for fault in faults)


# -- who may read what ----------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", ["pdf", "docx"])
def test_the_familys_addresses_stand_on_no_paper(wanted: Format) -> None:
    printed = _text("invitation", wanted, "invitation.nb")
    assert "per.lund@eksempel.no" in printed
    assert "ingebjorg.saebo" not in printed
    assert "jon.ovrelid" not in printed


@pytest.mark.parametrize("wanted", ["pdf", "docx"])
def test_the_referent_can_be_reached_by_what_stands_on_the_minutes(wanted: Format) -> None:
    printed = _text("minutes", wanted, "minutes.nb")
    assert "61 70 02 10" in printed
    assert "anne.moen@eksempel.no" in printed


# -- a paper to write on --------------------------------------------------------------------------


def test_the_action_plan_lies() -> None:
    page = PdfReader(io.BytesIO(_made("action_plan", "pdf", "action_plan.nb"))).pages[0]
    assert page.mediabox.width > page.mediabox.height
    body = _members(_made("action_plan", "docx", "action_plan.nb"))["word/document.xml"]
    assert b'w:w="16838" w:h="11906" w:orient="landscape"' in body


@pytest.mark.parametrize("asked", [None, 1, 7])
def test_the_action_plan_of_word_has_the_rows_that_were_asked_for(asked: int | None) -> None:
    data = _made("action_plan", "docx", "action_plan.nb", empty_rows=asked, participants=[])
    rows = _members(data)["word/document.xml"].count(b"<w:tr>")
    assert rows == 1 + 2 + (asked or 0)


def test_the_plan_says_that_it_is_all_that_is_written_on_where_the_arena_says_so() -> None:
    said = "Vi skriver bare på denne planen"
    assert said in _text("action_plan", "docx", "action_plan.nb")
    other = _made("action_plan", "docx", "action_plan.nb", arena="responsibility_group")
    assert said not in docx.text(other)


# -- columns that nobody filled in ----------------------------------------------------------------


def test_a_column_that_nobody_filled_in_is_not_printed() -> None:
    printed = _text("invitation", "pdf", "invitation.nn")
    assert "E-post" not in printed
    assert "Minutt" not in printed
    assert "Teneste" in printed
    assert "E-post" in _text("invitation", "pdf", "invitation.nb")


# -- a paper that names no child ------------------------------------------------------------------

NAMELESS = {"anonymous": True, "arena": "resource_team"}
UNNAMED = {
    "child": None,
    "consent_reference": "",
    "participants": load("minutes.nb")["participants"][1:],
    "absences": load("minutes.nb")["absences"][1:2],
    "goals": [],
    "measures": [{**row, "goal": ""} for row in load("minutes.nb")["measures"]],
}


@pytest.mark.parametrize("wanted", ["pdf", "docx"])
@pytest.mark.parametrize(
    "level",
    [{"arena": "steering_group"}, {"arena": "slt_meeting"}, NAMELESS],
    ids=lambda level: "-".join(map(str, level.values())),
)
def test_a_paper_that_names_no_child_is_not_stamped_and_speaks_of_no_consent(
    level: dict[str, Any], wanted: Format
) -> None:
    data = _made("minutes", wanted, "minutes.nb", **UNNAMED, **level)
    printed = docx.text(data) if wanted == "docx" else _words_of(data)
    for words in ("Unntatt offentlighet", "taushetsplikt", "samtykket omfatter"):
        assert words not in printed
        assert words in " ".join(_text("minutes", wanted, "minutes.nb").split())
