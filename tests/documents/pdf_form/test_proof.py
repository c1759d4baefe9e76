"""A form is proved once, and what the proof does not vouch for is named, however it is broken."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from formsvc.documents import pdf_text as witness
from formsvc.documents.pdf_form import CompiledForm, Filled, load, proof
from formsvc.documents.pdf_form.editable import TextObjects
from formsvc.documents.pdf_form.layout import Laid
from formsvc.documents.pdf_form.look import Look
from formsvc.documents.pdf_form.objects import pdf_text, put
from formsvc.documents.pdf_form.pages import TextDrawing
from formsvc.documents.pdf_form.parts import Written
from formsvc.documents.pdf_form.standard_font import StandardFont

ROOT = Path(__file__).parents[3]
BENCH = ROOT / "benchmarks" / "data"
FOREIGN = (BENCH / "consent.pdf").read_bytes()
PACKED = (BENCH / "consent_os.pdf").read_bytes()
OURS = (ROOT / "docx_templates" / "consent.nb.pdf").read_bytes()
SAID = json.loads((BENCH / "consent_values.json").read_text("utf-8"))
VALUES: dict[str, str | bool] = {**SAID["TEXT"], **SAID["CHECK"], **SAID["RADIO"]}
EMMA: dict[str, str | bool] = {"vorname": "Emma", "ort": "Otta", "sorge": "allein"}

Way = Mapping[str, bool]
every_way = pytest.mark.parametrize(
    "way", [{}, {"flatten": True}, {"incremental": True}], ids=["editable", "flattened", "added"]
)
with_or_without_form = pytest.mark.parametrize(
    "way", [{}, {"flatten": True}], ids=["editable", "flattened"]
)


def _unsure(form: CompiledForm, values: dict[str, str | bool], way: Way) -> list[str]:
    return form.unsure(values, form.fill(values, **way), **way)


# -- a sound engine -------------------------------------------------------------------------------


@every_way
@pytest.mark.parametrize("template", [FOREIGN, PACKED], ids=["plain", "packed"])
def test_every_field_of_a_sound_form_is_vouched_for(template: bytes, way: Way) -> None:
    assert _unsure(CompiledForm(template), VALUES, way) == []


@every_way
def test_every_field_and_letter_of_our_own_forms_is_vouched_for(way: Way) -> None:
    form = CompiledForm(OURS)
    texts = [name for name, field in form.fields.items() if field.kind == "text"]
    values: dict[str, str | bool] = {name: "Åŋ"[: form.fields[name].cells or 2] for name in texts}
    values["child.name"] = "Łucja Čáhci Đorđe ž Ελλάδα Кириллица «–» €"
    assert _unsure(form, values, way) == []


@every_way
def test_a_form_is_read_once_and_never_again(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    form, read = CompiledForm(FOREIGN), []

    def counted(data: bytes) -> PdfReader:
        read.append(data)
        return PdfReader(io.BytesIO(data))

    monkeypatch.setattr(proof, "reader", counted)
    for number in range(5):
        assert _unsure(form, {"vorname": f"Emma {number}"}, way) == []
    assert len(read) == 1


@settings(max_examples=60, deadline=None)
@given(
    written=st.text(st.one_of(st.sampled_from("aeiæøåčŋžŁ W.,-()\\\n\t"), st.characters())),
    name=st.sampled_from(["vorname", "anmerkungen", "iban"]),
    flatten=st.booleans(),
)
def test_what_is_vouched_for_is_found_by_a_reader(written: str, name: str, flatten: bool) -> None:
    form = load(FOREIGN)
    filled = form.fill({name: written}, flatten=flatten)
    if not form.unsure({name: written}, filled, flatten=flatten):
        assert re.sub(r"\s", "", written) in re.sub(r"\s", "", witness.text(filled))


# -- what cannot be vouched for -------------------------------------------------------------------


@every_way
@pytest.mark.parametrize("beyond", ["Ελλάδα", "Кириллица", "Čáhci ŋ", "Vươ\u00a0ng"])
def test_letters_that_the_font_of_the_field_lacks_are_looked_for(beyond: str, way: Way) -> None:
    assert _unsure(CompiledForm(FOREIGN), {**EMMA, "vorname": beyond}, way) == ["vorname"]


@every_way
def test_all_is_looked_for_where_something_had_no_room(way: Way) -> None:
    values: dict[str, str | bool] = {**EMMA, "vorname": "Emma trenger mer tid. " * 60}
    assert set(_unsure(CompiledForm(FOREIGN), values, way)) == {"vorname", "ort"}


def test_a_field_that_nobody_sees_on_plain_pages_is_looked_for() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(FOREIGN))
    fields: Any = writer.root_object["/AcroForm"]
    put(next(f.get_object() for f in fields["/Fields"] if f.get_object()["/T"] == "ort"), {"/F": 2})
    hidden = io.BytesIO()
    writer.write(hidden)
    assert _unsure(CompiledForm(hidden.getvalue()), EMMA, {"flatten": True}) == ["ort"]


# -- a broken engine ------------------------------------------------------------------------------


def test_a_value_that_is_not_written_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = TextObjects.made

    def broken(self: TextObjects, written: Written) -> list[bytes]:
        return sound(self, written._replace(value=b"()") if b"Emma" in written.value else written)

    monkeypatch.setattr(TextObjects, "made", broken)
    assert _unsure(CompiledForm(FOREIGN), EMMA, {}) == ["vorname"]


def test_the_value_of_another_field_is_not_taken_for_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form = CompiledForm(FOREIGN)
    swapped: dict[str, str | bool] = {"vorname": "Otta", "ort": "Emma"}
    assert form.unsure(EMMA, form.fill(swapped), flatten=False) != []
    assert form.unsure(EMMA, form.fill(swapped, flatten=True), flatten=True) != []
    assert form.unsure({"vorname": "Emma", "ort": "Emma"}, form.fill({"vorname": "Emma"})) != []


@with_or_without_form
def test_a_text_that_is_not_drawn_is_noticed(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = Look.drawn

    def broken(self: Look, laid: Laid, font: Any, name: bytes) -> bytes:
        narrow = self.box.cells > 0
        return b"/Tx BMC EMC" if narrow else sound(self, laid, font, name)

    monkeypatch.setattr(Look, "drawn", broken)
    assert _unsure(CompiledForm(FOREIGN), {**EMMA, "iban": "NO93"}, way) == ["iban"]


@with_or_without_form
def test_a_letter_that_is_drawn_as_another_is_noticed(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = StandardFont.shown

    def broken(self: StandardFont, text: str) -> bytes:
        return sound(self, text.replace("å", "a"))

    monkeypatch.setattr(StandardFont, "shown", broken)
    values: dict[str, str | bool] = {"vorname": "Emma", "ort": "Vågå", "land": "Norge"}
    assert _unsure(CompiledForm(FOREIGN), values, way) == ["ort"]


def test_a_field_left_off_the_plain_pages_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    form = CompiledForm(FOREIGN)
    assert _unsure(form, EMMA, {"flatten": True}) == []
    sound = TextDrawing.made

    def broken(self: TextDrawing, written: Written) -> list[tuple[int, bytes]]:
        return [] if b"Otta" in written.value else sound(self, written)

    monkeypatch.setattr(TextDrawing, "made", broken)
    assert _unsure(form, EMMA, {"flatten": True}) == ["ort"]


def test_a_finished_file_of_another_kind_is_not_vouched_for() -> None:
    form = CompiledForm(FOREIGN)
    plain = form.fill(EMMA, flatten=True)
    assert form.unsure(EMMA, plain) == ["vorname", "ort"]
    assert form.unsure(EMMA, Filled.of(b"", []), flatten=True) == ["vorname", "ort"]


def test_a_list_is_vouched_for_by_its_code() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(FOREIGN))
    fields: Any = writer.root_object["/AcroForm"]
    school = next(f.get_object() for f in fields["/Fields"] if f.get_object()["/T"] == "schule")
    options = [[pdf_text("s"), pdf_text("Skole")], pdf_text("Barnehage")]
    put(school, {"/FT": "/Ch", "/Ff": 1 << 17, "/Opt": options})
    made = io.BytesIO()
    writer.write(made)
    form = CompiledForm(made.getvalue())
    for way in ({}, {"flatten": True}):
        assert _unsure(form, {"schule": "Barnehage", "ort": "Otta"}, way) == []
        assert _unsure(form, {"schule": "s"}, way) == []
