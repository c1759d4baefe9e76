"""Answers with what their form says beside them: asked for by path, left out where not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formsvc.originals.word.labels import Labels
from formsvc.originals.word.parts import (
    TEXT_WIDTH,
    Column,
    bullets,
    cell,
    fact,
    heading,
    link_fact,
    note,
    paragraph,
    table,
    when,
)


def section(labels: Labels, name: str, *blocks: str) -> str:
    """The heading of the section that begins with that answer, and what stands under it."""
    return heading(labels.section(name)) + "".join(blocks)


def answer(labels: Labels, path: str, words: str = "") -> str:
    """The answer with its label on one line, if it was given.

    :param words: what is printed, where that is more than the answer.
    """
    return fact(labels[path], words or f"{{{{ {path} }}}}", when=path)


def box(labels: Labels, path: str) -> str:
    """Ja or Nei for a box that was ticked or not; nothing where it was not asked."""
    return fact(labels[path], yes_or_no(labels, path), when=f"{path} != ''")


def ticked(labels: Labels, path: str) -> str:
    """Ja for a box that was ticked, nothing for one that was not."""
    return fact(labels[path], labels.phrase("yes"), when=path)


def yes_or_no(labels: Labels, name: str) -> str:
    """Ja or Nei for a box that was ticked or not, as words of a line."""
    return f"{{% if {name} %}}{labels.phrase('yes')}{{% else %}}{labels.phrase('no')}{{% endif %}}"


def link(labels: Labels, path: str, words: str) -> str:
    """An address on the web that can be pressed, with the address itself small under it."""
    return link_fact(labels[path], words, f"{{{{ {path} }}}}", when=path)


def said(labels: Labels, path: str) -> str:
    """The label over a text of any length, if it was written."""
    return when(path, heading(labels[path], 2), paragraph(f"{{{{ {path} }}}}"))


def listed(labels: Labels, path: str) -> str:
    """The label over a list of answers, if there are any."""
    return when(path, heading(labels[path], 2), points(path))


def points(path: str) -> str:
    """The answers of a list."""
    return bullets(f"each in {path}", "{{ each }}")


def rows(
    labels: Labels,
    path: str,
    row: str,
    widths: Mapping[str, int],
    cells: Mapping[str, str | Sequence[str]],
    *,
    within: str = "",
    width: int = TEXT_WIDTH,
    row_height: int = 0,
) -> str:
    """A table with a column for each answer of the rows.

    :param row: what one of the rows is called in the cells.
    :param widths: the columns in order, with their share of the width.
    :param cells: what a column shows, where that is more than the answer.
    :param within: the variable that holds the rows, where they stand in another row.
    :param width: of the whole table, where the page is not upright.
    :param row_height: at least so high, for rows that are written in by hand.
    """
    own = {"nr": "{{ loop.index }}", **cells}
    return table(
        labels[path],
        f"{row} in {within or path}",
        *(
            Column(labels[f"{path}.{name}"], share, own.get(name, f"{{{{ {row}.{name} }}}}"))
            for name, share in widths.items()
        ),
        width=width,
        row_height=row_height,
    )


def with_note(row: str, name: str, below: str) -> list[str]:
    """A cell with an answer, and another one smaller under it."""
    under = note(f"{{{{ {row}.{below} }}}}")
    return [cell(f"{{{{ {row}.{name} }}}}"), when(f"{row}.{below}", under)]
