"""Makes a printed PDF keep both standards at once: the last touch before the file is written.

What one PDF variant of WeasyPrint's alone does not give: one XMP packet that names both, the scope
of header cells, and the letters of each glyph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from formsvc.documents.html_pdf import glyphs
from formsvc.documents.to_unicode import to_unicode
from formsvc.errors import DocumentFailed
from formsvc.language import gettext as _

if TYPE_CHECKING:
    import pydyf
    from weasyprint import Document
    from weasyprint.pdf.metadata import DocumentMetadata


def finish(document: Document, pdf: pydyf.PDF) -> None:
    """The last touch before the file is written: what one PDF variant alone doesn't give."""
    from formsvc.documents.html_pdf.pack import pack  # noqa: PLC0415 - it loads pydyf

    complete = _spell_out_glyphs(document, pdf)
    _scope_header_cells(pdf)
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [_xmp(pdf, document.metadata, complete=complete)]
    # an archive reads the packet without knowing PDF
    metadata.compress = False
    pack(pdf)


def _scope_header_cells(pdf: pydyf.PDF) -> None:
    """Say of each header cell whether it heads a column or a row."""
    dictionaries: list[Any] = [item for item in pdf.objects if isinstance(item, dict)]
    elements = {item.reference: item for item in dictionaries if "S" in item}
    for cell in elements.values():
        if cell["S"] == "/TH":
            section = elements.get(elements[cell["P"]]["P"], {})
            cell["A"]["Scope"] = "/Column" if section.get("S") == "/THead" else "/Row"


def _spell_out_glyphs(document: Document, pdf: pydyf.PDF) -> bool:
    """Write down for each glyph the letters it stands for; False when that can't be told."""
    from weasyprint.text.fonts import get_hb_object_data

    used = document.fonts.values()
    missing = {chr(point) for font in used for point in font.missing}
    if missing:
        letters = " ".join(sorted(missing))
        raise DocumentFailed(_("Skriftene har ikke disse tegnene: %(letters)s", letters=letters))
    if not any(glyphs.doubtful(font.to_unicode) for font in used):
        return True
    complete = True
    for font in used:
        text = glyphs.letters(get_hb_object_data(font.hb_face), font.to_unicode)
        complete = complete and all(text.values())
        entry = next(o for o in pdf.objects if _is_font(o, font.name))
        pdf.objects[int(entry["ToUnicode"].split()[0])].stream = [to_unicode(text)]
    return complete


def _is_font(pdf_object: object, name: bytes) -> bool:
    return (
        isinstance(pdf_object, dict)
        and pdf_object.get("BaseFont") == name
        and "ToUnicode" in pdf_object
    )


def _xmp(pdf: pydyf.PDF, named: DocumentMetadata, *, complete: bool) -> bytes:
    """The metadata packet, as elements: PDFBox Preflight refuses attributes.

    PDF/UA's own name space isn't known to PDF/A, so the packet describes it too (ISO 19005-2,
    6.6.2.3).
    """
    creators = "".join(f"<rdf:li>{escape(author)}</rdf:li>" for author in named.authors)
    return _PACKET.format(
        conformance="A" if complete else "B",
        title=escape(named.title),
        creators=creators,
        producer=escape(pdf.info["Producer"].string),
        accessible=_ACCESSIBLE if complete else "",
    ).encode()


_ACCESSIBLE: Final = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>"""

_PACKET: Final = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>{conformance}</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq>{creators}</rdf:Seq></dc:creator>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
{accessible}
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
