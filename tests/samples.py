"""The sample papers: one real-looking answer file each, the shape of the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from formsvc.kinds import Kind, find

FOLDER = Path(__file__).with_name("samples")


class Sample(NamedTuple):
    """One answer file."""

    kind: Kind
    language: str
    answers: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind.slug}.{self.language}"


def load(name: str) -> dict[str, Any]:
    """The answers of a sample, such as ``minutes.nb``."""
    answers: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return answers


SAMPLES = [
    Sample(find(path.name.split(".")[0]), path.name.split(".")[1], load(path.stem))
    for path in sorted(FOLDER.glob("*.json"))
]
PRINTED = [sample for sample in SAMPLES if sample.kind.formats]
FILLABLE = [sample for sample in SAMPLES if "fillable" in sample.kind.formats]
