"""The scripts that compute, tried by Node.js with its own runner (tests/js)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_scripts() -> None:
    # A machine without Node.js has one in the environment (requirements-node.txt).
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("Node.js is not installed")
        pytest.skip("Node.js is not installed")
    files = sorted(str(path) for path in ROOT.glob("tests/js/*.test.js"))
    assert files
    told = subprocess.run([node, "--test", *files], capture_output=True, text=True, cwd=ROOT, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
