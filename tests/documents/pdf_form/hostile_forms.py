"""PDF forms that somebody broke or built to do harm, each named by its fault."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

#: a form with one text field, object by object
SOUND: Final[dict[int, bytes]] = {
    1: b"<</Type/Catalog/Pages 2 0 R/AcroForm 4 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Annots[5 0 R]/Resources<<>>"
    b"/Contents 7 0 R>>",
    4: b"<</Fields[5 0 R]/DA(/Helv 10 Tf 0 g)/DR<</Font<</Helv 6 0 R>>>>>>",
    5: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/Rect[20 150 200 170]/F 4/P 3 0 R>>",
    6: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    7: b"<</Length 0>>\nstream\n\nendstream",
}
#: what the paper asks
SCHEMA: Final = {"type": "object", "properties": {"name": {"title": "Navn", "type": "string"}}}


def form(changed: Mapping[int, bytes] = {}, *, trailer: bytes = b"", shift: int = 0) -> bytes:
    """The sound form with other objects, as a file.

    :param shift: how far off its table says that everything is
    """
    objects = {**SOUND, **changed}
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out) + shift
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table, size = len(out), max(objects) + 1
    rows = (
        b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
        for number in range(1, size)
    )
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(rows))
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (size, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % (table + shift)
    return bytes(out)


def packed(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def bomb(megabytes: int = 1000) -> bytes:
    """So many megabytes of nothing, deflated; a thousand of them are one."""
    packing, piece = zlib.compressobj(9), bytes(1 << 20)
    return b"".join(packing.compress(piece) for _ in range(megabytes)) + packing.flush()


def _field(more: bytes) -> bytes:
    return SOUND[5][:-2] + more + b">>"


def _placed(place: bytes) -> bytes:
    return SOUND[5].replace(b"20 150 200 170", place)


def _font(more: bytes) -> bytes:
    return SOUND[6][:-2] + more + b">>"


def _form(more: bytes) -> bytes:
    return SOUND[4][:-2] + more + b">>"


def _root(more: bytes) -> bytes:
    return SOUND[1][:-2] + more + b">>"


def _page(more: bytes) -> bytes:
    return SOUND[3][:-2] + more + b">>"


def _tree(levels: int) -> dict[int, bytes]:
    """Fields that each hold the next one twice: two to the power of levels, if one counts them."""
    nodes = {
        100 + level: b"<</T(a)/Kids[%d 0 R %d 0 R]>>" % (101 + level, 101 + level)
        for level in range(levels)
    }
    return {4: _form(b"").replace(b"5 0 R", b"100 0 R"), **nodes, 100 + levels: SOUND[5]}


def _nested(levels: int) -> dict[int, bytes]:
    nodes = {100 + n: b"<</T(a)/Kids[%d 0 R]>>" % (101 + n) for n in range(levels)}
    return {4: _form(b"").replace(b"5 0 R", b"100 0 R"), **nodes, 100 + levels: SOUND[5]}


def _in_streams(entries: bytes, data: bytes) -> bytes:
    """A form whose objects are said to be in a stream, with a table that is one too."""
    head = b"%PDF-1.7\n"
    holder = b"1 0 obj\n%s\nendobj\n" % packed(b"/Type/ObjStm/N 3/First 15" + entries, data)
    table = len(head) + len(holder)
    rows = b"".join([bytes(4), b"\1\0\x09\0", *(b"\2\0\1" + bytes([i]) for i in range(3))])
    xref = packed(b"/Type/XRef/W[1 2 1]/Size 5/Root 2 0 R", rows)
    return b"%s%s5 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (head, holder, xref, table)


def unreadable() -> Iterator[tuple[str, bytes]]:
    """Files that are no form, or none that can be read."""
    sound = form()
    yield "nothing", b""
    yield "some text", b"Dette er ikke en PDF"
    yield "a web page", b"<!doctype html><title>404</title>"
    yield "a zip", b"PK\3\4" + bytes(2000)
    yield "only its first line", b"%PDF-1.7\n"
    yield "only nothing after its first line", b"%PDF-1.7\n" + bytes(100_000)
    yield "only its end", b"%PDF-1.7\nstartxref\n0\n%%EOF"
    yield "no catalog", form({1: b"null"})
    yield "a catalog that is a list", form({1: b"[1 2 3]"})
    yield "no pages", form({2: b"<</Type/Pages/Kids[]/Count 0>>"})
    yield "pages that are no pages", form({3: b"(text)"})
    yield "no form", form({1: b"<</Type/Catalog/Pages 2 0 R>>"})
    yield "a form that is a list", form({4: b"[5 0 R]"})
    yield "a form without fields", form({4: b"<</Fields[]>>"})
    yield "fields that are a number", form({4: b"<</Fields 5>>"})
    yield "fields that are a circle", form({5: b"<</T(name)/Kids[5 0 R]>>"})
    yield "a field that is a number", form({5: b"42"})
    yield "a field that is no object", form({4: b"<</Fields[<</FT/Tx/T(name)>>]>>"})
    yield "a place that is words", form({5: _placed(b"(a)(b)(c)(d)")})
    yield "a place of three numbers", form({5: _placed(b"1 2 3")})
    yield "pages that are a circle", form({2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"})
    yield "a text without an end", sound[: sound.index(b"(name)") + 3]
    yield "lists within lists", form({4: b"[" * 100_000})
    yield "groups within groups", form({4: b"<</A" * 50_000})
    yield (
        "a locked file",
        form(
            trailer=b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>/ID[<00><00>]"
            % (b"0" * 64, b"0" * 64)
        ),
    )
    yield "a file locked in an unknown way", form(trailer=b"/Encrypt<</Filter/Ukjent/V 9>>")
    yield "objects in a stream that is not there", _in_streams(b"/Filter/FlateDecode", b"no")
    yield "a stream of objects that is of itself", _in_streams(b"/Extends 1 0 R", b"1 0 1 0 1 0")


def swelling() -> Iterator[tuple[str, bytes]]:
    """Files that become huge, or ask for endless work."""
    flate = b"/Filter/FlateDecode"
    thousand = bomb()
    yield "a page that unpacks to a gigabyte", form({7: packed(flate, thousand)})
    yield (
        "a look that unpacks to a gigabyte",
        form(
            {
                5: _field(b"/AP<</N 8 0 R>>"),
                8: packed(b"/Subtype/Form/BBox[0 0 9 9]" + flate, thousand),
            }
        ),
    )
    yield (
        "a font that unpacks to a gigabyte",
        form(
            {
                6: _font(b"/ToUnicode 8 0 R/FontDescriptor<</FontFile2 8 0 R>>"),
                8: packed(flate, thousand),
            }
        ),
    )
    yield "objects that unpack to a gigabyte", _in_streams(flate, thousand)
    yield (
        "something packed twice",
        form({7: packed(b"/Filter[/FlateDecode/FlateDecode]", zlib.compress(thousand))}),
    )
    yield (
        "something packed in five thousand ways",
        form({7: packed(b"/Filter[%s]" % (b"/ASCIIHexDecode" * 5000), b"00>")}),
    )
    yield (
        "a run that becomes 64 MB",
        form({7: packed(b"/Filter/RunLengthDecode", b"\x81\0" * 500_000)}),
    )
    yield (
        "columns without an end",
        form(
            {
                5: _field(b"/AP<</N 8 0 R>>"),
                8: packed(
                    b"/Subtype/Form/BBox[0 0 9 9]/Filter[/ASCIIHexDecode/FlateDecode]"
                    b"/DecodeParms[null<</Predictor 12/Columns 2000000000>>]",
                    zlib.compress(b"a").hex().encode() + b">",
                ),
            }
        ),
    )
    yield "fifty thousand objects", form(dict.fromkeys(range(10, 50_000), b"null"))
    yield (
        "a hundred thousand pages",
        form({2: b"<</Type/Pages/Kids[%s]/Count 100000>>" % (b"3 0 R " * 100_000)}),
    )
    yield "two hundred pages", form({2: b"<</Type/Pages/Kids[%s]/Count 200>>" % (b"3 0 R " * 200)})
    yield "eleven megabytes", form() + bytes(11_000_000)


def acting() -> Iterator[tuple[str, str, bytes]]:
    """Files that would do something, and a word of what should be said of each."""
    script = b"<</S/JavaScript/JS(app.alert(1))>>"
    yield "a script when it opens", "JavaScript", form({1: _root(b"/OpenAction" + script)})
    yield (
        "a script of the file",
        "JavaScript",
        form({1: _root(b"/Names<</JavaScript<</Names[(a)%s]>>>>" % script)}),
    )
    yield "a script of a field", "JavaScript", form({5: _field(b"/AA<</K%s>>" % script)})
    yield (
        "a script that is a stream",
        "JavaScript",
        form({5: _field(b"/A<</S/JavaScript/JS 8 0 R>>"), 8: packed(b"", b"app.alert(1)")}),
    )
    yield (
        "a script after another action",
        "JavaScript",
        form({1: _root(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next%s>>" % script)}),
    )
    yield (
        "a script with a name in code",
        "JavaScript",
        form({5: _field(b"/A<</S/J#61vaScript/J#53(x)>>")}),
    )
    yield (
        "what a page does by itself",
        "av seg selv",
        form({3: _page(b"/AA<</O<</S/Named/N/Print>>>>")}),
    )
    yield "a program", "programmer", form({5: _field(b"/A<</S/Launch/F(cmd.exe)>>")})
    yield "another file", "programmer", form({5: _field(b"/A<</S/GoToR/F(x.pdf)/D[0/Fit]>>")})
    yield (
        "answers sent away",
        "over nettet",
        form({5: _field(b"/A<</S/SubmitForm/F(http://x.example)>>")}),
    )
    yield "answers fetched", "over nettet", form({5: _field(b"/A<</S/ImportData/F(x.fdf)>>")})
    yield "a link to a file", "lenke", form({5: _field(b"/A<</S/URI/URI(file:///etc/passwd)>>")})
    yield (
        "a link that is a script",
        "lenke",
        form({5: _field(b"/A<</S/URI/URI(javascript:alert\\(1\\))>>")}),
    )
    yield (
        "files",
        "vedlegg",
        form(
            {
                1: _root(b"/Names<</EmbeddedFiles<</Names[(a)8 0 R]>>>>"),
                8: b"<</Type/Filespec/F(a.exe)/EF<</F 9 0 R>>>>",
                9: packed(b"/Type/EmbeddedFile", b"MZ"),
            }
        ),
    )
    yield (
        "a film",
        "film",
        form(
            {
                3: SOUND[3].replace(b"[5 0 R]", b"[5 0 R 8 0 R]"),
                8: b"<</Subtype/Movie/Rect[0 0 9 9]>>",
            }
        ),
    )
    yield (
        "rich media",
        "film",
        form(
            {
                3: SOUND[3].replace(b"[5 0 R]", b"[5 0 R 8 0 R]"),
                8: b"<</Subtype/RichMedia/Rect[0 0 9 9]>>",
            }
        ),
    )
    yield (
        "what is in another file",
        "annen fil",
        form({7: packed(b"/F(/etc/passwd)/FFilter/ASCIIHexDecode", b"")}),
    )
    yield "xfa", "XFA", form({4: _form(b"/XFA 8 0 R"), 8: packed(b"", b"<xdp/>")})
    yield (
        "a signature",
        "digital signatur",
        form(
            {
                4: _form(b"").replace(b"[5 0 R]", b"[5 0 R 8 0 R]"),
                8: b"<</FT/Sig/T(sig)/V<</Type/Sig/ByteRange[0 1 2 3]>>>>",
            }
        ),
    )


def odd() -> Iterator[tuple[str, bytes]]:
    """Files that may be used or not, as long as somebody says so at once."""
    sound = form()
    yield "a table that is a little off", form(shift=3)
    yield "a table beyond the end", form(shift=10_000_000)
    yield "a table that refers to itself", form(trailer=b"/Prev %d" % sound.index(b"xref\n0"))
    yield "no table", sound[: sound.index(b"xref\n0")]
    yield "more objects than there are", sound.replace(b"/Size 8", b"/Size 999999999")
    yield "a count that lies", form({2: b"<</Type/Pages/Kids[3 0 R]/Count 999999999>>"})
    yield "a length that lies", form({7: b"<</Length 999999999>>\nstream\n\nendstream"})
    yield "a length that is itself", form({7: b"<</Length 7 0 R>>\nstream\n\nendstream"})
    yield "a field within five thousand", form(_nested(5000))
    yield "a field in two to the fortieth ways", form(_tree(40))
    yield "a parent that is a circle", form({5: _field(b"/Parent 5 0 R")})
    yield "a comb with a milliard cells", form({5: _field(b"/Ff 16777216/MaxLen 1000000000")})
    yield "a comb with fewer than no cells", form({5: _field(b"/Ff 16777216/MaxLen -5")})
    yield "a comb of words", form({5: _field(b"/Ff 16777216/MaxLen(mange)")})
    yield "a size of a milliard", form({5: _field(b"/DA(/Helv 1000000000 Tf 0 g)")})
    yield "a size of ones", form({5: _field(b"/DA(/Helv %s Tf)" % (b"1" * 100_000))})
    yield "a hundred thousand slashes", form({5: _field(b"/DA(%s)" % (b"/" * 100_000))})
    yield "a field as wide as a galaxy", form({5: _placed(b"20 150 1e30 170")})
    yield "a field of endless width", form({5: _placed(b"20 150 %s 170" % (b"9" * 400))})
    yield "a frame of words", form({5: _field(b"/MK<</BC(rot)/BG 7/R(snu)>>")})
    yield "colours of seven parts", form({5: _field(b"/MK<</BC[1 1 1 1 1 1 1]/BG[1 2]>>")})
    yield "widths that are words", form({6: _font(b"/FirstChar 32/Widths[(a)(b)]")})
    yield (
        "an encoding that counts on",
        form({6: _font(b"/Encoding<</Differences[999999999%s]>>" % (b"/a" * 1000))}),
    )
    yield "options that are a circle", form({5: _field(b"/FT/Ch/Opt[8 0 R]"), 8: b"[8 0 R]"})
    yield "a look that is a number", form({5: _field(b"/AP 5")})
    yield (
        "looks within looks",
        form(
            {
                5: _field(b"/AP<</N 8 0 R>>"),
                8: packed(
                    b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 8 0 R>>>>", b"/A Do"
                ),
            }
        ),
    )
    yield (
        "a structure that is a circle",
        form(
            {
                1: _root(b"/StructTreeRoot 8 0 R"),
                8: b"<</Type/StructTreeRoot/K 8 0 R/ParentTree 8 0 R>>",
            }
        ),
    )
    yield "a name without its letters", form({5: _field(b"").replace(b"(name)", b"<FEFFD800>")})
    yield "two files in one", sound + form({5: _field(b"/Ff 4096")})
