"""What says who somebody is (telephone, identity number) is a kind of field that masks itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.lowcode.document import documents, spec_of
from app.lowcode.engine import engine_of
from app.lowcode.fields import Field
from app.lowcode.filters import OPERATORS
from app.lowcode.manifest import Entry

ROOT = Path(__file__).parents[2]
LABEL = re.compile(r"电话|手机|身份证|证件号|联系方式|传真")
NAME = re.compile(r"(^|_)(phone|mobile|tel|telephone|fax|identity|id_card|id_number|passport)\d*($|_)")
WITHOUT_FIELD = {
    "customer.identity_hash": "an HMAC that tells nothing of the number and is shown nowhere",
}
PARTIAL = re.compile(
    r"(phone|identity)\w*\.(startswith|endswith|contains|like|ilike|regexp_match)\b|_(has|begins)\(\w+\.phone"
)
FORM_TEXT = re.compile(
    r"(?:StringField|IntegerField|TextAreaField)\(\s*N?_\(\"[^\"]*(?:电话|手机|身份证|证件号)"
)


def fields(app: Flask) -> Iterator[tuple[str, Field]]:
    """Every declared field: of documents, reports, and what actions and forms ask for."""
    for name, model in documents.items():
        yield from ((f"{name}.{one.name}", one) for one in spec_of(model).fields.values())
    for manifest in engine_of(app).manifests:
        for entry in manifest.entries:
            if isinstance(entry, Entry):
                asked = [*entry.extra_fields, *(one for action in entry.actions for one in action.fields)]
                yield from ((f"{entry.document.__name__}:{one.name}", one) for one in asked)
    for view in app.extensions["appbuilder"].baseviews:
        report = getattr(view, "report", None)
        yield from ((f"{report.name}.{one.name}", one) for one in getattr(report, "fields", ()))


def test_every_telephone_and_identity_number_masks_itself(app: Flask) -> None:
    """X6: a column whose name or label says telephone or identity number is of that kind, in documents and reports."""
    declared = list(fields(app))
    assert sum(one.private for _where, one in declared) >= 8
    assert any("Report." in where and one.private for where, one in declared)
    wrong = [
        where
        for where, one in declared
        if (LABEL.search(one.label) or NAME.search(one.name)) and one.kind not in ("phone", "identity")
    ]
    assert wrong == []


def test_no_column_holds_one_outside_the_declaration(app: Flask) -> None:
    """X6: a plain column would be shown by whoever reads it."""
    undeclared = {
        f"{table.name}.{column.name}"
        for model in documents.values()
        for table in [model.__table__]
        for column in table.columns
        if NAME.search(column.name) and column.name not in spec_of(model).fields
    }
    assert undeclared == set(WITHOUT_FIELD)


def test_a_masked_field_masks_and_tells_no_part(app: Flask) -> None:
    """X7: not sorted, filtered by the whole value only, and never what names a row."""
    for where, one in fields(app):
        if one.private:
            assert one.masked is not None, where
            assert not one.sorted, where
            assert set(dict(OPERATORS.get(one.kind, ()))) <= {"eq", "none"}, where
    for model in documents.values():
        spec = spec_of(model)
        assert not [one for one in spec.title_parts if one in spec.fields and spec.fields[one].private]


@pytest.mark.parametrize("pattern", [PARTIAL, FORM_TEXT], ids=["partial", "form"])
def test_no_code_of_a_module_passes_the_mask_by(pattern: re.Pattern[str]) -> None:
    """X6, X7: no search by a part of a number, no plain form input for one."""
    hits = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert hits == []


def test_no_template_reads_a_number_from_a_row() -> None:
    """X6: templates are given masked texts; a row's own attribute would be whole."""
    pattern = re.compile(r"\b(?:row|customer|one|line)\.(?:phone|identity)\w*")
    hits = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "app/templates").rglob("*.html"))
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert hits == []
