"""docs/glossary.md says the words that the sources say."""

import re
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask

from app.lowcode.document import documents, spec_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def rows(section: str) -> list[list[str]]:
    """The cells of a section's table, without its headings."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(lines) > 5
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_documents_are_those_declared(app: Flask) -> None:
    with ENGLISH.open("rb") as file:
        english = {str(one.id): str(one.string) for one in read_po(file, locale="en")}
    told = {code: (chinese, said) for chinese, said, code, _what in rows("Documents")}
    labels = {name: spec_of(model).about.label for name, model in documents.items()}
    assert told == {name: (label, english[label]) for name, label in labels.items()}


def test_every_other_name_stands_in_the_sources() -> None:
    names = [code for _chinese, code, _what in rows("Other words of the office")]
    names += [name for codes, _what in rows("Words of the engine") for name in codes.split(", ")]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("app/**/*.py")))
    said = set(re.findall(r"\w+", sources))
    assert [name for name in names if name not in said] == []
    chinese = [word for word, _code, _what in rows("Other words of the office")]
    catalog = ENGLISH.read_text(encoding="utf-8")
    assert [word for word in chinese if word not in catalog] == []
