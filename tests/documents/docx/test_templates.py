from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from docxtpl import DocxTemplate
from jinja2 import Environment, nodes
from lxml import etree

from formsvc import kinds
from formsvc.documents import docx
from formsvc.forms import wording
from formsvc.originals.word import PAPERS, templates
from formsvc.originals.word.labels import LANGUAGES
from formsvc.services import printing
from tests.forms import marked
from tests.samples import PRINTED

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docx_templates"
NAMES = [f"{kind}.{language}" for kind in PAPERS for language in LANGUAGES]
SAMPLES = {str(sample): sample.answers for sample in PRINTED}
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
#: answers that steer what is printed and are not printed themselves
STEERING = {"no_absences", "no_new_measures", "has_national_id", "referent_external"}


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


@cache
def template(name: str) -> bytes:
    return (FOLDER / f"{name}.docx").read_bytes()


def xml_parts(data: bytes) -> dict[str, etree._Element]:
    return {
        name: etree.fromstring(part)
        for name, part in members(data).items()
        if name.endswith((".xml", ".rels"))
    }


def paper(name: str, **changed: Any) -> dict[str, Any]:
    """All that the template sees for a sample, with some of its words changed."""
    kind = kinds.find(name.split(".")[0])
    context = printing.context(kind, kind.form.from_answers(SAMPLES[name]), "S-2026-0041")
    return {**context, **changed}


def answers(context: dict[str, Any]) -> dict[str, Any]:
    """The words of the answers, without what the municipality says."""
    return {k: v for k, v in context.items() if k not in ("codes", "paper", "language")}


def filled(name: str, **changed: Any) -> bytes:
    return docx.render(template(name), paper(name, **changed), name[-2:])


def strings(words: Any) -> Iterator[str]:
    """Every text of the answers."""
    if isinstance(words, str) and words.strip():
        yield words
    elif isinstance(words, (dict, list)):
        for value in words.values() if isinstance(words, dict) else words:
            yield from strings(value)


@cache
def made_by_the_script() -> dict[str, bytes]:
    return templates()


@pytest.mark.parametrize("name", NAMES)
def test_the_templates_are_what_the_script_makes(name: str) -> None:
    made = members(made_by_the_script()[f"{name}.docx"])
    assert made == members(template(name)), "run python -m formsvc.originals.word"


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_filled_and_nothing_is_left_open(name: str) -> None:
    found = docx.text(filled(name))
    for leftover in ("None", "{{", "}}", "{%", "%}", "True", "False", "Undefined"):
        assert leftover not in found


@pytest.mark.parametrize("name", SAMPLES)
def test_every_answer_of_a_sample_comes_out(name: str) -> None:
    found = docx.text(filled(name))
    assert [text for text in strings(answers(paper(name))) if text not in found] == []


def said_on(name: str) -> dict[str, Any]:
    """What the municipality says on a sample: some of it on that of a first meeting alone."""
    context = paper(name)
    said: dict[str, Any] = context["paper"]
    if not context.get("first_meeting", True):
        del said["texts"]["first_meeting"], said["headings"]["first_meeting"]
    return said


@pytest.mark.parametrize("name", SAMPLES)
def test_what_the_municipality_says_comes_out_and_the_receipts_text_does_not(name: str) -> None:
    found = docx.text(filled(name))
    said = said_on(name)
    receipt = said["texts"].pop("next")
    headings = set(said.pop("headings"))
    assert headings - {"next"} <= set(said["texts"])
    for key in said["texts"].keys() - headings - {"intro", "head"}:
        del said["texts"][key]  # printed where, and when, the paper asks for it
    for other in ("kind", "language", "sections", "labels", "phrases"):
        del said[other]
    for look in ("colour", "arms"):
        del said["municipality"][look]
    assert [text for text in strings(said) if text not in found] == []
    assert [text for text in receipt if text in found] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_the_headings_of_the_municipality_stand_over_its_texts(name: str) -> None:
    found = docx.text(filled(name)).split("\n")
    said = said_on(name)
    for key, heading in said["headings"].items():
        if key != "next":
            assert (heading, said["texts"][key][0]) in list(pairwise(found))


