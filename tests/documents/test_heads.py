"""Every page of a paper says what it is and whom it concerns, who sends it and to whom it goes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any, Final

import pytest
from pypdf import PdfReader

from formsvc import kinds
from formsvc.documents import docx
from formsvc.forms import letter
from formsvc.kinds import KINDS, Kind
from formsvc.language import speaking
from formsvc.originals.word import PAPERS, blank_template, template
from formsvc.services import blanks, printing
from formsvc.services.blanks import BlankFormat

PRINTED: Final = [kind for kind in KINDS if "pdf" in kind.formats]
#: those whose Word template is written by the service, and not in Word by somebody
WRITTEN: Final = [kind for kind in PRINTED if kind.slug in PAPERS]
every_kind = pytest.mark.parametrize("kind", PRINTED, ids=lambda kind: kind.slug)
REFERENCE: Final = "R-2027-0001"
LONG: Final = "Familien trenger at noen samordner hjelpen de får. "


def _form(kind: Kind, language: str = "nb", **changed: Any) -> Any:
    return kind.form.from_answers({**kind.form.sample(language), **changed})


def _printed(form: Any, kind: Kind, wanted: Any = "pdf") -> bytes:
    return printing.render(kind, form, wanted, REFERENCE).data


def _pages(data: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(data)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def _long(kind: Kind) -> dict[str, str]:
    """Answers that fill more than a page: every text of many lines."""
    form = kind.form()
    return {field.short_name: LONG * 50 for field in form if field.kind == "long_text"}


@every_kind
@pytest.mark.parametrize("language", ["nb", "nn"])
def test_every_page_names_the_paper_its_reference_and_whom_it_concerns(
    kind: Kind, language: str
) -> None:
    form = _form(kind, language, **_long(kind))
    with speaking(language):
        concerns = letter.of(form).concerns
        title = printing.context(kind, form)["paper"]["title"]
    of_somebody = kind.form.whom in kind.form()
    assert re.fullmatch(r".+, f\. \d{4}" if of_somebody else "", concerns)

    pages = _pages(_printed(form, kind))

    # the day of birth stands in the paper itself, on its first page
    assert concerns.partition(",")[0] in pages[0]
    assert all(title in page and REFERENCE in page for page in pages)
    assert all(concerns in page for page in pages[1:])
    assert all(f"Side {n} av {len(pages)}" in page for n, page in enumerate(pages, 1))


@pytest.mark.parametrize("make", [template, blank_template])
@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.slug)
def test_head_foot_and_tables_of_word_are_as_wide_as_the_page_has_room(
    kind: Kind, make: Callable[[str, str], bytes]
) -> None:
    with zipfile.ZipFile(io.BytesIO(make(kind.slug, "nb"))) as package:
        body, head, styles = (
            package.read(f"word/{part}.xml").decode() for part in ("document", "header1", "styles")
        )
    (page,) = re.findall(r'<w:pgSz w:w="(\d+)"', body)
    room = int(page) - 2 * 1304
    assert set(re.findall(r'<w:tblW w:w="(\d+)"', head + body)) == {str(room)}
    assert set(re.findall(r'w:val="right" w:pos="(\d+)"', styles)) == {str(room)}


@pytest.mark.parametrize("wanted", blanks.FORMATS)
def test_a_blank_sheet_with_many_columns_lies_in_both_formats(wanted: BlankFormat) -> None:
    data = blanks.make(kinds.find("action_plan"), "nb", wanted)
    if wanted == "pdf":
        sheets = [page.mediabox for page in PdfReader(io.BytesIO(data)).pages]
        assert all(sheet.width > sheet.height for sheet in sheets)
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert 'w:orient="landscape"' in package.read("word/document.xml").decode()


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.slug)
def test_word_names_the_same_on_the_pages_that_follow(kind: Kind) -> None:
    form = _form(kind)
    with zipfile.ZipFile(io.BytesIO(_printed(form, kind, "docx"))) as package:
        head = " ".join(re.findall(r"<w:t[^>]*>([^<]*)", package.read("word/header2.xml").decode()))
        feet = [package.read(f"word/footer{n}.xml").decode() for n in (1, 2)]
    paper = printing.context(kind, form)["paper"]
    head = head.replace("\N{NO-BREAK SPACE}", " ")
    assert all(said in head for said in (paper["title"], REFERENCE, paper["concerns"]))
    assert all(re.search(r"Side .*PAGE.* av .*NUMPAGES", foot) for foot in feet)


@pytest.mark.parametrize("slug", ["consent", "ip_application"])
@pytest.mark.parametrize("wanted", ["fillable", "flattened"])
def test_every_page_of_the_official_form_names_them_too(slug: str, wanted: str) -> None:
    kind = kinds.find(slug)
    name = "need" if slug == "ip_application" else "exclusions"
    form = _form(kind, **{name: LONG * 40})
    concerns, title = letter.of(form).concerns, printing.context(kind, form)["paper"]["title"]
    data = _printed(form, kind, wanted)

    pages = _pages(data)

    assert len(pages) > 4
    assert any("Fortsettelse" in page or "Vedlegg" in page for page in pages)
    assert all(title in page for page in pages)
    if wanted == "flattened":
        assert all(concerns in page and REFERENCE in page for page in pages)
    else:
        fields = PdfReader(io.BytesIO(data)).get_fields() or {}
        assert fields["paper.concerns"]["/V"] == concerns
        assert fields["paper.reference"]["/V"] == REFERENCE


def test_a_case_without_a_name_and_a_meeting_of_the_system_name_nobody() -> None:
    kind = kinds.find("minutes")
    for changed in ({"anonymous": True}, {"arena": "steering_group"}):
        form = _form(kind, child=None, consent_reference="", **changed)
        assert letter.of(form).concerns == ""
        assert "f. 2015" not in "".join(_pages(_printed(form, kind)))


# -- who sends it, and to whom ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "office"),
    [
        ("consent", "receiver"),
        ("consent_withdrawal", "received_by"),
        ("ip_application", "sender"),
        ("ke_group_created", "sender"),
        ("ke_group_dissolved", "sender"),
        ("ke_coordinator_changed", "sender"),
        ("ke_ip_declined", "sender"),
        ("invitation", "convener"),
        ("action_plan", "responsible"),
    ],
)
def test_the_service_in_the_letterhead_is_that_of_the_one_who_sends_or_receives(
    slug: str, office: str
) -> None:
    form = _form(kinds.find(slug))
    assert letter.of(form).office == form.words()[office]["service"]


def test_minutes_come_from_the_service_of_the_referent() -> None:
    people = [
        {"name": "Anne Moen", "role": "Helsesykepleier", "service": "Helsestasjonen"},
        {"name": "Ingebjørg Sæbø", "role": "Mor", "service": ""},
    ]
    for referent, office in (("anne  moen", "Helsestasjonen"), ("Ola Lie", "")):
        form = _form(kinds.find("minutes"), participants=people, referent=referent)
        assert letter.of(form).office == office


def test_no_office_is_named_where_none_is_given() -> None:
    kind = kinds.find("ip_application")
    sender = {"role": "guardian", "name": "Máret Čáhci", "phone": "90909090"}
    form = _form(kind, sender=sender)
    assert letter.of(form).office == ""
    assert "Fra:" not in _pages(_printed(form, kind))[0]


TO_THE_UNIT: Final = [
    kind for kind in PRINTED if kind.slug.startswith("ke_") or kind.slug == "ip_application"
]


@every_kind
def test_notices_and_applications_are_addressed_to_the_unit_and_no_other_paper_is(
    kind: Kind,
) -> None:
    form = _form(kind)
    to = "Til: Koordinerende enhet, Eksempel kommune, Rådhusvegen 1, 9999 Eksempel"
    first, word = _pages(_printed(form, kind))[0], docx.text(_printed(form, kind, "docx"))
    assert (to in first) is (to in word) is (kind in TO_THE_UNIT)


@every_kind
def test_a_letter_ends_with_its_sender_and_says_whom_to_ask(kind: Kind) -> None:
    form = _form(kind)
    who = form.words()[form.sent_by] if form.greets else {}
    pages = " ".join(_pages(_printed(form, kind)))
    word = docx.text(_printed(form, kind, "docx"))
    assert ("Med hilsen" in pages) is ("Med hilsen" in word) is form.greets
    if who:
        signed = f"{who['name']}, {who['title']}, {who['service']}"
        assert signed in pages.partition("Med hilsen")[2]
        assert signed in word.partition("Med hilsen")[2]
        assert f"Saksbehandler: {who['name']}" in pages
        assert f"Saksbehandler: {who['name']}" in word


@pytest.mark.parametrize("kind", WRITTEN, ids=lambda kind: kind.slug)
def test_the_first_page_has_the_addresses_and_the_number_of_the_municipality(kind: Kind) -> None:
    form = _form(kind)
    paper = printing.context(kind, form)["paper"]
    first = _pages(_printed(form, kind))[0]
    with zipfile.ZipFile(io.BytesIO(_printed(form, kind, "docx"))) as package:
        foot = package.read("word/footer1.xml").decode().replace("\N{NO-BREAK SPACE}", " ")
    for part in ("address", "phone", "email", "website", "organisation_number"):
        assert paper["municipality"][part] in first
        assert paper["municipality"][part] in foot


@every_kind
@pytest.mark.parametrize("wanted", ["pdf", "docx"])
def test_the_declaration_stands_right_above_those_who_sign(kind: Kind, wanted: str) -> None:
    if not kind.form.signed or not kind.form.declaration:
        pytest.skip("nobody declares anything on it")
    data = _printed(_form(kind), kind, wanted)
    text = docx.text(data) if wanted == "docx" else " ".join(_pages(data))
    declaration = " ".join(str(kind.form.declaration).split())
    behind = " ".join(text.split()).rpartition(declaration)[2]
    assert behind.split()[:2] == ["Navn", "Rolle"]


def test_nobody_is_said_to_be_unable_to_judge_where_that_was_not_answered() -> None:
    kind = kinds.find("consent")
    for wanted in ("pdf", "docx"):
        data = _printed(_form(kind), kind, wanted)
        text = docx.text(data) if wanted == "docx" else " ".join(_pages(data))
        assert "kan ikke selv vurdere" not in text
