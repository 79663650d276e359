"""Every fault that use and attack found has a test that names it, or stands among those that are still open."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTS = ROOT / "tests" / "data" / "faults.txt"
OPEN = {
    "S1": "one box that fills a registration",
}
NAMED = re.compile(r"\b([ADEILMSWXZ][0-9]{1,2})\b")


def named_in_docstrings() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path == Path(__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.update(NAMED.findall(ast.get_docstring(node) or ""))
    return found


def test_every_fault_has_a_test_or_is_open() -> None:
    faults = set(FAULTS.read_text(encoding="utf-8").split())
    assert set(OPEN) <= faults
    assert faults - named_in_docstrings() - set(OPEN) == set()