HOSTILE = "A & <b> ]]> {{ x }} {%p if %} {_{ \n\t«ø» 👩‍👧 שלום"


def hostile(words: Any) -> Any:
    if isinstance(words, dict):
        return {key: hostile(value) for key, value in words.items()}
    if isinstance(words, list):
        return [hostile(value) for value in words]
    return f"{words} {HOSTILE}" if isinstance(words, str) and words else words


@pytest.mark.parametrize("name", SAMPLES)
def test_hostile_text_comes_out_of_every_place(name: str) -> None:
    words = hostile(answers(paper(name)))
    found = docx.text(filled(name, **words))
    assert [text for text in strings(words) if text not in found] == []


def test_a_very_long_conclusion_comes_out_whole() -> None:
    long = "Dette er lang tekst. " * 5_000
    items = [{"title": "Lang sak", "conclusion": long}]
    assert long in docx.text(filled("minutes.nb", items=items))


# -- an answer that was not given leaves nothing behind -----------------------------------------


def empty(value: object) -> object:
    """What stands in the words for such an answer when it was not given."""
    if isinstance(value, list):
        return []
    return None if isinstance(value, dict) else ""


OPTIONAL = {
    "minutes": "consent_reference has_goals goals system_follow_up others_agreed family_view"
    " evaluation next_meeting"
    " closing_reason remarks_deadline feedback_to_family copies_to date_written previous_minutes"
    " previous_measures absences measures",
    "invitation": "place video_link others_agreed purpose items_deadline absence_to"
    " preparatory_meeting attachments consent_reference sent_on",
    "consent": "information_other exclusions single_signature_reason child_heard child_heard_note"
    " information_language",
    "consent_withdrawal": "consent_reference services note informed",
    "ip_application": "person expecting_child_due guardians important_to_person life_areas"
    " services_now services_wanted existing_plans coordinator_wish may_contact",
    "ke_group_created": "guardians relay_log_closed remark",
    "ke_group_dissolved": "guardians reason_note agreed_with_family_on archived_in remark",
    "ke_coordinator_changed": "guardians reason_note wish handover_meeting_on remark",
    "ke_ip_declined": "guardians ask_again_on remark",
    "action_plan": "participants evaluated_on",
}


def left_empty(data: bytes) -> list[str]:
    """Labels without an answer, headings without content, tables without rows."""
    body = xml_parts(data)["word/document.xml"][0]
    blocks = [block for block in body if block.tag in (f"{W}p", f"{W}tbl")]
    faults = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        words = text_of(block)
        if block.tag == f"{W}tbl" and len(block.findall(f"{W}tr")) < 2:
            faults.append(f"table {words}")
        style = style_of(block)
        if style in ("Fact", "FactBelow") and not words_after_label(block):
            faults.append(f"label {words}")
        if style.startswith("Heading") and style_of(following) in (
            "",
            *(f"Heading{level}" for level in range(1, int(style[-1]) + 1)),
        ):
            faults.append(f"heading {words}")
        if block.tag == f"{W}p" and not words.strip():
            faults.append("an empty paragraph")
    return faults


def text_of(element: etree._Element) -> str:
    return "".join(str(words) for words in element.itertext())


def style_of(block: etree._Element | None) -> str:
    if block is None:
        return ""
    if block.tag == f"{W}tbl":
        return "table"
    style = block.find(f"{W}pPr/{W}pStyle")
    return "Normal" if style is None else str(style.get(f"{W}val"))


def words_after_label(block: etree._Element) -> str:
    return text_of(block.findall(f"{W}r")[-1]).strip()


@pytest.mark.parametrize("name", SAMPLES)
def test_an_answer_that_was_not_given_leaves_no_label(name: str) -> None:
    assert left_empty(filled(name)) == []
    words = paper(name)
    for key in OPTIONAL[name.split(".")[0]].split():
        assert left_empty(filled(name, **{key: empty(words[key])})) == [], f"without {key}"


