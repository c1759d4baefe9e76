"""How the papers look: every look has a style with a name, so that Word's own tools can change it.

Sizes are half points, lengths twentieths of a point (1 cm = 567).
"""

from __future__ import annotations

from typing import Final

from formsvc.originals.word.parts import TEXT_WIDTH

#: the colour of the shipped municipality, in whose place stands that of the running profile; its
#: ink, and the tints of rules and heads
BLUE: Final = "14487A"
INK: Final = "1E2B37"
GREY: Final = "55606B"
RULE: Final = "B9C6D3"
TINT: Final = "E9EFF5"

FONT: Final = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Calibri" w:cs="Calibri"/>'


def styles(locale: str, width: int = TEXT_WIDTH) -> str:
    """The content of styles.xml; the language of the document is set here.

    :param width: between the margins, to whose end heads and feet reach.
    """
    written = "".join(_STYLES).replace(f'w:pos="{TEXT_WIDTH}"', f'w:pos="{width}"')
    return _document_defaults(locale) + _LATENT + written


def _document_defaults(locale: str) -> str:
    return (
        "<w:docDefaults><w:rPrDefault><w:rPr>"
        f'{FONT}<w:color w:val="{INK}"/><w:sz w:val="22"/><w:szCs w:val="22"/>'
        f'<w:lang w:val="{locale}" w:eastAsia="{locale}" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
        '<w:spacing w:after="100" w:line="259" w:lineRule="auto"/>'
        "</w:pPr></w:pPrDefault></w:docDefaults>"
    )


#: paragraph styles that Word itself knows, by the names it stores them under
_WORDS_OWN: Final = frozenset(
    {
        "Title",
        "Subtitle",
        "heading 1",
        "heading 2",
        "List Bullet",
        "caption",
        "Signature",
        "header",
        "footer",
    }
)

_LATENT: Final = (
    '<w:latentStyles w:defLockedState="0" w:defUIPriority="99" w:defSemiHidden="0"'
    ' w:defUnhideWhenUsed="0" w:defQFormat="0" w:count="376"/>'
)


def _paragraph_style(
    key: str,
    name: str,
    *,
    based_on: str = "Normal",
    following: str = "",
    paragraph: str = "",
    run: str = "",
) -> str:
    own = "" if name in _WORDS_OWN else ' w:customStyle="1"'
    following = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style w:type="paragraph"{own} w:styleId="{key}">'
        f'<w:name w:val="{name}"/><w:basedOn w:val="{based_on}"/>{following}'
        '<w:uiPriority w:val="9"/><w:qFormat/>'
        f"{_wrapped('pPr', paragraph)}{_wrapped('rPr', run)}</w:style>"
    )


def _wrapped(name: str, content: str) -> str:
    return f"<w:{name}>{content}</w:{name}>" if content else ""


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _space(before: int, after: int, line: int = 264) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _colour(value: str) -> str:
    return f'<w:color w:val="{value}"/>'


def _rule(side: str, colour: str, *, size: int = 4, space: int = 1) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="{colour}"/>'


_BOLD: Final = "<w:b/><w:bCs/>"

#: what stands behind a tab ends at the margin
_TO_THE_RIGHT: Final = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'

#: what a style without a name of its own is based on
_DEFAULTS: Final = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
    '<w:name w:val="Normal"/><w:qFormat/></w:style>'
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/>'
    "<w:semiHidden/><w:unhideWhenUsed/></w:style>"
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
    '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
    "<w:semiHidden/><w:unhideWhenUsed/>"
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
    '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
    '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style>"
    '<w:style w:type="numbering" w:default="1" w:styleId="NoList">'
    '<w:name w:val="No List"/><w:uiPriority w:val="99"/>'
    "<w:semiHidden/><w:unhideWhenUsed/></w:style>"
)

#: the label of an answer
_FACT_LABEL: Final = (
    '<w:style w:type="character" w:customStyle="1" w:styleId="FactLabel">'
    '<w:name w:val="Ledetekst"/><w:basedOn w:val="DefaultParagraphFont"/>'
    f'<w:uiPriority w:val="9"/><w:qFormat/><w:rPr>{_BOLD}</w:rPr></w:style>'
)

#: words that can be pressed, and what is printed small beside or under others
_LINK: Final = (
    '<w:style w:type="character" w:styleId="Hyperlink">'
    '<w:name w:val="Hyperlink"/><w:basedOn w:val="DefaultParagraphFont"/>'
    f'<w:uiPriority w:val="99"/><w:rPr>{_colour(BLUE)}<w:u w:val="single"/></w:rPr></w:style>'
)
_SMALL: Final = (
    '<w:style w:type="character" w:customStyle="1" w:styleId="Small">'
    '<w:name w:val="Liten"/><w:basedOn w:val="DefaultParagraphFont"/>'
    f'<w:uiPriority w:val="9"/><w:rPr>{_colour(GREY)}{_size(18)}</w:rPr></w:style>'
)

