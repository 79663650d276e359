"""The number tables of docs/fee-rules.md, counted again."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from app.kernel.allocation import OpenItem, largest_remainder, settle_oldest_first
from app.kernel.chinese_amount import chinese_amount
from app.kernel.money import half_up, percent
from app.kernel.periods import DateSpan, Period
from app.kernel.pricing import Method, PricingInputs, Terms, price_charge
from app.kernel.proration import MonthPart, Proration, month_part, month_parts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "fee-rules.md"
NOTHING = "—"
Row = Mapping[str, str]


def rows_of_page() -> list[tuple[str, Row]]:
    """(section, row by column name) of every table of the page."""
    found: list[tuple[str, Row]] = []
    section, heads = "", list[str]()
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section, heads = line.removeprefix("## "), []
        elif line.startswith("|") and not re.fullmatch(r"[|\-]+", line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if heads:
                found.append((section, dict(zip(heads, cells, strict=True))))
            else:
                heads = cells
    return found


def gross(row: Row, part: MonthPart) -> Decimal:
    area = None if row["area"] == NOTHING else Decimal(row["area"])
    return price_charge(
        method=Method(row["method"]),
        facts=PricingInputs(area=area),
        terms=Terms(price=Decimal(row["price"])),
        part=part,
    ).gross


def rounding(row: Row) -> None:
    exact = Fraction(row["exact"])
    assert half_up(exact) == Decimal(row["rounded"])


def whole_month(row: Row) -> None:
    for month in (Period(2025, 1), Period(2025, 2)):
        for proration in Proration:
            part = month_part(period=month, span=month.span, proration=proration)
            assert gross(row, part) == Decimal(row["gross"])


def part_of_month(row: Row) -> None:
    span = DateSpan(date.fromisoformat(row["first"]), date.fromisoformat(row["last"]))
    part = month_part(period=Period.of(span.first), span=span, proration=Proration(row["proration"]))
    assert gross(row, part) == Decimal(row["gross"])


def month_in_parts(row: Row) -> None:
    month = Period.parse(row["month"])
    days = [tuple(map(int, part.split("–"))) for part in row["parts"].split(", ")]
    spans = [
        DateSpan(month.first_day.replace(day=first), month.first_day.replace(day=last))
        for first, last in days
    ]
    parts = month_parts(period=month, spans=spans, proration=Proration(row["proration"]))
    assert [part.share for part in parts] == [Fraction(share) for share in row["shares"].split(", ")]
    assert sum(part.share for part in parts) <= 1


def sharing(row: Row) -> None:
    weights = [(key, Decimal(weight)) for key, weight in pairs(row["weights"])]
    parts = largest_remainder(Decimal(row["total"]), weights)
    assert list(parts.items()) == [(key, Decimal(part)) for key, part in pairs(row["parts"])]
    assert sum(parts.values()) == Decimal(row["total"])


def payment(row: Row) -> None:
    items = [
        OpenItem(id=int(key), due=date.fromisoformat(due), priority=int(order), outstanding=Decimal(open_))
        for key, due, order, open_ in (
            one.split() for one in row["open (id due order outstanding)"].split(", ")
        )
    ]
    found = settle_oldest_first(items, Decimal(row["amount"]))
    settled = [(int(key), Decimal(amount)) for key, amount in pairs(row["settled (id amount)"])]
    assert (list(found.applied), found.left) == (settled, Decimal(row["left"]))


def words(row: Row) -> None:
    assert chinese_amount(Decimal(row["amount"])) == row["words"]


def rate(row: Row) -> None:
    found = percent(Decimal(row["part"]), Decimal(row["whole"]))
    assert found == (None if row["percent"] == NOTHING else Decimal(row["percent"]))


def pairs(cell: str) -> list[tuple[str, str]]:
    """'a 1, b 2' → [("a", "1"), ("b", "2")]."""
    found = [one.split() for one in cell.split(", ")]
    return [(key, value) for key, value in found]


SECTIONS: Mapping[str, Callable[[Row], None]] = {
    "Rounding": rounding,
    "A charge of a whole month": whole_month,
    "Part of a month": part_of_month,
    "A month in parts": month_in_parts,
    "Sharing a sum out": sharing,
    "Payment": payment,
    "人民币大写": words,
    "Rates of the month": rate,
}


@pytest.mark.parametrize(("section", "row"), rows_of_page())
def test_the_page_counts_as_the_kernel_does(section: str, row: Row) -> None:
    SECTIONS[section](row)


def test_no_table_is_left_out() -> None:
    found = [section for section, _row in rows_of_page()]
    assert {section for section in found if found.count(section) >= 5} == set(SECTIONS)
    assert set(found) == set(SECTIONS)
