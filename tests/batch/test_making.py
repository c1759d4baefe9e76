"""A document of every row: the same however it is run, once, and a report of the rest."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from formsvc import config
from formsvc.batch import rows
from formsvc.batch.journal import Journal
from formsvc.batch.making import Outcome, run
from formsvc.config import Settings
from formsvc.documents import docx
from formsvc.errors import BatchStopped, NoSuchFormat, UnreadableRows
from formsvc.formats import Format
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

CREATED = find("ke_group_created")
ANSWERS = load("ke_group_created.nb")


def _answers(name: str, **other: Any) -> dict[str, Any]:
    return {**ANSWERS, "child": {**ANSWERS["child"], "name": name}, **other}


def _jsonl(folder: Path, *answers: dict[str, Any]) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in answers))
    return file


def _run(
    file: Path, out: Path, wanted: Format = "docx", jobs: int = 1, kind: str = "ke_group_created"
) -> list[Outcome]:
    return list(run(find(kind), rows.read(file, find(kind)), out, wanted, jobs))


def _what(outcomes: list[Outcome]) -> list[str]:
    return [outcome.what for outcome in outcomes]


def _documents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*-0*"))}


def _table(out: Path) -> list[dict[str, str]]:
    with (out / "refused.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


@pytest.mark.parametrize(("wanted", "n"), [("docx", 50), ("pdf", 3), ("flattened", 3)])
def test_two_processes_give_the_same_bytes_and_the_same_report_as_one(
    wanted: Format, n: int, tmp_path: Path
) -> None:
    kind = "consent" if wanted == "flattened" else "ke_group_created"
    good = load(f"{kind}.nb")
    bad = {**good, "child": None}
    file = _jsonl(tmp_path, *(bad if row % 3 == 1 else good for row in range(n)))
    told = [_run(file, tmp_path / str(jobs), wanted, jobs, kind) for jobs in (1, 2)]
    assert _documents(tmp_path / "1") == _documents(tmp_path / "2")
    assert len(_documents(tmp_path / "1")) == n - len([row for row in range(n) if row % 3 == 1])
    one, two = [(tmp_path / jobs / "refused.jsonl").read_bytes() for jobs in "12"]
    assert one == two
    plain = [[outcome._replace(seconds=0) for outcome in outcomes] for outcomes in told]
    assert plain[0] == plain[1]
    assert [outcome.number for outcome in plain[0]] == list(range(1, n + 1))


def test_a_document_is_the_one_that_the_service_makes(tmp_path: Path) -> None:
    _run(_jsonl(tmp_path, ANSWERS), tmp_path / "out")
    document = tmp_path / "out" / "ke_group_created-000001.docx"
    assert document.read_bytes() == printing.make(CREATED, ANSWERS, "docx")


def test_a_format_that_the_paper_does_not_come_in_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFormat):
        _run(_jsonl(tmp_path, ANSWERS), tmp_path / "out", "fillable")
    assert not (tmp_path / "out").exists()


# -- again ----------------------------------------------------------------------------------------


def test_rows_that_are_made_are_not_made_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = _jsonl(tmp_path, ANSWERS, {}, _answers("Åse"))
    assert _what(_run(file, out)) == ["made", "refused", "made"]
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.docx")}
    assert _what(_run(file, out, jobs=2)) == ["kept", "refused", "kept"]
    assert before == {path: path.stat().st_mtime_ns for path in out.glob("*.docx")}


def test_a_changed_row_and_a_removed_document_are_made_anew(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(_jsonl(tmp_path, _answers("A"), _answers("B"), _answers("C"), _answers("D")), out)
    (out / "ke_group_created-000003.docx").unlink()
    (out / "ke_group_created-000004.docx").write_bytes(b"")
    changed = _jsonl(tmp_path, _answers("A"), _answers("Bjørk"), _answers("C"), _answers("D"))
    assert _what(_run(changed, out)) == ["kept", "made", "made", "made"]
    assert "Bjørk" in docx.text((out / "ke_group_created-000002.docx").read_bytes())
    assert _what(_run(changed, out)) == ["kept"] * 4


def test_a_row_that_is_refused_now_has_no_document_from_before(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(_jsonl(tmp_path, ANSWERS), out)
    assert _what(_run(_jsonl(tmp_path, {**ANSWERS, "reason": ""}), out)) == ["refused"]
    assert not _documents(out)
    assert _what(_run(_jsonl(tmp_path, ANSWERS), out)) == ["made"]


def test_a_document_that_no_batch_made_is_not_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "ke_group_created-000001.docx").write_bytes(b"mine")
    _run(_jsonl(tmp_path, {}), out)
    assert _documents(out) == {"ke_group_created-000001.docx": b"mine"}


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the municipality's own templates."""
    folder = tmp_path / "templates"
    folder.mkdir()
    monkeypatch.setenv("FORMSVC_TEMPLATES", str(folder))
    config.settings.cache_clear()
    yield folder
    monkeypatch.undo()
    config.settings.cache_clear()


