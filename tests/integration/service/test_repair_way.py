"""The way of a repair order, and what each step leaves behind."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.billing.models import Charge
from app.estate.models import Building, Room
from app.kernel.errors import DomainError
from app.kernel.phones import NotAPhone
from app.lowcode import clock
from app.lowcode.attachments import attachments_of
from app.lowcode.db import db
from app.lowcode.history import History
from app.lowcode.notices import Notice, notify
from app.lowcode.scope import MixedCommunities, OutOfScope
from app.lowcode.unit import unit_of_work
from app.lowcode.workflow import NotYours, StateChange, move
from app.service.models import RepairMaterial, RepairOrder
from app.service.operations.repairs import errors, save_material, save_repair
from app.service.operations.repairs.materials import NotInHand
from app.service.operations.repairs.registration import OtherBuilding, PlaceMissing, PlannedInThePast
from app.service.states.repairs import RepairState
from tests.cases.snapshot import changes, rows_of_every_table
from tests.integration.service.repair_office import OTHER, RepairOffice, at


def order(pk: int) -> RepairOrder:
    db.session.rollback()
    return db.session.get_one(RepairOrder, pk, populate_existing=True)


def step(repairs: RepairOffice, pk: int, *actions: str, by: str = "", **inputs: Any) -> RepairOrder:
    if by:
        with repairs.acting(by):
            return step(repairs, pk, *actions, **inputs)
    with unit_of_work() as session:
        repairs.lead(session, session.get_one(RepairOrder, pk), *actions, **inputs)
    return order(pk)


def charges() -> int:
    return db.session.scalar(select(func.count(Charge.id))) or 0


def told(repairs: RepairOffice, name: str) -> list[str]:
    notices = db.session.scalars(
        select(Notice).where(Notice.user_id == repairs.user_id(name)).order_by(Notice.id)
    )
    return [notice.words() for notice in notices]


def test_an_order_has_a_number_a_place_and_a_time_by_which_it_is_due(repairs: RepairOffice) -> None:
    with clock.clock_at(at(9, 30)):
        row = order(repairs.order_in(RepairState.REGISTERED))
        second = order(repairs.order_in(RepairState.REGISTERED))
    assert [row.number, second.number] == ["BX2026000001", "BX2026000002"]
    assert (row.building_id, row.reported_at, row.due_at) == (
        repairs.cast.ours.building_id,
        at(9, 30),
        at(18),
    )
    assert row.rank == 1


def test_an_emergency_is_due_in_two_hours_and_told_at_once(repairs: RepairOffice) -> None:
    with clock.clock_at(at(23)), repairs.acting("秩序维护"):
        row = order(repairs.order_in(RepairState.REGISTERED, urgent=True))
    assert (row.due_at, row.rank) == (at(1, day=11), 0)
    assert told(repairs, "工程主管") == [f"紧急报修 {row.number}：锦绣园 1-1-101，请立即派工。"]
    assert told(repairs, "客服") == []


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"room_id": None}, PlaceMissing),
        ({"room_id": None, "place": "   "}, PlaceMissing),
        ({"room_id": "neighbour"}, MixedCommunities),
        ({"room_id": 10**12}, OutOfScope),
        ({"building_id": "other"}, OtherBuilding),
        ({"planned_day": at(9, day=9).date()}, PlannedInThePast),
        ({"appointment": at(9, day=9)}, PlannedInThePast),
    ],
)
def test_what_nobody_could_find_or_keep_is_not_registered(
    app: Flask, repairs: RepairOffice, values: dict[str, Any], refusal: type[DomainError]
) -> None:
    if values.get("room_id") == "neighbour":
        values = {"room_id": repairs.cast.neighbour.room_ids[0]}
    if values.get("building_id") == "other":
        with unit_of_work() as session:
            other = Building(community_id=repairs.cast.ours.community_id, name="2号楼")
            session.add(other)
            session.flush()
            values = {"building_id": other.id}
    if values.get("place"):
        values = {"room_id": None, "place": values["place"].strip()}
    before = rows_of_every_table(url=app.config["SQLALCHEMY_DATABASE_URI"])
    with clock.clock_at(at(9)), pytest.raises(refusal), unit_of_work() as session:
        repairs.register(session, **values)
    assert changes(before, rows_of_every_table(url=app.config["SQLALCHEMY_DATABASE_URI"])) == []


def test_a_promise_stands_when_the_telephone_is_corrected(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.DELAYED)
    promised = order(pk).due_at
    with unit_of_work() as session:
        save_repair(session=session, row=session.get_one(RepairOrder, pk), phone="13800000000")
    assert order(pk).due_at == promised
    with unit_of_work() as session:
        save_repair(session=session, row=session.get_one(RepairOrder, pk), urgent=True)
    assert order(pk).due_at == order(pk).reported_at + timedelta(hours=2)


def test_a_telephone_that_nobody_could_call_is_refused_unless_it_stands_there_already(
    repairs: RepairOffice,
) -> None:
    pk = repairs.order_in(RepairState.PASSED)
    with pytest.raises(NotAPhone), unit_of_work() as session:
        save_repair(session=session, row=session.get_one(RepairOrder, pk), phone="abc")
    with unit_of_work() as session:
        session.get_one(RepairOrder, pk).phone = "老号码"  # from before it was asked
    with unit_of_work() as session:
        save_repair(session=session, row=session.get_one(RepairOrder, pk), phone=" 老号码", content="还在漏")
    assert (order(pk).phone, order(pk).content) == ("老号码", "还在漏")


def test_the_technician_is_told_and_can_give_the_order_back(repairs: RepairOffice) -> None:
    pk = step(repairs, repairs.order_in(RepairState.PASSED), "dispatch", by="工程主管").id
    row = order(pk)
    assert (row.technician_id, row.dispatched_by) == (repairs.technician_id, "工程主管")
    assert told(repairs, "维修工") == [f"新工单 {row.number}：锦绣园 1-1-101"]
    row = step(repairs, pk, "decline", by="维修工", reason="不是水电，是墙体渗水")
    assert (row.state, row.technician_id, row.dispatched_by) == (RepairState.PASSED, None, None)
    assert told(repairs, "工程主管")[-1].endswith("墙体渗水")


def test_only_a_technician_of_the_company_is_sent(repairs: RepairOffice) -> None:
    from app.estate.models import Company, Employee
    from app.lowcode.workflow.inputs import InputWrong
    from app.service.models import TechnicianTrade

    pk = repairs.order_in(RepairState.PASSED)
    with unit_of_work() as session:
        elsewhere = Company(name="别家", parent_id=repairs.cast.ours.company_id)
        session.add(elsewhere)
        session.flush()
        ours = repairs.cast.ours.company_id
        staff = [
            Employee(company_id=ours, number="E8", name="没有工种"),
            Employee(company_id=ours, number="E9", name="离职", active=False),
            Employee(company_id=elsewhere.id, number="E1", name="别家师傅"),
        ]
        session.add_all(staff)
        session.flush()
        for one in staff[1:]:
            session.add(TechnicianTrade(company_id=one.company_id, employee_id=one.id, trade="水电"))
        wrong = [one.id for one in staff]
    for employee_id in (*wrong, 10**12):
        with pytest.raises(InputWrong), unit_of_work() as session:
            move(
                session=session,
                row=session.get_one(RepairOrder, pk),
                action="dispatch",
                trade="水电",
                technician_id=employee_id,
            )
    assert order(pk).state is RepairState.PASSED


def test_a_delay_needs_a_day_to_come_and_is_told_to_both_chiefs(repairs: RepairOffice) -> None:
    with clock.clock_at(at(10)):
        pk = repairs.order_in(RepairState.WORKING)
        for day in (at(0, day=9).date(), at(0).date() + timedelta(days=366)):
            with pytest.raises(errors.NoDayToPromise):
                step(repairs, pk, "delay", promised_day=day)
        row = step(repairs, pk, "delay", by="维修工", promised_day=at(0, day=12).date(), reason="要订配件")
    assert (row.state, row.delay_reason, row.due_at) == (RepairState.DELAYED, "要订配件", at(23, 59, day=12))
    for name in ("工程主管", "客服"):
        assert told(repairs, name)[-1] == f"报修单 {row.number} 延期到 2026-03-12，请告知报修人：要订配件"
    with clock.clock_at(at(9, day=12)):
        assert step(repairs, pk, "resume", by="维修工").state is RepairState.WORKING


def test_a_pause_keeps_the_limit_and_only_who_leads_ends_it(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WORKING)
    due = order(pk).due_at
    row = step(repairs, pk, "pause", by="工程主管", reason="等业主回来")
    assert (row.state, row.paused, row.due_at) == (RepairState.DELAYED, True, due)
    with pytest.raises(NotYours):
        step(repairs, pk, "resume", by="维修工")
    row = step(repairs, pk, "resume", by="工程主管")
    assert (row.state, row.paused) == (RepairState.WORKING, False)


def test_material_is_issued_only_after_the_engineer_has_confirmed_it(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WORKING)
    with pytest.raises(errors.NoMaterialListed):
        step(repairs, pk, "ask_material", by="维修工")
    with unit_of_work() as session:
        line = repairs.material(session, session.get_one(RepairOrder, pk)).id
    assert not db.session.get_one(RepairMaterial, line).confirmed
    with pytest.raises(errors.MaterialNotIssued):
        step(repairs, pk, "complete", by="维修工")
    row = step(repairs, pk, "ask_material", by="维修工")
    assert (row.state, row.awaiting_material) == (RepairState.WAITING, True)
    assert told(repairs, "工程主管")[-1] == f"报修单 {row.number} 等待发料确认：角阀"
    step(repairs, pk, "delay", by="维修工")
    with pytest.raises(errors.MaterialFirst):
        step(repairs, pk, "resume", by="维修工")
    row = step(repairs, pk, "issue", by="工程主管")
    assert (row.state, row.awaiting_material, row.material_total) == (
        RepairState.WORKING,
        False,
        Decimal("25.00"),
    )
    assert db.session.get_one(RepairMaterial, line, populate_existing=True).confirmed_by == "工程主管"
    assert step(repairs, pk, "complete", by="维修工").state is RepairState.TO_SIGN


def test_less_material_stays_confirmed_and_more_does_not(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WAITING)
    step(repairs, pk, "issue")
    line = db.session.scalars(select(RepairMaterial.id).where(RepairMaterial.order_id == pk)).one()

    def change(**values: Any) -> bool:
        with repairs.acting("维修工"), unit_of_work() as session:
            return save_material(
                session=session, row=session.get_one(RepairMaterial, line), **values
            ).confirmed

    assert change(quantity=Decimal(1))
    assert order(pk).material_total == Decimal("12.50")
    assert not change(quantity=Decimal(2))
    step(repairs, pk, "ask_material", "issue")
    assert not change(name="金角阀")


def test_materials_belong_to_who_has_the_order_in_hand(repairs: RepairOffice) -> None:
    working, done = repairs.order_in(RepairState.WORKING), repairs.order_in(RepairState.TO_SIGN)
    given = {"name": "角阀", "quantity": Decimal(1), "price": None}
    for name, pk, refusal in (
        (OTHER, working, NotYours),
        ("客服", working, NotYours),
        ("邻区工程主管", working, OutOfScope),
        ("维修工", done, NotInHand),
        ("工程主管", done, NotInHand),
        ("维修工", 10**12, OutOfScope),
    ):
        with repairs.acting(name), pytest.raises(refusal), unit_of_work() as session:
            save_material(session=session, row=RepairMaterial(), order_id=pk, **given)
    with repairs.acting("工程主管"), unit_of_work() as session:
        assert save_material(session=session, row=RepairMaterial(), order_id=working, **given).confirmed


def test_completion_and_signature_are_kept(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WORKING)
    for finished in (clock.now() + timedelta(hours=1), clock.now() - timedelta(days=1)):
        with pytest.raises(errors.WrongFinish):
            step(repairs, pk, "complete", finished_at=finished)
    with pytest.raises(errors.SignatureMissing):
        step(repairs, pk, "complete", "sign", signature=None)
    step(repairs, pk, "complete")
    row = step(repairs, pk, "sign", by="维修工")
    assert (row.signed_by, row.work_done) == ("王先生", "换了软管")
    assert [one.kind for one in attachments_of(session=db.session(), row=row)] == ["signature"]
    row = step(repairs, pk, "redo", by="工程主管", reason="还在滴水")
    assert (row.state, row.signed_by, row.signed_at) == (RepairState.WORKING, None, None)
    row = step(repairs, pk, "complete", "sign", signature=None, proxy_reason="电话确认")
    assert (row.state, row.proxy_reason) == (RepairState.TO_CHECK, "电话确认")


def test_a_paid_repair_is_charged_once_when_it_is_closed(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WAITING)
    step(repairs, pk, "issue", "complete", chargeable=True)
    row = step(repairs, pk, "sign")
    assert (row.charge_amount, charges()) == (Decimal("75.00"), 0)
    with pytest.raises(errors.FeeMissing):
        step(repairs, pk, "check")
    row = step(repairs, pk, "check", by="工程主管", fee_item_id=repairs.fee_item_id)
    charge = db.session.scalars(select(Charge)).one()
    assert (charge.source, charge.source_id, charge.amount, charge.due) == (
        "repair",
        pk,
        Decimal("75.00"),
        Decimal("75.00"),
    )
    assert (charge.customer_id, charge.room_id) == (repairs.customer_id, repairs.cast.ours.room_ids[0])
    assert row.number in charge.basis["words"]
    assert (row.state, row.rank, row.checked_by) == (RepairState.CLOSED, 2, "工程主管")
    with pytest.raises(DomainError):
        step(repairs, pk, "check", fee_item_id=repairs.fee_item_id)
    assert charges() == 1


@pytest.mark.parametrize(
    ("inputs", "refusal"),
    [
        ({"chargeable": True, "labour": None, "charge_amount": None}, errors.NothingToCharge),
        (
            {"chargeable": True, "labour": Decimal("0.00"), "charge_amount": Decimal("0.00")},
            errors.NothingToCharge,
        ),
    ],
)
def test_nothing_is_no_charge(
    repairs: RepairOffice, inputs: dict[str, Any], refusal: type[DomainError]
) -> None:
    pk = repairs.order_in(RepairState.WORKING)
    with pytest.raises(refusal):
        step(repairs, pk, "complete", **inputs)


def test_a_public_place_has_nobody_to_charge(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.WORKING, room_id=None, customer_id=None, place="大门")
    with pytest.raises(errors.NobodyToCharge):
        step(repairs, pk, "complete", chargeable=True)
    row = step(repairs, pk, "complete", "sign", "check")
    assert (row.state, charges()) == (RepairState.CLOSED, 0)


def test_a_cancelled_order_is_never_charged(repairs: RepairOffice) -> None:
    row = step(repairs, repairs.order_in(RepairState.WORKING), "cancel", by="客服", reason="自己修好了")
    assert (row.state, row.unfinished_reason, row.rank, charges()) == (
        RepairState.CANCELLED,
        "自己修好了",
        2,
        0,
    )


def test_every_step_stands_in_the_way_and_in_the_history(repairs: RepairOffice) -> None:
    pk = repairs.order_in(RepairState.CLOSED)
    step(repairs, pk, "rate", by="客服")
    way = db.session.scalars(
        select(StateChange)
        .where(StateChange.document == "RepairOrder", StateChange.row_id == pk)
        .order_by(StateChange.id)
    ).all()
    assert [one.action for one in way] == [
        "",
        "pass_on",
        "dispatch",
        "take",
        "complete",
        "sign",
        "check",
        "rate",
    ]
    labels = db.session.scalars(
        select(History.label).where(
            History.document == "RepairOrder", History.row_id == pk, History.field.is_(None)
        )
    ).all()
    assert {"转工程", "派工", "接单", "完工", "签字", "核对关闭", "评价"} <= set(labels)


def test_a_room_of_another_building_brings_its_own(repairs: RepairOffice) -> None:
    room = db.session.get_one(Room, repairs.cast.ours.room_ids[1])
    row = order(repairs.order_in(RepairState.REGISTERED, room_id=room.id))
    assert row.building_id == room.building_id


def unread_of(repairs: RepairOffice, who: str) -> list[str]:
    rows = db.session.scalars(
        select(Notice).where(Notice.user_id == repairs.user_id(who), Notice.read_at.is_(None))
    )
    return [row.words() for row in rows]


def test_work_that_is_done_is_asked_for_no_more(repairs: RepairOffice) -> None:
    """S6: whoever does the step, everybody's notice that asked for it is read; what only informs waits for its reader."""
    pk = repairs.order_in(RepairState.PASSED)
    assert any("请派工" in one for one in unread_of(repairs, "工程主管"))
    step(repairs, pk, "dispatch", by="物业经理", technician_id=repairs.technician_id)
    assert not any("请派工" in one for one in unread_of(repairs, "工程主管"))
    assert any("新工单" in one for one in unread_of(repairs, "维修工"))
    step(repairs, pk, "take", by="维修工")
    assert unread_of(repairs, "维修工") == []
    step(repairs, pk, "delay", by="维修工")
    assert any("延期" in one for one in unread_of(repairs, "客服"))
    step(repairs, pk, "resume", by="维修工")
    assert any("延期" in one for one in unread_of(repairs, "客服"))


def test_the_same_is_told_once_until_it_is_read(repairs: RepairOffice) -> None:
    """S6: one notice a person and event."""
    pk = repairs.order_in(RepairState.REGISTERED)
    with unit_of_work() as session:
        given = {"session": session, "message": "报修单 %(number)s", "url": f"/repair_order/show/{pk}"}
        user = repairs.user_id("客服")
        assert notify(users=[user, user], params={"number": "1"}, **given) == 1
        assert notify(users=[user], params={"number": "1"}, **given) == 0
        assert notify(users=[user], params={"number": "2"}, **given) == 1
        # Told again, the earlier one counts as read: one of a row stays to be read.
        assert notify(users=[user], params={"number": "2"}, again=True, **given) == 1
    assert len([one for one in unread_of(repairs, "客服") if one.startswith("报修单 ")]) == 1
