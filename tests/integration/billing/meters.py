"""Meters of the town, and readings of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import Charge, Meter, MeterReading
from app.billing.operations import NewReading, ValidatedReading
from app.billing.states import MeterKind
from app.kernel.pricing import Method

from .town import Town


def add_meter(town: Town, number: str = "水-1", *, room: int | None = 0, **more: Any) -> int:
    """A water meter of one of the rooms (None: shared); its id."""
    values: dict[str, Any] = {
        "community_id": town.community_id,
        "number": number,
        "kind": MeterKind.WATER,
        "initial": Decimal(100),
        "multiplier": Decimal(1),
        "loss": Decimal(0),
        "digits": 5,
        "active": True,
        "room_id": None if room is None else town.room_ids[room],
    }
    return int(
        town.do(lambda session: operations.save_meter(session=session, row=Meter(), **(values | more)).id)
    )


def water_fee(town: Town, meter_ids: list[int], *, price: str = "4.50", starts: str = "2025-01-01") -> int:
    """A metered standard on the meters; its id."""
    standard = town.standard("水费", price=price, method=Method.METERED)
    town.assign(standard, starts, room_ids=(), meter_ids=meter_ids)
    return standard


def read(town: Town, meter_id: int, day: str, value: str, **more: Any) -> ValidatedReading:
    """Keep one reading."""
    wanted = NewReading(meter_id=meter_id, day=date.fromisoformat(day), value=Decimal(value), **more)

    def keep(session: Session) -> ValidatedReading:
        (judged,) = operations.record_readings(
            session=session, community_id=town.community_id, wanted=[wanted]
        )
        judged.meter = None
        return judged

    found: ValidatedReading = town.do(keep)
    return found


def readings(town: Town, *, standing: bool = True) -> list[tuple[str, ...]]:
    """(day, kind, last, value, used) of the readings that stand, or of all, in order of id."""
    statement = select(MeterReading).order_by(MeterReading.day, MeterReading.kind, MeterReading.id)
    if standing:
        statement = statement.where(MeterReading.replaced.is_(False))
    rows = town.ask(lambda session: session.scalars(statement).all())
    return [
        (
            row.day.isoformat(),
            row.kind.value,
            *(f"{one:f}".rstrip("0").rstrip(".") or "0" for one in (row.last, row.value, row.used)),
        )
        for row in rows
    ]


def metered_charges(town: Town) -> list[tuple[str, str, str, str]]:
    """(period, quantity, price, amount) of the metered charges."""
    rows = town.ask(
        lambda session: session.execute(
            select(Charge.period, Charge.quantity, Charge.price, Charge.amount, Charge.basis).order_by(
                Charge.period, Charge.id
            )
        ).all()
    )
    return [
        (str(row.period), f"{row.quantity.normalize():f}", f"{row.price.normalize():f}", str(row.amount))
        for row in rows
        if row.basis.get("method") == "metered"
    ]
