"""A GET changes nothing: every URL of the office is read twice by several roles, and no row of any table is another."""

import os

import pytest

from app.lowcode.views import lists
from tests.cases.snapshot import changes, rows_of_every_table
from tests.journeys.test_every_role import GOOD, Crawl, crawl

__all__ = ["crawl"]

WHOLE = os.environ.get("WALK") == "whole"  # `make proof`: more roles
OWN = ("/", "/login/", "/password", "/language/zh")
"""Pages of the visitor's own that the walk leaves out."""


@pytest.mark.parametrize(
    ("role", "rows_at_once"),
    [
        ("物业经理", 5000),
        ("收费员", 5000),
        ("物业经理", 0),
        *((("财务", 5000), ("维修工", 5000)) if WHOLE else ()),
    ],
)
def test_reading_twice_changes_no_row(
    crawl: Crawl, role: str, rows_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X17, M7: lists, pages, forms, dialogs, papers, exports long and short, and receipts leave no trace."""
    monkeypatch.setattr(lists, "EXPORT_INLINE_ROWS", rows_at_once)
    before = rows_of_every_table(url=crawl.url)
    answered = 0
    for _rule, _asked, visit in crawl.visits:
        if visit.method == "GET":
            statuses = {crawl.go(role, visit)[0] for _time in range(2)}
            answered += bool(statuses & GOOD)
    for url in OWN:
        crawl.people[role].get(url)
    assert answered > 50
    assert changes(before, rows_of_every_table(url=crawl.url)) == []
