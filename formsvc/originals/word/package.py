"""The parts of a Word file and how they hang together (ECMA-376, part 2)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Final

from formsvc import profile
from formsvc.originals.word.parts import LINK, TEXT_WIDTH, WIDE
from formsvc.originals.word.settings import FONTS, NUMBERING, settings
from formsvc.originals.word.styles import BLUE, styles

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_WORD_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_NAMESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    f' xmlns:r="{_OFFICE}"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)

#: what document.xml refers to: relationship, kind of part, file
_PARTS: Final = (
    ("rId1", "styles", "styles.xml"),
    ("rId2", "numbering", "numbering.xml"),
    ("rId3", "settings", "settings.xml"),
    ("rId4", "fontTable", "fontTable.xml"),
    ("rId5", "header", "header1.xml"),
    ("rId6", "header", "header2.xml"),
    ("rId7", "footer", "footer1.xml"),
    ("rId8", "footer", "footer2.xml"),
)

#: A4, 2.3 cm on the sides; the letterhead stands in the first page's header
_UPRIGHT: Final = '<w:pgSz w:w="11906" w:h="16838"/>'
_LYING: Final = '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
_SECTION: Final = (
    "<w:sectPr>"
    '<w:headerReference w:type="first" r:id="rId5"/>'
    '<w:headerReference w:type="default" r:id="rId6"/>'
    '<w:footerReference w:type="first" r:id="rId7"/>'
    '<w:footerReference w:type="default" r:id="rId8"/>'
    "%s"
    '<w:pgMar w:top="1247" w:right="1304" w:bottom="1020" w:left="1304"'
    ' w:header="567" w:footer="425" w:gutter="0"/>'
    '<w:cols w:space="708"/>'
    "<w:titlePg/>"
    "</w:sectPr>"
)


def package(
    body: str,
    *,
    first_header: str,
    header: str,
    first_footer: str,
    footer: str,
    locale: str,
    landscape: bool = False,
    link: str = "",
) -> bytes:
    """The bytes of a .docx; the same for the same words, whenever and wherever it is made.

    :param link: the address that the body's link leads to: a code for the answer that holds it.
    """
    section = _SECTION % (_LYING if landscape else _UPRIGHT)
    sender = profile.current().sender
    look = styles(locale, WIDE if landscape else TEXT_WIDTH)
    look = look.replace(BLUE, sender.colour[1:].upper())
    members = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(locale),
        "word/document.xml": _root("document", f"<w:body>{body}{section}</w:body>"),
        "word/_rels/document.xml.rels": _relationships(
            *((key, f"{_OFFICE}/{kind}", file) for key, kind, file in _PARTS),
            outside=((LINK, f"{_OFFICE}/hyperlink", link),) if link else (),
        ),
        "word/styles.xml": _root("styles", look),
        "word/numbering.xml": _root("numbering", NUMBERING),
        "word/settings.xml": _root("settings", settings(locale)),
        "word/fontTable.xml": _root("fonts", FONTS),
        "word/header1.xml": _root("hdr", first_header),
        "word/_rels/header1.xml.rels": _relationships(
            *[("rId1", f"{_OFFICE}/image", "media/arms.png")] * bool(sender.arms)
        ),
        "word/header2.xml": _root("hdr", header),
        "word/footer1.xml": _root("ftr", first_footer),
        "word/footer2.xml": _root("ftr", footer),
    }
    parts = {name: xml.encode() for name, xml in members.items()}
    pictures = {"word/media/arms.png": sender.arms.bitmap} if sender.arms else {}
    return _zipped({**parts, **pictures})


def _root(name: str, content: str) -> str:
    return f"{_XML}<w:{name} {_NAMESPACES}>{content}</w:{name}>"


def _relationships(
    *rows: tuple[str, str, str], outside: Sequence[tuple[str, str, str]] = ()
) -> str:
    """The parts that a part leads to, and the addresses outside the file."""
    each = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in rows
    ) + "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}" TargetMode="External"/>'
        for key, kind, target in outside
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _content_types() -> str:
    kinds = {"document.xml": "document.main"} | {
        file: file.removesuffix(".xml").rstrip("12") for _, _, file in _PARTS
    }
    overrides = "".join(
        f'<Override PartName="/word/{file}" ContentType="{_WORD_TYPE}.{kind}+xml"/>'
        for file, kind in kinds.items()
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="png" ContentType="image/png"/>'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f"{overrides}"
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        "</Types>"
    )


def _core(locale: str) -> str:
    """Title and language only: no author, and no date that would be untrue of a filled paper."""
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>{{ paper.title }}</dc:title>"
        f"<dc:language>{locale}</dc:language>"
        "</cp:coreProperties>"
    )


def _zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return file.getvalue()