def test_another_template_or_format_makes_all_anew(tmp_path: Path, own_templates: Path) -> None:
    file, out = _jsonl(tmp_path, ANSWERS, ANSWERS), tmp_path / "out"
    _run(file, out)
    other = config.SHIPPED / "ke_group_dissolved.nb.docx"
    own = own_templates / "ke_group_created.nb.docx"
    shipped = config.SHIPPED / "ke_group_created.nb.docx"
    own.write_bytes(shipped.read_bytes())
    assert _what(_run(file, out)) == ["kept", "kept"]
    own.write_bytes(other.read_bytes())
    assert _what(_run(file, out)) == ["refused", "refused"]
    own.unlink()
    assert _what(_run(file, out)) == ["made", "made"]
    assert _what(_run(file, out, "pdf")) == ["made", "made"]
    assert _what(_run(file, out)) == ["kept", "kept"]


def test_an_official_form_and_its_closed_twin_are_never_taken_for_each_other(
    tmp_path: Path,
) -> None:
    file, out = _jsonl(tmp_path, load("consent.nb")), tmp_path / "out"
    for wanted in ("fillable", "flattened"):
        assert _what(_run(file, out, wanted, kind="consent")) == ["made"]
    assert b"/AcroForm" not in (out / "consent-000001.pdf").read_bytes()


def test_a_journal_that_was_cut_or_written_over_makes_rows_anew(tmp_path: Path) -> None:
    file, out = _jsonl(tmp_path, ANSWERS, ANSWERS, ANSWERS), tmp_path / "out"
    _run(file, out)
    journal = out / ".ke_group_created.docx.journal"
    journal.write_bytes(journal.read_bytes()[:-5])
    assert _what(_run(file, out)) == ["kept", "kept", "made"]
    journal.write_bytes(b"no journal at all")
    assert _what(_run(file, out)) == ["made"] * 3
    assert _what(_run(file, out)) == ["kept"] * 3


def test_the_journal_and_the_names_tell_of_nobody(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(_jsonl(tmp_path, _answers("Ådne Sæbø Øvrelid"), {}), out)
    assert sorted(path.name for path in out.iterdir()) == [
        ".ke_group_created.docx.journal",
        "ke_group_created-000001.docx",
        "refused.jsonl",
    ]
    assert len((out / ".ke_group_created.docx.journal").read_bytes()) == 64


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")
def test_two_runs_do_not_work_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("formsvc.batch.journal._PATIENCE", 0)
    file, out = _jsonl(tmp_path, ANSWERS), tmp_path / "out"
    out.mkdir()
    first = Journal(out / ".ke_group_created.docx.journal")
    with first.alone(), pytest.raises(BatchStopped, match="samme mappe"):
        _run(file, out)
    first.close()
    assert _what(_run(file, out)) == ["made"]


# -- killed ---------------------------------------------------------------------------------------


def _start(file: Path, out: Path, **more: Any) -> subprocess.Popen[bytes]:
    code = "from formsvc.cli import main; main()"
    words = ["batch", "ke_group_created", "--rows", file, "--out", out, "--jobs", "2"]
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)], stderr=subprocess.PIPE, **more
    )


def _wait_for(out: Path, n: int) -> None:
    patience = time.monotonic() + 60
    while len(list(out.glob("*.docx"))) < n and time.monotonic() < patience:
        time.sleep(0.01)


