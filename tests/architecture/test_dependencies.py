"""docs/dependencies.md, pyproject.toml and the sources name the same packages."""

import ast
import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from config import DRIVERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
FRONT_END = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNNING = [
    *sorted(ROOT.glob("app/**/*.py")),
    ROOT / "run.py",
    ROOT / "config.py",
    ROOT / "tools" / "translations.py",
]
# Named although nothing of ours imports them: SQLAlchemy loads the drivers by the database's URL, …
LOADED_BY_NAME = {url.partition("+")[2] for url in DRIVERS.values()} - {""}
# … and these keep Flask-AppBuilder to what it works with.
HELD_BACK = {"marshmallow", "marshmallow-sqlalchemy"}


def named(asked_for: list[str]) -> list[str]:
    return [re.split(r"[\[<>=!~ ]", one)[0] for one in asked_for]


def explained(section: str) -> list[str]:
    """The packages of a section's table, each with a reason."""
    table = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]{10,}|why) \|$", table, re.MULTILINE)
    return [package for package, _why in rows[1:]]


@pytest.mark.parametrize(
    ("section", "packages"),
    [
        ("For running", named(PROJECT["dependencies"])),
        ("For developing", named(PROJECT["optional-dependencies"]["dev"])),
        ("Front end", list(FRONT_END["dependencies"])),
        ("Front end, for developing", list(FRONT_END["devDependencies"])),
    ],
)
def test_every_package_is_named_with_its_reason(section: str, packages: list[str]) -> None:
    assert explained(section) == packages


def test_the_lock_file_names_no_place_of_download() -> None:
    """npm then asks the registry that the machine is set to, wherever the file was made."""
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, one in locked.items() if "resolved" in one] == []


def test_what_the_office_imports_is_what_it_asks_for() -> None:
    distributions = metadata.packages_distributions()
    imported = {
        name.lower().replace("_", "-")
        for module in modules(RUNNING)
        if module not in sys.stdlib_module_names and module not in ("app", "config")
        for name in distributions[module][:1]
    }
    assert imported == set(named(PROJECT["dependencies"])) - LOADED_BY_NAME - HELD_BACK


def modules(paths: list[Path]) -> set[str]:
    """The top-level modules that the sources import."""
    found = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found
