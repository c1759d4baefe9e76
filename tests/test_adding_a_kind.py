"""Adding a paper is three steps: CONTRIBUTING's example, done as it stands there, in a copy."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest

ROOT = Path(__file__).parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
STEPS = CONTRIBUTING.partition("## Adding a paper is three steps")[2].partition("\n## ")[0]
#: what the tests of the copy read
FOLDERS = ("formsvc", "docx_templates", "tests", "benchmarks", "docs")


def block(language: str) -> str:
    """A block of code from the steps, as it is written into a file."""
    indented = re.search(rf"^   ```{language}\n(.*?)^   ```$", STEPS, re.MULTILINE | re.DOTALL)
    assert indented, language
    return re.sub(r"^   ", "", indented[1], flags=re.MULTILINE)


def word_template() -> docx.document.Document:
    """What the second step says is to be written in Word."""
    placeholders = re.findall(r"`(\{[{%][^`]*[%}]\})`", STEPS)
    assert len(placeholders) == 6, placeholders
    document = docx.Document()
    for placeholder in placeholders[:2]:
        document.add_paragraph(placeholder)
    table = document.add_table(rows=3, cols=2)
    begin, date, place, end = placeholders[2:]
    for row, texts in zip(table.rows, ([begin], [date, place], [end]), strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    return document


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the paper added."""
    folder = tmp_path_factory.mktemp("added")
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for file in (each for each in ROOT.iterdir() if each.is_file()):
        shutil.copy(file, folder)
    (folder / "formsvc/forms/meeting_plan.py").write_text(block("python"), "utf-8")
    for language in ("nb", "nn"):
        word_template().save(str(folder / f"docx_templates/meeting_plan.{language}.docx"))
    (folder / "formsvc/templates/documents/meeting_plan.html").write_text(block("html"), "utf-8")
    kinds = folder / "formsvc/kinds.py"
    (line,) = re.findall(r"`(Kind\(.*?\),)`", STEPS)
    register = "KINDS: Final[tuple[Kind, ...]] = (\n"
    imported = "from formsvc.forms.minutes import"
    text = kinds.read_text("utf-8").replace(register, f"{register}    {line}\n")
    added = "from formsvc.forms.meeting_plan import MeetingPlanForm"
    text = text.replace(imported, f"{added}\n{imported}")
    kinds.write_text(text, "utf-8")
    return folder


def run(folder: Path, *command: str) -> str:
    """Run a command in a copy, which must succeed; what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "FORMSVC_DEMO": "1"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


def test_the_three_steps_give_a_paper_that_every_test_of_a_kind_accepts(copy: Path) -> None:
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "meeting_plan")
    told = run(copy, *tests, "tests")
    assert int(re.findall(r"(\d+) passed", told)[0]) > 10, told


def test_the_command_line_and_the_menu_know_the_paper(copy: Path) -> None:
    formsvc = ("-c", "from formsvc.cli import main; main()")
    assert re.search(r"meeting_plan +Møteplan", run(copy, *formsvc, "kinds"))


def test_the_example_is_as_the_code_of_the_house(copy: Path) -> None:
    run(copy, "-m", "ruff", "check", "formsvc/forms/meeting_plan.py", "formsvc/kinds.py")
    run(copy, "-m", "ruff", "format", "--check", "formsvc/forms/meeting_plan.py")
