"""A PDF template is looked through before use, and all that is wrong is said with the mend."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import NameObject, NumberObject

from formsvc.documents.pdf_form import check, fill, load
from formsvc.documents.pdf_form.fields import fields
from formsvc.documents.pdf_form.objects import pdf_text, put
from formsvc.documents.pdf_form.values import form_values
from formsvc.errors import BadTemplate, Fault
from formsvc.kinds import KINDS, find
from formsvc.language import speaking
from tests.documents.pdf_form import hostile_forms
from tests.documents.pdf_form.hostile_forms import SCHEMA, SOUND, form

TEMPLATES = Path(__file__).parents[3] / "docx_templates"
CONSENT = (TEMPLATES / "consent.nb.pdf").read_bytes()
CONSENT_SCHEMA = find("consent").form.schema()
#: calls of functions that a check may take: a second's worth
MOST_WORK = 3_000_000


def _named(cases: Any) -> Any:
    return [pytest.param(*case[1:], id=case[0]) for case in cases]


def _said(data: bytes, schema: Mapping[str, Any] = SCHEMA) -> str:
    return "\n".join(f"{fault.where}: {fault.message}" for fault in check(data, schema))


def _bounded(data: bytes, schema: Mapping[str, Any] = SCHEMA) -> list[Fault]:
    """The faults, found without endless work; a test that hangs would say nothing."""
    calls = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call"
        if calls > MOST_WORK:
            raise AssertionError("the check goes on and on")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return check(data, schema)
    finally:
        sys.setprofile(before)
        assert calls <= MOST_WORK


def _in_words(faults: list[Fault]) -> bool:
    return all(fault.part == "" and fault.message.endswith(".") for fault in faults)


# -- good templates -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize(
    "kind", [k for k in KINDS if "fillable" in k.formats], ids=lambda k: k.slug
)
def test_the_shipped_templates_have_no_faults(kind: Any, language: str) -> None:
    data = (TEMPLATES / f"{kind.slug}.{language}.pdf").read_bytes()
    assert check(data, kind.form.schema()) == []


def test_a_sound_form_has_no_faults() -> None:
    assert check(form(), SCHEMA) == []


@pytest.mark.parametrize("address", [b"https://www.helsenorge.no", b"mailto:post@kommune.example"])
def test_a_link_that_people_click_on_is_no_fault(address: bytes) -> None:
    link = b"<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(%s)>>>>" % address
    linked = {3: SOUND[3].replace(b"[5 0 R]", b"[5 0 R 8 0 R]"), 8: link}
    assert check(form(linked), SCHEMA) == []


# -- files that harm ------------------------------------------------------------------------------


@pytest.mark.parametrize("data", _named(hostile_forms.unreadable()))
def test_what_cannot_be_read_is_refused_in_words(data: bytes) -> None:
    faults = _bounded(data)
    assert len(faults) == 1
    assert _in_words(faults)
    with pytest.raises(BadTemplate):
        load(data)


@pytest.mark.parametrize("data", _named(hostile_forms.swelling()))
def test_what_becomes_huge_is_refused_before_it_does(data: bytes) -> None:
    faults = _bounded(data)
    assert len(faults) == 1
    assert _in_words(faults)


@pytest.mark.parametrize(("word", "data"), _named(hostile_forms.acting()))
def test_what_acts_is_refused_by_what_it_does(word: str, data: bytes) -> None:
    faults = _bounded(data)
    assert word in "\n".join(fault.message for fault in faults)
    assert _in_words(faults)


@pytest.mark.parametrize(("word", "data"), _named(hostile_forms.acting()))
def test_what_acts_is_remarked_on_when_it_is_loaded_all_the_same(word: str, data: bytes) -> None:
    assert word
    assert load(data).remarks


@pytest.mark.parametrize("data", _named(hostile_forms.odd()))
def test_what_is_odd_is_accepted_or_refused_at_once_and_then_filled(data: bytes) -> None:
    faults = _bounded(data)
    assert _in_words(faults)
    if not faults:
        for flatten in (False, True):
            fill(data, {"name": "Emma Nordmann"}, flatten=flatten)
    else:
        with suppress(BadTemplate):  # any other error fails the test
            load(data)


def test_a_hazard_is_told_with_the_field_that_holds_it() -> None:
    action = SOUND[5][:-2] + b"/AA<</K<</S/JavaScript/JS(x)>>>>>>"
    assert "name: PDF-en gjør noe av seg selv" in _said(form({5: action}))


@pytest.mark.parametrize("part", range(1, 20))
def test_a_template_cut_anywhere_is_refused(part: int) -> None:
    faults = check(CONSENT[: len(CONSENT) * part // 20], CONSENT_SCHEMA)
    assert faults
    assert _in_words(faults)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_damage_is_told_in_words_or_does_no_harm(data: st.DataObject) -> None:
    damaged = bytearray(form())
    pieces = st.sampled_from([b"<<", b">>", b"[", b"]", b"/", b"(", b"0 R", b"-1", b"9" * 30, b""])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(damaged) - 1))
        end = start + data.draw(st.integers(0, 4))
        damaged[start:end] = data.draw(st.one_of(pieces, st.binary(max_size=3)))
    faults = _bounded(bytes(damaged))
    assert _in_words(faults)
    if not faults:
        with suppress(BadTemplate):  # any other error fails the test
            fill(bytes(damaged), {"name": "Emma"})


# -- fields and answers ---------------------------------------------------------------------------


def _changed(change: Callable[[Any], None], template: bytes = CONSENT) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(template))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _node(writer: Any, name: str) -> Any:
    level, node = writer.root_object["/AcroForm"]["/Fields"], None
    for part in name.split("."):
        node = next(kid.get_object() for kid in level if kid.get_object().get("/T") == part)
        level = node.get("/Kids", [])
    return node


def _renamed(old: str, new: str) -> bytes:
    return _changed(lambda writer: put(_node(writer, old), {"/T": pdf_text(new)}))


def test_a_field_with_a_slip_in_its_name_is_told_with_what_was_meant() -> None:
    faults = check(_renamed("exclusions", "exclusion"), CONSENT_SCHEMA)
    assert [fault.where for fault in faults] == ["exclusion", "exclusions"]
    assert "Mente du «exclusions»?" in faults[0].message
    assert "Er det noe som ikke skal deles" in faults[1].message
    assert "Lag et tekstfelt" in faults[1].message


def test_an_answer_without_a_field_is_told_also_when_it_may_be_left_out() -> None:
    optional = check(_renamed("child.unit", "xyz"), CONSENT_SCHEMA)
    assert "child.unit" in [fault.where for fault in optional]
    mandatory = check(_renamed("child.name", "xyz"), CONSENT_SCHEMA)
    assert "child.name" in [fault.where for fault in mandatory]


def test_a_box_for_each_choice_is_asked_for() -> None:
    faults = check(_renamed("purposes.relay_log", "xyz"), CONSENT_SCHEMA)
    assert "purposes.relay_log" in [fault.where for fault in faults]
    assert "Lag en avkryssingsrute" in faults[-1].message


def test_a_cell_that_one_row_lacks_is_told() -> None:
    faults = check(_renamed("services.1.name", "nam"), CONSENT_SCHEMA)
    assert [fault.where for fault in faults] == ["services.1.nam", "services.1.name"]
    assert "«services.1.name»" in faults[0].message


def test_a_table_without_a_place_for_more_rows_is_told() -> None:
    faults = check(_renamed("services.more", "rest"), CONSENT_SCHEMA)
    assert [fault.where for fault in faults] == ["services.rest", "services.more"]
    assert "Tabellen har plass til" in faults[1].message


def test_a_radio_group_without_a_button_for_a_code_is_told_of_the_one_that_is_nearly_it() -> None:
    def misspelt(writer: Any) -> None:
        for kid in _node(writer, "parental_responsibility")["/Kids"]:
            looks = kid.get_object()["/AP"]["/N"]
            if "/joint" in looks:
                looks[NameObject("/joimt")] = looks.pop("/joint")

    (fault,) = check(_changed(misspelt), CONSENT_SCHEMA)
    assert fault.where == "parental_responsibility"
    assert "«joint», men en som heter «joimt»" in fault.message


@pytest.mark.parametrize(
    ("schema", "field", "word"),
    [
        ({"type": "string"}, b"/FT/Btn", "tekstfelt"),
        ({"enum": ["a", "b"]}, b"/FT/Btn", "radioknapper"),
        ({"enum": ["yes", "no"]}, b"/FT/Btn/Ff 32768", "«yes»"),
        ({"type": ["boolean", "null"]}, b"/FT/Btn/Ff 32768", "«yes»"),
        ({"type": "array", "items": {"type": "string"}}, b"/FT/Btn", "tekstfelt"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, b"/FT/Btn/Ff 32768", "tekstfelt"),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, b"/FT/Tx", "ikke noe svar"),
    ],
)
def test_a_field_of_the_wrong_kind_is_told(schema: dict[str, Any], field: bytes, word: str) -> None:
    data = form({5: SOUND[5].replace(b"/FT/Tx", field)})
    assert word in _said(data, {"type": "object", "properties": {"name": schema}})


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ({"type": "integer"}, b"/FT/Tx"),
        ({"enum": ["a", "b"]}, b"/FT/Tx"),
        ({"type": ["boolean", "null"]}, b"/FT/Btn"),
        ({"const": True}, b"/FT/Btn"),
        ({"type": "boolean"}, b"/FT/Tx"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, b"/FT/Tx"),
        ({"type": "array", "items": {"type": "object", "properties": {"a": {}}}}, b"/FT/Tx"),
    ],
)
def test_a_field_that_takes_its_answer_is_no_fault(schema: dict[str, Any], field: bytes) -> None:
    data = form({5: SOUND[5].replace(b"/FT/Tx", field)})
    assert _said(data, {"type": "object", "properties": {"name": schema}}) == ""


@pytest.mark.parametrize(
    "unseen",
    [
        {5: SOUND[5].replace(b"/F 4", b"/F 2")},
        {5: SOUND[5].replace(b"200 170", b"20 150")},
        {3: SOUND[3].replace(b"[5 0 R]", b"[]")},
        {5: SOUND[5].replace(b"20 150 200 170", b"2020 150 2200 170")},
        {5: SOUND[5].replace(b"20 150 200 170", b"20 -170 200 -150")},
    ],
    ids=["hidden", "flat", "on no page", "beside its page", "below its page"],
)
def test_a_field_that_nobody_sees_is_told(unseen: dict[int, bytes]) -> None:
    assert "name: Feltet er skjult" in _said(form(unseen))


def test_a_field_of_a_shipped_form_that_nobody_sees_is_told_be_it_one_button_only() -> None:
    kinds_of_fields: dict[str, str] = {}
    for field in fields(CONSENT).values():
        kinds_of_fields[field.kind] = field.name  # the last of each kind
        if field.kind == "radio":
            assert len(field.states) > 1
    assert len(kinds_of_fields) > 1
    for name in kinds_of_fields.values():
        writer = PdfWriter(clone_from=io.BytesIO(CONSENT))
        hidden: Any = writer.get_object(fields(CONSENT)[name].widgets[-1].number)
        hidden[NameObject("/F")] = NumberObject(2)
        data = io.BytesIO()
        writer.write(data)
        assert f"{name}: Feltet er skjult" in _said(data.getvalue(), CONSENT_SCHEMA)


@pytest.mark.parametrize("corners", [b"0 0 300 200", b"300 200 0 0", b"0 200 300 0"])
def test_a_field_on_its_page_is_seen_whichever_corners_the_page_is_given_by(
    corners: bytes,
) -> None:
    page = SOUND[3].replace(b"0 0 300 200", corners)
    assert "skjult" not in _said(form({3: page}))


def test_a_template_without_faults_takes_every_answer() -> None:
    sample = find("consent").form.sample()
    with speaking("nb"):
        answered = find("consent").form.from_answers(sample)
        values = form_values(answered.answers(), answered.words(), CONSENT)
    assert fill(CONSENT, values).data


def test_a_field_for_a_whole_group_is_no_place_for_an_answer_in_it() -> None:
    grouped = form()
    with pytest.raises(BadTemplate, match=r"name\.first"):
        form_values({"name": {"first": "Emma"}}, {"name": {"first": "Emma"}}, grouped)
    assert form_values({"name": ["Emma"]}, {"name": ["Emma"]}, grouped) == {"name": "Emma"}
