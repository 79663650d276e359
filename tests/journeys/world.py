"""Our community in full, every name of it marked and every id large, so that a trace of it anywhere is seen at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask_appbuilder.security.sqla.models import PermissionView, Role, User
from sqlalchemy import event, select
from sqlalchemy.orm import Mapper, Session

from app.billing import operations as billing
from app.billing.models import BillingLine, BillingRun, Charge, FeeItem, FeeStandard, FeeStandardVersion
from app.billing.operations.runs import begin_run, compute_run
from app.billing.states import Oddity
from app.collection import operations as collection
from app.collection.models import ApprovalLimit, Receipt, Reminder
from app.collection.states import Tender
from app.estate.models import (
    Building,
    Community,
    Company,
    Customer,
    Department,
    Employee,
    HouseholdMember,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Pet,
    Room,
    RoomArea,
    ScopeGrant,
    Vehicle,
)
from app.estate.states import RoomState
from app.kernel.periods import Period
from app.kernel.pricing import Method
from app.lowcode import clock
from app.lowcode.dictionary import DictionaryEntry
from app.lowcode.history import History
from app.lowcode.jobs import Job, JobState
from app.lowcode.logins import LoginRecord
from app.lowcode.notices import Notice
from app.lowcode.numbers import NumberRule
from app.lowcode.sessions import LoginSession
from app.lowcode.settings import Setting
from app.lowcode.workflow import move
from app.service.models import RepairMaterial
from app.service.operations import add_complaint
from app.service.states.complaints import ComplaintKind, ReplyWay, Satisfaction
from tests.integration.collection.ledger import add_charge
from tests.journeys.ours import ASKED, HIDDEN, KEY, PHONE, PLATE, World, marked
from tests.journeys.uploads import add_uploads
from tests.journeys.world_billing import add_exemptions, add_meters, add_vacancies
from tests.journeys.world_closing import ask_to_reopen, close_a_month
from tests.journeys.world_collection import add_balances
from tests.journeys.world_service import add_repairs, add_technicians
from tests.people import Cast

SINCE = date(2025, 1, 1)
FIRST_ID = 7_000_001


@contextmanager
def large_ids() -> Iterator[None]:
    """Give every row that is added an id that stands nowhere else on a page."""
    ids = count(FIRST_ID)

    def give(_mapper: Any, _connection: Any, row: Any) -> None:
        # People with their logins, roles and fees are the whole office's: their ids are no secret.
        if getattr(row, "id", 0) is None and not isinstance(
            row, User | Role | ScopeGrant | LoginRecord | History | FeeItem | ApprovalLimit | DictionaryEntry
        ):
            row.id = next(ids)

    event.listen(Mapper, "before_insert", give)
    try:
        yield
    finally:
        event.remove(Mapper, "before_insert", give)


def found(*, session: Session, cast: Cast, app: Flask) -> World:
    """Build it: the neighbour's few rows with small ids first, then ours with large ones."""
    world = World(neighbour_room_id=cast.neighbour.room_ids[0])
    theirs = Customer(community_id=cast.neighbour.community_id, name="邻家人")
    item = FeeItem(name="物业费")
    session.add_all([theirs, item])
    session.flush()
    world.neighbour_customer_id, world.fee_item_id = theirs.id, item.id
    add_charge(session, customer_id=theirs.id, fee_id=item.id, amount="11.11")
    world.technicians = add_technicians(session=session, company_id=cast.ours.company_id)
    with large_ids():
        _places(session, world, cast)
        _people(session, world)
        _parking(session, world)
        _money(session, world)
        _work(session, world)
        _office(session, world, cast, app)
    receipts = session.scalars(select(Receipt.number).where(Receipt.community_id == world.community_id))
    world.secrets = {ASKED, HIDDEN, PHONE, "139****2345", "7,319.37", "7319.37", *list(receipts)[1:]}
    return world


def _places(session: Session, world: World, cast: Cast) -> None:
    # The company that holds both communities is everybody's; this one is ours alone.
    company = Company(name=marked("公司"), parent_id=cast.ours.company_id)
    community = Community(company_id=cast.ours.company_id, name=marked("园"), address=marked("路"))
    session.add_all([company, community])
    session.flush()
    world.company_id, world.community_id = company.id, community.id
    spare = [
        Company(name=marked("空司"), parent_id=company.id),
        Community(company_id=company.id, name=marked("空园")),
    ]
    buildings = [Building(community_id=community.id, name=marked(name)) for name in ("1号楼", "空楼")]
    session.add_all([*spare, *buildings])
    session.flush()
    world.building_id = buildings[0].id
    world.free |= {"Company": spare[0].id, "Community": spare[1].id, "Building": buildings[1].id}
    rooms = [
        Room(
            community_id=community.id,
            building_id=world.building_id,
            unit="1",
            number=f"{number}{HIDDEN}",
            code=marked(f"-1-{number}"),
            area=Decimal("89.67"),
            state=RoomState.SOLD,
            handed_over=SINCE,
        )
        for number in ("101", "201", "301", "401")
    ]
    session.add_all(rooms)
    session.flush()
    world.room_id, world.other_room_id, world.free["Room"] = rooms[0].id, rooms[2].id, rooms[3].id
    session.add(RoomArea(community_id=community.id, room_id=rooms[0].id, starts=SINCE, area=Decimal("89.67")))


