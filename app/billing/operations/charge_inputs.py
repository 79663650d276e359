"""What a chunk of assignments stands on: prices, areas, payers and charges, each table read once a chunk."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import BillingRun, Charge, FeeStandardVersion, Meter, MeterReading, Vacancy
from app.billing.rules.metering import MeteredTimeline, MeteredUsage
from app.billing.rules.payers import Holding, payers_of_room, payers_of_space
from app.billing.rules.relief import Relief
from app.billing.rules.timeline import Area, AssignmentTimeline, Payer, Price
from app.billing.states import ApprovalState, ReadingKind
from app.estate.models import Customer, Occupancy, ParkingSpace, Room, RoomArea
from app.estate.states import CustomerKind, RoomState
from app.kernel.periods import DateSpan, Period


@dataclass(frozen=True, slots=True)
class BillingMonth:
    """A month of a community, of one fee or (None) of all: what a run computes."""

    community_id: int
    period: Period
    fee_item_id: int | None = None

    @classmethod
    def of(cls, run: BillingRun) -> "BillingMonth":
        """Return the month of a run."""
        return cls(run.community_id, run.period, run.fee_item_id)


class ChargeInputs:
    """The dated facts of some assignments of a month; `rows` are those of `assignments_of`."""

    def __init__(self, *, session: Session, month: BillingMonth, rows: Sequence[Any]) -> None:
        self._session, self._month = session, month
        ids = [row.id for row in rows]
        self._read_spaces({row.space_id for row in rows if row.space_id})
        self._read_meters({row.meter_id for row in rows if row.meter_id})
        self._read_rooms({row.room_id for row in rows if row.room_id})
        self._read_vacancies({row.room_id for row in rows if row.room_id})
        self._read_payers()
        self._read_prices({row.standard_id for row in rows})
        self._read_charges(ids)

    def room_of(self, row: Any) -> int | None:
        """Return the room of an assignment: its own or its meter's."""
        room_id: int | None = row.room_id if row.meter_id is None else self._meters[row.meter_id].room_id
        return room_id

    def building_of(self, row: Any) -> int | None:
        """Return the building of an assignment's room."""
        room_id = self.room_of(row)
        return None if room_id is None else self._rooms[room_id].building_id

    def metered(self, row: Any) -> MeteredTimeline:
        """Return the dated facts of one assignment of a meter; those of its room pay."""
        meter = self._meters[row.meter_id]
        return MeteredTimeline(
            span=DateSpan.since(row.starts, row.ends),
            meter=meter.number,
            prices=self._prices[row.standard_id],
            payers=self._room_payers(meter.room_id) if meter.room_id else (),
            readings=self._readings[row.meter_id],
            charged=[span for span, _amount in self._charged[row.id]],
        )

    def terrain(self, row: Any) -> AssignmentTimeline:
        """Return the dated facts of one assignment."""
        return AssignmentTimeline(
            span=DateSpan.since(row.starts, row.ends),
            prices=self._prices[row.standard_id],
            areas=self._areas_of(row),
            payers=self._room_payers(row.room_id) if row.room_id else self._space_payers(row.space_id),
            charged=[span for span, _amount in self._charged[row.id]],
            reliefs=self._reliefs_of(row),
        )

    def charged_amount(self, row: Any) -> Decimal:
        """Return what of the month is charged already (元)."""
        return sum((amount for _span, amount in self._charged[row.id]), Decimal(0))

    def previous(self, row: Any) -> Decimal | None:
        """Return what the assignment was charged for the month before (元); None for nothing at all."""
        return self._previous.get(row.id)

    def _areas_of(self, row: Any) -> list[Area]:
        if row.room_id:
            return self._areas[row.room_id] or [Area(date.min, self._rooms[row.room_id].area)]
        area = self._spaces[row.space_id].area
        return [] if area is None else [Area(date.min, area)]

    def _room_payers(self, room_id: int) -> tuple[Payer, ...]:
        room = self._rooms[room_id]
        return payers_of_room(
            holdings=self._holdings[room_id],
            handed_over=room.handed_over,
            sold=room.state is RoomState.SOLD,
            developer_id=self._developer,
        )

    def _space_payers(self, space_id: int) -> tuple[Payer, ...]:
        space = self._spaces[space_id]
        return payers_of_space(
            customer_id=space.customer_id,
            starts=space.starts,
            room_payers=self._room_payers(space.room_id) if space.room_id in self._rooms else (),
            developer_id=self._developer,
        )

    def _reliefs_of(self, row: Any) -> list[Relief]:
        return [
            Relief(DateSpan(one.starts, one.ends), one.factor, own=one.fee_item_id is not None)
            for one in self._vacancies.get(row.room_id, ())
            if one.fee_item_id in (None, row.fee_item_id)
        ]

    def _read_vacancies(self, room_ids: set[int]) -> None:
        period = self._month.period
        found = self._session.execute(
            select(Vacancy.room_id, Vacancy.fee_item_id, Vacancy.starts, Vacancy.ends, Vacancy.factor).where(
                Vacancy.room_id.in_(room_ids),
                Vacancy.state == ApprovalState.APPROVED,
                Vacancy.starts <= period.last_day,
                Vacancy.ends >= period.first_day,
            )
        )
        self._vacancies: dict[int, list[Any]] = defaultdict(list)
        for one in found:
            self._vacancies[one.room_id].append(one)

    def _read_meters(self, ids: set[int]) -> None:
        columns = (Meter.id, Meter.number, Meter.room_id)
        found = self._session.execute(select(*columns).where(Meter.id.in_(ids))) if ids else ()
        self._meters: dict[int, Any] = {row.id: row for row in found}
        self._readings: dict[int, list[MeteredUsage]] = defaultdict(list)
        if not ids:
            return
        for one in self._session.execute(
            select(
                MeterReading.meter_id,
                MeterReading.day,
                MeterReading.last,
                MeterReading.value,
                MeterReading.used,
                MeterReading.multiplier,
                MeterReading.loss,
                MeterReading.rollover,
                MeterReading.kind,
            )
            .where(
                MeterReading.meter_id.in_(ids),
                MeterReading.period == self._month.period,
                MeterReading.replaced.is_(False),
            )
            .order_by(MeterReading.day, MeterReading.kind)
        ):
            self._readings[one.meter_id].append(
                MeteredUsage(
                    one.day,
                    one.last,
                    one.value,
                    one.used,
                    one.multiplier,
                    one.loss,
                    rollover=one.rollover,
                    change=one.kind is ReadingKind.CHANGE,
                )
            )

    def _read_spaces(self, ids: set[int]) -> None:
        columns = (
            ParkingSpace.id,
            ParkingSpace.area,
            ParkingSpace.customer_id,
            ParkingSpace.starts,
            ParkingSpace.room_id,
        )
        found = self._session.execute(select(*columns).where(ParkingSpace.id.in_(ids))) if ids else ()
        self._spaces: dict[int, Any] = {row.id: row for row in found}

    def _read_rooms(self, ids: set[int]) -> None:
        ids = ids | {space.room_id for space in self._spaces.values() if space.room_id}
        ids = ids | {meter.room_id for meter in self._meters.values() if meter.room_id}
        columns = (Room.id, Room.building_id, Room.area, Room.handed_over, Room.state)
        self._rooms: dict[int, Any] = {
            row.id: row for row in self._session.execute(select(*columns).where(Room.id.in_(ids)))
        }
        self._areas: dict[int, list[Area]] = defaultdict(list)
        for version in self._session.execute(
            select(RoomArea.room_id, RoomArea.starts, RoomArea.area)
            .where(RoomArea.room_id.in_(ids))
            .order_by(RoomArea.room_id, RoomArea.starts)
        ):
            # The first known area counts for the days before it too: a room is never without one.
            known = self._areas[version.room_id]
            known.append(Area(version.starts if known else date.min, version.area))

    def _read_payers(self) -> None:
        columns = (Occupancy.id, Occupancy.room_id, Occupancy.customer_id, Occupancy.starts, Occupancy.ends)
        self._holdings: dict[int, list[Holding]] = defaultdict(list)
        for one in self._session.execute(
            select(*columns).where(Occupancy.room_id.in_(self._rooms.keys()), Occupancy.payer.is_(True))
        ):
            self._holdings[one.room_id].append(Holding(one.id, one.customer_id, one.starts, one.ends))
        self._developer = self._session.scalar(
            select(func.min(Customer.id)).where(
                Customer.community_id == self._month.community_id, Customer.kind == CustomerKind.DEVELOPER
            )
        )

    def _read_prices(self, standard_ids: set[int]) -> None:
        columns = (
            FeeStandardVersion.id,
            FeeStandardVersion.standard_id,
            FeeStandardVersion.starts,
            FeeStandardVersion.price,
        )
        self._prices: dict[int, list[Price]] = defaultdict(list)
        for one in self._session.execute(
            select(*columns)
            .where(FeeStandardVersion.standard_id.in_(standard_ids))
            .order_by(FeeStandardVersion.starts)
        ):
            self._prices[one.standard_id].append(Price(one.id, one.starts, one.price))

    def _read_charges(self, ids: Sequence[int]) -> None:
        period = self._month.period
        self._charged: dict[int, list[tuple[DateSpan, Decimal]]] = defaultdict(list)
        for one in self._charges_in(ids, period):
            self._charged[one.assignment_id].append((DateSpan(one.starts, one.ends), one.amount))
        self._previous: dict[int, Decimal] = {}
        for one in self._charges_in(ids, period.previous):
            self._previous[one.assignment_id] = self._previous.get(one.assignment_id, Decimal(0)) + one.amount

    def _charges_in(self, ids: Sequence[int], period: Period) -> Any:
        # A charge never leaves its month, so that the dates find it by the index of (assignment, starts).
        return self._session.execute(
            select(Charge.assignment_id, Charge.starts, Charge.ends, Charge.amount).where(
                Charge.assignment_id.in_(ids), Charge.starts.between(period.first_day, period.last_day)
            )
        )
