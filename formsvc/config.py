"""The settings of an installation: given by whoever starts it, or read from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from formsvc.errors import MissingSetting

PACKAGE = Path(__file__).parent

#: files that a serving process wants to hold open: two for each of its connections, and its own
OPEN_FILES = 2000


@dataclass(frozen=True)
class Settings:
    """Everything that differs between two installations; each field is one FORMSVC_ variable."""

    #: FORMSVC_DEMO=1: demo people and log-ins, synthetic identity numbers only, no secret needed
    demo: bool = False
    #: FORMSVC_SECRET_KEY, or the path of a file that holds it in FORMSVC_SECRET_KEY_FILE
    secret_key: str = ""
    #: FORMSVC_SECRET_KEY_OLD, or …_FILE with one a line: earlier ones, until `rotate-keys` is done
    older_keys: tuple[str, ...] = ()
    #: FORMSVC_DATA: the folder of the embedded database, and of the forms that were drawn
    data: Path = Path("data")
    #: FORMSVC_DATABASE_URL: an SQLAlchemy URL; the embedded database when empty
    database_url: str = ""
    #: FORMSVC_PROFILE: the municipality's own TOML, laid over the shipped one
    profile: Path | None = None
    #: FORMSVC_TEMPLATES: the municipality's own Word and PDF templates, laid over the shipped ones
    templates: Path | None = None
    #: FORMSVC_ADDRESS: where people reach the service, without a slash at its end; one-time links
    #: begin with it, and with what the request says where it is empty
    address: str = ""
    #: FORMSVC_HTTPS=0 only where the service is tried without TLS; cookies are then not Secure
    https: bool = True
    #: FORMSVC_PROXIES: how many proxies stand before the service and tell who is asking
    proxies: int = 0

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'formsvc.sqlite3'}"

    def secret(self) -> str:
        """The secret key.

        :raises MissingSetting: outside demo mode when none is given, or when it is too short.
        """
        if len(self.secret_key) >= 32:
            return self.secret_key
        if self.demo:
            return "demo: this key is public, so demo mode holds invented people only"
        raise MissingSetting(
            "FORMSVC_SECRET_KEY is missing or shorter than 32 characters. Make one with"
            " `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` and keep it safe:"
            " stored papers cannot be read without it. To try the service: FORMSVC_DEMO=1."
        )

    def environment(self) -> dict[str, str]:
        """The variables that tell another process what papers look like here, wherever it stands.

        >>> Settings(demo=True, data=Path("/srv")).environment()["FORMSVC_DATA"]
        '/srv'
        """
        return {
            "FORMSVC_DATA": str(self.data.absolute()),
            "FORMSVC_DEMO": "1" if self.demo else "0",
            "FORMSVC_PROFILE": str(self.profile.absolute()) if self.profile else "",
            "FORMSVC_TEMPLATES": str(self.templates.absolute()) if self.templates else "",
        }

    def masters(self) -> tuple[str, ...]:
        """The secret key and the earlier ones, the newest first.

        :raises MissingSetting: when one is missing or too short.
        """
        if any(len(key) < 32 for key in self.older_keys):
            raise MissingSetting(
                "FORMSVC_SECRET_KEY_OLD has a key that is shorter than 32 characters. Separate"
                " several keys by spaces; one that has spaces itself stands on a line of its own"
                " in the file that FORMSVC_SECRET_KEY_OLD_FILE names."
            )
        return (self.secret(), *self.older_keys)


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment.

    :raises MissingSetting: naming a variable that cannot be read.

    >>> read({"FORMSVC_DEMO": "1"}).demo
    True
    """
    key_file = environ.get("FORMSVC_SECRET_KEY_FILE")
    key = _read_key(Path(key_file)) if key_file else environ.get("FORMSVC_SECRET_KEY", "")
    old_file = environ.get("FORMSVC_SECRET_KEY_OLD_FILE")
    old = environ.get("FORMSVC_SECRET_KEY_OLD", "").split()
    if old_file:
        old = _read_key(Path(old_file), "FORMSVC_SECRET_KEY_OLD_FILE").splitlines()
    profile, templates = environ.get("FORMSVC_PROFILE"), environ.get("FORMSVC_TEMPLATES")
    demo = environ.get("FORMSVC_DEMO", "") not in ("", "0")
    return Settings(
        demo=demo,
        secret_key=key,
        older_keys=tuple(line.strip() for line in old if line.strip()),
        data=Path(environ.get("FORMSVC_DATA", "data")),
        database_url=environ.get("FORMSVC_DATABASE_URL", ""),
        profile=Path(profile) if profile else None,
        templates=Path(templates) if templates else None,
        address=_address("FORMSVC_ADDRESS", environ.get("FORMSVC_ADDRESS", "")),
        proxies=_number("FORMSVC_PROXIES", environ.get("FORMSVC_PROXIES", "0")),
        https=environ.get("FORMSVC_HTTPS", "0" if demo else "1") not in ("", "0"),
    )


def _read_key(file: Path, name: str = "FORMSVC_SECRET_KEY_FILE") -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise MissingSetting(
            f"{name} points at {file}, which cannot be read"
            f" ({type(error).__name__}). Give the path of a text file that holds the key."
        ) from None


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise MissingSetting(f"{name} is «{text}». Give a number, such as 1.")
    return int(text)


def _address(name: str, text: str) -> str:
    # at worst a link that leads nowhere: what is refused is what people mistype
    if text and not re.fullmatch(r"https?://[^\s/?#@]+[^\s?#@]*", text):
        raise MissingSetting(f"{name} is «{text}». Give one such as https://skjema.kommune.no.")
    return text.rstrip("/")


@cache
def settings() -> Settings:
    """The settings of this process, from its environment: for the edges, which hand them on."""
    return read(os.environ)


_current: ContextVar[Settings | None] = ContextVar("settings", default=None)


def current() -> Settings:
    """The settings of the installation at work: what its edge was given, else the environment's."""
    return _current.get() or settings()


@contextmanager
def using(given: Settings) -> Iterator[None]:
    """Let an installation of these settings be at work within the block.

    A thread that is started there does not follow: it is an edge, and uses them itself.

    >>> with using(Settings(proxies=3)):
    ...     current().proxies
    3
    """
    token = _current.set(given)
    try:
        yield
    finally:
        _current.reset(token)


#: the templates that come with the service: a wheel carries them inside the package, a checkout
#: has them at its top
SHIPPED = next(
    folder
    for folder in (PACKAGE / "docx_templates", PACKAGE.parent / "docx_templates")
    if folder.is_dir() or folder.parent != PACKAGE
)


def own_template(name: str) -> Path | None:
    """The municipality's own template of that name, if it has one."""
    folder = current().templates
    return folder / name if folder and (folder / name).is_file() else None
