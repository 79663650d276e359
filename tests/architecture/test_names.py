"""Names: a module is a noun, a class name stands once, and a variable says what it holds."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
SOURCES = sorted(path for top in ("app", "bench", "tools") for path in (ROOT / top).rglob("*.py"))

# Words that end like a gerund or a participle and are nouns of the field.
NOUNS = {
    "ageing": "账龄: the report's name in the field",
    "billing": "出账: the domain",
    "building": "楼宇",
    "closing": "月结: the domain",
    "listing": "a list as its URL asks for it",
    "metering": "抄表计费: pricing by meter",
    "parking": "停车: lots and spaces",
    "pricing": "计价",
    "rounding": "抹零 and rounding to 分",
}
# Words that say nothing of what is in a module: everything ends up there.
EMPTY = {
    "util",
    "utils",
    "helper",
    "helpers",
    "misc",
    "common",
    "service",
    "services",
    "base",
    "core",
    "stuff",
}
PRONOUNS = {"whose", "who", "what", "one", "ours", "theirs", "its", "it", "this", "that", "these", "those"}
PARTICIPLES = {
    "held",
    "taken",
    "kept",
    "told",
    "found",
    "given",
    "asked",
    "made",
    "known",
    "planned",
    "served",
    "started",
    "posted",
    "missing",
    "unposted",
    "registered",
    "unhanded",
    "contested",
    "stood",
    "judged",
    "said",
    "shown",
    "spoken",
}


ALLOWED = {"tools/set_up.py": "named for its command in Makefile and README; Windows calls it by its path"}


def odd_words(path: Path) -> list[str]:
    """The head of a module's name where it is no noun, and any word that says nothing of its content."""
    *attributes, head = re.split(r"_+", path.stem.strip("_"))
    found = [word for word in (*attributes, head) if word in EMPTY | PRONOUNS]
    if head not in NOUNS and (head.endswith("ing") or head in PARTICIPLES | {"back", "off", "up"}):
        found.append(head)
    return found


def modules() -> Iterator[Path]:
    yield from (path for path in SOURCES if path.stem != "__init__")
    # app/service is the domain 客服, not a layer.
    yield from {path.parent for path in SOURCES} - {APP / "service"}


def test_a_module_is_a_noun() -> None:
    odd = {str(path.relative_to(ROOT)): words for path in modules() if (words := odd_words(path))}
    odd = {name: words for name, words in odd.items() if name not in ALLOWED}
    assert odd == {}


@pytest.mark.parametrize("name", ["judging", "taking_back", "whose", "held", "utils"])
def test_a_gerund_a_participle_and_a_pronoun_are_seen(name: str) -> None:
    assert odd_words(APP / "billing" / f"{name}.py")


def test_a_class_name_stands_once_in_the_app() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
