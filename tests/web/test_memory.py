"""What the service takes of the machine's memory, and gives back."""

from __future__ import annotations

import platform
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from formsvc.operations import demo
from tests.web.running import Running, running

#: what checking passwords may leave; each check takes 19 MiB, and two threads would keep as much
LEFT = 12


def resident(service: Running) -> int:
    """The megabytes that a service's process takes."""
    told = Path(f"/proc/{service.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", told)
    assert found
    return int(found[1]) // 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc only")
def test_the_memory_of_passwords_is_given_back(tmp_path: Path) -> None:
    with running(tmp_path, "--no-worker") as service:
        somebody = demo.LOG_INS[0]

        def log_in(_number: int, password: str = somebody.password) -> int:
            form = service.form_of("/login")
            return form.send({"email": somebody.email, "password": password})[0].status

        # everything that a log-in needs is there, but for a password that is looked at
        assert log_in(0, password="") == 422
        before = resident(service)
        with ThreadPoolExecutor(4) as crowd:
            assert list(crowd.map(log_in, range(12))) == [303] * 12
        left = resident(service) - before
        assert left < LEFT
