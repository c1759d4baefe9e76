from __future__ import annotations

import io
import zipfile

import pytest
from docxtpl import DocxTemplate
from jinja2 import Environment
from lxml import etree

from formsvc.documents import docx
from tests.documents.corpus import CASES, Case

#: docxtpl adds empty properties, and escapes the others twice
NOT_THE_SAME = {"docProps/core.xml"}


def by_docxtpl(case: Case) -> bytes:
    template = DocxTemplate(io.BytesIO(case.template()))
    environment = Environment(autoescape=True)
    environment.filters.update(case.filters)
    template.render(case.answers(template), environment, autoescape=True)
    file = io.BytesIO()
    template.save(file)
    return file.getvalue()


def by_us(case: Case) -> bytes:
    data = case.template()
    compiled = docx.load(data, filters=case.filters, trusted=True)
    return compiled.render(case.answers(DocxTemplate(io.BytesIO(data))))


def parts(data: bytes) -> dict[str, list[str]]:
    """The canonical form of each XML part; in lists of files and relations order says nothing."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {
            name: _canonical(name, etree.fromstring(package.read(name)))
            for name in package.namelist()
            if name.endswith((".xml", ".rels"))
        }


def _canonical(name: str, root: etree._Element) -> list[str]:
    unordered = name.endswith(".rels") or name == "[Content_Types].xml"
    found = [etree.tostring(e, method="c14n").decode() for e in (root if unordered else [root])]
    return sorted(found)


@pytest.mark.parametrize("name", CASES)
def test_every_part_is_equal_to_docxtpls(name: str) -> None:
    theirs, ours = parts(by_docxtpl(CASES[name])), parts(by_us(CASES[name]))
    assert set(ours) == set(theirs)
    for part in set(ours) - NOT_THE_SAME:
        assert ours[part] == theirs[part], part
