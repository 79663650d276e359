"""W1: no text of ours is put together from values where it is kept or shown: the catalog would not know it."""

import ast
import re
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
HAN = re.compile(r"[\u4e00-\u9fff]")
# By file or folder: why its texts are Chinese for every reader.
CHINESE_FOR_ALL = {
    "demo": "names of a Chinese office, and what its command prints",
    "closing/audit/command.py": "printed at the terminal",
    "estate/sales_import/command.py": "printed at the terminal",
    "lowcode/commands.py": "printed at the terminal",
    "lowcode/jobs.py": "a start that is refused, at the terminal",
    "kernel/chinese_amount.py": "the law wants sums in Chinese words",
    "estate/operations/people.py": "the name of a customer, which the office may change",
    "estate/sales_import/parser/people.py": "how Chinese lists of owners separate names",
}


def test_no_chinese_in_f_strings() -> None:
    found = set()
    for path in sorted(APP.rglob("*.py")):
        where = path.relative_to(APP).as_posix()
        if where in CHINESE_FOR_ALL or where.partition("/")[0] in CHINESE_FOR_ALL:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
                if HAN.search(text):
                    found.add(f"{where}:{node.lineno} {text}")
    assert found == set()
