"""Lists the code points that the bundled fonts draw: python -m template_sources.letters."""

from __future__ import annotations

from formsvc import letters
from formsvc.documents import fonts


def listed() -> str:
    """A line for each run of code points, as hexadecimal numbers."""
    runs: list[list[int]] = []
    for point in sorted(fonts.drawn()):
        if runs and runs[-1][1] == point - 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    lines = (f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in runs)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    letters.LIST.write_text(listed(), encoding="ascii")