def _people(session: Session, world: World) -> None:
    mine = {"community_id": world.community_id}
    people = [
        Customer(**mine, name=marked(name), phone=PHONE, remark=marked("记"))
        for name in ("王一", "赵二", "孙三")
    ]
    session.add_all(people)
    session.flush()
    world.customer_id, _second, world.free_customer_id = (one.id for one in people)
    world.free["Customer"] = world.free_customer_id
    rooms = session.scalars(
        select(Room.id).where(Room.community_id == world.community_id).order_by(Room.id)
    ).all()
    holders = [
        Occupancy(**mine, room_id=room, customer_id=who.id, contract=marked("合同"))
        for room, who in zip(rooms[:2], people[:2], strict=True)
    ]
    member = HouseholdMember(**mine, customer_id=world.customer_id, name=marked("家人"))
    pet = Pet(**mine, customer_id=world.customer_id, breed=marked("犬"), quantity=1)
    session.add_all([*holders, member, pet])
    session.flush()
    _staff(session, world)
    world.free |= {"Occupancy": holders[1].id, "HouseholdMember": member.id, "Pet": pet.id}


def _staff(session: Session, world: World) -> None:
    mine = {"company_id": world.company_id}
    departments = [Department(**mine, name=marked(name)) for name in ("工程部", "空部")]
    session.add_all(departments)
    session.flush()
    staff = [
        Employee(**mine, number=marked(number), name=marked("钱师傅"), department_id=departments[0].id)
        for number in ("E1", "E2")
    ]
    session.add_all(staff)
    session.flush()
    entry, out_of_use = (
        DictionaryEntry(kind="room_layout", code=label, label=label, active=active)
        for label, active in (("阁楼", True), ("地下室", False))
    )
    session.add_all([entry, out_of_use])
    session.flush()
    world.free["DictionaryEntry"], world.disabled_entry_id = entry.id, out_of_use.id
    world.free |= {"Department": departments[1].id, "Employee": staff[1].id}
    world.employee_id = staff[0].id


def _parking(session: Session, world: World) -> None:
    mine = {"community_id": world.community_id}
    lots = [ParkingLot(**mine, name=marked(name)) for name in ("车库", "空库")]
    session.add_all(lots)
    session.flush()
    spaces = [ParkingSpace(**mine, number=marked(name), lot_id=lots[0].id) for name in ("A-1", "A-2", "A-3")]
    spaces[0].customer_id, spaces[0].room_id = world.customer_id, world.room_id
    session.add_all(spaces)
    session.flush()
    vehicle = Vehicle(**mine, plate=PLATE, customer_id=world.customer_id, space_id=spaces[0].id)
    session.add(vehicle)
    session.flush()
    world.lot_id, world.space_id = lots[0].id, spaces[0].id
    world.free |= {"ParkingLot": lots[1].id, "ParkingSpace": spaces[2].id, "Vehicle": vehicle.id}


