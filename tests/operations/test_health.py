"""What the doctor says of the place that the service runs in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from formsvc import config
from formsvc.config import OPEN_FILES
from formsvc.operations import health


def told(what: str) -> health.Finding:
    return next(finding for finding in health.findings() if finding.what == what)


@pytest.mark.parametrize("most", [OPEN_FILES - 1, OPEN_FILES])
def test_the_doctor_tells_of_too_few_open_files(tmp_path: Path, most: int) -> None:
    # a limit that is lowered cannot be raised again: in a process of its own
    code = (
        f"import resource as r; r.setrlimit(r.RLIMIT_NOFILE, ({most}, {most}));"
        "from formsvc.cli import main; main(['doctor', '--json'])"
    )
    environment = {"FORMSVC_DEMO": "1", "FORMSVC_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    finding = next(each for each in json.loads(said.stdout) if each["what"] == "Open files")
    assert finding["ok"] == (most == OPEN_FILES)
    assert str(OPEN_FILES) in finding["mend"]


@pytest.mark.parametrize(
    ("address", "demo", "ok"),
    [("", "", False), ("https://skjema.no", "", True), ("", "1", True)],
)
def test_the_doctor_tells_of_links_that_begin_with_what_a_visitor_says(
    monkeypatch: pytest.MonkeyPatch, address: str, demo: str, *, ok: bool
) -> None:
    for name, text in (("ADDRESS", address), ("DEMO", demo), ("SECRET_KEY", "k" * 40)):
        monkeypatch.setenv(f"FORMSVC_{name}", text)
    config.settings.cache_clear()
    finding = told("The address of the service")
    assert finding.ok == ok
    assert "FORMSVC_ADDRESS" in finding.mend
    config.settings.cache_clear()


@pytest.mark.parametrize(
    ("proxies", "https", "demo", "ok"),
    [
        ("0", "1", "", False),
        ("1", "1", "", True),
        ("0", "0", "", True),
        ("0", "1", "1", True),
    ],
)
def test_the_doctor_tells_of_a_proxy_that_nobody_believes(
    monkeypatch: pytest.MonkeyPatch, proxies: str, https: str, demo: str, *, ok: bool
) -> None:
    for name, text in (("PROXIES", proxies), ("HTTPS", https), ("DEMO", demo)):
        monkeypatch.setenv(f"FORMSVC_{name}", text)
    monkeypatch.setenv("FORMSVC_SECRET_KEY", "k" * 40)
    config.settings.cache_clear()
    assert told("The proxy that takes TLS").ok == ok
    config.settings.cache_clear()
