"""Draws a fillable paper: its form class and the profile give the words, the HTML the order."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from formsvc import clock, kinds, profile
from formsvc.documents import fonts, html_pdf, pdf_form
from formsvc.forms import wording
from formsvc.forms.base import DocumentForm
from formsvc.forms.consent import ConsentForm
from formsvc.forms.fields import AnswerField, Group, Rows
from formsvc.forms.ip_application import IpApplicationForm
from formsvc.language import speaking
from formsvc.originals.blank import hand_in
from formsvc.profile import Profile

HERE: Final = Path(__file__).parent
PAPERS: Final[dict[str, type[DocumentForm]]] = {
    "consent": ConsentForm,
    "ip_application": IpApplicationForm,
}
#: one box a character where the number of characters is known: day, month and year as ddmmyyyy
CELLS: Final = {"date": 8, "postal_code": 4, "national_id": 11}


def draw(kind: str, language: str) -> bytes:
    """The blank paper as a PDF form, as the profile has it today; equal bytes for equal sources."""
    return drawn(page(kind, language))


def drawn(html: str) -> bytes:
    """The form that a page of ``page`` becomes."""
    return pdf_form.completed(html_pdf.lay_out_form(html))


def page(kind: str, language: str) -> str:
    """The HTML page that the paper is drawn from: all that it says, in an order that stays."""
    with speaking(language):
        return _page(kind, language)


def _page(kind: str, language: str) -> str:
    form, here, today = PAPERS[kind].from_typed(None), profile.current(), clock.today()
    to = form.addressed_to
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def ask(path: str) -> AnswerField:
        return field_at(form, path)

    def spoken(path: str, label: str = "") -> str:
        return " ".join([*_above(form, path), label or wording.label_of(ask(path))])

    def t(bokmaal: str, nynorsk: str) -> str:
        return {"nb": bokmaal, "nn": nynorsk}[language]

    return environment.get_template(f"{kind}.html").render(
        ask=ask,
        spoken=spoken,
        label_of=wording.label_of,
        words=wording.of(PAPERS[kind], language),
        t=t,
        comb=_comb,
        cells_of=_cells,
        language=language,
        sections=form.sections,
        title=here.title(kind, language, today),
        municipality=here.municipality(language),
        addressee=here.office(to, language, today) if to else "",
        address=here.office_address(to) if to else "",
        exempt=here.word("exempt", language, today),
        texts=here.texts(kind, language, today),
        headings=_Headings(here.headings(kind, language, today)),
        legal=here.legal(kind, language, today),
        style=Markup(_style()),  # noqa: S704 - our own file
        arms=_arms(here),
        hand_in=hand_in(kinds.find(kind), language),
    )


class _Headings(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def field_at(form: DocumentForm, path: str) -> AnswerField:
    """The field that a dotted path names; a number stands for a row.

    :raises LookupError: when the form has no such field.
    """
    fields = {field.short_name: field for field in form}
    found: AnswerField | None = None
    for step in path.split("."):
        found = found.blank_row(int(step)) if isinstance(found, Rows) else fields.get(step)
        fields = (
            {inner.short_name: inner for inner in found.fields} if isinstance(found, Group) else {}
        )
    if found is None:
        raise LookupError(f"The paper has no field {path}; mend the name in the HTML.")
    return found


def _above(form: DocumentForm, path: str) -> list[str]:
    """What a field stands in, as it is said before its own label: «Tjeneste 3:»."""
    steps = path.split(".")
    said: list[str] = []
    rows: AnswerField | None = None
    for depth, step in enumerate(steps[:-1], start=1):
        above = field_at(form, ".".join(steps[:depth]))
        if isinstance(rows, Rows):
            said = [f"{rows.row_label} {int(step) + 1}:"]
        else:
            said.append(f"{above.label.text}:")
        rows = above
    return said


def _cells(field: AnswerField) -> int:
    return CELLS.get(field.kind, 0) or CELLS.get(field.short_name, 0)


def _comb(cells: int) -> str:
    """The strokes between the cells of a comb."""
    strokes = "".join(f"M{cell} 0V1" for cell in range(1, cells))
    return _data(
        '<svg xmlns="http://www.w3.org/2000/svg" preserveAspectRatio="none"'
        f' viewBox="0 0 {cells} 1" width="{cells}" height="1">'
        f'<path d="{strokes}" stroke="#8fa3b5" stroke-width=".035"/></svg>'.encode()
    )


def _style() -> str:
    chain = ", ".join(f'"{family}"' for family in fonts.families())
    empty = b64encode(pdf_form.empty_font()).decode()
    return "\n".join(
        [
            f"html {{ font-family: {chain} }}",
            f"@font-face {{ font-family: empty; src: url(data:font/ttf;base64,{empty}) }}",
            (html_pdf.TEMPLATES / "_letter.css").read_text(),
            (HERE / "style.css").read_text(),
        ]
    )


def _arms(here: Profile) -> str:
    arms = here.sender.arms
    return _data(arms.picture, {"svg": "svg+xml", "png": "png"}[arms.ending]) if arms else ""


def _data(picture: bytes, kind: str = "svg+xml") -> str:
    return f"data:image/{kind};base64,{b64encode(picture).decode()}"