def test_a_meeting_without_a_child_names_none() -> None:
    data = filled("minutes.nb", child=None, anonymous=True, consent_reference="")
    assert left_empty(data) == []
    assert "Saken drøftes anonymt (NN-sak)" in docx.text(data)
    assert "Barnets fødselsdato" not in docx.text(data)


def test_minutes_say_in_words_that_nobody_was_absent_and_nothing_new_is_to_be_done() -> None:
    found = docx.text(filled("minutes.nn")).split("\n")
    assert "Ingen forfall." in found
    assert "Ingen nye tiltak." in found


@pytest.mark.parametrize("first", [True, False])
def test_the_first_meetings_check_list_is_only_for_the_first_meeting(first: bool) -> None:
    found = docx.text(filled("invitation.nb", first_meeting=first)).split("\n")
    said = paper("invitation.nb")["paper"]
    assert (said["headings"]["first_meeting"] in found) is first
    assert (said["texts"]["first_meeting"][0] in found) is first


def test_a_municipality_without_texts_gets_no_empty_headings() -> None:
    for name in SAMPLES:
        said = {**paper(name)["paper"], "texts": {}, "headings": {}, "legal": [], "reference": ""}
        assert left_empty(filled(name, paper=said)) == []


# -- what a template may name -------------------------------------------------------------------


def keys(words: Any) -> Iterator[str]:
    """Every name in the words, at any depth."""
    if isinstance(words, dict):
        yield from words
    if isinstance(words, (dict, list)):
        for value in words.values() if isinstance(words, dict) else words:
            yield from keys(value)


def named(name: str) -> tuple[set[str], set[str]]:
    """The names that a template takes from its paper, and the attributes that it asks of them."""
    roots: set[str] = set()
    attributes: set[str] = set()
    patch = DocxTemplate(io.BytesIO()).patch_xml
    for part, content in members(template(name)).items():
        if part.endswith(".xml") and b"{" in content:
            tree = Environment(autoescape=True).parse(patch(content.decode()))
            stored = {n.name for n in tree.find_all(nodes.Name) if n.ctx == "store"}
            roots |= {n.name for n in tree.find_all(nodes.Name)} - stored - {"loop"}
            attributes |= {n.attr for n in tree.find_all(nodes.Getattr)}
    return roots, attributes


def known(name: str) -> list[dict[str, Any]]:
    """The words of every sample of a template's kind."""
    return [paper(other) for other in SAMPLES if other.split(".")[0] == name.split(".")[0]]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_names_only_what_the_paper_has(name: str) -> None:
    roots, attributes = named(name)
    for context in known(name):
        assert roots - set(context) == set()
    everywhere = {key for context in known(name) for key in keys(context)}
    everywhere |= set(keys(next(marked.papers(kinds.find(name.split(".")[0]).form()))))
    assert attributes - everywhere - {"first", "index"} == set()


def steering(slug: str) -> set[str]:
    """The answers that stand on no paper."""
    form = kinds.find(slug).form()
    return STEERING | {field.short_name for field in form if field.private is True}


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_a_place_for_every_answer(name: str) -> None:
    roots, attributes = named(name)
    for context in known(name):
        printed = set(keys(answers(context))) - steering(name.split(".")[0])
        assert printed - roots - attributes == set()


# -- what makes it a good document --------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_headings_come_in_order_under_one_title(name: str) -> None:
    document = xml_parts(filled(name))["word/document.xml"]
    found = [style_of(p) for p in document.iter(f"{W}p")]
    outline = [s for s in found if s == "Title" or s.startswith("Heading")]
    assert outline[0] == "Title"
    assert outline.count("Title") == 1
    levels = [0 if s == "Title" else int(s[-1]) for s in outline]
    assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_the_language_of_the_document_is_set(name: str) -> None:
    parts = xml_parts(template(name))
    language = parts["word/styles.xml"].find(f"{W}docDefaults//{W}lang")
    assert language is not None
    assert language.get(f"{W}val") == f"{name[-2:]}-NO"
    core = parts["docProps/core.xml"]
    assert core.findtext("{http://purl.org/dc/elements/1.1/}language") == f"{name[-2:]}-NO"


