"""Pictures and sub-documents: they bring files into the package, which docxtpl knows how to do.

The parts are filled as always. Only the package around them is docxtpl's: it holds the pictures,
the styles and the relations that printing these values has added to it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from formsvc.documents.docx import package
from formsvc.documents.docx.jinja import inserting


def package_of(value: Any, names: Iterable[str], fill: Callable[[str], bytes]) -> dict[str, bytes]:
    """The members of the document that prints such a value.

    :param value: a picture or a sub-document; it knows the ``DocxTemplate`` that it was made for.
    :param names: the parts to be filled.
    :param fill: how a part is filled.
    """
    template = value.tpl
    if hasattr(value, "subdocx"):
        # what a sub-document brings was added when it was made; reading afresh would lose it
        template.is_rendered = False
    template.render_init()
    parts = {part.partname.lstrip("/"): part for part in template.docx.part.package.parts}
    filled = {}
    with inserting():
        for name in names:
            template.current_rendering_part = parts.get(name)
            filled[name] = fill(name)
    template.is_rendered = True
    file = io.BytesIO()
    template.docx.save(file)
    return {**package.unpack(file.getvalue()), **filled}
