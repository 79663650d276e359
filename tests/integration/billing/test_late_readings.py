"""A reading that comes late is taken between its neighbours; together they use what the later one did."""

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import MeterReading
from app.billing.operations import NewReading
from app.kernel.errors import DomainError
from app.kernel.periods import Period

from .meters import add_meter, metered_charges, read, readings, water_fee
from .town import MARCH, Town


@pytest.fixture
def town(app: Any) -> Town:
    return Town(app)


@pytest.mark.all_databases
def test_a_late_reading_splits_the_usage_of_the_one_after_it(town: Town, backend: str) -> None:
    """M1: read in April and not in March; the reading of March comes late and both months are billed."""
    meter = add_meter(town)
    water_fee(town, [meter], starts="2025-03-01")
    read(town, meter, "2025-04-30", "130")
    read(town, meter, "2025-03-31", "112")
    assert readings(town) == [
        ("2025-03-31", "read", "100", "112", "12"), ("2025-04-30", "read", "112", "130", "18"),
    ]  # fmt: skip
    town.bill(MARCH)
    town.bill(Period(2025, 4))
    assert metered_charges(town) == [("2025-03", "12", "4.5", "54.00"), ("2025-04", "18", "4.5", "81.00")]


def code_of(town: Town, meter: int, day: str, value: str, **more: Any) -> str:
    with pytest.raises(DomainError) as refused:
        read(town, meter, day, value, **more)
    return refused.value.code


def test_what_contradicts_its_neighbours_or_is_charged_is_refused(town: Town) -> None:
    """M1: consistent with what was read before and after, or not at all."""
    meter = add_meter(town)
    read(town, meter, "2025-04-30", "130")
    assert code_of(town, meter, "2025-03-31", "131") == "beyond_later_reading"
    assert code_of(town, meter, "2025-03-31", "99") == "negative_usage"
    assert code_of(town, meter, "2025-03-31", "2", rollover=True) == "beyond_later_reading"
    water_fee(town, [meter], starts="2025-04-01")
    town.bill(Period(2025, 4))
    assert code_of(town, meter, "2025-03-31", "112") == "later_reading"
    assert len(readings(town, standing=False)) == 1


@pytest.mark.parametrize("turned_before", [True, False])
def test_a_dial_that_passed_zero_did_so_once(town: Town, turned_before: bool) -> None:
    """M1: the turn of the later reading goes with the late one where that is behind zero already."""
    meter = add_meter(town, initial=Decimal(99980))
    read(town, meter, "2025-04-30", "30", rollover=True)
    read(town, meter, "2025-03-31", "5" if turned_before else "99990", rollover=turned_before)
    assert [row[4] for row in readings(town)] == (["25", "25"] if turned_before else ["10", "40"])


@pytest.mark.parametrize("seed", range(5))
def test_readings_in_any_order_use_the_same_together(town: Town, seed: int) -> None:
    """M1: a batch of readings in any order leaves what the same readings in the order of their days leave."""
    random = Random(seed)  # noqa: S311
    values = sorted(random.sample(range(100, 400), 8))
    days = [date(2025, 1 + place, 28) for place in range(8)]
    meter = add_meter(town)
    pairs = list(zip(days, values, strict=True))
    random.shuffle(pairs)

    def keep(some: list[tuple[date, int]]) -> None:
        wanted = [NewReading(meter_id=meter, day=day, value=Decimal(value)) for day, value in some]
        town.do(
            lambda session: operations.record_readings(
                session=session, community_id=town.community_id, wanted=wanted
            )
        )

    for start in range(0, 8, 3):
        keep(pairs[start : start + 3])
    before = [100, *values[:-1]]
    assert [(row[2], row[3]) for row in readings(town)] == [
        (str(last), str(value)) for last, value in zip(before, values, strict=True)
    ]

    def used(session: Session) -> Decimal:
        standing = select(MeterReading.used).where(MeterReading.replaced.is_(False))
        return sum(session.scalars(standing), Decimal(0))

    assert town.ask(used) == values[-1] - 100, f"seed {seed}"
