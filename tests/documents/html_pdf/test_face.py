"""Every paper is printed as PDF/A-2a and PDF/UA-1, whole, alike each time, from no network."""

from __future__ import annotations

import gc
import hashlib
import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pypdfium2
import pytest
import weasyprint
from jinja2 import UndefinedError
from pypdf import PdfReader

from formsvc import profile
from formsvc.cleaning import REPLACEMENT
from formsvc.documents import checks, fonts, html_pdf
from formsvc.documents.html_pdf import glyphs, source, standards
from formsvc.documents.words import printable
from formsvc.errors import DocumentFailed, MissingLibrary, MissingResource
from formsvc.services import printing
from tests.documents.validator import failures
from tests.samples import PRINTED, Sample, load

HEAD = '<html lang="nb"><head><title>Prøve</title></head><body><h1>Prøve</h1>'


def context(sample: Sample, **changed: Any) -> dict[str, Any]:
    form = sample.kind.form.from_answers({**sample.answers, **changed})
    return printing.context(sample.kind, form, "R-2026-0041")


def printed(sample: Sample, **changed: Any) -> bytes:
    return html_pdf.render(sample.kind.slug, context(sample, **changed))


def find(slug: str) -> Sample:
    return next(sample for sample in PRINTED if sample.kind.slug == slug)


def text(pdf: bytes) -> str:
    return "\f".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def assert_archive_proof(pdf: bytes) -> None:
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert failures(pdf, "2a", "ua1") == []


