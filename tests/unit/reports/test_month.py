"""The month summary's arithmetic: subtotals, rates, order, equation."""

from decimal import Decimal

from hypothesis import given, strategies as st

from app.kernel.money import from_scaled
from app.reports.rules import Figures, Level, Names, Part, lines_of

D = Decimal
NAMES = Names(
    communities={1: "锦绣园", 2: "安居园"}, buildings={1: "10号楼", 2: "2号楼"}, fees={1: "物业费", 2: "水费"}
)


def part(community: int, building: int | None, fee: int, households: int = 1, **figures: str) -> Part:
    return Part(
        community_id=community, building_id=building, fee_item_id=fee, households=households,
        figures=Figures(**{name: D(value) for name, value in figures.items()}),
    )  # fmt: skip


def test_lines_stand_in_order_with_their_subtotals() -> None:
    parts = [part(1, None, 1), part(1, 1, 2), part(1, 1, 1), part(1, 2, 1), part(2, None, 1)]
    lines = lines_of(parts=parts, households={(1, 1): 1, (1, 2): 1, (1, None): 3, (2, None): 4}, names=NAMES)
    assert [(one.level, one.community, one.building, one.fee, one.households) for one in lines] == [
        (Level.FEE, "安居园", "", "物业费", 1),
        (Level.BUILDING, "安居园", "", "", 4),
        (Level.COMMUNITY, "安居园", "", "", 4),
        (Level.FEE, "锦绣园", "2号楼", "物业费", 1),
        (Level.BUILDING, "锦绣园", "2号楼", "", 1),
        (Level.FEE, "锦绣园", "10号楼", "水费", 1),
        (Level.FEE, "锦绣园", "10号楼", "物业费", 1),
        (Level.BUILDING, "锦绣园", "10号楼", "", 1),
        (Level.FEE, "锦绣园", "", "物业费", 1),
        (Level.BUILDING, "锦绣园", "", "", 3),
        (Level.COMMUNITY, "锦绣园", "", "", 5),
        (Level.TOTAL, "", "", "", 9),
    ]


def test_rates() -> None:
    figures = Figures(
        opening=D("250.00"), charged=D("1050.00"), waived=D("50.00"), cash_past=D("200.00"),
        cash_current=D("333.33"), closing=D("716.67"),
    )  # fmt: skip
    assert figures.expected_closing == figures.closing
    assert (figures.current_rate, figures.past_rate) == (D("33.33"), D("80.00"))
    # 533.33 ÷ (250.00 + 1050.00 − 50.00)
    assert figures.overall_rate == D("42.67")


def test_no_rate_where_nothing_was_to_collect() -> None:
    assert (Figures().current_rate, Figures().past_rate) == (None, None)
    assert Figures(charged=D("5.00"), waived=D("5.00")).current_rate is None


def test_nothing_at_all_is_a_total_of_zero() -> None:
    (line,) = lines_of(parts=[], households={}, names=NAMES)
    assert (line.level, line.households, line.figures) == (Level.TOTAL, 0, Figures())


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([1, 2]), st.sampled_from([1, 2, None]), st.sampled_from([1, 2])),
        st.integers(-(10**9), 10**9).map(lambda units: from_scaled(units, 2)),
    )
)
def test_every_total_is_the_sum_of_its_lines(amounts: dict[tuple[int, int | None, int], Decimal]) -> None:
    parts = [part(*key, charged=str(amount)) for key, amount in amounts.items()]
    lines = lines_of(parts=parts, households={}, names=NAMES)
    for level in Level:
        found = sum((one.figures.charged for one in lines if one.level is level), D("0.00"))
        assert found == sum(amounts.values(), D("0.00"))
