"""A community to bill: rooms that are sold and handed over, one standard, and what was charged of it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import AccountingPeriod, BillingLine, BillingRun, Charge, FeeItem, FeeStandard
from app.billing.states import PeriodState
from app.estate.models import Building, Community, Company, Customer, Occupancy, ParkingSpace, Room
from app.estate.states import CustomerKind, RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.unit import unit_of_work

MARCH, APRIL = Period(2025, 3), Period(2025, 4)


class Town:
    """One community on the test's database; every method is one unit of work of the system's."""

    def __init__(self, app: Any, *, rooms: int = 3) -> None:
        self.app = app
        self.community_id, self.developer_id, self.room_ids = self.do(lambda session: _found(session, rooms))

    def do(self, operation: Callable[[Session], Any]) -> Any:
        """Run an operation in a unit of its own."""
        with self.app.app_context(), acting_as(SYSTEM), unit_of_work() as session:
            return operation(session)

    def ask(self, question: Callable[[Session], Any]) -> Any:
        """Read something."""
        with self.app.app_context(), acting_as(SYSTEM):
            try:
                return question(db.session())
            finally:
                # What was read is kept as it was: a rollback would forget it.
                db.session.expunge_all()
                db.session.rollback()

    def standard(
        self, name: str = "物业费", *, price: str = "2.40", starts: str = "2025-01-01", **more: Any
    ) -> int:
        """A fee of its own with a standard and its first price."""

        def add(session: Session) -> int:
            item = session.scalars(select(FeeItem).where(FeeItem.name == name)).one_or_none()
            if item is None:
                item = FeeItem(name=name)
                session.add(item)
                session.flush()
            standard = operations.save_standard(
                session=session,
                row=FeeStandard(),
                name=more.pop("title", name),
                fee_item_id=item.id,
                community_id=self.community_id,
                method=more.pop("method", Method.AREA),
                active=True,
                price=Decimal(price),
                price_starts=date.fromisoformat(starts),
                due_days=0,
                **more,
            )
            return standard.id

        return self.do(add)

    def assign(self, standard_id: int, starts: str | None = "2025-01-01", **more: Any) -> int:
        """Give the standard to every room (or what `more` names)."""
        more.setdefault("room_ids", () if "space_ids" in more else self.room_ids)
        day = None if starts is None else date.fromisoformat(starts)
        return self.do(
            lambda session: (
                operations.assign(session=session, standard_id=standard_id, starts=day, **more).count
            )
        )

    def bill(self, period: Period = MARCH) -> list[int]:
        """Compute and post at once; the ids of the runs."""
        return self.do(
            lambda session: [
                run.id
                for run in operations.bill(session=session, community_id=self.community_id, period=period)
            ]
        )

    def start(self, period: Period = MARCH) -> int:
        """Start a run whose job waits in the queue."""
        return self.do(
            lambda session: (
                operations.start_run(session=session, community_id=self.community_id, period=period)[0].id
            )
        )

    def closed(self, period: Period) -> None:
        """Close a month by the back door: nothing of it is looked at."""
        row = {"community_id": self.community_id, "period": period, "state": PeriodState.CLOSED}
        self.do(lambda session: session.execute(insert(AccountingPeriod.__table__).values(row)))

    def run(self, run_id: int) -> BillingRun:
        """A run as it stands."""
        return self.ask(lambda session: session.get_one(BillingRun, run_id))

    def charges(self) -> list[tuple[Any, ...]]:
        """(room, first day, last day, customer, amount) of every charge, in order."""
        return self.ask(lambda session: _rows(session, Charge))

    def lines(self) -> list[tuple[Any, ...]]:
        """The same of every line that waits in a run, with its oddity."""
        return self.ask(lambda session: _rows(session, BillingLine, BillingLine.odd))

    def space(self, number: str = "A-001", **values: Any) -> int:
        """A parking space."""

        def add(session: Session) -> int:
            row = ParkingSpace(community_id=self.community_id, number=number, **values)
            session.add(row)
            session.flush()
            return row.id

        return self.do(add)


def _rows(session: Session, model: Any, *more: Any) -> list[tuple[Any, ...]]:
    found = session.execute(
        select(Room.code, model.starts, model.ends, Customer.name, model.amount, *more)
        .select_from(model)
        .outerjoin(Room, model.room_id == Room.id)
        .outerjoin(Customer, model.customer_id == Customer.id)
        .order_by(Room.code, model.starts)
    )
    return [(row[0], row[1].isoformat(), row[2].isoformat(), row[3], str(row[4]), *row[5:]) for row in found]


def _found(session: Session, rooms: int) -> tuple[int, int, list[int]]:
    company = Company(name="锦东物业")
    session.add(company)
    session.flush()
    community = Community(company_id=company.id, name="锦东里")
    session.add(community)
    session.flush()
    building = Building(community_id=community.id, name="1号楼")
    developer = Customer(community_id=community.id, name="锦东开发", kind=CustomerKind.DEVELOPER)
    session.add_all([building, developer])
    session.flush()
    ids = []
    for number in range(1, rooms + 1):
        room = Room(
            community_id=community.id,
            building_id=building.id,
            unit="1",
            number=f"{number:04}",
            code=f"1-1-{number:04}",
            area=Decimal(100),
            state=RoomState.SOLD,
            handed_over=date(2025, 1, 1),
        )
        owner = Customer(community_id=community.id, name=f"业主{number}")
        session.add_all([room, owner])
        session.flush()
        session.add(Occupancy(community_id=community.id, room_id=room.id, customer_id=owner.id))
        ids.append(room.id)
    session.flush()
    return community.id, developer.id, ids
