"""The office as a process: starts on an empty folder, serves, tells the first password once, stops when told."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 60.0


class Started:
    """A running office and what it has said."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port
        self.said = ""

    def wait_until_ready(self) -> None:
        """Read its lines until it names its address."""
        until = time.monotonic() + STARTS_WITHIN
        assert self.process.stdout is not None
        while f":{self.port}/" not in self.said:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))
            # From the pipe itself: a buffered reader would keep a second line to itself, and this one wait for it.
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert piece, f"did not start: {self.said}"
            self.said += piece.decode(errors="replace")

    def answer(self, path: str) -> tuple[int, str, str]:
        """(status, where it leads, body) of a GET."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.getheader("Location") or "", response.read().decode()
        finally:
            connection.close()

    def stop(self, how: signal.Signals) -> int:
        """Tell it to stop; its exit code."""
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=30)
        self.said += rest.decode()
        return self.process.returncode


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def office(folder: Path, **environ: str) -> Iterator[Started]:
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "run.py"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**kept, "INSTANCE_DIR": str(folder), "PORT": str(port), "DEMO": "0", "PYTHONUTF8": "1", **environ},
    )  # fmt: skip
    started = Started(process, port)
    try:
        started.wait_until_ready()
        yield started
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


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
