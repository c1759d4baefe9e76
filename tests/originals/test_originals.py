"""The official papers are made of the running profile, and drawn no more often than they change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hatchling.builders.wheel import WheelBuilder

from formsvc import clock, config, originals, profile
from formsvc.cli import main
from formsvc.config import Settings
from formsvc.documents import docx, html_pdf, pdf_text
from formsvc.operations import health
from formsvc.originals.fillable import draw

ROOT = Path(__file__).parents[2]
MEND = "python -m formsvc.originals.word; python -m formsvc.originals.fillable"
FORM = "consent.nb.pdf"
needs_pango = pytest.mark.skipif(not html_pdf.available(), reason="WeasyPrint lacks Pango")


def own_profile(folder: Path, more: str = "", name: str = "Sel kommune") -> Path:
    """A profile of a municipality of another name."""
    file = folder / "own.toml"
    file.write_text(f'[municipality]\nname = {{ nb = "{name}", nn = "{name}" }}\n{more}', "utf-8")
    return file


def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that forms are really drawn from, from now on."""
    pages: list[str] = []
    lay_out = html_pdf.lay_out_form

    def counted(html: str) -> bytes:
        pages.append(html)
        return lay_out(html)

    monkeypatch.setattr(html_pdf, "lay_out_form", counted)
    return pages


def read(name: str) -> str:
    data = originals.of(name) or b""
    return " ".join((docx.text(data) if name.endswith("docx") else pdf_text.text(data)).split())


def test_what_is_shipped_is_what_would_be_made() -> None:
    shipped = originals.made_from(config.SHIPPED)
    day = datetime(shipped.day.year, shipped.day.month, shipped.day.day, 12, tzinfo=UTC)
    with config.using(Settings()), clock.stopped(day):
        assert shipped.keys == {name: originals.key(name) for name in originals.NAMES}, MEND


def test_a_shipped_form_is_used_where_it_would_be_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = drawings(monkeypatch)
    day = originals.made_from(config.SHIPPED).day
    with (
        config.using(Settings(data=Path("nowhere"))),
        clock.stopped(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)),
    ):
        assert originals.of(FORM) == (config.SHIPPED / FORM).read_bytes()
    assert pages == []


@needs_pango
def test_an_own_profile_reaches_word_and_form(tmp_path: Path) -> None:
    own = own_profile(
        tmp_path, '[words]\ncomplaint_deadline = { nb = "tre uker", nn = "tre veker" }'
    )
    with config.using(Settings(profile=own, data=tmp_path)):
        assert "Sel kommune" in read(FORM)
        assert "Eksempel kommune" not in read(FORM)
        assert "tre uker" in read("ip_application.nb.pdf")


@needs_pango
def test_a_form_is_drawn_once_and_kept_for_all_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = drawings(monkeypatch)
    own = own_profile(tmp_path)
    with config.using(Settings(profile=own, data=tmp_path)):
        first = originals.of(FORM)
        assert originals.of(FORM) is first
        originals._made.cache_clear()  # noqa: SLF001 another process
        assert originals.of(FORM) == first
    assert len(pages) == 1
    kept = list((tmp_path / "originals").iterdir())
    assert [file.read_bytes() for file in kept] == [first]


@needs_pango
def test_many_at_once_get_the_same_form_and_leave_one(tmp_path: Path) -> None:
    own = own_profile(tmp_path)

    def ask(_number: int) -> bytes | None:
        with config.using(Settings(profile=own, data=tmp_path)):
            return originals.of(FORM)

    with ThreadPoolExecutor(4) as threads:
        made = set(threads.map(ask, range(4)))
    assert len(made) == 1
    assert len(list((tmp_path / "originals").iterdir())) == 1


@needs_pango
def test_another_profile_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    for name in ("Sel kommune", "Nes kommune"):
        profile.of.cache_clear()
        with config.using(Settings(profile=own_profile(tmp_path, name=name), data=tmp_path)):
            assert name in read(FORM)
    assert len(list((tmp_path / "originals").iterdir())) == 1


@needs_pango
@pytest.mark.parametrize("place", ["missing", "a file", "taken"])
def test_without_a_place_to_keep_it_a_form_is_made_all_the_same(tmp_path: Path, place: str) -> None:
    data = tmp_path / "data"
    if place == "a file":
        data.write_text("")
    elif place == "taken":
        data.mkdir()
        (data / "originals").write_text("")
    with config.using(Settings(profile=own_profile(tmp_path), data=data)):
        assert "Sel kommune" in read(FORM)
    assert place != "missing" or not data.exists()


