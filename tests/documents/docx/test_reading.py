from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from formsvc.documents import docx
from formsvc.documents.docx import reading
from formsvc.documents.docx.package import W, unpack
from formsvc.originals.word.parts import paragraph
from tests.documents.docx.corpus import CASES

PIECES = st.sampled_from(
    [
        "<w:p>",
        "<w:p/>",
        '<w:p w:rsidR="1">',
        "<w:r>",
        "<w:t/>",
        "<w:t xml:space='preserve'/>",
        "<w:t>",
        "<w:t xml:space='preserve'>",
        "<w:tab/>",
        "<w:br w:type='page'/>",
        "<w:cr/>",
        "<w:tabs>",
        "<w:tbl>",
        "ord &amp; &#216; &#x1F600; &lt;w:p&gt; &quot;",
        "\r\n",
        "ÆØÅ\t",
        "<w:instrText>",
        "<w:pPr>",
    ]
)


def _grown(pieces: list[str]) -> str:
    """Well-formed XML in which these pieces stand in each other or one after the other."""
    opened: list[str] = []
    xml = ""
    for piece in pieces:
        if piece.startswith("<") and not piece.endswith("/>"):
            opened.append(piece.strip("<>").split()[0])
        elif not piece.startswith("<") and (not opened or opened[-1] not in ("w:t", "w:instrText")):
            continue
        elif opened and opened[-1] in ("w:t", "w:instrText") and piece.startswith("<"):
            xml += f"</{opened.pop()}>"
        xml += piece
    return xml + "".join(f"</{name}>" for name in reversed(opened))


@given(st.lists(PIECES, max_size=30))
def test_the_quick_way_reads_what_the_tree_holds(pieces: list[str]) -> None:
    inner = _grown(["<w:p>", *pieces])
    xml = f'<w:document xmlns:w="{W[1:-1]}"><w:body>{inner}</w:body></w:document>'
    try:
        root = etree.fromstring(xml.encode())
    except etree.XMLSyntaxError:
        return
    if not _is_like_words(root):
        return
    slowly = "\n".join(reading._lines(root))  # noqa: SLF001 - the two ways are compared
    assert reading._words(xml.encode(), "part") == slowly  # noqa: SLF001


def _is_like_words(root: etree._Element) -> bool:
    """Whether texts and tab stops hold no elements, and breaks stand in runs."""
    if root.find(f".//{W}t/*") is not None or root.find(f".//{W}tabs/*/*") is not None:
        return False
    homes = {f"{W}br": {f"{W}r"}, f"{W}cr": {f"{W}r"}, f"{W}tab": {f"{W}r", f"{W}tabs"}}
    return all(
        (parent := each.getparent()) is not None
        and parent.tag in homes.get(str(each.tag), {parent.tag} - {f"{W}tabs"})
        for each in root.iterdescendants()
    )


def test_both_ways_read_the_same_in_every_template_of_the_corpus() -> None:
    for case in CASES.values():
        for name, part in unpack(case.template()).items():
            if name.startswith(("word/document", "word/header", "word/foot")):
                slowly = "\n".join(reading._lines(etree.fromstring(part)))  # noqa: SLF001
                assert reading._words(part, name) == slowly  # noqa: SLF001


def test_a_document_with_other_names_for_words_elements_is_read_too() -> None:
    other = f'<x:document xmlns:x="{W[1:-1]}"><x:p><x:r><x:t>ord</x:t></x:r></x:p></x:document>'
    assert reading._words(other.encode(), "part") == "ord"  # noqa: SLF001


def test_what_a_comment_holds_is_not_read() -> None:
    xml = f'<w:document xmlns:w="{W[1:-1]}"><w:p><!-- <w:t>nei</w:t> --></w:p></w:document>'
    assert reading._words(xml.encode(), "part") == ""  # noqa: SLF001


def test_a_text_in_utf_16_is_read() -> None:
    xml = f'<w:document xmlns:w="{W[1:-1]}">{paragraph("Čáhci")}</w:document>'
    assert reading._words(xml.encode("utf-16"), "part") == "Čáhci"  # noqa: SLF001


def test_the_text_of_the_template_itself_shows_its_tags() -> None:
    assert "{{ title }}, {{ child.name }}" in docx.text(CASES["plain"].template())
