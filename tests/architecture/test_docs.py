"""What the documentation names is there: linked files, paths in backticks, make targets, the drawings of states."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.billing.states import RUN_MACHINE
from app.collection.states import RECEIPT_MACHINE
from app.demo.staff import CAST
from app.estate.sales_import.command import import_sales_command
from app.kernel.machines import Machine
from tools.workflows import page as workflows_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
# Something of ours: it begins with a folder of the project, or is one of the files at its top.
PATH = re.compile(
    r"(?:app|bench|docs|migrations|tests|tools|translations|\.ci)/[\w./\-]*|[\w\-]+\.(?:py|toml|txt|json|md)"
)
# What is made when it is used, or is somebody else's.
MADE = {"app/static/vendor", "migrations/versions"}


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def paths_of(page: Path) -> Iterator[str]:
    """Every path of the project that the page names in backticks."""
    for code in CODE.findall(prose(page)):
        word = code.split()[0]
        if PATH.fullmatch(word):
            yield word.rstrip("/")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(prose(page)) if not re.match(r"\w+:|#", link)]
    assert [link for link in links if not (page.parent / link.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_paths_in_backticks_exist(page: Path) -> None:
    """From the project's top, or beside the page, or (a file's name alone) anywhere among the sources."""
    found = [path for path in paths_of(page) if path not in MADE]
    assert [path for path in found if not exists(path, page)] == []


def exists(path: str, page: Path) -> bool:
    if (ROOT / path).exists() or (page.parent / path).exists():
        return True
    return "/" not in path and any(ROOT.glob(f"app/**/{path}"))


def test_the_pages_name_paths_at_all() -> None:
    """A pattern that finds nothing would find no mistake either."""
    assert len({path for page in PAGES for path in paths_of(page)}) > 40
    assert not exists("app/lowcode/nowhere.py", PAGES[0])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(
        re.findall(r"(?:^|`)(?:\w+=\S+ )*make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named - targets == set()


@pytest.mark.parametrize("machine", [RUN_MACHINE, RECEIPT_MACHINE], ids=["run", "receipt"])
def test_the_states_are_drawn_as_their_table_says(machine: Machine[Any]) -> None:
    drawn = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{machine.mermaid()}```" in drawn


def test_the_workflows_are_drawn_as_they_are_declared() -> None:
    drawn = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")
    assert drawn == workflows_page(), "run `make workflows`"


def test_operating_names_every_environment_variable() -> None:
    read = {*asked_of_settings(), *asked_elsewhere()}
    rows = re.findall(
        r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "operating.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(rows) == read


def asked_of_settings() -> set[str]:
    """What config.py asks the environment for."""
    source = (ROOT / "config.py").read_text(encoding="utf-8")
    return set(re.findall(r'environ\.get\("([A-Z_]+)"', source))


def asked_elsewhere() -> set[str]:
    """What the rest of the product asks for when it starts."""
    sources = [ROOT / "run.py", *ROOT.glob("app/**/*.py")]
    return {
        found
        for source in sources
        for found in re.findall(r'os\.environ(?:\.get\(|\[)"([A-Z_]+)"', source.read_text(encoding="utf-8"))
    }


def test_the_tour_names_the_cast_and_the_commands_options() -> None:
    tour = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [one.login for one in CAST if f"| `{one.login}` | {one.role}" not in tour] == []
    options = {option for parameter in import_sales_command.params for option in parameter.opts}
    assert set(re.findall(r"import-sales \S+ (--[\w-]+)", tour)) <= options
