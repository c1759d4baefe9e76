"""What stands around a paper: the municipality's letterhead, the running head, the foot."""

from __future__ import annotations

from typing import Final

from formsvc import profile
from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import TEXT_WIDTH, paragraph, run, when

#: the arms are 16.8 mm high, and no wider; English Metric Units, 360,000 to a centimetre
_HIGHEST: Final = 604800
_COLUMNS: Final = (1000, 4900, TEXT_WIDTH - 5900)


def letterhead(labels: Labels) -> str:
    """The first page's head: shield, municipality and office, and how the paper may be read."""
    municipality = paragraph("{{ paper.municipality.name }}", "LetterheadName") + when(
        "paper.office", paragraph("{{ paper.office }}", "Header")
    )
    reference = labels.phrase("reference")
    notes = when("paper.exempt", paragraph("{{ paper.exempt }}", "LetterheadNote")) + paragraph(
        f"{{% if paper.reference %}}{reference} {{{{ paper.reference }}}}{{% endif %}}",
        "LetterheadNote",
    )
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{content}</w:tc>"
        for width, content in zip(
            _COLUMNS, (_arms(labels.phrase("shield")), municipality, notes), strict=True
        )
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _COLUMNS)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
        + paragraph("", "Header")
    )


def header() -> str:
    """The head of the pages that follow."""
    return paragraph(
        "{{ paper.municipality.name }}\t{{ paper.title }}"
        "{% if paper.reference %} · {{ paper.reference }}{% endif %}",
        "Header",
    )


def footer(labels: Labels, *, address: bool) -> str:
    """The foot: how the paper may be read, the page of pages; on the first page the address too."""
    reference, page = labels.phrase("reference"), labels.phrase("page")
    line = (
        '<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
        + run(
            "{{ paper.exempt }}{% if paper.reference %}"
            f" · {reference} {{{{ paper.reference }}}}{{% endif %}}\t{page} "
        )
        + _field("PAGE")
        + run(f" {labels.phrase('of')} ")
        + _field("NUMPAGES")
        + "</w:p>"
    )
    return (_address(labels) if address else "") + line


def _address(labels: Labels) -> str:
    number = labels.phrase("organisation_number")
    parts = (
        ("address", "{{ paper.municipality.address }}"),
        ("phone", "{{ paper.municipality.phone }}"),
        ("email", "{{ paper.municipality.email }}"),
        ("website", "{{ paper.municipality.website }}"),
        ("organisation_number", f"{number} {{{{ paper.municipality.organisation_number }}}}"),
    )
    words = "".join(
        f"{{% if paper.municipality.{name} %}} · {text}{{% endif %}}" for name, text in parts
    )
    return paragraph("{{ paper.municipality.name }}" + words, "Footer")


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
