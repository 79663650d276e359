"""A community whose every month is ten thousand charges: 2,500 rooms with four fees each, written without the forms."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.billing import operations
from app.billing.models import FeeAssignment, FeeItem, FeeStandard
from app.billing.operations.runs import begin_run, compute_run
from app.collection.operations import PaymentRequest, pay
from app.collection.states import Tender
from app.estate.models import Building, Community, Company, Customer, Occupancy, Room
from app.estate.states import OccupancyRole, RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from tests.integration.collection.ledger import add_charge

ROOMS, FEES = 2500, 4
CHARGES = ROOMS * FEES
FIRST = Period(2023, 1)
SINCE = date(2022, 1, 1)


def found(*, session: Session) -> int:
    """Build it, with one receipt in its books; returns the community's id."""
    company = Company(name="锦东置业")
    session.add(company)
    session.flush()
    community = Community(company_id=company.id, name="万家园")
    session.add(community)
    session.flush()
    mine = {"community_id": community.id}
    building = Building(**mine, name="1号楼")
    session.add(building)
    session.flush()
    numbers = [f"{place:05}" for place in range(ROOMS)]
    rooms = _add(
        session,
        Room,
        [
            {
                **mine,
                "building_id": building.id,
                "unit": "1",
                "number": number,
                "code": f"1-1-{number}",
                "area": Decimal("89.67"),
                "state": RoomState.SOLD,
                "handed_over": SINCE,
            }
            for number in numbers
        ],
    )
    owners = _add(session, Customer, [{**mine, "name": f"业主{number}"} for number in numbers])
    _add(
        session,
        Occupancy,
        [
            {**mine, "room_id": room, "customer_id": owner, "role": OccupancyRole.OWNER, "payer": True}
            for room, owner in zip(rooms, owners, strict=True)
        ],
    )
    for fee in range(FEES):
        item = FeeItem(name=f"费用{fee}")
        session.add(item)
        session.flush()
        standard = operations.save_standard(
            session=session,
            row=FeeStandard(),
            name=item.name,
            fee_item_id=item.id,
            **mine,
            method=Method.AREA,
            active=True,
            price=Decimal("1.23") + fee,
            price_starts=SINCE,
            due_days=0,
        )
        _add(
            session,
            FeeAssignment,
            [{**mine, "standard_id": standard.id, "room_id": room, "starts": SINCE} for room in rooms],
        )
    paid = add_charge(session, customer_id=owners[0], fee_id=item.id, amount="88.88", period="2022-01")
    pay(
        session=session,
        request=PaymentRequest(
            customer_id=owners[0], charge_ids=[paid], tenders=[(Tender.CASH, None)], day=date(2022, 2, 1)
        ),
    )
    return community.id


def compute(*, session: Session, community_id: int, months: int) -> list[int]:
    """Compute a run of each month; their ids. Nothing is posted."""
    runs = []
    for month in range(months):
        run = begin_run(
            session=session, community_id=community_id, period=FIRST.plus(month), fee_item_id=None
        )
        compute_run(session=session, run=run)
        runs.append(run.id)
    return runs


def _add(session: Session, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    before = session.scalar(select(func.max(model.id))) or 0
    session.execute(insert(model), rows)
    return list(session.scalars(select(model.id).where(model.id > before).order_by(model.id)))