#: the first row; said by each table, as not every program takes it from the style it is based on
_TINTED_HEAD: Final = (
    '<w:tblStylePr w:type="firstRow"><w:rPr>' + _BOLD + "</w:rPr><w:tcPr>"
    f'<w:shd w:val="clear" w:color="auto" w:fill="{TINT}"/><w:vAlign w:val="bottom"/>'
    "</w:tcPr></w:tblStylePr>"
)

#: a table of rows: rules between them, a tinted head
_PAPER_TABLE: Final = (
    '<w:style w:type="table" w:customStyle="1" w:styleId="PaperTable">'
    '<w:name w:val="Skjematabell"/>'
    '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
    "<w:tblPr><w:tblBorders>"
    + _rule("top", BLUE, size=8, space=0)
    + _rule("bottom", BLUE, size=8, space=0)
    + _rule("insideH", RULE, space=0)
    + "</w:tblBorders><w:tblCellMar>"
    '<w:top w:w="15" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="15" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr>"
    f"{_TINTED_HEAD}</w:style>"
)

#: the same to write in by hand, with rules between the columns too
_PEN_TABLE: Final = (
    '<w:style w:type="table" w:customStyle="1" w:styleId="PenTable">'
    '<w:name w:val="Skrivetabell"/>'
    '<w:basedOn w:val="PaperTable"/><w:uiPriority w:val="59"/><w:qFormat/>'
    "<w:tblPr><w:tblBorders>"
    + _rule("top", BLUE, size=8, space=0)
    + _rule("left", RULE, space=0)
    + _rule("bottom", BLUE, size=8, space=0)
    + _rule("right", RULE, space=0)
    + _rule("insideH", RULE, space=0)
    + _rule("insideV", RULE, space=0)
    + f"</w:tblBorders></w:tblPr>{_TINTED_HEAD}</w:style>"
)

#: the first page's head, with a rule under it
_LETTERHEAD: Final = (
    '<w:style w:type="table" w:customStyle="1" w:styleId="Letterhead">'
    '<w:name w:val="Brevhode"/>'
    '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>'
    "<w:tblPr><w:tblBorders>"
    + _rule("bottom", BLUE, size=8, space=0)
    + '</w:tblBorders><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style>"
)

#: what a paper to be written on by hand has beyond the others
_BY_HAND: Final = (
    _paragraph_style(
        "Question",
        "Spørsmål",
        following="WritingLine",
        paragraph="<w:keepNext/>" + _space(120, 20, 240),
        run=_BOLD,
    ),
    _paragraph_style(
        "WritingLine",
        "Skrivelinje",
        paragraph="<w:pBdr>" + _rule("bottom", GREY) + _rule("between", GREY) + "</w:pBdr>"
        '<w:spacing w:before="0" w:after="0" w:line="480" w:lineRule="exact"/>',
    ),
    _paragraph_style("TickLine", "Avkryssing", paragraph=_space(20, 20, 240)),
)

