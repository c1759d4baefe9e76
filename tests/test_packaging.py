"""What a user gets: the wheel's content, locked versions, and a start that needs Python alone."""

import ast
import itertools
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "formsvc" / "static" / "vendor"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASSETS = json.loads((ROOT / "assets.json").read_text())
LOCK_FILES = ("constraints.txt", "package.json", "package-lock.json")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def locked() -> set[str]:
    """The names of all packages in constraints.txt."""
    return {
        canonicalize_name(name)
        for name in re.findall(r"^([\w.-]+)==", read("constraints.txt"), re.MULTILINE)
    }


def built(builder: type[SdistBuilder] | type[WheelBuilder]) -> set[str]:
    """The paths that a build takes from the checkout."""
    files = builder(str(ROOT)).recurse_included_files()
    return {Path(file.path).relative_to(ROOT).as_posix() for file in files}


def test_the_wheel_holds_what_the_service_reads() -> None:
    files = built(WheelBuilder)
    assert {
        "formsvc/profile/profile.toml",
        "formsvc/templates/base.html",
        "formsvc/migrations/env.py",
        "formsvc/static/app.css",
        "formsvc/static/vendor/manifest.json",
        "formsvc/static/vendor/THIRD_PARTY.txt",
        "formsvc/static/vendor/docfonts/fonts.json",
    } <= files
    assert any(name.startswith("formsvc/migrations/versions/") for name in files)


def test_the_wheel_holds_every_catalogue_compiled() -> None:
    files = built(WheelBuilder)
    catalogues = (ROOT / "formsvc" / "translations").glob("*/LC_MESSAGES/*.po")
    compiled = {path.with_suffix(".mo").relative_to(ROOT).as_posix() for path in catalogues}
    assert compiled
    assert compiled <= files


def test_the_wheel_holds_the_package_only() -> None:
    assert {name.split("/")[0] for name in built(WheelBuilder)} == {"formsvc"}


def test_the_description_of_the_package_is_valid() -> None:
    WheelBuilder(str(ROOT)).metadata.validate_fields()


def test_a_wheel_can_be_built_from_the_sdist() -> None:
    files = built(SdistBuilder)
    assert {"hatch_build.py", "assets.json", "package.json", "package-lock.json"} <= files
    assert "formsvc/static/vendor/manifest.json" in files
    assert any(name.startswith("docx_templates/") for name in files)


@pytest.mark.parametrize("name", LOCK_FILES)
def test_lock_files_name_no_registry_and_no_folder_of_one_machine(name: str) -> None:
    text = re.sub(r'"url": "https://github.com/sponsors/\w+"', "", read(name))  # authors' own words
    assert not re.findall(r"https?://\S+|\"resolved\"|--index-url|--find-links|file:", text)
    assert not re.findall(r"(?:^|[\s\"=])/(?:\w+/)+\w+", text)


def test_every_npm_package_is_locked_with_its_sum() -> None:
    packages = json.loads(read("package-lock.json"))["packages"]
    wanted = packages.pop("")["dependencies"]
    assert wanted == json.loads(read("package.json"))["dependencies"]
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_every_python_dependency_is_locked() -> None:
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *itertools.chain.from_iterable(extras)]
    assert {canonicalize_name(Requirement(each).name) for each in wanted} <= locked()


def test_dev_py_needs_the_standard_library_only() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(read("dev.py")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert imported <= sys.stdlib_module_names


def test_dev_py_says_what_it_can_do_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-I", str(ROOT / "dev.py"), "--help"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "dev.py run" in shown.stdout
    assert "dev.py test" in shown.stdout


def test_ci_makes_the_very_checks_of_dev_py() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "exec python3 dev.py test" in script.read_text()


def test_the_manifest_names_every_vendor_file_with_its_hash() -> None:
    named = json.loads((VENDOR / "manifest.json").read_text())["files"]
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert set(named) == there - {"manifest.json"}
    assert all(re.fullmatch("[0-9a-f]{12}", each) for each in named.values())
    assert {f"icons/{icon}.svg" for icon in ASSETS["icons"]} <= set(named)


def test_each_font_of_the_pdfs_is_there_once_and_may_be_passed_on() -> None:
    fonts = json.loads((VENDOR / "docfonts" / "fonts.json").read_text())
    assert [font["family"] for font in fonts] == [font["family"] for font in ASSETS["fonts"]]
    assert len({font["file"] for font in fonts}) == len(fonts)
    assert all((VENDOR / "docfonts" / font["file"]).is_file() for font in fonts)
    packages = json.loads(read("package-lock.json"))["packages"]
    licences = {
        font["source"]: packages[f"node_modules/{package_of(font['source'])}"]["license"]
        for font in ASSETS["fonts"]
    }
    assert {name for name, licence in licences.items() if "OFL-1.1" not in licence} == set()


def package_of(source: str) -> str:
    """The npm package of a path below node_modules, such as ``@fontsource/inter``."""
    parts = source.split("/")
    return "/".join(parts[: 2 if source.startswith("@") else 1])


def test_the_declared_licence_is_the_one_that_is_enclosed() -> None:
    assert PROJECT["license"] == "MIT"
    assert read("LICENSE").startswith("MIT License")
    assert "license: MIT" in read("publiccode.yml")
