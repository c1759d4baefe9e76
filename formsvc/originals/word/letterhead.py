"""What stands around a paper: the municipality's letterhead, the running head, the foot."""

from __future__ import annotations

from typing import Final

from formsvc import profile
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import TEXT_WIDTH, paragraph, run, when
from formsvc.originals.word.people import after

#: the arms are 16.8 mm high, and no wider; English Metric Units, 360,000 to a centimetre
_HIGHEST: Final = 604800
_ARMS_AND_NAME: Final = (1100, 3900)


def letterhead(labels: Labels, width: int = TEXT_WIDTH) -> str:
    """The first page's head: shield, municipality and service, and what names the letter.

    :param width: between the margins of the page.
    """
    columns = (*_ARMS_AND_NAME, width - sum(_ARMS_AND_NAME))
    municipality = paragraph("{{ paper.municipality.name }}", "LetterheadName") + when(
        "paper.office", paragraph("{{ paper.office }}", "LetterheadOffice")
    )
    notes = (
        when("paper.exempt", paragraph("{{ paper.exempt }}", "LetterheadMark"))
        + _mark(labels.phrase("reference"), "paper.reference")
        + _mark(labels.phrase("dated"), "paper.dated")
        + _mark(labels.phrase("contact"), "paper.contact")
        + _mark(labels.phrase("phone"), "paper.phone")
        + paragraph("", "LetterheadNote")
    )
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{column}" w:type="dxa"/><w:vAlign w:val="{place}"/></w:tcPr>'
        f"{content}</w:tc>"
        for column, place, content in zip(
            columns,
            ("center", "center", "top"),
            (_arms(labels.phrase("shield")), municipality, notes),
            strict=True,
        )
    )
    grid = "".join(f'<w:gridCol w:w="{column}"/>' for column in columns)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Letterhead"/>'
        f'<w:tblW w:w="{width}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
        + paragraph("", "Header")
    )


def _mark(label: str, path: str) -> str:
    """A line to the right in the letterhead, if its answer is there."""
    return when(path, paragraph(f"{label}: {{{{ {path} }}}}", "LetterheadNote"))


def opening(labels: Labels) -> str:
    """To whom a letter goes and from which service, above its title."""
    to = "{{ paper.addressee.name }}, {{ paper.municipality.name }}, {{ paper.addressee.address }}"
    return when(
        "paper.addressee.name",
        _line(labels.phrase("to"), to),
        when("paper.office", _line(labels.phrase("from"), "{{ paper.office }}")),
    )


def _line(label: str, words: str) -> str:
    named = '<w:pPr><w:pStyle w:val="Address"/></w:pPr>'
    return f"<w:p>{named}{run(f'{label}:', 'FactLabel')}{run(f' {words}')}</w:p>"


def greeting(labels: Labels, who: str) -> str:
    """The greeting from the one who sends a letter."""
    sender = f"{{{{ {who}.name }}}}" + after(who, "title") + after(who, "service")
    return paragraph(labels.phrase("greeting"), "Greeting") + paragraph(sender, "Signature")


def header() -> str:
    """The head of the pages that follow: what paper it is, of whom, and how it may be read."""
    return paragraph("{{ paper.title }}\t{{ paper.reference }}", "Header") + paragraph(
        "{{ paper.concerns }}\t{{ paper.exempt }}", "Header"
    )


def footer(labels: Labels, *, address: bool) -> str:
    """The foot: the municipality, on the first page with its addresses, and the page of pages."""
    first = _addresses(labels) if address else "{{ paper.municipality.name }}"
    line = (
        '<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
        + run(f"{first}\t{labels.phrase('page')} ")
        + _field("PAGE")
        + run(f" {labels.phrase('of')} ")
        + _field("NUMPAGES")
        + "</w:p>"
    )
    return line + (_ways(labels) if address else "")


def _addresses(labels: Labels) -> str:
    post, visit = labels.phrase("postal_address"), labels.phrase("visiting_address")
    return (
        "{% if paper.municipality.postal_address %}"
        f"{post}: {{{{ paper.municipality.postal_address }}}} · {{% endif %}}"
        f"{visit}: {{{{ paper.municipality.address }}}}"
    )


def _ways(labels: Labels) -> str:
    number = labels.phrase("organisation_number")
    return paragraph(
        "{{ paper.municipality.phone }} · {{ paper.municipality.email }}"
        " · {{ paper.municipality.website }}"
        f" · {number} {{{{ paper.municipality.organisation_number }}}}",
        "Footer",
    )


def _field(instruction: str) -> str:
    return f'<w:fldSimple w:instr=" {instruction} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _arms(description: str) -> str:
    arms = profile.current().sender.arms
    if arms is None:
        return paragraph("", "Header")
    part = _HIGHEST / max(arms.width, arms.height)
    size = f'cx="{round(arms.width * part)}" cy="{round(arms.height * part)}"'
    return (
        '<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:drawing>'
        '<wp:inline distT="0" distB="0" distL="0" distR="0">'
        f"<wp:extent {size}/>"
        f'<wp:docPr id="1" name="Kommunevåpen" descr="{description}"/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        "<a:graphic><a:graphicData"
        ' uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="1" name="arms.png" descr="{description}"/>'
        "<pic:cNvPicPr/></pic:nvPicPr>"
        '<pic:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )
