"""Rows out of files as people make them, and the answers that their cells stand for."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from formsvc.batch import cells, rows, tables
from formsvc.batch.rows import Row
from formsvc.errors import InvalidAnswers, UnreadableRows
from formsvc.forms import answer_file
from formsvc.forms.base import DocumentForm
from formsvc.kinds import find
from tests.samples import load

CREATED = find("ke_group_created")
APPLICATION = find("ip_application")
INVITATION = find("invitation")

HEADINGS = "child.name;child.birth_date;reason"
LINE = "Ådne Sæbø;03.05.2015;«Å få hjelp – nå»"


def _csv(folder: Path, text: str, encoding: str = "utf-8") -> list[Row]:
    file = folder / "rows.csv"
    file.write_bytes(text.encode(encoding))
    return list(rows.read(file, CREATED))


def _texts(row: Row) -> dict[str, str]:
    texts: dict[str, str] = json.loads(row.data)
    return texts


def _xlsx(folder: Path, *records: list[Any], **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for record in records:
        book.active.append(record)
    for name, content in sheets.items():
        sheet = book.create_sheet(name)
        for record in content:
            sheet.append(record)
    book.save(folder / "rows.xlsx")
    return folder / "rows.xlsx"


def _cell(kind_slug: str, column: str, cell: str) -> Any:
    """What the one cell makes of its answer."""
    return _form(kind_slug, {column: cell}).answers()


def _form(kind_slug: str, texts: dict[str, str]) -> DocumentForm:
    """The form of a row, refused or not."""
    kind = find(kind_slug)
    misfits: list[Any] = []
    form = kind.form.from_typed(cells.typed(kind.form, texts, misfits))
    form.misfits = misfits
    form.validate()
    return form


# -- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_in_every_encoding_that_excel_writes(
    encoding: str, end: str, tmp_path: Path
) -> None:
    (row,) = _csv(tmp_path, HEADINGS + end + LINE + end, encoding)
    assert row.number == 2
    assert _texts(row)["child.name"] == "Ådne Sæbø"
    assert _texts(row)["reason"] == "«Å få hjelp – nå»"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_semicolon_comma_and_tab_are_told_by_the_headings(delimiter: str, tmp_path: Path) -> None:
    line = LINE.replace(";", delimiter)
    (row,) = _csv(tmp_path, HEADINGS.replace(";", delimiter) + "\n" + line + "\n")
    assert list(_texts(row)) == ["child.birth_date", "child.name", "reason"]


def test_the_line_that_tells_excel_the_delimiter_is_no_row(tmp_path: Path) -> None:
    (row,) = _csv(tmp_path, "sep=|\r\nchild.name|reason\r\nÅse|a;b,c\r\n")
    assert (row.number, _texts(row)) == (2, {"child.name": "Åse", "reason": "a;b,c"})


def test_a_line_break_within_quotation_marks_is_kept_and_counts_as_one_row(tmp_path: Path) -> None:
    first, second = _csv(tmp_path, 'child.name;reason\n"Åse";"a\nb;""c"""\nPer;d\n')
    assert _texts(first)["reason"] == 'a\nb;"c"'
    assert second.number == 3


def test_empty_cells_and_empty_rows_are_no_answers(tmp_path: Path) -> None:
    (row,) = _csv(tmp_path, "\nchild.name;reason\n;  \n;;\n\nÅse;\n")
    assert (row.number, _texts(row)) == (6, {"child.name": "Åse"})


def test_columns_in_another_order_are_the_same_row(tmp_path: Path) -> None:
    (one,) = _csv(tmp_path, "child.name;#note;reason\nÅse;x;b\n")
    (other,) = _csv(tmp_path, "reason;child.name\nb;Åse\n")
    assert one == other


def test_how_a_csv_is_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes((HEADINGS + "\n" + LINE).encode("cp1252"))
    told = rows.read(file, CREATED).told()
    assert "Windows-1252" in told
    assert "semikolon" in told