_STYLES: Final = (
    *_BY_HAND,
    _DEFAULTS,
    _FACT_LABEL,
    _LINK,
    _SMALL,
    _PAPER_TABLE,
    _PEN_TABLE,
    _LETTERHEAD,
    _paragraph_style(
        "Title",
        "Title",
        following="Normal",
        paragraph="<w:keepNext/><w:keepLines/>" + _space(100, 80, 240),
        run=_BOLD + _colour(BLUE) + _size(34),
    ),
    _paragraph_style(
        "Subtitle",
        "Subtitle",
        following="Normal",
        paragraph="<w:keepNext/>" + _space(0, 140, 240),
        run=_colour(GREY) + _size(26),
    ),
    _paragraph_style(
        "Heading1",
        "heading 1",
        following="Normal",
        paragraph="<w:keepNext/><w:keepLines/>"
        + _space(140, 40, 240)
        + '<w:outlineLvl w:val="0"/>',
        run=_BOLD + _colour(BLUE) + _size(26),
    ),
    _paragraph_style(
        "Heading2",
        "heading 2",
        following="Normal",
        paragraph="<w:keepNext/><w:keepLines/>"
        + _space(100, 20, 240)
        + '<w:outlineLvl w:val="1"/>',
        run=_BOLD + _size(22),
    ),
    _paragraph_style(
        "Fact",
        "Opplysning",
        paragraph="<w:pBdr>" + _rule("bottom", RULE) + _rule("between", RULE) + "</w:pBdr>"
        '<w:tabs><w:tab w:val="left" w:pos="3685"/></w:tabs>'
        + _space(24, 24, 247)
        + '<w:ind w:left="3685" w:hanging="3685"/>',
    ),
    # under its label, where that is long: no line of either hangs
    _paragraph_style(
        "FactBelow",
        "Opplysning under",
        based_on="Fact",
        paragraph='<w:ind w:left="0" w:firstLine="0"/>',
    ),
    _paragraph_style(
        "ListBullet",
        "List Bullet",
        paragraph='<w:numPr><w:numId w:val="1"/></w:numPr>'
        + _space(0, 40)
        + "<w:contextualSpacing/>",
    ),
    _paragraph_style("SmallBullet", "Punktliste liten", based_on="ListBullet", run=_size(21)),
    _paragraph_style("TableText", "Tabelltekst", paragraph=_space(20, 20, 240), run=_size(21)),
    _paragraph_style(
        "TableHeading",
        "Tabelloverskrift",
        based_on="TableText",
        paragraph="<w:keepNext/>",
        run=_BOLD + _colour(BLUE),
    ),
    _paragraph_style(
        "TableNote",
        "Tabellmerknad",
        based_on="TableText",
        paragraph=_space(0, 20, 240),
        run=_colour(GREY) + _size(19),
    ),
    _paragraph_style(
        "SignatureText",
        "Underskriftstekst",
        based_on="TableText",
        paragraph="<w:keepNext/>",
    ),
    _paragraph_style(
        "Caption",
        "caption",
        following="Normal",
        paragraph="<w:keepNext/>" + _space(60, 80, 240),
        run=_colour(GREY) + _size(21),
    ),
    _paragraph_style(
        "SmallPrint",
        "Opplysningstekst",
        paragraph="<w:widowControl/>" + _space(0, 50, 245),
        run=_size(21),
    ),
    # what comes after it, a signature or a greeting, does not stand alone on a page
    _paragraph_style("Legal", "Lover", based_on="SmallPrint", paragraph="<w:keepNext/>"),
    _paragraph_style(
        "Declaration",
        "Erklæring",
        paragraph="<w:keepNext/>" + _space(0, 120, 252),
        run="<w:b/>",
    ),
    # why a paper is not valid yet, in a frame under its title
    _paragraph_style(
        "Waits",
        "Ikke gyldig",
        paragraph="<w:keepLines/><w:pBdr>"
        + "".join(_rule(side, INK, size=12, space=4) for side in ("top", "left", "bottom", "right"))
        + "</w:pBdr>"
        + _space(60, 160, 252),
        run=_BOLD,
    ),
    _paragraph_style("Lead", "Ingress", based_on="SmallPrint", paragraph=_space(0, 100, 247)),
    _paragraph_style(
        "Signature",
        "Signature",
        paragraph="<w:keepLines/>" + _space(0, 0, 252),
    ),
    _paragraph_style(
        "Greeting",
        "Hilsen",
        based_on="Signature",
        paragraph="<w:keepNext/>" + _space(200, 80, 252),
    ),
    _paragraph_style("Address", "Adressat", paragraph=_space(0, 0, 252)),
    _paragraph_style(
        "TemplateCode",
        "Malkode",
        paragraph=_space(0, 0, 240),
        run="<w:noProof/>" + _colour(GREY) + _size(18),
    ),
    _paragraph_style(
        "Header",
        "header",
        paragraph=_TO_THE_RIGHT + _space(0, 0, 240),
        run=_colour(GREY) + _size(18),
    ),
    _paragraph_style(
        "LetterheadName",
        "Brevhode navn",
        based_on="Header",
        run=_BOLD + _colour(BLUE) + _size(28),
    ),
    _paragraph_style("LetterheadOffice", "Brevhode tjeneste", based_on="Header", run=_size(22)),
    _paragraph_style(
        "LetterheadMark",
        "Brevhode merke",
        based_on="Header",
        paragraph='<w:jc w:val="right"/>',
        run=_BOLD,
    ),
    _paragraph_style(
        "LetterheadNote",
        "Brevhode merknad",
        based_on="Header",
        paragraph='<w:jc w:val="right"/>',
    ),
    _paragraph_style(
        "Footer",
        "footer",
        paragraph=_TO_THE_RIGHT + _space(0, 0, 240),
        run=_colour(GREY) + _size(18),
    ),
)
