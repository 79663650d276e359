"""The office as a process: starts on an empty folder, serves, tells the first password once, stops when told."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.started import ROOT, office


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_starts_on_an_empty_folder_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    with office(tmp_path) as first:
        password = re.search(r"密码.([\w-]{12,})", first.said)
        assert password is not None
        status, where, _ = first.answer("/")
        assert (status, where.startswith("/login/")) == (302, True)
        assert 'lang="zh-CN"' in first.answer("/login/")[2]
        assert first.stop(how) == 0
        assert "Traceback" not in first.said

    with office(tmp_path) as second:
        assert "密码" not in second.said
        assert second.answer("/login/")[0] == 200
        assert second.stop(how) == 0


def test_a_given_password_is_not_printed(tmp_path: Path) -> None:
    with office(tmp_path, ADMIN_PASSWORD="Wuye-2025-x") as started:
        assert "Wuye-2025-x" not in started.said
        assert "ADMIN_PASSWORD" in started.said


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with office(tmp_path) as first:
        other = subprocess.run(
            [sys.executable, "run.py"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "INSTANCE_DIR": str(tmp_path), "PORT": str(first.port), "DEMO": "0", "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert other.returncode == 1
        assert str(first.port) in other.stderr
        assert "Traceback" not in other.stderr