def test_a_cell_beside_the_headings_is_refused_with_its_row(tmp_path: Path) -> None:
    (row,) = _csv(tmp_path, "child.name;reason\nÅse;for lang;tid\n")
    with pytest.raises(InvalidAnswers, match="«tid» har ingen overskrift"):
        rows.form(CREATED, row, table=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "ingen overskrifter"),
        (b"\n \n", "ingen overskrifter"),
        (b"PK\x03\x04 and more", ".xlsx"),
        (b"child.name\n\x00\x01\x02", "ikke tekst"),
        (b"child.name\n\x81\x8d", "ikke tekst"),
        (b'child.name;reason\n\xc5se;"never closed\n', "Rad 2"),
        (b'child.name;reason\nPer;"a"b\n', "Rad 2"),
        (b"child.nmae\nPer\n", "Mente du «child.name»"),
        (b"members.1.rolle\nPer\n", "Mente du «members.1.role»"),
        (b"child\nPer\n", "«child»"),
        (b"members.0\nPer\n", "«members.0»"),
        (b"members.200.name\nPer\n", "members.200.name"),
        (b"members.\xc2\xb2.name\nPer\n", "members."),
        (b"child.name;child.name\nPer;Per\n", "to ganger"),
        (b"guardians;guardians.0\nPer;Per\n", "samme svar"),
        (b"child.name;" + b"x" * 200_000, "Rad 1"),
    ],
)
def test_a_file_that_cannot_be_a_table_of_this_paper_is_refused_in_words(
    content: bytes, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(content)
    with pytest.raises(UnreadableRows, match=said):
        list(rows.read(file, CREATED))


@pytest.mark.parametrize("name", ["rows.xls", "rows.json", "rows.txt", "rows.ods"])
def test_another_ending_is_refused_with_those_there_are(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(UnreadableRows, match=r"\.jsonl.*\.csv.*\.xlsx"):
        rows.read(tmp_path / name, CREATED)


# -- XLSX -----------------------------------------------------------------------------------------


def test_a_workbook_gives_what_its_cells_show(tmp_path: Path) -> None:
    file = _xlsx(
        tmp_path,
        ["child.name", "child.birth_date", "coordinator.phone", "reason", None],
        ["Ådne", date(2015, 5, 3), 61700200, 2.5, None],
        [],
        ["Åse", datetime.fromisoformat("2015-05-03 12:30"), "+47 61 70 02 00", True, None],
    )
    first, second = rows.read(file, CREATED)
    assert _texts(first) == {
        "child.name": "Ådne",
        "child.birth_date": "03.05.2015",
        "coordinator.phone": "61700200",
        "reason": "2,5",
    }
    assert second.number == 4
    assert _texts(second)["child.birth_date"] == "03.05.2015 12:30"
    assert _texts(second)["reason"] == "ja"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (time(13, 0), "13:00"),
        (time(9, 30, 15), "09:30:15"),
        (timedelta(hours=8, minutes=5), "08:05"),
        (timedelta(days=2), "2 days, 0:00:00"),
        (3.0, "3"),
        (10**20, "100000000000000000000"),
        (0.1 + 0.2, "0,3"),
        (False, "nei"),
        ("  ", ""),
    ],
)
def test_a_cell_is_the_text_that_one_would_have_typed(value: Any, shown: str) -> None:
    assert cells.text(value, None) == shown


def test_leading_zeros_that_a_workbook_lost_are_found_again(tmp_path: Path) -> None:
    file = _xlsx(
        tmp_path,
        ["person.postal_code", "person.national_id", "person.has_national_id"],
        [150, 3851598730, True],
    )
    (row,) = rows.read(file, APPLICATION)
    form = _form("ip_application", _texts(row))
    assert form.answers()["person"]["postal_code"] == "0150"
    assert form.answers()["person"]["national_id"] == "03851598730"


def test_the_sheet_that_is_named_as_the_paper_comes_before_the_first(tmp_path: Path) -> None:
    file = _xlsx(tmp_path, ["notes"], Invitation=[["place"], ["Rom 2"]])
    source = rows.read(file, INVITATION)
    assert [_texts(row) for row in source] == [{"place": "Rom 2"}]
    assert "Invitation" in source.told()
    with pytest.raises(UnreadableRows, match="«notes»"):
        rows.read(file, CREATED)


