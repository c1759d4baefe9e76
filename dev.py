#!/usr/bin/env python3
"""Install what is missing, then run, test or measure formsvc; Python's own library is enough.

python3 dev.py run [--port 8000]    the service, with invented people to try it on
python3 dev.py test [...]           every check that CI makes; what follows goes to pytest
python3 dev.py bench [--node ...]   how fast it is, beside others
python3 dev.py fill consent ...     any other word goes to the command line of formsvc
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
#: what WeasyPrint draws PDFs with, and the Debian and Ubuntu packages that hold it
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
#: an installation is stale when one of these has changed
INPUTS = ("pyproject.toml", "constraints.txt", "package-lock.json", "assets.json", "hatch_build.py")
#: what the words of the terminal need besides the service
EXTRAS = {"test": "test", "bench": "bench"}
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("djlint", "--lint", "formsvc/templates"),
)
#: the tests are dealt to the machine's cores; who is done first takes over from the others. Each
#: process has a database server and a browser of its own, so four are enough
SPREAD = ("-n", "logical", "--maxprocesses", "4", "--dist", "worksteal")


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def has_library(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def install_system_packages() -> None:
    """With apt and the right to use it; otherwise say what to type, and go on without PDFs."""
    missing = [package for name, package in LIBRARIES.items() if not has_library(name)]
    venv_missing = importlib.util.find_spec("ensurepip") is None  # Debian keeps it apart
    if venv_missing:
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if not missing or not sys.platform.startswith("linux"):
        return
    apt = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may = shutil.which("apt-get") and (
        not become_root
        or (shutil.which("sudo") and subprocess.run([*become_root, "true"]).returncode == 0)
    )
    if may:
        say(f"Installing system packages: {' '.join(missing)}")
        environment = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive"]
        subprocess.run([*environment, "apt-get", "update", "-q"], stdout=subprocess.DEVNULL)
        if subprocess.run([*environment, *apt], stdout=subprocess.DEVNULL).returncode == 0:
            return
    say("Some system packages are missing. Type this once (or the like of your system):")
    print(f"    sudo apt-get update && sudo {shlex.join(apt)}", flush=True)
    if venv_missing:
        sys.exit("Without the last of them there is no virtual environment to install into.")
    say("Going on without PDFs.")


def inputs_sum() -> str:
    catalogues = sorted(ROOT.glob("formsvc/translations/*/LC_MESSAGES/*.po"))
    parts = [sys.version.encode(), bytes(ROOT)]
    parts += [path.read_bytes() for path in (*(ROOT / name for name in INPUTS), *catalogues)]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def install(extra: str = "") -> None:
    """Bring .venv up to date with the checkout; when it is, this takes no time."""
    wanted = inputs_sum()
    enough = {extra} if extra else {"", *EXTRAS.values()}
    stamps = {name: VENV / f"installed-{name or 'alone'}" for name in enough}
    assets = ROOT / "formsvc" / "static" / "vendor" / "manifest.json"
    if assets.exists() and any(s.exists() and s.read_text() == wanted for s in stamps.values()):
        return
    install_system_packages()
    python = BIN / "python"
    if not python.exists() or subprocess.run([python, "-c", "import pip"]).returncode:
        say(f"Making {VENV}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    say("Installing formsvc and what it needs (about a minute the first time)")
    package = f"{ROOT}[{extra}]" if extra else str(ROOT)
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), "-e", package]).returncode:
        sys.exit("The installation failed; the reason stands above.")
    stamps[extra].write_text(wanted)


def become(program: str, *arguments: str) -> NoReturn:
    """Hand over to a program of .venv, which then gets Ctrl+C and leaves its own exit code."""
    os.execv(BIN / program, [str(BIN / program), *arguments])  # noqa: S606 - no shell is wanted


def test(pytest_arguments: list[str]) -> NoReturn:
    os.chdir(ROOT)
    for check in CHECKS:
        say(" ".join(check))
        if subprocess.run([BIN / check[0], *check[1:]]).returncode:
            sys.exit(f"==> Stopped: {' '.join(check)} found the faults above; no test was run.")
    say("pytest")
    become("python", "-m", "pytest", *SPREAD, *pytest_arguments)


def main(arguments: list[str]) -> NoReturn:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is met before any check of versions
        sys.exit("formsvc needs Python 3.11 or newer.")
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        sys.exit()
    word, *rest = arguments
    install(EXTRAS.get(word, ""))
    if word == "test":
        test(rest)
    if word == "bench":
        os.chdir(ROOT)
        become("python", "-m", "benchmarks", *rest)
    os.environ.setdefault("FORMSVC_DATA", str(ROOT / "data"))
    if not {"FORMSVC_DEMO", "FORMSVC_SECRET_KEY", "FORMSVC_SECRET_KEY_FILE"} & set(os.environ):
        os.environ["FORMSVC_DEMO"] = "1"
    become("formsvc", word, *rest)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
