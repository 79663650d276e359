"""Repairs of ours: an order in each state, an emergency, materials and pictures; who may be sent to them."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from app.billing.models import FeeItem
from app.billing.states import FeeKind
from app.estate.models import Employee
from app.lowcode import clock
from app.lowcode.attachments import AttachmentKind, attach
from app.lowcode.workflow import move
from app.service.models import RepairMaterial, RepairOrder, TechnicianTrade
from app.service.operations.repairs import save_repair, save_trade
from app.service.states.repairs import RepairState
from tests.integration.service.repair_office import ROADS
from tests.pictures import png


def add_technicians(*, session: Session, company_id: int) -> tuple[int, int]:
    """Two of the company that holds both communities: they are everybody's."""
    staff = [
        Employee(company_id=company_id, number=number, name=name)
        for number, name in (("T1", "甲师傅"), ("T2", "乙师傅"))
    ]
    session.add_all(staff)
    session.flush()
    for one in staff:
        save_trade(session=session, row=TechnicianTrade(), employee_id=one.id, trade="水电")
    return staff[0].id, staff[1].id


def add_repairs(
    *, session: Session, technicians: tuple[int, int], ours: Mapping[str, Any], employee_id: int, words: str
) -> dict[str, int]:
    """An order in each state by the state's name, and `urgent`, `listed` (with material that waits)."""
    fee = FeeItem(name="有偿维修费", kind=FeeKind.SERVICE)
    session.add(fee)
    session.flush()
    trade = save_trade(session=session, row=TechnicianTrade(), employee_id=employee_id, trade="水电")
    found = {"trade": trade.id, "fee": fee.id}
    for name, state, urgent in (
        *((state.value, state, False) for state in RepairState),
        ("urgent", RepairState.REGISTERED, True),
        ("listed", RepairState.WORKING, False),
    ):
        row = save_repair(
            session=session, row=RepairOrder(), urgent=urgent, source="电话", content=words, **ours
        )
        for action in ROADS[state]:
            if action == "material":
                _line(session, row, words)
            else:
                row = move(session=session, row=row, action=action, **_inputs(action, technicians[0], words))
        if name == "listed":
            _line(session, row, words)
            attach(
                session=session,
                row=row,
                kind=AttachmentKind("before", ""),
                content=png(),
                name=words,
            )
        found[name] = row.id
    return found


def _line(session: Session, row: RepairOrder, words: str) -> None:
    session.add(
        RepairMaterial(
            community_id=row.community_id,
            order_id=row.id,
            name=words,
            quantity=Decimal(2),
            price=Decimal("1.00"),
            amount=Decimal("2.00"),
        )
    )
    session.flush()


def _inputs(action: str, technician_id: int, words: str) -> dict[str, Any]:
    why: dict[str, Any] = {"reason": words}
    return {
        "dispatch": {"trade": "水电", "technician_id": technician_id},
        "delay": {"promised_day": clock.today() + timedelta(days=2), **why},
        "complete": {
            "finished_at": clock.now(),
            "work_done": words,
            "labour": None,
            "chargeable": False,
            "charge_amount": None,
        },
        "sign": {"signature": None, "signed_by": words, "proxy_reason": words},
        "check": {"check_opinion": words, "fee_item_id": None},
        "cancel": why,
    }.get(action, {})


def _soon() -> str:
    return (clock.today() + timedelta(days=3)).isoformat()


def _now() -> str:
    return f"{clock.now().astimezone(clock.timezone()):%Y-%m-%d %H:%M}"


ACTIONS: dict[tuple[str, str], Any] = {
    ("RepairOrder", action): (
        lambda _session, world, name=name, given=given: (world.repairs[name], given(world))
    )
    for action, name, given in (
        ("rush", "urgent", lambda world: {"trade": "水电", "technician_id": world.technicians[0]}),
        ("dispatch", "passed", lambda world: {"trade": "水电", "technician_id": world.technicians[0]}),
        (
            "reassign",
            "working",
            lambda world: {"trade": "水电", "technician_id": world.technicians[1], "reason": "忙"},
        ),
        ("complete", "working", lambda world: {"finished_at": _now(), "work_done": "修好了"}),
        ("ask_material", "listed", lambda world: {}),
        ("issue", "waiting", lambda world: {}),
        ("resume", "delayed", lambda world: {}),
        ("delay", "working", lambda world: {"promised_day": _soon(), "reason": "缺件"}),
        ("pause", "working", lambda world: {"promised_day": _soon(), "reason": "缺件"}),
        ("sign", "to_sign", lambda world: {"signed_by": "新写的", "proxy_reason": "电话确认"}),
        ("check", "to_check", lambda world: {"check_opinion": "好", "fee_item_id": world.repairs["fee"]}),
    )
}
