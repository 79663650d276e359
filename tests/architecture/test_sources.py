"""The laws of docs/architecture.md that the sources can be asked about without running them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(ROOT.glob("app/**/*.py"))
WRITTEN = [
    path
    for folder, pattern in (("app", "**/*.*"), ("tests", "**/*.py"), ("tools", "*.py"), ("bench", "**/*.py"))
    for path in sorted((ROOT / folder).glob(pattern))
    if path.suffix in (".py", ".html", ".js", ".css") and "vendor" not in path.parts
]
WALL = 500

# Where a whole table must be seen to be right: the scope itself, uniqueness, numbers, the people of the house.
UNSCOPED = {
    "app/lowcode/referrers.py": "what holds a row counts, also where the person may not see it",
    "app/lowcode/scope.py": "names the option",
    "app/lowcode/accounts.py": "reads the user of the session, before anybody's reach is known",
    "app/lowcode/views/shows.py": "the history of a row that is within reach",
    "app/lowcode/views/edit_conflict.py": "the history of a row that is within reach",
    "app/lowcode/save.py": "a name taken in a community out of reach is taken all the same",
    "app/lowcode/notices.py": "a person's own notices, wherever the person reaches by now",
    "app/lowcode/workflow/escalation.py": "the office looks at every limit, as the system",
    "app/lowcode/dictionary.py": "whether any row anywhere keeps an entry",
    "app/lowcode/lookups.py": "what a person asked for in the last hour, a number and no more",
    "app/lowcode/history.py": "what a link pointed to is named as it was called",
    "app/lowcode/attachments.py": "what hangs on a row that is within reach",
    "app/service/operations/repairs/dispatch.py": "how many orders a technician has in hand, a number and no more",
    "app/lowcode/numbers.py": "the rule of a number, whoever takes it",
    "app/estate/grants.py": "the tree that decides the reach",
    "app/estate/queries/letterhead.py": "a paper names the company, whoever may open the company's page",
    "app/estate/reach.py": "turns grants into the reach",
    "app/estate/sales_import/writer/places.py": "whether a community is there that is out of reach, and all companies",
    "app/estate/operations/places.py": "whether the office has any community or company at all",
    "app/collection/queries/receipt_print.py": "a receipt's paper names what its reader may not open",
    "app/system/operations/users.py": "people and their grants belong to no community",
    "app/system/operations/employment.py": "whose login it is, within reach or not",
    "app/system/operations/guards.py": "whether the last administrator goes",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_in(path: Path, *rooms: str) -> bool:
    """Whether a module is one of these rooms of its domain (rules.py, or anything in rules/)."""
    parts = path.relative_to(ROOT / "app").with_suffix("").parts
    return any(room in parts[:1] or room in parts[1:] for room in rooms)


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Every call's name as written, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def found(paths: list[Path], pattern: str) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{name(path)}:{line} {call}" for path in paths for call, line in calls(path) if wanted.search(call)
    ]


def test_only_the_unit_of_work_commits() -> None:
    assert found([p for p in PYTHON if name(p) != "app/lowcode/unit.py"], r"\.commit$") == []


def test_only_the_clock_knows_what_time_it_is() -> None:
    asking = r"(^|\.)(today|now|utcnow)$|^time\.time$"
    other = [p for p in PYTHON if name(p) != "app/lowcode/clock.py"]
    assert [one for one in found(other, asking) if not re.search(r" clock\.(today|now)$", one)] == []


def test_rules_are_told_the_date() -> None:
    pure = [p for p in PYTHON if is_in(p, "kernel", "rules", "states")]
    assert pure
    assert found(pure, r"(^|\.)(today|now|utcnow)$") == []


def test_no_float_touches_money() -> None:
    rooms = [p for p in PYTHON if is_in(p, "kernel", "rules", "states", "models", "operations", "queries")]
    assert found(rooms, r"^float$") == []


def test_unscoped_reads_stand_in_known_files_only() -> None:
    naming = {name(p) for p in PYTHON if re.search(r"\bUNSCOPED\b", p.read_text(encoding="utf-8"))}
    assert naming - {"app/lowcode/unit.py"} == set(UNSCOPED)


@pytest.mark.parametrize(
    "word", ["util", "utils", "helper", "helpers", "misc", "common", "service", "services"]
)
def test_no_module_has_a_name_that_says_nothing(word: str) -> None:
    # app/service is 客服, a room of the house.
    assert [name(p) for p in WRITTEN if p.stem == word and p.parent.name != "app"] == []


def test_no_file_is_longer_than_the_wall() -> None:
    lengths = {name(p): len(p.read_text(encoding="utf-8").splitlines()) for p in WRITTEN}
    assert {path: lines for path, lines in lengths.items() if lines > WALL} == {}


def test_operations_take_the_session_and_open_no_unit() -> None:
    # A job opens one unit for each piece that it may repeat.
    operations = [p for p in PYTHON if is_in(p, "operations") and p.stem != "jobs"]
    assert operations
    assert found(operations, r"^(in_)?unit_of_work$") == []


def test_no_update_sets_a_state_behind_the_guard() -> None:
    """`update(…).values(state=…)` passes the session by; only the engine's own jobs, which have no machine, do so."""
    wrong = {
        name(path)
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".values")
        if any(keyword.arg == "state" for keyword in node.keywords)
    }
    assert wrong == {"app/lowcode/jobs.py"}