def _money(session: Session, world: World) -> None:
    mine = {"community_id": world.community_id}
    close_a_month(session=session, words=marked("结账"), **mine)
    # A charge and a line with large ids first: those that statements add come after them.
    world.open_charge_id = add_charge(
        session,
        customer_id=world.customer_id,
        fee_id=world.fee_item_id,
        amount="7319.37",
        room_id=world.room_id,
    )
    standard = billing.save_standard(
        session=session,
        row=FeeStandard(),
        name=marked("标准"),
        fee_item_id=world.fee_item_id,
        **mine,
        method=Method.AREA,
        active=True,
        price=Decimal("2.40"),
        price_starts=SINCE,
        due_days=0,
    )
    unused = billing.save_standard(
        session=session,
        row=FeeStandard(),
        name=marked("新标准"),
        fee_item_id=world.fee_item_id,
        **mine,
        method=Method.FIXED,
        active=True,
        price=Decimal(30),
        price_starts=SINCE,
        due_days=0,
    )
    world.unbilled_version_id = session.scalars(
        select(FeeStandardVersion.id).where(FeeStandardVersion.standard_id == unused.id)
    ).one()
    world.unused_standard_id = unused.id
    spare = FeeStandard(**mine, name=marked("空标准"), fee_item_id=world.fee_item_id, method=Method.FIXED)
    free_item = FeeItem(name="空费种")
    session.add_all([spare, free_item])
    session.flush()
    world.standard_id = standard.id
    world.free["Meter"] = add_meters(
        session=session, community_id=world.community_id, room_id=world.room_id, words=marked("表")
    )
    world.free |= {"FeeStandard": spare.id, "FeeItem": free_item.id}
    rooms = session.scalars(
        select(Room.id).where(Room.community_id == world.community_id).order_by(Room.id)
    ).all()
    billing.assign(session=session, standard_id=standard.id, starts=SINCE, room_ids=rooms[:2])
    billing.assign(session=session, standard_id=standard.id, starts=SINCE, space_ids=[world.space_id])
    world.charged_run_id = billing.bill(
        session=session, period=Period(2025, 3), community_id=world.community_id
    )[0].id
    run = session.get_one(BillingRun, world.charged_run_id)
    session.add(_gap(run, world))
    session.flush()
    computed = begin_run(session=session, period=Period(2025, 4), fee_item_id=None, **mine)
    compute_run(session=session, run=computed)
    world.computed_run_id = computed.id
    world.unbilled_batch = billing.assign(
        session=session, standard_id=standard.id, starts=date(2030, 1, 1), room_ids=[world.other_room_id]
    ).batch
    _receipts(session, world)


def _gap(run: BillingRun, world: World) -> BillingLine:
    return BillingLine(
        run_id=run.id,
        community_id=world.community_id,
        period=run.period,
        posting_period=run.period,
        building_id=world.building_id,
        room_id=world.other_room_id,
        fee_item_id=world.fee_item_id,
        starts=run.period.first_day,
        ends=run.period.last_day,
        due_date=run.period.last_day,
        quantity=Decimal(0),
        price=Decimal(0),
        gross=Decimal(0),
        waived=Decimal(0),
        amount=Decimal(0),
        basis={},
        oddness=1,
        odd=Oddity.NO_PAYER,
        billable=False,
    )


def _receipts(session: Session, world: World) -> None:
    # The neighbour's first number is the same as ours: only the later ones tell whose they are.
    charges = [
        add_charge(
            session,
            customer_id=world.customer_id,
            fee_id=world.fee_item_id,
            amount="10.00",
            room_id=world.room_id,
        )
        for _ in range(3)
    ]
    for place, charge in enumerate(charges):
        receipt = collection.pay(
            session=session,
            request=collection.PaymentRequest(
                customer_id=world.customer_id,
                charge_ids=[charge],
                day=clock.today(),
                tenders=[(Tender.CASH, None)],
                key=f"{KEY}-{place}",
            ),
        )[0]
        if place == 1:
            collection.void(session=session, receipt_id=receipt.id, day=clock.today(), reason=marked("作废"))
    world.receipt_id = receipt.id


def _work(session: Session, world: World) -> None:
    """A complaint in each state that it may be in, and one that may be deleted."""
    department = session.scalars(select(Department).where(Department.name == marked("工程部"))).one()
    answered = {"measures": marked("措施"), "result": marked("结果"), "reply_way": ReplyWay.PHONE}
    passed = ("pass_on", {"department_id": department.id})
    ways: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (
        (),
        (passed,),
        (passed, ("answer", answered)),
        (passed, ("answer", answered), ("follow_up", {"satisfaction": Satisfaction.SATISFIED})),
        (("cancel", {"reason": marked("撤")}),),
        (),
    )
    for way in ways:
        complaint = add_complaint(
            session=session,
            community_id=world.community_id,
            room_id=world.room_id,
            complainer=marked("诉"),
            kind=ComplaintKind.PRAISE,
            content=marked("内容"),
            phone=PHONE,
        )
        for action, inputs in way:
            move(session=session, row=complaint, action=action, **inputs)
        world.free["Complaint"] = complaint.id
    world.repairs = add_repairs(
        session=session,
        technicians=world.technicians,
        employee_id=world.employee_id,
        words=marked("水管"),
        ours={
            "community_id": world.community_id,
            "room_id": world.room_id,
            "building_id": world.building_id,
            "customer_id": world.customer_id,
            "reporter": marked("报"),
            "phone": PHONE,
        },
    )
    world.free |= {
        "TechnicianTrade": world.repairs["trade"],
        "RepairMaterial": session.scalars(
            select(RepairMaterial.id).where(RepairMaterial.order_id == world.repairs["listed"])
        ).one(),
    }