@needs_pango
def test_a_dated_text_reaches_the_form_on_its_day(tmp_path: Path) -> None:
    dated = (
        '[[words.exempt]]\nfrom = 2020-01-01\nnb = "Etter gammel lov"\nnn = "x"\n'
        '[[words.exempt]]\nfrom = 2030-07-01\nnb = "Etter ny lov"\nnn = "x"\n'
    )
    with config.using(Settings(profile=own_profile(tmp_path, dated), data=tmp_path)):
        for day, said in ((date(2030, 6, 30), "gammel"), (date(2030, 7, 1), "ny")):
            with clock.stopped(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
                assert f"Etter {said} lov" in read(FORM)


def test_a_key_says_what_the_form_is_made_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = originals.key(FORM)
    with config.using(Settings(profile=own_profile(tmp_path))):
        assert originals.key(FORM) != before
    assert originals.key(FORM) == before
    style = tmp_path / "style.css"
    style.write_text("p { color: #123 }")
    originals._key.cache_clear()  # noqa: SLF001 a new release
    monkeypatch.setattr(draw, "_style", style.read_text)
    assert originals.key(FORM) != before
    originals._key.cache_clear()  # noqa: SLF001


@needs_pango
def test_the_originals_are_written_to_be_edited_and_nothing_is_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORMSVC_PROFILE", str(own_profile(tmp_path)))
    config.settings.cache_clear()
    folder = tmp_path / "mine"
    result = CliRunner().invoke(main, ["originals", str(folder)])
    assert result.exit_code == 0, result.output
    assert result.output.split() == list(originals.NAMES)
    assert {path.name for path in folder.iterdir()} == {*originals.NAMES, originals.MADE_FROM}
    (folder / FORM).write_bytes(b"edited")
    again = CliRunner().invoke(main, ["originals", str(folder)])
    assert again.exit_code == 2
    assert "nothing is written over" in again.output
    assert (folder / FORM).read_bytes() == b"edited"
    monkeypatch.undo()
    config.settings.cache_clear()


# -- what the doctor says ---------------------------------------------------------------------


def told(what: str) -> health.Finding:
    return next(each for each in health.findings() if each.what.startswith(what))


AGE = "Your own templates against the originals"


def test_the_doctor_says_which_originals_are_in_use(tmp_path: Path) -> None:
    with config.using(Settings(demo=True, profile=own_profile(tmp_path), templates=tmp_path)):
        (tmp_path / "minutes.nb.docx").write_bytes(originals.of("minutes.nb.docx") or b"")
        assert "1 your own, 23 made of your profile, 0 as shipped" in told("Official").what


@pytest.mark.parametrize(("changed", "ok"), [("", True), ("x", False)])
def test_the_doctor_tells_of_a_copy_whose_original_has_changed(
    tmp_path: Path, changed: str, *, ok: bool
) -> None:
    name = "minutes.nb.docx"
    with config.using(Settings(demo=True, templates=tmp_path)):
        (tmp_path / name).write_bytes(originals.of(name) or b"")
        keys = {name: originals.key(name) + changed}
        (tmp_path / originals.MADE_FROM).write_text(json.dumps({"day": "2026-11-26", "keys": keys}))
        assert told(AGE).ok == ok
        assert ok or f"{name} (its original has changed since it was copied)" in told(AGE).mend


def test_the_doctor_tells_of_an_own_form_that_names_another_municipality(tmp_path: Path) -> None:
    (tmp_path / FORM).write_bytes((config.SHIPPED / FORM).read_bytes())
    with config.using(Settings(demo=True, templates=tmp_path)):
        assert told(AGE).ok
    with config.using(Settings(demo=True, profile=own_profile(tmp_path), templates=tmp_path)):
        assert not told(AGE).ok
        assert f"{FORM} (it says «Eksempel kommune»)" in told(AGE).mend


# -- in the wheel -----------------------------------------------------------------------------


@needs_pango
def test_the_wheel_draws_the_forms_of_its_municipality(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as package:
        package.extractall(tmp_path / "installed")
    code = (
        "import sys; from formsvc import config, originals; from formsvc.documents import pdf_text;"
        "sys.stdout.write(str(config.SHIPPED));"
        "sys.stdout.write(pdf_text.text(originals.of('consent.nb.pdf')))"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "installed"),
        "FORMSVC_PROFILE": str(own_profile(tmp_path)),
    }
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(str(tmp_path / "installed"))
    assert "Sel kommune" in said.stdout
    assert "Eksempel kommune" not in said.stdout
