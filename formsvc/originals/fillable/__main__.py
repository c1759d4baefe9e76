"""Makes the official fillable PDFs anew: ``python -m formsvc.originals.fillable [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path

from formsvc.originals.fillable.draw import PAPERS, draw

FOLDER = Path(__file__).parents[3] / "docx_templates"


def main(folder: Path) -> None:
    """Write every fillable paper in every language into the folder."""
    for kind in PAPERS:
        for language in ("nb", "nn"):
            target = folder / f"{kind}.{language}.pdf"
            target.write_bytes(draw(kind, language))
            sys.stdout.write(f"{target}: {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
