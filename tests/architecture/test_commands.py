"""The Makefile's targets explain themselves, and the commit hooks run what `make check` runs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z][\w-]*):(?!=)", MAKEFILE, re.MULTILINE)


def recipe(target: str) -> list[str]:
    """The commands of a target, its variables filled in."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None
    values = dict(re.findall(r"^(\w+) [:?]?= *(.*)$", MAKEFILE, re.MULTILINE))
    lines = [line.strip() for line in found[1].splitlines()]
    return [re.sub(r"\$\((\w+)\)", lambda name: values[name[1]], line) for line in lines]


def test_help_names_every_target() -> None:
    """E6: `make help` names every target."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    told = subprocess.run(["make", "help"], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    named = re.findall(r"^  make ([\w-]+) +\S", told, re.MULTILINE)
    assert sorted(named) == sorted(TARGETS)


def test_every_target_is_declared_as_no_file() -> None:
    declared = re.findall(r"^\.PHONY:(.*)$", MAKEFILE, re.MULTILINE)
    assert sorted(" ".join(declared).split()) == sorted(TARGETS)


def test_the_hooks_run_what_make_check_runs() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    assert {(hook["language"], hook["pass_filenames"]) for hook in repository["hooks"]} == {("system", False)}
    assert [hook["entry"] for hook in repository["hooks"]] == recipe("check")
