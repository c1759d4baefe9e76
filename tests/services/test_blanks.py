"""A blank paper asks all that its form asks, says where to hand it in, and is for everyone."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from formsvc import config, profile
from formsvc.cli import main
from formsvc.config import Settings
from formsvc.documents import docx, html_pdf, pdf_text
from formsvc.errors import NoSuchFormat
from formsvc.forms import wording
from formsvc.forms.fields import AnswerField, Choice, Choices, Group, Rows
from formsvc.forms.statement import Statement
from formsvc.kinds import Kind, find
from formsvc.language import speaking
from formsvc.originals import blank
from formsvc.services import blanks, templates
from formsvc.services.blanks import BlankFormat
from tests.documents.validator import failures

BLANKS = [
    pytest.param(kind, language, wanted, id=f"{kind.slug}.{language}.{wanted}")
    for kind in blanks.BLANK
    for language in ("nb", "nn")
    for wanted in blanks.FORMATS
]
#: those whose blank PDF is not the official form
DRAWN = [kind for kind in blanks.BLANK if "fillable" not in kind.formats]
every_blank = pytest.mark.parametrize(("kind", "language", "wanted"), BLANKS)
pytestmark = [
    pytest.mark.skipif(not html_pdf.available(), reason="WeasyPrint lacks Pango"),
    pytest.mark.filterwarnings("ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning"),
]
OTHER = Path(__file__).parents[1] / "profiles" / "other" / "profile.toml"


def read(data: bytes) -> str:
    return _close(docx.text(data) if data.startswith(b"PK") else pdf_text.text(data))


def _close(text: str) -> str:
    """Without what a line break may add or take."""
    return "".join(text.split())


def asked(field: AnswerField) -> list[str]:
    """The words of a question and of those in it, but for what is private."""
    if field.private or field.short_name == "language" or isinstance(field, Statement):
        return []
    row = field.blank_row() if isinstance(field, Rows) else field
    inner = (
        [words for each in row.fields for words in asked(each)] if isinstance(row, Group) else []
    )
    options = [*field.labels.values()] if isinstance(field, (Choice, Choices)) else []
    few = options if len(options) <= blank.MOST_BOXES else []
    return [*([] if isinstance(field, (Group, Rows)) else [wording.label_of(field)]), *inner, *few]


@every_blank
def test_a_blank_paper_asks_what_its_form_asks_and_says_where_to_hand_it_in(
    kind: Kind, language: str, wanted: BlankFormat
) -> None:
    found = read(blanks.make(kind, language, wanted))
    assert [words for words in _words(kind, language, wanted) if _close(words) not in found] == []
    own = profile.current().texts(kind.slug, language).get("hand_in", [])
    assert any(_close(said) in found for said in (blank.hand_in(kind, language), *own))
    assert _close(profile.current().name(language)) in found
    assert "{" not in found
    assert "None" not in found


def _words(kind: Kind, language: str, wanted: BlankFormat) -> list[str]:
    """The headings and questions; what the official forms ask has tests of its own."""
    with speaking(language):
        titles = [str(section.title) for section in kind.form.layout]
        if wanted == "pdf" and "fillable" in kind.formats:
            return titles
        return [
            *titles,
            *(
                words
                for field in kind.form.from_typed(None).in_reading_order()
                for words in asked(field)
            ),
        ]


@every_blank
def test_a_blank_pdf_is_for_archive_and_screen_reader(
    kind: Kind, language: str, wanted: BlankFormat
) -> None:
    if wanted == "pdf":
        assert failures(blanks.make(kind, language, wanted), "2a", "ua1") == []


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.slug)
def test_every_line_of_a_blank_pdf_is_drawn(kind: Kind) -> None:
    paper = blank.blank(kind, "nb")
    items = [item for section in (*paper.sections, *paper.signing) for item in section.items]
    asked_for = sum(item.lines for item in items if isinstance(item, blank.Write))
    assert _lines_to_write_on(blanks.make(kind, "nb", "pdf")) >= asked_for


def _lines_to_write_on(data: bytes) -> int:
    """How many boxes are drawn that are 8.4 mm high with the line below, and wide enough."""
    with pypdfium2.PdfDocument(data) as document:
        bounds = [
            drawn.get_bounds()
            for page in document
            for drawn in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH])
        ]
    return sum(right - left > 150 and 23 < top - bottom < 26 for left, bottom, right, top in bounds)


@pytest.mark.parametrize("kind", DRAWN, ids=lambda kind: kind.slug)
def test_the_texts_of_a_blank_pdf_begin_at_the_margin(kind: Kind) -> None:
    about = wording.of(kind.form, "nb").phrases["about"]
    for page in PdfReader(BytesIO(blanks.make(kind, "nb", "pdf"))).pages:
        starts: list[float] = []

        def visit(
            words: str, _cm: object, matrix: list[float], *_: object, starts: list[float] = starts
        ) -> None:
            if about and about in words:
                starts.append(matrix[4])

        page.extract_text(visitor_text=visit)
        assert all(start < 80 for start in starts)  # 19 mm are 71.8 px


def test_what_a_blank_paper_styles_the_letter_does_not_style_too() -> None:
    """The title's «line» had taken the line to write on its width, so that none was drawn."""
    folder = Path(html_pdf.__file__).parents[2] / "templates" / "documents"
    letter = (folder / "_letter.css").read_text("utf-8")
    own = (folder / "blank.html").read_text("utf-8").split("</style>")[0]
    classes = [set(re.findall(r"\.([a-z][a-z-]*)(?=[^{}]*\{)", css)) for css in (letter, own)]
    assert classes[0] & classes[1] == set()


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_those_who_sign_do_so_under_the_declaration(language: str) -> None:
    kind = find("consent")
    found = read(blanks.make(kind, language, "docx"))
    words = templates.frame(kind, kind.form.from_answers({"language": language}))["phrases"]
    after = found[found.rindex(_close(words["declaration"])) :]
    assert _close(words["place_and_date"] + words["signature"]) in after


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize("kind", blanks.BLANK, ids=lambda kind: kind.slug)
def test_a_blank_paper_says_nothing_of_the_municipality_twice(kind: Kind, language: str) -> None:
    found = read(blanks.make(kind, language, "docx"))
    for words in profile.current().texts(kind.slug, language).values():
        assert all(found.count(_close(each)) <= 1 for each in words)


