"""The product behind the cases: binds the protocol to the product's operations, the ones that the views call.

A method whose capability the product does not have yet raises `NotBuilt` with its name. Each step opens its own
unit of work around one operation, and lets the operation's DomainError through.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.kernel.periods import Period

from .language import given, steps
from .language.methods import AreaMethod, FixedMethod, MeteredMethod
from .office_billing import BillingSteps
from .office_closing import ClosingPart
from .office_collection import CollectionPart
from .office_reports import ReportsPart
from .protocol import ChargeFacts, NotBuilt, ReceiptFacts
from .snapshot import rows_of_every_table

USAGES = {"住宅": "home", "商铺": "shop", "办公": "office"}


class ProductOffice(BillingSteps, CollectionPart, ClosingPart, ReportsPart):
    """The product's operations behind the protocol, on one database that holds no community yet."""

    def __init__(self, *, app: Any) -> None:
        self._app = app
        self._community = 0
        self._receipts: dict[str, int] = {}
        self._asked: dict[str, Any] = {}

    def _do(self, operation: Callable[[Any], Any]) -> Any:
        """One operation in a unit of its own, as the system user."""
        from app.lowcode.actors import SYSTEM, acting_as
        from app.lowcode.db import db
        from app.lowcode.unit import in_unit_of_work

        with self._app.app_context(), acting_as(SYSTEM):
            return in_unit_of_work(lambda: operation(db.session()))

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        """Read, and leave nothing open."""
        from app.lowcode.actors import SYSTEM, acting_as
        from app.lowcode.db import db

        with self._app.app_context(), acting_as(SYSTEM):
            try:
                return question(db.session())
            finally:
                db.session.remove()

    def add_community(self, community: given.Community) -> None:
        from app.billing.operations.run_computation import PRORATION
        from app.collection.operations.prepayment_apply import AUTO_APPLY
        from app.collection.operations.rounding import LIMIT
        from app.estate.models import Building, Community, Company
        from app.estate.operations.people import developer_of
        from app.lowcode.settings import Setting

        def add(session: Any) -> int:
            company = Company(name=f"{community.name}公司")
            session.add(company)
            session.flush()
            row = Community(name=community.name, company_id=company.id)
            session.add(row)
            session.flush()
            session.add(Building(community_id=row.id, name="1号楼"))
            auto = "yes" if community.settings.auto_apply_prepayment else "no"
            for key, value in (
                (PRORATION, community.settings.proration),
                (AUTO_APPLY, auto),
                (LIMIT, "1000000.00"),
            ):
                session.add(Setting(key=key, community_id=row.id, value=value))
            developer_of(session=session, community_id=row.id)
            return int(row.id)

        self._community = self._do(add)

    def add_room(self, room: given.Room) -> None:
        from sqlalchemy import select

        from app.estate.models import Building, Room
        from app.estate.states import Usage

        def add(session: Any) -> None:
            building = session.scalars(select(Building).where(Building.community_id == self._community)).one()
            session.add(
                Room(
                    community_id=self._community,
                    building_id=building.id,
                    code=room.code,
                    number=room.code,
                    area=room.area,
                    floor=room.floor,
                    handed_over=room.handed_over,
                    purpose=Usage(USAGES[room.usage]) if room.usage else None,
                )
            )

        self._do(add)

    def add_customer(self, customer: given.Customer) -> None:
        from app.estate.models import Customer, Occupancy, ParkingSpace
        from app.estate.states import RoomState, SpaceState

        def add(session: Any) -> None:
            person = Customer(community_id=self._community, name=customer.name)
            session.add(person)
            session.flush()
            for code in customer.rooms:
                room = self._room(session, code)
                room.state = RoomState.SOLD
                session.add(
                    Occupancy(
                        community_id=self._community,
                        room_id=room.id,
                        customer_id=person.id,
                        starts=customer.start or room.handed_over,
                        ends=customer.end,
                    )
                )
            for number in customer.parking:
                session.add(
                    ParkingSpace(
                        community_id=self._community,
                        number=number,
                        customer_id=person.id,
                        state=SpaceState.SOLD,
                        starts=customer.start,
                    )
                )

        self._do(add)

    def add_fee(self, fee: given.Fee) -> None:
        from sqlalchemy import select

        from app.billing.models import FeeItem, FeeStandard, Meter
        from app.billing.operations import assign, save_standard
        from app.estate.models import ParkingSpace, Room
        from app.kernel.pricing import Method

        price = self._price(fee.method)

        def add(session: Any) -> None:
            item = FeeItem(name=fee.name)
            session.add(item)
            session.flush()
            standard = save_standard(
                session=session,
                row=FeeStandard(),
                community_id=self._community,
                name=fee.name,
                fee_item_id=item.id,
                due_days=fee.due_days,
                method=Method(fee.method.word),
                active=True,
                price=price,
                price_starts=fee.start,
            )
            rooms, spaces, meters = select(Room.id), select(ParkingSpace.id), select(Meter.id)
            if isinstance(fee.rooms, tuple):
                rooms = rooms.where(Room.code.in_(fee.rooms))
            if isinstance(fee.parking, tuple):
                spaces = spaces.where(ParkingSpace.number.in_(fee.parking))
            # A shared meter charges nobody by itself.
            own = Meter.room_id.is_not(None)
            meters = meters.where(Meter.number.in_(fee.meters) if isinstance(fee.meters, tuple) else own)
            assign(
                session=session,
                standard_id=standard.id,
                starts=fee.start,
                ends=fee.end,
                room_ids=session.scalars(rooms).all() if fee.rooms is not None else (),
                space_ids=session.scalars(spaces).all() if fee.parking is not None else (),
                meter_ids=session.scalars(meters).all() if fee.meters is not None else (),
            )

        if fee.late_fee is not None:
            raise NotBuilt("late fee")
        self._do(add)

    @staticmethod
    def _price(method: Any) -> Decimal:
        if isinstance(method, AreaMethod):
            return method.price
        if isinstance(method, FixedMethod):
            return method.amount
        if isinstance(method, MeteredMethod) and method.price is not None:
            return method.price
        raise NotBuilt(f"fee counted by {method.word}")

    def _room(self, session: Any, code: str) -> Any:
        from sqlalchemy import select

        from app.estate.models import Room

        return session.scalars(select(Room).where(Room.code == code)).one()

    def share(self, step: steps.Share) -> None:
        raise NotBuilt("share")

    def price_change(self, step: steps.PriceChange) -> None:
        from sqlalchemy import select

        from app.billing.models import FeeStandard
        from app.billing.operations import add_price

        price = self._price(step.method)

        def add(session: Any) -> None:
            for standard_id in session.scalars(select(FeeStandard.id).where(FeeStandard.name == step.fee)):
                add_price(session=session, standard_id=standard_id, starts=step.start, price=price)

        self._do(add)

    def bill(self, step: steps.Bill) -> None:
        from sqlalchemy import select

        from app.billing.models import FeeItem
        from app.billing.operations import bill

        def post(session: Any) -> None:
            items: Sequence[int | None] = (None,)
            if step.fees is not None:
                items = session.scalars(select(FeeItem.id).where(FeeItem.name.in_(step.fees))).all()
            bill(session=session, community_id=self._community, period=step.period, fee_item_ids=items)

        self._do(post)

    def move_out(self, step: steps.MoveOut) -> None:
        raise NotBuilt("move_out")

    def charges(self) -> Sequence[ChargeFacts]:
        from sqlalchemy import select

        from app.billing.models import Charge, FeeItem
        from app.estate.models import ParkingSpace, Room

        def read(session: Any) -> list[ChargeFacts]:
            rows = session.execute(
                select(Charge, Room.code, ParkingSpace.number, FeeItem.name)
                .join(FeeItem, Charge.fee_item_id == FeeItem.id)
                .outerjoin(Room, Charge.room_id == Room.id)
                .outerjoin(ParkingSpace, Charge.space_id == ParkingSpace.id)
            )
            return [
                ChargeFacts(
                    room=room or space,
                    fee=fee,
                    period=one.period,
                    start=one.starts,
                    end=one.ends,
                    quantity=one.quantity,
                    price=one.price,
                    gross=one.gross,
                    waived=one.waived + one.waived_later,
                    amount=one.amount + one.adjusted - one.waived_later,
                    paid=one.paid,
                    due=one.due,
                )
                for one, room, space, fee in rows
            ]

        found: list[ChargeFacts] = self._ask(read)
        return found

    def receipt_count(self) -> int:
        from sqlalchemy import func, select

        from app.collection.models import Receipt

        return int(self._ask(lambda session: session.scalar(select(func.count(Receipt.id)))))

    def due_of_room(self, *, room: str) -> Decimal:
        return sum((one.due for one in self.charges() if one.room == room), Decimal(0))

    def due_of_customer(self, *, customer: str) -> Decimal:
        from sqlalchemy import func, select

        from app.billing.models import Charge
        from app.estate.models import Customer

        def read(session: Any) -> Decimal:
            known = session.scalar(select(Customer.id).where(Customer.name == customer))
            if known is None:
                raise LookupError(customer)
            total = session.scalar(select(func.sum(Charge.due)).where(Charge.customer_id == known))
            return total if total is not None else Decimal(0)

        found: Decimal = self._ask(read)
        return found

    def late_fee(self, *, room: str, fee: str, period: Period, as_of: date) -> Decimal:
        raise NotBuilt("late_fee")

    def receipt(self, *, step: str) -> ReceiptFacts:
        from sqlalchemy import func, select

        from app.collection.models import Receipt, ReceiptTender

        def read(session: Any) -> ReceiptFacts:
            row = session.get_one(Receipt, self._receipts[step])
            cash = select(func.sum(ReceiptTender.amount)).where(ReceiptTender.receipt_id == row.id)
            return ReceiptFacts(
                total=row.total,
                cash=session.scalar(cash),
                change=row.change_given,
                words=row.words,
                number=row.number,
                status=(row.state.value, row.state.label),
            )

        found: ReceiptFacts = self._ask(read)
        return found

    def receipt_numbers(self) -> Mapping[str, Sequence[int]]:
        from app.collection.queries import serials

        books = self._ask(lambda session: serials(session=session))
        return {f"{community}/{year}": numbers for (community, year), numbers in books.items()}

    def tables(self) -> Mapping[str, Sequence[str]]:
        return rows_of_every_table(url=self._app.config["SQLALCHEMY_DATABASE_URI"])


def prepare(*, url: str) -> Any:
    """Build the tables in the empty database at `url` by the migrations; return the app.

    Called once a database; between cases `snapshot.Baseline` puts the rows back that are there after it.
    """
    from flask_migrate import upgrade

    from app import create_app
    from app.lowcode.db import db

    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "INSTANCE_DIR": tempfile.mkdtemp(prefix="cases-")})
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return app


def release(*, app: Any) -> None:
    """Let go of every connection, so that the database can be dropped."""
    from app.lowcode.db import db

    with app.app_context():
        db.session.remove()
        db.engine.dispose()
