"""The month summary's arithmetic: rates, equation, order, subtotals."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from app.closing.queries.summary import order
from app.closing.reports.month_summary import SUMMARY
from app.closing.rules.summary import expected_closing, rates, unbalanced
from app.kernel.money import from_scaled
from app.lowcode.reports.declaration import APART, LINE, ReportLine
from app.lowcode.reports.reader import with_subtotals

D = Decimal
NAMES = {1: "锦绣园", 2: "安居园"}
BUILDINGS = {1: "10号楼", 2: "2号楼", None: "车位及其他"}
FEES = {1: "物业费", 2: "水费", None: ""}
FIGURES = (
    "opening",
    "charged",
    "adjusted",
    "waived",
    "cash_past",
    "cash_current",
    "prepayment_applied",
    "closing",
    "waived_at_posting",
    "prepayment_current",
)


def figures(**given: str) -> dict[str, Decimal]:
    return {name: D(given.get(name, "0.00")) for name in FIGURES}


def line(
    community: int, building: int | None, fee: int | None, households: int = 1, **given: str
) -> ReportLine:
    return ReportLine(
        values={
            "community": NAMES[community],
            "building": BUILDINGS[building],
            "fee": FEES[fee],
            "households": households,
            **(figures(**given) if fee else {}),
        },
        keys={"community_id": community, "building_id": building, "fee_item_id": fee},
        level=LINE if fee else APART,
    )


@pytest.fixture(autouse=True)
def speaking() -> Any:
    """Subtotals are words: something must say in which language."""
    from flask_babel import Babel

    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context():
        yield


def test_lines_stand_in_order_with_their_subtotals() -> None:
    leaves = [line(1, None, 1), line(1, 1, 2), line(1, 1, 1), line(1, 2, 1), line(2, None, 1)]
    leaves += [line(1, 1, None, 1), line(1, 2, None, 1), line(1, None, None, 3), line(2, None, None, 4)]
    lines = with_subtotals(SUMMARY, sorted(leaves, key=order))
    names = ("community", "building", "fee", "households")
    assert [(one.level, *(one.values[name] for name in names)) for one in lines] == [
        ("line", "安居园", "车位及其他", "物业费", 1),
        ("building", "安居园", "车位及其他", "小计", 4),
        ("community", "安居园", "小计", None, 4),
        ("line", "锦绣园", "2号楼", "物业费", 1),
        ("building", "锦绣园", "2号楼", "小计", 1),
        ("line", "锦绣园", "10号楼", "水费", 1),
        ("line", "锦绣园", "10号楼", "物业费", 1),
        ("building", "锦绣园", "10号楼", "小计", 1),
        ("line", "锦绣园", "车位及其他", "物业费", 1),
        ("building", "锦绣园", "车位及其他", "小计", 3),
        ("community", "锦绣园", "小计", None, 5),
        ("total", "合计", None, None, 9),
    ]


def test_rates_count_applied_prepayment_and_go_by_the_period_that_money_is_for() -> None:
    month = figures(
        opening="250.00",
        charged="1050.00",
        waived="60.00",
        cash_past="200.00",
        cash_current="333.33",
        prepayment_applied="100.00",
        adjusted="-30.00",
        closing="576.67",
        prepayment_current="80.00",
    )
    assert expected_closing(month) == month["closing"]
    assert rates(month) == {
        "current_rate": D("41.75"),  # 413.33 ÷ (1050.00 − 60.00)
        "past_rate": D("88.00"),  # 220.00 ÷ 250.00
        "overall_rate": D("51.08"),  # 633.33 ÷ (250.00 + 1050.00 − 60.00)
    }


def test_no_rate_where_nothing_was_to_collect() -> None:
    assert set(rates(figures()).values()) == {None}
    assert rates(figures(charged="5.00", waived="5.00"))["current_rate"] is None


def test_lines_that_do_not_add_up_are_counted() -> None:
    right, wrong = figures(charged="5.00", closing="5.00"), figures(charged="5.00", closing="4.00")
    assert unbalanced([right, wrong, right]) == 1


def test_nothing_at_all_is_a_total_of_zero() -> None:
    (only,) = with_subtotals(SUMMARY, [])
    assert (only.level, only.values["households"], only.values["closing"]) == ("total", 0, D("0.00"))


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([1, 2]), st.sampled_from([1, 2, None]), st.sampled_from([1, 2])),
        st.integers(-(10**9), 10**9).map(lambda units: from_scaled(units, 2)),
    )
)
def test_every_total_is_the_sum_of_its_lines(amounts: dict[tuple[int, int | None, int], Decimal]) -> None:
    leaves = sorted((line(*key, charged=str(amount)) for key, amount in amounts.items()), key=order)
    lines = with_subtotals(SUMMARY, leaves)
    for level in ("line", "building", "community", "total"):
        found = sum((one.values["charged"] for one in lines if one.level == level), D("0.00"))
        assert found == sum(amounts.values(), D("0.00"))
