"""The office as a process of its own: run.py on a free port, as a person would start it."""

import os
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

ROOT = Path(__file__).resolve().parents[1]
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
def office(folder: Path, *, root: Path = ROOT, **environ: str) -> Iterator[Started]:
    """The office of the project in `root`, with its data in `folder`; killed at the end if nobody stopped it."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "run.py"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # a process group of its own, which a test may kill whole
        env={
            **kept,
            "INSTANCE_DIR": str(folder),
            "PORT": str(port),
            "DEMO": "0",
            "PYTHONUTF8": "1",
            **environ,
        },
    )
    started = Started(process, port)
    try:
        started.wait_until_ready()
        yield started
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
