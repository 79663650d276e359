"""What is registered is kept by the app's engine: no module of app/ keeps it for the whole process."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.lowcode.engine import KEY, Engine, engine_of

ROOT = Path(__file__).resolve().parents[2]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "app").glob("**/*.py"))
}
MAKERS = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque", "WeakKeyDictionary"}
CHANGING = {
    "add",
    "append",
    "appendleft",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "remove",
    "setdefault",
    "update",
}
SHARED = {
    "app/lowcode/document.py documents": "the mapped classes by name: a class has one table whatever app looks at it",
}
"""What two apps share rightly, because it belongs to classes."""

FRAMEWORKS = {"appbuilder", "babel", "csrf", "flask-jwt-extended", "migrate", "sqlalchemy"}
"""Keys of `app.extensions` that the frameworks write."""


def held_by(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """(name, whether it begins empty) of each dict, list and set that a module keeps."""
    for node in tree.body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        value = getattr(node, "value", None)
        is_made = isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in MAKERS
        if not is_made and not isinstance(
            value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp
        ):
            continue
        is_empty = ast.unparse(value) in ("{}", "[]") or (is_made and not getattr(value, "args", ()))
        yield from ((one.id, is_empty) for one in targets if isinstance(one, ast.Name))


def changed_in(tree: ast.Module) -> Iterator[str]:
    """Each `name` or `module.name` whose contents some statement of the file changes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            yield ast.unparse(node.value)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING
        ):
            yield ast.unparse(node.func.value)
        elif isinstance(node, ast.Global):
            yield from node.names


def hidden_in(tree: ast.Module) -> set[str]:
    """Names that a function of the file assigns: inside it they are no module's."""
    return {
        one.id
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for one in ast.walk(function)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }


def registries(trees: dict[str, ast.Module]) -> set[str]:
    """`file name` of every collection of a module that begins empty, or that some file changes."""
    inside, outside = {}, set()
    for path, tree in trees.items():
        changed = set(changed_in(tree)) - hidden_in(tree)
        inside[path] = changed
        imported = {
            alias.asname or alias.name: alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for one in changed:
            first, _dot, attribute = one.partition(".")
            if first in imported:
                outside.add(attribute or imported[first])
    return {
        f"{path} {name}"
        for path, tree in trees.items()
        for name, is_empty in held_by(tree)
        if is_empty or name in inside[path] or name in outside
    }


def test_no_module_keeps_a_registry() -> None:
    assert registries(TREES) == set(SHARED)


def test_a_registry_is_found_however_it_is_filled() -> None:
    trees = {
        "owner": "empty: dict[str, int] = {}\nkinds = {'a': 1}\nfirst = ['a']\nfixed = ('a',)\nread = ['b']\n",
        "importer": "from app.owner import kinds as known\nknown['b'] = 2\n",
        "other": "from app import owner\nowner.first.append('b')\nprint(owner.read[0])\n",
        "own": "steps = ['a']\ndef register(one):\n    steps.append(one)\n",
        "inner": "steps = ['a']\ndef count():\n    steps = list(steps_of())\n    steps.append(1)\n",
    }
    found = registries({path: ast.parse(text) for path, text in trees.items()})
    assert found == {"owner empty", "owner kinds", "owner first", "own steps"}


def test_the_app_keeps_one_object_of_ours(app: Flask) -> None:
    assert set(app.extensions) - FRAMEWORKS == {KEY}
    assert isinstance(engine_of(app), Engine)


def test_the_engine_is_found_through_its_accessor_alone() -> None:
    asked = {
        f"{path} {ast.unparse(node)}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".extensions")
    }
    allowed = ("app/lowcode/engine.py app.extensions[KEY]", ".extensions['appbuilder']")
    assert [one for one in sorted(asked) if not one.endswith(allowed)] == []


def test_the_engine_imports_nothing_of_ours_when_it_runs() -> None:
    """Everything above it reads it; import-linter leaves its imports for the type checker out."""
    tree = TREES["app/lowcode/engine.py"]
    running = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in running if "app." in ast.unparse(node)] == []
    guarded = [node for node in tree.body if isinstance(node, ast.If)]
    assert [ast.unparse(node.test) for node in guarded] == ["TYPE_CHECKING"]