def _office(session: Session, world: World, cast: Cast, app: Flask) -> None:
    """People of ours, what they started and set; `owner` and `neighbour` may do everything, each at home."""
    everything = Role(name="样样都行", permissions=list(session.scalars(select(PermissionView))))
    small, spare = Role(name="鸣角色"), Role(name="空角色")
    session.add_all([everything, small, spare])
    session.flush()
    like = session.scalars(select(User).where(User.username == cast["收费员"])).one()
    for login, name, roles, grants in (
        (
            "owner",
            "主人",
            [everything],
            [{}],  # the whole office: what holds for all is theirs to change
        ),
        ("colleague", "同事", [everything], [{"community_id": world.community_id}]),
        ("neighbour", "邻人", [everything], [{"community_id": cast.neighbour.community_id}]),
        ("clerk", "我们的员", [small], [{"community_id": world.community_id}]),
        ("wuren", "停用的员", [small], [{"community_id": world.community_id}]),
        ("spare", "闲人", [], [{"community_id": world.community_id}]),
    ):
        user = User(
            first_name="",
            last_name=name,
            username=login,
            active=login != "wuren",
            password=like.password,
            email=f"{login}@office.invalid",
            roles=roles,
        )
        session.add(user)
        session.flush()
        session.add_all(ScopeGrant(user_id=user.id, **grant) for grant in grants)
        if login == "owner":
            owner_id = user.id
        elif login == "clerk":
            world.clerk_id = user.id
            staff = session.scalars(select(Employee).order_by(Employee.id)).first()
            assert staff is not None
            staff.user_id = user.id
        elif login == "wuren":
            world.away_id = user.id
    world.role_id = small.id
    notice = Notice(
        community_id=world.community_id, user_id=owner_id, message=marked("通知"), params={}, url="/notices/"
    )
    session.add(notice)
    session.flush()
    world.notice_id = notice.id
    login_elsewhere = LoginSession(
        user_id=owner_id, token_hash="0" * 64, address="127.0.0.1", agent=marked("手机"), ended=False
    )
    session.add(login_elsewhere)
    session.flush()
    world.session_id = login_elsewhere.id
    add_vacancies(
        session=session,
        community_id=world.community_id,
        room_id=world.other_room_id,
        owner_id=owner_id,
        owner="主人",
        words=marked("空置"),
    )
    world.unread_meter_id = add_exemptions(
        session=session,
        community_id=world.community_id,
        fee_item_id=world.fee_item_id,
        owner_id=owner_id,
        owner="主人",
        words=marked("表"),
    )
    ask_to_reopen(session=session, community_id=world.community_id, owner_id=owner_id, words=marked("反结账"))
    world.handed_receipt_id, world.free["ApprovalLimit"] = add_balances(
        session=session,
        community_id=world.community_id,
        customer_id=world.customer_id,
        room_id=world.room_id,
        charge_id=world.open_charge_id,
        owner_id=owner_id,
        words=marked("押"),
    )
    reminder = Reminder(
        community_id=world.community_id,
        customer_id=world.customer_id,
        room_id=world.room_id,
        said=marked("催缴"),
    )
    session.add(reminder)
    session.flush()
    world.free |= {"User": user.id, "Role": spare.id, "Reminder": reminder.id}
    path = Path(app.config["INSTANCE_DIR"]) / "files" / "ours.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(marked("文件"))
    done = Job(
        kind="export",
        label=marked("导出"),
        params={},
        user_id=owner_id,
        state=JobState.DONE,
        message=marked("好"),
        file=str(path),
        url=f"/billing_run/show/{world.computed_run_id}",
    )
    waiting = Job(kind="export", label=marked("等待"), params={}, user_id=owner_id)
    setting = Setting(key="billing.proration", community_id=world.community_id, value="thirty")
    rule = NumberRule(kind="receipt", community_id=world.community_id, prefix="SJ")
    session.add_all(
        [done, waiting, setting, rule, LoginRecord(username="clerk", address="127.0.0.1", succeeded=True)]
    )
    session.flush()
    world.job_id, world.waiting_job_id = done.id, waiting.id
    world.free["NumberRule"] = rule.id
    world.upload, world.imported_job_id = add_uploads(
        app=app, session=session, owner_id=owner_id, name=marked("房源")
    )


def charge_of_run(*, session: Session, world: World) -> int:
    """A charge that a run posted."""
    return session.scalars(select(Charge.id).where(Charge.run_id == world.charged_run_id).limit(1)).one()