def test_a_run_that_is_killed_leaves_whole_documents_and_is_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = _jsonl(tmp_path, *(_answers(f"Barn {n}") for n in range(700)))
    told: list[str] = []
    for stop in (100, 250):
        with _start(file, out) as run:
            _wait_for(out, stop)
            run.kill()
        for path in out.glob("*.docx"):
            assert path.read_bytes().endswith(b"\x00\x00")  # the end of a whole package
    told = _what(_run(file, out, jobs=2))
    assert told.count("kept") >= 240
    assert told.count("kept") + told.count("made") == 700
    assert len(_documents(out)) == 700
    assert "Barn 7\n" in docx.text(_documents(out)["ke_group_created-000008.docx"]) + "\n"
    assert not list(out.glob(".*.part"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_ctrl_c_stops_in_words_and_what_is_made_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = _jsonl(tmp_path, {}, *(_answers(f"Barn {n}") for n in range(1500)))
    with _start(file, out, start_new_session=True) as run:
        _wait_for(out, 150)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does, to all of its processes
        assert run.stderr is not None
        said = run.stderr.read().decode()
    assert run.returncode == 1
    assert "Stopped. " in said
    assert "Traceback" not in said
    assert 150 <= len(_documents(out)) < 1500
    first = "".join(file.read_text().splitlines(keepends=True)[:60])
    file.write_text(first)
    assert _what(_run(file, out)) == ["refused"] + ["kept"] * 59


def test_what_a_killed_run_left_half_written_is_swept_away(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / ".ke_group_created-000009.4711.docx.part").write_bytes(b"PK")
    (out / ".minutes-000009.4711.docx.part").write_bytes(b"another batch's")
    _run(_jsonl(tmp_path, ANSWERS), out)
    assert [path.name for path in out.glob("*.part")] == [".minutes-000009.4711.docx.part"]


@contextmanager
def _beside_a_thread() -> Iterator[None]:
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_beside_a_thread_processes_are_started_afresh_and_give_the_same(tmp_path: Path) -> None:
    file = _jsonl(tmp_path, ANSWERS, {}, _answers("Åse"))
    with _beside_a_thread():
        assert _what(_run(file, tmp_path / "2", jobs=2)) == ["made", "refused", "made"]
    _run(file, tmp_path / "1")
    assert _documents(tmp_path / "1") == _documents(tmp_path / "2")


def test_processes_that_are_started_afresh_have_the_settings_of_the_run(tmp_path: Path) -> None:
    answers = load("ip_application.nb")
    answers["person"] |= {"has_national_id": True, "national_id": "03851598730"}
    file = _jsonl(tmp_path, answers)
    with _beside_a_thread(), config.using(Settings(demo=False)):
        [outcome] = _run(file, tmp_path / "out", jobs=2, kind="ip_application")
    assert [problem.field for problem in outcome.problems] == ["person.national_id"]


# -- the report -----------------------------------------------------------------------------------


def _as_table(folder: Path, *lines: str) -> Path:
    file = folder / "rows.csv"
    columns = {name: ANSWERS[name] for name in ("created_on", "reason", "first_meeting_on")}
    columns |= {f"child.{key}": text for key, text in ANSWERS["child"].items()}
    columns |= {f"coordinator.{key}": text for key, text in ANSWERS["coordinator"].items()}
    columns |= {f"sender.{key}": text for key, text in ANSWERS["sender"].items()}
    for name in ("date", "consent_reference", "individual_plan", "consent_valid_to"):
        columns[name] = ANSWERS[name]
    for place, member in enumerate(ANSWERS["members"]):
        columns |= {f"members.{place}.{key}": text for key, text in member.items()}
    columns["guardians"] = "; ".join(ANSWERS["guardians"])
    with file.open("w", newline="", encoding="cp1252") as text:
        writer = csv.DictWriter(text, list(columns), delimiter=";")
        writer.writeheader()
        for line in lines:
            changed = dict(each.split("=", 1) for each in line.split("&") if each)
            writer.writerow({**columns, **changed})
    return file


def test_refused_rows_of_a_table_are_mended_in_the_report_and_run_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = _as_table(
        tmp_path, "", "reason=&coordinator.phone=+47 1", "child.name==cmd()&created_on=i går", ""
    )
    told = _run(file, out, jobs=2)
    assert _what(told) == ["made", "refused", "refused", "made"]
    assert [outcome.number for outcome in told] == [2, 3, 4, 5]
    table = _table(out)
    assert [row["#rad"] for row in table] == ["3", "4"]
    assert "reason: Skriv hvorfor" in table[0]["#feil"]
    assert "coordinator.phone: " in table[0]["#feil"]
    assert table[0]["coordinator.phone"] == "'+47 1"
    assert table[1]["child.name"] == "'=cmd()"
    assert table[1]["child.birth_date"] == ANSWERS["child"]["birth_date"]

    mended = (out / "refused.csv").read_text("utf-8-sig")
    mended = mended.replace("'+47 1", "61700200").replace("i går", "24.11.2026")
    (out / "refused.csv").write_bytes(mended.encode("cp1252"))  # as Excel may save it
    again = _run(out / "refused.csv", out)
    assert [(outcome.number, outcome.what) for outcome in again] == [(3, "refused"), (4, "made")]
    assert "=cmd()" in docx.text((out / "ke_group_created-000004.docx").read_bytes())
    assert [row["#rad"] for row in _table(out)] == ["3"]
    assert sorted(_documents(out)) == [f"ke_group_created-{n:06}.docx" for n in (2, 4, 5)]


def test_mended_rows_are_kept_when_the_run_that_reads_them_is_stopped(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(_as_table(tmp_path, "reason=", "reason=", "reason="), out)
    before = (out / "refused.csv").read_bytes()
    source = rows.read(out / "refused.csv", CREATED)
    running = run(CREATED, source, out, "docx", 1)
    next(running)
    running.close()
    assert (out / "refused.csv").read_bytes() == before
    assert not list(out.glob(".refused*"))


def test_the_report_of_a_run_without_refusals_takes_the_old_one_away(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(_as_table(tmp_path, "reason="), out)
    assert (out / "refused.csv").exists()
    _run(_as_table(tmp_path, ""), out)
    assert not list(out.glob("*refused*"))


def test_rows_are_refused_in_the_language_of_the_paper(tmp_path: Path) -> None:
    nynorsk = {**ANSWERS, "language": "nn", "reason": ""}
    (outcome,) = _run(_jsonl(tmp_path, nynorsk), tmp_path / "out")
    assert outcome.problems[0].message == "Skriv kvifor gruppa er oppretta."


def test_a_lone_surrogate_in_a_name_does_not_stop_the_report(tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(_jsonl(tmp_path, {**ANSWERS, "\ud800": "\udfff"}), out)
    (line,) = (out / "refused.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["problems"][0]["field"] == "\ud800"


def test_what_nobody_thought_of_stops_no_other_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render = printing.render

    def sometimes(kind: Any, form: Any, wanted: Any) -> Any:
        if form.answers()["child"]["name"] == "Per":
            raise ZeroDivisionError("Per")
        return render(kind, form, wanted)

    monkeypatch.setattr(printing, "render", sometimes)
    told = _run(_jsonl(tmp_path, _answers("Per"), ANSWERS), tmp_path / "out")
    assert _what(told) == ["refused", "made"]
    assert "ZeroDivisionError" in told[0].problems[0].message


def test_a_table_that_breaks_off_keeps_what_came_before_and_its_report(tmp_path: Path) -> None:
    out, file = tmp_path / "out", _as_table(tmp_path, "", "reason=", "")
    file.write_bytes(file.read_bytes() + b'"never closed')
    with pytest.raises(UnreadableRows, match="Rad 5"):
        _run(file, out, jobs=2)
    assert len(_documents(out)) == 2
    assert [row["#rad"] for row in _table(out)] == ["3"]


def test_a_folder_that_cannot_be_written_is_an_error_and_not_a_refusal(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "ke_group_created-000002.docx").mkdir(parents=True)
    with pytest.raises(OSError, match="ke_group_created-000002"):
        _run(_jsonl(tmp_path, ANSWERS, ANSWERS), out, jobs=2)
    assert not list(out.glob("*.part"))


# -- memory ---------------------------------------------------------------------------------------

_MEASURED = """
import sys, gc
from pathlib import Path
from formsvc.kinds import find
from formsvc.batch import rows
from formsvc.batch.making import run
def resident():
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * 4096 / 2**20
file, out = map(Path, sys.argv[1:])
kind = find("ke_group_created")
early = late = 0.0
for n, outcome in enumerate(run(kind, rows.read(file, kind), out, "docx", 1)):
    if n == 300:
        early = resident()
    late = resident() if n % 100 == 0 else late
print(late - early)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    bad = _answers("Per", reason="")
    file = _jsonl(tmp_path, *(bad if n % 3 else _answers(f"Barn {n}") for n in range(3000)))
    words = [sys.executable, "-c", _MEASURED, str(file), str(tmp_path / "out")]
    grown = float(subprocess.run(words, check=True, capture_output=True).stdout)
    assert grown <= 5, f"{grown:.1f} MiB"