# -- the papers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_a_paper_is_archive_proof_accessible_and_whole(sample: Sample, language: str) -> None:
    form = sample.kind.form.from_answers({**sample.answers, "language": language})
    words = printing.context(sample.kind, form, "R-2026-0041")

    pdf = html_pdf.render(sample.kind.slug, words)

    assert_archive_proof(pdf)
    checks.nothing_lost(form.words(), text(pdf))
    root: Any = PdfReader(io.BytesIO(pdf)).root_object
    assert root["/Lang"] == language
    assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b|\{\{|\{%", text(pdf))


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_the_letterhead_stands_on_the_paper_and_its_mark_on_every_page(sample: Sample) -> None:
    words = context(sample)

    pages = text(html_pdf.render(sample.kind.slug, words)).split("\f")

    assert words["paper"]["title"] in pages[0].replace("\n", " ")
    for number, found in enumerate(pages, 1):
        assert words["paper"]["municipality"]["name"] in found
        assert words["paper"]["exempt"] in found
        assert "R-2026-0041" in found
        assert f"Side {number} av {len(pages)}" in found


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_the_municipality_s_own_texts_and_legal_references_are_printed(sample: Sample) -> None:
    words = context(sample)
    texts = {key: found for key, found in words["paper"]["texts"].items() if key != "next"}
    if "first_meeting" in texts and not words["first_meeting"]:
        del texts["first_meeting"]

    pdf = text(html_pdf.render(sample.kind.slug, words))

    checks.nothing_lost({"texts": texts, "legal": words["paper"]["legal"]}, pdf)


def test_what_happens_next_is_for_the_receipt() -> None:
    words = context(find("minutes"))

    assert words["paper"]["texts"]["next"][0][:40] not in text(
        html_pdf.render("minutes", words)
    ).replace("\n", " ")


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_an_empty_answer_leaves_no_empty_label(sample: Sample) -> None:
    title = context(sample)["paper"]["title"]
    pdf = text(printed(sample))

    for line in pdf.splitlines():
        assert not line.rstrip().endswith(":") or line in title, line


def test_a_paper_without_a_reference_leaves_no_label_for_it() -> None:
    words = context(find("minutes"))
    words["paper"]["reference"] = ""

    assert "Vår ref." not in text(html_pdf.render("minutes", words))


def test_an_anonymous_case_names_nobody_and_says_that_it_is_anonymous() -> None:
    pdf = printed(find("minutes"), anonymous=True, child=None, consent_reference="")

    assert "Saken drøftes anonymt (NN-sak)" in text(pdf)
    assert "Barnets fødselsdato" not in text(pdf)
    assert_archive_proof(pdf)


def test_a_heading_is_repeated_where_a_table_runs_over_a_page() -> None:
    row = load("minutes.nb")["measures"][0]
    pdf = printed(find("minutes"), measures=[{**row, "measure": f"Tiltak {n}"} for n in range(60)])

    pages = [found for found in text(pdf).split("\f") if "Tiltak " in found]

    assert len(pages) > 1
    assert all("Ansvarlig" in found for found in pages)
    assert_archive_proof(pdf)


def test_a_text_that_did_not_fit_in_a_form_is_printed_on_a_page_behind_it() -> None:
    entries = [{"number": 1, "label": "Behov", "text": "Emma har\n\nmange hjelpere."}]
    words = context(find("ip_application")) | {"title": "Vedlegg til søknaden", "entries": entries}

    pdf = html_pdf.render("continuation", words)

    assert_archive_proof(pdf)
    checks.nothing_lost({"title": words["title"], "entries": entries}, text(pdf))


def test_a_name_that_the_paper_does_not_have_speaks_up() -> None:
    words = context(find("minutes"))
    del words["referent"]

    with pytest.raises(UndefinedError, match="referent"):
        html_pdf.render("minutes", words)


# -- equal input, equal bytes ----------------------------------------------------------------------


def test_equal_input_gives_equal_bytes() -> None:
    assert printed(find("minutes")) == printed(find("minutes"))


def test_what_was_printed_before_leaves_no_trace() -> None:
    first = printed(find("consent"))
    printed(find("minutes"), family_view="سلام Ж 😀 नमस्ते")

    assert printed(find("consent")) == first


def test_another_process_prints_the_same_bytes() -> None:
    program = (
        "import hashlib, sys; from formsvc.documents import html_pdf;"
        "print(hashlib.sha256(html_pdf.print_html(sys.argv[1])).hexdigest())"
    )
    html = f"{HEAD}<p>Čáhci 😀 <b>Ж</b></p></body></html>"

    other = subprocess.run([sys.executable, "-c", program, html], capture_output=True, check=True)

    assert other.stdout.decode().strip() == hashlib.sha256(html_pdf.print_html(html)).hexdigest()


def test_several_threads_print_at_once() -> None:
    alone = [printed(sample) for sample in PRINTED[:4]]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(printed, PRINTED[:4])) == alone


# -- as fast as it can be, and still the same ------------------------------------------------------


@pytest.mark.parametrize("sample", PRINTED, ids=str)
def test_reading_and_styling_a_page_faster_changes_no_byte_of_the_print(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = html_pdf.page(sample.kind.slug, context(sample))
    ours = html_pdf.print_html(html)

    def as_weasyprint_does(html: str, base_url: str, url_fetcher: Any) -> weasyprint.HTML:
        return weasyprint.HTML(string=html, base_url=base_url, url_fetcher=url_fetcher)

    monkeypatch.setattr(source, "Page", as_weasyprint_does)

    assert html.startswith(source.XML)
    assert html_pdf.print_html(html) == ours


def test_a_print_lets_python_look_for_garbage_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(standards, "_scope_header_cells", lambda _pdf: seen.append(gc.isenabled()))

    html_pdf.print_html(f"{HEAD}</body></html>")
    with pytest.raises(MissingResource):
        html_pdf.print_html(f'{HEAD}<img src="missing.svg" alt="x"></body></html>')
    with pytest.raises(DocumentFailed):
        html_pdf.print_html(f"{HEAD}<p>\U00013080</p></body></html>")

    assert seen == [False, False]
    assert gc.isenabled()


def test_memory_stays_flat_over_many_prints_that_are_read_back() -> None:
    program = """
import gc, json, sys
from pathlib import Path
from formsvc.documents import html_pdf, pdf_text

def kilobytes():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

words = json.load(sys.stdin)
html_pdf.warm_up()
for number in range(70):
    if number == 10:
        before = kilobytes()
    pdf_text.text(html_pdf.render("minutes", words))
print(kilobytes() - before)
"""
    if not Path("/proc/self/statm").exists():
        pytest.skip("memory is read from /proc")
    words = json.dumps(context(find("minutes")))

    run = subprocess.run(
        [sys.executable, "-c", program], input=words.encode(), capture_output=True, check=True
    )

    # 500 documents may take 10 MiB; a font configuration for each would take 16 in these 60
    assert int(run.stdout) < 10 * 1024 * 60 / 500 + 1024


def test_a_worker_forked_while_a_paper_is_printed_prints_the_same() -> None:
    program = """
import hashlib, os, threading
from formsvc.documents import html_pdf

def printed():
    return html_pdf.print_html("<html lang='nb'><title>x</title><h1>x</h1>" + "<p>Emma</p>" * 300)

html_pdf.warm_up()
expected = printed()
for _ in range(4):
    busy = threading.Thread(target=printed)
    busy.start()
    child = os.fork()
    if child == 0:
        os._exit(printed() != expected)
    busy.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert printed() == expected
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_a_template_s_hash_changes_with_the_template_alone() -> None:
    hashes = {html_pdf.template_sha256(sample.kind.slug) for sample in PRINTED}

    assert len(hashes) == len({sample.kind.slug for sample in PRINTED})
    assert all(re.fullmatch("[0-9a-f]{64}", found) for found in hashes)


# -- odd text --------------------------------------------------------------------------------------

HOSTILE = {
    "markup": "<b>fet</b> & </td></table><script>alert(1)</script> &amp; {{ 7 * 7 }} {% x %}",
    "quotes": "\" ' ` \\ ( ) % $ # ` ${x}",
    "arrows": "-> <- => 5x5 != ::",
    "lines": "første\nandre\n\nfjerde\ttabulator   mellomrom",
    "sami": "Máret Čáhci ŋ ŧ đ ž š Ǯ ǩ ǥ ʒ",
    "marks": "x̌x e̩e ẹ̀ q̃q",
    "vietnamese": "Tiếng Việt, Đặng Thị",
    "ukrainian": "Привіт, як справи? Ґанок",
    "greek": "Γειά σου Κόσμε, ἀρχή",
    "hebrew": "שלום עולם (בדיקה) 45",
    "arabic": "مرحبا بالعالم (اختبار) 123، «نص»",
    "persian": "سلام، حال شما چطور است؟ پژوهش گچ",
    "kurdish": "سڵاو، چۆنی؟",
    "urdu": "یہ اردو ہے، ٹھیک ڈاک",
    "ethiopic": "ሰላም ልዑል፣ ትግርኛ ዓለም",
    "thai": "สวัสดีครับ ที่นี่ น้ำ",
    "hindi": "नमस्ते दुनिया, विद्यार्थी क्षत्रिय",
    "tamil": "வணக்கம் உலகம் ஸ்ரீ கொ",
    "georgian": "გამარჯობა",
    "armenian": "Բարեւ",
    "emoji": "👨‍👩‍👧 😀 ❤️ 🇳🇴 👍 ☎️ 1️⃣",
    "symbols": "½ € → ☒ ☐ ✓ ‰ ‑ – … « » “ ” № ² ³ ⁴ ℃ ﬁ",
    "unseen": "a\u200bb soft\u00adhy \ufeff\u2060x \u3164 \u115f",
    "long word": "æ" * 20_000,
    "long address": "https://eksempel.no/" + "%20=" * 2_000,
    "row of faces": "😀" * 2_000,
    "long text": "Emma vil ha én plan. " * 950,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_text_comes_out_again(name: str) -> None:
    odd = HOSTILE[name]
    sample = find("minutes")
    words = context(sample, family_view=odd, measures=[])
    assert words["family_view"]

    pdf = html_pdf.render("minutes", words)

    assert REPLACEMENT not in printable(odd)
    assert_archive_proof(pdf)
    asked = {"family_view": words["family_view"], "evaluation": words["evaluation"]}
    checks.nothing_lost(printable(asked), text(pdf))


def test_a_character_that_no_font_draws_is_replaced_visibly() -> None:
    pdf = printed(find("minutes"), family_view="Hieroglyf \U00013080 her", place="Rom \ue123")

    assert printable({"a": ["\U00013080", "å", 1, True, None]}) == {
        "a": ["\ufffd", "å", 1, True, None]
    }
    assert "Hieroglyf \ufffd her" in text(pdf)
    assert_archive_proof(pdf)


def test_a_missing_glyph_is_never_printed() -> None:
    with pytest.raises(DocumentFailed, match="\U00013080"):
        html_pdf.print_html(f"{HEAD}<p>\U00013080</p></body></html>")


def test_a_glyph_that_stands_for_no_letters_makes_the_paper_2b_and_still_tagged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(glyphs, "_alphabet", lambda _font: {})

    pdf = html_pdf.print_html(f"{HEAD}<p>नमस्ते क्षत्रिय कि</p></body></html>")

    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"pdfuaid" not in pdf
    assert failures(pdf, "2b") == []
    assert "/StructTreeRoot" in PdfReader(io.BytesIO(pdf)).root_object


def test_a_word_of_any_length_stays_within_the_margins() -> None:
    pdf = html_pdf.print_html(f"{HEAD}<table><tr><td>{'W' * 3000}</td></tr></table></body></html>")

    with pypdfium2.PdfDocument(pdf) as document:
        picture = document[0].render(scale=1, grayscale=True).to_numpy()
    assert (picture[:, -40:] > 250).all()


# -- nothing from outside --------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def fonts_let_go() -> Iterator[None]:
    """Let go of the fonts here: one of these pages makes WeasyPrint keep a folder for more."""
    yield
    html_pdf._typography.cache_clear()  # noqa: SLF001 - no other code has a reason to


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on the loopback, and the list of what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


REACHING_OUT = [
    '<img src="{url}/a.png" alt="x">',
    '<img src="//{host}/a.png" alt="x">',
    '<img srcset="{url}/a.png 2x" src="{url}/b.png" alt="x">',
    '<link rel="stylesheet" href="{url}/a.css">',
    '<link rel="attachment" href="{url}/a.pdf">',
    '<style>@import "{url}/a.css";</style>',
    "<style>@import url({url}/a.css);</style>",
    "<style>@font-face {{ font-family: X; src: url({url}/a.woff2) }}</style>",
    '<p style="background: url({url}/a.png)">x</p>',
    '<p style="list-style: inside url({url}/a.png); display: list-item">x</p>',
    '<p style="border-image: url({url}/a.png) 30">x</p>',
    "<style>h1::before {{ content: url({url}/a.png) }}</style>",
    "<style>@page {{ background: url({url}/a.png) }}</style>",
    '<svg><title>x</title><image href="{url}/a.png" width="9" height="9"/></svg>',
    '<object data="{url}/a.svg" type="image/svg+xml"></object>',
    '<embed src="{url}/a.svg" type="image/svg+xml">',
    '<base href="{url}/"><img src="arms.svg" alt="x">',
    '<img src="file:///etc/hostname" alt="x">',
    '<link rel="stylesheet" href="file:///etc/hostname">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<style>@import "file:///etc/hostname";</style>',
    '<img src="../documents/_letter.css" alt="x">',
    '<img src="../../profile/arms.svg" alt="x">',
    '<img src="%2e%2e/%2e%2e/profile/arms.svg" alt="x">',
    '<img src="/etc/hostname" alt="x">',
    '<img src="missing.svg" alt="x">',
    '<img src="_letter.html" alt="x">',
    '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E" alt="x">',
    '<img src="ftp://{host}/a.png" alt="x">',
]


@pytest.mark.parametrize("vector", REACHING_OUT)
def test_a_template_that_reaches_out_is_refused_and_reaches_nothing(
    vector: str, listener: tuple[str, list[str]]
) -> None:
    url, asked = listener
    html = HEAD + vector.format(url=url, host=url.removeprefix("http://")) + "</body></html>"

    with pytest.raises(MissingResource, match="mappa"):
        html_pdf.print_html(html)

    assert asked == []


def test_a_drawing_takes_nothing_from_another_one(listener: tuple[str, list[str]]) -> None:
    url, asked = listener
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title><use href="{url}/a.svg#b"/></svg>'
    )

    html_pdf.print_html(f"{HEAD}{drawing}</body></html>")

    assert asked == []


def test_an_answer_never_becomes_markup(listener: tuple[str, list[str]]) -> None:
    url, asked = listener
    vectors = "\n".join(vector.format(url=url, host="x") for vector in REACHING_OUT)

    pdf = printed(find("minutes"), family_view=vectors)

    assert asked == []
    checks.nothing_lost({"family_view": vectors}, text(pdf))


def test_the_arms_of_the_municipality_are_printed() -> None:
    arms = profile.current().municipality("nb")["arms"]
    pdf = html_pdf.print_html(f'{HEAD}<img src="{arms}" alt="Våpen"></body></html>')

    assert_archive_proof(pdf)


# -- what the machine must have --------------------------------------------------------------------


def test_a_machine_without_pango_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_pdf, "available", lambda: False)

    with pytest.raises(MissingLibrary, match="apt install"):
        html_pdf.print_html(HEAD)


def test_a_checkout_without_fonts_says_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    fonts.bundled.cache_clear()
    try:
        with pytest.raises(MissingLibrary, match=re.escape("python3 dev.py run")):
            fonts.families()
    finally:
        fonts.bundled.cache_clear()


def test_no_font_of_the_machine_is_used() -> None:
    pdf = html_pdf.print_html(
        f'{HEAD}<p style="font-family: DejaVu Sans, serif">Å <b>ب</b> 😀</p></body></html>'
    )

    used = {
        str(font.get_object()["/BaseFont"])
        for sheet in cast(Any, PdfReader(io.BytesIO(pdf)).pages)
        for font in sheet["/Resources"]["/Font"].values()
    }
    families = {family.replace(" ", "-") for family in fonts.families()}
    assert used
    assert all(any(family in name for family in families) for name in used), used
