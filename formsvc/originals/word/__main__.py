"""``python -m formsvc.originals.word``: write the shipped Word templates to docx_templates/."""

from __future__ import annotations

import sys

from formsvc import config, originals

with config.using(config.Settings()):  # whatever the one who runs it has a profile of
    for name in originals.write(config.SHIPPED, "docx"):
        sys.stdout.write(f"{name}\n")
