"""What sources declare: every label is a message id, every right that is named exists, no column stands there twice."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.lowcode.permissions import known_pairs
from app.system.roles import declared_pairs
from tests.journeys.form_values import FILLERS, OWN, rules
from tests.journeys.rights import RIGHTS as WRITTEN_BY_HAND, asked_by

ROOT = Path(__file__).resolve().parents[2]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "app").glob("**/*.py"))
}
TEMPLATES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "app").glob("**/*.html")))
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


def misnamed(tree: ast.Module) -> Iterator[str]:
    """`Class.name` of what a class's docstring explains that the class does not have."""
    for node in ast.walk(tree):
        text = ast.get_docstring(node) if isinstance(node, ast.ClassDef) else None
        if not isinstance(node, ast.ClassDef) or text is None:
            continue
        inside = [one for part in node.body for one in ast.walk(part)]
        names = {one.id for one in inside if isinstance(one, ast.Name)}
        names |= {one.name for one in inside if isinstance(one, ast.FunctionDef)}
        names |= {one.arg for one in inside if isinstance(one, ast.arg)}
        # The parameters of a call that the docstring shows.
        names |= set(re.findall(r"\w+", " ".join(re.findall(r"`\w+\(([^`]*)\)`", text))))
        said = re.findall(
            r"`([a-z_]+)(?:\([^`]*\))?`(?=:| (?:adds|says|are|is|gives|judges|begins|counts)\b)", text
        )
        yield from (f"{node.name}.{name}" for name in said if name not in names)


def test_a_docstring_explains_what_its_class_has() -> None:
    """E6: `Entry.hooks` and `buttons(row)` were explained, and there were none."""
    assert [f"{path}: {name}" for path, tree in TREES.items() for name in misnamed(tree)] == []
    lie = ast.parse(
        'class A:\n    """Do.\n\n    `hooks`: x; `buttons(row)` adds y; `a` is z.\n    """\n    a: int = 1'
    )
    assert list(misnamed(lie)) == ["A.hooks", "A.buttons"]


def unused(trees: dict[str, ast.Module], texts: list[str]) -> list[str]:
    """`file name` of every function, class and constant of a module whose name stands nowhere else."""
    counts = Counter(word for text in texts for word in re.findall(r"\w+", text))
    found = []
    for path, tree in trees.items():
        for node in tree.body:
            names: list[str] = []
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [one.id for one in node.targets if isinstance(one, ast.Name)]
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                names = [node.target.id]
            found += [f"{path} {name}" for name in names if counts[name] == 1 and not name.startswith("__")]
    return found


def test_nothing_is_declared_that_nobody_names() -> None:
    """E6: no dead `operator_label`, `target_spec` or `labels`."""
    folders = ("app", "tools", "bench", "migrations", "tests")
    sources = [path for folder in folders for path in sorted((ROOT / folder).glob("**/*.py"))]
    sources += [ROOT / "run.py", ROOT / "config.py"]
    texts = [path.read_text(encoding="utf-8") for path in sources if path != Path(__file__)]
    assert unused(TREES, [*texts, TEMPLATES]) == []
    trees = {"a": ast.parse("def kept(): ...\ndef dead(): ...\nLOST = 1")}
    assert unused(trees, ["def kept(): ...", "def dead(): ...", "LOST = 1", "kept()"]) == ["a dead", "a LOST"]


def test_every_address_is_visited_by_the_walks(app: Flask) -> None:
    """E6: `make check` tells what the journeys would refuse: an address that no walk knows how to ask for."""
    missing = [
        f"{method} {rule.rule}: a line in OWN of tests/journeys/own_views.py"
        for rule, method in rules(app)
        if (rule.endpoint, method) not in OWN
        and (
            not hasattr(getattr(app.view_functions[rule.endpoint], "__self__", None), "spec")
            or (rule.endpoint.rpartition(".")[2], method) not in FILLERS
        )
    ]
    assert missing == []
    unknown = [
        f"{method} {rule.rule}"
        for rule, method in rules(app)
        if asked_by(rule.rule, method, rule.rule) is None
    ]
    assert unknown == [], "a line in tests/journeys/rights.py"


def test_the_roles_are_those_of_the_hand_written_table() -> None:
    """E6: so does a right that only one of the two tables gives."""
    declared = {role: set(pairs) for role, pairs in declared_pairs().items()}
    assert declared.keys() == WRITTEN_BY_HAND.keys()
    parted = {role: declared[role] ^ set(WRITTEN_BY_HAND[role]) for role in declared}
    assert {role: pairs for role, pairs in parted.items() if pairs} == {}


LABELS = {
    "fields",
    "label",
    "help",
    "confirm",
    "done",
    "described",
    "message",
    "unit",
    "nothing",
    "group",
    "heading",
    "empty",
}
"""Options whose text a person reads."""


def has_han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def unmarked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of every Chinese text that a declaration shows without N_: given to a call, or a class's `message`.

    Texts of `_()` and N_ themselves, docstrings, and what is compared or looked up are none.
    """
    for node in ast.walk(tree):
        called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and (
            called in DECLARING or (called[:1].isupper() and called not in SPEAKING)
        ):
            given = [*node.args, *(one.value for one in node.keywords if one.arg in LABELS)]
        elif isinstance(node, ast.ClassDef):
            given = [
                one.value
                for one in node.body
                if isinstance(one, ast.Assign) and any(ast.unparse(name) in LABELS for name in one.targets)
            ]
        else:
            continue
        for one in given:
            marked = {id(arg) for call in ast.walk(one) if isinstance(call, ast.Call) for arg in call.args}
            for part in ast.walk(one) if isinstance(one, ast.Tuple | ast.List) else [one]:
                is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
                if is_text and id(part) not in marked and has_han(part.value):
                    yield part.lineno, part.value


SPEAKING = {
    "N_": "the mark itself",
    "ClickException": "commands speak Chinese to whoever runs the server",
    "Actor": "the name of the system, as the history keeps it",
}
"""Calls by a capital whose Chinese is no label."""

DECLARING = {
    "text",
    "long_text",
    "secret",
    "integer",
    "exact",
    "money",
    "square_metres",
    "unit_price",
    "date_",
    "month",
    "moment",
    "flag",
    "choice",
    "code",
    "link",
    "dictionary",
    "rows_waiting",
}
"""Functions that declare a column or a duty, the label among their arguments."""


def test_every_label_is_a_message_id() -> None:
    """E5: a label without N_ is never collected, and stays Chinese for an English reader."""
    wrong = [
        f"{path}:{line}: {text}"
        for path, tree in TREES.items()
        if not path.startswith("app/demo/")
        for line, text in unmarked(tree)
    ]
    assert wrong == []


def test_a_label_without_its_mark_is_found_wherever_it_stands() -> None:
    """E5: in a field, an entry, an action, a tuple of them, a refusal; an option and a unit too."""
    source = """
number = text("编号", 40, help=N_("号"))
rent = money(N_("租金"), unit="元")
about = About("合同", "number", described="说明")
act = Action("end", "终止", run=f, fields=(("day", "哪天", True),), confirm=N_("确定？"))
kinds = DictionaryDeclaration("kind", N_("种类"), ("甲", N_("乙")))
class Refused(DomainError):
    message = "不行"
fine = text(N_("编号"), 40) if given == "编号" else names["编号"]
"""
    assert {text for _line, text in unmarked(ast.parse(source))} == {
        "编号",
        "元",
        "合同",
        "说明",
        "终止",
        "哪天",
        "甲",
        "不行",
    }