@pytest.mark.parametrize("name", NAMES)
def test_the_title_is_known_and_the_author_is_not(name: str) -> None:
    core = xml_parts(template(name))["docProps/core.xml"]
    assert {etree.QName(element).localname for element in core} == {"title", "language"}


@pytest.mark.parametrize("name", NAMES)
def test_there_are_no_tracked_changes_comments_or_revision_marks(name: str) -> None:
    data = template(name)
    assert not any(
        word in part
        for part in members(data)
        for word in ("comments", "people", "customXml", "vba")
    )
    for root in xml_parts(data).values():
        for element in root.iter(etree.Element):
            assert etree.QName(element).localname not in {"ins", "del", "moveFrom", "moveTo"}
            assert not [key for key in element.attrib if "rsid" in str(key)]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_table_repeats_its_head_is_described_and_fits_its_grid(name: str) -> None:
    body = xml_parts(filled(name))["word/document.xml"]
    for each_table in body.iter(f"{W}tbl"):
        rows = each_table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert each_table.find(f"{W}tblPr/{W}tblCaption") is not None
        columns = len(each_table.findall(f"{W}tblGrid/{W}gridCol"))
        assert {len(row.findall(f"{W}tc")) for row in rows} == {columns}
        assert all(cell[-1].tag == f"{W}p" for row in rows for cell in row.findall(f"{W}tc"))


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_a_text_for_those_who_do_not_see_it(name: str) -> None:
    pictures = [
        p for root in xml_parts(template(name)).values() for p in root.iter(f"{DRAWING}docPr")
    ]
    assert pictures
    assert all(picture.get("descr") for picture in pictures)


@pytest.mark.parametrize("name", NAMES)
def test_looks_come_from_styles_that_are_there(name: str) -> None:
    parts = xml_parts(template(name))
    styles = {style.get(f"{W}styleId") for style in parts["word/styles.xml"].iter(f"{W}style")}
    by_hand = {"b", "i", "u", "sz", "color", "rFonts", "spacing", "ind", "shd", "jc", "tblBorders"}
    for part, root in parts.items():
        if re.fullmatch(r"word/(document|header\d|footer\d)\.xml", part):
            for kind in ("pStyle", "rStyle", "tblStyle"):
                assert {e.get(f"{W}val") for e in root.iter(f"{W}{kind}")} <= styles
            used = {etree.QName(element).localname for element in root.iter(etree.Element)}
            assert not used & by_hand, part


@pytest.mark.parametrize("name", NAMES)
def test_pages_are_numbered_of_how_many(name: str) -> None:
    for part, root in xml_parts(template(name)).items():
        if part.startswith("word/footer"):
            fields = [f.get(f"{W}instr") for f in root.iter(f"{W}fldSimple")]
            assert fields == [" PAGE ", " NUMPAGES "]


# -- Word is strict -----------------------------------------------------------------------------

#: the order in which the schema (ECMA-376, wml.xsd) wants children, for the elements we use
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs spacing ind"
    " contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps strike noProof color spacing sz szCs highlight u shd"
    " vertAlign lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption"
    " tblDescription",
    "tblBorders": "top left bottom right insideH insideV",
    "tblCellMar": "top left bottom right",
    "pBdr": "top left bottom right between bar",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "sectPr": "headerReference footerReference type pgSz pgMar cols vAlign titlePg docGrid",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat pPr rPr tblPr"
    " trPr tcPr tblStylePr",
    "tblStylePr": "pPr rPr tblPr trPr tcPr",
    "lvl": "start numFmt pStyle lvlText lvlJc pPr rPr",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol"
    " listSeparator",
    "font": "altName panose1 charset family pitch",
    "styles": "docDefaults latentStyles style",
    "numbering": "abstractNum num",
}


