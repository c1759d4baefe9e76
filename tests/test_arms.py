"""The arms and the colour of a municipality: on every paper and page, or refused in words."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from formsvc import config, originals, profile
from formsvc.config import Settings
from formsvc.documents import html_pdf
from formsvc.originals.fillable import draw
from formsvc.profile import InvalidProfile, arms
from formsvc.web import create_app

PICTURES = Path(__file__).parent / "profiles" / "other"
NAME = '[municipality]\nname = { nb = "Sel kommune", nn = "Sel kommune" }\n'
ARMS = f'{NAME}arms = "kommunevapen.svg"\n'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("kommunevapen.svg", "kommunevapen.png"):
        shutil.copyfile(PICTURES / name, tmp_path / name)
    return tmp_path


def own(folder: Path, toml: str) -> Path:
    file = folder / "own.toml"
    file.write_text(toml, "utf-8")
    return file


def refused(folder: Path, toml: str) -> str:
    with pytest.raises(InvalidProfile) as raised:
        profile.load(own(folder, toml))
    return str(raised.value)


def in_word(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return [name for name in package.namelist() if "media" in name]


# -- on papers and pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_arms_stand_in_pdf_word_form_and_page(folder: Path, ending: str) -> None:
    file = own(folder, ARMS.replace(".svg", f".{ending}"))
    with config.using(Settings(demo=True, profile=file, data=folder)):
        held = profile.current().sender.arms
        assert held is not None
        assert held.picture == (PICTURES / f"kommunevapen.{ending}").read_bytes()
        pdf = html_pdf.print_html(
            f'<html lang="nb"><head><title>x</title></head><body><h1>x</h1>'
            f'<img src="{held.name}" alt="Våpen"></body></html>'
        )
        assert PdfReader(io.BytesIO(pdf)).pages[0].get_contents() is not None
        assert draw._data(held.picture, "x")[20:60] in draw.page("consent", "nb")  # noqa: SLF001
        word = originals.of("minutes.nb.docx") or b""
        with zipfile.ZipFile(io.BytesIO(word)) as package:
            bitmap = (PICTURES / "kommunevapen.png").read_bytes()
            assert package.read("word/media/arms.png") == bitmap
            width, height = re.findall(
                r'cx="(\d+)" cy="(\d+)"', package.read("word/header1.xml").decode()
            )[0]
        assert int(width) == 2 * int(height)
        client = create_app(Settings(demo=True, profile=file, data=folder)).test_client()
        address = re.findall(r'<img class="arms"\s+src="([^"]+)"', client.get("/contact").text)[0]
        answer = client.get(address)
        assert answer.data == held.picture
        assert answer.mimetype == {"svg": "image/svg+xml", "png": "image/png"}[ending]
        assert "immutable" in answer.headers["Cache-Control"]
        assert client.get("/arms/arms-0.svg").status_code == 404


def test_the_colour_reaches_pdf_word_form_and_page(folder: Path) -> None:
    file = own(folder, f'{NAME}colour = "#7A1420"')
    with config.using(Settings(demo=True, profile=file, data=folder)):
        assert "--colour: #7a1420" in draw.page("consent", "nb")
        with zipfile.ZipFile(io.BytesIO(originals.of("minutes.nb.docx") or b"")) as package:
            styles = package.read("word/styles.xml").decode()
        assert "7A1420" in styles
        assert "14487A" not in styles
        client = create_app(Settings(demo=True, profile=file, data=folder)).test_client()
        assert "/colour/7a1420.css" in client.get("/contact").text
        assert "#7a1420" in client.get("/colour/7a1420.css").text
        assert client.get("/colour/14487a.css").status_code == 404


def test_a_municipality_of_another_name_never_has_the_invented_arms(folder: Path) -> None:
    file = own(folder, NAME)
    with config.using(Settings(demo=True, profile=file, data=folder)):
        assert profile.current().municipality("nb")["arms"] == ""
        assert "<img" not in draw.page("consent", "nb")
        assert in_word(originals.of("minutes.nb.docx") or b"") == []
        client = create_app(Settings(demo=True, profile=file, data=folder)).test_client()
        assert 'class="arms"' not in client.get("/contact").text
    assert profile.load(own(folder, '[words]\ncomplaint_deadline = "tre uker"')).sender.arms


def test_the_arms_may_lie_in_the_folder_of_templates(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    with config.using(Settings(templates=folder)):
        assert profile.load(own(other, ARMS)).sender.arms


# -- refused at the start --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>x</script>", "<script>"),
        ('<path onload="x"/>', "the attribute onload"),
        ('<image href="https://a.no/b.png"/>', "<image>"),
        ('<use href="https://a.no/b.svg#c"/>', "a link to «https://a.no"),
        ('<path fill="url(https://a.no/b)"/>', "url(https"),
        ("<style>@import 'https://a.no/b'</style>", "a style that fetches"),
        ("<style>p { fill: url(b.svg) }</style>", "a style that fetches"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<text>Sel</text>", "<text>"),
        ("<animateTransform/>", "<animateTransform>"),
    ],
)
def test_a_drawing_that_runs_fetches_or_says_anything_is_refused(
    folder: Path, inside: str, said: str
) -> None:
    (folder / "kommunevapen.svg").write_text(SVG.format(inside))
    assert said in refused(folder, ARMS)


def test_what_points_within_the_drawing_is_fine(folder: Path) -> None:
    inside = (
        '<defs><path id="a"/></defs><use href="#a"/><path fill="url(#b)" style="fill:url(\'#b\')"/>'
    )
    (folder / "kommunevapen.svg").write_text(SVG.format(inside))
    assert profile.load(own(folder, ARMS)).sender.arms


def test_entities_are_refused_before_they_grow(folder: Path) -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "x">]>' + SVG.format("&a;")
    (folder / "kommunevapen.svg").write_text(bomb)
    assert "entities" in refused(folder, ARMS)


@pytest.mark.parametrize("content", [b"", b"<svg", b"<html/>", b"\xff\xfe", SVG[:30].encode()])
def test_what_is_no_drawing_is_refused(folder: Path, content: bytes) -> None:
    (folder / "kommunevapen.svg").write_bytes(content)
    assert "is no SVG" in refused(folder, ARMS)


@pytest.mark.parametrize("cut", [0, 8, 40, -1])
def test_a_bitmap_that_is_not_whole_is_refused(folder: Path, cut: int) -> None:
    file = folder / "kommunevapen.png"
    file.write_bytes(file.read_bytes()[:cut])
    assert "municipality.arms_png: is no whole PNG" in refused(folder, ARMS)


@pytest.mark.parametrize(("more", "taken"), [(-1, True), (0, True), (1, False)])
def test_a_picture_may_be_so_large(folder: Path, more: int, *, taken: bool) -> None:
    file = folder / "kommunevapen.png"
    file.write_bytes(file.read_bytes().ljust(arms.MOST_BYTES + more, b"\0"))
    toml = ARMS.replace(".svg", ".png")
    if taken:
        assert profile.load(own(folder, toml)).sender.arms
    else:
        assert "larger than 500,000 bytes" in refused(folder, toml)


@pytest.mark.parametrize(("most", "taken"), [(401, True), (400, True), (399, False)])
def test_a_bitmap_may_have_so_many_dots(
    folder: Path, monkeypatch: pytest.MonkeyPatch, most: int, *, taken: bool
) -> None:
    monkeypatch.setattr(arms, "MOST_DOTS", most)
    if taken:
        assert profile.load(own(folder, ARMS)).sender.arms
    else:
        assert "400 × 200 dots" in refused(folder, ARMS)


def test_word_needs_a_bitmap_and_is_told_so(folder: Path) -> None:
    (folder / "kommunevapen.png").rename(folder / "word.png")
    said = refused(folder, ARMS)
    assert "municipality.arms_png: Word shows no SVG, and there is no kommunevapen.png in" in said
    assert profile.load(own(folder, f'{ARMS}arms_png = "word.png"')).sender.arms


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('arms = "missing.svg"', "municipality.arms: there is no missing.svg in"),
        ('arms = "own.toml"', "must be an SVG or a PNG"),
        ('arms_png = "kommunevapen.png"', "stands for arms"),
        ('arms = "kommunevapen.png"\narms_png = "kommunevapen.png"', "is not read"),
        ('colour = "blue"', "must be written as"),
        ('colour = "#777777"', "has the contrast 4.48 to white"),
    ],
)
def test_a_mistake_is_told_with_its_mend(folder: Path, more: str, said: str) -> None:
    assert said in refused(folder, f"{NAME}{more}")


def test_a_colour_that_can_just_be_read_is_taken(folder: Path) -> None:
    assert profile.load(own(folder, f'{NAME}colour = "#767676"')).sender.colour == "#767676"