def test_a_blank_action_plan_does_not_say_what_is_true_of_some_meetings_alone() -> None:
    (only,) = profile.current().text("action_plan.head", "nb")
    assert _close(only) not in read(blanks.make(find("action_plan"), "nb", "docx"))


def test_the_blank_of_a_fillable_kind_is_the_official_form() -> None:
    official = templates.find(find("consent"), "consent.nn.pdf")
    assert blanks.make(find("consent"), "nn", "pdf") == official.data


def test_a_notice_is_handed_in_at_the_office_of_the_profile() -> None:
    with config.using(Settings(demo=True, profile=OTHER)):
        said = blank.hand_in(find("ke_ip_declined"), "nb")
        assert said == (
            "Lever eller send skjemaet til Kontoret for samordning, Vestbygd kommune,"
            " Postboks 77, 8801 Vestbygd, 75 55 01 10."
        )
        assert _close(said) in read(blanks.make(find("ke_ip_declined"), "nb", "pdf"))


def test_what_is_only_counted_cannot_be_had_blank() -> None:
    with pytest.raises(NoSuchFormat):
        blanks.make(find("evaluation"), "nb", "pdf")


def test_a_command_writes_a_blank_paper(tmp_path: Path) -> None:
    file = tmp_path / "b.docx"
    result = CliRunner().invoke(main, ["blank", "minutes", "--language", "nn", "--out", str(file)])
    assert result.exit_code == 0, result.output
    assert file.read_bytes() == blanks.make(find("minutes"), "nn", "docx")
    refused = CliRunner().invoke(main, ["blank", "evaluation", "--out", str(file)])
    assert refused.exit_code == 2
    assert "bare talt" in refused.stderr
