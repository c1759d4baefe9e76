"""``python -m benchmarks.html_engine``: printed minutes beside what WeasyPrint does by itself.

The same answers to the same tagged PDF/A-2a of two pages, in three ways:

- ``plain``: an HTML page as one writes it by WeasyPrint's manual (``data/minutes.html``): widths
  of columns left to the program, collapsed borders, hyphens, a running header, ``write_pdf``;
- ``plain_same_html``: the HTML and the style sheet of the product through the same call;
- ``ours``: the whole way of the product, with PDF/UA-1, read back and compared with the answers.

All three print with the bundled fonts, by their names.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Final

import weasyprint
from jinja2 import Environment, FileSystemLoader, Template
from weasyprint.text.fonts import FontConfiguration

from benchmarks.docx_engine import Result
from formsvc.documents import checks, fonts, html_pdf, pdf_form
from formsvc.documents.html_pdf import TEMPLATES
from formsvc.kinds import find
from formsvc.services import printing
from tests.samples import load

DATA = Path(__file__).parent / "data"
#: where the coat of arms lies
_BASE = f"{TEMPLATES}/"
_VARIANT = "pdf/a-2a"
#: documents of one way after each other
_A_TURN = 4


@cache
def _answers() -> tuple[dict[str, Any], dict[str, Any]]:
    """All that a template sees, and the answers alone."""
    kind = find("minutes")
    form = kind.form.from_answers(load("minutes.nb"))
    return printing.context(kind, form, "S-2026-0041"), form.words()


@cache
def _manual_template() -> Template:
    # compiled once, as in the product: the comparison is of printing
    environment = Environment(loader=FileSystemLoader(DATA), autoescape=True)
    return environment.get_template("minutes.html")


def _chain() -> str:
    return ", ".join(f'"{family}"' for family in fonts.families())


def plain() -> bytes:
    """The minutes by an HTML page as WeasyPrint's manual teaches it."""
    words, _ = _answers()
    html = _manual_template().render(words, fonts=_chain().replace('"', "'"))
    with fonts.only_bundled():
        made: bytes = weasyprint.HTML(string=html, base_url=_BASE).write_pdf(pdf_variant=_VARIANT)
    return made


def plain_same_html() -> bytes:
    """The minutes by the product's own HTML and style sheet, everything made anew."""
    words, _ = _answers()
    html = html_pdf.page("minutes", words)
    style = f"html {{ font-family: {_chain()} }}\n" + (TEMPLATES / "_letter.css").read_text("utf-8")
    with fonts.only_bundled():
        font_config = FontConfiguration()
        made: bytes = weasyprint.HTML(string=html, base_url=_BASE).write_pdf(
            pdf_variant=_VARIANT,
            font_config=font_config,
            stylesheets=[weasyprint.CSS(string=style, base_url=_BASE, font_config=font_config)],
        )
    return made


def ours() -> bytes:
    """The minutes as the product makes them, every answer found again in the file."""
    words, answers = _answers()
    made = html_pdf.render("minutes", words)
    checks.nothing_lost(html_pdf.printable(answers), pdf_form.text(made))
    return made


_WAYS: Final[dict[str, Callable[[], bytes]]] = {
    "plain": plain,
    "plain_same_html": plain_same_html,
    "ours": ours,
}


def _turn(name: str) -> float:
    """The seconds for each of some documents."""
    start = time.process_time()
    for _ in range(_A_TURN):
        _WAYS[name]()
    return (time.process_time() - start) / _A_TURN


def run(rounds: int = 11) -> dict[str, Result]:
    """Some documents of each way a round, one way after the other.

    Each has a process of its own, as it would be used, so that none clears up after another.
    """
    spawn = multiprocessing.get_context("spawn")
    seconds: dict[str, list[float]] = {name: [] for name in _WAYS}
    with ExitStack() as stack:
        homes = {
            name: stack.enter_context(ProcessPoolExecutor(1, mp_context=spawn)) for name in _WAYS
        }
        for turn in range(rounds + 1):
            for name, home in homes.items():
                taken = home.submit(_turn, name).result()
                if turn:  # the first warms up
                    seconds[name].append(taken)
    return {name: Result(name, taken) for name, taken in seconds.items()}


def main() -> None:
    results = run()
    print("| way | ms | times ours (10 % to 90 %) |")
    print("|---|---:|---:|")
    for name, result in results.items():
        milliseconds = statistics.median(result.seconds) * 1000
        print(f"| {name} | {milliseconds:.1f} | {results['ours'].ratio(result)} |")


if __name__ == "__main__":
    main()
