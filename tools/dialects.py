"""Reads the sources for SQL that one of SQLite, PostgreSQL and MariaDB does not understand.

SQLAlchemy renders FILTER, NULLS LAST or any function's name for a server that lacks them without a word: the page fails
on that server only. Tests compile what they execute (tests/dialects.py); this looks at what no test executes too.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

COMMON_FUNCTIONS = {
    "aggregate_strings",
    "char_length",
    "coalesce",
    "count",
    "lower",
    "max",
    "min",
    "nullif",
    "replace",
    "row_number",
    "sum",
    "trim",
    "upper",
}
"""Functions that all three databases have under this name, or that SQLAlchemy renders for each."""

LACKING = {
    "filter": "MariaDB has no FILTER: put a CASE inside the aggregate",
    "funcfilter": "MariaDB has no FILTER: put a CASE inside the aggregate",
    "nulls_first": "MariaDB has no NULLS FIRST: order by `column.is_(None)` before",
    "nulls_last": "MariaDB has no NULLS LAST: order by `column.is_(None)` before",
    "nullsfirst": "MariaDB has no NULLS FIRST: order by `column.is_(None)` before",
    "nullslast": "MariaDB has no NULLS LAST: order by `column.is_(None)` before",
    "distinct_on": "only PostgreSQL has DISTINCT ON: number the rows with row_number()",
    "regexp_match": "regular expressions differ everywhere: like() or Python",
    "regexp_replace": "regular expressions differ everywhere: like() or Python",
    "within_group": "MariaDB and SQLite have no WITHIN GROUP",
    "tablesample": "only PostgreSQL has TABLESAMPLE",
    "lateral": "MariaDB and SQLite have no LATERAL",
    "any_": "SQLite has no ANY: in_()",
    "all_": "SQLite has no ALL: not_in()",
    "op": "an operator of one dialect: say it with what SQLAlchemy has",
    "bool_op": "an operator of one dialect: say it with what SQLAlchemy has",
}
"""Calls by name, and what to write instead."""

KEYWORDS = {
    "full": "MariaDB has no FULL JOIN",
    "skip_locked": "SQLite has no SKIP LOCKED",
    "nowait": "SQLite has no NOWAIT",
    "filter_": "MariaDB has no FILTER: put a CASE inside the aggregate",
}
WRITTEN_FOR_EACH = {
    "app/lowcode/db.py": "the statements that every dialect writes in its own way, side by side",
    "app/lowcode/document.py": "a server default",
    "app/billing/models/charges.py": "the condition of a partial index",
    "app/demo/bulk_insert.py": "plain INSERT, and what one server needs after it",
    "app/demo/payments.py": "plain UPDATE",
    "app/billing/operations/run_computation.py": "plain INSERT",
}
"""Where SQL is written as text, or for one dialect on purpose."""


def problems(source: str, *, written_for_each: bool = False) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) for each finding in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from _imported(node, written_for_each)
        if isinstance(node, ast.Call):
            yield from _called(node, written_for_each)


def _imported(node: ast.ImportFrom, written_for_each: bool) -> Iterator[tuple[int, str]]:
    names = {alias.name for alias in node.names}
    for name in sorted(names & LACKING.keys()):
        yield node.lineno, LACKING[name]
    if not written_for_each and ("text" in names or (node.module or "").startswith("sqlalchemy.dialects")):
        yield node.lineno, "SQL of one dialect: add the file to WRITTEN_FOR_EACH if every dialect has its own"


def _called(node: ast.Call, written_for_each: bool) -> Iterator[tuple[int, str]]:
    if not isinstance(node.func, ast.Attribute):
        return
    name = node.func.attr
    if isinstance(node.func.value, ast.Name) and node.func.value.id == "func":
        if name not in COMMON_FUNCTIONS:
            yield node.lineno, f"{name}() is not known to every database"
    elif name in LACKING:
        yield node.lineno, LACKING[name]
    elif name in ("join", "outerjoin", "with_for_update", "over", "select_from"):
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS and not (
                isinstance(keyword.value, ast.Constant) and not keyword.value.value
            ):
                yield node.lineno, KEYWORDS[keyword.arg]
    elif name == "exec_driver_sql" and not written_for_each:
        yield node.lineno, "SQL as text: add the file to WRITTEN_FOR_EACH if every database understands it"


def main() -> int:
    """Return the command: 0 when every database understands everything."""
    found = 0
    for path in sorted((ROOT / "app").glob("**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        for line, why in sorted(
            problems(path.read_text(encoding="utf-8"), written_for_each=name in WRITTEN_FOR_EACH)
        ):
            print(f"{name}:{line}: {why}", file=sys.stderr)
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