@pytest.mark.parametrize("name", NAMES)
def test_elements_stand_in_the_order_that_word_demands(name: str) -> None:
    for part, root in xml_parts(template(name)).items():
        for element in root.iter(etree.Element):
            order = ORDER.get(etree.QName(element).localname, "").split()
            if order and str(element.tag).startswith(W):
                places = [order.index(etree.QName(child).localname) for child in element]
                assert places == sorted(places), f"{part}: {element.tag}"


@pytest.mark.parametrize("name", NAMES)
def test_the_package_names_every_part_and_every_part_is_there(name: str) -> None:
    parts = members(template(name))
    assert next(iter(parts)) == "[Content_Types].xml"
    types = etree.fromstring(parts["[Content_Types].xml"])
    overrides = {e.get("PartName", "").lstrip("/") for e in types if e.tag.endswith("Override")}
    endings = {e.get("Extension") for e in types if e.tag.endswith("Default")}
    assert overrides <= set(parts)
    assert {part.rsplit(".", 1)[1] for part in parts} <= endings
    for part in parts:
        if part.endswith(".rels"):
            home = posixpath.dirname(posixpath.dirname(part))
            for relationship in etree.fromstring(parts[part]):
                if relationship.get("TargetMode") == "External":
                    assert name.startswith("invitation."), "no other paper has a link"
                    continue
                target = posixpath.join(home, relationship.get("Target", ""))
                assert target in parts


@pytest.mark.parametrize("name", NAMES)
def test_relations_that_are_used_are_declared(name: str) -> None:
    parts = members(template(name))
    for part, content in parts.items():
        used = set(re.findall(rb'r:(?:id|embed)="(\w+)"', content))
        if used:
            folder, file = posixpath.split(part)
            declared = re.findall(rb'Id="(\w+)"', parts[f"{folder}/_rels/{file}.rels"])
            assert used <= set(declared)


# -- the words ----------------------------------------------------------------------------------

BOKMAAL = re.compile(
    r"\b(ikke|hvem|hva|hvor|hvorfor|hvordan|jeg|fra|noen|navn|tjenest\w*|skole|gjelder|deltaker\w*"
    r"|opplysninger|foresatt\w*|ansvarlig|leder|møteleder|formøte|sted|siden|flere|trukket|takket"
    r"|fått beskjeder|være|disse|de som|en ny|vet|dekker|eller ikke)\b",
    re.IGNORECASE,
)
NYNORSK = re.compile(
    r"\b(ikkje|kven|kva|kvar|kvifor|korleis|eg|frå|nokon|namn|tenest\w*|skule|gjeld|deltakar\w*"
    r"|opplysningar|føresett\w*|ansvarleg|leiar|møteleiar|førmøte|stad|sidan|fleire|trekt|takka"
    r"|vere|desse|dei|veit|dekkjer)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("kind", PAPERS)
def test_each_word_is_in_its_own_language(kind: str) -> None:
    form = kinds.find(kind).form
    for words in wording.of(form, "nb").order:
        assert not NYNORSK.search(words), words
    for words in wording.of(form, "nn").order:
        assert not BOKMAAL.search(words), words


@pytest.mark.parametrize("slug", ["consent", "ip_application"])
def test_why_others_sign_stays_with_the_declaration_and_no_long_label_hangs(slug: str) -> None:
    body = xml_parts(template(f"{slug}.nb"))["word/document.xml"][0]
    blocks = list(body.iter(f"{W}p"))
    reason = next(block for block in blocks if text_of(block) == "{{ signed_instead }}")
    assert reason.find(f"{W}pPr/{W}keepNext") is not None
    labels = [
        "".join(str(words) for words in run.itertext())
        for block in blocks
        if style_of(block) == "Fact"
        for run in block.findall(f"{W}r")[:1]
    ]
    assert labels
    assert [label for label in labels if len(label) > 32] == []
