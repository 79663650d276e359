"""A dozen repairs for an office that has none: dispatched, each with a line of material."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from app.estate.models import Customer, Employee
from app.lowcode.workflow import move
from app.service.models import RepairMaterial, RepairOrder, TechnicianTrade
from app.service.operations.repairs import save_material, save_repair, save_trade


def furnish_repairs(*, session: Session, people: Sequence[Customer], staff: Sequence[Employee]) -> None:
    """One order for each of these people in the hands of one of the staff, who learns the trade for it."""
    for person, technician in zip(people, staff, strict=True):
        save_trade(session=session, row=TechnicianTrade(), employee_id=technician.id, trade="水电")
        row = save_repair(
            session=session,
            row=RepairOrder(),
            community_id=person.community_id,
            customer_id=person.id,
            place="楼道",
            reporter=person.name,
            source="电话",
            content="灯不亮",
        )
        row = move(session=session, row=row, action="pass_on")
        row = move(session=session, row=row, action="dispatch", trade="水电", technician_id=technician.id)
        save_material(
            session=session,
            row=RepairMaterial(),
            order_id=row.id,
            name="灯泡",
            unit="个",
            quantity=Decimal(1),
            price=Decimal(5),
        )
