"""The letters that papers can be printed with are those that the bundled fonts have."""

from __future__ import annotations

import re

import pytest

from formsvc import letters
from formsvc.cleaning import REPLACEMENT
from formsvc.documents import fonts

#: names and words in the scripts that no bundled font has, as attack.md lists them
NOT_PRINTED = {
    "chinese": "王小明",
    "korean": "김민수",
    "japanese": "やまだ",
    "bengali": "মোহাম্মদ",
    "gurmukhi": "ਪੰਜਾਬੀ",
    "burmese": "မောင်",
    "khmer": "ខ្មែរ",
    "lao": "ລາວ",
    "telugu": "తెలుగు",
    "sinhala": "සිංහල",
    "gujarati": "ગુજરાતી",
    "malayalam": "മലയാളം",
    "tibetan": "བོད",
    "syriac": "ܣܘܪܝܝܐ",
    "thaana": "ދިވެހި",
    "tifinagh": "ⵜⴰⵎ",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "cherokee": "ᏣᎳᎩ",
}

#: and those that they have, with the signs that people write
PRINTED = {
    "norwegian": "Åse Bjørk-Øvrelid, «på» 100 % – 3 × 2 = 6 € …",
    "sami": "Máret Čáhci ŋ ŧ đ ž š Ǯ ǩ ǥ ʒ",
    "polish": "Łukasz Żółć",
    "vietnamese": "Đặng Thị Tiếng Việt",
    "greek": "Ελένη ἀρχή",
    "cyrillic": "Київ, Щербакова, Ґанок",
    "arabic": "محمد أحمد، ١٢٣",
    "persian": "پژوهش گچ",
    "kurdish": "ڕۆژاڤا",
    "urdu": "ٹھیک ڈاک",
    "hebrew": "שָׁלוֹם",
    "thai": "สวัสดีครับ น้ำ",
    "tamil": "வணக்கம் ஸ்ரீ",
    "devanagari": "क्षत्रिय मुहम्मद",
    "ethiopic": "ሰላም ልዑል፣",
    "georgian": "გამარჯობა",
    "armenian": "Բարեւ",
    "emoji": "👍🏿 ❤️ 🇳🇴 👨‍👩‍👧‍👦 🤷‍♀️ 🏳️‍🌈 1️⃣",
    "marks": "x̌ e̩ ẹ̀ q̃",
    "signs": "½ ☒ ☐ ✓ ‰ № ² ℃ ﬁ →",
    "unseen": "a\u200bb\u00ad\u2060 \u3164",
}


def test_the_list_names_what_the_bundled_fonts_draw() -> None:
    made = letters.LIST.read_text(encoding="ascii")
    assert made == fonts.listed(), "Run `python -m formsvc.documents.fonts`."


def test_every_plain_letter_is_printed_as_it_is() -> None:
    plain = re.compile(f"[{letters.PLAIN}]")
    for letter in filter(plain.match, map(chr, range(0x3000))):
        assert letters._drawable(letter) == letter, hex(ord(letter))  # noqa: SLF001 - beyond the short cut


@pytest.mark.parametrize("script", NOT_PRINTED)
def test_a_letter_that_no_font_has_is_missing(script: str) -> None:
    assert letters.missing(f"Kari {NOT_PRINTED[script]}") == list(
        dict.fromkeys(NOT_PRINTED[script].replace("\u200c", ""))
    )
    assert REPLACEMENT in letters.drawable(NOT_PRINTED[script])


@pytest.mark.parametrize("script", PRINTED)
def test_a_letter_that_a_font_has_is_not_missing(script: str) -> None:
    assert letters.missing(PRINTED[script]) == []
    assert REPLACEMENT not in letters.drawable(PRINTED[script])
