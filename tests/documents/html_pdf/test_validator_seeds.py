"""The PDF checker itself: each fault put into a valid paper is found."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import page
import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from formsvc import profile
from formsvc.documents import html_pdf
from tests.documents.validator import failures

ARMS = profile.load().municipality("nb")["arms"]
PAPER = f"""<html lang="nb"><head><title>Referat</title></head><body>
<h1>Referat</h1><h2>Til stede</h2><p><img src="{ARMS}" alt="Kommunevåpen"></p>
<table><thead><tr><th>Navn</th><th>Rolle</th></tr></thead>
<tbody><tr><td>Anne Moen</td><td>Helsesykepleier</td></tr></tbody></table></body></html>"""


@pytest.fixture(scope="module")
def valid() -> bytes:
    return html_pdf.print_html(PAPER)


def rewritten(pdf: bytes, fault: Callable[[PdfWriter], None]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    fault(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def dictionaries(writer: PdfWriter, key: str, value: str) -> Iterator[DictionaryObject]:
    for item in writer._objects:  # noqa: SLF001 - pypdf has no public list of all objects
        if isinstance(item, DictionaryObject) and item.get(key) == value:
            yield item


def drop(writer: PdfWriter, *keys: str) -> None:
    for key in keys:
        del writer.root_object[key]


def no_output_intent(writer: PdfWriter) -> None:
    drop(writer, "/OutputIntents")


def no_language(writer: PdfWriter) -> None:
    drop(writer, "/Lang")


def not_marked_as_tagged(writer: PdfWriter) -> None:
    drop(writer, "/MarkInfo")


def no_structure(writer: PdfWriter) -> None:
    drop(writer, "/StructTreeRoot")


def no_metadata(writer: PdfWriter) -> None:
    drop(writer, "/Metadata")


def file_name_in_the_title_bar(writer: PdfWriter) -> None:
    drop(writer, "/ViewerPreferences")


def picture_without_words(writer: PdfWriter) -> None:
    for figure in dictionaries(writer, "/S", "/Figure"):
        del figure["/Alt"]


def header_cell_of_nothing(writer: PdfWriter) -> None:
    for kind in ("/TH", "/TD"):
        for cell in dictionaries(writer, "/S", kind):
            del cell["/A"]


def skipped_heading(writer: PdfWriter) -> None:
    for heading in dictionaries(writer, "/S", "/H2"):
        heading[NameObject("/S")] = NameObject("/H4")


def font_left_out(writer: PdfWriter) -> None:
    for descriptor in dictionaries(writer, "/Type", "/FontDescriptor"):
        del descriptor["/FontFile2"]


def letters_left_out(writer: PdfWriter) -> None:
    for font in dictionaries(writer, "/Subtype", "/Type0"):
        del font["/ToUnicode"]


def script_at_opening(writer: PdfWriter) -> None:
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
    )


def attached_program(writer: PdfWriter) -> None:
    writer.add_attachment("a.exe", b"MZ")


def forgotten_standard(writer: PdfWriter) -> None:
    packet = writer.root_object["/Metadata"].get_object()
    assert isinstance(packet, StreamObject)
    packet.set_data(packet.get_data().replace(b"pdfuaid:part", b"pdfuaid:deel"))


def text_outside_the_structure(writer: PdfWriter) -> None:
    first = writer.pages[0]
    contents = first["/Contents"].get_object()
    assert isinstance(contents, StreamObject)
    contents.set_data(contents.get_data().replace(b"BDC", b"BMC", 1).replace(b"/MCID", b"/XCID", 1))


def marks_that_may_mislead(writer: PdfWriter) -> None:
    marks = writer.root_object["/MarkInfo"]
    assert isinstance(marks, DictionaryObject)
    marks[NameObject("/Suspects")] = BooleanObject(value=True)


def hidden_note(writer: PdfWriter) -> None:
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Text"),
            NameObject("/Rect"): ArrayObject([]),
            NameObject("/Contents"): TextStringObject("skjult"),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])  # noqa: SLF001 - as above


def encrypted(writer: PdfWriter) -> None:
    writer.encrypt("hemmelig", algorithm="RC4-128")


FAULTS = [
    ("2a", no_output_intent),
    ("2a", not_marked_as_tagged),
    ("2a", no_structure),
    ("2a", no_metadata),
    ("2a", font_left_out),
    ("2a", letters_left_out),
    ("2a", script_at_opening),
    ("2a", attached_program),
    ("2a", hidden_note),
    ("2a", encrypted),
    ("ua1", no_language),
    ("ua1", no_structure),
    ("ua1", file_name_in_the_title_bar),
    ("ua1", picture_without_words),
    ("ua1", header_cell_of_nothing),
    ("ua1", skipped_heading),
    ("ua1", forgotten_standard),
    ("ua1", text_outside_the_structure),
    ("ua1", marks_that_may_mislead),
]


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_a_paper_without_faults_passes(valid: bytes, profile: str) -> None:
    assert failures(valid, profile) == []
    assert failures(rewritten(valid, lambda _writer: None), profile) == []


@pytest.mark.parametrize(
    ("profile", "fault"), FAULTS, ids=[f"{profile}-{fault.__name__}" for profile, fault in FAULTS]
)
def test_a_fault_is_found(valid: bytes, profile: str, fault: Callable[[PdfWriter], None]) -> None:
    assert failures(rewritten(valid, fault), profile) != []


def test_a_torn_off_file_is_refused(valid: bytes) -> None:
    with pytest.raises(page.ParseError):
        failures(valid[: len(valid) // 2], "2a")


def test_a_wrong_length_is_found(valid: bytes) -> None:
    length = re.search(rb"/Length \d+", valid)
    assert length

    assert failures(valid.replace(length[0], length[0][:-1] + b"0", 1), "2a") != []


def test_a_stream_that_ends_with_a_carriage_return_is_no_fault(valid: bytes) -> None:
    def end_with_a_return(writer: PdfWriter) -> None:
        packet = writer.root_object["/Metadata"].get_object()
        assert isinstance(packet, StreamObject)
        packet.set_data(packet.get_data() + b"\r")

    assert failures(rewritten(valid, end_with_a_return), "2a", "ua1") == []


def test_the_seeds_start_from_a_readable_paper(valid: bytes) -> None:
    assert "Helsesykepleier" in PdfReader(io.BytesIO(valid)).pages[0].extract_text()
