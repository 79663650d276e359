"""When a repair is due, what it costs, how urgent it is, how it went."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.kernel.machines import TransitionRefused
from app.service.rules import repairs as rules
from app.service.rules.repair_times import Order, Tally, middle_hours, shares
from app.service.states.repairs import REPAIR_MACHINE, RepairState

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("reported", "given", "due"),
    [
        (at(10, 9), {}, at(10, 18)),
        (at(10, 17, 59), {}, at(10, 18)),
        (at(10, 18), {}, at(11, 18)),
        (at(10, 23), {}, at(11, 18)),
        (at(10, 9), {"urgent": True}, at(10, 11)),
        (at(10, 23), {"urgent": True}, at(11, 1)),
        (at(10, 9), {"appointment": at(12, 10)}, at(12, 18)),
        (at(10, 9), {"appointment": at(12, 19)}, at(13, 18)),
        (at(10, 9), {"appointment": at(10, 8)}, at(10, 18)),
        (at(10, 9), {"planned": date(2026, 3, 15)}, at(15, 18)),
        (at(10, 9), {"planned": date(2026, 3, 10)}, at(10, 18)),
        (at(10, 9), {"planned": date(2026, 3, 15), "urgent": True}, at(10, 11)),
    ],
)
def test_a_repair_is_due_the_same_day_unless_something_else_was_agreed(
    reported: datetime, given: dict[str, object], due: datetime
) -> None:
    asked = {"urgent": False, "appointment": None, "planned": None, **given}
    assert rules.due_by(reported=reported, by=time(18), urgent_hours=2, zone=ZONE, **asked) == due  # type: ignore[arg-type]


def test_a_promise_lasts_to_the_last_minute_of_its_day() -> None:
    assert rules.promised_by(promised=date(2026, 3, 12), zone=ZONE) == at(12, 23, 59)


def test_a_line_of_material_costs_quantity_times_price_to_the_cent() -> None:
    assert rules.material_amount(quantity=Decimal("2.5"), price=Decimal("3.33")) == Decimal("8.33")
    assert rules.material_amount(quantity=Decimal("0.5"), price=Decimal("0.01")) == Decimal("0.01")
    assert rules.material_amount(quantity=Decimal(3), price=None) == Decimal("0.00")


def test_what_is_urgent_and_open_stands_first_and_what_has_ended_last() -> None:
    ranks = [
        rules.rank_of(urgent=urgent, ended=ended)
        for urgent, ended in ((True, False), (False, False), (True, True), (False, True))
    ]
    assert ranks == [0, 1, 2, 2]


def test_the_charge_is_labour_and_material() -> None:
    assert rules.suggested_charge(labour=Decimal(50), material=Decimal("25.00")) == Decimal("75.00")
    assert rules.suggested_charge(labour=None, material=Decimal("25.00")) == Decimal("25.00")


def test_pausing_and_delaying_lead_to_the_same_state_and_nothing_leaves_the_end() -> None:
    assert REPAIR_MACHINE.apply(RepairState.WORKING, "pause") is RepairState.DELAYED
    assert REPAIR_MACHINE.apply(RepairState.WAITING, "delay") is RepairState.DELAYED
    assert set(REPAIR_MACHINE.final) == {RepairState.CLOSED, RepairState.CANCELLED}
    with pytest.raises(TransitionRefused):
        REPAIR_MACHINE.apply(RepairState.CANCELLED, "rate")


def order(
    *,
    hours: int | None,
    due: int = 9,
    cancelled: bool = False,
    stars: int | None = None,
    charge: Decimal = Decimal("0.00"),
) -> Order:
    reported = at(10, 9)
    return Order(
        reported=reported,
        due=reported + timedelta(hours=due),
        cancelled=cancelled,
        stars=stars,
        charge=charge,
        finished=None if hours is None else reported + timedelta(hours=hours),
    )


def test_orders_are_counted_with_their_times() -> None:
    tally = Tally()
    for one in (
        order(hours=1, stars=5, charge=Decimal("75.00")),
        order(hours=3, stars=4),
        order(hours=26),
        order(hours=None, due=1),
        order(hours=None, due=99),
        order(hours=None, due=1, cancelled=True),
    ):
        tally.add(one, now=at(10, 12), zone=ZONE)
    values = tally.values()
    assert {name: values[name] for name in ("reported", "cancelled", "open", "late", "finished")} == {
        "reported": 6,
        "cancelled": 1,
        "open": 2,
        "late": 1,
        "finished": 3,
    }
    assert (values["on_time"], values["same_day"], values["charged"]) == (2, 2, Decimal("75.00"))
    assert values["middle"] == Decimal("3.00")
    assert shares(values) == {
        "average": Decimal("10.00"),
        "on_time_rate": Decimal("66.67"),
        "same_day_rate": Decimal("66.67"),
        "rating": Decimal("4.50"),
    }


def test_nothing_repaired_has_no_times_and_no_shares() -> None:
    assert middle_hours([]) is None
    assert set(shares(Tally().values()).values()) == {None}
    assert middle_hours([3600, 7200]) == Decimal("1.50")
