"""The command line, as people and programs call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from formsvc import config
from formsvc.cli import main
from formsvc.kinds import KINDS, find
from tests.samples import FOLDER, PRINTED, Sample, load


def _call(*words: object, data: Any = None) -> Result:
    typed = None if data is None else json.dumps(data)
    return CliRunner().invoke(main, [str(word) for word in words], input=typed)


def test_kinds_lists_every_paper() -> None:
    listed = json.loads(_call("kinds", "--json").stdout)
    assert [row["kind"] for row in listed] == [kind.slug for kind in KINDS]
    assert "Referat" in _call("kinds").stdout


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_fill_makes_the_word_document_of_a_sample(sample: Sample, tmp_path: Path) -> None:
    out = tmp_path / "paper.docx"
    done = _call("fill", sample.kind.slug, "--data", FOLDER / f"{sample}.json", "--out", out)
    assert done.exit_code == 0, done.stderr
    assert out.read_bytes().startswith(b"PK")
    assert [path.name for path in tmp_path.iterdir()] == ["paper.docx"]


@pytest.mark.parametrize("flags", [[], ["--fillable"], ["--flatten"]])
def test_fill_makes_each_kind_of_pdf(flags: list[str], tmp_path: Path) -> None:
    out = tmp_path / "consent.pdf"
    done = _call("fill", "consent", "--data", FOLDER / "consent.nn.json", "--out", out, *flags)
    assert done.exit_code == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    "words",
    [
        ["fill", "minutes", "--data", FOLDER / "minutes.nb.json", "--out", "new.docx"],
        ["check", "minutes", "--data", FOLDER / "minutes.nb.json"],
        ["batch", "minutes", "--rows", "rows.jsonl", "--out", "new"],
        ["sample", "minutes"],
    ],
    ids=lambda words: words[0],
)
def test_a_profile_with_a_key_that_nothing_reads_is_refused(
    words: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = json.dumps(load("minutes.nb"))
    (tmp_path / "rows.jsonl").write_text(answers, "utf-8")
    (tmp_path / "own.toml").write_text('[titles]\nminuts = "Referat"', "utf-8")
    monkeypatch.setenv("FORMSVC_PROFILE", str(tmp_path / "own.toml"))
    config.settings.cache_clear()
    refused = _call(*words)
    config.settings.cache_clear()
    assert refused.exit_code == 1
    assert "titles.minuts: is not known here; did you mean minutes?" in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.toml", "rows.jsonl"]


def test_a_refusal_writes_no_file_and_a_line_for_each_problem(tmp_path: Path) -> None:
    answers = load("minutes.nn") | {"referent": "", "chair": " "}
    out = tmp_path / "minutes.docx"
    refused = _call("fill", "minutes", "--data", "-", "--out", out, data=answers)
    assert refused.exit_code == 2
    assert not out.exists()
    assert refused.stdout == ""
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == ["chair", "referent"]
    assert "referent: Skriv namnet på referenten." in refused.stderr


def test_a_refusal_in_json_is_a_list_on_standard_output(tmp_path: Path) -> None:
    answers = load("minutes.nb") | {"referent": ""}
    out = tmp_path / "minutes.docx"
    refused = _call("fill", "minutes", "--data", "-", "--out", out, "--json", data=answers)
    assert refused.exit_code == 2
    assert json.loads(refused.stdout) == [
        {"field": "referent", "message": "Skriv navnet på referenten."}
    ]


def test_check_says_the_same_without_writing() -> None:
    assert _call("check", "minutes", "--data", FOLDER / "minutes.nb.json").exit_code == 0
    refused = _call("check", "minutes", "--data", "-", data={"language": "nb"})
    assert refused.exit_code == 2
    assert "participants: " in refused.stderr


@pytest.mark.parametrize("broken", ["", "{", "[]", "7", '"x"', "[" * 100_000, "\x00", '{"a":NaN'])
def test_what_is_no_json_object_is_refused_in_one_line(broken: str) -> None:
    refused = CliRunner().invoke(main, ["check", "minutes", "--data", "-"], input=broken)
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1


def test_bytes_that_are_no_text_are_refused() -> None:
    refused = CliRunner().invoke(main, ["check", "minutes", "--data", "-"], input=b"\xff\xfe{")
    assert refused.exit_code == 2


def test_an_unknown_paper_is_refused_with_those_there_are() -> None:
    refused = _call("check", "referat", "--data", "-", data={})
    assert refused.exit_code == 2
    assert "minutes" in refused.stderr


def test_another_ending_is_refused(tmp_path: Path) -> None:
    sample = FOLDER / "minutes.nb.json"
    refused = _call("fill", "minutes", "--data", sample, "--out", tmp_path / "minutes.txt")
    assert refused.exit_code == 2
    assert ".docx" in refused.stderr


def test_minutes_have_no_official_pdf_form(tmp_path: Path) -> None:
    sample, out = FOLDER / "minutes.nb.json", tmp_path / "minutes.pdf"
    refused = _call("fill", "minutes", "--data", sample, "--out", out, "--fillable")
    assert refused.exit_code == 2
    assert not out.exists()


def test_replaced_characters_are_told_and_the_document_is_made(tmp_path: Path) -> None:
    answers, out = load("minutes.nb") | {"place": "Rom \ud800 2"}, tmp_path / "minutes.docx"
    done = _call("fill", "minutes", "--data", "-", "--out", out, data=answers)
    assert done.exit_code == 0
    assert done.stderr.startswith("place: ")
    assert out.exists()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_sample_prints_answers_that_check_accepts(kind: Any) -> None:
    printed = _call("sample", kind.slug, "--language", "nn").stdout
    answers = json.loads(printed)
    assert answers["language"] == "nn"
    assert _call("check", kind.slug, "--data", "-", data=answers).exit_code == 0


def test_batch_makes_the_rows_that_hold_and_reports_the_others(tmp_path: Path) -> None:
    good, bad = load("minutes.nb"), load("minutes.nb") | {"referent": ""}
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "\n".join([json.dumps(good), json.dumps(bad), "", "{", json.dumps(good)]) + "\n"
    )
    out = tmp_path / "out"
    done = _call("batch", "minutes", "--rows", rows, "--out", out, "--format", "docx")
    assert done.exit_code == 1
    made = sorted(path.name for path in out.glob("*.docx"))
    assert made == ["minutes-000001.docx", "minutes-000005.docx"]
    report = [json.loads(line) for line in (out / "refused.jsonl").read_text().splitlines()]
    assert [row["row"] for row in report] == [2, 4]
    assert report[0]["problems"][0]["field"] == "referent"


def test_advice_is_given_and_the_paper_is_accepted() -> None:
    late = load("invitation.nb") | {"sent_on": "2026-12-07"}
    done = _call("check", "invitation", "--data", "-", data=late)
    assert done.exit_code == 0
    assert done.stderr.startswith("sent_on: ")


def test_batch_without_refusals_ends_well(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(load("minutes.nb")))
    done = _call("batch", "minutes", "--rows", rows, "--out", tmp_path / "out", "--format", "pdf")
    assert done.exit_code == 0, done.stderr
    assert not (tmp_path / "out" / "refused.jsonl").exists()


def test_batch_reads_json_lines_from_standard_input(tmp_path: Path) -> None:
    lines = json.dumps(load("minutes.nb")) + "\n{\n"
    words = ["batch", "minutes", "--rows", "-", "--out", str(tmp_path), "--jobs", "2"]
    done = CliRunner().invoke(main, words, input=lines)
    assert done.exit_code == 1
    assert (tmp_path / "minutes-000001.docx").exists()
    assert done.stderr.endswith("1 made, 1 refused\n")


def test_batch_goes_on_from_what_was_made(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(load("minutes.nb")))
    for said in ("1 made, 0 refused\n", "0 made, 0 refused, 1 were made before\n"):
        done = _call("batch", "minutes", "--rows", rows, "--out", tmp_path / "out")
        assert (done.exit_code, done.stderr) == (0, said)


@pytest.mark.parametrize("content", [b"child.nmae;reason\nPer;a\n", b"PK\x03\x04", b"\x00"])
def test_batch_refuses_a_table_in_words_before_anything_is_made(
    content: bytes, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_bytes(content)
    refused = _call("batch", "ke_group_created", "--rows", rows, "--out", tmp_path / "out")
    assert refused.exit_code == 2
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_batch_tells_what_was_replaced_by_row_and_is_done(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(load("minutes.nb") | {"place": "Rom \ud800 2"}))
    done = _call("batch", "minutes", "--rows", rows, "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert done.stderr.startswith("row 1: place: ")


def test_batch_says_where_it_cannot_write(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps(load("minutes.nb")))
    (tmp_path / "minutes-000001.docx").mkdir()
    failed = _call("batch", "minutes", "--rows", rows, "--out", tmp_path, "--jobs", 2)
    assert failed.exit_code == 1
    assert "minutes-000001.docx" in failed.stderr
    assert not isinstance(failed.exception, OSError)


def test_doctor_names_each_thing_it_looked_at() -> None:
    findings = json.loads(_call("doctor", "--json").stdout)
    looked_at = {each["what"].partition(":")[0] for each in findings}
    assert {"Secret key", "Database", "Official templates"} <= looked_at
    assert all(each["mend"] or each["ok"] for each in findings)


@pytest.mark.parametrize("heavy", ["weasyprint", "sqlalchemy", "flask", "pypdf", "docxtpl"])
def test_check_starts_without_what_it_does_not_need(heavy: str) -> None:
    sample = FOLDER / "minutes.nb.json"
    code = (
        "import sys; from formsvc.cli import main\n"
        f"try: main(['check', 'minutes', '--data', {str(sample)!r}])\n"
        "except SystemExit as end: assert not end.code\n"
        f"assert {heavy!r} not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_fill_gives_the_same_as_the_service_does(tmp_path: Path) -> None:
    from formsvc.services import printing  # noqa: PLC0415 - beside what it is compared with

    out = tmp_path / "minutes.docx"
    _call("fill", "minutes", "--data", FOLDER / "minutes.nb.json", "--out", out)
    assert out.read_bytes() == printing.make(find("minutes"), load("minutes.nb"), "docx")
