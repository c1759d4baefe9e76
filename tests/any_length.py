"""Reads long texts of every bad kind, in a process that ends itself when that takes too long.

``python -m tests.any_length readers|forms|page`` is what the tests start. What reads a text in
proportion to its length is done in seconds; what takes the square of it would need hours, and is
ended by the system after ``PATIENCE`` seconds of work. So no clock decides, and nothing hangs.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from formsvc import cleaning, config, db, norway
from formsvc.config import Settings
from formsvc.forms import anonymity
from formsvc.forms.fields import Text
from formsvc.kinds import KINDS
from formsvc.web import create_app
from tests.web.conftest import Visitor

#: seconds of work, for what takes less than a tenth of them
PATIENCE: Final = 200

#: what is repeated until the text is long enough
BAD_KINDS: Final[Mapping[str, str]] = {
    "letters": "x",
    "figures": "1",
    "at": "@",
    "addresses": "a@",
    "dots": "a.",
    "almost an address": "a@a. ",
    "blanks": " ",
    "breaks": "\r\n",
    "spaced figures": "1 ",
    "parted figures": "1-",
    "ten figures": "1234567890 ",
    "telephones": "12345678 ",
    "pluses": "+",
    "brackets": "(1)",
    "dates": "1.1.",
    "extensions": "; ext. 1",
    "marks": "\u0301\u0316",
    "taken apart": "\u0344\u0f73",
    "joiners": "\U0001f468\u200d",
    "from the right": "م1",
    "forbidden": "\x00\u202e",
    "unseen": "\u200b",
}


def long_text(kind: str, length: int) -> str:
    """A text of that kind; a letter stands first, so that marks have something to stand on."""
    unit = BAD_KINDS[kind]
    return "a" + unit * (length // len(unit))


def readers() -> None:
    """Everything that reads one text."""
    every: tuple[Callable[[str], object], ...] = (
        cleaning.clean,
        cleaning.is_blank,
        anonymity.trace,
        norway.phone,
        norway.parse_date,
        norway.parse_time,
        norway.postal_code,
        norway.organisation_number,
        lambda text: norway.identity_number(text, synthetic=True),
    )
    for kind in BAD_KINDS:
        text = long_text(kind, 500_000)
        for read in every:
            try:
                read(text)
            except ValueError:
                continue


def forms() -> None:
    """Every field of every paper with all that it takes, and one with more; anonymous if it can."""
    for kind in KINDS:
        typed = kind.form.from_answers(kind.form.sample()).typed()
        leaves = [one for one in kind.form.from_typed(typed).leaves() if isinstance(one, Text)]
        typed |= {"anonymous": ["true"]} if hasattr(kind.form, "anonymous") else {}
        longest = max(leaves, key=lambda leaf: leaf.longest)
        for bad in BAD_KINDS:
            allowed = {leaf.name: [long_text(bad, leaf.longest - 1)] for leaf in leaves}
            for each in (allowed, {longest.name: [long_text(bad, 300_000)]}):
                form = kind.form.from_typed({**typed, **each})
                form.validate()
                form.advice()
                form.notices()
                form.typed()


def page() -> None:
    """The page that asks anybody at all, and the log-in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(demo=True, data=Path(folder))
        db.migrate(settings)
        config.settings.cache_clear()
        app = create_app(settings)
        app.test_client_class = Visitor
        visitor: Any = app.test_client()
        for bad in BAD_KINDS:
            # about as much as the service takes: a mark is sent as six characters (%CC%96)
            text = long_text(bad, 400_000)
            sent = visitor.send("/evaluation/", good=text, unit=text, arena=text)
            assert sent.status_code in (413, 422)
            sent = visitor.send("/login", email="x@eksempel.no", password=text)
            assert sent.status_code in (413, 422, 429)


def ends(work: str) -> bool:
    """Whether a piece of work is done, in a process of its own, before it is ended."""
    ended = subprocess.run([sys.executable, "-m", "tests.any_length", work], check=False)
    return ended.returncode == 0


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    {"readers": readers, "forms": forms, "page": page}[sys.argv[1]]()