def test_merged_cells_and_a_wrong_size_in_the_file_lose_nothing(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for record in (["child.name", "reason"], ["Åse", "a"], ["Per", "b"]):
        sheet.append(record)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "whole.xlsx")
    file = tmp_path / "rows.xlsx"
    with ZipFile(tmp_path / "whole.xlsx") as whole, ZipFile(file, "w") as changed:
        for name in whole.namelist():
            data = whole.read(name).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')
            changed.writestr(name, data)
    assert [_texts(row) for row in rows.read(file, CREATED)] == [
        {"child.name": "Åse", "reason": "a"},
        {"reason": "b"},
    ]


def test_a_formula_gives_the_value_that_was_last_worked_out(tmp_path: Path) -> None:
    plain = _xlsx(tmp_path, ["reason"], ['=CONCATENATE("a","b")'])
    file = tmp_path / "worked_out.xlsx"
    with ZipFile(plain) as whole, ZipFile(file, "w") as changed:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<v></v>" in data or b"<v />" in data or b"<v/>" in data
                data = data.replace(b'<c r="A2">', b'<c r="A2" t="str">')
                for empty in (b"<v></v>", b"<v />", b"<v/>"):
                    data = data.replace(empty, b"<v>ab</v>")
            changed.writestr(name, data)
    assert [_texts(row) for row in rows.read(file, CREATED)] == [{"reason": "ab"}]


def test_a_carriage_return_in_a_workbook_is_a_line_break(tmp_path: Path) -> None:
    (row,) = rows.read(_xlsx(tmp_path, ["reason"], ["a_x000D_\nb"]), CREATED)
    assert _form("ke_group_created", _texts(row)).answers()["reason"] == "a\nb"


