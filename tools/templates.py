"""Reads every template for what the product forbids in them.

Inline handlers and styles (the content security policy blocks the first, and both hide from app.js and app.css), scripts
that the policy would block, `|safe`, and Chinese that the catalog does not know because it stands outside `_()`.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent
HAN = re.compile(r"[\u4e00-\u9fff]")
TRANSLATED = {"_", "gettext", "ngettext"}
MARKUP = (
    (re.compile(r"<[^>{]*\son[a-z]+\s*=", re.IGNORECASE), "inline handler: listen in static/js"),
    (re.compile(r"<[^>{]*\sstyle\s*=", re.IGNORECASE), "inline style: a class in static/css"),
    (re.compile(r"href\s*=\s*[\"']?javascript:", re.IGNORECASE), "javascript: address"),
    (re.compile(r"<style(?![^>]*nonce)", re.IGNORECASE), "style element without nonce"),
    (
        re.compile(r"<script(?![^>]*(?:nonce|src=|application/json))", re.IGNORECASE),
        "script element without nonce",
    ),
    # A text that stands in the template itself is trusted; a value never is.
    (re.compile(r"[^'\"\s]\s*\|\s*safe\b"), "|safe on a value"),
)
# Flask-AppBuilder hands its widgets over as text that is rendered already.
STOCK = ROOT / "app" / "templates" / "appbuilder"


def problems(source: str) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) for each finding in a template."""
    bare = re.sub(r"{#.*?#}", lambda comment: "\n" * comment[0].count("\n"), source, flags=re.DOTALL)
    for pattern, why in MARKUP:
        for match in pattern.finditer(bare):
            yield bare.count("\n", 0, match.start()) + 1, why
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True).parse(source)
    yield from untranslated(tree)


def untranslated(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Chinese in text, attributes or expressions that is no argument of a translating function."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATED:
        return
    text = node.data if isinstance(node, nodes.TemplateData) else getattr(node, "value", None)
    if isinstance(text, str) and HAN.search(text):
        yield node.lineno, f"not in _(): {text.strip()[:40]}"
    for child in node.iter_child_nodes():
        yield from untranslated(child)


def main() -> int:
    """Return the command: 0 when every template is clean."""
    found = 0
    for path in sorted((ROOT / "app").glob("**/templates/**/*.html")):
        for line, why in sorted(problems(path.read_text(encoding="utf-8"))):
            if STOCK in path.parents and why.startswith("|safe"):
                continue
            print(f"{path.relative_to(ROOT)}:{line}: {why}", file=sys.stderr)
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
