"""The PDF checker `page-validation`, without the one report of it that is known to be false.

It counts the end-of-line before ``endstream`` wrongly where a stream ends with a carriage return,
as one in sixty files does by chance. Its report on lengths counts only if a length is wrong.
"""

from __future__ import annotations

import re

import page

_STREAM = re.compile(rb"/Length (\d+)[^>]*>>\s*stream\r?\n")


def failures(pdf: bytes, *profiles: str) -> list[str]:
    """What is wrong with a file by the standards of that name (``2a``, ``2b``, ``ua1``)."""
    found = [
        f"{failure.rule_id}: {failure.message}"
        for profile in profiles
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]
    return [
        failure
        for failure in found
        if "-STREAM-LENGTH-" not in failure or not _every_length_is_right(pdf)
    ]


def _every_length_is_right(pdf: bytes) -> bool:
    ends = [found.end() + int(found[1]) for found in _STREAM.finditer(pdf)]
    return len(ends) == pdf.count(b"endstream") and all(
        re.match(rb"\r?\nendstream|endstream", pdf[end : end + 11]) for end in ends
    )
