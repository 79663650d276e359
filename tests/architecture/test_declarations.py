"""What sources declare: every label is a message id, every right that is named exists, no column stands there twice."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.lowcode.permissions import known_pairs

ROOT = Path(__file__).resolve().parents[2]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "app").glob("**/*.py"))
}
RIGHTS = {"may", "needs", "require"}


def rights(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(verb, document) of every call that names both."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] not in RIGHTS:
            continue
        given = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if len(given) == len(node.args) == 2:
            yield str(given[0]), str(given[1])


def repeated(tree: ast.Module) -> Iterator[str]:
    """`Class.attribute` of what a class body assigns more than once: the first is lost without a word."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        names = [
            one.target.id
            for one in node.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value is not None
        ]
        yield from sorted({f"{node.name}.{name}" for name in names if names.count(name) > 1})


def test_every_right_that_a_source_names_exists(app: Flask) -> None:
    """E1: may("raed", "Room") would be a button that nobody ever sees."""
    known = set(known_pairs(app))
    wrong = {f"{path}: {pair}" for path, tree in TREES.items() for pair in rights(tree) if pair not in known}
    assert wrong == set()


def test_no_class_declares_a_column_twice() -> None:
    """E1: duplicates."""
    assert [f"{path}: {name}" for path, tree in TREES.items() for name in repeated(tree)] == []
    assert list(repeated(ast.parse("class A:\n    a: int = 1\n    b: int = 2\n    a: int = 3"))) == ["A.a"]
