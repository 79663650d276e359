"""Meters and readings: kept, judged, corrected, changed; never written over, never in a closed month."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import AccountingPeriod, Charge, FeeAssignment, FeeStandard, Meter, MeterReading
from app.billing.operations import NewReading
from app.billing.operations.readings import Corrected
from app.billing.operations.unposted_lines import count_uncharged, unposted
from app.billing.queries import count_missing_readings, explain
from app.billing.states import PeriodState
from app.kernel.errors import DomainError
from app.kernel.periods import Period

from .meters import add_meter, metered_charges, read, readings, water_fee
from .town import MARCH, Town


@pytest.fixture
def town(app: Any) -> Town:
    return Town(app)


def refused(attempt: Callable[[], Any]) -> str:
    """The code of the refusal."""
    with pytest.raises(DomainError) as found:
        attempt()
    return found.value.code


def correct(town: Town, place: int, value: str, **more: Any) -> Corrected:
    """Correct the reading that stands at a place in the order of days."""

    def do(session: Session) -> Corrected:
        standing = select(MeterReading.id).where(MeterReading.replaced.is_(False))
        ids = session.scalars(standing.order_by(MeterReading.day, MeterReading.kind)).all()
        return operations.correct_reading(
            session=session, reading_id=ids[place], value=Decimal(value), reason="看错", **more
        )

    found: Corrected = town.do(do)
    return found


def change(town: Town, meter: int, day: str, old: str, new: str) -> None:
    town.do(
        lambda session: operations.change_meter(
            session=session,
            meter_id=meter,
            day=date.fromisoformat(day),
            old_value=Decimal(old),
            onward=Decimal(new),
            reason="到期换表",
        )
    )


@pytest.mark.all_databases
def test_readings_count_from_the_last_and_are_charged_once(town: Town, backend: str) -> None:
    meter = add_meter(town, multiplier=Decimal(2), loss=Decimal("0.05"))
    water_fee(town, [meter])
    read(town, meter, "2025-03-31", "115")
    read(town, meter, "2025-04-30", "115")
    town.bill(MARCH)
    town.bill(MARCH)
    town.bill(Period(2025, 4))
    assert readings(town) == [
        ("2025-03-31", "read", "100", "115", "31.5"),
        ("2025-04-30", "read", "115", "115", "0"),
    ]
    assert metered_charges(town) == [
        ("2025-03", "31.5", "4.5", "141.75"),
        ("2025-04", "0", "4.5", "0.00"),
    ]


@pytest.mark.all_databases
def test_a_changed_dial_adds_old_tail_and_new_head(town: Town, backend: str) -> None:
    meter = add_meter(town, initial=Decimal(5820))
    water_fee(town, [meter])
    change(town, meter, "2025-03-15", "5835.4", "2")
    read(town, meter, "2025-03-31", "18.6")
    town.bill(MARCH)
    assert readings(town) == [
        ("2025-03-15", "change", "5820", "5835.4", "15.4"),
        ("2025-03-31", "read", "2", "18.6", "16.6"),
    ]
    assert metered_charges(town) == [("2025-03", "32", "4.5", "144.00")]


def test_what_cannot_be_kept_is_refused(town: Town) -> None:
    meter = add_meter(town, installed=date(2025, 1, 1))
    read(town, meter, "2025-03-10", "115")
    assert refused(lambda: read(town, meter, "2025-03-31", "114")) == "negative_usage"
    assert refused(lambda: read(town, meter, "2025-03-10", "116")) == "read_that_day"
    assert refused(lambda: read(town, meter, "2025-03-09", "116")) == "beyond_later_reading"
    assert refused(lambda: read(town, meter, "2024-12-31", "100")) == "not_there_yet"
    assert refused(lambda: read(town, meter, "2025-03-31", "100000")) == "reading_too_long"
    assert refused(lambda: read(town, 10**9, "2025-03-31", "100")) == "out_of_scope"
    assert refused(lambda: change(town, meter, "2025-03-10", "115", "0")) == "later_reading"
    assert len(readings(town)) == 1
    # The same again is nothing new.
    assert read(town, meter, "2025-03-10", "115").known
    assert len(readings(town)) == 1


def test_nothing_later_than_today_where_today_is_told(town: Town) -> None:
    meter = add_meter(town)

    def keep(day: date) -> None:
        wanted = [NewReading(meter_id=meter, day=day, value=Decimal(101))]
        town.do(
            lambda session: operations.record_readings(
                session=session, community_id=town.community_id, wanted=wanted, today=date(2025, 3, 31)
            )
        )

    assert refused(lambda: keep(date(2025, 4, 1))) == "not_there_yet"
    keep(date(2025, 3, 31))


def test_many_are_kept_all_or_none(town: Town) -> None:
    meters = [add_meter(town, f"水-{number}", room=number % 3) for number in range(5)]

    def keep(values: list[str]) -> None:
        wanted = [
            NewReading(meter_id=meter, day=date(2025, 3, 31), value=Decimal(value))
            for meter, value in zip(meters, values, strict=True)
        ]
        town.do(
            lambda session: operations.record_readings(
                session=session, community_id=town.community_id, wanted=wanted
            )
        )

    assert refused(lambda: keep(["101", "99", "102", "98", "103"])) == "readings_refused"
    assert readings(town) == []
    keep(["101", "104", "102", "105", "103"])
    keep(["101", "104", "102", "105", "103"])
    assert [row[4] for row in readings(town)] == ["1", "4", "2", "5", "3"]


def test_a_wrong_reading_is_replaced_and_the_next_counted_anew(town: Town) -> None:
    meter = add_meter(town)
    read(town, meter, "2025-03-31", "151")
    read(town, meter, "2025-04-30", "160")
    found = correct(town, 0, "115")
    assert (found.used_before, found.charged) == (Decimal(51), False)
    assert readings(town) == [
        ("2025-03-31", "read", "100", "115", "15"),
        ("2025-04-30", "read", "115", "160", "45"),
    ]
    # What was read stands there still, and says that it was replaced.
    assert [row[3] for row in readings(town, standing=False)] == ["151", "115", "160", "160"]
    assert refused(lambda: correct(town, 0, "161")) == "later_reading_disagrees"
    assert refused(lambda: correct(town, 0, "99")) == "negative_usage"
    # Corrected again, it is the latest that counts on.
    correct(town, 0, "120")
    assert [row[4] for row in readings(town)] == ["20", "40"]


def test_what_was_replaced_is_not_replaced_again(town: Town) -> None:
    meter = add_meter(town)
    read(town, meter, "2025-03-31", "151")
    first = town.ask(lambda session: session.scalars(select(MeterReading.id)).one())
    correct(town, 0, "115")
    again = lambda: town.do(  # noqa: E731
        lambda session: operations.correct_reading(
            session=session, reading_id=first, value=Decimal(116), reason="再看"
        )
    )
    assert refused(again) == "already_replaced"


def test_a_charged_month_takes_no_more_readings_but_corrections(town: Town) -> None:
    meter = add_meter(town)
    water_fee(town, [meter])
    read(town, meter, "2025-03-20", "115")
    town.bill(MARCH)
    assert refused(lambda: read(town, meter, "2025-03-31", "120")) == "month_is_charged"
    assert correct(town, 0, "110").charged
    # The charge stands; the next month counts from what is right.
    assert metered_charges(town) == [("2025-03", "15", "4.5", "67.50")]
    read(town, meter, "2025-04-30", "120")
    town.bill(Period(2025, 4))
    assert metered_charges(town)[1] == ("2025-04", "10", "4.5", "45.00")


def test_nothing_is_read_or_corrected_in_a_closed_month(town: Town) -> None:
    meter, other = add_meter(town), add_meter(town, "水-2", room=1)
    read(town, meter, "2025-03-31", "1151")
    town.do(
        lambda session: operations.open_period(session=session, community_id=town.community_id, period=MARCH)
    )
    town.do(lambda session: session.execute(update(AccountingPeriod).values(state=PeriodState.CLOSED)))
    assert refused(lambda: read(town, other, "2025-03-31", "101")) == "period_closed"
    assert refused(lambda: correct(town, 0, "115")) == "period_closed"
    # Below the wrong one nothing can be read: counting is put right by a change with no usage.
    assert refused(lambda: read(town, meter, "2025-04-30", "130")) == "negative_usage"
    change(town, meter, "2025-04-01", "1151", "115")
    read(town, meter, "2025-04-30", "130")
    assert [row[4] for row in readings(town)] == ["1051", "0", "15"]


def test_a_correction_does_not_reach_into_a_closed_month_after_it(town: Town) -> None:
    meter = add_meter(town)
    read(town, meter, "2025-02-28", "105")
    read(town, meter, "2025-03-31", "115")
    town.closed(MARCH)
    assert refused(lambda: correct(town, 0, "104")) == "period_closed"


def test_usage_beyond_half_the_mean_is_marked(town: Town) -> None:
    meter = add_meter(town)
    marks = [
        read(town, meter, f"2025-0{month}-28", value).unusual
        for month, value in ((1, "110"), (2, "120"), (3, "140"), (4, "155"))
    ]
    assert marks == [False, False, True, False]


def test_a_month_waits_for_its_meters(town: Town) -> None:
    meters = [add_meter(town, f"水-{number}", room=number) for number in range(3)]
    water_fee(town, meters)
    town.assign(town.standard())
    read(town, meters[0], "2025-03-31", "101")
    change(town, meters[1], "2025-03-15", "110", "0")
    with pytest.raises(DomainError) as found:
        town.bill(MARCH)
    assert found.value.code == "missing_reading"
    assert "2 块表" in found.value.text() and "水-1、水-2" in found.value.text()
    assert town.charges() == []
    assert refused(lambda: town.start(MARCH)) == "missing_reading"
    read(town, meters[1], "2025-03-31", "5")
    read(town, meters[2], "2025-03-31", "100")
    town.bill(MARCH)
    assert [row[3] for row in metered_charges(town)] == ["4.50", "67.50", "0.00"]
    assert len(town.charges()) == 6


def test_a_metered_charge_says_what_was_read(town: Town) -> None:
    meter = add_meter(town, initial=Decimal(99980), multiplier=Decimal(2))
    water_fee(town, [meter])
    change(town, meter, "2025-03-10", "99990", "99995")
    read(town, meter, "2025-03-31", "15", rollover=True)
    town.bill(MARCH)

    def explanation(session: Session) -> list[str]:
        row = session.scalars(select(Charge)).one()
        return [message % places for message, places in explain(session=session, row=row)]

    assert town.ask(explanation)[0] == "2025-03 用量 60.00 × 单价 4.50 元 = 270.00 元（四舍五入到分）。"
    assert town.ask(explanation)[2:] == [
        "表 水-1 于 2025-03-10 换表：旧表读数 99990，上次读数 99980，旧表用量 20。",
        "用量已乘倍率 2，并计损耗率 0。",
        "表 水-1 于 2025-03-31 抄表：本次读数 15，上次读数 99995，用量 40。",
        "用量已乘倍率 2，并计损耗率 0。",
        "表走满一圈后回零，已加上一整圈。",
    ]


def test_what_is_left_of_a_month_is_told_before_it_closes(town: Town) -> None:
    meters = [add_meter(town, f"水-{number}", room=number) for number in range(3)]
    water_fee(town, meters)
    town.assign(town.standard())
    town.assign(town.standard("无价", starts="2025-05-01"))

    def left() -> tuple[list[tuple[int, str, int]], int, int]:
        def ask(session: Session) -> Any:
            where: dict[str, Any] = {"community_id": town.community_id, "period": MARCH}
            found = unposted(session=session, **where)
            return (
                [(one.charges, str(one.amount), one.unbillable) for one in found],
                count_uncharged(session=session, **where),
                count_missing_readings(session=session, **where),
            )

        told: tuple[list[tuple[int, str, int]], int, int] = town.ask(ask)
        return told

    read(town, meters[0], "2025-03-31", "110")
    assert left() == ([(1, "45.00", 0), (3, "720.00", 0), (0, "0", 3)], 9, 2)
    for meter in meters[1:]:
        read(town, meter, "2025-03-31", "100")
    assert left() == ([(3, "45.00", 0), (3, "720.00", 0), (0, "0", 3)], 9, 0)
    town.bill(MARCH)
    assert left() == ([(0, "0", 3)], 3, 0)


def test_another_does_not_wait_for_meters(town: Town) -> None:
    water_fee(town, [add_meter(town)])
    standard = town.standard()
    town.assign(standard)
    fee = town.ask(lambda session: session.get_one(FeeStandard, standard).fee_item_id)
    town.do(
        lambda session: operations.bill(
            session=session, community_id=town.community_id, period=MARCH, fee_item_ids=[fee]
        )
    )
    assert len(town.charges()) == 3


def test_meters_and_rooms_are_not_mixed_up(town: Town) -> None:
    meter, shared = add_meter(town), add_meter(town, "公共", room=None)
    water = water_fee(town, [meter])
    area = town.standard()
    assert refused(lambda: town.assign(water, room_ids=town.room_ids)) == "wrong_object"
    assert refused(lambda: town.assign(area, room_ids=(), meter_ids=[meter])) == "wrong_object"
    assert refused(lambda: town.assign(water, room_ids=(), meter_ids=[shared])) == "meter_of_nobody"
    assert refused(lambda: town.assign(water, room_ids=(), meter_ids=[meter])) == "overlap"


@pytest.mark.all_databases
@pytest.mark.parametrize("both", [False, True])
def test_the_database_refuses_an_assignment_of_no_object_or_two(town: Town, both: bool, backend: str) -> None:
    meter = add_meter(town)
    values = {"community_id": town.community_id, "standard_id": town.standard(), "starts": date(2025, 1, 1)}
    values |= {"room_id": town.room_ids[0], "meter_id": meter} if both else {}
    with pytest.raises(DBAPIError):
        town.do(lambda session: session.execute(FeeAssignment.__table__.insert().values(values)))


def test_what_hangs_on_a_meter_is_kept_from_slips(town: Town) -> None:
    meter = add_meter(town)
    water_fee(town, [meter])
    read(town, meter, "2025-03-31", "101")

    def save(**values: Any) -> None:
        town.do(
            lambda session: operations.save_meter(
                session=session, row=session.get_one(Meter, meter), **values
            )
        )

    assert refused(lambda: save(initial=Decimal(50))) == "meter_is_read"
    assert refused(lambda: save(active=False)) == "meter_is_charged"
    assert refused(lambda: save(room_id=None)) == "meter_is_charged"
    assert refused(lambda: save(digits=13)) == "wrong_digits"
    assert refused(lambda: add_meter(town, "水-1", room=1)) == "already_there"
    assert refused(lambda: add_meter(town, "水-9", initial=Decimal(100000))) == "reading_too_long"
    save(multiplier=Decimal(3))
    read(town, meter, "2025-04-30", "103")
    assert [row[4] for row in readings(town)] == ["1", "6"]
