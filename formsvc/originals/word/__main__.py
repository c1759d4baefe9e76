"""``python -m formsvc.originals.word``: write every Word template to docx_templates/."""

from __future__ import annotations

import sys
from pathlib import Path

from formsvc.originals.word import templates

FOLDER = Path(__file__).parents[3] / "docx_templates"

for name, data in templates().items():
    (FOLDER / name).write_bytes(data)
    sys.stdout.write(f"{name}\n")