def _package(**members: str) -> bytes:
    data = BytesIO()
    with ZipFile(data, "w") as package:
        for name, content in members.items():
            package.writestr(name, content)
    return data.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "kan ikke leses som XLSX"),
        (b"child.name\nPer\n", "kan ikke leses som XLSX"),
        (b"PK\x03\x04", "kan ikke leses som XLSX"),
        (_package(**{"a.txt": "a"}), "kan ikke leses som XLSX"),
        (_package(**{"[Content_Types].xml": "<a>"}), "kan ikke leses som XLSX"),
        (b"\xd0\xcf\x11\xe0 locked", "passord"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_bytes(content)
    with pytest.raises(UnreadableRows, match=said):
        list(rows.read(tmp_path / "rows.xlsx", CREATED))


def test_a_sheet_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    plain = _xlsx(tmp_path, ["reason"], *([f"{n}"] for n in range(5000)))
    file = tmp_path / "broken.xlsx"
    with ZipFile(plain) as whole, ZipFile(file, "w") as changed:
        for name in whole.namelist():
            data = whole.read(name)
            changed.writestr(name, data[:-9000] if name.endswith("sheet1.xml") else data)
    source = iter(rows.read(file, CREATED))
    assert _texts(next(source))["reason"] == "0"
    with pytest.raises(UnreadableRows, match="kan ikke leses"):
        list(source)


# -- what cells stand for -------------------------------------------------------------------------


@pytest.mark.parametrize("yes", ["ja", "Ja", "JA ", "true", "SANN", "x", "1", "yes"])
@pytest.mark.parametrize("no", ["nei", "false", "USANN", "0", "no"])
def test_yes_and_no_are_read_as_people_write_them(yes: str, no: str) -> None:
    answers = _form(
        "ip_application", {"power_of_attorney": yes, "consent_information": no}
    ).answers()
    assert answers["power_of_attorney"] is True
    assert answers["consent_information"] is False


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    problems = _form("ip_application", {"power_of_attorney": "kanskje"}).problems()
    assert ("power_of_attorney", "Skriv ja eller nei i cellen.") in problems


@pytest.mark.parametrize(
    "cell",
    [
        "individual_plan,coordinator",
        "individual_plan; coordinator",
        "individual_plan|coordinator",
        "individual_plan\ncoordinator;",
    ],
)
def test_codes_in_one_cell_are_a_list(cell: str) -> None:
    assert _cell("ip_application", "requests", cell)["requests"] == [
        "individual_plan",
        "coordinator",
    ]


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_labels_are_understood_as_their_codes(language: str) -> None:
    plan = _cell("ke_group_created", "individual_plan", "har søkt om individuell plan")
    assert plan["individual_plan"] == "applied"
    role = _form("ip_application", {"signed_by.0.role": "Forelder", "language": language})
    assert role.answers()["signed_by"] == [{"name": "", "role": "parent"}]


def test_a_code_that_there_is_not_is_refused_with_those_there_are() -> None:
    problems = _form("ke_group_created", {"individual_plan": "kanskje"}).problems()
    assert any("«kanskje» kan ikke velges her" in problem.message for problem in problems)


def test_names_in_one_cell_are_a_list_and_may_hold_commas() -> None:
    answers = _cell("ke_group_created", "guardians", "Sæbø, Ingebjørg; Jon Øvrelid")
    assert answers["guardians"] == ["Sæbø, Ingebjørg", "Jon Øvrelid"]


def test_rows_within_the_paper_are_columns_with_their_number() -> None:
    form = _form("ke_group_created", {"members.1.name": "Per", "members.0.name": "Ingebjørg"})
    assert [member["name"] for member in form.answers()["members"]] == ["Ingebjørg", "Per"]


@pytest.mark.parametrize("fault", ["#N/A", "#I/T", "#VERDI!", "#NAVN?", "#DIV/0!", "########"])
def test_a_fault_that_a_spreadsheet_shows_is_never_printed(fault: str) -> None:
    problems = _form("ke_group_created", {"reason": fault}).problems()
    assert any(p.field == "reason" and fault in p.message for p in problems)


@pytest.mark.parametrize("text", ["#1 på lista", "# merknad", "#", "#helse"])
def test_a_text_that_begins_as_a_fault_does_is_a_text(text: str) -> None:
    assert _cell("ke_group_created", "reason", text)["reason"] == text


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_a_table_gives_the_same_answers_as_json(language: str, tmp_path: Path) -> None:
    answers = load(f"minutes.{language}")
    flat = dict(_flat(answers))
    file = tmp_path / "rows.csv"
    writer = tables.CsvWriter(file, ["#rad", *flat])
    writer.write(["1", *flat.values()])
    writer.close()
    (row,) = rows.read(file, find("minutes"))
    assert (
        rows.form(find("minutes"), row, table=True).answers()
        == rows.form(find("minutes"), Row(1, json.dumps(answers).encode()), table=False).answers()
    )


def _flat(value: Any, path: str = "") -> Any:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{number}")
    elif value is not None:
        yield path, "ja" if value is True else "nei" if value is False else value


# -- mended rows ----------------------------------------------------------------------------------


def test_a_mended_row_keeps_its_number_and_its_signs(tmp_path: Path) -> None:
    writer = tables.CsvWriter(tmp_path / "refused.csv", ["#rad", "#feil", "reason"])
    for number, text in ((7, "=1+1"), (9, "'-x"), (11, "'sant'")):
        writer.write([number, "=mend it", text])
    writer.close()
    assert "\n7;'=mend it;'=1+1" in (tmp_path / "refused.csv").read_text("utf-8-sig")
    read = list(rows.read(tmp_path / "refused.csv", CREATED))
    assert [row.number for row in read] == [7, 9, 11]
    assert [_texts(row)["reason"] for row in read] == ["=1+1", "'-x", "'sant'"]


@pytest.mark.parametrize("numbers", ["7;7", "0;1", ";1", "1;x", "1;-2", "1;1e9", "1;99999999999"])
def test_numbers_of_rows_that_would_write_over_each_other_are_refused(
    numbers: str, tmp_path: Path
) -> None:
    lines = "".join(f"{number};Åse\n" for number in numbers.split(";"))
    with pytest.raises(UnreadableRows, match="#rad"):
        _csv(tmp_path, "#rad;child.name\n" + lines)


# -- JSON -----------------------------------------------------------------------------------------


def test_json_lines_are_numbered_by_their_line(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b'\xef\xbb\xbf{"a": 1}\r\n\n {"b": 2}')
    read = list(rows.read(tmp_path / "rows.jsonl", CREATED))
    assert [row.number for row in read] == [1, 3]
    assert answer_file.parsed(read[0].data) == {"a": 1}
    assert answer_file.parsed(read[1].data) == {"b": 2}


def test_how_much_is_read_is_known_while_reading(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b"{}\n{}\n")
    source = rows.read(tmp_path / "rows.jsonl", CREATED)
    assert [source.portion() for _row in source] == [0.5, 1.0]
    assert rows.JsonLines(BytesIO()).portion() is None
