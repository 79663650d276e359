"""A view that reads JSON says so: unmarked, every request to it would be refused as a form of the wrong kind."""

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
READERS = {"get_json", "_json"}


def views() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{path.name}:{node.name}", node)
        for path in APP.rglob("views/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any("expose" in ast.unparse(mark) for mark in node.decorator_list)
    ]


def reads_json(view: ast.FunctionDef) -> bool:
    calls = (node.func for node in ast.walk(view) if isinstance(node, ast.Call))
    return any(
        (isinstance(call, ast.Attribute) and call.attr in READERS)
        or (isinstance(call, ast.Name) and call.id in READERS)
        for call in calls
    )


def test_a_view_that_reads_json_is_marked() -> None:
    """X9: and none is marked that reads none."""
    marked = {
        name
        for name, view in views()
        if any(ast.unparse(mark) == "takes_json" for mark in view.decorator_list)
    }
    reading = {name for name, view in views() if reads_json(view)}
    assert reading == marked
    assert len(reading) > 4
