"""The reader of the sources finds SQL that one of the three databases lacks, and nothing in what is right."""

import pytest

from tools.dialects import main, problems


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("func.max(of.period).filter(of.state == 1)", "FILTER"),
        ("select(a).order_by(a.desc().nulls_last())", "NULLS LAST"),
        ("from sqlalchemy import nulls_first", "NULLS FIRST"),
        ("func.group_concat(a)", "group_concat"),
        ("func.strftime('%Y', a)", "strftime"),
        ("func.json_extract(a, '$.b')", "json_extract"),
        ("a.op('REGEXP')('b')", "operator"),
        ("a.regexp_match('b')", "regular"),
        ("select(a).join(b, a == b, full=True)", "FULL JOIN"),
        ("select(a).with_for_update(skip_locked=True)", "SKIP LOCKED"),
        ("from sqlalchemy import select, text", "SQL of one dialect"),
        ("from sqlalchemy.dialects.postgresql import array", "SQL of one dialect"),
        ("connection.exec_driver_sql('SELECT 1')", "SQL as text"),
    ],
)
def test_what_a_database_lacks_is_found(source: str, why: str) -> None:
    """Z1: each is rendered by SQLAlchemy without a word."""
    assert [found for line, found in problems(f"\n{source}") if why in found and line == 2]


@pytest.mark.parametrize(
    "source",
    [
        "func.max(case((of.state == 1, of.period)))",
        "func.row_number().over(partition_by=a, order_by=b)",
        "select(a).join(b, full=False).with_for_update()",
        "from app.lowcode.fields import text",
        "', '.join(names)",
    ],
)
def test_what_all_have_is_not(source: str) -> None:
    assert list(problems(source)) == []


def test_every_database_understands_the_product() -> None:
    """Z1: as `make check` looks at it."""
    assert main() == 0
